//! Folders.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_core::schema::OperationInfo;
use http::{Response, StatusCode};

use super::{
    Behaviour, Compute,
    contacts::{self, CONTACT},
    documents::DOCUMENT,
    matters::MATTER,
    trash,
    tree::{self, Place},
    users::USER,
};
use crate::clio::{
    access::Access,
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::{Test, Write, mixed},
    records::Origin,
    store::{Record, Resource, Value, handles},
};

handles!(FOLDER: Folder = folder {
    contact,
    creator,
    deleted_at,
    external_properties,
    locked,
    matter,
    name,
    parent,
    root,
});

/// A folder with more in it cannot be put into the trash (Clio's document).
const MOST_ITEMS: usize = 100_000;

pub(crate) struct Folders;

impl Behaviour for Folders {
    fn resource(&self) -> Option<Resource> {
        Some(FOLDER.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        Some(match field {
            "contact" => |view, resource, one| tree::owner(view.firm, resource, one, FOLDER.contact),
            "matter" => |view, resource, one| tree::owner(view.firm, resource, one, FOLDER.matter),
            "name" => |view, _, one| name(view.firm, one),
            "type" => |_, _, _| Value::Word("Folder"),
            _ => return None,
        })
    }

    /// The parent is a matter or a contact too.
    fn by_hand(&self) -> &'static [&'static str] {
        &["parent"]
    }

    fn complete(&self, firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        tree::may_change(FOLDER.resource, record, write)?;
        if write.creates() {
            record.set(FOLDER.creator, Value::Link(USER.resource, write.user));
        } else if write.flag("restore") {
            trash::restore(firm, FOLDER.resource, record);
        }
        // A folder that is named as its own parent stays where it is, which is our choice.
        let place = tree::place(firm, write)?.filter(|place| *place != Place::Folder(record.id));
        let Some(place) = place else { return Ok(()) };
        may_move(firm, record, place)?;
        // Nothing refuses the write from here on, so an automatic folder may be made.
        let folder = tree::folder(firm, place, write.now, write.by);
        record.set(FOLDER.parent, folder.map(|id| Value::Link(FOLDER.resource, id)));
        Ok(())
    }

    /// What went into the trash with the folder comes back with it.
    fn written(&self, firm: &mut Firm, id: i64, write: &Write<'_>) {
        let since = write.old.map_or(Value::Null, |old| old.get(FOLDER.deleted_at).clone());
        if since.is_null() || !write.flag("restore") {
            return;
        }
        for (resource, id) in tree::below(firm, id) {
            let slot = tree::slots(resource).deleted_at;
            if firm.get(resource, id).is_some_and(|one| *one.get(slot) == since) {
                firm.tables.change(resource, id, write.now, write.by, |one| one.set(slot, Value::Null));
            }
        }
    }

    /// Into the trash with everything in it. 400 `DeleteFailed` of the root, of too much, and of what is locked (Clio's
    /// document); the wording of the messages is ours.
    fn delete(
        &self,
        firm: &mut Firm,
        record: &Record,
        now: DateTime<Utc>,
        by: &Origin,
    ) -> Result<(), Refusal> {
        let failed = |message: &str| {
            let message = format!("Delete failed: {message}");
            Err(Refusal::new(StatusCode::BAD_REQUEST, "DeleteFailed", &message))
        };
        if record.get(FOLDER.root).is_true() {
            return failed("the root folder stays");
        }
        let items = tree::below(firm, record.id);
        if items.len() > MOST_ITEMS {
            return failed("there is too much in the folder");
        }
        let is_locked = |(resource, id): &(Resource, i64)| {
            firm.get(*resource, *id).is_some_and(|one| one.get(tree::slots(*resource).locked).is_true())
        };
        if record.get(FOLDER.locked).is_true() || items.iter().any(is_locked) {
            return failed("something is locked");
        }
        trash::trash(firm, FOLDER.resource, record, now, by)?;
        for (resource, id) in items {
            trash::put(firm, resource, id, now, by);
        }
        Ok(())
    }

