//! Changes on both sides while a matter is connected.

use clio_altfee::Became;
use clio_sync::LineOutcome;

use crate::bench::{Bench, bill, dec, scope};

const PROJECTS: &str = "altfee/projects";

#[tokio::test(start_paused = true)]
async fn a_change_at_altfee_changes_the_activity() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    bench.firm.run(PROJECTS).await.expect("run");
    let (ids, projects) = (bench.fees(), bench.projects(&matter).await);
    bench.book.price(&projects[0].id, "1250.01 USD".parse().expect("money")).expect("priced");
    bench.book.choose(&projects[1].id, &[2]).expect("chosen");
    let added = bench.book.add_project(&matter, &scope("Trademark", "10 USD", &[]));
    let report = bench.firm.run(PROJECTS).await.expect("run");
    assert_eq!((report.count(LineOutcome::Updated), report.count(LineOutcome::Created)), (2, 1), "{report}");
    let fees = bench.fees();
    assert_eq!((fees[0].0, fees[0].2), (ids[0].0, dec("1250.01")));
    assert_eq!((fees[1].0, fees[1].1.as_str()), (ids[1].0, "Shareholder agreement\n• Signing"));
    let conditional = bench.world.calls().into_iter().filter(|call| call.method == "PATCH").count();
    assert_eq!(conditional, 2);
    bench.book.remove_project(&added).expect("removed");
    bench.firm.run(PROJECTS).await.expect("run");
    assert_eq!(bench.fees().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_change_in_clio_is_reported_and_not_overwritten() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    let (session, ada) = (bench.session(), bench.world.person("Ada"));
    assert_eq!(session.edited(&matter).await.expect("read"), []);
    let fee = bench.fees()[0].0;
    assert!(ada.change_price(fee, dec("1000")));
    let edited = session.edited(&matter).await.expect("read");
    assert_eq!(edited.len(), 1);
    assert_eq!(edited[0].fields[0].to_string(), "price: 1250 at AltFee, 1000 in Clio");
    bench.firm.run(PROJECTS).await.expect("run");
    assert_eq!(bench.fees()[0].2, dec("1000"));
    // The same field on both sides: a person decides, with all values.
    let project = bench.projects(&matter).await.remove(0).id;
    bench.book.price(&project, "1300 USD".parse().expect("money")).expect("priced");
    bench.firm.run(PROJECTS).await.expect("run");
    assert_eq!(bench.fees()[0].2, dec("1000"));
    let waits = session.confirmation(&matter).await.expect("read").projects.remove(0).1;
    let Became::Waits(reason) = waits else { panic!("it waits, not {waits:?}") };
    for value in ["1250", "1000", "1300"] {
        assert!(reason.contains(value), "{value} is not in {reason}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_locked_project_that_is_changed_all_the_same_is_refused() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    bill(&bench, &[0]);
    // AltFee has not been told of the bill, and nobody asked.
    let project = bench.projects(&matter).await.remove(0).id;
    bench.book.price(&project, "1300 USD".parse().expect("money")).expect("priced");
    bench.firm.run(PROJECTS).await.expect("run");
    let became = bench.session().confirmation(&matter).await.expect("read").projects.remove(0).1;
    assert!(matches!(&became, Became::Refused(reason) if reason.contains("billed")), "{became:?}");
    assert_eq!(bench.fees()[0].2, dec("1250"));
}
