//! Values in and out of columns.

use std::time::Duration;

use chrono::{DateTime, Utc};
use clio_core::Etag;
use clio_sync::{Effect, FlowKey, Intent, IntentState, Linked, Result};
use rusqlite::Row;
use serde::de::DeserializeOwned;

use crate::error::{damaged, store_error};

/// A thousand years: a wait that is longer would lead to a time that no calendar has.
const LONGEST: i64 = 1000 * 365 * 24 * 60 * 60 * 1000;

/// A duration as the store counts it.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(LONGEST).min(LONGEST)
}

pub(crate) fn time(millis: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_millis(millis).ok_or_else(|| damaged(format!("{millis} is no time")))
}

/// The columns that [`intent`] reads, in its order, and the tables that have them. A record that is deleted belongs to
/// nothing any more.
pub(crate) const INTENT: &str = "SELECT intent.key, intent.firm, intent.adapter, intent.flow, intent.source_id, \
     intent.effect, intent.generation, intent.write, intent.state, intent.attempt, intent.looks, intent.not_before, \
     intent.floor, intent.remote_id, intent.reason, intent.conflict, \
     CASE WHEN link.tombstone IS NULL THEN link.remote_id END, link.etag, link.written \
     FROM intent JOIN link ON link.id = intent.link";

/// Reads a row of [`INTENT`].
pub(crate) fn intent(row: &Row<'_>) -> Result<Intent> {
    let text = |at| row.get::<_, String>(at).map_err(store_error);
    let when = |at| row.get::<_, Option<i64>>(at).map_err(store_error)?.map(time).transpose();
    Ok(Intent {
        key: text(0)?,
        flow: FlowKey { firm: text(1)?, adapter: text(2)?, flow: text(3)? },
        source_id: text(4)?,
        effect: effect(&text(5)?)?,
        generation: row.get(6).map_err(store_error)?,
        write: serde_json::from_str(&text(7)?).map_err(damaged)?,
        state: state(&text(8)?)?,
        attempt: row.get(9).map_err(store_error)?,
        looks: row.get(10).map_err(store_error)?,
        not_before: when(11)?,
        floor: when(12)?,
        remote_id: row.get(13).map_err(store_error)?,
        reason: row.get(14).map_err(store_error)?,
        conflict: json(row.get(15).map_err(store_error)?)?,
        linked: linked(row, 16)?,
    })
}

/// Reads the id, the version and the fields of a linked record from three columns.
pub(crate) fn linked(row: &Row<'_>, at: usize) -> Result<Option<Linked>> {
    let Some(remote_id) = row.get(at).map_err(store_error)? else { return Ok(None) };
    let etag: Option<String> = row.get(at + 1).map_err(store_error)?;
    let written = json(row.get(at + 2).map_err(store_error)?)?.unwrap_or_default();
    Ok(Some(Linked { remote_id, etag: etag.map(Etag::new), written }))
}

/// A value that is kept as JSON.
pub(crate) fn json<T: DeserializeOwned>(text: Option<String>) -> Result<Option<T>> {
    text.map(|text| serde_json::from_str(&text)).transpose().map_err(damaged)
}

pub(crate) fn effect(name: &str) -> Result<Effect> {
    [Effect::Create, Effect::Upsert, Effect::Delete]
        .into_iter()
        .find(|effect| effect.as_str() == name)
        .ok_or_else(|| damaged(format!("no effect is called {name}")))
}

fn state(name: &str) -> Result<IntentState> {
    IntentState::ALL
        .iter()
        .copied()
        .find(|state| state.as_str() == name)
        .ok_or_else(|| damaged(format!("no state is called {name}")))
}
