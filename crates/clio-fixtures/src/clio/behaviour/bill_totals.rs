//! What a bill comes to, exact to the cent.
//!
//! Each line is rounded for itself, half up, and the bill adds up what its lines show. Clio's document gives the terms: the
//! total is with interest, what is due is that less the bill's discount, the balance is what is left of it. That a tax is
//! rounded by the line and that the bill's discount does not make it smaller are our choices; nobody says.

use rust_decimal::Decimal;

use super::{
    bills::{BILL, is_trust},
    interest::CHARGE,
    line_items::{self, LINE},
    money::{percent, sum},
    payments::{self, ALLOCATION},
    trust::TRUST_LINE,
};
use crate::clio::{
    firm::Firm,
    store::{Part, Record, Value},
};

/// The sums of lines.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sums {
    /// After the discounts of the lines, before tax.
    pub(crate) sub_total: Decimal,
    pub(crate) tax: Decimal,
    pub(crate) secondary_tax: Decimal,
    /// What of the sub total is taxed.
    pub(crate) taxable: Decimal,
    pub(crate) secondary_taxable: Decimal,
}

impl Sums {
    fn add(&mut self, line: &line_items::Amounts) {
        let net = line.net();
        self.sub_total = self.sub_total.saturating_add(net);
        self.tax = self.tax.saturating_add(line.tax);
        self.secondary_tax = self.secondary_tax.saturating_add(line.secondary_tax);
        if line.taxed {
            self.taxable = self.taxable.saturating_add(net);
        }
        if line.taxed_twice {
            self.secondary_taxable = self.secondary_taxable.saturating_add(net);
        }
    }

    fn total(&self) -> Decimal {
        sum([self.sub_total, self.tax, self.secondary_tax])
    }
}

/// What a bill comes to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Totals {
    pub(crate) all: Sums,
    /// Of the lines that are services.
    pub(crate) services: Sums,
    pub(crate) interest: Decimal,
    /// The bill's own discount.
    pub(crate) discount: Decimal,
    pub(crate) paid: Decimal,
    pub(crate) credits: Decimal,
}

impl Totals {
    pub(crate) fn total_tax(&self) -> Decimal {
        self.all.tax.saturating_add(self.all.secondary_tax)
    }

    pub(crate) fn total(&self) -> Decimal {
        self.all.total().saturating_add(self.interest)
    }

    pub(crate) fn due(&self) -> Decimal {
        self.total().saturating_sub(self.discount)
    }

    pub(crate) fn balance(&self) -> Decimal {
        self.due().saturating_sub(self.paid).saturating_sub(self.credits)
    }
}

/// One of the amounts of a bill. An answer shows many of the same bill, so they are kept until something changes.
pub(crate) fn amount(firm: &Firm, bill: &Record, which: fn(&Totals) -> Decimal) -> Decimal {
    let now = firm.tables.history().len();
    let mut known = firm.last_totals.borrow_mut();
    match &*known {
        Some((then, id, totals)) if (*then, *id) == (now, bill.id) => which(totals),
        _ => which(&known.insert((now, bill.id, totals(firm, bill))).2),
    }
}

pub(crate) fn totals(firm: &Firm, bill: &Record) -> Totals {
    let mut totals = Totals::default();
    for line in lines(firm, bill.id) {
        let amounts = line_items::amounts(firm, bill, line);
        totals.all.add(&amounts);
        if line.get(LINE.kind).as_str() == Some("Service") {
            totals.services.add(&amounts);
        }
    }
    if is_trust(bill) {
        totals.all.sub_total =
            sum(trust_lines(firm, bill.id).filter_map(|line| line.get(TRUST_LINE.total).as_decimal()));
    }
    totals.interest = sum(charges(firm, bill.id).filter_map(|one| one.get(CHARGE.total).as_decimal()));
    totals.discount = discount(bill, &totals);
    for allocation in allocations(firm, bill.id) {
        let amount = allocation.get(ALLOCATION.amount).as_decimal().unwrap_or_default();
        let of = if payments::is_credit(allocation) { &mut totals.credits } else { &mut totals.paid };
        *of = of.saturating_add(amount);
    }
    totals
}

/// A percentage, or an amount; on services only when the bill says so. Never more than what it is on.
fn discount(bill: &Record, totals: &Totals) -> Decimal {
    let Some(discount) = bill.get(BILL.discount).parts().first() else { return Decimal::ZERO };
    let services_only = bill.get(BILL.discount_services_only).is_true();
    let on = if services_only { totals.services.sub_total } else { totals.all.sub_total };
    discount_of(discount, on)
}

pub(crate) fn discount_of(discount: &Part, on: Decimal) -> Decimal {
    let rate = discount.get("rate").as_decimal().unwrap_or_default();
    let amount = if discount.get("type").as_str() == Some("money") {
        super::money::cents(rate)
    } else {
        percent(on, rate)
    };
    amount.min(on).max(Decimal::ZERO)
}

