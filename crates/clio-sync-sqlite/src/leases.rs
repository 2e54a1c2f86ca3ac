//! Who may write for a firm.

use std::time::Duration;

use clio_sync::{Error, ErrorKind, Lease, Result};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::{error::store_error, recovery, rows::millis};

pub(crate) fn take(
    transaction: &Transaction<'_>,
    now: i64,
    firm: String,
    holder: String,
    ttl: Duration,
) -> Result<Lease> {
    let current: Option<(String, i64, i64)> = transaction
        .prepare_cached("SELECT holder, epoch, until FROM lease WHERE firm = ?1")
        .and_then(|mut sql| {
            sql.query_row([&firm], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()
        })
        .map_err(store_error)?;
    let ttl = millis(ttl);
    let epoch = match current {
        None => 1,
        // Nobody had it in between, so nothing that its holder knows is out of date.
        Some((owner, epoch, _)) if owner == holder => epoch,
        // A lease that ends later than any could was given before the clock was set back: it does not count.
        Some((_, _, until)) if until > now && until <= now + ttl.max(ONE_DAY) => {
            let wait = Duration::from_millis(u64::try_from(until - now).unwrap_or(0) + 1);
            let message = format!("another engine works for {firm}, for {} s more at least", wait.as_secs());
            return Err(Error::new(ErrorKind::Busy, message).with_retry_after(Some(wait)));
        }
        Some((_, epoch, _)) => epoch + 1,
    };
    transaction
        .prepare_cached("INSERT OR REPLACE INTO lease (firm, holder, epoch, until) VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut sql| sql.execute(params![firm, holder, epoch, now + ttl]))
        .map_err(store_error)?;
    recovery::first_seen(transaction, now, &firm)?;
    Ok(Lease { firm, holder, epoch })
}

const ONE_DAY: i64 = 24 * 60 * 60 * 1000;

pub(crate) fn release(transaction: &Transaction<'_>, lease: &Lease) -> Result<()> {
    transaction
        .prepare_cached("UPDATE lease SET until = 0 WHERE firm = ?1 AND holder = ?2 AND epoch = ?3")
        .and_then(|mut sql| sql.execute(params![lease.firm, lease.holder, lease.epoch]))
        .map_err(store_error)?;
    Ok(())
}

/// Refuses unless the lease is still the newest. That it has run out does no harm while nobody else has taken it.
pub(crate) fn guard(transaction: &Transaction<'_>, lease: &Lease) -> Result<()> {
    let epoch: Option<i64> = transaction
        .prepare_cached("SELECT epoch FROM lease WHERE firm = ?1 AND holder = ?2")
        .and_then(|mut sql| sql.query_row(params![lease.firm, lease.holder], |row| row.get(0)).optional())
        .map_err(store_error)?;
    if epoch == Some(lease.epoch) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Fenced, format!("another engine has taken over {}", lease.firm)))
}

pub(crate) fn extend(transaction: &Transaction<'_>, now: i64, lease: &Lease, ttl: Duration) -> Result<()> {
    transaction
        .prepare_cached("UPDATE lease SET until = ?2 WHERE firm = ?1")
        .and_then(|mut sql| sql.execute(params![lease.firm, now + millis(ttl)]))
        .map_err(store_error)?;
    Ok(())
}
