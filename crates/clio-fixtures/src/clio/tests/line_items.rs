//! Line items, each rule with its source.

use super::{bills::Desk, *};

impl Desk {
    /// A draft of one entry of an hour: the bill, its line, the activity.
    fn one_line(&self) -> (i64, i64, i64) {
        let activity = self.time(3600);
        let bill = self.draft();
        (bill, self.list(&format!("line_items.json?bill_id={bill}"))[0], activity)
    }

    fn line(&self, id: i64, field: &str) -> Value {
        self.show(&format!("line_items/{id}"), field)[field].clone()
    }
}

/// Users report: `total`, `type` and `rounded_quantity` are refused.
#[tokio::test(start_paused = true)]
async fn what_follows_from_other_members_cannot_be_written() {
    let desk = Desk::new(|firm| firm);
    let (_, line, _) = desk.one_line();
    for (name, value) in [("total", json!(1)), ("type", json!("LineItem")), ("rounded_quantity", json!(1))] {
        assert_eq!(desk.patch(&format!("line_items/{line}"), json!({ name: value })), 422, "{name}");
    }
}

/// Clio's document: with `update_original_record` the activity follows, and without it only the line changes.
#[tokio::test(start_paused = true)]
async fn the_activity_follows_only_when_asked() {
    let desk = Desk::new(|firm| firm);
    let (bill, line, activity) = desk.one_line();
    let path = format!("line_items/{line}");
    assert_eq!(desk.patch(&path, json!({"note": "Shorter", "price": 80})), 200);
    assert_eq!((desk.line(line, "note"), desk.bill(bill, "total")), (json!("Shorter"), json!(80.0)));
    let own = || {
        let own = desk.show(&format!("activities/{activity}"), "note,price,date");
        (own["note"].clone(), own["price"].clone(), own["date"].clone())
    };
    assert_eq!(own(), (json!(""), json!(100.0), json!("2026-03-02")));
    let sent = json!({"note": "Both", "price": 90, "date": "2026-02-01", "update_original_record": true});
    assert_eq!(desk.patch(&path, sent), 200);
    assert_eq!(own(), (json!("Both"), json!(90.0), json!("2026-02-01")));
}

/// Disputed among users: the quantity is ignored, or taken on drafts and rounded up.
#[tokio::test(start_paused = true)]
async fn whether_a_quantity_is_taken_is_a_knob() {
    for (value, hours) in [("true", 1.03), ("false", 1.0)] {
        let desk = Desk::knob("line_quantities_change", value);
        let (_, line, _) = desk.one_line();
        // 1.02 hours are 61.2 minutes, and the firm rounds up to whole ones.
        assert_eq!(desk.patch(&format!("line_items/{line}"), json!({"quantity": 1.02})), 200);
        assert_eq!(desk.line(line, "quantity"), hours);
    }
}

/// Clio's document: a line item goes only while its bill can be changed; users: its activity is unbilled again.
#[tokio::test(start_paused = true)]
async fn a_line_of_a_draft_goes_and_one_of_an_approved_bill_stays() {
    let desk = Desk::new(|firm| firm);
    let (bill, line, activity) = desk.one_line();
    assert!(desk.ada.approve(bill));
    let path = format!("line_items/{line}");
    assert_eq!((desk.patch(&path, json!({"note": "x"})), desk.delete(&path)), (422, 422));
    assert_eq!(desk.patch(&format!("bills/{bill}"), json!({"state": "draft"})), 200);
    assert_eq!(desk.delete(&path), 204);
    assert_eq!(desk.show(&format!("activities/{activity}"), "on_bill")["on_bill"], false);
    assert_eq!(desk.list("activities.json?status=unbilled"), [activity]);
    assert_eq!(desk.bill(bill, "total"), 0.0);
    assert_eq!(desk.delete(&path), 404);
}

/// Clio's document, of `LineItem#destroy`: only while the bill can be edited. `can_update` is false of a bill that is gone.
#[tokio::test(start_paused = true)]
async fn the_lines_of_a_bill_that_is_gone_stay_as_they_are() {
    for approved in [false, true] {
        let desk = Desk::new(|firm| firm);
        let (bill, line, activity) = desk.one_line();
        assert!(!approved || desk.ada.approve(bill));
        assert_eq!(desk.delete(&format!("bills/{bill}")), 204);
        assert_eq!(desk.bill(bill, "state"), if approved { "void" } else { "deleted" });
        assert_eq!(desk.bill(bill, "can_update"), false);
        let path = format!("line_items/{line}");
        let before = desk.show(&path, "note,total,updated_at");
        assert_eq!((desk.patch(&path, json!({"note": "x"})), desk.delete(&path)), (422, 422));
        assert_eq!(desk.show(&path, "note,total,updated_at"), before);
        assert_eq!(desk.show(&format!("activities/{activity}"), "on_bill")["on_bill"], false);
    }
}

/// Clio's document, `LineItem#index`.
#[tokio::test(start_paused = true)]
async fn line_items_are_found_by_what_they_are() {
    let desk = Desk::new(|firm| firm);
    let (bill, line, activity) = desk.one_line();
    assert_eq!(desk.patch(&format!("line_items/{line}"), json!({"note": "Probate"})), 200);
    for (query, found) in [
        (format!("bill_id={bill}&display=true"), true),
        (format!("activity_id={activity}"), true),
        (format!("matter_id={}", desk.matter), true),
        ("kind=Service".to_owned(), true),
        ("kind=Expense".to_owned(), false),
        ("query=probate".to_owned(), true),
        ("query=divorce".to_owned(), false),
        ("group_ordering=1".to_owned(), true),
        ("group_ordering=2".to_owned(), false),
    ] {
        assert_eq!(desk.list(&format!("line_items.json?{query}")) == [line], found, "{query}");
    }
}

/// Clio's document calls the type of a line's discount a flag, and names the words of one.
#[tokio::test(start_paused = true)]
async fn a_line_has_a_discount_of_its_own() {
    let desk = Desk::new(|firm| firm);
    let (bill, line, _) = desk.one_line();
    for (kind, total) in [(json!("percentage"), 93.0), (json!("money"), 93.0), (json!(true), 93.0)] {
        let discount = json!({"discount": {"rate": 7, "type": kind}});
        assert_eq!(desk.patch(&format!("line_items/{line}"), discount), 200);
        assert_eq!((desk.line(line, "sub_total"), desk.line(line, "total")), (json!(100.0), json!(total)));
        assert_eq!(desk.bill(bill, "sub_total"), total);
        assert!(desk.line(line, "discount")["type"].is_string());
    }
}

/// Nobody says whether a changed line changes its bill's `updated_at`.
#[tokio::test(start_paused = true)]
async fn whether_a_line_touches_its_bill_is_a_knob() {
    for value in ["false", "true"] {
        let desk = Desk::knob("children_touch_parents", value);
        let (bill, line, _) = desk.one_line();
        let before = desk.bill(bill, "updated_at");
        desk.wait_days(1).await;
        assert_eq!(desk.patch(&format!("line_items/{line}"), json!({"note": "x"})), 200);
        assert_eq!(desk.bill(bill, "updated_at") != before, value == "true");
    }
}
