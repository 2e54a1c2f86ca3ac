//! Dead letters: records that could not be read, mapped or written.

use clio_sync::{DeadLetter, FlowKey, IntentState, Lease, Resolution, Result};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::{
    acknowledgements,
    error::{store_error, wrong_firm},
    intents, ledger, mirror, recovery, rows,
};

/// Whether the flow has any.
pub(crate) fn any(transaction: &Transaction<'_>, flow: &FlowKey) -> Result<bool> {
    transaction
        .prepare_cached("SELECT 1 FROM dead_letter WHERE firm = ?1 AND adapter = ?2 AND flow = ?3")
        .and_then(|mut sql| sql.exists([&flow.firm, &flow.adapter, &flow.flow]))
        .map_err(store_error)
}

/// Answers whether there was one.
pub(crate) fn forget(transaction: &Transaction<'_>, flow: &FlowKey, source_id: &str) -> Result<bool> {
    let forgotten = transaction
        .prepare_cached(
            "DELETE FROM dead_letter WHERE firm = ?1 AND adapter = ?2 AND flow = ?3 AND source_id = ?4",
        )
        .and_then(|mut sql| sql.execute([&flow.firm, &flow.adapter, &flow.flow, source_id]))
        .map_err(store_error)?;
    Ok(forgotten > 0)
}

/// What any flow said against writing the record of this link holds no longer. Answers whether anything was said.
pub(crate) fn forget_of_link(transaction: &Transaction<'_>, link: i64) -> Result<bool> {
    let forgotten = transaction
        .prepare_cached(
            "DELETE FROM dead_letter
             WHERE (firm, adapter, source_id) = (SELECT firm, adapter, source_id FROM link WHERE id = ?1)
               AND flow IN (SELECT flow FROM intent WHERE link = ?1)",
        )
        .and_then(|mut sql| sql.execute([link]))
        .map_err(store_error)?;
    Ok(forgotten > 0)
}

/// Answers whether that is news.
pub(crate) fn put(
    transaction: &Transaction<'_>,
    now: i64,
    flow: &FlowKey,
    source_id: &str,
    reason: &str,
    path: Option<&str>,
) -> Result<bool> {
    let changed = transaction
        .prepare_cached(
            "INSERT INTO dead_letter (firm, adapter, flow, source_id, reason, path, since)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO UPDATE SET reason = excluded.reason, path = excluded.path
                WHERE reason IS NOT excluded.reason OR path IS NOT excluded.path",
        )
        .and_then(|mut sql| {
            sql.execute(params![flow.firm, flow.adapter, flow.flow, source_id, reason, path, now])
        })
        .map_err(store_error)?;
    Ok(changed > 0)
}

pub(crate) fn all(transaction: &Transaction<'_>, firm: &str) -> Result<Vec<DeadLetter>> {
    let mut sql = transaction
        .prepare_cached(
            "SELECT adapter, flow, source_id, reason, path, since FROM dead_letter
             WHERE firm = ?1 ORDER BY seq",
        )
        .map_err(store_error)?;
    let mut rows = sql.query([firm]).map_err(store_error)?;
    let mut letters = Vec::new();
    while let Some(row) = rows.next().map_err(store_error)? {
        let text = |at| row.get::<_, String>(at).map_err(store_error);
        letters.push(DeadLetter {
            flow: FlowKey { firm: firm.to_owned(), adapter: text(0)?, flow: text(1)? },
            source_id: text(2)?,
            reason: text(3)?,
            path: row.get(4).map_err(store_error)?,
            since: rows::time(row.get(5).map_err(store_error)?)?,
        });
    }
    Ok(letters)
}

