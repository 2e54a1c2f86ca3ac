//! Tax rate configurations: up to 15 of a firm, of which a line has up to two (Clio's changelog, 2026).

use chrono::{DateTime, Utc};
use http::StatusCode;
use rust_decimal::Decimal;

use super::{
    Behaviour, Compute,
    bills::{BILL, is_active},
    line_items::LINE,
    settings::SETTINGS,
};
use crate::clio::{
    answer::View,
    ask::Refusal,
    firm::Firm,
    generic::{Test, Write},
    records::Origin,
    store::{Part, Record, Resource, Value, handles},
};

handles!(TAX_RATE: TaxRateConfiguration = tax_rate_configuration { active, is_system, name, rate });

/// Clio's changelog.
const MOST: usize = 15;
const MOST_OF_A_LINE: usize = 2;

pub(crate) struct TaxRates;

impl Behaviour for TaxRates {
    fn resource(&self) -> Option<Resource> {
        Some(TAX_RATE.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        Some(match field {
            "rate_as_percentage" => |_, _, one| Value::Decimal(as_percent(rate(one))),
            "formatted_rate_as_percentage" => |_, _, one| Value::from(formatted(rate(one))),
            _ => return None,
        })
    }

    /// Clio's document has the rate between -1 and 1 and does not say what happens to others: here they are taken.
    fn complete(&self, firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        if write.old.is_some_and(|old| old.get(TAX_RATE.is_system).is_true()) {
            return Err(Refusal::unprocessable("a tax rate of the system cannot be changed"));
        }
        if write.creates() {
            let mine =
                |one: &&Record| one.get(TAX_RATE.active).is_true() && !one.get(TAX_RATE.is_system).is_true();
            if firm.table(TAX_RATE.resource).values().filter(mine).count() >= MOST {
                return Err(Refusal::unprocessable(&format!("a firm has at most {MOST} tax rates")));
            }
            record.set(TAX_RATE.active, true);
            record.set(TAX_RATE.is_system, false);
        }
        Ok(())
    }

    /// It stays, no longer active. One of the system, one that was deleted before and one in use are refused with 409
    /// (Clio's document).
    fn delete(
        &self,
        firm: &mut Firm,
        record: &Record,
        now: DateTime<Utc>,
        by: &Origin,
    ) -> Result<(), Refusal> {
        let refused = if record.get(TAX_RATE.is_system).is_true() {
            Some("it belongs to the system")
        } else if !record.get(TAX_RATE.active).is_true() {
            Some("it has been deleted")
        } else if is_used(firm, record.id) {
            Some("it is in use")
        } else {
            None
        };
        if let Some(why) = refused {
            return Err(Refusal::new(StatusCode::CONFLICT, "ConflictError", why));
        }
        firm.tables.change(TAX_RATE.resource, record.id, now, by, |one| one.set(TAX_RATE.active, false));
        Ok(())
    }

    fn filters(&self) -> &'static [&'static str] {
        &["include_system"]
    }

    fn filter(&self, _view: View<'_>, _parameter: &str, value: &str) -> Option<Test> {
        let all: bool = value.parse().ok()?;
        Some(Box::new(move |_, one| all || !one.get(TAX_RATE.is_system).is_true()))
    }
}

fn rate(one: &Record) -> Decimal {
    one.get(TAX_RATE.rate).as_decimal().unwrap_or_default()
}

fn as_percent(rate: Decimal) -> Decimal {
    rate.saturating_mul(Decimal::ONE_HUNDRED).normalize()
}

fn formatted(rate: Decimal) -> String {
    format!("{}%", as_percent(rate))
}

/// A default of the firm's invoices, or on a bill that is not paid (Clio's document). Expenses and their categories have
/// taxes of their own in Clio; the world does not keep those.
fn is_used(firm: &Firm, id: i64) -> bool {
    let names = |settings: &Value| {
        settings.parts().iter().any(|one| one.get("tax_rate_configuration_id").as_whole() == Some(id))
    };
    let defaults = firm.table(SETTINGS.resource).values();
    let unpaid = |line: &Record| {
        let bill = line.get(LINE.bill).link().and_then(|id| firm.get(BILL.resource, id));
        bill.is_some_and(|bill| is_active(bill) && bill.get(BILL.state).as_str() != Some("paid"))
    };
    defaults.into_iter().any(|one| names(one.get(SETTINGS.tax_settings)))
        || firm.table(LINE.resource).values().any(|line| names(line.get(LINE.tax_settings)) && unpaid(line))
}

/// A tax as a line is taxed with it.
#[derive(Debug, Clone)]
pub(crate) struct Tax {
    pub(crate) percent: Decimal,
    /// On what the line comes to with the first tax.
    pub(crate) on_top: bool,
    /// The line is taxed with it, be it with nothing.
    pub(crate) applies: bool,
}

fn in_order(settings: &Value) -> Vec<Part> {
    let mut parts = settings.parts().to_vec();
    parts.sort_by_key(|part| part.get("order").as_whole());
    parts
}

/// The taxes that a line has of its own, in their order.
pub(crate) fn chosen(settings: &Value) -> Vec<Tax> {
    if settings.parts().is_empty() {
        return Vec::new();
    }
    let tax = |part: Part| Tax {
        percent: as_percent(part.get("rate").as_decimal().unwrap_or_default()),
        on_top: part.get("rule").as_str() == Some("Post"),
        applies: true,
    };
    in_order(settings).into_iter().take(MOST_OF_A_LINE).map(tax).collect()
}

/// What was sent last, with what the configurations say.
pub(crate) fn applied(firm: &Firm, settings: &Value, sent: usize) -> Result<Value, Refusal> {
    if sent > MOST_OF_A_LINE {
        return Err(Refusal::unprocessable(&format!("a line item has at most {MOST_OF_A_LINE} taxes")));
    }
    let parts = settings.parts();
    let mut fresh = parts[parts.len().saturating_sub(sent)..].to_vec();
    for part in &mut fresh {
        let id = part.get("tax_rate_configuration_id").as_whole();
        let configuration = id.and_then(|id| firm.get(TAX_RATE.resource, id));
        let configuration = configuration.ok_or_else(|| Refusal::unknown_reference(firm, "the tax rate"))?;
        part.set("rate", Value::Decimal(rate(configuration)));
        part.set("name", configuration.get(TAX_RATE.name).clone());
        part.set("formatted_rate", Value::from(formatted(rate(configuration))));
    }
    Ok(Value::Parts(fresh))
}

/// The taxes of a line with what they come to.
pub(crate) fn with_amounts(settings: &Value, amounts: [Decimal; MOST_OF_A_LINE]) -> Value {
    let parts = in_order(settings).into_iter().zip(amounts);
    Value::Parts(parts.map(|(part, amount)| part.with("amount", amount)).collect())
}