    fn filters(&self) -> &'static [&'static str] {
        tree::FILTERS
    }

    fn filter(&self, _view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
        tree::readable(parameter, value)
    }

    fn listed(&self, view: View<'_>, ask: &Ask<'_>) -> Option<Test> {
        Some(tree::listed(view, ask, FOLDER.resource))
    }

    fn searched(&self, view: View<'_>, one: &Record) -> Option<String> {
        name(view.firm, one).as_str().map(str::to_owned)
    }
}

/// A folder cannot go into itself; the root stays where it is. That these are 422 is our choice.
fn may_move(firm: &Firm, record: &Record, place: Place) -> Result<(), Refusal> {
    if record.get(FOLDER.root).is_true() {
        return Err(Refusal::unprocessable("the root folder cannot be moved"));
    }
    let target = match place {
        Place::Folder(id) => Some(id),
        Place::Home(resource, id) => firm.files.homes.get(&(resource, id)).copied(),
        Place::Document(_) => None,
    };
    let target = target.and_then(|id| firm.get(FOLDER.resource, id));
    let inside = |folder: &Record| {
        folder.id == record.id || tree::is_in(firm, FOLDER.resource, folder, record.id, true)
    };
    if record.id != 0 && target.is_some_and(inside) {
        return Err(Refusal::unprocessable("a folder cannot be moved into itself"));
    }
    Ok(())
}

/// Its name. An automatic folder that nobody named is called as its matter or its contact, which is our choice.
fn name(firm: &Firm, folder: &Record) -> Value {
    let named = folder.get(FOLDER.name);
    if !named.is_null() {
        return named.clone();
    }
    let matter = folder.get(FOLDER.matter).link().and_then(|id| firm.get(MATTER.resource, id));
    if let Some(matter) = matter {
        return matter.get(MATTER.display_number).clone();
    }
    let contact = folder.get(FOLDER.contact).link().and_then(|id| firm.get(CONTACT.resource, id));
    contact.map_or(Value::Null, |contact| Value::from(contacts::name(contact)))
}

/// The automatic folder of a matter or of a contact: made now, if it is missing or in the trash.
pub(crate) fn home_of(firm: &mut Firm, of: Resource, id: i64, now: DateTime<Utc>, by: &Origin) -> i64 {
    let known = firm.files.homes.get(&(of, id)).copied();
    let known = known.and_then(|id| firm.get(FOLDER.resource, id));
    if let Some(folder) = known.filter(|folder| folder.get(FOLDER.deleted_at).is_null()) {
        return folder.id;
    }
    let root = firm.files.root;
    let home = firm.make(FOLDER.resource, now, by, |folder| fill_home(folder, of, id, root));
    firm.files.homes.insert((of, id), home);
    home
}

pub(crate) fn fill_home(folder: &mut Record, of: Resource, id: i64, root: i64) {
    folder.set(FOLDER.parent, Value::Link(FOLDER.resource, root));
    let slot = if of == MATTER.resource { FOLDER.matter } else { FOLDER.contact };
    folder.set(slot, Value::Link(of, id));
}

/// The `folder` of a matter or of a contact. A contact has none before something is put there (Clio's document).
pub(crate) fn home(view: View<'_>, of: Resource, record: &Record) -> Value {
    match view.firm.files.homes.get(&(of, record.id)) {
        Some(home) => Value::Link(FOLDER.resource, *home),
        None => of.slot("folder").map_or(Value::Null, |slot| record.get(slot).clone()),
    }
}

/// `GET /folders/list`: what is in a folder, documents and folders together, by cursor only (Clio's document).
pub(crate) fn contents(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    _ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    access.allows(FOLDER.resource, false)?;
    access.allows(DOCUMENT.resource, false)?;
    if ask.param("parent_id") == Some("null") {
        return Err(Refusal::argument("parent_id cannot be null here"));
    }
    mixed(View { firm, access, now: ask.now }, ask, operation, &[DOCUMENT.resource, FOLDER.resource])
}
