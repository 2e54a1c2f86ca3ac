//! What happens by itself: the trash is emptied, reports become complete.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::clio::{
    behaviour::{jobs, trash},
    firm::Firm,
    records::Origin,
    store::Resource,
};

/// Something that happens by itself, to a record.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    pub(crate) resource: Resource,
    pub(crate) id: i64,
    /// Who began it.
    pub(crate) by: Origin,
    /// What its maker has to remember of it.
    pub(crate) detail: String,
}

/// What is still to happen, in its order.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    due: BTreeMap<(DateTime<Utc>, u64), Due>,
    count: u64,
}

impl Agenda {
    pub(crate) fn note(&mut self, at: DateTime<Utc>, due: Due) {
        self.count += 1;
        self.due.insert((at, self.count), due);
    }

    fn next(&mut self, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Due)> {
        let first = self.due.first_entry().filter(|first| first.key().0 <= now)?;
        let ((at, _), due) = first.remove_entry();
        Some((at, due))
    }
}

/// Lets happen what is due, each thing at its own time.
pub(crate) fn tick(firm: &mut Firm, now: DateTime<Utc>) {
    while let Some((at, due)) = firm.files.agenda.next(now) {
        if matches!(due.resource.name(), "Document" | "Folder") {
            trash::purge(firm, &due, at);
        } else {
            jobs::finish(firm, &due, at);
        }
    }
}
