//! Files as a source, each with where it belongs.

use std::{collections::HashSet, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, Utc};
use clio_core::{Id, schema::objects};
use clio_model::files::{DocumentParent, FolderParent};
use clio_sync::{BadRecord, CursorPage, CursorSource, Incoming, Links, Result};

use super::{
    mapping::{is_written, name_of},
    place::{Known, Place, Places, folder_is_missing, matter_of},
};
use crate::{CaseFile, CaseStatus, SameName, Unreadable, patience::answered};

/// The kind of the source; part of every key.
pub(super) const FILE: &str = "case-status/file";

/// The kind of what files become.
pub(super) const DOCUMENT: &str = "clio/document";

/// What stands before a position whose page is read once more.
const AGAIN: &str = "again:";

/// The files of a firm's cases.
#[derive(Debug)]
pub(crate) struct Files {
    pub(super) side: Arc<dyn CaseStatus>,
    pub(super) links: Links,
    pub(super) places: Places,
}

/// A file with all that mapping it takes.
#[derive(Debug)]
pub(crate) struct Filing {
    pub(super) file: CaseFile,
    pub(super) place: Place,
}

impl Files {
    /// The next page with a file that has no document as it is now, where that page is, what is behind it, and its time. Pages of
    /// others are none to the engine, which takes no list to have too many that are empty.
    async fn next_page(&self, since: Option<DateTime<Utc>>, position: Option<&str>) -> Result<NewFiles> {
        let clock = self.places.clio.clock();
        let mut at = position.map(str::to_owned);
        loop {
            let page = answered(&**clock, self.side.files(since, at.as_deref())).await?;
            let files = self.not_written(page.items).await?;
            if !files.is_empty() || !page.unreadable.is_empty() || page.next.is_none() {
                let (unreadable, next, as_of) = (page.unreadable, page.next, page.as_of);
                return Ok(NewFiles { files, unreadable, at, next, as_of });
            }
            at = page.next;
        }
    }

    /// Those that Clio does not have as they are now, and whether it has a document of each.
    async fn not_written(&self, files: Vec<CaseFile>) -> Result<Vec<(CaseFile, bool)>> {
        let mut new = Vec::new();
        for file in files {
            let linked = self.links.get(FILE, file.id.as_str(), DOCUMENT).await?;
            if !linked.as_ref().is_some_and(|linked| is_written(&file, linked)) {
                new.push((file, linked.is_some()));
            }
        }
        Ok(new)
    }

    /// Where a file belongs; `None` as long as its folder is missing. Nothing is asked of Clio for one that has a document: its new
    /// content goes there.
    async fn filing(&self, file: CaseFile, has_document: bool, known: &mut Known) -> Result<Option<Filing>> {
        let place = match matter_of(&file) {
            Some(matter) if has_document => {
                let matter: Id<objects::Matter> = Id::new(matter);
                Some(Place::In(DocumentParent::Folder(FolderParent::Matter(matter))))
            }
            _ => self.places.of(&file, known).await?,
        };
        Ok(place.map(|place| Filing { file, place }))
    }
}

/// A page with files that Clio does not have as they are now.
struct NewFiles {
    /// Each, and whether there is a document of it.
    files: Vec<(CaseFile, bool)>,
    unreadable: Vec<Unreadable>,
    /// Where the page is.
    at: Option<String>,
    /// Where the next one is.
    next: Option<String>,
    as_of: Option<DateTime<Utc>>,
}

/// The version of what cannot be read.
const UNREADABLE: &str = "unreadable";

/// Another content has another version.
fn version_of(file: &CaseFile) -> String {
    let at = file.updated_at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    file.size.map_or_else(|| at.clone(), |size| format!("{at} {size}"))
}

#[async_trait]
impl CursorSource for Files {
    type Record = Filing;

    fn kind(&self) -> &'static str {
        FILE
    }

    /// Of several new files with one name the first becomes a document. The others wait until it stands, and are read with the
    /// page once more: then it is known what they are versions of.
    async fn page(&self, since: Option<DateTime<Utc>>, position: Option<&str>) -> Result<CursorPage<Filing>> {
        let (again, position) = match position.and_then(|position| position.strip_prefix(AGAIN)) {
            Some(position) => (true, Some(position).filter(|position| !position.is_empty())),
            None => (false, position),
        };
        let NewFiles { files, unreadable, at, next, as_of } = self.next_page(since, position).await?;
        let holds = self.places.settings.same_name == SameName::Version && !again;
        let (mut known, mut names, mut records) = (Known::default(), HashSet::new(), Vec::new());
        let (mut held, mut missing) = (false, false);
        for (file, has_document) in files {
            let Some(filing) = self.filing(file, has_document, &mut known).await? else {
                missing = true;
                continue;
            };
            let is_new = !has_document && matches!(filing.place, Place::In(DocumentParent::Folder(_)));
            let key = (matter_of(&filing.file), name_of(&filing.file));
            if holds && is_new && !names.insert(key) {
                held = true;
                continue;
            }
            let (id, version) = (filing.file.id.to_string(), version_of(&filing.file));
            let created = filing.file.created_at;
            records.push(Incoming::new(id, version, filing).created(created));
        }
        if missing {
            return Err(folder_is_missing());
        }
        let bad = unreadable.into_iter().map(|bad| (bad.id, BadRecord { reason: bad.reason, path: None }));
        records.extend(bad.map(|(id, bad)| Incoming::bad(id, UNREADABLE, bad)));
        let next = if held { Some(format!("{AGAIN}{}", at.unwrap_or_default())) } else { next };
        let server_time = as_of.or_else(|| Some(self.places.clio.clock().now()));
        Ok(CursorPage { records, next, server_time, ..CursorPage::default() })
    }
}
