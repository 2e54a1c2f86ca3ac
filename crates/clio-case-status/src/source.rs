//! Matters as a source: those that changed, and those whose client did.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_api::Clio;
use clio_core::{Id, Selection, schema::objects};
use clio_model::people::ContactPhone;
use clio_sync::{BadRecord, CursorPage, CursorSource, Incoming, Links, Result, fingerprint, hub::lists};
use futures_util::TryStreamExt;

use crate::{
    Settings, UnmappedStage,
    cases::CASE,
    mapping,
    matter::{Attempt, Client, ClientPhones, How, Matter},
    phone,
};

/// The kind of the source; part of every key.
pub(crate) const MATTER: &str = "clio/matter";

/// What stands before the position within the contacts.
const IN_CONTACTS: &str = "contacts:";

/// The most ids that one request names, so that its address stays short.
const IDS_AT_ONCE: usize = 100;

/// The matters that a sync attempts.
///
/// Since Clio does not say that a matter changes with its client, the contacts that changed are read after the matters: their
/// matters follow.
pub(crate) struct Matters {
    pub(crate) clio: Clio,
    pub(crate) links: Links,
    pub(crate) settings: Arc<Settings>,
    pub(crate) how: How,
    /// The stages that no status is named for are put in here.
    pub(crate) unmapped: Arc<Mutex<BTreeSet<UnmappedStage>>>,
    /// It reaches back as far as a first one.
    pub(crate) long: bool,
}

/// A contact that changed.
#[derive(Selection)]
#[clio(object = "Contact")]
struct Changed {
    id: Id<objects::Contact>,
    is_client: Option<bool>,
}

impl Matters {
    /// From when on changes are read.
    fn since(&self, since: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        let now = self.clio.clock().now();
        match since {
            Some(last) if !self.long => {
                now.checked_sub_signed(self.settings.later_reach).map(|by| by.min(last))
            }
            _ => now.checked_sub_signed(self.settings.first_reach),
        }
    }

    async fn matters(
        &self,
        since: Option<DateTime<Utc>>,
        position: Option<&str>,
    ) -> Result<CursorPage<Attempt>> {
        let list = lists::matters(&self.clio).select::<Matter>();
        let page = list.page(self.since(since), position).await?;
        let records = self.attempts(page.records).await?;
        // A first sync has all matters already.
        let contacts = since.filter(|_| !self.long).map(|_| IN_CONTACTS.to_owned());
        Ok(CursorPage {
            records,
            next: page.next.or(contacts),
            server_time: page.server_time,
            total: page.total,
            older: page.older,
        })
    }

    /// The matters of the clients that changed.
    async fn of_clients(&self, since: Option<DateTime<Utc>>, position: &str) -> Result<CursorPage<Attempt>> {
        let list = lists::contacts(&self.clio).select::<Changed>();
        let page =
            list.page(self.since(since), Some(position).filter(|position| !position.is_empty())).await?;
        let mut found = Vec::new();
        for contact in page.records.into_iter().filter_map(|contact| contact.record.ok()) {
            if contact.is_client != Some(false) {
                found.extend(self.matters_of(contact.id).await?);
            }
        }
        let records = self.attempts(found).await?;
        let next = page.next.map(|next| format!("{IN_CONTACTS}{next}"));
        Ok(CursorPage { records, next, server_time: page.server_time, ..CursorPage::default() })
    }

    async fn matters_of(&self, client: Id<objects::Contact>) -> Result<Vec<Incoming<Matter>>> {
        let mine = lists::matters(&self.clio).select::<Matter>().only(move |list| list.client_id(client));
        let (mut all, mut position) = (Vec::new(), None);
        loop {
            let page = mine.page(None, position.as_deref()).await?;
            all.extend(page.records);
            position = page.next;
            if position.is_none() {
                return Ok(all);
            }
        }
    }

    /// Adds what mapping takes.
    async fn attempts(&self, records: Vec<Incoming<Matter>>) -> Result<Vec<Incoming<Attempt>>> {
        let undecided = |client: &&Client| !phone::primary_decides(client, &self.settings);
        let clients = records.iter().filter_map(|one| one.record.as_ref().ok()?.client.as_ref());
        let phones = self.phones(clients.filter(undecided).map(|client| client.id).collect()).await?;
        let mut attempts = Vec::with_capacity(records.len());
        for record in records {
            attempts.push(self.attempt(record, &phones).await?);
        }
        Ok(attempts)
    }

