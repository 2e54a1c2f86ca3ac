//! Records of Clio's as a target: what is the same for every kind.

mod kinds;
mod members;

use std::{fmt, marker::PhantomData, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, Utc};
use clio_api::{Clio, Done, JsonBody, List, One, Selects};
use clio_core::{
    Body, ErrorKind as ClioErrorKind, Etag, Selection,
    schema::{Object, Operation},
};
use futures_util::TryStreamExt;
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Map, Value, json};

use super::sending::{Sender, outcome, outcome_upon};
use crate::{
    Action, Capabilities, Content, Fingerprint, Found, Look, Outcome, Ready, Result, SendLimits, Sending,
    Target, Write,
};
pub(super) use kinds::DocumentKind;
pub use kinds::{
    CalendarEntries, Communications, Folders, LineItems, MatterRecords, Notes, Tasks, calendar_entries,
    calendar_entry, communication, communications, folder, folders, line_item, line_items, matter,
    matter_records, note, notes, task, tasks,
};
use members::Member;

/// The external property that holds the marker of a record that was created here.
const PROPERTY: &str = "clio-sync";

/// Up to so many records are sought one by one; more than that by when they were created.
const ONE_BY_ONE: usize = 1;

/// What is particular about one kind of records.
pub trait Kind: fmt::Debug + Clone + Copy + Send + Sync + Sized + 'static {
    /// The kind of the target: `clio/note`.
    const KIND: &'static str;
    /// What is asked for of a record: every member that is compared, and whatever tells whose it is.
    const FIELDS: &'static str;
    /// The members that are compared.
    const MEMBERS: &'static [Member];
    /// Members of a payload that only a creation sends: lists, which a change would add to.
    const ONCE: &'static [&'static str];
    /// How a record is recognised.
    const FINGERPRINT: Fingerprint;
    /// Clio lets them be created.
    const CREATES: bool = true;
    /// Its lists leave out what is in the trash, unless asked.
    const HAS_TRASH: bool = false;
    /// The object that Clio answers.
    type Object: Object;
    /// Lists them.
    type List: Selects<Object = Self::Object>;
    /// Creates one.
    type Create: Selects<Object = Self::Object>;
    /// Changes one.
    type Update: Selects<Object = Self::Object>;
    /// Deletes one.
    type Delete: Operation;

    /// The lists in which these writes may stand: one, but for notes.
    fn lists(clio: &Clio, sought: &[Sending]) -> Vec<List<Self::List, Seen<Self>>>;
    /// The creation. `None` where there is none.
    fn create(clio: &Clio, body: JsonBody) -> Option<One<Self::Create, Seen<Self>>>;
    /// One record. `None` for what cannot be an id.
    fn get(clio: &Clio, id: &str) -> Option<Get<Self>>;
    /// The change, upon this version.
    fn update(
        clio: &Clio,
        id: &str,
        body: JsonBody,
        etag: Option<&Etag>,
    ) -> Option<One<Self::Update, Seen<Self>>>;
    /// The deletion.
    fn delete(clio: &Clio, id: &str) -> Option<Done<Self::Delete>>;
}

/// A record on its way. `None` if there is none.
pub(super) type Get<K> = futures_util::future::BoxFuture<'static, Result<Option<Seen<K>>, clio_core::Error>>;

/// Records of one kind as a target: [`communications`], [`calendar_entries`], [`folders`], [`matter_records`], [`line_items`],
/// [`notes`], [`tasks`].
///
/// A change is conditional upon the version of the record, sends only what Clio lets be changed, and leaves lists (senders,
/// attendees, external properties) as they were created.
#[derive(Debug, Clone)]
pub struct Records<K> {
    pub(super) clio: Clio,
    kind: PhantomData<K>,
}

