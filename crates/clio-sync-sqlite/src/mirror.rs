//! The copies of records that a flow keeps.

use clio_sync::{FlowKey, JsonText, Mirrored, Result};
use rusqlite::{CachedStatement, OptionalExtension, Row, Transaction, params};

use crate::error::{damaged, store_error};

/// Keeps the copies of one page. A mirror is large: what is the same for all of them is done once.
pub(crate) struct Keeper<'t> {
    transaction: &'t Transaction<'t>,
    now: i64,
    flow: &'t FlowKey,
    first_seen: CachedStatement<'t>,
    text: CachedStatement<'t>,
    /// The id of the next text.
    next: i64,
}

impl<'t> Keeper<'t> {
    pub(crate) fn new(transaction: &'t Transaction<'t>, now: i64, flow: &'t FlowKey) -> Result<Self> {
        Self::prepare(transaction, now, flow).map_err(store_error)
    }

    fn prepare(transaction: &'t Transaction<'t>, now: i64, flow: &'t FlowKey) -> rusqlite::Result<Self> {
        let next = transaction
            .prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM mirror_text")?
            .query_row([], |row| row.get(0))?;
        // Not one statement for new and known rows alike: SQLite would keep a journal of each.
        let mut first_seen = transaction.prepare_cached(
            "INSERT OR IGNORE INTO mirror (firm, adapter, flow, seen_at, source_id, version, text)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        first_seen.raw_bind_parameter(1, &flow.firm)?;
        first_seen.raw_bind_parameter(2, &flow.adapter)?;
        first_seen.raw_bind_parameter(3, &flow.flow)?;
        first_seen.raw_bind_parameter(4, now)?;
        let text = transaction.prepare_cached("INSERT INTO mirror_text (id, body) VALUES (?1, ?2)")?;
        Ok(Self { transaction, now, flow, first_seen, text, next })
    }

    /// Keeps this copy. Answers whether it was not there before, or of another version; otherwise nothing is written.
    pub(crate) fn keep(&mut self, id: &str, version: &str, body: &JsonText) -> Result<bool> {
        self.write(id, version, body.as_str()).map_err(store_error)
    }

    fn write(&mut self, id: &str, version: &str, body: &str) -> rusqlite::Result<bool> {
        self.first_seen.raw_bind_parameter(5, id)?;
        self.first_seen.raw_bind_parameter(6, version)?;
        self.first_seen.raw_bind_parameter(7, self.next)?;
        if self.first_seen.raw_execute()? == 0 && !self.replace(id, version)? {
            return Ok(false);
        }
        self.text.raw_bind_parameter(1, self.next)?;
        self.text.raw_bind_parameter(2, body)?;
        self.text.raw_execute()?;
        self.next += 1;
        Ok(true)
    }

    /// The record is known. Answers whether it is of another version, or without a copy. A trigger takes the old copy away.
    fn replace(&self, id: &str, version: &str) -> rusqlite::Result<bool> {
        let FlowKey { firm, adapter, flow } = self.flow;
        let mut known = self.transaction.prepare_cached(
            "SELECT version = ?5 AND text IS NOT NULL FROM mirror
             WHERE firm = ?1 AND adapter = ?2 AND flow = ?3 AND source_id = ?4",
        )?;
        if known.query_row(params![firm, adapter, flow, id, version], |row| row.get(0))? {
            return Ok(false);
        }
        let mut replace = self.transaction.prepare_cached(
            "UPDATE mirror SET version = ?5, seen_at = ?6, text = ?7
             WHERE firm = ?1 AND adapter = ?2 AND flow = ?3 AND source_id = ?4",
        )?;
        replace.execute(params![firm, adapter, flow, id, version, self.now, self.next])?;
        Ok(true)
    }
}

pub(crate) fn after(
    transaction: &Transaction<'_>,
    flow: &FlowKey,
    after: &str,
    most: usize,
) -> Result<Vec<Mirrored>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut sql = transaction
        .prepare_cached(
            "SELECT source_id, version, body FROM mirror JOIN mirror_text ON mirror_text.id = mirror.text
             WHERE firm = ?1 AND adapter = ?2 AND flow = ?3 AND source_id > ?4
             ORDER BY source_id LIMIT ?5",
        )
        .map_err(store_error)?;
    let rows = sql
        .query_map(params![flow.firm, flow.adapter, flow.flow, after, most], columns)
        .map_err(store_error)?;
    rows.map(|row| mirrored(row.map_err(store_error)?)).collect()
}

pub(crate) fn one(transaction: &Transaction<'_>, flow: &FlowKey, id: &str) -> Result<Option<Mirrored>> {
    let row = transaction
        .prepare_cached(
            "SELECT source_id, version, body FROM mirror JOIN mirror_text ON mirror_text.id = mirror.text
             WHERE firm = ?1 AND adapter = ?2 AND flow = ?3 AND source_id = ?4",
        )
        .and_then(|mut sql| sql.query_row([&flow.firm, &flow.adapter, &flow.flow, id], columns).optional())
        .map_err(store_error)?;
    row.map(mirrored).transpose()
}

type Columns = (String, String, String);

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

fn mirrored((id, version, body): Columns) -> Result<Mirrored> {
    Ok(Mirrored { id, version, body: JsonText::try_from(body).map_err(damaged)? })
}
