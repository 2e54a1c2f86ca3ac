//! What was seen of each source record last, and the copies that a flow keeps.

use clio_sync::{FlowKey, JsonText, Mirrored, Result};
use rusqlite::{CachedStatement, OptionalExtension, Row, Transaction, params};

use crate::error::{damaged, store_error};

/// The number by which rows name this flow, if it has any.
fn number(transaction: &Transaction<'_>, flow: &FlowKey) -> rusqlite::Result<Option<i64>> {
    transaction
        .prepare_cached("SELECT id FROM mirror_flow WHERE firm = ?1 AND adapter = ?2 AND flow = ?3")?
        .query_row([&flow.firm, &flow.adapter, &flow.flow], |row| row.get(0))
        .optional()
}

/// Notes what is seen of the records of one page. A mirror is large: what is the same for all of them is done once.
pub(crate) struct Keeper<'t> {
    insert: CachedStatement<'t>,
    update: CachedStatement<'t>,
}

impl<'t> Keeper<'t> {
    pub(crate) fn new(transaction: &'t Transaction<'t>, now: i64, flow: &FlowKey) -> Result<Self> {
        Self::prepare(transaction, now, flow).map_err(store_error)
    }

    fn prepare(transaction: &'t Transaction<'t>, now: i64, flow: &FlowKey) -> rusqlite::Result<Self> {
        let flow = match number(transaction, flow)? {
            Some(known) => known,
            None => transaction
                .prepare_cached("INSERT INTO mirror_flow (firm, adapter, flow) VALUES (?1, ?2, ?3)")?
                .insert([&flow.firm, &flow.adapter, &flow.flow])?,
        };
        // Not one statement for new and known rows alike: SQLite would keep a journal of each.
        let mut insert = transaction.prepare_cached(
            "INSERT OR IGNORE INTO mirror (flow, seen_at, source_id, version, body) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        let mut update = transaction.prepare_cached(
            "UPDATE mirror SET seen_at = ?2, version = ?4, body = ?5
             WHERE flow = ?1 AND source_id = ?3 AND (version <> ?4 OR (body IS NULL AND ?5 IS NOT NULL))",
        )?;
        for statement in [&mut insert, &mut update] {
            statement.raw_bind_parameter(1, flow)?;
            statement.raw_bind_parameter(2, now)?;
        }
        Ok(Self { insert, update })
    }

    /// Notes the version, and keeps this copy. Answers whether the record was not there before, was of another version, or
    /// lacked a copy; otherwise nothing is written.
    pub(crate) fn keep(&mut self, id: &str, version: &str, body: Option<&JsonText>) -> Result<bool> {
        let body = body.map(JsonText::as_str);
        let write = |statement: &mut CachedStatement<'_>| {
            statement.raw_bind_parameter(3, id)?;
            statement.raw_bind_parameter(4, version)?;
            statement.raw_bind_parameter(5, body)?;
            statement.raw_execute()
        };
        let written = match write(&mut self.insert) {
            Ok(0) => write(&mut self.update),
            other => other,
        };
        Ok(written.map_err(store_error)? > 0)
    }
}

pub(crate) fn after(
    transaction: &Transaction<'_>,
    flow: &FlowKey,
    after: &str,
    most: usize,
) -> Result<Vec<Mirrored>> {
    let Some(flow) = number(transaction, flow).map_err(store_error)? else { return Ok(Vec::new()) };
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut sql = transaction
        .prepare_cached(
            "SELECT source_id, version, body FROM mirror
             WHERE flow = ?1 AND source_id > ?2 AND body IS NOT NULL ORDER BY source_id LIMIT ?3",
        )
        .map_err(store_error)?;
    let rows = sql.query_map(params![flow, after, most], columns).map_err(store_error)?;
    rows.map(|row| mirrored(row.map_err(store_error)?)).collect()
}

pub(crate) fn one(transaction: &Transaction<'_>, flow: &FlowKey, id: &str) -> Result<Option<Mirrored>> {
    let Some(flow) = number(transaction, flow).map_err(store_error)? else { return Ok(None) };
    let row = transaction
        .prepare_cached(
            "SELECT source_id, version, body FROM mirror
             WHERE flow = ?1 AND source_id = ?2 AND body IS NOT NULL",
        )
        .and_then(|mut sql| sql.query_row(params![flow, id], columns).optional())
        .map_err(store_error)?;
    row.map(mirrored).transpose()
}

/// The version that was seen of a record.
pub(crate) fn version(transaction: &Transaction<'_>, flow: &FlowKey, id: &str) -> Result<Option<String>> {
    let Some(flow) = number(transaction, flow).map_err(store_error)? else { return Ok(None) };
    transaction
        .prepare_cached("SELECT version FROM mirror WHERE flow = ?1 AND source_id = ?2")
        .and_then(|mut sql| sql.query_row(params![flow, id], |row| row.get(0)).optional())
        .map_err(store_error)
}

/// The record counts as never seen.
pub(crate) fn forget(transaction: &Transaction<'_>, flow: &FlowKey, id: &str) -> Result<()> {
    let Some(flow) = number(transaction, flow).map_err(store_error)? else { return Ok(()) };
    transaction
        .prepare_cached("DELETE FROM mirror WHERE flow = ?1 AND source_id = ?2")
        .and_then(|mut sql| sql.execute(params![flow, id]))
        .map_err(store_error)?;
    Ok(())
}

type Columns = (String, String, String);

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

fn mirrored((id, version, body): Columns) -> Result<Mirrored> {
    Ok(Mirrored { id, version, body: JsonText::try_from(body).map_err(damaged)? })
}
