//! Forgetting what was written. What keeps a write from happening twice is never forgotten.

use std::time::Duration;

use clio_sync::{Result, Write};
use rusqlite::{Connection, Transaction, params};

use crate::{
    SqliteStore,
    error::{damaged, store_error},
    rows::millis,
};

/// How many intents one transaction looks at: engines write in between.
const BATCH: i64 = 500;

/// What [`SqliteStore::purge`] dropped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Purged {
    /// The writes of settled intents, of which nothing is left: [`Write::is_purged`].
    pub writes: usize,
    /// Rows of the log of attempts.
    pub attempts: usize,
    /// Acknowledgements that their sources have accepted.
    pub acknowledgements: usize,
    /// What was dropped is out of the file as well. Otherwise another program was still reading the write-ahead log, which
    /// holds it until the next purge, or until the last program closes the file.
    pub erased: bool,
}

impl SqliteStore {
    /// Drops what was written and logged, of whatever has not changed for this long:
    ///
    /// - the writes of intents that are CONFIRMED, REJECTED or WAIVED: they read as [`Write::purged`] from then on;
    /// - the attempts of those intents;
    /// - the values of the fields that were written to linked records: what is left is enough to see whether others change
    ///   them ([`clio_sync::forget_values`]);
    /// - plans, and acknowledgements that were accepted.
    ///
    /// Never links, keys of intents, states, or versions that were seen: after a purge nothing is written twice, even if a
    /// source hands out everything again. The write of a PARKED intent stays, because a person needs it to decide; so do
    /// dead letters, and the words by which a target refused a write, which its source may have to be told again.
    ///
    /// Dropped data is overwritten in the file, and its write-ahead log is emptied. The file keeps its size; what became free
    /// is used again. Engines go on working meanwhile.
    ///
    /// # Errors
    ///
    /// What SQLite reports. What was dropped so far stays dropped.
    pub async fn purge(&self, older_than: Duration) -> Result<Purged> {
        let stub = serde_json::to_string(&Write::purged()).map_err(damaged)?;
        let mut purged = Purged::default();
        let mut after = Some(0);
        while let Some(from) = after {
            let stub = stub.clone();
            let step = self
                .transaction(move |transaction, now| {
                    Span::next(transaction, from, now - millis(older_than))?
                        .map(|span| span.drop(transaction, &stub))
                        .transpose()
                })
                .await?;
            after = step.map(|(upto, writes, attempts)| {
                purged.writes += writes;
                purged.attempts += attempts;
                upto
            });
        }
        purged.acknowledgements = self
            .transaction(move |transaction, now| {
                drop_plans(transaction, now - millis(older_than))?;
                drop_told(transaction, now - millis(older_than))
            })
            .await?;
        purged.erased = self.alone(|connection| erase(connection)).await?;
        Ok(purged)
    }
}

/// The intents between two places of the ledger that were settled before some time.
struct Span {
    after: i64,
    upto: i64,
    before: i64,
}

const SETTLED: &str =
    "seq > ?1 AND seq <= ?2 AND state IN ('CONFIRMED', 'REJECTED', 'WAIVED') AND changed_at < ?3";

impl Span {
    fn next(transaction: &Transaction<'_>, after: i64, before: i64) -> Result<Option<Self>> {
        let upto: Option<i64> = transaction
            .prepare_cached(
                "SELECT max(seq) FROM (SELECT seq FROM intent WHERE seq > ?1 ORDER BY seq LIMIT ?2)",
            )
            .and_then(|mut sql| sql.query_row([after, BATCH], |row| row.get(0)))
            .map_err(store_error)?;
        Ok(upto.map(|upto| Self { after, upto, before }))
    }

    /// Answers where it ended, and how many writes and attempts it dropped.
    fn drop(self, transaction: &Transaction<'_>, stub: &str) -> Result<(i64, usize, usize)> {
        let Self { after, upto, before } = self;
        self.forget_links(transaction)?;
        let writes = transaction
            .prepare_cached(&format!(
                "UPDATE intent SET write = ?4, conflict = NULL WHERE {SETTLED} AND write <> ?4"
            ))
            .and_then(|mut sql| sql.execute(params![after, upto, before, stub]))
            .map_err(store_error)?;
        let attempts = transaction
            .prepare_cached(&format!(
                "DELETE FROM attempt WHERE intent IN (SELECT seq FROM intent WHERE {SETTLED})"
            ))
            .and_then(|mut sql| sql.execute([after, upto, before]))
            .map_err(store_error)?;
        Ok((upto, writes, attempts))
    }
}

impl Span {
    /// Of the records that the newest of these writes made, only digests of the values are kept.
    fn forget_links(&self, transaction: &Transaction<'_>) -> Result<()> {
        let mut sql = transaction
            .prepare_cached(&format!(
                "SELECT link.id, written FROM link JOIN intent ON intent.link = link.id AND intent.generation = link.generation
                 WHERE written IS NOT NULL AND {SETTLED}"
            ))
            .map_err(store_error)?;
        let rows = sql.query_map([self.after, self.upto, self.before], |row| Ok((row.get(0)?, row.get(1)?)));
        let links: Vec<(i64, String)> = rows.and_then(Iterator::collect).map_err(store_error)?;
        for (link, written) in links {
            let written = clio_sync::forget_values(&serde_json::from_str(&written).map_err(damaged)?);
            let written = serde_json::to_string(&written).map_err(damaged)?;
            transaction
                .prepare_cached("UPDATE link SET written = ?2 WHERE id = ?1 AND written <> ?2")
                .and_then(|mut sql| sql.execute(params![link, written]))
                .map_err(store_error)?;
        }
        Ok(())
    }
}

fn drop_told(transaction: &Transaction<'_>, before: i64) -> Result<usize> {
    transaction
        .prepare_cached("DELETE FROM acknowledgement WHERE told = 1 AND changed_at < ?1")
        .and_then(|mut sql| sql.execute([before]))
        .map_err(store_error)
}

fn drop_plans(transaction: &Transaction<'_>, before: i64) -> Result<usize> {
    transaction
        .prepare_cached("DELETE FROM plan WHERE made_at < ?1")
        .and_then(|mut sql| sql.execute([before]))
        .map_err(store_error)
}

/// Dropped rows are overwritten already (`secure_delete`, see opening), in the newest pages: older ones are in the log.
fn erase(connection: &Connection) -> Result<bool> {
    let busy: bool =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(store_error)?;
    Ok(!busy)
}
