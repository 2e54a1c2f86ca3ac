//! What a desk keeps, and what changes it.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_api::files::Content;
use clio_sync::{Error, ErrorKind, Result};

use crate::{Case, CaseFields, CaseFile, CaseId, Message, NewStatus, StatusUpdate, UpdateId};

#[derive(Debug, Default)]
pub(super) struct Records {
    last_id: u64,
    pub(super) statuses: Vec<String>,
    pub(super) cases: Vec<Case>,
    pub(super) updates: Vec<StatusUpdate>,
    pub(super) messages: Vec<Message>,
    pub(super) files: Vec<(CaseFile, Kept)>,
    to_come: Vec<(DateTime<Utc>, Deed)>,
}

/// The bytes of a file, or how they come about.
#[derive(Clone)]
pub(super) enum Kept {
    Bytes(Bytes),
    Made(Arc<dyn Fn() -> Content + Send + Sync>),
}

impl Kept {
    pub(super) fn open(&self) -> Content {
        match self {
            Self::Bytes(bytes) => Content::from(bytes.clone()),
            Self::Made(make) => make(),
        }
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept(..)")
    }
}

/// What a call asks for.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Create(CaseFields),
    Update(CaseId, CaseFields),
    Status(NewStatus),
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Done {
    Case(Box<Case>),
    Update(UpdateId),
}

impl Done {
    pub(super) fn case(self) -> Result<Case> {
        match self {
            Self::Case(case) => Ok(*case),
            Self::Update(_) => Err(Error::new(ErrorKind::Protocol, "an update, where a case was expected")),
        }
    }

    pub(super) fn update(self) -> Result<UpdateId> {
        match self {
            Self::Update(id) => Ok(id),
            Self::Case(_) => Err(Error::new(ErrorKind::Protocol, "a case, where an update was expected")),
        }
    }
}

impl Records {
    pub(super) fn next_id(&mut self) -> String {
        self.last_id += 1;
        self.last_id.to_string()
    }

    /// Does what is late, and due by now.
    pub(super) fn settle(&mut self, now: DateTime<Utc>) {
        self.to_come.sort_by_key(|(due, _)| *due);
        while self.to_come.first().is_some_and(|(due, _)| *due <= now) {
            let (due, deed) = self.to_come.remove(0);
            // Whoever sent it has long been told that there is no answer.
            let _ = self.apply(deed, due);
        }
    }

    pub(super) fn later(&mut self, due: DateTime<Utc>, deed: Deed) {
        self.to_come.push((due, deed));
    }

    pub(super) fn last_due(&self) -> Option<DateTime<Utc>> {
        self.to_come.iter().map(|(due, _)| *due).max()
    }

    /// Twice the same makes two cases: Case Status is not known to be any better.
    pub(super) fn apply(&mut self, deed: Deed, now: DateTime<Utc>) -> Result<Done> {
        match deed {
            Deed::Create(fields) => {
                let case = Case::new(CaseId::new(self.next_id()), fields);
                self.cases.push(case.clone());
                Ok(Done::Case(Box::new(case)))
            }
            Deed::Update(id, fields) => {
                let case = self.live(&id)?;
                merge(&mut case.fields, fields);
                Ok(Done::Case(Box::new(case.clone())))
            }
            Deed::Status(new) => self.set_status(new, now).map(Done::Update),
        }
    }

    fn set_status(&mut self, new: NewStatus, now: DateTime<Utc>) -> Result<UpdateId> {
        if !self.statuses.is_empty() && !self.statuses.contains(&new.status) {
            return Err(Error::new(ErrorKind::Protocol, format!("there is no status `{}`", new.status)));
        }
        let NewStatus { case, status, notify, reference } = new;
        self.live(&case)?.status = Some(status.clone());
        let id = UpdateId::new(self.next_id());
        let reference = Some(reference);
        self.updates.push(StatusUpdate { id: id.clone(), case, status, notify, reference, at: now });
        Ok(id)
    }

    /// The case, if people can still change it.
    pub(super) fn live(&mut self, id: &CaseId) -> Result<&mut Case> {
        let found = self.cases.iter_mut().find(|case| case.id == *id && !case.deleted);
        found.ok_or_else(|| Error::new(ErrorKind::Protocol, format!("there is no case {id}")))
    }
}

/// What is not known in Clio stays as it is.
fn merge(there: &mut CaseFields, fields: CaseFields) {
    there.title = fields.title;
    there.client.name = fields.client.name;
    for (old, new) in [
        (&mut there.client.phone, fields.client.phone),
        (&mut there.client.email, fields.client.email),
        (&mut there.practice_area, fields.practice_area),
        (&mut there.description, fields.description),
        (&mut there.attorney_email, fields.attorney_email),
    ] {
        if new.is_some() {
            *old = new;
        }
    }
    there.opened_on = fields.opened_on.or(there.opened_on);
}
