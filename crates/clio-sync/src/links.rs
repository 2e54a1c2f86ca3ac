//! Reading what belongs to what, from wherever it takes.

use std::{fmt, sync::Arc};

use crate::{Firm, LinkKey, Linked, Pass, Result, Store};

/// What belongs to the records of one adapter's sources, for one firm. Only reads. A clone is the same.
///
/// Made by [`Pass::links`], for a source or a target that has to know what was written, and by [`Firm::links`].
#[derive(Clone)]
pub struct Links {
    store: Arc<dyn Store>,
    firm: String,
    adapter: String,
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Links")
            .field("firm", &self.firm)
            .field("adapter", &self.adapter)
            .finish_non_exhaustive()
    }
}

impl Links {
    /// What belongs to a record of a source of this kind at a target of that kind, if anything does. Which flow wrote it
    /// plays no part.
    ///
    /// # Errors
    ///
    /// What kept the store from being read.
    pub async fn get(&self, source: &str, source_id: &str, target: &str) -> Result<Option<Linked>> {
        let key = LinkKey {
            firm: self.firm.clone(),
            adapter: self.adapter.clone(),
            source: source.to_owned(),
            source_id: source_id.to_owned(),
            target: target.to_owned(),
        };
        self.store.link(&key).await
    }
}

impl Firm {
    /// What belongs to the records of an adapter's sources.
    pub fn links(&self, adapter: &str) -> Links {
        let store = self.config.store.clone();
        Links { store, firm: self.name().to_owned(), adapter: adapter.to_owned() }
    }

    /// What belongs to a record of a source at a target, if anything does.
    ///
    /// # Errors
    ///
    /// What kept the store from being read.
    pub async fn link(
        &self,
        adapter: &str,
        source: &str,
        source_id: &str,
        target: &str,
    ) -> Result<Option<Linked>> {
        self.links(adapter).get(source, source_id, target).await
    }
}

impl Pass<'_> {
    /// What belongs to the records of this adapter's sources, whichever of its flows wrote it. Also in a run that only plans.
    pub fn links(&self) -> Links {
        let (store, flow) = (self.config.store.clone(), self.flow());
        Links { store, firm: flow.firm.clone(), adapter: flow.adapter.clone() }
    }
}
