//! Bank accounts, trust money, credits, taxes and what is owed, each rule with its source.

use rust_decimal::Decimal;

use super::{bills::Desk, *};
use crate::NewTime;

/// Clio's document: a list is asked for `TrustAccount`, and answers `Trust`.
#[tokio::test(start_paused = true)]
async fn accounts_are_asked_for_by_another_word_than_they_answer() {
    let desk = Desk::new(|firm| firm);
    let (_, body) = desk.bench.get("/api/v4/bank_accounts.json?type=TrustAccount&fields=type");
    assert_eq!(body["data"], json!([{"type": "Trust"}]));
    assert_eq!(desk.bench.get("/api/v4/bank_accounts.json?type=Savings").0, StatusCode::BAD_REQUEST);
}

/// Clio's document: the balance of an account, what went in and out.
#[tokio::test(start_paused = true)]
async fn a_balance_moves_with_the_transactions() {
    let desk = Desk::new(|firm| firm);
    let account = desk.create(
        "bank_accounts",
        json!({"type": "Operating", "currency": "USD", "name": "Second", "balance": 10}),
    );
    let balance = || desk.show(&format!("bank_accounts/{account}"), "balance,bank_transactions_count");
    let book = |amount: i64| {
        let data = json!({"amount": amount, "date": "2026-03-02", "bank_account": {"id": account}});
        desk.create("bank_transactions", data)
    };
    let (_, out) = (book(50), book(-20));
    assert_eq!(balance(), json!({"balance": 40.0, "bank_transactions_count": 2}));
    let fields = "funds_in,funds_out,currency,bank_account_id";
    let one = desk.show(&format!("bank_transactions/{out}"), fields);
    assert_eq!(
        one,
        json!({"funds_in": 0.0, "funds_out": 20.0, "currency": "USD", "bank_account_id": account})
    );
    assert_eq!(desk.patch(&format!("bank_transactions/{out}"), json!({"amount": -5})), 200);
    assert_eq!(balance()["balance"], 55.0);
    assert_eq!(desk.delete(&format!("bank_transactions/{out}")), 204);
    assert_eq!(balance()["balance"], 60.0);
    let empty = desk.list("bank_accounts.json?show_empty_accounts=false");
    assert_eq!(empty, [account]);
}

/// Clio's document: a matter and a contact show what they have on each account.
#[tokio::test(start_paused = true)]
async fn matters_and_clients_have_their_money_on_accounts() {
    let desk = Desk::new(|firm| firm);
    desk.ada.deposit_in_trust(desk.matter, Decimal::from(500)).unwrap();
    let fields = "client,account_balances%7Bbalance,type,name%7D";
    let matter = desk.show(&format!("matters/{}", desk.matter), fields);
    let expected = json!([{"balance": 500.0, "type": "Trust", "name": "Client trust account"}]);
    assert_eq!(matter["account_balances"], expected);
    let client = desk.show(&format!("contacts/{}", matter["client"]["id"]), "account_balances%7Bbalance%7D");
    assert_eq!(client["account_balances"][0]["balance"], 500.0);
}

/// Clio's document: a trust request; that it is a bill of its own kind is what the bill's kinds and the filter say.
#[tokio::test(start_paused = true)]
async fn a_trust_request_is_a_bill_with_trust_line_items() {
    let desk = Desk::new(|firm| firm);
    let client = desk.show(&format!("matters/{}", desk.matter), "client")["client"]["id"].clone();
    let request = json!({
        "approved": true, "client_id": client, "due_date": "2026-04-01", "issue_date": "2026-03-02",
        "trust_amount": 300, "trust_type": "matter",
        "matter": [{"id": desk.matter, "note": "Retainer", "trust_amount": 300}],
    });
    desk.create("trust_requests", request);
    let bill = desk.list("bills.json?type=trust")[0];
    assert_eq!((desk.state(bill).as_str(), desk.bill(bill, "balance")), ("awaiting_payment", json!(300.0)));
    let line = desk.list(&format!("trust_line_items.json?bill_id={bill}&matter_id={}", desk.matter))[0];
    assert_eq!(desk.patch(&format!("trust_line_items/{line}"), json!({"total": 1})), 422);
    assert_eq!(desk.patch(&format!("bills/{bill}"), json!({"state": "draft"})), 200);
    assert_eq!(desk.patch(&format!("trust_line_items/{line}"), json!({"total": 250})), 200);
    assert_eq!(desk.bill(bill, "total"), 250.0);
}

/// Clio's document: the list below a matter has that matter's protected funds only.
#[tokio::test(start_paused = true)]
async fn protected_funds_are_those_of_the_matter() {
    let desk = Desk::new(ClioWorldBuilder::one_of_each);
    assert_eq!(desk.list("matters/1/protected_funds.json"), [1]);
    let other = desk.bench.world.matters().iter().map(|matter| matter.id).max().unwrap();
    assert_eq!(desk.list(&format!("matters/{other}/protected_funds.json")), [0; 0]);
    assert_eq!(desk.bench.get("/api/v4/matters/2/protected_funds.json").0, StatusCode::NOT_FOUND);
}

