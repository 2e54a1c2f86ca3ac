//! Bills, each rule with its source.

use rust_decimal::Decimal;

use super::*;
use crate::{NewBill, NewTime};

/// A bench with a matter on which Ada has worked.
pub(super) struct Desk {
    pub(super) bench: Bench,
    pub(super) ada: Person,
    pub(super) matter: i64,
}

impl Desk {
    pub(super) fn new(change: impl FnOnce(ClioWorldBuilder) -> ClioWorldBuilder) -> Self {
        let bench = Bench::new(|firm| change(firm.rate_limit(None)));
        let (ada, matter) = (bench.world.person("Ada"), bench.world.matters()[0].id);
        Self { bench, ada, matter }
    }

    pub(super) fn knob(name: &str, value: &str) -> Self {
        Self::new(|firm| firm.knob(name, value).unwrap())
    }

    /// Time at 100 an hour.
    pub(super) fn time(&self, seconds: i64) -> i64 {
        let date = self.bench.clock.now().date_naive();
        let time = NewTime { matter: Some(self.matter), seconds, date, ..NewTime::default() };
        let id = self.ada.record_time(time);
        self.ada.change_price(id, Decimal::from(100));
        id
    }

    #[expect(clippy::needless_pass_by_value, reason = "it reads better")]
    pub(super) fn create(&self, object: &str, data: Value) -> i64 {
        let body = json!({ "data": data }).to_string();
        let answer = self.bench.send("POST", &format!("/api/v4/{object}.json"), &body);
        assert_eq!(answer.status(), 201, "{}", String::from_utf8_lossy(answer.body()));
        parsed(&answer)["data"]["id"].as_i64().unwrap()
    }

    /// A draft with these activities and whatever else is not billed.
    pub(super) fn draft(&self) -> i64 {
        self.ada.bill(NewBill { matter: Some(self.matter), ..NewBill::default() }).unwrap()
    }

    /// A bill of one hour, approved.
    pub(super) fn approved(&self) -> i64 {
        self.time(3600);
        let bill = self.draft();
        assert!(self.ada.approve(bill));
        bill
    }

    #[expect(clippy::needless_pass_by_value, reason = "it reads better")]
    pub(super) fn patch(&self, path: &str, data: Value) -> u16 {
        let body = json!({ "data": data }).to_string();
        self.bench.send("PATCH", &format!("/api/v4/{path}.json"), &body).status().as_u16()
    }

    pub(super) fn delete(&self, path: &str) -> u16 {
        self.bench.send("DELETE", &format!("/api/v4/{path}.json"), "").status().as_u16()
    }

    /// One record as the API answers it.
    pub(super) fn show(&self, path: &str, fields: &str) -> Value {
        let (status, body) = self.bench.get(&format!("/api/v4/{path}.json?fields={fields}"));
        assert_eq!(status, 200, "{body}");
        body["data"].clone()
    }

    /// What a list holds, by id.
    pub(super) fn list(&self, query: &str) -> Vec<i64> {
        let (status, body) = self.bench.get(&format!("/api/v4/{query}"));
        assert_eq!(status, 200, "{body}");
        body["data"].as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect()
    }

    pub(super) fn bill(&self, id: i64, field: &str) -> Value {
        self.show(&format!("bills/{id}"), field)[field].clone()
    }

    pub(super) fn state(&self, id: i64) -> String {
        self.bill(id, "state").as_str().unwrap().to_owned()
    }

    pub(super) async fn wait_days(&self, days: u64) {
        self.bench.clock.sleep(Duration::from_secs(days * 86_400)).await;
    }
}

/// What is on a bill is not billed again, and a bill stops at a day.
#[tokio::test(start_paused = true)]
async fn only_what_is_unbilled_and_early_enough_is_billed() {
    let desk = Desk::new(|firm| firm);
    desk.time(3600);
    let up_to = desk.bench.clock.now().date_naive().pred_opt();
    let early = NewBill { matter: Some(desk.matter), up_to, ..NewBill::default() };
    assert_eq!(desk.ada.bill(early), None);
    desk.draft();
    assert_eq!(desk.ada.bill(NewBill { matter: Some(desk.matter), ..NewBill::default() }), None);
}

