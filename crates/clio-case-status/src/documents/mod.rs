//! Files become documents.

mod folders;
mod mapping;
mod names;
mod place;
mod source;

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use clio_api::files::Content;
use clio_sync::{ConflictPolicy, Error, ErrorKind, Pass, Result, hub};

use crate::{CaseStatus, FileId, Settings};
use folders::Folders;
use place::Places;
use source::{Files, Filing};

/// Brings the files that are new or have changed to Clio.
///
/// Where a folder is missing, the page that needs it is put down, the folder is made, and reading goes on at that page.
pub(crate) async fn sync(
    side: &Arc<dyn CaseStatus>,
    settings: &Arc<Settings>,
    pass: &mut Pass<'_>,
) -> Result<()> {
    let clio = pass.clio()?;
    let mut made = BTreeSet::new();
    loop {
        let wanted = Wanted::default();
        let places = Places {
            clio: clio.clone(),
            links: pass.links(),
            settings: settings.clone(),
            wanted: wanted.clone(),
        };
        let source = Files { side: side.clone(), links: pass.links(), places };
        let bytes = Bytes { side: side.clone(), most: settings.largest_file };
        let map = |filing: &Filing| mapping::document(filing, settings);
        let read = pass
            .pull(source, map)
            // A limit that is raised brings in what was too large.
            .settings(format!("{:?}", settings.largest_file))
            // A version takes nothing from what people did.
            .conflicts(ConflictPolicy::Ours)
            .into(hub::documents(&clio, bytes).with_versions())
            .await;
        let missing: BTreeSet<i64> = wanted.take().difference(&made).copied().collect();
        match settings.folder() {
            Some(name) if read.is_err() && !missing.is_empty() && !pass.is_planned() => {
                let folders = Folders { matters: missing.clone(), name: name.to_owned() };
                pass.receive(folders, folders::folder).into(hub::folders(&clio)).await?;
                made.extend(missing);
            }
            _ => return read,
        }
    }
}

/// The matters whose folder is missing.
#[derive(Debug, Clone, Default)]
struct Wanted(Arc<Mutex<BTreeSet<i64>>>);

impl Wanted {
    fn add(&self, matter: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(matter);
    }

    fn take(&self) -> BTreeSet<i64> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The bytes of files, read from Case Status as they are sent to Clio.
struct Bytes {
    side: Arc<dyn CaseStatus>,
    most: Option<u64>,
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bytes").field("most", &self.most).finish_non_exhaustive()
    }
}

/// Only of a file that is not there, a document can never be made. A key that is refused today may be accepted tomorrow.
fn not_gone(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Protocol => error,
        _ if error.is_retryable() => error,
        _ => Error::new(ErrorKind::Transient, error.to_string()).with_source(error),
    }
}

#[async_trait]
impl hub::FileSource for Bytes {
    async fn open(&self, reference: &str) -> Result<Content> {
        let content = self.side.open_file(&FileId::new(reference)).await.map_err(not_gone)?;
        Ok(match self.most {
            Some(most) => content.at_most(most),
            None => content,
        })
    }
}
