//! Adding intents to the ledger.

use clio_sync::{Effect, FlowKey, Result, Write, fingerprint};
use rusqlite::{Transaction, params};

use crate::error::{damaged, store_error};

/// What stands in place of the hash of what is to be written.
pub(crate) const DELETED: &str = "deleted";

/// The generation is a counter, never a hash of the content: A, then B, then A again has to be written three times.
pub(crate) fn raise(transaction: &Transaction<'_>, link: i64, generation: u32, hash: &str) -> Result<()> {
    transaction
        .prepare_cached("UPDATE link SET generation = ?2, planned_hash = ?3 WHERE id = ?1")
        .and_then(|mut sql| sql.execute(params![link, generation, hash]))
        .map_err(store_error)?;
    Ok(())
}

/// Adds an intent of the link's generation. Answers its key.
pub(crate) fn plan(
    transaction: &Transaction<'_>,
    now: i64,
    flow: &FlowKey,
    link: i64,
    effect: Effect,
    write: &Write,
    acknowledge: bool,
) -> Result<String> {
    let (source, source_id, target, generation): (String, String, String, u32) = transaction
        .prepare_cached("SELECT source_kind, source_id, target_kind, generation FROM link WHERE id = ?1")
        .and_then(|mut sql| {
            sql.query_row([link], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        })
        .map_err(store_error)?;
    let FlowKey { firm, adapter, flow } = flow;
    let number = generation.to_string();
    let parts = [adapter, firm, &source, &source_id, &target, effect.as_str(), &number];
    let key = fingerprint(parts);
    let write = serde_json::to_string(write).map_err(damaged)?;
    transaction
        .prepare_cached(
            "INSERT INTO intent (key, link, firm, adapter, flow, source_id, target_kind, effect, generation, write,
                                 state, acknowledge, planned_at, changed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'PLANNED', ?11, ?12, ?12)",
        )
        .and_then(|mut sql| {
            sql.execute(params![
                key,
                link,
                firm,
                adapter,
                flow,
                source_id,
                target,
                effect.as_str(),
                generation,
                write,
                acknowledge,
                now
            ])
        })
        .map_err(store_error)?;
    Ok(key)
}

/// Plans that the record at the target goes. What was planned before and never sent is not sent any more.
pub(crate) fn plan_deletion(
    transaction: &Transaction<'_>,
    now: i64,
    flow: &FlowKey,
    link: i64,
    acknowledge: bool,
    reason: &str,
) -> Result<()> {
    transaction
        .prepare_cached(
            "UPDATE intent SET state = 'WAIVED', reason = ?2, changed_at = ?3
             WHERE link = ?1 AND state = 'PLANNED' AND attempt = 0 AND flow = ?4",
        )
        .and_then(|mut sql| sql.execute(params![link, reason, now, flow.flow]))
        .map_err(store_error)?;
    let generation: u32 = transaction
        .prepare_cached("SELECT generation FROM link WHERE id = ?1")
        .and_then(|mut sql| sql.query_row([link], |row| row.get(0)))
        .map_err(store_error)?;
    raise(transaction, link, generation + 1, DELETED)?;
    let nothing = Write {
        payload: String::new(),
        content: std::collections::BTreeMap::new(),
        label: reason.to_owned(),
    };
    plan(transaction, now, flow, link, Effect::Delete, &nothing, acknowledge).map(drop)
}
