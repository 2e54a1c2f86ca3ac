//! The ledger of writes.

use std::{
    collections::{BTreeSet, HashSet},
    time::Duration,
};

use clio_sync::{
    BeginSend, Confirmation, Confirmed, FlowKey, Intent, IntentState, Lease, Resolution, Result,
};
use rusqlite::{OptionalExtension, Params, Transaction, params};

use crate::{
    acknowledgements,
    error::{store_error, wrong_state},
    pages,
    rows::{INTENT, intent, millis},
};

fn read(transaction: &Transaction<'_>, rest: &str, params: impl Params) -> Result<Vec<Intent>> {
    let mut sql =
        transaction.prepare_cached(&format!("SELECT {INTENT} FROM intent {rest}")).map_err(store_error)?;
    let mut rows = sql.query(params).map_err(store_error)?;
    let mut intents = Vec::new();
    while let Some(row) = rows.next().map_err(store_error)? {
        intents.push(intent(row)?);
    }
    Ok(intents)
}

pub(crate) fn due(
    transaction: &Transaction<'_>,
    flow: &FlowKey,
    target: &str,
    most: usize,
) -> Result<Vec<Intent>> {
    read(
        transaction,
        "WHERE firm = ?1 AND target_kind = ?2 AND state = 'PLANNED' AND adapter = ?3 AND flow = ?4
           AND NOT EXISTS (SELECT 1 FROM intent AS older
                           WHERE older.link = intent.link AND older.seq < intent.seq
                             AND older.state IN ('PLANNED', 'SENDING', 'UNCERTAIN'))
         ORDER BY seq LIMIT ?5",
        params![flow.firm, target, flow.adapter, flow.flow, i64::try_from(most).unwrap_or(i64::MAX)],
    )
}

pub(crate) fn open(transaction: &Transaction<'_>, firm: &str, target: &str) -> Result<Vec<Intent>> {
    read(
        transaction,
        "WHERE firm = ?1 AND target_kind = ?2 AND state IN ('SENDING', 'UNCERTAIN') ORDER BY seq",
        params![firm, target],
    )
}

pub(crate) fn in_state(transaction: &Transaction<'_>, firm: &str, state: IntentState) -> Result<Vec<Intent>> {
    read(transaction, "WHERE firm = ?1 AND state = ?2 ORDER BY seq", params![firm, state.as_str()])
}

pub(crate) fn begin_send(
    transaction: &Transaction<'_>,
    now: i64,
    lease: &Lease,
    keys: &[String],
    begin: &BeginSend,
) -> Result<()> {
    for key in keys {
        let sent = transaction
            .prepare_cached(
                "UPDATE intent SET state = 'SENDING', attempt = attempt + 1, looks = 0, epoch = ?2, send_by = ?3,
                                   not_before = NULL, floor = coalesce(floor, ?4), changed_at = ?5
                 WHERE key = ?1 AND firm = ?6 AND state = 'PLANNED'",
            )
            .and_then(|mut sql| {
                let floor = begin.floor.map(|floor| floor.timestamp_millis());
                sql.execute(params![key, lease.epoch, now + millis(begin.within), floor, now, lease.firm])
            })
            .map_err(store_error)?;
        if sent != 1 {
            return Err(wrong_state("begin_send"));
        }
        transaction
            .prepare_cached(
                "INSERT INTO attempt (intent, number, epoch, began_at)
                 SELECT seq, attempt, epoch, ?2 FROM intent WHERE key = ?1",
            )
            .and_then(|mut sql| sql.execute(params![key, now]))
            .map_err(store_error)?;
    }
    Ok(())
}

/// Notes how the newest attempt ended.
fn end_attempt(transaction: &Transaction<'_>, now: i64, key: &str, outcome: &str) -> Result<()> {
    transaction
        .prepare_cached(
            "UPDATE attempt SET ended_at = ?2, outcome = ?3
             WHERE ended_at IS NULL AND intent = (SELECT seq FROM intent WHERE key = ?1)",
        )
        .and_then(|mut sql| sql.execute(params![key, now, outcome]))
        .map_err(store_error)?;
    Ok(())
}

