//! What every body is refused for, before anything is written.

use clio_core::schema::{BodyField, BodyKind, Kind};
use serde_json::{Map, Value as Json};

use super::convert::{plain, word};
use crate::clio::ask::Refusal;

/// Required members, words out of lists, and the types of plain values. Members that the operation does not have are
/// not looked at: Clio drops them.
pub(crate) fn check(
    members: &[BodyField],
    data: &Map<String, Json>,
    required: &dyn Fn(&str) -> bool,
    within: &str,
) -> Result<(), Refusal> {
    for member in members {
        let name = format!("{within}{}", member.name);
        match data.get(member.name) {
            None | Some(Json::Null) if member.required && required(&name) => {
                return Err(Refusal::unprocessable(&format!("{name} is required")));
            }
            None | Some(Json::Null) => {}
            Some(value) => check_member(member.kind, value, required, &name)?,
        }
    }
    Ok(())
}

fn check_member(
    kind: BodyKind,
    value: &Json,
    required: &dyn Fn(&str) -> bool,
    name: &str,
) -> Result<(), Refusal> {
    match kind {
        BodyKind::Value(kind) => check_value(kind, value, name),
        BodyKind::Object(members) => {
            let object = value.as_object();
            let object =
                object.ok_or_else(|| Refusal::unprocessable(&format!("{name} must be an object")))?;
            check(members, object, required, &format!("{name}."))
        }
        BodyKind::List(kind) => {
            let items = value.as_array();
            let items = items.ok_or_else(|| Refusal::unprocessable(&format!("{name} must be a list")))?;
            // An item that is there already is changed or taken away: it need not be complete.
            let known = |item: &Json| item.get("id").is_some() || item.get("_destroy").is_some();
            items.iter().try_for_each(|item| {
                let required = |name: &str| !known(item) && required(name);
                check_member(*kind, item, &required, name)
            })
        }
        _ => Ok(()),
    }
}

fn check_value(kind: Kind, value: &Json, name: &str) -> Result<(), Refusal> {
    if let Kind::Choice(words) = kind {
        // The casing counts where something is written: Clio refuses `home` for `Home`.
        return match value.as_str().filter(|text| words.contains(text) || statuses_of(words, text)) {
            Some(_) => Ok(()),
            None => Err(Refusal::unprocessable(&format!("{name} must be one of {words:?}"))),
        };
    }
    match plain(kind, value) {
        Some(_) => Ok(()),
        // Clio's document calls the type of a line item's discount a flag, and then names its two words.
        None if name == "discount.type" && matches!(value.as_str(), Some("percentage" | "money")) => Ok(()),
        None => Err(Refusal::unprocessable(&format!("{name} cannot be {value}"))),
    }
}

/// Clio answers some words in another casing than it takes them in (the status of a matter), so it takes both.
fn statuses_of(words: &[&'static str], text: &str) -> bool {
    words.contains(&"open") && word(words, text).is_some()
}
