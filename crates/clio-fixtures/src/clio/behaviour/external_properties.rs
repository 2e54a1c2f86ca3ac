//! External properties: what another system notes down on a record of Clio's.

use super::super::{
    ask::{Ask, Refusal},
    generic::Test,
    store::{Part, Record},
};

/// The most that one record has (Clio's document).
const MOST: usize = 5;

pub(crate) fn check(record: &Record, slot: u16) -> Result<(), Refusal> {
    if record.get(slot).parts().len() > MOST {
        return Err(Refusal::unprocessable(&format!("there can be at most {MOST} external properties")));
    }
    Ok(())
}

/// The test of `external_property_name` and, beside it, `external_property_value` (Clio's document: the value needs the name;
/// alone it is not looked at, which is our choice).
pub(crate) fn named(ask: &Ask<'_>, slot: u16) -> Option<Test> {
    let name = ask.param("external_property_name")?.to_owned();
    let value = ask.param("external_property_value").map(str::to_owned);
    let is = |part: &Part, field: &str, text: &str| part.get(field).as_str() == Some(text);
    Some(Box::new(move |_, record| {
        record.get(slot).parts().iter().any(|part| {
            is(part, "name", &name) && value.as_ref().is_none_or(|value| is(part, "value", value))
        })
    }))
}
