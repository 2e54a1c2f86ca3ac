//! Line items: what stands on a bill, each from an activity. Clio has no operation that makes one.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::{
    Behaviour, Compute,
    activities::{self, ACTIVITY},
    bill_states::{self, LOCKED},
    bill_totals::discount_of,
    bills::BILL,
    money::{for_quantity, hours, percent},
    settings::{self, SETTINGS},
    taxes,
};
use crate::clio::{
    answer::View,
    ask::Refusal,
    firm::Firm,
    generic::{Test, Write},
    records::Origin,
    store::{Record, Resource, Value, handles},
};

handles!(LINE: LineItem = line_item {
    activity,
    bill,
    date,
    description,
    discount,
    group_ordering,
    kind,
    matter,
    note,
    price,
    quantity,
    secondary_taxable,
    tax_settings,
    taxable,
    r#type,
    user,
});

pub(crate) struct LineItems;

impl Behaviour for LineItems {
    fn resource(&self) -> Option<Resource> {
        Some(LINE.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        Some(match field {
            // Kept exact, so that it comes to what the activity comes to; shown as hours are shown elsewhere.
            "quantity" => {
                |_, _, line| Value::from(line.get(LINE.quantity).as_decimal().map(|it| it.round_dp(2)))
            }
            "sub_total" => |view, _, line| Value::Decimal(of_line(view, line).sub_total),
            "tax" => |view, _, line| Value::Decimal(of_line(view, line).tax),
            "secondary_tax" => |view, _, line| Value::Decimal(of_line(view, line).secondary_tax),
            "total" => |view, _, line| Value::Decimal(of_line(view, line).total()),
            "tax_settings" => |view, _, line| {
                let amounts = of_line(view, line);
                taxes::with_amounts(line.get(LINE.tax_settings), [amounts.tax, amounts.secondary_tax])
            },
            _ => return None,
        })
    }

    /// While the bill is open, note, price, date and the like can be changed; `total`, `type` and `rounded_quantity` are
    /// refused (users report). The line stays with its bill and its activity whatever is sent: our choice.
    fn complete(&self, firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        let Some(old) = write.old else { return Ok(()) };
        for name in ["total", "type", "rounded_quantity"] {
            if write.sends(name) {
                return Err(Refusal::unprocessable(&format!("{name} cannot be changed")));
            }
        }
        if is_locked(firm, old) {
            return Err(Refusal::unprocessable(LOCKED));
        }
        for (name, slot) in [("quantity", LINE.quantity), ("price", LINE.price)] {
            if record.get(slot).as_decimal().is_some_and(|number| number < Decimal::ZERO) {
                return Err(Refusal::unprocessable(&format!("{name} cannot be negative")));
            }
        }
        for slot in [LINE.bill, LINE.activity, LINE.matter] {
            record.set(slot, old.get(slot).clone());
        }
        quantity(firm, record, old, write);
        // Clio's document takes the kind `Product` and answers only `Service` and `Expense`.
        if record.get(LINE.kind).as_str() == Some("Product") {
            record.set(LINE.kind, Value::Word("Expense"));
        }
        discount(record);
        let sent = write.data.get("tax_settings").and_then(|list| list.as_array()).map(Vec::len);
        if let Some(sent) = sent {
            record.set(LINE.tax_settings, taxes::applied(firm, record.get(LINE.tax_settings), sent)?);
        }
        Ok(())
    }

    /// With `update_original_record` the activity follows (Clio's document).
    fn written(&self, firm: &mut Firm, id: i64, write: &Write<'_>) {
        let Some(line) = firm.get(LINE.resource, id).cloned() else { return };
        if let Some(activity) =
            line.get(LINE.activity).link().filter(|_| write.flag("update_original_record"))
        {
            firm.tables
                .change(ACTIVITY.resource, activity, write.now, write.by, |one| follow(one, &line, write));
        }
        touch_bill(firm, &line, write.now, write.by);
    }

    /// Only while the bill can be changed; its activity is unbilled again (Clio's document; users report).
    fn delete(
        &self,
        firm: &mut Firm,
        record: &Record,
        now: DateTime<Utc>,
        by: &Origin,
    ) -> Result<(), Refusal> {
        if is_locked(firm, record) {
            return Err(Refusal::unprocessable(LOCKED));
        }
        let (activity, bill) = (record.get(LINE.activity).link(), record.get(LINE.bill).link());
        firm.tables.remove(LINE.resource, record.id, now, by);
        if let (Some(activity), Some(bill)) = (activity, bill) {
            bill_states::release(firm, activity, bill, now, by);
        }
        touch_bill(firm, record, now, by);
        Ok(())
    }

    fn filters(&self) -> &'static [&'static str] {
        &["display"]
    }

    /// Every line of this world is displayed on its bill.
    fn filter(&self, _view: View<'_>, _parameter: &str, value: &str) -> Option<Test> {
        let _: bool = value.parse().ok()?;
        Some(Box::new(|_, _| true))
    }

    /// Clio's document: description and note.
    fn searched(&self, _view: View<'_>, line: &Record) -> Option<String> {
        let text = |slot| line.get(slot).as_str().unwrap_or_default().to_owned();
        Some(format!("{}\n{}", text(LINE.description), text(LINE.note)))
    }
}

/// Its bill can no longer be changed: it was approved, paid, voided or deleted.
fn is_locked(firm: &Firm, line: &Record) -> bool {
    let bill = line.get(LINE.bill).link().and_then(|id| firm.get(BILL.resource, id));
    bill.is_some_and(|bill| !bill_states::is_open(firm, bill))
}