/// The lines of a bill, in their order. They are made together with the bill and never move to another, so they stand
/// behind its id and next to each other.
pub(crate) fn lines(firm: &Firm, bill: i64) -> impl Iterator<Item = &Record> {
    let behind = firm.table(LINE.resource).range(bill..).map(|(_, line)| line);
    behind.take_while(move |line| line.get(LINE.bill).link() == Some(bill))
}

pub(crate) fn trust_lines(firm: &Firm, bill: i64) -> impl Iterator<Item = &Record> {
    let all = firm.table(TRUST_LINE.resource).values();
    all.filter(move |line| line.get(TRUST_LINE.bill).link() == Some(bill))
}

pub(crate) fn charges(firm: &Firm, bill: i64) -> impl Iterator<Item = &Record> {
    let all = firm.table(CHARGE.resource).values();
    all.filter(move |charge| charge.get(CHARGE.bill).link() == Some(bill))
}

/// What was paid or credited and not taken back.
pub(crate) fn allocations(firm: &Firm, bill: i64) -> impl Iterator<Item = &Record> {
    let all = firm.table(ALLOCATION.resource).values();
    all.filter(move |one| {
        one.get(ALLOCATION.bill).link() == Some(bill) && one.get(ALLOCATION.voided_at).is_null()
    })
}

/// A payment or a credit was recorded.
pub(crate) fn has_payments(firm: &Firm, bill: i64) -> bool {
    allocations(firm, bill).next().is_some()
}

/// What one matter of a bill comes to and still owes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Share {
    pub(crate) matter: i64,
    pub(crate) interest: Decimal,
    pub(crate) due: Decimal,
    pub(crate) balance: Decimal,
}

/// A bill by its matters. What belongs to no matter (interest, the bill's discount, payments) is taken by the first ones,
/// as far as they go, so that the shares add up to the bill: our choice, nobody says.
pub(crate) fn shares(firm: &Firm, bill: &Record) -> Vec<Share> {
    let totals = totals(firm, bill);
    let matters = bill.get(BILL.matters).links();
    let mut shares: Vec<Share> =
        matters.iter().map(|matter| Share { matter: *matter, ..Share::default() }).collect();
    if shares.is_empty() {
        shares.push(Share::default());
    }
    let mut owed = vec![Decimal::ZERO; shares.len()];
    let mut add = |matter: Option<i64>, amount: Decimal| {
        let at = shares.iter().position(|share| Some(share.matter) == matter).unwrap_or(0);
        owed[at] = owed[at].saturating_add(amount);
    };
    for line in lines(firm, bill.id) {
        add(line.get(LINE.matter).link(), line_items::amounts(firm, bill, line).total());
    }
    if is_trust(bill) {
        for line in trust_lines(firm, bill.id) {
            let amount = line.get(TRUST_LINE.total).as_decimal().unwrap_or_default();
            add(line.get(TRUST_LINE.matter).link(), amount);
        }
    }
    shares[0].interest = totals.interest;
    let mut off = totals.discount;
    let mut paid = totals.paid.saturating_add(totals.credits);
    for (share, owed) in shares.iter_mut().zip(owed) {
        let less = off.min(owed).max(Decimal::ZERO);
        off = off.saturating_sub(less);
        share.due = owed.saturating_sub(less).saturating_add(share.interest);
        let less = paid.min(share.due).max(Decimal::ZERO);
        paid = paid.saturating_sub(less);
        share.balance = share.due.saturating_sub(less);
    }
    shares
}

/// `Bill.balances`: of the client, or of each matter.
pub(crate) fn balances(firm: &Firm, bill: &Record) -> Value {
    let of_client = bill.get(BILL.r#type).as_str() == Some("ClientBill");
    let part = |id: i64, kind: &'static str, amount: Decimal, due: Decimal, interest: Decimal| {
        Part::new()
            .with("id", id)
            .with("type", Value::Word(kind))
            .with("amount", amount)
            .with("due", due)
            .with("interest_amount", interest)
    };
    if of_client && let Some(client) = bill.get(BILL.client).link() {
        let totals = totals(firm, bill);
        return Value::Parts(vec![part(client, "Client", totals.balance(), totals.due(), totals.interest)]);
    }
    let shares = shares(firm, bill);
    let parts = shares.iter().map(|one| part(one.matter, "Matter", one.balance, one.due, one.interest));
    Value::Parts(parts.collect())
}

/// `Bill.matter_totals`: what each matter owes.
pub(crate) fn matter_totals(firm: &Firm, bill: &Record) -> Value {
    let shares = shares(firm, bill);
    let parts = shares.iter().map(|one| Part::new().with("id", one.matter).with("amount", one.balance));
    Value::Parts(parts.collect())
}

/// `Bill.interest`: the terms, what was charged, and what of it is owed. Payments go to what the bill is for first: our
/// choice.
pub(crate) fn interest(firm: &Firm, bill: &Record) -> Value {
    let totals = totals(firm, bill);
    let terms = bill.get(BILL.interest).parts().first().cloned();
    if terms.is_none() && totals.interest.is_zero() {
        return Value::Null;
    }
    let owed = totals.balance().min(totals.interest).max(Decimal::ZERO);
    let part = terms.unwrap_or_default().with("total", totals.interest).with("balance", owed);
    Value::Part(Box::new(part))
}
