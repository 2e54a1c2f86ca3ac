//! Versions of documents: where they stand, and by what each is recognised.
//!
//! A version has no external property (Clio's document), so it is known by the name of its file and the moment at which that was
//! received, both of which are its own and are told of it.

use chrono::{DateTime, Utc};
use clio_api::Clio;
use clio_core::{ErrorKind as ClioErrorKind, Id, Selection, schema::objects};
use futures_util::TryStreamExt;
use serde_json::Value;

use super::sending::remote;
use crate::Result;

/// What stands between the two ids of a version.
const BETWEEN: char = '/';

/// Where the record of a link stands: `7` for the document 7, `7/12` for what is its version 12.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) document: Id<objects::Document>,
    pub(super) is_version: bool,
}

impl Standing {
    /// `None` for what can be neither.
    pub(super) fn read(remote_id: &str) -> Option<Self> {
        match remote_id.split_once(BETWEEN) {
            None => Some(Self { document: remote(remote_id)?, is_version: false }),
            Some((document, version)) => {
                remote::<objects::DocumentVersion>(version)?;
                Some(Self { document: remote(document)?, is_version: true })
            }
        }
    }
}

/// The id of a version among the documents of a target.
pub(super) fn version_id(document: Id<objects::Document>, version: i64) -> String {
    format!("{document}{BETWEEN}{version}")
}

/// The document that a write is a new version of; `None` of one that makes a document.
pub(super) fn parent(payload: &Value) -> Option<Id<objects::Document>> {
    let parent = payload.get("parent")?;
    let of_document = parent.get("type")?.as_str()? == "Document";
    parent.get("id")?.as_i64().filter(|_| of_document).map(Id::new)
}

/// By what the version of a write is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    filename: String,
    received_at: i64,
    size: Option<u64>,
}

impl Stamp {
    /// `None` of a write that says too little.
    pub(super) fn of(payload: &Value) -> Option<Self> {
        let text = |name: &str| payload.get(name).and_then(Value::as_str);
        let received_at = DateTime::parse_from_rfc3339(text("received_at")?).ok()?.timestamp();
        let filename = text("filename").or_else(|| text("name"))?.to_owned();
        Some(Self { filename, received_at, size: payload.get("size").and_then(Value::as_u64) })
    }

    /// A size tells two files of one name and one second apart. Of what is not complete none is known.
    pub(super) fn fits(&self, version: &Version) -> bool {
        let other_size = || matches!((self.size, version.size), (Some(ours), Some(theirs)) if ours != theirs);
        version.filename.as_deref() == Some(&self.filename)
            && version.received_at.is_some_and(|at| at.timestamp() == self.received_at)
            && !(version.is_complete() && other_size())
    }
}

/// A version, as far as it takes to recognise it.
#[derive(Clone, Selection)]
#[clio(object = "DocumentVersion")]
pub(super) struct Version {
    pub(super) id: Id<objects::DocumentVersion>,
    filename: Option<String>,
    received_at: Option<DateTime<Utc>>,
    size: Option<u64>,
    fully_uploaded: Option<bool>,
}

impl Version {
    pub(super) fn is_complete(&self) -> bool {
        self.fully_uploaded != Some(false)
    }
}

/// The versions of a document that this stamp fits: the complete ones, or, if none is, those that were begun. None of a document
/// that does not exist any more.
pub(super) async fn fitting(
    clio: &Clio,
    document: Id<objects::Document>,
    stamp: &Stamp,
) -> Result<Vec<Version>> {
    let listed = clio.document_versions().list(document).select::<Version>().items().try_collect().await;
    let mut all: Vec<Version> = match listed {
        Ok(all) => all,
        Err(error) if error.kind() == ClioErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    all.retain(|version| stamp.fits(version));
    let any_complete = all.iter().any(Version::is_complete);
    all.retain(|version| version.is_complete() || !any_complete);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_id_says_where_a_record_stands() {
        let standing =
            |text: &str| Standing::read(text).map(|standing| (standing.document.get(), standing.is_version));
        assert_eq!(standing("7"), Some((7, false)));
        assert_eq!(standing(&version_id(Id::new(7), 12)), Some((7, true)));
        for wrong in ["", "x", "7/", "/12", "7/x", "7/12/3"] {
            assert_eq!(standing(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_version_is_known_by_its_name_its_moment_and_its_size() {
        let payload = json!({"name": "a.pdf", "received_at": "2026-03-02T10:00:00+01:00", "size": 5});
        let stamp = Stamp::of(&payload).unwrap();
        let version = |name: &str, at: &str, size: Option<u64>, done: bool| Version {
            id: Id::new(1),
            filename: Some(name.into()),
            received_at: at.parse().ok(),
            size,
            fully_uploaded: Some(done),
        };
        let at = "2026-03-02T09:00:00Z";
        assert!(stamp.fits(&version("a.pdf", at, Some(5), true)));
        assert!(stamp.fits(&version("a.pdf", at, None, false)));
        assert!(!stamp.fits(&version("a.pdf", at, Some(6), true)));
        assert!(!stamp.fits(&version("b.pdf", at, Some(5), true)));
        assert!(!stamp.fits(&version("a.pdf", "2026-03-02T09:00:01Z", Some(5), true)));
        assert_eq!(Stamp::of(&json!({"name": "a.pdf"})), None);
    }

    #[test]
    fn only_a_document_as_the_parent_makes_a_version() {
        let of = |kind: &str| parent(&json!({"parent": {"id": 7, "type": kind}})).map(Id::get);
        assert_eq!((of("Document"), of("Matter"), of("Folder")), (Some(7), None, None));
    }
}
