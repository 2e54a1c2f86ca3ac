//! What bills come to and how they look, each rule with its source.

use rust_decimal::Decimal;

use super::{bills::Desk, *};
use crate::{NewBill, NewTime};

/// Clio's document: a bill is made in Clio's pages; line items are in hours, what is non-billable is left out, what has no
/// charge is shown at zero.
#[tokio::test(start_paused = true)]
async fn a_bill_has_hours_counts_and_no_charge_lines_and_leaves_non_billable_work_out() {
    let desk = Desk::new(|firm| firm);
    let time = desk.time(5400);
    let matter = json!({"id": desk.matter});
    let entry = |kind: &str, quantity: u32, rest: Value| {
        let mut data = json!({
            "type": kind, "date": "2026-03-01", "quantity": quantity, "price": 100, "matter": matter,
        });
        data.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        desk.create("activities", data)
    };
    let copies = entry("ExpenseEntry", 3, json!({}));
    let hidden = entry("TimeEntry", 3600, json!({"non_billable": true}));
    let free = entry("TimeEntry", 3600, json!({"non_billable": true, "no_charge": true}));
    let bill = desk.draft();
    let fields = "type,kind,quantity,price,total,activity";
    let (_, lines) = desk.bench.get(&format!("/api/v4/line_items.json?bill_id={bill}&fields={fields}"));
    let line = |activity: i64| {
        let lines = lines["data"].as_array().unwrap().iter();
        lines.clone().find(|line| line["activity"]["id"] == activity).cloned().unwrap_or_default()
    };
    let is = |line: &Value, kind: &str, what: &str, quantity: f64, total: f64| {
        assert_eq!(line["kind"], kind);
        assert_eq!(line["type"], what);
        assert_eq!((line["quantity"].as_f64(), line["total"].as_f64()), (Some(quantity), Some(total)));
    };
    is(&line(time), "Service", "ActivityLineItem", 1.5, 150.0);
    is(&line(copies), "Expense", "ActivityLineItem", 3.0, 300.0);
    is(&line(free), "Service", "NoChargeLineItem", 1.0, 0.0);
    assert_eq!(line(hidden), Value::Null);
    assert_eq!(desk.bill(bill, "total"), 450.0);
    assert_eq!(desk.bill(bill, "services_sub_total"), 150.0);
    assert_eq!(desk.bill(bill, "matters")[0]["id"], desk.matter);
    assert_eq!(desk.bill(bill, "type"), "MatterBill");
    assert_eq!(desk.bill(bill, "number"), "1");
}

/// A line item comes to what its activity comes to, also in minutes.
#[tokio::test(start_paused = true)]
async fn a_bill_adds_up_what_the_activities_are_worth() {
    let desk = Desk::new(|firm| firm);
    let activities: Vec<i64> = [61, 599, 7201].iter().map(|seconds| desk.time(*seconds)).collect();
    let bill = desk.draft();
    let amount = |value: &Value| value.to_string().parse::<Decimal>().unwrap();
    let each = activities.iter().map(|id| amount(&desk.show(&format!("activities/{id}"), "total")["total"]));
    assert_eq!(amount(&desk.bill(bill, "total")), each.sum());
}

/// Clio's document: due is the total with interest, less discounts; a discount is a percentage or an amount.
#[tokio::test(start_paused = true)]
async fn totals_are_exact_with_discount_two_taxes_and_interest() {
    let desk = Desk::new(|firm| firm);
    desk.time(3636);
    let bill = desk.draft();
    // 3636 seconds are 61 minutes by the firm's rounding: 101.67.
    let line = desk.list(&format!("line_items.json?bill_id={bill}"))[0];
    assert_eq!(
        desk.patch(&format!("line_items/{line}"), json!({"taxable": true, "secondary_taxable": true})),
        200
    );
    let sent = json!({
        "tax_rate": 5, "secondary_tax_rate": 9.975, "discount": {"rate": 10, "type": "percentage"},
        "interest": {"rate": 2, "period": 30, "type": "simple"},
    });
    assert_eq!(desk.patch(&format!("bills/{bill}"), sent), 200);
    let amounts = |bill| {
        let fields = "sub_total,tax_sum,secondary_tax_sum,total_tax,total,due,balance,interest%7Btotal%7D";
        let data = desk.show(&format!("bills/{bill}"), fields);
        let names = ["sub_total", "tax_sum", "secondary_tax_sum", "total_tax", "total", "due", "balance"];
        json!(names.map(|name| data[name].clone()))
    };
    assert_eq!(amounts(bill), json!([101.67, 5.08, 10.14, 15.22, 116.89, 106.72, 106.72]));
    assert_eq!(desk.patch(&format!("bills/{bill}"), json!({"discount": {"rate": 20, "type": "money"}})), 200);
    assert_eq!(desk.bill(bill, "due"), 96.89);
    assert!(desk.ada.approve(bill));
    assert!(desk.ada.charge_interest(bill).is_some());
    assert_eq!((desk.bill(bill, "total"), desk.bill(bill, "due")), (json!(118.83), json!(98.83)));
    assert_eq!(desk.bill(bill, "interest")["total"], 1.94);
    let charge = desk.list(&format!("interest_charges.json?bill_id={bill}"))[0];
    assert_eq!(desk.delete(&format!("interest_charges/{charge}")), 204);
    assert_eq!(desk.bill(bill, "due"), 96.89);
}

/// Clio's document: compound interest is on interest too, simple interest is not.
#[tokio::test(start_paused = true)]
async fn compound_interest_bears_interest() {
    for (kind, total) in [("simple", 20.0), ("compound", 21.0)] {
        let desk = Desk::new(|firm| firm);
        desk.time(3600);
        let bill = desk.draft();
        let interest = json!({"interest": {"rate": 10, "period": 30, "type": kind}});
        assert_eq!(desk.patch(&format!("bills/{bill}"), interest), 200);
        assert!(desk.ada.approve(bill));
        desk.ada.charge_interest(bill);
        desk.ada.charge_interest(bill);
        assert_eq!(desk.bill(bill, "interest")["total"], total, "{kind}");
    }
}