/// The write of these members.
pub(super) fn write<K: Kind, Op: Operation>(
    body: &impl Body<Op>,
    label: impl Into<String>,
) -> Result<Write, clio_core::Error> {
    let payload = body.json()?;
    let members: Map<String, Value> = serde_json::from_str(&payload).map_err(|e| {
        clio_core::Error::new(ClioErrorKind::Invalid, "the body of a write is an object").with_source(e)
    })?;
    Ok(Write { payload, content: members::content(K::MEMBERS, &members), label: label.into() })
}

/// A record as it was read. Records of others are among them, and of those anything may be strange: what cannot be read is not
/// there, and so agrees with nothing.
#[derive(Clone)]
pub struct Seen<K> {
    pub(super) id: String,
    pub(super) fields: Map<String, Value>,
    kind: PhantomData<K>,
}

impl<K> fmt::Debug for Seen<K> {
    /// Leaves the values out: they are client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen").field("id", &self.id).finish_non_exhaustive()
    }
}

impl<K: Kind> Selection<K::Object> for Seen<K> {
    const FIELDS: &'static str = K::FIELDS;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Map::deserialize(deserializer)?;
        let id = match fields.get("id") {
            Some(Value::Number(id)) => id.to_string(),
            Some(Value::String(id)) => id.clone(),
            _ => return Err(D::Error::missing_field("id")),
        };
        Ok(Self { id, fields, kind: PhantomData })
    }
}

impl<K: Kind> Seen<K> {
    fn etag(&self) -> Option<Etag> {
        self.fields.get("etag")?.as_str().map(Etag::new)
    }

    fn content(&self) -> Content {
        members::content(K::MEMBERS, &self.fields)
    }

    fn marker(&self) -> Option<String> {
        let properties = self.fields.get("external_properties")?.as_array()?;
        let ours =
            properties.iter().find(|property| property.get("name").is_some_and(|name| name == PROPERTY));
        ours?.get("value")?.as_str().map(str::to_owned)
    }

    pub(super) fn is_trashed(&self) -> bool {
        self.fields.get("deleted_at").is_some_and(|at| !at.is_null())
    }

    pub(super) fn found(&self) -> Found {
        let marker = self.marker();
        Found { marker, ..Found::new(self.id.clone(), self.etag(), self.content()) }
    }

    pub(super) fn applied(&self) -> Outcome {
        Outcome::Applied { remote_id: self.id.clone(), etag: self.etag(), echo: Some(self.content()) }
    }
}

impl<K: Kind> Records<K> {
    pub(super) fn new(clio: &Clio) -> Self {
        Self { clio: clio.clone(), kind: PhantomData }
    }

    /// The first request of a creation.
    pub(super) async fn post(
        &self,
        sending: &Sending,
        sender: &mut Sender,
    ) -> Result<Seen<K>, clio_core::Error> {
        let mut body = sender.body_of::<K::Create>(&sending.write.payload);
        if K::FINGERPRINT == Fingerprint::ExternalProperty {
            let properties = body.entry("external_properties").or_insert_with(|| json!([]));
            if let Value::Array(properties) = properties {
                properties.push(json!({"name": PROPERTY, "value": sending.marker()}));
            }
        }
        match K::create(&self.clio, JsonBody::new(Value::Object(body).to_string())) {
            Some(call) => sender.dress(call).await,
            None => Err(clio_core::Error::new(
                ClioErrorKind::Configuration,
                format!("{} cannot be created", K::KIND),
            )),
        }
    }

    async fn update(&self, sending: &Sending, id: &str, etag: Option<&Etag>, sender: &mut Sender) -> Outcome {
        let mut body = sender.body_of::<K::Update>(&sending.write.payload);
        body.retain(|name, _| !K::ONCE.contains(&name.as_str()));
        let body = JsonBody::new(Value::Object(body).to_string());
        let Some(call) = K::update(&self.clio, id, body, etag) else { return Outcome::Gone };
        match sender.dress(call).await {
            // A person deleted it: what changed in the trash is of no account.
            Ok(seen) if seen.is_trashed() => Outcome::Gone,
            Ok(seen) => seen.applied(),
            Err(error) => outcome_upon(error),
        }
    }

