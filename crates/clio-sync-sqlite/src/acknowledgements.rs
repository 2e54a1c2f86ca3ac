//! What the sources are to be told.

use clio_sync::{Acknowledgement, FlowKey, Lease, Resolution, Result};
use rusqlite::{Transaction, params};

use crate::error::{damaged, store_error, wrong_firm};

/// The source is to be told this, in place of anything before: again, if it was told already.
pub(crate) fn set(
    transaction: &Transaction<'_>,
    now: i64,
    flow: &FlowKey,
    source_id: &str,
    resolution: &Resolution,
) -> Result<()> {
    let resolution = serde_json::to_string(resolution).map_err(damaged)?;
    // A new row, so that `seq` is the order in which they became due. One that is due already keeps its place.
    transaction
        .prepare_cached(
            "DELETE FROM acknowledgement
             WHERE firm = ?1 AND adapter = ?2 AND flow = ?3 AND source_id = ?4 AND (told = 1 OR resolution <> ?5)",
        )
        .and_then(|mut sql| sql.execute([&flow.firm, &flow.adapter, &flow.flow, source_id, &resolution]))
        .map_err(store_error)?;
    transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO acknowledgement (firm, adapter, flow, source_id, resolution, told, changed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)",
        )
        .and_then(|mut sql| {
            sql.execute(params![flow.firm, flow.adapter, flow.flow, source_id, resolution, now])
        })
        .map_err(store_error)?;
    Ok(())
}

/// The source is to be told this in place of what it was told before, if it is one that is told anything.
pub(crate) fn replace(
    transaction: &Transaction<'_>,
    now: i64,
    flow: &FlowKey,
    source_id: &str,
    resolution: &Resolution,
) -> Result<()> {
    let waits = transaction
        .prepare_cached(
            "SELECT 1 FROM acknowledgement WHERE firm = ?1 AND adapter = ?2 AND flow = ?3 AND source_id = ?4",
        )
        .and_then(|mut sql| sql.exists([&flow.firm, &flow.adapter, &flow.flow, source_id]))
        .map_err(store_error)?;
    if waits { set(transaction, now, flow, source_id, resolution) } else { Ok(()) }
}

/// What the source was to be told of this record does not hold any more.
pub(crate) fn withdraw(transaction: &Transaction<'_>, flow: &FlowKey, source_id: &str) -> Result<()> {
    transaction
        .prepare_cached(
            "DELETE FROM acknowledgement WHERE firm = ?1 AND adapter = ?2 AND flow = ?3 AND source_id = ?4",
        )
        .and_then(|mut sql| sql.execute([&flow.firm, &flow.adapter, &flow.flow, source_id]))
        .map_err(store_error)?;
    Ok(())
}

pub(crate) fn due(
    transaction: &Transaction<'_>,
    flow: &FlowKey,
    most: usize,
) -> Result<Vec<Acknowledgement>> {
    let mut sql = transaction
        .prepare_cached(
            "SELECT source_id, resolution FROM acknowledgement
             WHERE firm = ?1 AND adapter = ?2 AND flow = ?3 AND told = 0 ORDER BY seq LIMIT ?4",
        )
        .map_err(store_error)?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut rows = sql.query(params![flow.firm, flow.adapter, flow.flow, most]).map_err(store_error)?;
    let mut due = Vec::new();
    while let Some(row) = rows.next().map_err(store_error)? {
        let resolution: String = row.get(1).map_err(store_error)?;
        let resolution = serde_json::from_str(&resolution).map_err(damaged)?;
        due.push(Acknowledgement { id: row.get(0).map_err(store_error)?, resolution });
    }
    Ok(due)
}

pub(crate) fn told(
    transaction: &Transaction<'_>,
    now: i64,
    lease: &Lease,
    flow: &FlowKey,
    done: &Acknowledgement,
) -> Result<()> {
    if flow.firm != lease.firm {
        return Err(wrong_firm("acknowledged"));
    }
    let resolution = serde_json::to_string(&done.resolution).map_err(damaged)?;
    transaction
        .prepare_cached(
            "UPDATE acknowledgement SET told = 1, changed_at = ?6
             WHERE firm = ?1 AND adapter = ?2 AND flow = ?3 AND source_id = ?4 AND resolution = ?5",
        )
        .and_then(|mut sql| {
            sql.execute(params![flow.firm, flow.adapter, flow.flow, done.id, resolution, now])
        })
        .map_err(store_error)?;
    Ok(())
}
