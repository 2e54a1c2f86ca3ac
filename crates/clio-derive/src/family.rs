//! Which forms belong together, and what a misspelt name was meant to be.

use crate::{
    form::{Field, Form, Tag},
    table::FORMS,
};

/// Forms that nest under a name of their own, with the object whose records they are.
const RENAMED: &[(&str, &str)] = &[
    ("ActivityCalendarEntryBase", "CalendarEntry"),
    ("ActivityTaskBase", "Task"),
    ("ActivityTextMessageConversationBase", "Conversation"),
    ("BillRecipientContactBase", "Contact"),
    ("PolymorphicCustomRateActivityDescriptionBase", "ActivityDescription"),
    ("PolymorphicCustomRateGroupBase", "Group"),
    ("PolymorphicCustomRateUserBase", "User"),
    ("SafeCustodyPacketContactBase", "Contact"),
    ("SafeCustodyPacketSafeCustodyPacketLocationBase", "SafeCustodyPacketLocation"),
    ("SafeCustodyRecordSafeCustodyPacketBase", "SafeCustodyPacket"),
];

/// The form of this name.
pub(crate) fn form(name: &str) -> Option<&'static Form> {
    FORMS.binary_search_by(|form| form.name.cmp(name)).ok().map(|at| &FORMS[at])
}

impl Form {
    /// The field of this name.
    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.binary_search_by(|field| field.name.cmp(name)).ok().map(|at| &self.fields[at])
    }
}

/// The object whose records come in this form: ids carry its name, so that an id that was read where a record nests
/// can be used with the operations of the object. The form itself where there is no such object.
pub(crate) fn main_of(name: &'static str) -> &'static str {
    let main = RENAMED
        .iter()
        .find_map(|(renamed, main)| (*renamed == name).then_some(*main))
        .or_else(|| name.strip_suffix("Base"));
    main.and_then(form).map_or(name, |form| form.name)
}

/// The forms in which the records of the same object come.
pub(crate) fn family(name: &'static str) -> impl Iterator<Item = &'static Form> {
    let main = main_of(name);
    FORMS.iter().filter(move |form| main_of(form.name) == main)
}

/// The object that the id in this field leads to, where the table tells: `id` is the record's own, and `client_id` leads
/// where the association `client` does, if ids are of the same kind there.
pub(crate) fn leads_to(of: &'static Form, field: &Field) -> Option<&'static str> {
    if field.name == "id" {
        return Some(main_of(of.name));
    }
    let association = field.name.strip_suffix("_id")?;
    let main = family(of.name).find_map(|form| match form.field(association)?.tag {
        Tag::Object(name) => Some(main_of(name)),
        _ => None,
    })?;
    (form(main)?.field("id")?.tag == field.tag).then_some(main)
}

/// The candidate that was most likely meant.
pub(crate) fn nearest<'a>(written: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // `displayNumber` is close to `display_number`, not two letters away from it.
    let plain = |name: &str| name.chars().filter(|c| *c != '_').collect::<String>().to_lowercase();
    let target = plain(written);
    candidates
        .map(|candidate| (distance(&target, &plain(candidate)), candidate))
        .filter(|(distance, _)| *distance <= target.chars().count() / 3)
        .min_by_key(|(distance, candidate)| (*distance, candidate.len().abs_diff(written.len())))
        .map(|(_, candidate)| candidate)
}

/// How many letters have to be put in, left out, replaced or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_one_step() {
        for (written, steps) in
            [("name", 0), ("naem", 1), ("nam", 1), ("names", 1), ("nome", 1), ("status", 5)]
        {
            assert_eq!(distance(written, "name"), steps, "{written}");
        }
        assert_eq!(distance("", "id"), 2);
    }

    #[test]
    fn only_what_is_near_is_suggested() {
        let names = ["client", "client_id", "display_number", "id", "number"];
        let near = |written| nearest(written, names.into_iter());
        assert_eq!(near("displayNumber"), Some("display_number"));
        assert_eq!(near("displaynumber"), Some("display_number"));
        assert_eq!(near("cleint"), Some("client"));
        assert_eq!(near("clientid"), Some("client_id"));
        assert_eq!(near("favourite_colour"), None);
        assert_eq!(near("xy"), None);
        assert_eq!(near(""), None);
    }

    #[test]
    fn forms_of_one_object_are_found() {
        assert_eq!(main_of("MatterBase"), "Matter");
        assert_eq!(main_of("Matter"), "Matter");
        assert_eq!(main_of("AbsentBase"), "AbsentBase");
        assert_eq!(family("MatterBase").map(|form| form.name).collect::<Vec<_>>(), ["Matter", "MatterBase"]);
        assert!(family("Contact").any(|form| form.name == "BillRecipientContactBase"));
    }

    #[test]
    fn an_id_leads_to_the_object_that_is_used_with_operations() {
        let of = form("MatterBase").unwrap();
        assert_eq!(leads_to(of, of.field("id").unwrap()), Some("Matter"));
        assert_eq!(leads_to(of, of.field("client_id").unwrap()), Some("Contact"));
        // The ids of calendar entries are text, but not here.
        let of = form("CalendarEntry").unwrap();
        assert_eq!(leads_to(of, of.field("parent_calendar_entry_id").unwrap()), None);
    }

    #[test]
    fn forms_of_another_name_are_known() {
        for (renamed, main) in RENAMED {
            assert!(form(renamed).is_some() && form(main).is_some(), "{renamed} {main}");
        }
    }
}
