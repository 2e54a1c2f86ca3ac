//! Where documents and folders are: in folders, all of them below one root.

use chrono::{DateTime, Utc};

use super::{
    contacts::CONTACT,
    documents::DOCUMENT,
    external_properties,
    folders::{FOLDER, home_of},
    matters::MATTER,
};
use crate::clio::{
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::{Test, Write},
    records::Origin,
    store::{Record, Resource, Value},
};

/// Deeper than any tree of folders: a walk up ends, whatever a sample firm links to what.
const DEEPEST: usize = 1_000;

/// What documents and folders have in common, as their resources keep it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slots {
    pub(crate) contact: u16,
    pub(crate) deleted_at: u16,
    pub(crate) external_properties: u16,
    pub(crate) locked: u16,
    pub(crate) matter: u16,
    pub(crate) parent: u16,
}

pub(crate) fn slots(resource: Resource) -> Slots {
    if resource == FOLDER.resource {
        Slots {
            contact: FOLDER.contact,
            deleted_at: FOLDER.deleted_at,
            external_properties: FOLDER.external_properties,
            locked: FOLDER.locked,
            matter: FOLDER.matter,
            parent: FOLDER.parent,
        }
    } else {
        Slots {
            contact: DOCUMENT.contact,
            deleted_at: DOCUMENT.deleted_at,
            external_properties: DOCUMENT.external_properties,
            locked: DOCUMENT.locked,
            matter: DOCUMENT.matter,
            parent: DOCUMENT.parent,
        }
    }
}

/// The folders above a record, the nearest first.
pub(crate) fn above<'a>(
    firm: &'a Firm,
    resource: Resource,
    record: &Record,
) -> impl Iterator<Item = &'a Record> {
    let folder = |id| firm.get(FOLDER.resource, id);
    let first = record.get(slots(resource).parent).link().and_then(folder);
    std::iter::successors(first, move |one| one.get(FOLDER.parent).link().and_then(folder)).take(DEEPEST)
}

/// The matter or the contact whose automatic folder a record is in or is, by the slot that folders keep it in; what the record
/// itself says, if it is in none.
pub(crate) fn owner(firm: &Firm, resource: Resource, record: &Record, of_folder: u16) -> Value {
    let own = if resource == FOLDER.resource { record.get(of_folder) } else { Value::null() };
    if !own.is_null() {
        return own.clone();
    }
    let found = above(firm, resource, record).map(|folder| folder.get(of_folder)).find(|one| !one.is_null());
    let slots = slots(resource);
    let kept = if of_folder == FOLDER.matter { slots.matter } else { slots.contact };
    found.unwrap_or_else(|| record.get(kept)).clone()
}

/// Whether a record lies in a folder, or anywhere below it.
pub(crate) fn is_in(firm: &Firm, resource: Resource, record: &Record, folder: i64, deep: bool) -> bool {
    if deep {
        above(firm, resource, record).any(|one| one.id == folder)
    } else {
        record.get(slots(resource).parent).link() == Some(folder)
    }
}

/// Every document and folder below a folder.
pub(crate) fn below(firm: &Firm, folder: i64) -> Vec<(Resource, i64)> {
    let both = [DOCUMENT.resource, FOLDER.resource];
    let records = both
        .into_iter()
        .flat_map(|resource| firm.table(resource).values().map(move |record| (resource, record)));
    records
        .filter(|(resource, record)| is_in(firm, *resource, record, folder, true))
        .map(|(resource, record)| (resource, record.id))
        .collect()
}

/// What a `parent` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Folder(i64),
    /// The automatic folder of a matter or of a contact.
    Home(Resource, i64),
    Document(i64),
}

/// The `parent` of a body; `None` when none was sent. A folder in the trash takes nothing in, which is our choice.
pub(crate) fn place(firm: &Firm, write: &Write<'_>) -> Result<Option<Place>, Refusal> {
    let Some(parent) = write.data.get("parent").filter(|parent| !parent.is_null()) else { return Ok(None) };
    let id = parent.get("id").and_then(|id| id.as_i64().or_else(|| id.as_str()?.parse().ok()));
    let kind = parent.get("type").and_then(|kind| kind.as_str());
    let (Some(id), Some(kind)) = (id, kind) else {
        return Err(Refusal::unprocessable("parent needs an id and a type"));
    };
    let (resource, place) = match kind {
        "Matter" => (MATTER.resource, Place::Home(MATTER.resource, id)),
        "Contact" => (CONTACT.resource, Place::Home(CONTACT.resource, id)),
        "Document" => (DOCUMENT.resource, Place::Document(id)),
        _ => (FOLDER.resource, Place::Folder(id)),
    };
    let found = firm.get(resource, id);
    let gone = matches!(place, Place::Folder(_))
        && found.is_some_and(|one| !one.get(slots(resource).deleted_at).is_null());
    if found.is_none() || gone {
        return Err(Refusal::unknown_reference(firm, &format!("{} {id}", resource.name())));
    }
    Ok(Some(place))
}