/// Clio's document: allocations are of credit notes or of write-offs; the status of an activity knows `written_off`.
#[tokio::test(start_paused = true)]
async fn credits_and_write_offs_are_told_apart() {
    let desk = Desk::new(|firm| firm);
    let bill = desk.approved();
    let activity = desk.list("activities.json")[0];
    desk.ada.credit(bill, Decimal::from(30), "Goodwill").unwrap();
    assert_eq!((desk.bill(bill, "credits_issued"), desk.bill(bill, "balance")), (json!(30.0), json!(70.0)));
    assert_eq!(desk.list("activities.json?status=written_off"), [0; 0]);
    let memo = desk.ada.write_off(bill).unwrap();
    assert_eq!(desk.list("activities.json?status=written_off"), [activity]);
    assert_eq!((desk.state(bill).as_str(), desk.bill(bill, "balance")), ("paid", json!(0.0)));
    let amounts = |query: &str| {
        let (_, body) = desk.bench.get(&format!("/api/v4/allocations.json?fields=amount&{query}"));
        body["data"].as_array().unwrap().iter().map(|one| one["amount"].as_f64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((amounts("kind=credit_note"), amounts("kind=write_off")), (vec![30.0], vec![70.0]));
    assert_eq!((amounts("status=valid").len(), amounts("status=invalid").len()), (2, 0));
    assert_eq!(amounts(&format!("parent_id={memo}&parent_type=CreditMemo")), [70.0]);
    assert_eq!(desk.list("credit_memos.json?order=id(desc)")[0], memo);
}

/// Clio's document: allocations and credit memos go by date unless asked otherwise.
#[tokio::test(start_paused = true)]
async fn credit_memos_go_by_date_unasked() {
    let desk = Desk::new(|firm| firm);
    let bill = desk.approved();
    desk.ada.credit(bill, Decimal::ONE, "First").unwrap();
    desk.ada.credit(bill, Decimal::ONE, "Second").unwrap();
    let next = |query: &str| {
        let (_, body) = desk.bench.get(&format!("/api/v4/credit_memos.json?limit=1{query}"));
        body["meta"]["paging"]["next"].as_str().unwrap().to_owned()
    };
    assert!(next("").contains("offset=1"));
    assert!(next("&order=id(asc)").contains("page_token="));
}

/// Clio's document: up to 15 tax rates; none of the system's is changed, none in use is deleted.
#[tokio::test(start_paused = true)]
async fn tax_rates_are_limited_and_stay_while_in_use() {
    let desk = Desk::new(|firm| firm);
    let system = desk.list("tax_rate_configurations.json");
    assert_eq!(system.len(), 2);
    assert_eq!(desk.list("tax_rate_configurations.json?include_system=false"), [0; 0]);
    assert_eq!(desk.patch(&format!("tax_rate_configurations/{}", system[0]), json!({"name": "x"})), 422);
    assert_eq!(desk.delete(&format!("tax_rate_configurations/{}", system[0])), 409);
    let rate = json!({"name": "HST", "country": "CA", "rate": 0.13});
    let rates: Vec<i64> = (0..15).map(|_| desk.create("tax_rate_configurations", rate.clone())).collect();
    let path = format!("tax_rate_configurations/{}", rates[0]);
    let shown = desk.show(&path, "rate_as_percentage,formatted_rate_as_percentage");
    assert_eq!(shown, json!({"rate_as_percentage": 13.0, "formatted_rate_as_percentage": "13%"}));
    let body = json!({ "data": rate }).to_string();
    assert_eq!(desk.bench.send("POST", "/api/v4/tax_rate_configurations.json", &body).status(), 422);
    desk.time(3600);
    let bill = desk.draft();
    let line = desk.list(&format!("line_items.json?bill_id={bill}"))[0];
    let used = json!({"tax_settings": [{"tax_rate_configuration_id": rates[0], "order": 1, "rule": "Pre"}]});
    assert_eq!(desk.patch(&format!("line_items/{line}"), used), 200);
    assert_eq!(desk.delete(&path), 409);
    assert_eq!(desk.patch(&format!("bills/{bill}"), json!({"state": "deleted"})), 200);
    assert_eq!(desk.delete(&path), 204);
    assert_eq!(desk.show(&path, "active")["active"], false);
    assert_eq!(desk.delete(&path), 409);
}

/// Clio's document: a client's balance is the sum of the unpaid bills.
#[tokio::test(start_paused = true)]
async fn outstanding_balances_are_what_clients_owe_now() {
    let desk = Desk::new(|firm| firm);
    let query = "/api/v4/outstanding_client_balances.json?fields=contact,total_outstanding_balance,outstanding_bills,\
                 associated_matter_ids,last_payment_date,newest_issued_bill_due_date";
    let owed = |more: &str| desk.bench.get(&format!("{query}{more}")).1["data"].clone();
    assert_eq!(owed(""), json!([]));
    let bill = desk.approved();
    desk.time(3600);
    desk.draft();
    let client = desk.bill(bill, "client")["id"].clone();
    desk.ada.pay(bill, Decimal::from(25)).unwrap();
    let one = owed("")[0].clone();
    assert_eq!((&one["contact"]["id"], &one["total_outstanding_balance"]), (&client, &json!(75.0)));
    assert_eq!(
        (&one["outstanding_bills"][0]["id"], &one["associated_matter_ids"]),
        (&json!(bill), &json!([desk.matter]))
    );
    assert_eq!(
        (&one["last_payment_date"], &one["newest_issued_bill_due_date"]),
        (&json!("2026-03-02"), &json!("2026-04-01"))
    );
    for (filter, found) in [
        (format!("&contact_id={client}"), 1),
        ("&contact_id=1".to_owned(), 0),
        ("&last_paid_start_date=2026-03-01".to_owned(), 1),
        ("&newest_bill_due_end_date=2026-03-31".to_owned(), 0),
        ("&responsible_attorney_id=1".to_owned(), 0),
    ] {
        assert_eq!(owed(&filter).as_array().unwrap().len(), found, "{filter}");
    }
    desk.ada.pay(bill, Decimal::from(75)).unwrap();
    assert_eq!(owed(""), json!([]));
}

/// Clio's document: matters and clients with unbilled work, and what they have in trust.
#[tokio::test(start_paused = true)]
async fn billable_matters_and_clients_follow_the_unbilled_work() {
    let desk = Desk::new(|firm| firm);
    desk.time(5400);
    desk.ada.record_time(NewTime {
        matter: Some(desk.matter),
        seconds: 3600,
        non_billable: true,
        ..NewTime::default()
    });
    desk.ada.deposit_in_trust(desk.matter, Decimal::from(500)).unwrap();
    let fields = "fields=id,unbilled_amount,unbilled_hours,amount_in_trust";
    let matters = |more: &str| {
        desk.bench.get(&format!("/api/v4/billable_matters.json?{fields}{more}")).1["data"].clone()
    };
    let expected = json!([{
        "id": desk.matter, "unbilled_amount": 150.0, "unbilled_hours": 1.5, "amount_in_trust": 500.0,
    }]);
    assert_eq!(matters(""), expected);
    for (filter, found) in [
        (format!("&matter_id={}", desk.matter), 1),
        ("&matter_id=1".to_owned(), 0),
        ("&status=open".to_owned(), 1),
        ("&status=closed".to_owned(), 0),
        ("&start_date=2026-03-02&end_date=2026-03-02".to_owned(), 1),
        ("&start_date=2026-03-03".to_owned(), 0),
        ("&query=00001-".to_owned(), 1),
        ("&query=nothing".to_owned(), 0),
    ] {
        assert_eq!(matters(&filter).as_array().unwrap().len(), found, "{filter}");
    }
    let target = "/api/v4/billable_clients.json?fields=billable_matters%7Bid,unbilled_amount%7D,billable_matters_count";
    let clients = desk.bench.get(target).1["data"].clone();
    assert_eq!(clients[0]["billable_matters"], json!([{"id": desk.matter, "unbilled_amount": 150.0}]));
    assert_eq!(clients[0]["billable_matters_count"], 1);
    let one = desk.bench.get("/api/v4/billable_matters/ids.json?fields=id").1;
    assert_eq!(one["data"]["id"], desk.matter);
    desk.draft();
    assert_eq!(matters(""), json!([]));
    assert_eq!(desk.bench.get(target).1["data"], json!([]));
}

/// Clio's document: pages of up to 1000 matters and up to 25 clients.
#[tokio::test(start_paused = true)]
async fn billable_lists_have_limits_of_their_own() {
    let desk = Desk::new(|firm| firm);
    for (target, most) in [("billable_matters", 1000), ("billable_clients", 25)] {
        let ask = |limit: u32| desk.bench.get(&format!("/api/v4/{target}.json?limit={limit}")).0.as_u16();
        assert_eq!((ask(most), ask(most + 1)), (200, 400), "{target}");
    }
}

/// In a firm with one of each thing, every billing list shows it, and its bill can be changed and deleted.
#[tokio::test(start_paused = true)]
async fn one_of_each_thing_can_be_seen_and_changed() {
    let desk = Desk::new(ClioWorldBuilder::one_of_each);
    for list in ["outstanding_client_balances", "billable_matters", "billable_clients", "allocations"] {
        assert!(desk.list(&format!("{list}.json?fields=id")).contains(&1), "{list}");
    }
    assert_eq!(desk.patch("bills/1", json!({"state": "draft", "memo": "a text"})), 200);
    assert_eq!(desk.patch("line_items/1", json!({"quantity": 1.5, "note": "a text"})), 200);
    let (bill, line) =
        (desk.bench.world.record("Bill", 1).unwrap(), desk.bench.world.record("LineItem", 1).unwrap());
    for (name, value) in bill.as_object().unwrap().iter().chain(line.as_object().unwrap()) {
        assert!(!value.is_null(), "{name}");
    }
    assert_eq!(desk.bench.send("GET", "/api/v4/bills/1/preview.json", "").status(), 200);
    assert_eq!((desk.delete("line_items/1"), desk.delete("bills/1")), (204, 204));
}
