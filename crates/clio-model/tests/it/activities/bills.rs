//! Where activities stand with the bills, and where they can be changed.

use clio_core::{Id, Seconds, schema::choices::BillState};
use clio_fixtures::NewBill;
use clio_model::{
    ErrorKind, TimeEntry,
    activities::{ActivityChange, BilledReading, BillingFacts, BillingStatus, Editable, Locked},
};

use super::*;

impl Firm {
    fn hour(&self) -> i64 {
        let date = "2026-03-02".parse().unwrap();
        let matter = Id::new(self.matters()[0]);
        self.create(&TimeEntry::on(matter, date).duration(Seconds(3_600)).price("100".parse().unwrap()))
            .id
            .get()
    }

    /// An hour on a bill of its own.
    fn billed_hour(&self) -> (i64, i64) {
        let activity = self.hour();
        let new = NewBill { activities: vec![activity], ..NewBill::default() };
        (activity, self.world.person("Ada").bill(new).unwrap())
    }

    /// Whether the fake takes a change where the model says, and nowhere else.
    fn tries(&self, activity: i64, editable: Editable) {
        let change = ActivityChange::new().note("changed").json().unwrap();
        let (status, body) = self.call("PATCH", &format!("/activities/{activity}.json"), &change);
        let wanted = match editable {
            Editable::Activity => 200,
            Editable::Nowhere(Locked::Redacted) => 403,
            _ => 422,
        };
        assert_eq!(status, wanted, "{editable:?} {body}");
        let lines =
            self.data("GET", &format!("/line_items.json?activity_id={activity}&fields=id,bill{{id}}"), "");
        for line in lines.as_array().unwrap() {
            let bill = Id::new(line["bill"]["id"].as_i64().unwrap());
            let (status, body) =
                self.call("PATCH", &format!("/line_items/{}.json", line["id"]), r#"{"note":"changed"}"#);
            let wanted = if editable == Editable::LineItem(bill) { 200 } else { 422 };
            assert_eq!(status, wanted, "{editable:?} {body}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_status_follows_the_bill_under_both_readings() {
    for (knob, reading) in [("true", BilledReading::DraftsToo), ("false", BilledReading::ApprovedBills)] {
        let firm = Firm::new(7, |firm| firm.knob("drafts_are_billed", knob).unwrap());
        let person = firm.world.person("Ada");
        let status = |activity: i64| {
            let read = firm.read(activity);
            let status = BillingFacts::of(&read).status(None).unwrap();
            assert_eq!(BillingFacts::of(&read).status(Some(reading)).unwrap(), status);
            // Without the bill the reading decides, or nothing does.
            match BillingFacts::without_bill(&read).status(Some(reading)) {
                Ok(told) => assert_eq!(told, status),
                Err(error) => {
                    assert_eq!((error.kind(), reading), (ErrorKind::Unknown, BilledReading::DraftsToo));
                    assert!(matches!(status, BillingStatus::Draft | BillingStatus::Billed));
                }
            }
            status
        };
        let (activity, bill) = firm.billed_hour();
        assert_eq!(status(activity), BillingStatus::Draft);
        assert!(person.request_approval(bill));
        assert_eq!(status(activity), BillingStatus::Draft);
        assert!(person.approve(bill));
        assert_eq!(status(activity), BillingStatus::Billed);
        assert_eq!(firm.call("DELETE", &format!("/bills/{bill}.json"), "").0, 204);
        assert_eq!(status(activity), BillingStatus::Unbilled, "its bill is void");
        let hidden = ActivityChange::new().non_billable(true).json().unwrap();
        firm.data("PATCH", &format!("/activities/{activity}.json"), &hidden);
        assert_eq!(status(activity), BillingStatus::NonBillable);

        let listed = |status: &str| {
            firm.data("GET", &format!("/activities.json?status={status}"), "").as_array().unwrap().len()
        };
        assert_eq!([listed("non_billable"), listed("unbilled"), listed("written_off")], [1, 0, 0]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_activity_can_be_changed_where_the_model_says() {
    for edits in [false, true] {
        let firm = Firm::new(8, |firm| firm.edits_approved_bills(edits));
        let person = firm.world.person("Ada");
        let editable = |activity: i64| {
            let facts = BillingFacts::of(&firm.read(activity));
            let editable = facts.editable(None).unwrap();
            firm.tries(activity, editable);
            // The bill's state and the firm's setting say the same as what Clio says of the bill.
            let by_state = BillingFacts { bill_can_update: None, ..facts };
            assert_eq!(by_state.editable(Some(edits)).unwrap(), editable);
            editable
        };
        assert_eq!(editable(firm.hour()), Editable::Activity);
        let (activity, bill) = firm.billed_hour();
        let line = Editable::LineItem(Id::new(bill));
        assert_eq!(editable(activity), line);
        assert!(person.request_approval(bill));
        assert_eq!(editable(activity), line);
        assert!(person.approve(bill));
        let approved = if edits { line } else { Editable::Nowhere(Locked::BillApproved) };
        assert_eq!(editable(activity), approved);
        let (other, paid) = firm.billed_hour();
        assert!(person.approve(paid));
        assert!(person.pay(paid, "100".parse().unwrap()).is_some());
        assert_eq!(firm.read(other).bill.unwrap().state, Some(BillState::Paid));
        assert_eq!(editable(other), Editable::Nowhere(Locked::BillPaid));
        assert_eq!(firm.call("DELETE", &format!("/bills/{bill}.json"), "").0, 204);
        assert_eq!(BillingFacts::of(&firm.read(activity)).editable(None).unwrap(), Editable::Activity);
    }
}

#[tokio::test(start_paused = true)]
async fn hours_that_are_hidden_lock_the_entry() {
    let firm = Firm::new(9, |firm| firm.hides_hours(true));
    let activity = firm.hour();
    let other = firm.as_user(firm.users()[1]);
    let facts = BillingFacts::of(&other.read(activity));
    assert_eq!(facts.editable(None).unwrap(), Editable::Nowhere(Locked::Redacted));
    other.tries(activity, Editable::Nowhere(Locked::Redacted));
    assert_eq!(BillingFacts::of(&firm.read(activity)).editable(None).unwrap(), Editable::Activity);
}

/// No field tells what was written off: it is asked for.
#[tokio::test(start_paused = true)]
async fn what_was_written_off_is_found_by_the_filter_only() {
    let firm = Firm::new(10, |firm| firm);
    let person = firm.world.person("Ada");
    let (activity, bill) = firm.billed_hour();
    assert!(person.approve(bill) && person.write_off(bill).is_some());
    let facts = BillingFacts::of(&firm.read(activity));
    assert_eq!(facts.status(None).unwrap(), BillingStatus::Billed);
    let listed = firm.data("GET", "/activities.json?status=written_off", "");
    let written_off = listed.as_array().unwrap().iter().any(|one| one["id"] == activity);
    let facts = BillingFacts { written_off, ..facts };
    assert_eq!(facts.status(None).unwrap(), BillingStatus::WrittenOff);
}