/// Users saw a quantity ignored and, later, taken on drafts and rounded up as time is: a knob.
fn quantity(firm: &Firm, record: &mut Record, old: &Record, write: &Write<'_>) {
    if !write.sends("quantity") {
        return;
    }
    let sent = record.get(LINE.quantity).as_decimal().filter(|_| firm.settings.line_quantities_change);
    let Some(sent) = sent else {
        record.set(LINE.quantity, old.get(LINE.quantity).clone());
        return;
    };
    let activity = old.get(LINE.activity).link().and_then(|id| firm.get(ACTIVITY.resource, id));
    let by_the_hour =
        activity.is_some_and(|one| activities::is_time(one) && !one.get(ACTIVITY.flat_rate).is_true());
    let seconds = sent.saturating_mul(Decimal::from(3600));
    record.set(LINE.quantity, if by_the_hour { hours(settings::rounded(firm, seconds)) } else { sent });
}

/// Clio's document calls the type of a line's discount a flag; it is a word. A flag counts as a percentage.
fn discount(record: &mut Record) {
    let Some(mut discount) = record.get(LINE.discount).parts().first().cloned() else { return };
    if discount.get("type").as_str().is_none() {
        discount.set("type", Value::Word("percentage"));
        record.set(LINE.discount, Value::Part(Box::new(discount)));
    }
}

/// The members that were sent, in the activity.
fn follow(activity: &mut Record, line: &Record, write: &Write<'_>) {
    for (name, from, to) in [
        ("note", LINE.note, ACTIVITY.note),
        ("price", LINE.price, ACTIVITY.price),
        ("date", LINE.date, ACTIVITY.date),
    ] {
        if write.sends(name) {
            activity.set(to, line.get(from).clone());
        }
    }
    let flat = activity.get(ACTIVITY.flat_rate).is_true();
    if let Some(quantity) = line.get(LINE.quantity).as_decimal().filter(|_| write.sends("quantity") && !flat)
    {
        let seconds = activities::is_time(activity);
        let factor = if seconds { Decimal::from(3600) } else { Decimal::ONE };
        activity.set(ACTIVITY.quantity, quantity.saturating_mul(factor).round_dp(6));
    }
}

/// Whether a changed line changes the bill's `updated_at` is a knob.
fn touch_bill(firm: &mut Firm, line: &Record, now: DateTime<Utc>, by: &Origin) {
    if let Some(bill) = line.get(LINE.bill).link().filter(|_| firm.settings.children_touch_parents) {
        firm.tables.touch(BILL.resource, bill, now, by);
    }
}

/// What a line comes to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Amounts {
    pub(crate) sub_total: Decimal,
    pub(crate) discount: Decimal,
    pub(crate) tax: Decimal,
    pub(crate) secondary_tax: Decimal,
    pub(crate) taxed: bool,
    pub(crate) taxed_twice: bool,
}

impl Amounts {
    /// After the line's discount, before tax.
    pub(crate) fn net(&self) -> Decimal {
        self.sub_total.saturating_sub(self.discount)
    }

    /// With discount and tax. Clio's document says of the sub total that it is before both (`LineItemTotals`).
    pub(crate) fn total(&self) -> Decimal {
        super::money::sum([self.net(), self.tax, self.secondary_tax])
    }
}

fn of_line(view: View<'_>, line: &Record) -> Amounts {
    let bill = line.get(LINE.bill).link().and_then(|id| view.firm.get(BILL.resource, id));
    bill.map_or_else(Amounts::default, |bill| amounts(view.firm, bill, line))
}

/// Hours or pieces times the price, each step rounded to the cent. What is not charged is on the bill at zero.
pub(crate) fn amounts(firm: &Firm, bill: &Record, line: &Record) -> Amounts {
    if line.get(LINE.r#type).as_str() == Some("NoChargeLineItem") {
        return Amounts::default();
    }
    let number = |slot| line.get(slot).as_decimal().unwrap_or_default();
    let sub_total = for_quantity(number(LINE.quantity), number(LINE.price));
    let discount = line.get(LINE.discount).parts().first();
    let discount = discount.map_or(Decimal::ZERO, |discount| discount_of(discount, sub_total));
    let mut amounts = Amounts { sub_total, discount, ..Amounts::default() };
    let net = amounts.net();
    let chosen = taxes::chosen(line.get(LINE.tax_settings));
    let taxes = if chosen.is_empty() { of_bill(firm, bill, line) } else { chosen };
    for (at, tax) in taxes.iter().enumerate() {
        let on = if tax.on_top { net.saturating_add(amounts.tax) } else { net };
        let amount = percent(on, tax.percent);
        if at == 0 {
            (amounts.tax, amounts.taxed) = (amount, tax.applies);
        } else {
            (amounts.secondary_tax, amounts.taxed_twice) = (amount, tax.applies);
        }
    }
    amounts
}

/// The bill's own two taxes, as far as the line is taxable. In the billing settings the rule of the second is `Pre` where it
/// is applied separately and `Post` where it is on top of the first: our reading of the two words.
fn of_bill(firm: &Firm, bill: &Record, line: &Record) -> Vec<taxes::Tax> {
    let setting = firm.table(SETTINGS.resource).values().next();
    let on_top = setting.and_then(|one| one.get(SETTINGS.secondary_tax_rule).as_str()) == Some("Post");
    let tax = |flag, rate, on_top| {
        let applies = line.get(flag).is_true();
        let rate = bill.get(rate).as_decimal().filter(|_| applies).unwrap_or_default();
        taxes::Tax { percent: rate, on_top, applies }
    };
    vec![
        tax(LINE.taxable, BILL.tax_rate, false),
        tax(LINE.secondary_taxable, BILL.secondary_tax_rate, on_top),
    ]
}
