//! Bills walked through their states in the fake firm, under each of its knobs: the rules here say what the firm answers.

use clio_core::{
    Id, Selection,
    schema::{
        choices::{BillState, Choice},
        objects,
    },
};
use clio_fixtures::NewBill;
use clio_model::{
    ErrorKind,
    bills::{Bill, BillRules, BillStanding, HeadEdits},
};
use rust_decimal::Decimal;

use super::desk::{Desk, Dice};

const SEED: u64 = 20_260_309;
const WALKS: usize = 12;
const STEPS: usize = 7;
const STATES: [BillState; 6] = [
    BillState::Draft,
    BillState::AwaitingApproval,
    BillState::AwaitingPayment,
    BillState::Paid,
    BillState::Void,
    BillState::Deleted,
];

pub(super) fn all_rules() -> impl Iterator<Item = BillRules> {
    (0..16).map(|bits| {
        let mut rules = BillRules::default();
        rules.returns_to_draft = bits & 1 != 0;
        rules.skips_approval = bits & 2 != 0;
        rules.edits_approved_bills = bits & 4 != 0;
        rules.takes_paid = bits & 8 != 0;
        rules
    })
}

#[derive(Selection)]
#[clio(object = "LineItem")]
struct Line {
    id: Id<objects::LineItem>,
}

#[derive(Selection)]
#[clio(object = "Activity")]
struct OnBill {
    id: Id<objects::Activity>,
    on_bill: bool,
}

#[test]
fn the_firm_takes_the_steps_that_are_legal_here_and_refuses_the_others() {
    for (at, rules) in all_rules().enumerate() {
        let desk = Desk::new(|firm| {
            firm.knob("bills_return_to_draft", &rules.returns_to_draft.to_string())
                .and_then(|firm| firm.knob("bills_take_paid", &rules.takes_paid.to_string()))
                .unwrap()
                .skips_approval(rules.skips_approval)
                .edits_approved_bills(rules.edits_approved_bills)
        });
        let seed = SEED + at as u64;
        let dice = Dice::new(seed);
        for _ in 0..WALKS {
            walk(&desk, &dice, rules, &format!("seed {seed}, {rules:?}"));
        }
    }
}

fn walk(desk: &Desk, dice: &Dice, rules: BillRules, which: &str) {
    let matter = *dice.of(&desk.matters);
    let work = format!(
        r#"{{"type":"TimeEntry","date":"2026-03-01","quantity":3600,"price":100,"matter":{{"id":{matter}}}}}"#
    );
    let activity = desk.create("activities.json", &work);
    let new = NewBill { matter: Some(matter), activities: vec![activity], ..NewBill::default() };
    let id = desk.ada.bill(new).unwrap();
    for _ in 0..STEPS {
        let bill = read(desk, id);
        let standing = BillStanding::of(&bill).unwrap();
        said_by_the_firm(&bill, &standing, rules, which);
        edits(desk, &bill, &standing, rules, which);
        step(desk, dice, id, &standing, rules, which);
        let after = read(desk, id).state;
        let gone = matches!(after, BillState::Void | BillState::Deleted);
        assert_eq!(is_on_bill(desk, activity), !gone, "{which}: {after}");
    }
}

fn read(desk: &Desk, id: i64) -> Bill {
    desk.list::<objects::Bill, Bill>(&format!("bills.json?ids[]={id}")).remove(0)
}

fn is_on_bill(desk: &Desk, activity: i64) -> bool {
    let found = desk.list::<objects::Activity, OnBill>(&format!("activities.json?ids[]={activity}"));
    assert_eq!(found[0].id.get(), activity);
    found[0].on_bill
}

/// The rules alone come to the same as what the firm says of the bill.
fn said_by_the_firm(bill: &Bill, standing: &BillStanding, rules: BillRules, which: &str) {
    let told = bill.available_state_transitions.clone().unwrap();
    let next = standing.next_states(rules);
    let without_draft: Vec<_> = next.iter().filter(|to| **to != BillState::Draft).cloned().collect();
    for to in STATES {
        assert_eq!(told.contains(&to), without_draft.contains(&to), "{which}: {} to {to}", bill.state);
    }
    assert_eq!(bill.next_states(rules).unwrap(), next, "{which}");
    assert_eq!(bill.can_update, Some(standing.may_edit_lines(rules)), "{which}: {}", bill.state);
}

fn edits(desk: &Desk, bill: &Bill, standing: &BillStanding, rules: BillRules, which: &str) {
    let id = bill.id.get();
    let line = desk.list::<objects::LineItem, Line>(&format!("line_items.json?bill_id={id}")).remove(0);
    let status = desk.write("PATCH", &format!("line_items/{}.json", line.id), r#"{"note":"x"}"#);
    assert_eq!(status == 200, standing.may_edit_lines(rules), "{which}: {} {status}", bill.state);
    let write = |data: String| desk.write("PATCH", &format!("bills/{id}.json"), &data) == 200;
    // Other values each time: what changes nothing is taken anywhere.
    let fresh = desk.world.history().len();
    let text = write(format!(r#"{{"subject":"{fresh}"}}"#));
    let number = write(format!(r#"{{"number":"{fresh}"}}"#));
    let expected = match standing.may_edit_head(rules) {
        HeadEdits::All => (true, true),
        HeadEdits::Limited => (true, false),
        _ => (false, false),
    };
    assert_eq!((text, number), expected, "{which}: {}", bill.state);
}

/// One thing that a program or a person might do.
fn step(desk: &Desk, dice: &Dice, id: i64, standing: &BillStanding, rules: BillRules, which: &str) {
    match dice.below(8) {
        0 => {
            let legal = standing.delete().is_ok();
            let status = desk.write("DELETE", &format!("bills/{id}.json"), "");
            assert_eq!(status == 204, legal, "{which}: DELETE of {} {status}", standing.state());
            if let Ok(step) = standing.delete() {
                assert_eq!(read(desk, id).state, *step.to(), "{which}");
            }
        }
        1 => {
            let took = desk.ada.pay(id, Decimal::from(10)).is_some();
            assert!(!took || standing.pay_in_full().is_ok(), "{which}: {}", standing.state());
        }
        2 if dice.one_in(3) => {
            let done = desk.ada.write_off(id).is_some();
            let legal = standing.pay_in_full();
            assert_eq!(done, legal.is_ok(), "{which}: {}", standing.state());
            if let Ok(step) = legal {
                assert_eq!(read(desk, id).state, *step.to(), "{which}");
            }
        }
        _ => {
            let to = dice.of(&STATES).clone();
            if to == *standing.state() {
                return;
            }
            let data = format!(r#"{{"state":"{}"}}"#, to.write_name());
            let status = desk.write("PATCH", &format!("bills/{id}.json"), &data);
            let step = standing.transition(to.clone(), rules);
            let (from, has) = (standing.state(), standing.has_payments());
            assert_eq!(status == 200, step.is_ok(), "{which}: {from} ({has}) to {to}: {status}");
            match step {
                Ok(step) => assert_eq!(read(desk, id).state, *step.to(), "{which}"),
                Err(error) => {
                    assert_eq!((status, error.kind()), (422, ErrorKind::IllegalTransition), "{which}");
                }
            }
        }
    }
}
