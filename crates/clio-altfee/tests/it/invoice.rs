//! The bill that people make in Clio, compared with AltFee.

use clio_altfee::Difference;
use clio_core::{Id, schema::choices::BillState};
use clio_fixtures::{NewBill, NewTime};

use crate::bench::{Bench, bill, today};

#[tokio::test(start_paused = true)]
async fn a_bill_agrees_to_the_cent_and_to_the_bullet() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    let session = bench.session();
    assert_eq!(session.check_invoices(&matter).await.expect("read"), []);
    // Time that has nothing to do with AltFee is on the bill, too.
    let ada = bench.world.person("Ada");
    let of = Some(bench.clio_matter.get());
    ada.record_time(NewTime { matter: of, date: today(), seconds: 1_800, ..NewTime::default() });
    let id = ada.bill(NewBill { matter: of, ..NewBill::default() }).expect("a bill");
    let checks = session.check_invoices(&matter).await.expect("read");
    assert_eq!(checks.len(), 1);
    assert!(checks[0].agrees(), "{}", checks[0]);
    assert_eq!((checks[0].bill, &checks[0].state, checks[0].others), (Id::new(id), &BillState::Draft, 1));
    assert_eq!(checks[0].to_string(), "bill 1: AltFee 4249.99 USD and Clio 4249.99 USD agree");
    assert!(ada.delete_bill(id));
    assert_eq!(
        session.check_invoices(&matter).await.expect("read"),
        [],
        "a bill that is gone does not count"
    );
}

#[tokio::test(start_paused = true)]
async fn what_people_changed_on_the_bill_is_told() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    bill(&bench, &[0, 1]);
    let lines = bench.world.records("LineItem");
    let line = |at: usize| Id::new(lines[at]["id"].as_i64().expect("an id"));
    let cent = "1250.01".parse::<clio_core::Amount>().expect("a number");
    bench.clio.line_items().update(line(0)).price(cent).await.expect("changed");
    let note = "Shareholder agreement\n• Drafting".to_owned();
    bench.clio.line_items().update(line(1)).note(note).await.expect("changed");
    let check = bench.session().check_invoices(&matter).await.expect("read").remove(0);
    assert!(!check.agrees());
    let differences: Vec<&Difference> = check.projects.iter().flat_map(|(_, all)| all).collect();
    assert!(
        matches!(differences[..], [Difference::Amount { .. }, Difference::Bullet { at: 2, clio: None, .. }]),
        "{check}"
    );
    assert!(check.to_string().ends_with("AltFee 4249.99 USD and Clio 4250.00 USD differ"), "{check}");
}
