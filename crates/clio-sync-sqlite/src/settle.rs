//! What a person decides about a write, and what they are shown of it.

use clio_sync::{Attempt, Conflict, IntentState, Lease, LinkKey, Linked, Resolution, Result, Verdict};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::{
    acknowledgements,
    error::{store_error, wrong_state},
    intents, ledger, letters,
    rows::{self, linked},
};

pub(crate) fn settle(
    transaction: &Transaction<'_>,
    now: i64,
    lease: &Lease,
    key: &str,
    verdict: &Verdict,
) -> Result<()> {
    let states: &[IntentState] = match verdict {
        Verdict::SendAgain => &[IntentState::Parked, IntentState::Rejected],
        _ => &[IntentState::Parked],
    };
    let open = intents::find(transaction, lease, key, states, "settle")?;
    let intent = ledger::by_key(transaction, &lease.firm, key)?.ok_or_else(|| wrong_state("settle"))?;
    let theirs = |conflict: &Conflict| {
        let written = intent.linked.as_ref().map(|linked| linked.written.clone()).unwrap_or_default();
        (conflict.theirs(&written), conflict.etag.clone().map(clio_core::Etag::new))
    };
    match verdict {
        Verdict::Stands { remote_id } => {
            if !intents::attach(transaction, &open, key, remote_id, None)? {
                return Err(wrong_state("settle: another record is linked there"));
            }
            let resolution = intents::done(transaction, &open, key, remote_id)?;
            intents::settle(transaction, now, key, &open, IntentState::Confirmed, &resolution)?;
        }
        Verdict::Drop { reason } => {
            // What they have is what counts from now on: it is not a conflict again.
            if let Some(conflict) = &intent.conflict {
                let (content, etag) = theirs(conflict);
                intents::know(transaction, open.link, etag.as_ref(), Some(&content))?;
            }
            let resolution = Resolution::Skipped { reason: reason.clone() };
            intents::settle(transaction, now, key, &open, IntentState::Waived, &resolution)?;
        }
        Verdict::SendAgain if intent.write.is_purged() => {
            return Err(wrong_state("settle: what was to be written is not kept any more"));
        }
        Verdict::SendAgain
            if intent.state == IntentState::Rejected && is_overtaken(transaction, &open, key)? =>
        {
            return Err(wrong_state("settle: a newer state of the record was decided on"));
        }
        Verdict::SendAgain => {
            // The person has seen what they have: only what changes after that is a conflict again.
            if let Some(conflict) = &intent.conflict {
                let (content, etag) = theirs(conflict);
                intents::know(transaction, open.link, etag.as_ref(), Some(&content))?;
            }
            transaction
                .prepare_cached(
                    "UPDATE intent SET state = 'PLANNED', attempt = 0, looks = 0, not_before = NULL, conflict = NULL,
                                       changed_at = ?2
                     WHERE key = ?1",
                )
                .and_then(|mut sql| sql.execute(params![key, now]))
                .map_err(store_error)?;
            letters::forget(transaction, &open.flow, &open.source_id)?;
            acknowledgements::withdraw(transaction, &open.flow, &open.source_id)?;
        }
        _ => return Err(wrong_state("settle: unknown verdict")),
    }
    Ok(())
}

/// What is parked keeps newer states waiting; what was refused does not.
fn is_overtaken(transaction: &Transaction<'_>, open: &intents::Open, key: &str) -> Result<bool> {
    transaction
        .prepare_cached(
            "SELECT 1 FROM intent WHERE link = ?1 AND seq > (SELECT seq FROM intent WHERE key = ?2)",
        )
        .and_then(|mut sql| sql.exists(params![open.link, key]))
        .map_err(store_error)
}

pub(crate) fn link(transaction: &Transaction<'_>, key: &LinkKey) -> Result<Option<Linked>> {
    let found = transaction
        .prepare_cached(
            "SELECT remote_id, etag, written FROM link
             WHERE firm = ?1 AND adapter = ?2 AND source_kind = ?3 AND source_id = ?4 AND target_kind = ?5
               AND tombstone IS NULL",
        )
        .and_then(|mut sql| {
            sql.query_row([&key.firm, &key.adapter, &key.source, &key.source_id, &key.target], |row| {
                Ok(linked(row, 0))
            })
            .optional()
        })
        .map_err(store_error)?;
    found.transpose().map(Option::flatten)
}

pub(crate) fn attempts(transaction: &Transaction<'_>, firm: &str, key: &str) -> Result<Vec<Attempt>> {
    let mut sql = transaction
        .prepare_cached(
            "SELECT number, attempt.epoch, began_at, ended_at, outcome
             FROM attempt JOIN intent ON intent.seq = attempt.intent
             WHERE intent.firm = ?1 AND key = ?2 ORDER BY began_at, number",
        )
        .map_err(store_error)?;
    let mut found = sql.query([firm, key]).map_err(store_error)?;
    let mut attempts = Vec::new();
    while let Some(row) = found.next().map_err(store_error)? {
        let ended: Option<i64> = row.get(3).map_err(store_error)?;
        attempts.push(Attempt {
            number: row.get(0).map_err(store_error)?,
            epoch: row.get(1).map_err(store_error)?,
            began: rows::time(row.get(2).map_err(store_error)?)?,
            ended: ended.map(rows::time).transpose()?,
            outcome: row.get(4).map_err(store_error)?,
        });
    }
    Ok(attempts)
}

pub(crate) fn save_plan(
    transaction: &Transaction<'_>,
    now: i64,
    firm: &str,
    id: &str,
    body: &str,
) -> Result<()> {
    transaction
        .prepare_cached("INSERT OR REPLACE INTO plan (firm, id, body, made_at) VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut sql| sql.execute(params![firm, id, body, now]))
        .map_err(store_error)?;
    Ok(())
}

pub(crate) fn plan(transaction: &Transaction<'_>, firm: &str, id: &str) -> Result<Option<String>> {
    transaction
        .prepare_cached("SELECT body FROM plan WHERE firm = ?1 AND id = ?2")
        .and_then(|mut sql| sql.query_row([firm, id], |row| row.get(0)).optional())
        .map_err(store_error)
}
