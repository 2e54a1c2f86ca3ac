//! The ledger of writes: how an intent goes from one state to the next.

use std::time::Duration;

use clio_core::Etag;
use clio_sync::{
    BeginSend, Confirmation, Confirmed, Conflict, Content, Effect, FlowKey, IntentState, Lease, Rebase,
    Resolution, Result, Waiver, Write,
};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::{
    acknowledgements,
    error::{damaged, store_error, wrong_state},
    letters,
    rows::millis,
};

pub(crate) fn audited(transaction: &Transaction<'_>, lease: &Lease, keys: &[String]) -> Result<()> {
    for key in keys {
        let known = transaction
            .prepare_cached("UPDATE intent SET audit_at = NULL WHERE key = ?1 AND firm = ?2")
            .and_then(|mut sql| sql.execute([key, &lease.firm]))
            .map_err(store_error)?;
        if known != 1 {
            return Err(wrong_state("audited"));
        }
    }
    Ok(())
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

/// What may still be left undone, or to a person.
const UNSETTLED: &[IntentState] = &[IntentState::Planned, IntentState::Sending, IntentState::Uncertain];

/// An intent on its way, with what is needed to settle it.
pub(crate) struct Open {
    pub(crate) link: i64,
    pub(crate) flow: FlowKey,
    pub(crate) source_id: String,
    pub(crate) target_kind: String,
    pub(crate) effect: String,
    pub(crate) acknowledge: bool,
}

/// The intent of the lease's firm, provided that it is in one of these states.
pub(crate) fn find(
    transaction: &Transaction<'_>,
    lease: &Lease,
    key: &str,
    states: &[IntentState],
    verb: &str,
) -> Result<Open> {
    transaction
        .prepare_cached(
            "SELECT link, firm, adapter, flow, source_id, target_kind, acknowledge, state, effect FROM intent
             WHERE key = ?1 AND firm = ?2",
        )
        .and_then(|mut sql| {
            sql.query_row([key, &lease.firm], |row| {
                let flow = FlowKey { firm: row.get(1)?, adapter: row.get(2)?, flow: row.get(3)? };
                let (source_id, target_kind) = (row.get(4)?, row.get(5)?);
                let (effect, acknowledge) = (row.get(8)?, row.get(6)?);
                let open = Open { link: row.get(0)?, flow, source_id, target_kind, effect, acknowledge };
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
pub(crate) fn settle(
    transaction: &Transaction<'_>,
    now: i64,
    key: &str,
    open: &Open,
    state: IntentState,
    resolution: &Resolution,
) -> Result<()> {
    let (remote_id, reason) = match resolution {
        Resolution::Written { remote_id } => (Some(remote_id), None),
        Resolution::Rejected { reason } | Resolution::Parked { reason } | Resolution::Skipped { reason } => {
            (None, Some(reason))
        }
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
    if !attach(transaction, &open, &one.key, &one.remote_id, one.etag.as_ref())? {
        return Ok(Confirmed::Taken);
    }
    for field in &one.lossy {
        transaction
            .prepare_cached("INSERT OR IGNORE INTO lossy (firm, target_kind, field) VALUES (?1, ?2, ?3)")
            .and_then(|mut sql| sql.execute([&open.flow.firm, &open.target_kind, field]))
            .map_err(store_error)?;
    }
    if let Some(after) = one.audit_after {
        transaction
            .prepare_cached("UPDATE intent SET audit_at = ?2 WHERE key = ?1")
            .and_then(|mut sql| sql.execute(params![one.key, now + millis(after)]))
            .map_err(store_error)?;
    }
    look_as_far_back(transaction, &one.key, &open)?;
    let resolution = done(transaction, &open, &one.key, &one.remote_id)?;
    settle(transaction, now, &one.key, &open, IntentState::Confirmed, &resolution)?;
    // What was once said against the record holds no longer: it stands there.
    letters::forget_of_link(transaction, open.link)?;
    overtake(transaction, now, &one.key, open.link)?;
    Ok(Confirmed::Linked)
}

/// A look may have given it the record of an equal write that is still open. That one has to be able to see what this one
/// left, so that its looks reach back as far.
fn look_as_far_back(transaction: &Transaction<'_>, key: &str, open: &Open) -> Result<()> {
    transaction
        .prepare_cached(
            "UPDATE intent SET floor = (SELECT floor FROM intent WHERE key = ?1)
             WHERE firm = ?2 AND target_kind = ?3 AND state IN ('SENDING', 'UNCERTAIN')
               AND floor > (SELECT floor FROM intent WHERE key = ?1 AND state = 'UNCERTAIN')",
        )
        .and_then(|mut sql| sql.execute([key, &open.flow.firm, &open.target_kind]))
        .map_err(store_error)?;
    Ok(())
}

/// Whatever older state of the record is still on its way would undo the one that stands there now, and nobody needs to
/// decide about it any more.
fn overtake(transaction: &Transaction<'_>, now: i64, key: &str, link: i64) -> Result<()> {
    transaction
        .prepare_cached(
            "UPDATE intent SET state = 'WAIVED', reason = 'a newer state stands there', not_before = NULL, changed_at = ?3
             WHERE link = ?1 AND state IN ('PLANNED', 'SENDING', 'UNCERTAIN', 'PARKED')
               AND seq < (SELECT seq FROM intent WHERE key = ?2)",
        )
        .and_then(|mut sql| sql.execute(params![link, key, now]))
        .map_err(store_error)?;
    Ok(())
}

/// What the source is told of a write that is done. What was deleted does not stand there: it is told why.
pub(crate) fn done(
    transaction: &Transaction<'_>,
    open: &Open,
    key: &str,
    remote_id: &str,
) -> Result<Resolution> {
    if open.effect == Effect::Delete.as_str() {
        return Ok(Resolution::Skipped { reason: write(transaction, key)?.label });
    }
    Ok(Resolution::Written { remote_id: remote_id.to_owned() })
}

fn write(transaction: &Transaction<'_>, key: &str) -> Result<Write> {
    let write: String = transaction
        .prepare_cached("SELECT write FROM intent WHERE key = ?1")
        .and_then(|mut sql| sql.query_row([key], |row| row.get(0)))
        .map_err(store_error)?;
    serde_json::from_str(&write).map_err(damaged)
}

/// Links the record to the remote one that the intent wrote, or ends the link that it deleted. Answers whether it could:
/// not if another record is linked there.
pub(crate) fn attach(
    transaction: &Transaction<'_>,
    open: &Open,
    key: &str,
    remote_id: &str,
    etag: Option<&Etag>,
) -> Result<bool> {
    if open.effect == Effect::Delete.as_str() {
        end_link(transaction, open.link, "ours")?;
        return Ok(true);
    }
    let owner: Option<i64> = transaction
        .prepare_cached("SELECT id FROM link WHERE firm = ?1 AND target_kind = ?2 AND remote_id = ?3")
        .and_then(|mut sql| {
            sql.query_row([&open.flow.firm, &open.target_kind, remote_id], |row| row.get(0)).optional()
        })
        .map_err(store_error)?;
    if owner.is_some_and(|owner| owner != open.link) {
        return Ok(false);
    }
    let written = serde_json::to_string(&write(transaction, key)?.content).map_err(damaged)?;
    transaction
        .prepare_cached(
            "UPDATE link SET remote_id = ?2, etag = ?3, written = ?4, missed = 0, tombstone = NULL WHERE id = ?1",
        )
        .and_then(|mut sql| sql.execute(params![open.link, remote_id, etag.map(Etag::as_str), written]))
        .map_err(store_error)?;
    Ok(true)
}

/// The record that is linked does not exist any more, by our doing or by that of others.
pub(crate) fn end_link(transaction: &Transaction<'_>, link: i64, whose: &str) -> Result<()> {
    transaction
        .prepare_cached(
            "UPDATE link SET tombstone = ?2, etag = NULL, written = NULL, missed = 0 WHERE id = ?1",
        )
        .and_then(|mut sql| sql.execute(params![link, whose]))
        .map_err(store_error)?;
    Ok(())
}

pub(crate) fn waive(transaction: &Transaction<'_>, now: i64, lease: &Lease, waiver: &Waiver) -> Result<()> {
    let open = find(transaction, lease, &waiver.key, UNSETTLED, "waive")?;
    let resolution = Resolution::Skipped { reason: waiver.reason.clone() };
    settle(transaction, now, &waiver.key, &open, IntentState::Waived, &resolution)?;
    if let Some((content, etag)) = &waiver.theirs {
        know(transaction, open.link, etag.as_ref(), Some(content))?;
    }
    if !waiver.gone {
        return Ok(());
    }
    end_link(transaction, open.link, "theirs")?;
    transaction
        .prepare_cached(
            "UPDATE intent SET state = 'WAIVED', reason = ?2, changed_at = ?3 WHERE link = ?1 AND state = 'PLANNED'",
        )
        .and_then(|mut sql| sql.execute(params![open.link, waiver.reason, now]))
        .map_err(store_error)?;
    Ok(())
}

/// The linked record has this version by now and, if these are given, these values in the fields of ours.
pub(crate) fn know(
    transaction: &Transaction<'_>,
    link: i64,
    etag: Option<&Etag>,
    written: Option<&Content>,
) -> Result<()> {
    let written = written.map(serde_json::to_string).transpose().map_err(damaged)?;
    transaction
        .prepare_cached("UPDATE link SET etag = ?2, written = coalesce(?3, written) WHERE id = ?1")
        .and_then(|mut sql| sql.execute(params![link, etag.map(Etag::as_str), written]))
        .map_err(store_error)?;
    Ok(())
}

pub(crate) fn rebase(transaction: &Transaction<'_>, now: i64, lease: &Lease, rebase: &Rebase) -> Result<()> {
    let open = find(transaction, lease, &rebase.key, OPEN, "rebase")?;
    know(transaction, open.link, rebase.etag.as_ref(), rebase.written.as_ref())?;
    replan(transaction, now, lease, std::slice::from_ref(&rebase.key))
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
    letters::put(transaction, now, &open.flow, &open.source_id, reason, None).map(drop)
}

pub(crate) fn park(
    transaction: &Transaction<'_>,
    now: i64,
    lease: &Lease,
    key: &str,
    reason: &str,
    conflict: Option<&Conflict>,
) -> Result<()> {
    let open = find(transaction, lease, key, UNSETTLED, "park")?;
    let resolution = Resolution::Parked { reason: reason.to_owned() };
    settle(transaction, now, key, &open, IntentState::Parked, &resolution)?;
    let conflict = conflict.map(serde_json::to_string).transpose().map_err(damaged)?;
    transaction
        .prepare_cached("UPDATE intent SET conflict = ?2 WHERE key = ?1")
        .and_then(|mut sql| sql.execute(params![key, conflict]))
        .map_err(store_error)?;
    Ok(())
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
