//! Categories of activities, which the API calls activity descriptions.

use super::Behaviour;
use crate::clio::{
    answer::View,
    ask::Refusal,
    firm::Firm,
    generic::{Test, Write},
    store::{Part, Record, Resource, Value, handles},
};

handles!(CATEGORY: ActivityDescription = activity_description { accessible_to_user, name, rate, r#type });

pub(crate) struct Categories;

impl Behaviour for Categories {
    fn resource(&self) -> Option<Resource> {
        Some(CATEGORY.resource)
    }

    /// The amount of a rate is ignored where the user's own counts (Clio's document, `ActivityDescription#create`).
    fn complete(&self, _firm: &mut Firm, record: &mut Record, _write: &Write<'_>) -> Result<(), Refusal> {
        let mut rate = record.get(CATEGORY.rate).parts().first().cloned().unwrap_or_default();
        if rate.get("type").is_null() {
            rate.set("type", Value::Word("User"));
        }
        let own = rate.get("type").as_str() == Some("User");
        if own {
            rate.set("amount", Value::Null);
        }
        rate.set("hierarchy", Value::Word(if own { "Default" } else { "Activity" }));
        record.set(CATEGORY.rate, Value::Part(Box::new(rate)));
        record.set(CATEGORY.r#type, "ActivityDescription");
        record.set(CATEGORY.accessible_to_user, true);
        Ok(())
    }

    fn filters(&self) -> &'static [&'static str] {
        &["flat_rate"]
    }

    fn filter(&self, _view: View<'_>, _parameter: &str, value: &str) -> Option<Test> {
        let wanted: bool = value.parse().ok()?;
        Some(Box::new(move |_, category| (kind(category) == "FlatRate") == wanted))
    }
}

fn rate(category: &Record) -> Option<&Part> {
    category.get(CATEGORY.rate).parts().first()
}

/// `User`, `FlatRate` or `Custom`.
pub(crate) fn kind(category: &Record) -> &str {
    rate(category).and_then(|rate| rate.get("type").as_str()).unwrap_or("User")
}

/// What the category asks for: for the whole at a flat rate, else for an hour.
pub(crate) fn amount(category: &Record) -> Option<rust_decimal::Decimal> {
    rate(category)?.get("amount").as_decimal()
}
