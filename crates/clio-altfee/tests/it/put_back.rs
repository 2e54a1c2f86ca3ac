//! A change of which Clio made something else: what stood before is put back.

use std::{sync::Arc, time::Duration};

use clio_altfee::{Became, FeeForm, Integration, MatterId, Settings};
use clio_core::Id;
use clio_fixtures::Fault;
use clio_model::Currency;

use crate::bench::{Bench, dec};

const PROJECTS: &str = "altfee/projects";
const BEFORE: &str = "Shareholder agreement\n• Drafting\n• Two rounds of comments";

/// A connected matter, and a Clio that cuts notes where the next bullet would come.
async fn cutting() -> (Bench, MatterId) {
    let longest = Some(BEFORE.chars().count() + 2);
    let bench = Bench::with(|world| world.longest_note(longest), |_| ()).await;
    let matter = bench.connected().await;
    bench.firm.run(PROJECTS).await.expect("run");
    (bench, matter)
}

/// Another price, and one bullet more: the note that comes of it is cut.
async fn change(bench: &Bench, matter: &MatterId) {
    let project = bench.projects(matter).await.remove(1).id;
    bench.book.choose(&project, &[0, 1, 2]).expect("chosen");
    bench.book.price(&project, "3100 USD".parse().expect("money")).expect("priced");
}

async fn refused(bench: &Bench, matter: &MatterId) -> String {
    let became = bench.session().confirmation(matter).await.expect("read").projects.remove(1).1;
    let Became::Refused(reason) = became else { panic!("refused, not {became:?}") };
    reason
}

fn second(bench: &Bench) -> (String, rust_decimal::Decimal, bool) {
    let (_, note, price, flat) = bench.fees().remove(1);
    (note, price, flat)
}

#[tokio::test(start_paused = true)]
async fn a_change_that_clio_made_otherwise_is_taken_back() {
    let (bench, matter) = cutting().await;
    let before = bench.writes();
    change(&bench, &matter).await;
    bench.firm.run(PROJECTS).await.expect("run");
    let reason = refused(&bench, &matter).await;
    assert_eq!(reason, "Clio made something else of it: the note is another; what stood before was put back");
    assert_eq!((second(&bench), bench.writes() - before), ((BEFORE.to_owned(), dec("2999.99"), true), 2));
    let form = bench.session().form().await.expect("read");
    assert_eq!((form.read_back, form.otherwise.len()), (2, 1));
    // Mended at AltFee, it goes over: nobody is taken to have changed it in Clio.
    let project = bench.projects(&matter).await.remove(1).id;
    bench.book.choose(&project, &[0, 1]).expect("chosen");
    bench.firm.run(PROJECTS).await.expect("run");
    assert_eq!(second(&bench), (BEFORE.to_owned(), dec("3100"), true));
    assert!(bench.session().confirmation(&matter).await.expect("read").is_complete());
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_put_back_is_said() {
    for (fault, said, restored) in [
        (Fault::Refuse, "what stood before could not be put back: ", false),
        (Fault::RequestLost, "whether what stood before was put back is not known: ", false),
        (Fault::AnswerLost, "whether what stood before was put back is not known: ", true),
    ] {
        let (bench, matter) = cutting().await;
        change(&bench, &matter).await;
        let id = bench.fees()[1].0;
        bench.world.faults().at_nth("PATCH", &format!("/activities/{id}.json"), 2, fault);
        bench.firm.run(PROJECTS).await.expect("run");
        let reason = refused(&bench, &matter).await;
        assert!(reason.contains(said) && reason.contains(&format!("activity {id}")), "{fault:?}: {reason}");
        assert_eq!(second(&bench).0 == BEFORE, restored, "{fault:?}");
    }
}

/// Whenever a person changes the fee meanwhile: what they wrote stands.
#[tokio::test(start_paused = true)]
async fn what_a_person_wrote_meanwhile_is_not_taken_back() {
    let mut left = 0;
    for after in (0..40).map(|tenths| Duration::from_millis(tenths * 100 + 50)) {
        let longest = Some(BEFORE.chars().count() + 2);
        let slow = Duration::from_millis(400);
        let bench = Bench::with(|world| world.longest_note(longest).latency(slow), |_| ()).await;
        let matter = bench.connected().await;
        bench.firm.run(PROJECTS).await.expect("run");
        change(&bench, &matter).await;
        let id = bench.fees()[1].0;
        let edit = async {
            bench.clio.clock().sleep(after).await;
            bench.world.person("Ada").edit_note(id, "In Ada's own words")
        };
        let (ran, edited) = tokio::join!(bench.firm.run(PROJECTS), edit);
        ran.expect("run");
        assert!(edited);
        assert_eq!(second(&bench).0, "In Ada's own words", "after {after:?}");
        let became = bench.session().confirmation(&matter).await.expect("read").projects.remove(1).1;
        left +=
            usize::from(matches!(became, Became::Refused(reason) if reason.contains("was left as it is")));
    }
    assert!(left > 0, "at some moment it was just then");
}

/// Nothing was sent where what stands could not be read before.
#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_before_is_not_changed() {
    let (bench, matter) = cutting().await;
    let (before, id) = (bench.writes(), bench.fees()[1].0);
    change(&bench, &matter).await;
    bench.world.faults().always("GET", &format!("/activities/{id}.json"), Fault::Refuse);
    assert!(bench.firm.run(PROJECTS).await.is_err());
    assert_eq!((bench.writes(), second(&bench).1), (before, dec("2999.99")));
}

/// The firm chose a category by the hour later on: the fees stay what they are, also where the answer was lost.
#[tokio::test(start_paused = true)]
async fn fees_are_not_made_time_by_the_hour() {
    for fault in [None, Some(Fault::AnswerLost)] {
        let bench = Bench::new().await;
        let matter = bench.connected().await;
        bench.firm.run(PROJECTS).await.expect("run");
        let hourly = bench.world.categories().into_iter().find(|one| !one.flat_rate).expect("one").id;
        let settings = Settings::new(Currency::USD, FeeForm::Category(Id::new(hourly)));
        bench.firm.attach(Integration::new(Arc::new(bench.book.clone()), settings));
        let id = bench.fees()[0].0;
        if let Some(fault) = fault {
            bench.world.faults().at_nth("PATCH", &format!("/activities/{id}.json"), 1, fault);
        }
        let project = bench.projects(&matter).await.remove(0).id;
        bench.book.price(&project, "1251 USD".parse().expect("money")).expect("priced");
        bench.firm.run_to_rest(PROJECTS).await.expect("run");
        let became = bench.session().confirmation(&matter).await.expect("read").projects.remove(0).1;
        match fault {
            None => {
                let Became::Refused(reason) = &became else { panic!("refused, not {became:?}") };
                assert!(reason.ends_with("it is no flat fee; what stood before was put back"), "{reason}");
                assert_eq!((bench.fees()[0].2, bench.fees()[0].3), (dec("1250"), true));
            }
            // It stands by the hour, and a person is told: nobody takes it for what was wanted.
            Some(_) => assert!(matches!(became, Became::Waits(_)), "{became:?}"),
        }
    }
}