/// Clio's document: `billed`, `on_bill` and the status follow the bill.
#[tokio::test(start_paused = true)]
async fn an_activity_follows_the_state_of_its_bill() {
    let desk = Desk::new(|firm| firm.knob("drafts_are_billed", "false").unwrap());
    let activity = desk.time(3600);
    let seen = || {
        let one = desk.show(&format!("activities/{activity}"), "billed,on_bill,bill");
        let status = ["unbilled", "draft", "billed"]
            .into_iter()
            .find(|status| desk.list(&format!("activities.json?status={status}")).contains(&activity));
        (one["billed"] == true, one["on_bill"] == true, one["bill"]["id"].as_i64(), status.unwrap())
    };
    assert_eq!(seen(), (false, false, None, "unbilled"));
    let bill = desk.draft();
    assert_eq!(seen(), (false, true, Some(bill), "draft"));
    assert!(desk.ada.approve(bill));
    assert_eq!(seen(), (true, true, Some(bill), "billed"));
    assert!(desk.ada.void(bill));
    assert_eq!(seen(), (false, false, None, "unbilled"));
    assert_ne!(desk.draft(), bill);
}

/// Users report: on a bill, drafts too, an activity cannot be changed: 422.
#[tokio::test(start_paused = true)]
async fn an_activity_on_a_draft_is_locked_until_the_draft_is_deleted() {
    let desk = Desk::new(|firm| firm);
    let activity = desk.time(3600);
    let bill = desk.draft();
    let path = format!("activities/{activity}");
    assert_eq!(desk.patch(&path, json!({"note": "x"})), 422);
    assert_eq!(desk.delete(&path), 422);
    assert_eq!(desk.delete(&format!("bills/{bill}")), 204);
    assert_eq!(desk.patch(&path, json!({"note": "x"})), 200);
}

/// Clio's document and users: which state follows on which; anything else is 422.
#[tokio::test(start_paused = true)]
async fn only_legal_states_follow() {
    let desk = Desk::new(|firm| firm);
    let next = |bill| desk.bill(bill, "available_state_transitions");
    let go = |bill: i64, state: &str| desk.patch(&format!("bills/{bill}"), json!({ "state": state }));
    desk.time(3600);
    let bill = desk.draft();
    assert_eq!(next(bill), json!(["awaiting_approval", "awaiting_payment", "deleted"]));
    assert_eq!((go(bill, "paid"), go(bill, "void")), (422, 422));
    assert_eq!(go(bill, "awaiting_approval"), 200);
    assert_eq!(next(bill), json!(["awaiting_payment", "deleted"]));
    assert_eq!(go(bill, "awaiting_payment"), 200);
    assert_eq!(next(bill), json!(["void"]));
    assert_eq!((go(bill, "awaiting_approval"), go(bill, "deleted")), (422, 422));
    assert_eq!(go(bill, "void"), 200);
    // Void is for good (Clio's help pages).
    assert_eq!(next(bill), json!([]));
    for state in ["draft", "awaiting_payment", "paid", "deleted"] {
        assert_eq!(go(bill, state), 422, "{state}");
    }
}

/// Disputed: users returned approved bills to draft, Clio's document does not have it.
#[tokio::test(start_paused = true)]
async fn whether_an_approved_bill_returns_to_draft_is_a_knob() {
    for (value, status) in [("true", 200), ("false", 422)] {
        let desk = Desk::knob("bills_return_to_draft", value);
        let bill = desk.approved();
        assert_eq!(desk.patch(&format!("bills/{bill}"), json!({"state": "draft"})), status);
        assert_eq!(desk.bill(bill, "can_update"), value == "true");
    }
}

/// Nobody tried it: a bill written as paid.
#[tokio::test(start_paused = true)]
async fn whether_a_bill_can_be_written_as_paid_is_a_knob() {
    for (value, status, owed) in [("true", 200, 0.0), ("false", 422, 100.0)] {
        let desk = Desk::knob("bills_take_paid", value);
        let bill = desk.approved();
        assert_eq!(desk.patch(&format!("bills/{bill}"), json!({"state": "paid"})), status);
        assert_eq!(desk.bill(bill, "balance"), owed);
    }
}

/// Clio's document, `Bill#destroy`: a draft becomes deleted, an unpaid bill void, and with a payment it is refused.
#[tokio::test(start_paused = true)]
async fn a_delete_deletes_drafts_voids_bills_and_is_refused_with_payments() {
    let desk = Desk::new(|firm| firm);
    desk.time(3600);
    let draft = desk.draft();
    assert_eq!(desk.delete(&format!("bills/{draft}")), 204);
    assert_eq!(desk.state(draft), "deleted");
    assert_eq!(desk.delete(&format!("bills/{draft}")), 422);
    let bill = desk.draft();
    assert!(desk.ada.approve(bill));
    assert_eq!(desk.delete(&format!("bills/{bill}")), 204);
    assert_eq!(desk.state(bill), "void");
    let bill = desk.draft();
    assert!(desk.ada.approve(bill));
    desk.ada.pay(bill, Decimal::from(30)).unwrap();
    assert_eq!(desk.delete(&format!("bills/{bill}")), 422);
    assert!(!desk.ada.void(bill));
    assert_eq!(desk.state(bill), "awaiting_payment");
}

