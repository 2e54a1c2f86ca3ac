//! The folders that every firm has, and the bytes behind the record 1 of everything.

use bytes::Bytes;

use crate::clio::{
    behaviour::{
        contacts::CONTACT,
        documents::{DOCUMENT, versions::VERSION},
        folders::{FOLDER, fill_home},
        jobs::{self, ARCHIVE, AUTOMATION, REPORT},
        matters::MATTER,
        templates::TEMPLATE,
    },
    files::{self, Content, Files, Upload},
    firm::Firm,
    records::Origin,
    store::{Record, Resource, Value},
};

/// The uuids of uploads that wait to be called complete: what a caller sends who fills in every text alike, without a look at
/// the answers before, to see every operation once.
const WAITING: [&str; 2] = ["text", "a text"];

/// The root folder, a folder for each matter, and what record 1 needs.
pub(super) fn files(firm: &mut Firm) {
    firm.files = Files::new(&firm.random);
    let root = seed(firm, FOLDER.resource, |_| {});
    firm.files.root = root;
    change(firm, FOLDER.resource, root, |folder| {
        folder.set(FOLDER.name, "Root");
        folder.set(FOLDER.root, true);
    });
    if firm.get(FOLDER.resource, 1).is_some() {
        one_of_each(firm, root);
    }
    let matters: Vec<i64> = firm.table(MATTER.resource).keys().copied().collect();
    for matter in matters {
        if firm.files.homes.contains_key(&(MATTER.resource, matter)) {
            continue;
        }
        let home = seed(firm, FOLDER.resource, |folder| fill_home(folder, MATTER.resource, matter, root));
        firm.files.homes.insert((MATTER.resource, matter), home);
    }
}

/// Nothing of it is in the trash, the folder is that of the matter and of the contact, the version has bytes, the jobs are
/// complete; and further versions of the document wait to be called complete, their bytes there.
fn one_of_each(firm: &mut Firm, root: i64) {
    firm.files.homes.insert((MATTER.resource, 1), 1);
    firm.files.homes.insert((CONTACT.resource, 1), 1);
    change(firm, FOLDER.resource, 1, |folder| {
        folder.set(FOLDER.deleted_at, Value::Null);
        folder.set(FOLDER.parent, Value::Link(FOLDER.resource, root));
    });
    change(firm, DOCUMENT.resource, 1, |document| {
        document.set(DOCUMENT.deleted_at, Value::Null);
        document.set(DOCUMENT.parent, Value::Link(FOLDER.resource, 1));
    });
    let byte = |mime: &str| Content::of(&Bytes::from_static(b"1"), mime, true);
    change(firm, VERSION.resource, 1, |version| {
        version.set(VERSION.fully_uploaded, true);
    });
    firm.files.contents.insert(files::version_key(1), byte("text/plain"));
    firm.files.contents.insert(files::key(TEMPLATE.resource, 1), byte("text/plain"));
    for (number, uuid) in (2..).zip(WAITING) {
        let waiting = seed(firm, VERSION.resource, |version| {
            version.set(VERSION.document_id, 1);
            version.set(VERSION.version_number, number);
            version.set(VERSION.uuid, uuid);
            version.set(VERSION.filename, "a filename");
            version.set(VERSION.content_type, "text/plain");
            version.set(VERSION.fully_uploaded, false);
        });
        let mut upload = Upload::new(waiting, "text/plain");
        upload.put(None, byte("text/plain"));
        firm.files.uploads.insert(uuid.to_owned(), upload);
    }
    let jobs = [
        (REPORT.resource, REPORT.state),
        (ARCHIVE.resource, ARCHIVE.state),
        (AUTOMATION.resource, AUTOMATION.state),
    ];
    for (resource, state) in jobs {
        change(firm, resource, 1, |job| job.set(state, Value::Word("completed")));
        if let Some(record) = firm.get(resource, 1).filter(|_| resource != AUTOMATION.resource) {
            let content = jobs::content(resource, record);
            firm.files.contents.insert(files::key(resource, 1), content);
        }
    }
}

fn seed(firm: &mut Firm, resource: Resource, fill: impl FnOnce(&mut Record)) -> i64 {
    let mut record = Record::new(firm.next_id(), firm.founded.created, Origin::Seed);
    fill(&mut record);
    let id = record.id;
    firm.tables.seed(resource, record);
    id
}

fn change(firm: &mut Firm, resource: Resource, id: i64, change: impl FnOnce(&mut Record)) {
    if let Some(mut record) = firm.get(resource, id).cloned() {
        change(&mut record);
        firm.tables.seed(resource, record);
    }
}