/// Clio's document: the second tax is applied separately or in addition to the first.
#[tokio::test(start_paused = true)]
async fn the_second_tax_may_be_on_top_of_the_first() {
    let desk = Desk::new(|firm| firm);
    desk.time(3600);
    let bill = desk.draft();
    let line = desk.list(&format!("line_items.json?bill_id={bill}"))[0];
    let rate = |name: &str, rate: f64| {
        desk.create("tax_rate_configurations", json!({"name": name, "country": "CA", "rate": rate}))
    };
    let (gst, qst) = (rate("GST", 0.05), rate("QST", 0.1));
    for (rule, second) in [("Pre", 10.0), ("Post", 10.5)] {
        let settings = json!({"tax_settings": [
            {"tax_rate_configuration_id": gst, "order": 1, "rule": "Pre"},
            {"tax_rate_configuration_id": qst, "order": 2, "rule": rule},
        ]});
        assert_eq!(desk.patch(&format!("line_items/{line}"), settings), 200);
        let amounts = desk.show(&format!("line_items/{line}"), "tax,secondary_tax,total,tax_settings");
        assert_eq!((&amounts["tax"], &amounts["secondary_tax"]), (&json!(5.0), &json!(second)), "{rule}");
        assert_eq!(desk.bill(bill, "total"), 105.0 + second);
    }
    let three = json!({"tax_settings": vec![json!({"tax_rate_configuration_id": gst, "order": 1}); 3]});
    assert_eq!(desk.patch(&format!("line_items/{line}"), three), 422);
}

/// Clio's document: what a client's matters come to together, and each matter's part.
#[tokio::test(start_paused = true)]
async fn the_parts_of_a_bill_of_several_matters_add_up() {
    let desk = Desk::new(|firm| firm);
    let client = desk.show(&format!("matters/{}", desk.matter), "client")["client"]["id"].as_i64();
    let other = desk.create("matters", json!({"description": "Second", "client": {"id": client}}));
    desk.time(3600);
    let date = desk.bench.clock.now().date_naive();
    let second = NewTime { matter: Some(other), seconds: 1800, date, ..NewTime::default() };
    desk.ada.change_price(desk.ada.record_time(second), Decimal::from(100));
    let bill = desk.ada.bill(NewBill { client, ..NewBill::default() }).unwrap();
    assert_eq!(desk.bill(bill, "type"), "ClientBill");
    assert!(desk.ada.approve(bill));
    desk.ada.pay(bill, Decimal::from(70)).unwrap();
    let parts = desk.show(&format!("bills/{bill}"), "matter_totals%7Bid,amount%7D,balances%7Bamount,due%7D");
    let amounts = &parts["matter_totals"];
    let of = |id: i64| {
        let all = amounts.as_array().unwrap().iter();
        all.clone().find(|one| one["id"] == id).unwrap()["amount"].clone()
    };
    assert_eq!((of(desk.matter), of(other)), (json!(30.0), json!(50.0)));
    assert_eq!(parts["balances"], json!([{"amount": 80.0, "due": 150.0}]));
}

/// Clio's document: self-contained HTML; users: 406 for those who take JSON only.
#[tokio::test(start_paused = true)]
async fn the_preview_is_a_page_with_names_bullets_and_amounts() {
    let desk = Desk::new(|firm| firm);
    let id = desk.time(3600);
    desk.ada.edit_note(id, "Estate plan\n- Will & trust\n- <Deed>\nSigned");
    desk.ada.change_price(id, Decimal::from(1250));
    let bill = desk.draft();
    let preview = |accept: Option<&str>| {
        let mut request = Request::get(format!("https://clio.test/api/v4/bills/{bill}/preview.json"))
            .header("authorization", format!("Bearer {}", desk.bench.token));
        if let Some(accept) = accept {
            request = request.header("accept", accept);
        }
        desk.bench.world.handle(request.body(Bytes::new()).unwrap(), desk.bench.clock.now())
    };
    let page = preview(None);
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let html = String::from_utf8(page.body().to_vec()).unwrap();
    assert!(html.starts_with("<!DOCTYPE html>"));
    let note = "<p>Estate plan</p><ul><li>Will &amp; trust</li><li>&lt;Deed&gt;</li></ul><p>Signed</p>";
    assert!(html.contains(note) && html.contains("1,250.00") && !html.contains("src="), "{html}");
    assert_eq!(preview(Some("text/html")).status(), 200);
    assert_eq!(preview(Some("application/json, */*")).status(), 200);
    let refused = preview(Some("application/json"));
    assert_eq!(
        (refused.status().as_u16(), &parsed(&refused)["error"]["type"]),
        (406, &json!("InvalidFormatError"))
    );
}

/// A number of any size is taken, and nothing overflows.
#[tokio::test(start_paused = true)]
async fn amounts_too_large_to_be_real_do_no_harm() {
    let desk = Desk::new(|firm| firm);
    let id = desk.time(i64::MAX);
    desk.ada.change_price(id, Decimal::MAX);
    desk.time(3600);
    let bill = desk.draft();
    let sent = json!({"tax_rate": 1e27, "discount": {"rate": 1e27, "type": "percentage"}});
    assert_eq!(desk.patch(&format!("bills/{bill}"), sent), 200);
    assert!(desk.bill(bill, "balance").is_number());
    assert_eq!(desk.bench.get(&format!("/api/v4/activities/{id}.json?fields=total")).0, 200);
}