pub(crate) fn abort_send(
    transaction: &Transaction<'_>,
    now: i64,
    lease: &Lease,
    keys: &[String],
) -> Result<()> {
    for key in keys {
        let changed = transaction
            .prepare_cached(
                "UPDATE intent SET state = 'PLANNED', attempt = attempt - 1, send_by = NULL, changed_at = ?2
                 WHERE key = ?1 AND firm = ?3 AND state = 'SENDING'",
            )
            .and_then(|mut sql| sql.execute(params![key, now, lease.firm]))
            .map_err(store_error)?;
        if changed != 1 {
            return Err(wrong_state("abort_send"));
        }
        end_attempt(transaction, now, key, "not sent")?;
    }
    Ok(())
}

/// From where a verb may lead on.
const OPEN: &[IntentState] = &[IntentState::Sending, IntentState::Uncertain];

/// An intent on its way, with what is needed to settle it.
struct Open {
    link: i64,
    flow: FlowKey,
    source_id: String,
    target_kind: String,
    acknowledge: bool,
}

/// The intent of the lease's firm, provided that it is in one of these states.
fn find(
    transaction: &Transaction<'_>,
    lease: &Lease,
    key: &str,
    states: &[IntentState],
    verb: &str,
) -> Result<Open> {
    transaction
        .prepare_cached(
            "SELECT link, firm, adapter, flow, source_id, target_kind, acknowledge, state FROM intent
             WHERE key = ?1 AND firm = ?2",
        )
        .and_then(|mut sql| {
            sql.query_row([key, &lease.firm], |row| {
                let flow = FlowKey { firm: row.get(1)?, adapter: row.get(2)?, flow: row.get(3)? };
                let (source_id, target_kind) = (row.get(4)?, row.get(5)?);
                let open = Open { link: row.get(0)?, flow, source_id, target_kind, acknowledge: row.get(6)? };
                Ok((open, row.get::<_, String>(7)?))
            })
            .optional()
        })
        .map_err(store_error)?
        .filter(|(_, state)| states.iter().any(|allowed| allowed.as_str() == state))
        .map(|(open, _)| open)
        .ok_or_else(|| wrong_state(verb))
}

/// Ends an intent, and has its source told.
fn settle(
    transaction: &Transaction<'_>,
    now: i64,
    key: &str,
    open: &Open,
    state: IntentState,
    resolution: &Resolution,
) -> Result<()> {
    let (remote_id, reason) = match resolution {
        Resolution::Written { remote_id } => (Some(remote_id), None),
        Resolution::Rejected { reason } | Resolution::Parked { reason } => (None, Some(reason)),
        _ => (None, None),
    };
    transaction
        .prepare_cached(
            "UPDATE intent SET state = ?2, remote_id = ?3, reason = ?4, not_before = NULL, changed_at = ?5
             WHERE key = ?1",
        )
        .and_then(|mut sql| sql.execute(params![key, state.as_str(), remote_id, reason, now]))
        .map_err(store_error)?;
    end_attempt(transaction, now, key, state.as_str())?;
    if open.acknowledge {
        acknowledgements::set(transaction, now, &open.flow, &open.source_id, resolution)?;
    }
    Ok(())
}

