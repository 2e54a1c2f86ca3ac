//! Ten thousand bills, counted here from their lines and told by the fake firm: they agree to the cent.

use std::{collections::BTreeMap, thread};

use clio_core::{
    Amount, Id, Reference, Selection,
    schema::{choices::TaxRule, objects},
};
use clio_model::{
    Currency, Money, Rounding,
    bills::{Bill, BillAccount, BillArithmetic, BillLine, BillTerms, BillTotals, LineItem, is_overdue},
};
use rust_decimal::Decimal;

use super::{
    desk::{Desk, Dice},
    random_bill::{Event, Made, draft, set_line, set_terms, taxes, use_it},
};

const BILLS: u64 = 10_000;
/// Of one firm: more of them make each slower, and a page holds 200 lines.
const OF_A_FIRM: u64 = 20;
const SEED: u64 = 20_260_302;

#[derive(Selection)]
#[clio(object = "LineItem")]
struct Row {
    #[clio(flatten)]
    line: BillLine,
    bill: Reference<objects::Bill>,
}

#[derive(Selection)]
#[clio(object = "LineItem")]
struct Listed {
    id: Id<objects::LineItem>,
}

#[derive(Selection)]
#[clio(object = "Bill")]
struct Found {
    id: Id<objects::Bill>,
}

#[test]
fn ten_thousand_bills_come_to_what_the_firm_says() {
    let firms = BILLS / OF_A_FIRM;
    let threads = thread::available_parallelism().map_or(1, |it| it.get().min(8));
    let counted: u64 = thread::scope(|scope| {
        let each = (0..threads as u64).map(|first| {
            scope.spawn(move || {
                (first..firms).step_by(threads).map(|firm| compare_firm(SEED + firm)).sum::<u64>()
            })
        });
        each.collect::<Vec<_>>().into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert_eq!(counted, BILLS);
}

/// Makes the bills of one firm and compares each. Answers how many there were.
fn compare_firm(seed: u64) -> u64 {
    let (desk, dice) = (Desk::new(|firm| firm), Dice::new(seed));
    let taxes = taxes(&desk);
    let drafts: Vec<i64> = (0..OF_A_FIRM).map(|_| draft(&desk, &dice)).collect();
    for bill in &drafts {
        set_terms(&desk, &dice, *bill);
    }
    for line in desk.list::<objects::LineItem, Listed>("line_items.json") {
        set_line(&desk, &dice, line.id.get(), &taxes);
    }
    let made: Vec<Made> = drafts.into_iter().map(|bill| use_it(&desk, &dice, bill)).collect();

    let mut lines: BTreeMap<i64, Vec<BillLine>> = BTreeMap::new();
    for row in desk.list::<objects::LineItem, Row>("line_items.json") {
        lines.entry(row.bill.id.get()).or_default().push(row.line);
    }
    let bills: BTreeMap<i64, Bill> = desk
        .list::<objects::Bill, Bill>("bills.json")
        .into_iter()
        .map(|bill| (bill.id.get(), bill))
        .collect();
    for made in &made {
        compare(&bills[&made.bill], &lines[&made.bill], &made.events, seed);
    }
    overdue_as_the_firm_says(&desk, &bills, seed);
    bills.len() as u64
}

fn compare(bill: &Bill, lines: &[BillLine], events: &[Event], seed: u64) {
    let arithmetic = BillArithmetic::default();
    let terms = BillTerms::told(bill, &TaxRule::Pre).unwrap();
    let items: Vec<LineItem> =
        lines.iter().map(|line| LineItem::told(line, Currency::USD).unwrap()).collect();
    for (line, item) in lines.iter().zip(&items) {
        compare_line(line, item, &terms, &format!("seed {seed}, line {:?}", line.id));
    }

    let mut account = BillAccount::new(Currency::USD);
    let (mut interest, mut paid, mut credits) =
        (Money::zero(Currency::USD), Money::zero(Currency::USD), Money::zero(Currency::USD));
    let usd = |amount| Money::new(Amount::new(amount), Currency::USD);
    for event in events {
        let so_far = BillTotals::of(&items, &terms, &account, arithmetic).unwrap();
        match event {
            Event::Charged => {
                let charge = bill.interest.as_ref().unwrap().terms().unwrap();
                interest =
                    interest.checked_add(charge.for_period(&so_far, Rounding::HalfUp).unwrap()).unwrap();
            }
            Event::Paid(amount) => paid = paid.checked_add(usd(*amount)).unwrap(),
            Event::Credited(amount) => credits = credits.checked_add(usd(*amount)).unwrap(),
        }
        account = account.interest(interest).paid(paid).credits(credits);
    }
    let counted = BillTotals::of(&items, &terms, &account, arithmetic).unwrap();
    let told = BillTotals::told(bill).unwrap();
    assert_eq!(counted, told, "seed {seed}, bill {:?}, {lines:#?}", bill.id);
    assert_eq!(BillAccount::told(bill).unwrap(), account, "seed {seed}, bill {:?}", bill.id);
}

fn compare_line(line: &BillLine, item: &LineItem, terms: &BillTerms, which: &str) {
    let usd = |amount: Option<_>| Money::new(amount.unwrap(), Currency::USD);
    let amounts = item.amounts(terms, BillArithmetic::default()).unwrap();
    assert_eq!(amounts.sub_total, usd(line.sub_total), "{which}");
    assert_eq!(amounts.tax, usd(line.tax), "{which}");
    assert_eq!(amounts.secondary_tax, usd(line.secondary_tax), "{which}");
    assert_eq!(amounts.total, usd(line.total), "{which}");
    // Time that is hours of two decimal places, and all that is a count, is told exactly: it also comes to what it is counted
    // at. 61 minutes are told as 1.02 hours, and cost what 61 minutes do.
    let minutes = item.quantity().number() * Decimal::from(60);
    if !item.is_service() || minutes.fract().is_zero() {
        let counted = item.counted(BillArithmetic::default()).unwrap();
        assert_eq!(counted, amounts.sub_total, "{which}");
    }
}

/// The firm's own filter, on a day four weeks later.
fn overdue_as_the_firm_says(desk: &Desk, bills: &BTreeMap<i64, Bill>, seed: u64) {
    let later = desk.now + chrono::TimeDelta::days(28);
    let mut found: Vec<i64> = desk
        .list_at::<objects::Bill, Found>("bills.json?overdue_only=true", later)
        .iter()
        .map(|bill| bill.id.get())
        .collect();
    found.sort_unstable();
    let day = later.date_naive();
    let ours: Vec<i64> =
        bills.iter().filter(|(_, bill)| is_overdue(*bill, day).unwrap()).map(|(id, _)| *id).collect();
    assert_eq!(ours, found, "seed {seed}");
}
