//! Messages as a source, each with whom Clio knows of those who write.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_api::Clio;
use clio_core::{ErrorKind as ClioErrorKind, Id, Selection, schema::objects};
use clio_model::people::ContactBrief;
use clio_sync::{BadRecord, CursorPage, CursorSource, Incoming, Links, Result};

use super::people::{People, Resolved};
use crate::{CaseStatus, Message, patience::answered};

/// The kind of the source; part of every key.
const MESSAGE: &str = "case-status/message";

/// The kind of what messages become.
const COMMUNICATION: &str = "clio/communication";

/// A message that changes would be another message: all have this version.
const VERSION: &str = "sent";

/// The messages of a firm's cases.
pub(crate) struct Messages {
    pub(crate) side: Arc<dyn CaseStatus>,
    pub(crate) clio: Clio,
    pub(crate) links: Links,
}

/// A message with all that mapping it takes.
pub(crate) struct Envelope {
    pub(crate) message: Message,
    pub(crate) place: Place,
}

/// Where a message belongs.
pub(crate) enum Place {
    /// Under a matter.
    Filed(Filed),
    /// The case names no matter.
    Nowhere,
    /// What the case names is no id of Clio's: it is of another system, or mistyped.
    NoId,
    /// Clio has no matter of this id (any more), or hides it.
    Gone(i64),
}

/// Where a message is filed, and who is who there.
pub(crate) struct Filed {
    pub(crate) matter: Id<objects::Matter>,
    pub(crate) sender: Resolved,
    pub(crate) recipient: Resolved,
}

/// A matter, as far as messages in it need it.
#[derive(Clone, Selection)]
#[clio(object = "Matter")]
pub(super) struct Correspondence {
    pub(super) id: Id<objects::Matter>,
    pub(super) client: Option<ContactBrief>,
    pub(super) responsible_attorney: Option<Attorney>,
}

/// The attorney who is responsible.
#[derive(Clone, Selection)]
#[clio(object = "User")]
pub(super) struct Attorney {
    pub(super) id: Id<objects::User>,
}

impl Messages {
    async fn envelope(
        &self,
        message: Message,
        people: &mut People<'_>,
        matters: &mut HashMap<i64, Option<Correspondence>>,
    ) -> Result<Envelope> {
        let named = message.integration_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
        let Some(named) = named else { return Ok(Envelope { message, place: Place::Nowhere }) };
        let Some(id) = named.parse::<i64>().ok().filter(|id| *id > 0) else {
            return Ok(Envelope { message, place: Place::NoId });
        };
        let known = match matters.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(self.matter(Id::new(id)).await?),
        };
        let Some(matter) = known else {
            return Ok(Envelope { message, place: Place::Gone(id) });
        };
        let sender = people.sender(&message, matter).await?;
        let recipient = people.recipient(&message, matter).await?;
        Ok(Envelope { message, place: Place::Filed(Filed { matter: matter.id, sender, recipient }) })
    }

    async fn matter(&self, id: Id<objects::Matter>) -> Result<Option<Correspondence>> {
        match self.clio.matters().get(id).select::<Correspondence>().await {
            Ok(matter) => Ok(Some(matter)),
            Err(error) if error.kind() == ClioErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Those that were not filed yet. Nothing is asked of Clio for the others.
    async fn not_filed(&self, messages: Vec<Message>) -> Result<Vec<Message>> {
        let mut new = Vec::new();
        for message in messages {
            if self.links.get(MESSAGE, message.id.as_str(), COMMUNICATION).await?.is_none() {
                new.push(message);
            }
        }
        Ok(new)
    }
}

#[async_trait]
impl CursorSource for Messages {
    type Record = Envelope;

    fn kind(&self) -> &'static str {
        MESSAGE
    }

    async fn page(
        &self,
        since: Option<DateTime<Utc>>,
        position: Option<&str>,
    ) -> Result<CursorPage<Envelope>> {
        let now = self.clio.clock().now();
        let clock = self.clio.clock();
        let page = answered(&**clock, self.side.messages(since, position)).await?;
        let server_time = page.as_of.or(Some(now));
        let (mut new, mut bad, mut next) = (self.not_filed(page.items).await?, page.unreadable, page.next);
        // Pages that were filed long ago are none to the engine, which takes no list to have too many that are empty.
        while new.is_empty() && bad.is_empty() && next.is_some() {
            let page = answered(&**clock, self.side.messages(since, next.as_deref())).await?;
            (new, bad, next) = (self.not_filed(page.items).await?, page.unreadable, page.next);
        }
        let (mut people, mut matters) = (People::new(&self.clio), HashMap::new());
        let bad = bad.into_iter().map(|bad| (bad.id, BadRecord { reason: bad.reason, path: None }));
        let mut records: Vec<_> = bad.map(|(id, bad)| Incoming::bad(id, VERSION, bad)).collect();
        for message in new {
            let id = message.id.to_string();
            let envelope = self.envelope(message, &mut people, &mut matters).await?;
            records.push(Incoming::new(id, VERSION, envelope));
        }
        Ok(CursorPage { records, next, server_time, ..CursorPage::default() })
    }
}