/// The folder of a place. An automatic folder that is not there yet is made now (Clio's document, of contacts).
pub(crate) fn folder(firm: &mut Firm, place: Place, now: DateTime<Utc>, by: &Origin) -> Option<i64> {
    match place {
        Place::Folder(id) => Some(id),
        Place::Home(resource, id) => Some(home_of(firm, resource, id, now, by)),
        Place::Document(_) => None,
    }
}

/// Refuses a change of what is locked, and too many external properties.
pub(crate) fn may_change(resource: Resource, record: &Record, write: &Write<'_>) -> Result<(), Refusal> {
    let slots = slots(resource);
    // Clio's document: what is locked cannot be changed. It does not say how that is refused; 422 is our choice.
    if write.old.is_some_and(|old| old.get(slots.locked).is_true()) {
        return Err(Refusal::unprocessable("it is locked"));
    }
    external_properties::check(record, slots.external_properties)
}

/// The parameters of the lists that [`listed`] reads together.
pub(crate) const FILTERS: &[&str] = &[
    "contact_id",
    "external_property_name",
    "external_property_value",
    "include_deleted",
    "matter_id",
    "parent_id",
    "scope",
    "show_uncompleted",
];

/// Whether one of those parameters can be read. What it does is up to [`listed`].
pub(crate) fn readable(parameter: &str, value: &str) -> Option<Test> {
    let fine = match parameter {
        "include_deleted" | "show_uncompleted" => value.parse::<bool>().is_ok(),
        "scope" => matches!(value, "children" | "descendants"),
        "contact_id" | "matter_id" | "parent_id" => value == "null" || value.parse::<i64>().is_ok(),
        _ => true,
    };
    fine.then(|| Box::new(|_: View<'_>, _: &Record| true) as Test)
}

/// What a list of documents, of folders, or of both gives.
///
/// What is in the trash and what was never uploaded is left out unasked, and so is what belongs to a matter that the caller
/// does not see. `parent_id` means the children of a folder, or with `scope=descendants` all below it; the list of a folder's
/// contents is that of the root unless something else is asked for (Clio's document).
pub(crate) fn listed(view: View<'_>, ask: &Ask<'_>, resource: Resource) -> Test {
    let slots = slots(resource);
    let flag = |name: &str| ask.param(name) == Some("true");
    let (deleted, uncompleted) = (flag("include_deleted"), flag("show_uncompleted"));
    let deep = ask.param("scope") == Some("descendants");
    let id = |name: &str| ask.param(name).map(|text| text.parse::<i64>().ok());
    let (matter, contact) = (id("matter_id"), id("contact_id"));
    let of_root = ask.path().trim_end_matches(".json").ends_with("/folders/list");
    let root = Some(Some(view.firm.files.root)).filter(|_| of_root && matter.is_none() && contact.is_none());
    let parent = id("parent_id").or(root);
    let properties = external_properties::named(ask, slots.external_properties);
    Box::new(move |view, record| {
        let matters = || owner(view.firm, resource, record, FOLDER.matter).link();
        (deleted || record.get(slots.deleted_at).is_null())
            && (uncompleted || resource == FOLDER.resource || !record.get(DOCUMENT.size).is_null())
            && parent.is_none_or(|parent| has_parent(view.firm, resource, record, parent, deep))
            && matter.is_none_or(|matter| {
                matters() == matter && matter.is_none_or(|id| is_near(view.firm, resource, record, id, deep))
            })
            && contact.is_none_or(|id| owner(view.firm, resource, record, FOLDER.contact).link() == id)
            && properties.as_ref().is_none_or(|test| test(view, record))
            && (!view.access.restricts(MATTER.resource) || is_seen(view, matters()))
    })
}

fn has_parent(firm: &Firm, resource: Resource, record: &Record, parent: Option<i64>, deep: bool) -> bool {
    match parent {
        Some(id) => is_in(firm, resource, record, id, deep),
        None => record.get(slots(resource).parent).is_null(),
    }
}

/// In the matter's folder itself; whether its sub-folders count too is a knob, unless the caller asks for them.
fn is_near(firm: &Firm, resource: Resource, record: &Record, matter: i64, deep: bool) -> bool {
    let home = firm.files.homes.get(&(MATTER.resource, matter)).copied();
    deep || firm.settings.files.matter_id_is_deep
        || home.is_none_or(|home| is_in(firm, resource, record, home, false))
}

fn is_seen(view: View<'_>, matter: Option<i64>) -> bool {
    let matter = matter.and_then(|id| view.firm.get(MATTER.resource, id));
    matter.is_none_or(|matter| view.access.sees(view.firm, MATTER.resource, matter))
}