/// Users report that such bills linger in lists; Clio's document filters by their states.
#[tokio::test(start_paused = true)]
async fn whether_lists_have_bills_that_are_gone_is_a_knob() {
    for (value, found) in [("true", true), ("false", false)] {
        let desk = Desk::knob("lists_gone_bills", value);
        let bill = desk.approved();
        assert!(desk.ada.void(bill));
        assert_eq!(desk.list("bills.json").contains(&bill), found);
        assert_eq!(desk.list("bills.json?state=void"), [bill]);
    }
}

/// Clio's document: a payment pays a bill; paid, balance and allocations follow, and the money is on the account.
#[tokio::test(start_paused = true)]
async fn payments_lower_the_balance_until_the_bill_is_paid() {
    let desk = Desk::new(|firm| firm);
    let bill = desk.approved();
    assert_eq!(desk.ada.pay(bill, Decimal::ZERO), None);
    assert_eq!(desk.ada.pay(bill, Decimal::from(101)), None);
    let payment = desk.ada.pay(bill, Decimal::from(40)).unwrap();
    assert_eq!((desk.bill(bill, "paid"), desk.bill(bill, "balance")), (json!(40.0), json!(60.0)));
    assert_eq!(desk.state(bill), "awaiting_payment");
    desk.ada.pay(bill, Decimal::from(60)).unwrap();
    assert_eq!((desk.state(bill).as_str(), desk.bill(bill, "balance")), ("paid", json!(0.0)));
    assert!(desk.bill(bill, "paid_at").is_string());
    let one = desk.bench.get(&format!(
        "/api/v4/allocations.json?bill_id={bill}&parent_id={payment}&parent_type=Payment&fields=amount,parent%7Bid,type%7D"
    ));
    assert_eq!(one.1["data"], json!([{"amount": 40.0, "parent": {"id": payment, "type": "Payment"}}]));
    let accounts = desk.bench.get("/api/v4/bank_accounts.json?type=OperatingAccount&fields=balance").1;
    assert_eq!(accounts["data"][0]["balance"], 100.0);
}

/// Clio's letter after an import: without its bank accounts a firm cannot take payments.
#[tokio::test(start_paused = true)]
async fn a_firm_without_bank_accounts_takes_no_payments() {
    let desk = Desk::new(ClioWorldBuilder::without_bank_accounts);
    let bill = desk.approved();
    assert_eq!(desk.ada.pay(bill, Decimal::ONE), None);
    desk.create("bank_accounts", json!({"type": "Operating", "currency": "USD", "name": "Office"}));
    assert!(desk.ada.pay(bill, Decimal::ONE).is_some());
}

/// Clio's document: overdue is no state; the day has passed and something is owed.
#[tokio::test(start_paused = true)]
async fn a_bill_is_overdue_from_the_day_after_it_was_due_until_it_is_paid() {
    let desk = Desk::new(|firm| firm.token_life(Duration::from_secs(99 * 86_400)));
    let bill = desk.approved();
    let overdue = || {
        let one = desk.list("bills.json?overdue_only=true");
        assert_eq!(one, desk.list("bills.json?status=overdue"));
        one
    };
    desk.wait_days(30).await;
    assert!(overdue().is_empty());
    desk.wait_days(1).await;
    assert_eq!(overdue(), [bill]);
    assert_eq!(desk.state(bill), "awaiting_payment");
    desk.ada.pay(bill, Decimal::from(100)).unwrap();
    assert!(overdue().is_empty());
}

