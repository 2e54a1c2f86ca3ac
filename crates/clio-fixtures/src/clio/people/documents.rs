//! People and their documents.

use bytes::Bytes;
use chrono::SubsecRound;
use serde_json::Map;

use crate::{
    Person,
    clio::{
        behaviour::{
            documents::{
                DOCUMENT, mime_of,
                versions::{self, Bytes as Of, NewVersion},
            },
            folders::{FOLDER, home_of},
            matters::MATTER,
            trash,
            users::USER,
        },
        files::Content,
        firm::Firm,
        generic::Write,
        store::{Resource, Value},
    },
};

impl Person {
    /// Uploads a file into the folder of a matter and answers the id of the document. The name is that of the document and of
    /// the file; a file whose extension says nothing is `application/octet-stream`. `None` when there is no such matter.
    pub fn upload_document(&self, matter: i64, name: &str, bytes: impl Into<Bytes>) -> Option<i64> {
        let (now, by) = (self.now(), self.origin());
        let bytes = bytes.into();
        let mut firm = self.world.settled();
        firm.get(MATTER.resource, matter)?;
        let user = self.user(&firm);
        let folder = home_of(&mut firm, MATTER.resource, matter, now, &by);
        let document = firm.make(DOCUMENT.resource, now, &by, |document| {
            document.set(DOCUMENT.name, name);
            document.set(DOCUMENT.parent, Value::Link(FOLDER.resource, folder));
            document.set(DOCUMENT.creator, Value::Link(USER.resource, user));
            document.set(DOCUMENT.received_at, now.trunc_subsecs(0));
        });
        self.add(&mut firm, document, name, &bytes);
        Some(document)
    }

    /// Uploads a new version of a document under its old filename and answers the id of the version. `None` when there is no
    /// such document.
    pub fn upload_version(&self, document: i64, bytes: impl Into<Bytes>) -> Option<i64> {
        let bytes = bytes.into();
        let mut firm = self.world.settled();
        let filename = firm.get(DOCUMENT.resource, document)?.get(DOCUMENT.filename).clone();
        Some(self.add(&mut firm, document, filename.as_str().unwrap_or_default(), &bytes))
    }

    fn add(&self, firm: &mut Firm, document: i64, filename: &str, bytes: &Bytes) -> i64 {
        let mime = mime_of(filename).unwrap_or_else(|| "application/octet-stream".to_owned());
        let content = Content::of(bytes, &mime, firm.settings.files.keep);
        let new = NewVersion { document, filename: filename.to_owned(), mime, bytes: Of::There(content) };
        let (data, by) = (Map::new(), self.origin());
        let write = Write { old: None, data: &data, now: self.now(), user: self.user(firm), by: &by };
        versions::add(firm, new, &write)
    }

    /// Gives a document another name. `false` when there is none of this id.
    pub fn rename_document(&self, document: i64, name: &str) -> bool {
        self.change(DOCUMENT.resource, document, |found| found.set(DOCUMENT.name, name))
    }

    /// Moves a document into a folder. `false` when one of them is not there.
    pub fn move_document(&self, document: i64, folder: i64) -> bool {
        if self.world.settled().get(FOLDER.resource, folder).is_none() {
            return false;
        }
        self.change(DOCUMENT.resource, document, |found| {
            found.set(DOCUMENT.parent, Value::Link(FOLDER.resource, folder));
        })
    }

    /// Locks a document, so that nobody can change it over the API, or unlocks it. `false` when there is none of this id.
    pub fn lock_document(&self, document: i64, locked: bool) -> bool {
        self.change(DOCUMENT.resource, document, |found| found.set(DOCUMENT.locked, locked))
    }

    /// Puts a document into the trash, where it is for 30 days. `false` when there is none of this id, or it is there already.
    pub fn delete_document(&self, document: i64) -> bool {
        let (now, by) = (self.now(), self.origin());
        let mut firm = self.world.settled();
        let Some(found) = firm.get(DOCUMENT.resource, document).cloned() else { return false };
        trash::trash(&mut firm, DOCUMENT.resource, &found, now, &by).is_ok()
    }

    /// Takes a document out of the trash. `false` when it is not there.
    pub fn restore_document(&self, document: i64) -> bool {
        let (now, by) = (self.now(), self.origin());
        let mut firm = self.world.settled();
        let Some(mut found) = firm.get(DOCUMENT.resource, document).cloned() else { return false };
        if found.get(DOCUMENT.deleted_at).is_null() {
            return false;
        }
        trash::restore(&firm, DOCUMENT.resource, &mut found);
        firm.tables.change(DOCUMENT.resource, document, now, &by, |kept| *kept = found)
    }

    /// Makes a folder in the folder of a matter and answers its id. `None` when there is no such matter.
    pub fn create_folder(&self, matter: i64, name: &str) -> Option<i64> {
        let (now, by) = (self.now(), self.origin());
        let mut firm = self.world.settled();
        firm.get(MATTER.resource, matter)?;
        let user = self.user(&firm);
        let home = home_of(&mut firm, MATTER.resource, matter, now, &by);
        Some(firm.make(FOLDER.resource, now, &by, |folder| {
            folder.set(FOLDER.name, name);
            folder.set(FOLDER.parent, link(FOLDER.resource, home));
            folder.set(FOLDER.creator, link(USER.resource, user));
        }))
    }
}

fn link(resource: Resource, id: i64) -> Value {
    Value::Link(resource, id)
}
