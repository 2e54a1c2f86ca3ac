//! Values in and out of columns.

use std::time::Duration;

use chrono::{DateTime, Utc};
use clio_sync::{Effect, FlowKey, Intent, IntentState, Result};
use rusqlite::Row;

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

/// The columns that [`intent`] reads, in its order.
pub(crate) const INTENT: &str = "key, firm, adapter, flow, source_id, effect, generation, write, state, attempt, \
                                 looks, not_before, floor, remote_id, reason";

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
    })
}

fn effect(name: &str) -> Result<Effect> {
    [Effect::Create, Effect::Upsert]
        .into_iter()
        .find(|effect| effect.as_str() == name)
        .ok_or_else(|| damaged(format!("no effect is called {name}")))
}

fn state(name: &str) -> Result<IntentState> {
    use IntentState::{Confirmed, Parked, Planned, Rejected, Sending, Uncertain};
    [Planned, Sending, Uncertain, Confirmed, Rejected, Parked]
        .into_iter()
        .find(|state| state.as_str() == name)
        .ok_or_else(|| damaged(format!("no state is called {name}")))
}
