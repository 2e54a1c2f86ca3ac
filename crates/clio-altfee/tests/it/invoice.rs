//! The bill that people make in Clio, compared with AltFee.

use clio_altfee::Difference;
use clio_api::{bills::UpdateBillDiscount, choices::DiscountType};
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

#[tokio::test(start_paused = true)]
async fn a_discount_of_the_whole_bill_is_told() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    let id = Id::new(bill(&bench, &[0, 1]));
    let ten = "10".parse::<clio_core::Amount>().expect("a number");
    for (r#type, said) in [
        (DiscountType::Percentage, "the bill: it has a discount of 10 % on all of it"),
        (DiscountType::Money, "the bill: it has a discount of 10 on all of it"),
    ] {
        let discount = UpdateBillDiscount::new().rate(ten).r#type(r#type);
        bench.clio.bills().update(id).discount(discount).await.expect("discounted");
        let check = bench.session().check_invoices(&matter).await.expect("read").remove(0);
        assert!(!check.agrees() && check.altfee == check.clio, "{check}");
        assert!(check.to_string().starts_with(said), "{check}");
        assert!(matches!(check.whole[..], [Difference::BillDiscount { .. }]), "{check:?}");
    }
    let none = UpdateBillDiscount::new().rate("0".parse::<clio_core::Amount>().expect("a number"));
    bench.clio.bills().update(id).discount(none).await.expect("taken off");
    assert!(bench.session().check_invoices(&matter).await.expect("read")[0].agrees());
}

#[tokio::test(start_paused = true)]
async fn the_page_that_the_client_sees_has_every_project() {
    let bench = Bench::new().await;
    let (matter, session) = (bench.connected().await, bench.session());
    assert_eq!(session.check_previews(&matter).await.expect("read"), []);
    let id = bill(&bench, &[0, 1]);
    let checks = session.check_previews(&matter).await.expect("read");
    assert!(checks.len() == 1 && checks[0].agrees() && !checks[0].hides_descriptions, "{checks:?}");
    assert_eq!(checks[0].to_string(), format!("the preview of bill {id} shows every project"));
    let lines = bench.world.records("LineItem");
    let line = |at: usize| Id::new(lines[at]["id"].as_i64().expect("an id"));
    let cent = "2999.98".parse::<clio_core::Amount>().expect("a number");
    bench.clio.line_items().update(line(1)).price(cent).await.expect("changed");
    bench.clio.line_items().update(line(0)).note("Incorporation".to_owned()).await.expect("changed");
    let check = session.check_previews(&matter).await.expect("read").remove(0);
    let projects = bench.projects(&matter).await;
    assert_eq!(
        check.to_string(),
        format!(
            "{}: bullet 1, `Articles`, is not on the preview of the bill\n\
             {}: the amount 2999.99 USD is not on the preview of the bill\n\
             the preview of bill {id} does not show all of each project",
            projects[0].id, projects[1].id
        )
    );
    // As where a theme leaves descriptions out: that is reported, and is no error.
    for at in [0, 1] {
        bench.clio.line_items().update(line(at)).note("Fees".to_owned()).await.expect("changed");
    }
    assert!(session.check_previews(&matter).await.expect("read")[0].hides_descriptions);
}
