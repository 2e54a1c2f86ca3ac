//! What happened, with the record.

use std::fmt;

use clio_core::{Error, Etag, Json, Selected, decode, schema::choices::WebhookEvent};
use serde::Deserialize as _;

use super::Watched;

/// What happened, with the record as an `S`: the fields that the webhook watches.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<S: Selected<Object: Watched>> {
    /// It was created.
    Created(S),
    /// One of the watched fields has changed. Of a record that the webhook has not told of before, Clio sends this on any
    /// change.
    Updated(S),
    /// It was deleted. Only its id and its last version are told.
    Deleted(Deleted<S::Object>),
    /// The status of a matter is Open now.
    MatterOpened(S),
    /// The status of a matter is Pending now.
    MatterPended(S),
    /// The status of a matter is Closed now.
    MatterClosed(S),
    /// Something that this version does not know.
    Other {
        /// Clio's word for it.
        event: WebhookEvent,
        /// What it tells of the record.
        record: Json,
    },
}

/// A record that is gone.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deleted<O: Watched> {
    /// Its id.
    pub id: O::Id,
    /// Its last version.
    pub etag: Option<Etag>,
}

/// Reads the record of an event.
pub(super) fn read<S: Selected<Object: Watched>>(event: WebhookEvent, json: &str) -> Result<Event<S>, Error> {
    let record = || decode::<S::Object, S>(json).map_err(below_data);
    Ok(match event {
        WebhookEvent::Created => Event::Created(record()?),
        WebhookEvent::Updated => Event::Updated(record()?),
        WebhookEvent::Deleted => Event::Deleted(deleted(json).map_err(below_data)?),
        WebhookEvent::MatterOpened => Event::MatterOpened(record()?),
        WebhookEvent::MatterPended => Event::MatterPended(record()?),
        WebhookEvent::MatterClosed => Event::MatterClosed(record()?),
        event => Event::Other { event, record: decode::<S::Object, AnyRecord>(json).map_err(below_data)?.0 },
    })
}

fn deleted<O: Watched>(json: &str) -> Result<Deleted<O>, Error> {
    decode::<O, Gone<O>>(json).map(|gone| Deleted { id: gone.id, etag: gone.etag })
}

#[derive(serde::Deserialize)]
#[serde(bound = "")]
struct Gone<O: Watched> {
    id: O::Id,
    #[serde(default)]
    etag: Option<Etag>,
}

impl<O: Watched> clio_core::Selection<O> for Gone<O> {
    const FIELDS: &'static str = "id,etag";

    fn decode<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::deserialize(from)
    }
}

/// A record of which nothing is promised.
struct AnyRecord(Json);

impl<O: Watched> clio_core::Selection<O> for AnyRecord {
    const FIELDS: &'static str = "";

    fn decode<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Json::deserialize(from).map(Self)
    }
}

/// The path as it stands in the request.
fn below_data(error: Error) -> Error {
    let path = match error.path() {
        None | Some("") => "data".to_owned(),
        Some(path) => format!("data.{path}"),
    };
    error.with_path(path)
}

impl<S: Selected<Object: Watched>> fmt::Debug for Event<S> {
    /// Shows what happened, and nothing of the record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Created(_) => f.write_str("Created(..)"),
            Self::Updated(_) => f.write_str("Updated(..)"),
            Self::Deleted(deleted) => f.debug_tuple("Deleted").field(deleted).finish(),
            Self::MatterOpened(_) => f.write_str("MatterOpened(..)"),
            Self::MatterPended(_) => f.write_str("MatterPended(..)"),
            Self::MatterClosed(_) => f.write_str("MatterClosed(..)"),
            Self::Other { event, .. } => f.debug_tuple("Other").field(event).finish(),
        }
    }
}

impl<O: Watched> fmt::Debug for Deleted<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deleted").field("id", &self.id).field("etag", &self.etag).finish()
    }
}
