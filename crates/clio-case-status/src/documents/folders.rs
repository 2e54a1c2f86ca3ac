//! The folders that documents are put into, each made once.

use std::collections::BTreeSet;

use async_trait::async_trait;
use clio_core::{Id, schema::objects};
use clio_model::files::NewFolder;
use clio_sync::{Acknowledgement, InboxBatch, InboxSource, Incoming, Mapped, Result, hub};

/// The kind of the source; part of every key.
const SOURCE: &str = "case-status/folder";

/// The kind of what is made.
const FOLDER: &str = "clio/folder";

/// A folder that is wanted is always the same.
const VERSION: &str = "wanted";

/// The external property by which people and programs see where a folder comes from.
const PROPERTY: (&str, &str) = ("case-status", "documents");

/// The folders that matters lack.
#[derive(Debug)]
pub(super) struct Folders {
    pub(super) matters: BTreeSet<i64>,
    pub(super) name: String,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Wished {
    matter: i64,
    name: String,
}

/// The key of a matter's folder: another name is another folder.
pub(super) fn key(matter: i64, name: &str) -> (&'static str, String, &'static str) {
    (SOURCE, format!("{matter} {name}"), FOLDER)
}

pub(super) fn folder(wished: &Wished) -> Mapped {
    let matter: Id<objects::Matter> = Id::new(wished.matter);
    let draft = NewFolder::new(&wished.name, matter).external_property(PROPERTY.0, PROPERTY.1);
    hub::folder(&draft, wished.name.as_str())
        .map_or_else(|error| Mapped::Reject(error.to_string()), Mapped::Create)
}

#[async_trait]
impl InboxSource for Folders {
    type Record = Wished;

    fn kind(&self) -> &'static str {
        SOURCE
    }

    async fn fetch(&self) -> Result<InboxBatch<Wished>> {
        let wished = |matter: &i64| {
            let (_, id, _) = key(*matter, &self.name);
            Incoming::new(id, VERSION, Wished { matter: *matter, name: self.name.clone() })
        };
        Ok(InboxBatch { records: self.matters.iter().map(wished).collect(), more: false })
    }

    /// Nobody waits for an answer: whether there is a folder is seen when it is needed.
    async fn acknowledge(&self, _: &Acknowledgement) -> Result<()> {
        Ok(())
    }
}