/// The record is to be processed again. Answers whether its write was planned anew.
pub(crate) fn retry(
    transaction: &Transaction<'_>,
    now: i64,
    lease: &Lease,
    flow: &FlowKey,
    source_id: &str,
) -> Result<bool> {
    if flow.firm != lease.firm {
        return Err(wrong_firm("retry_dead_letter"));
    }
    if !forget(transaction, flow, source_id)? {
        return Ok(false);
    }
    mirror::forget(transaction, flow, source_id)?;
    let Some(key) = rejected(transaction, flow, source_id)? else { return Ok(false) };
    let intent = ledger::by_key(transaction, &lease.firm, &key)?;
    if intent.is_none_or(|intent| intent.write.is_purged()) {
        return Ok(false);
    }
    let doubtful = recovery::doubts_refusal(transaction, &key)?;
    transaction
        .prepare_cached(
            "UPDATE intent SET state = 'PLANNED', attempt = 0, looks = 0, reason = NULL, changed_at = ?2 WHERE key = ?1",
        )
        .and_then(|mut sql| sql.execute(params![key, now]))
        .map_err(store_error)?;
    if let Some(floor) = doubtful {
        recovery::doubt(transaction, &key, floor)?;
    }
    acknowledgements::withdraw(transaction, flow, source_id)?;
    Ok(true)
}

/// The record is left out for good, as it is.
pub(crate) fn discard(
    transaction: &Transaction<'_>,
    now: i64,
    lease: &Lease,
    flow: &FlowKey,
    source_id: &str,
) -> Result<()> {
    if flow.firm != lease.firm {
        return Err(wrong_firm("discard_dead_letter"));
    }
    if !forget(transaction, flow, source_id)? {
        return Ok(());
    }
    if let Some(version) = mirror::version(transaction, flow, source_id)? {
        transaction
            .prepare_cached(
                "INSERT OR REPLACE INTO discarded (firm, adapter, flow, source_id, version) VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .and_then(|mut sql| sql.execute([&flow.firm, &flow.adapter, &flow.flow, source_id, &version]))
            .map_err(store_error)?;
    }
    let Some(key) = rejected(transaction, flow, source_id)? else {
        return acknowledgements::replace(transaction, now, flow, source_id, &put_away());
    };
    let open = intents::find(transaction, lease, &key, &[IntentState::Rejected], "discard_dead_letter")?;
    intents::settle(transaction, now, &key, &open, IntentState::Waived, &put_away())
}

/// What the source of a record is told that a person put away.
pub(crate) fn put_away() -> Resolution {
    Resolution::Skipped { reason: "a person put it away".into() }
}

/// The version of the record that a person put away, if one did.
pub(crate) fn discarded(
    transaction: &Transaction<'_>,
    flow: &FlowKey,
    source_id: &str,
) -> Result<Option<String>> {
    transaction
        .prepare_cached(
            "SELECT version FROM discarded WHERE firm = ?1 AND adapter = ?2 AND flow = ?3 AND source_id = ?4",
        )
        .and_then(|mut sql| {
            sql.query_row([&flow.firm, &flow.adapter, &flow.flow, source_id], |row| row.get(0)).optional()
        })
        .map_err(store_error)
}

/// The record is written after all: what a person decided about an earlier version says nothing any more.
pub(crate) fn forget_discarded(transaction: &Transaction<'_>, flow: &FlowKey, source_id: &str) -> Result<()> {
    transaction
        .prepare_cached(
            "DELETE FROM discarded WHERE firm = ?1 AND adapter = ?2 AND flow = ?3 AND source_id = ?4",
        )
        .and_then(|mut sql| sql.execute([&flow.firm, &flow.adapter, &flow.flow, source_id]))
        .map_err(store_error)?;
    Ok(())
}

/// The key of the record's newest intent, if that was refused.
fn rejected(transaction: &Transaction<'_>, flow: &FlowKey, source_id: &str) -> Result<Option<String>> {
    let newest: Option<(String, String)> = transaction
        .prepare_cached(
            "SELECT key, state FROM intent WHERE firm = ?1 AND adapter = ?2 AND flow = ?3 AND source_id = ?4
             ORDER BY seq DESC LIMIT 1",
        )
        .and_then(|mut sql| {
            sql.query_row([&flow.firm, &flow.adapter, &flow.flow, source_id], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()
        })
        .map_err(store_error)?;
    Ok(newest.filter(|(_, state)| state == IntentState::Rejected.as_str()).map(|(key, _)| key))
}
