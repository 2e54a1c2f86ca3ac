//! A store that may not know everything that was written.

use chrono::{DateTime, Utc};
use clio_sync::{Lease, PageCommit, Reconciled, Result};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::error::store_error;

/// A firm that the store has not known: what is older than this moment may have been written by an earlier store.
pub(crate) fn first_seen(transaction: &Transaction<'_>, now: i64, firm: &str) -> Result<()> {
    transaction
        .prepare_cached("INSERT OR IGNORE INTO recovery (firm, since, until) VALUES (?1, NULL, ?2)")
        .and_then(|mut sql| sql.execute(params![firm, now]))
        .map_err(store_error)?;
    Ok(())
}

/// A person says that the store was restored.
pub(crate) fn begin(
    transaction: &Transaction<'_>,
    now: i64,
    lease: &Lease,
    since: DateTime<Utc>,
    settle: i64,
) -> Result<()> {
    let since = since.timestamp_millis();
    transaction
        .prepare_cached(
            "INSERT INTO recovery (firm, since, until) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET until = excluded.until,
                since = min(excluded.since, coalesce(recovery.since, excluded.since))",
        )
        .and_then(|mut sql| sql.execute(params![lease.firm, since, now]))
        .map_err(store_error)?;
    // What is to create a record may have been sent after the backup was made.
    transaction
        .prepare_cached(
            "UPDATE intent SET state = 'UNCERTAIN', looks = 0, attempt = max(attempt, 1), not_before = ?3,
                               floor = min(?2, coalesce(floor, ?2)), changed_at = ?4,
                               reason = 'the store was restored'
             WHERE firm = ?1 AND state IN ('PLANNED', 'SENDING', 'UNCERTAIN') AND effect <> 'delete'
               AND (SELECT remote_id FROM link WHERE id = intent.link) IS NULL",
        )
        .and_then(|mut sql| sql.execute(params![lease.firm, since, now + settle, now]))
        .map_err(store_error)?;
    Ok(())
}

/// A creation that was just planned is looked for first, if the store may have forgotten that it was sent.
pub(crate) fn suspect(
    transaction: &Transaction<'_>,
    now: i64,
    page: &PageCommit,
    record: &Reconciled,
    key: &str,
) -> Result<()> {
    let known: Option<(Option<i64>, i64)> = transaction
        .prepare_cached("SELECT since, until FROM recovery WHERE firm = ?1")
        .and_then(|mut sql| sql.query_row([&page.flow.firm], |row| Ok((row.get(0)?, row.get(1)?))).optional())
        .map_err(store_error)?;
    let Some((since, until)) = known else { return Ok(()) };
    let created = record.created.map(|at| at.timestamp_millis());
    let floor = match (created, since) {
        // Younger than what the store may have forgotten.
        (Some(created), _) if created >= until => return Ok(()),
        (Some(created), Some(since)) => created.max(since),
        (Some(created), None) => created,
        (None, Some(since)) => since,
        // A new store, and a source that does not say how old its records are.
        (None, None) => return Ok(()),
    };
    let settle = crate::rows::millis(page.settle);
    transaction
        .prepare_cached(
            "UPDATE intent SET state = 'UNCERTAIN', attempt = 1, floor = ?2, not_before = ?3,
                               reason = 'an earlier store may have known it'
             WHERE key = ?1 AND (SELECT remote_id FROM link WHERE id = intent.link) IS NULL",
        )
        .and_then(|mut sql| sql.execute(params![key, floor, now.max(until + settle)]))
        .map_err(store_error)?;
    Ok(())
}

/// Whether the store may have forgotten what became of this creation after it was refused: a person may have had it sent
/// again, and it may stand there. Answers from when on.
pub(crate) fn doubts_refusal(transaction: &Transaction<'_>, key: &str) -> Result<Option<i64>> {
    transaction
        .prepare_cached(
            "SELECT since FROM intent JOIN link ON link.id = intent.link JOIN recovery ON recovery.firm = intent.firm
             WHERE key = ?1 AND since IS NOT NULL AND changed_at <= until AND link.remote_id IS NULL
               AND effect <> 'delete'",
        )
        .and_then(|mut sql| sql.query_row([key], |row| row.get(0)).optional())
        .map_err(store_error)
}

/// It is looked for before it is sent.
pub(crate) fn doubt(transaction: &Transaction<'_>, key: &str, floor: i64) -> Result<()> {
    transaction
        .prepare_cached(
            "UPDATE intent SET state = 'UNCERTAIN', attempt = 1, floor = min(?2, coalesce(floor, ?2)),
                               reason = 'the store was restored'
             WHERE key = ?1",
        )
        .and_then(|mut sql| sql.execute(params![key, floor]))
        .map_err(store_error)?;
    Ok(())
}
