//! Each draft is taken, and reads back as it was written.

use chrono::NaiveDate;
use clio_core::{Amount, Id, Seconds};
use clio_model::{
    Activity, TimeEntry,
    activities::{ActivityChange, Expense, FlatFee, HardCost, Work},
};
use rust_decimal::Decimal;

use super::*;

const NOTES: [&str; 5] =
    ["Draft SHA", "", "  blanks  ", "quotes \" and \\ and \u{1}", "ünïcode 漢字 🖋\nline two"];

impl Firm {
    fn day(&self) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(self.below(365).unsigned_abs())
    }

    fn money(&self) -> Amount {
        Amount::new(Decimal::new(self.below(1_000_000), 2))
    }

    fn matter(&self) -> Id<objects::Matter> {
        Id::new(self.pick(&self.matters()))
    }

    fn user(&self) -> Id<objects::User> {
        Id::new(self.pick(&self.users()))
    }
}

#[tokio::test(start_paused = true)]
async fn time_reads_back_as_written() {
    let firm = Firm::new(3, |firm| firm);
    let category = firm.category("Custom", 111);
    for _ in 0..500 {
        let mut draft = TimeEntry::on(firm.matter(), firm.day())
            .duration(Seconds(firm.below(100_000)))
            .note(firm.pick(&NOTES))
            .user(firm.user())
            .price(firm.money())
            .non_billable(firm.chance(1));
        if firm.chance(2) {
            draft = draft.category(Id::new(category));
        }
        let read = firm.create(&draft);
        assert!(TimeEntry::like(&read).unwrap() == draft);
        let fields = <Activity as Selection<objects::Activity>>::FIELDS;
        let lean = firm.data("GET", &format!("/activities/{}.json?fields={fields}", read.id), "");
        let lean = clio_core::decode::<objects::Activity, Activity>(&lean.to_string()).unwrap();
        assert!(TimeEntry::like(&lean).unwrap() == draft, "also from the selection that takes less");
        assert!(Expense::like(&read).is_err() && HardCost::like(&read).is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn expenses_read_back_as_written() {
    let firm = Firm::new(4, |firm| firm);
    let category = firm.make("/expense_categories.json", &json!({"name": "Copies", "rate": 2}));
    let vendor = firm.data("GET", "/contacts.json", "")[0]["id"].as_i64().unwrap();
    for round in 0..300 {
        let on = if round % 2 == 0 { Expense::on } else { Expense::soft_cost };
        let count = Amount::new(Decimal::new(firm.below(10_000), 1));
        let mut soft = on(firm.matter(), firm.day())
            .quantity(count)
            .price(firm.money())
            .note(firm.pick(&NOTES))
            .user(firm.user());
        let mut hard = HardCost::on(firm.matter(), firm.day())
            .price(firm.money())
            .note(firm.pick(&NOTES))
            .user(firm.user())
            .reference(firm.pick(&NOTES));
        if firm.chance(2) {
            soft = soft.category(Id::new(category));
            hard = hard.category(Id::new(category)).vendor(Id::new(vendor));
        }
        let read = firm.create(&soft);
        assert!(Expense::like(&read).unwrap() == soft);
        assert!(TimeEntry::like(&read).is_err() && HardCost::like(&read).is_err());
        let read = firm.create(&hard);
        assert!(HardCost::like(&read).unwrap() == hard);
        assert!(Expense::like(&read).is_err());
    }
    let priced = firm.create(&Expense::on(firm.matter(), firm.day()).category(Id::new(category)));
    assert_eq!(priced.total.unwrap().get(), Decimal::TWO, "one piece at the category's price");
}

#[tokio::test(start_paused = true)]
async fn a_flat_fee_comes_to_what_it_says_both_ways() {
    let firm = Firm::new(5, |firm| firm);
    let category = Id::new(firm.category("FlatRate", 1_500));
    for _ in 0..100 {
        let (matter, day, amount) = (firm.matter(), firm.day(), firm.money());
        let read = firm.create(&FlatFee::of(matter, day, amount).note("Will").user(firm.user()));
        assert_eq!(read.total.map(Amount::get), Some(amount.get()));
        assert!(matches!(Work::of(&read).unwrap(), Work::Expense { .. }));
        let fee = FlatFee::by_category(matter, day, category, Seconds(1 + firm.below(9_999)));
        let read = firm.create(&fee.clone());
        assert_eq!(read.total.unwrap().get(), Decimal::from(1_500));
        assert!(matches!(Work::of(&read).unwrap(), Work::FlatFee { .. }));
        assert_eq!(firm.create(&fee.amount(amount)).total.map(Amount::get), Some(amount.get()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_does_what_it_says_and_no_more() {
    let firm = Firm::new(6, |firm| firm);
    let category = firm.make("/expense_categories.json", &json!({"name": "Copies", "rate": 2}));
    let vendor = firm.data("GET", "/contacts.json", "")[0]["id"].as_i64().unwrap();
    let patch = |read: &BillableActivity, change: &ActivityChange| {
        firm.data("PATCH", &format!("/activities/{}.json", read.id), &change.json().unwrap());
        firm.read(read.id.get())
    };
    for _ in 0..100 {
        let draft = TimeEntry::on(firm.matter(), firm.day())
            .duration(Seconds(firm.below(9_999)))
            .note("n")
            .user(firm.user())
            .price(firm.money());
        let read = firm.create(&draft);
        assert!(patch(&read, &ActivityChange::new()) == read, "nothing is nothing");
        let (time, price, note) = (Seconds(firm.below(9_999)), firm.money(), firm.pick(&NOTES));
        let change = ActivityChange::new().duration(time).price(price).note(note).non_billable(true);
        let wanted = draft.duration(time).price(price).note(note).non_billable(true);
        assert!(TimeEntry::like(&patch(&read, &change)).unwrap() == wanted);

        let draft = HardCost::on(firm.matter(), firm.day())
            .price(price)
            .user(firm.user())
            .category(Id::new(category))
            .reference("cheque 7")
            .vendor(Id::new(vendor));
        let read = firm.create(&draft);
        let count = Amount::new(firm.below(9).into());
        let change = ActivityChange::new().vendor(None).expense_category(None).quantity(count).reference("8");
        let read = patch(&read, &change);
        assert_eq!((read.vendor, read.expense_category), (None, None), "taken away");
        assert_eq!(
            (read.quantity.map(Amount::get), read.reference.as_deref()),
            (Some(count.get()), Some("8"))
        );
        assert_eq!(read.price.map(Amount::get), Some(price.get()), "not said, so it stays");
    }
}