    async fn attempt(
        &self,
        incoming: Incoming<Matter>,
        phones: &HashMap<Id<objects::Contact>, Vec<ContactPhone>>,
    ) -> Result<Incoming<Attempt>> {
        let Incoming { id, version, created, record } = incoming;
        let matter = match record {
            Ok(matter) => matter,
            Err(bad) => return Ok(Incoming { id, version, created, record: Err(bad) }),
        };
        if let Some(stage) = mapping::unmapped(&matter, &self.settings.stages) {
            let stage = UnmappedStage { stage: stage.id.get(), name: stage.name };
            self.unmapped.lock().unwrap_or_else(PoisonError::into_inner).insert(stage);
        }
        let client = matter.client.as_ref().map(|client| client.id);
        let phones = client.and_then(|client| phones.get(&client).cloned()).unwrap_or_default();
        let written = self.links.get(MATTER, &id, CASE).await?.map(|linked| linked.written);
        let version = version_of(&matter, &phones, written.is_some());
        let holds = self.how != How::Nightly && !self.settings.manual_moves_statuses;
        // What a person's sync leaves as it is, the night has to look at again.
        let version = if holds { format!("{version}-held") } else { version };
        let attempt = Attempt { matter, phones, written, how: self.how };
        Ok(Incoming { id, version, created, record: Ok(attempt) })
    }

    async fn phones(
        &self,
        clients: HashSet<Id<objects::Contact>>,
    ) -> Result<HashMap<Id<objects::Contact>, Vec<ContactPhone>>> {
        let mut all: Vec<_> = clients.into_iter().collect();
        all.sort_unstable();
        let mut phones = HashMap::new();
        for some in all.chunks(IDS_AT_ONCE) {
            let list = self.clio.contacts().list().ids(some.to_vec()).select::<ClientPhones>();
            let known: Vec<ClientPhones> = list.items().try_collect().await?;
            phones.extend(known.into_iter().map(|one| (one.id, one.phone_numbers.unwrap_or_default())));
        }
        Ok(phones)
    }
}

/// Changes with whatever a case has of the matter, of its client too: its etag speaks for the matter alone. And once it was
/// imported, since then it is kept in step even where others are not imported.
fn version_of(matter: &Matter, phones: &[ContactPhone], imported: bool) -> String {
    let client = matter.client.as_ref().map(|client| {
        let name = [&client.name, &client.first_name, &client.last_name];
        let reached = [&client.primary_email_address, &client.primary_phone_number];
        let texts = name.into_iter().chain(reached).map(|text| text.clone().unwrap_or_default());
        texts.collect::<Vec<_>>().join("\n")
    });
    let numbers = phones.iter().map(|phone| format!("{:?}\n{:?}", phone.name, phone.number));
    let numbers = numbers.collect::<Vec<_>>().join("\n");
    let imported = if imported { "imported" } else { "new" };
    fingerprint([matter.etag.as_str(), &client.unwrap_or_default(), &numbers, imported])
}

#[async_trait]
impl CursorSource for Matters {
    type Record = Attempt;

    fn kind(&self) -> &'static str {
        MATTER
    }

    async fn page(
        &self,
        since: Option<DateTime<Utc>>,
        position: Option<&str>,
    ) -> Result<CursorPage<Attempt>> {
        match position.and_then(|position| position.strip_prefix(IN_CONTACTS)) {
            Some(within) => self.of_clients(since, within).await,
            None => self.matters(since, position).await,
        }
    }

    async fn one(&self, id: &str) -> Result<Option<Incoming<Attempt>>> {
        let Some(found) = lists::matters(&self.clio).select::<Matter>().one(id).await? else {
            // A case is not deleted with its matter.
            let reason = format!("Clio has no matter {id}, or hides it");
            return Ok(Some(Incoming::bad(id, "gone", BadRecord { reason, path: None })));
        };
        let client = found.record.as_ref().ok().and_then(|matter| matter.client.as_ref());
        let asked = client.filter(|client| !phone::primary_decides(client, &self.settings));
        let phones = self.phones(asked.map(|client| client.id).into_iter().collect()).await?;
        self.attempt(found, &phones).await.map(Some)
    }
}
