//! Where in Clio a new file belongs.

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    sync::Arc,
};

use clio_api::Clio;
use clio_core::{ErrorKind as ClioErrorKind, Id, Selection, schema::objects};
use clio_model::files::{DocumentParent, ExternalProperty, FolderParent};
use clio_sync::{Error, ErrorKind, Links, Result};
use futures_util::TryStreamExt;

use super::{
    Wanted, folders,
    mapping::{self, PROPERTY},
    source::{DOCUMENT, FILE},
};
use crate::{CaseFile, SameName, Settings};

/// Where a file belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The case names no matter, so that it is none of Clio's.
    NoMatter,
    /// The case names what is no matter in Clio.
    Unknown,
    /// In a matter: into a folder, or to a document as a version.
    In(DocumentParent),
}

/// Finds places, with what it takes to.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) clio: Clio,
    pub(super) links: Links,
    pub(super) settings: Arc<Settings>,
    /// Matters that lack their folder are put in here.
    pub(super) wanted: Wanted,
}

/// What was found out about matters, for as long as one page is read.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<i64, Option<Drawer>>);

/// A matter's documents, as far as a new one needs to know them.
#[derive(Debug)]
struct Drawer {
    /// Where a new document is put; `None` as long as the folder is missing.
    folder: Option<FolderParent>,
    /// The documents that came from Case Status, by name: the oldest of each.
    documents: BTreeMap<String, Id<objects::Document>>,
}

/// Nothing but the proof that it is there.
#[derive(Clone, Selection)]
#[clio(object = "Matter")]
struct Matter {
    id: Id<objects::Matter>,
}

#[derive(Clone, Selection)]
#[clio(object = "Folder")]
struct Folder {
    id: Id<objects::Folder>,
    name: Option<String>,
    deleted_at: Option<chrono::DateTime<chrono::Utc>>,
}

#[derive(Clone, Selection)]
#[clio(object = "Document")]
struct Document {
    id: Id<objects::Document>,
    name: Option<String>,
    external_properties: Option<Vec<ExternalProperty>>,
}

/// The matter that a case names: its id, blanks aside.
pub(super) fn matter_of(file: &CaseFile) -> Option<i64> {
    file.integration_id.as_deref()?.trim().parse().ok().filter(|id| *id > 0)
}

impl Places {
    /// Where a new file goes; `None` as long as the folder for it is missing.
    pub(super) async fn of(&self, file: &CaseFile, known: &mut Known) -> Result<Option<Place>> {
        let named = file.integration_id.as_deref().is_some_and(|id| !id.trim().is_empty());
        let Some(matter) = matter_of(file) else {
            return Ok(Some(if named { Place::Unknown } else { Place::NoMatter }));
        };
        if let Entry::Vacant(unknown) = known.0.entry(matter) {
            unknown.insert(self.drawer(matter).await?);
        }
        let Some(Some(drawer)) = known.0.get(&matter) else { return Ok(Some(Place::Unknown)) };
        let same = drawer.documents.get(&mapping::name_of(file));
        let place = match (same, drawer.folder) {
            (Some(document), _) => DocumentParent::Document(*document),
            (None, Some(folder)) => folder.into(),
            (None, None) => {
                self.wanted.add(matter);
                return Ok(None);
            }
        };
        Ok(Some(Place::In(place)))
    }

    /// `None` if there is no such matter.
    async fn drawer(&self, matter: i64) -> Result<Option<Drawer>> {
        match self.clio.matters().get(Id::new(matter)).select::<Matter>().await {
            Ok(_) => {}
            Err(error) if error.kind() == ClioErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let folder = match self.settings.folder() {
            None => Some(Id::<objects::Matter>::new(matter).into()),
            Some(name) => self.folder(matter, name).await?,
        };
        let documents = match self.settings.same_name {
            SameName::Version => self.documents(matter).await?,
            SameName::Apart => BTreeMap::new(),
        };
        Ok(Some(Drawer { folder, documents }))
    }

    /// The folder of this name in a matter: our own, wherever people moved it and whatever they call it now, or one that is there
    /// already. Where a person deleted ours, documents are put into the matter itself.
    async fn folder(&self, matter: i64, name: &str) -> Result<Option<FolderParent>> {
        let (source, id, target) = folders::key(matter, name);
        if let Some(linked) = self.links.get(source, &id, target).await? {
            let ours = linked.remote_id.parse().ok().map(Id::<objects::Folder>::new);
            let there = match ours {
                Some(ours) => self.is_there(ours).await?.then_some(ours),
                None => None,
            };
            return Ok(Some(
                there.map_or_else(|| Id::<objects::Matter>::new(matter).into(), FolderParent::from),
            ));
        }
        let list = self.clio.folders().list().matter_id(Id::new(matter)).select::<Folder>();
        let all: Vec<Folder> = list.items().try_collect().await?;
        let mut fit = all.iter().filter(|folder| folder.name.as_deref() == Some(name));
        Ok(fit.next().map(|folder| folder.id.into()))
    }

    async fn is_there(&self, folder: Id<objects::Folder>) -> Result<bool> {
        match self.clio.folders().get(folder).select::<Folder>().await {
            Ok(folder) => Ok(folder.deleted_at.is_none()),
            Err(error) if error.kind() == ClioErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The documents of a matter that files have become for certain. One that is still on its way counts for nothing: a version
    /// in it would be in the way of its own bytes.
    async fn documents(&self, matter: i64) -> Result<BTreeMap<String, Id<objects::Document>>> {
        let list = self.clio.documents().list().matter_id(Id::new(matter)).external_property_name(PROPERTY);
        let all: Vec<Document> = list.select::<Document>().items().try_collect().await?;
        let mut documents = BTreeMap::new();
        for document in all {
            let properties = document.external_properties.unwrap_or_default();
            let ours = properties.into_iter().find(|property| property.name.as_deref() == Some(PROPERTY));
            let (Some(file), Some(name)) = (ours.and_then(|ours| ours.value), document.name) else {
                continue;
            };
            if self.links.get(FILE, &file, DOCUMENT).await?.is_some() {
                documents.entry(name).or_insert(document.id);
            }
        }
        Ok(documents)
    }
}

/// The error of a page that has to wait for its folders.
pub(super) fn folder_is_missing() -> Error {
    Error::new(ErrorKind::Transient, "the folder for documents is not in the matter yet")
}