pub(crate) fn confirm(
    transaction: &Transaction<'_>,
    now: i64,
    lease: &Lease,
    one: &Confirmation,
) -> Result<Confirmed> {
    let open = find(transaction, lease, &one.key, OPEN, "confirm")?;
    let owner: Option<i64> = transaction
        .prepare_cached("SELECT id FROM link WHERE firm = ?1 AND target_kind = ?2 AND remote_id = ?3")
        .and_then(|mut sql| {
            sql.query_row([&open.flow.firm, &open.target_kind, &one.remote_id], |row| row.get(0)).optional()
        })
        .map_err(store_error)?;
    if owner.is_some_and(|owner| owner != open.link) {
        return Ok(Confirmed::Taken);
    }
    transaction
        .prepare_cached("UPDATE link SET remote_id = ?2, etag = ?3 WHERE id = ?1")
        .and_then(|mut sql| {
            sql.execute(params![open.link, one.remote_id, one.etag.as_ref().map(clio_core::Etag::as_str)])
        })
        .map_err(store_error)?;
    for field in &one.lossy {
        transaction
            .prepare_cached("INSERT OR IGNORE INTO lossy (firm, target_kind, field) VALUES (?1, ?2, ?3)")
            .and_then(|mut sql| sql.execute([&open.flow.firm, &open.target_kind, field]))
            .map_err(store_error)?;
    }
    let resolution = Resolution::Written { remote_id: one.remote_id.clone() };
    settle(transaction, now, &one.key, &open, IntentState::Confirmed, &resolution)?;
    // What was once said against the record holds no longer: it stands there.
    pages::forget_dead_letter(transaction, &open.flow, &open.source_id)?;
    Ok(Confirmed::Linked)
}

pub(crate) fn reject(
    transaction: &Transaction<'_>,
    now: i64,
    lease: &Lease,
    key: &str,
    reason: &str,
) -> Result<()> {
    // Not from UNCERTAIN: a refusal says nothing about what an earlier attempt did.
    let open = find(transaction, lease, key, &[IntentState::Sending], "reject")?;
    let resolution = Resolution::Rejected { reason: reason.to_owned() };
    settle(transaction, now, key, &open, IntentState::Rejected, &resolution)?;
    pages::put_dead_letter(transaction, now, &open.flow, &open.source_id, reason, None).map(drop)
}

pub(crate) fn park(
    transaction: &Transaction<'_>,
    now: i64,
    lease: &Lease,
    key: &str,
    reason: &str,
) -> Result<()> {
    let open = find(transaction, lease, key, OPEN, "park")?;
    let resolution = Resolution::Parked { reason: reason.to_owned() };
    settle(transaction, now, key, &open, IntentState::Parked, &resolution)
}

pub(crate) fn mark_uncertain(
    transaction: &Transaction<'_>,
    now: i64,
    lease: &Lease,
    keys: &[String],
    wait: Duration,
    reason: &str,
) -> Result<()> {
    for key in keys {
        find(transaction, lease, key, OPEN, "mark_uncertain")?;
        transaction
            .prepare_cached(
                "UPDATE intent SET state = 'UNCERTAIN', looks = 0, not_before = ?2, reason = ?3, changed_at = ?4
                 WHERE key = ?1",
            )
            .and_then(|mut sql| sql.execute(params![key, now + millis(wait), reason, now]))
            .map_err(store_error)?;
        end_attempt(transaction, now, key, reason)?;
    }
    Ok(())
}

pub(crate) fn look_again(
    transaction: &Transaction<'_>,
    now: i64,
    lease: &Lease,
    keys: &[String],
    wait: Duration,
) -> Result<()> {
    for key in keys {
        // Not from SENDING: its answer may still come, so that a look would prove nothing.
        find(transaction, lease, key, &[IntentState::Uncertain], "look_again")?;
        transaction
            .prepare_cached(
                "UPDATE intent SET looks = looks + 1, not_before = ?2, changed_at = ?3 WHERE key = ?1",
            )
            .and_then(|mut sql| sql.execute(params![key, now + millis(wait), now]))
            .map_err(store_error)?;
    }
    Ok(())
}

pub(crate) fn replan(transaction: &Transaction<'_>, now: i64, lease: &Lease, keys: &[String]) -> Result<()> {
    for key in keys {
        find(transaction, lease, key, OPEN, "replan")?;
        transaction
            .prepare_cached(
                "UPDATE intent SET state = 'PLANNED', send_by = NULL, not_before = NULL, changed_at = ?2
                 WHERE key = ?1",
            )
            .and_then(|mut sql| sql.execute(params![key, now]))
            .map_err(store_error)?;
        end_attempt(transaction, now, key, "to be sent again")?;
    }
    Ok(())
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