/// Clio's document, `Bill#index`.
#[tokio::test(start_paused = true)]
async fn bills_are_found_by_what_they_are() {
    let desk = Desk::new(|firm| firm);
    let bill = desk.approved();
    assert_eq!(desk.patch(&format!("bills/{bill}"), json!({"due_at": "2026-04-10"})), 200);
    let client = desk.bill(bill, "client")["id"].as_i64().unwrap();
    let attorney = desk.show(&format!("matters/{}", desk.matter), "responsible_attorney");
    let attorney = attorney["responsible_attorney"]["id"].as_i64().unwrap();
    assert!(desk.ada.share(bill));
    for (query, found) in [
        (format!("client_id={client}"), true),
        (format!("matter_id={}", desk.matter), true),
        ("matter_id=1".to_owned(), false),
        (format!("responsible_attorney_id={attorney}"), true),
        ("originating_attorney_id=1".to_owned(), false),
        ("bill_number=1".to_owned(), true),
        ("bill_number=11".to_owned(), false),
        ("query=1".to_owned(), true),
        ("state=awaiting_payment".to_owned(), true),
        ("state=draft".to_owned(), false),
        ("issued_after=2026-03-01&issued_before=2026-03-03".to_owned(), true),
        ("issued_after=2026-03-02".to_owned(), false),
        ("due_after=2026-04-09&due_before=2026-04-11".to_owned(), true),
        ("due_before=2026-04-10".to_owned(), false),
        ("due_at=2026-04-10".to_owned(), true),
        ("last_sent_start_date=2026-03-01".to_owned(), true),
        ("last_sent_end_date=2026-03-02".to_owned(), false),
        ("type=revenue".to_owned(), true),
        ("type=trust".to_owned(), false),
    ] {
        assert_eq!(desk.list(&format!("bills.json?{query}")) == [bill], found, "{query}");
    }
    assert_eq!(desk.bench.get("/api/v4/bills.json?type=other").0, StatusCode::BAD_REQUEST);
}

/// Clio's help pages: an approved bill can be changed in a limited way; here not in what its amounts follow from.
#[tokio::test(start_paused = true)]
async fn the_amounts_of_an_approved_bill_are_locked() {
    let desk = Desk::new(|firm| firm);
    let bill = format!("bills/{}", desk.approved());
    assert_eq!(desk.patch(&bill, json!({"tax_rate": 5})), 422);
    assert_eq!(desk.patch(&bill, json!({"discount": {"rate": 5, "type": "money"}})), 422);
    assert_eq!(desk.patch(&bill, json!({"memo": "Thank you", "due_at": "2026-05-01"})), 200);
}

/// Clio's document: `use_grace_period` overrides `due_at` with the client's terms.
#[tokio::test(start_paused = true)]
async fn a_grace_period_overrides_the_day_that_was_sent() {
    let desk = Desk::new(|firm| firm);
    desk.time(3600);
    let bill = desk.draft();
    let sent = json!({"issued_at": "2026-03-10", "due_at": "2027-01-01", "use_grace_period": true});
    assert_eq!(desk.patch(&format!("bills/{bill}"), sent), 200);
    assert_eq!(desk.bill(bill, "due_at"), "2026-04-09");
}

/// Every change by a person is in the history, and bears the name.
#[tokio::test(start_paused = true)]
async fn who_made_a_bill_is_known() {
    let desk = Desk::new(|firm| firm);
    desk.time(3600);
    let bill = desk.draft();
    assert_eq!(desk.bench.world.origin("Bill", bill), Some(Origin::Person("Ada".into())));
    let created = |change: &Change| change.object == "Bill" && change.kind == ChangeKind::Created;
    assert!(desk.bench.world.history().iter().any(created));
    assert!(desk.ada.share(bill));
    assert_eq!(desk.bill(bill, "shared"), true);
    assert!(desk.bill(bill, "last_sent_at").is_string());
}

/// Seeded bills are in every state, and the same for the same seed.
#[test]
fn a_sample_firm_has_bills_in_every_state() {
    let world = || ClioWorld::firm(3).bills(12).clock(VirtualClock::new()).start();
    let bills = world().records("Bill");
    assert_eq!(bills, world().records("Bill"));
    let states: std::collections::BTreeSet<_> =
        bills.iter().map(|bill| bill["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["awaiting_approval", "awaiting_payment", "draft", "paid", "void"].into());
    assert!(world().history().is_empty());
    assert!(bills.iter().all(|bill| bill["total"].as_f64().unwrap() > 0.0));
}

/// Clio's help pages: a setting lets approved bills be changed, another one hides the step of approval.
#[tokio::test(start_paused = true)]
async fn a_firm_may_edit_approved_bills_and_skip_approval() {
    let desk = Desk::new(|firm| firm.edits_approved_bills(true).skips_approval(true));
    desk.time(3600);
    let bill = desk.draft();
    assert_eq!(desk.bill(bill, "available_state_transitions"), json!(["awaiting_payment", "deleted"]));
    assert!(!desk.ada.request_approval(bill) && desk.ada.approve(bill));
    assert_eq!(desk.bill(bill, "can_update"), true);
    let line = desk.list(&format!("line_items.json?bill_id={bill}"))[0];
    assert_eq!(desk.patch(&format!("line_items/{line}"), json!({"price": 50})), 200);
    assert_eq!(desk.patch(&format!("bills/{bill}"), json!({"discount": {"rate": 10}})), 200);
    assert_eq!(desk.bill(bill, "due"), 45.0);
}
