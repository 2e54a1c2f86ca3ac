//! Reading the ledger of writes.

use std::collections::{BTreeSet, HashSet};

use clio_sync::{FlowKey, Intent, IntentState, Result};
use rusqlite::{Params, Transaction, params};

use crate::{
    error::store_error,
    rows::{INTENT, intent},
};

fn read(transaction: &Transaction<'_>, rest: &str, params: impl Params) -> Result<Vec<Intent>> {
    let mut sql = transaction.prepare_cached(&format!("{INTENT} {rest}")).map_err(store_error)?;
    let mut rows = sql.query(params).map_err(store_error)?;
    let mut intents = Vec::new();
    while let Some(row) = rows.next().map_err(store_error)? {
        intents.push(intent(row)?);
    }
    Ok(intents)
}

/// The words of the index `intent_open`: without them SQLite does not see that it may use it, and reads the whole ledger.
const INDEXED: &str = "state IN ('PLANNED', 'SENDING', 'UNCERTAIN')";

pub(crate) fn due(
    transaction: &Transaction<'_>,
    flow: &FlowKey,
    target: &str,
    most: usize,
) -> Result<Vec<Intent>> {
    read(
        transaction,
        &format!(
            "WHERE {INDEXED} AND intent.firm = ?1 AND intent.target_kind = ?2 AND state = 'PLANNED'
               AND intent.adapter = ?3 AND flow = ?4
               AND NOT EXISTS (SELECT 1 FROM intent AS older
                               WHERE older.link = intent.link AND older.seq < intent.seq
                                 AND older.state IN ('PLANNED', 'SENDING', 'UNCERTAIN', 'PARKED'))
             ORDER BY seq LIMIT ?5"
        ),
        params![flow.firm, target, flow.adapter, flow.flow, i64::try_from(most).unwrap_or(i64::MAX)],
    )
}

pub(crate) fn open(transaction: &Transaction<'_>, firm: &str, target: &str) -> Result<Vec<Intent>> {
    read(
        transaction,
        &format!(
            "WHERE {INDEXED} AND intent.firm = ?1 AND intent.target_kind = ?2 AND state IN ('SENDING', 'UNCERTAIN')
             ORDER BY seq"
        ),
        params![firm, target],
    )
}

pub(crate) fn in_state(transaction: &Transaction<'_>, firm: &str, state: IntentState) -> Result<Vec<Intent>> {
    read(transaction, "WHERE intent.firm = ?1 AND state = ?2 ORDER BY seq", params![firm, state.as_str()])
}

/// The intent with this key, whatever its state.
pub(crate) fn by_key(transaction: &Transaction<'_>, firm: &str, key: &str) -> Result<Option<Intent>> {
    Ok(read(transaction, "WHERE intent.firm = ?1 AND key = ?2", [firm, key])?.pop())
}

/// Those whose audit is due.
pub(crate) fn due_audits(
    transaction: &Transaction<'_>,
    now: i64,
    flow: &FlowKey,
    target: &str,
) -> Result<Vec<Intent>> {
    read(
        transaction,
        "WHERE intent.firm = ?1 AND intent.target_kind = ?2 AND intent.adapter = ?3 AND flow = ?4
           AND audit_at <= ?5 AND state = 'CONFIRMED' ORDER BY seq",
        params![flow.firm, target, flow.adapter, flow.flow, now],
    )
}

pub(crate) fn linked(
    transaction: &Transaction<'_>,
    firm: &str,
    target: &str,
    ids: Vec<String>,
) -> Result<HashSet<String>> {
    let mut sql = transaction
        .prepare_cached("SELECT 1 FROM link WHERE firm = ?1 AND target_kind = ?2 AND remote_id = ?3")
        .map_err(store_error)?;
    let mut linked = HashSet::new();
    for id in ids {
        if sql.exists([firm, target, &id]).map_err(store_error)? {
            linked.insert(id);
        }
    }
    Ok(linked)
}

pub(crate) fn lossy(transaction: &Transaction<'_>, firm: &str, target: &str) -> Result<BTreeSet<String>> {
    let mut sql = transaction
        .prepare_cached("SELECT field FROM lossy WHERE firm = ?1 AND target_kind = ?2")
        .map_err(store_error)?;
    let fields = sql.query_map([firm, target], |row| row.get(0)).map_err(store_error)?;
    fields.collect::<std::result::Result<_, _>>().map_err(store_error)
}