    async fn delete(&self, id: &str, sender: &mut Sender) -> Outcome {
        let Some(call) = K::delete(&self.clio, id) else { return Outcome::Gone };
        match sender.dress_done(call).await {
            Ok(()) => Outcome::Applied { remote_id: id.to_owned(), etag: None, echo: None },
            Err(error) => outcome_upon(error),
        }
    }

    /// Whatever the lists have for this look. Of what is in the trash too, so that it is not created anew.
    pub(super) async fn list(
        &self,
        look: &Look,
        dress: impl Fn(List<K::List, Seen<K>>) -> List<K::List, Seen<K>>,
    ) -> Result<Vec<Seen<K>>> {
        let exact = K::FINGERPRINT == Fingerprint::ExternalProperty;
        let each: Vec<&[Sending]> = if exact && look.sought.len() <= ONE_BY_ONE {
            look.sought.chunks(1).collect()
        } else {
            vec![&look.sought]
        };
        let mut seen = Vec::new();
        for sought in each {
            for mut list in K::lists(&self.clio, sought) {
                if exact {
                    list = list.parameter("external_property_name", PROPERTY);
                }
                list = match sought {
                    [one] if exact => list.parameter("external_property_value", one.marker()),
                    _ => {
                        list.parameter("created_since", look.since.to_rfc3339_opts(SecondsFormat::Secs, true))
                    }
                };
                if K::HAS_TRASH {
                    list = list.parameter("include_deleted", "true");
                }
                seen.extend(dress(list).items().try_collect::<Vec<_>>().await?);
            }
        }
        Ok(seen)
    }

    pub(super) async fn read(&self, id: &str) -> Result<Option<Seen<K>>> {
        let Some(call) = K::get(&self.clio, id) else { return Ok(None) };
        match call.await {
            Ok(seen) => Ok(seen.filter(|seen| !seen.is_trashed())),
            Err(error) if error.kind() == ClioErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// One write, if it takes one request.
    pub(super) async fn alter(&self, sending: &Sending, sender: &mut Sender) -> Outcome {
        match &sending.action {
            Action::Create => match self.post(sending, sender).await {
                Ok(seen) => seen.applied(),
                Err(error) => outcome(error),
            },
            Action::Update { remote_id, etag } => {
                self.update(sending, remote_id, etag.as_ref(), sender).await
            }
            Action::Delete { remote_id } => self.delete(remote_id, sender).await,
        }
    }
}

#[async_trait]
impl<K: Kind> Target for Records<K> {
    fn kind(&self) -> &'static str {
        K::KIND
    }

    fn capabilities(&self) -> Capabilities {
        let capabilities = Capabilities::new(K::FINGERPRINT).updates().deletes();
        if K::CREATES { capabilities } else { capabilities.creates_nothing() }
    }

    fn monotonic(&self) -> Duration {
        self.clio.clock().monotonic()
    }

    async fn prepare(&self, within: Duration) -> Result<Ready> {
        Ok(Ready::with(self.clio.reserve(within).await?))
    }

    async fn server_time(&self) -> Result<DateTime<Utc>> {
        super::sending::server_time(&self.clio).await
    }

    async fn send(&self, sendings: &[Sending], limits: SendLimits, ready: Ready) -> Vec<Outcome> {
        let mut sender = Sender::new(limits, ready);
        let mut outcomes = Vec::with_capacity(sendings.len());
        for sending in sendings {
            outcomes.push(self.alter(sending, &mut sender).await);
        }
        outcomes
    }

    async fn look(&self, look: &Look) -> Result<Vec<Found>> {
        Ok(self.list(look, |list| list).await?.iter().map(Seen::found).collect())
    }

    async fn get(&self, remote_id: &str) -> Result<Option<Found>> {
        Ok(self.read(remote_id).await?.map(|seen| seen.found()))
    }
}
