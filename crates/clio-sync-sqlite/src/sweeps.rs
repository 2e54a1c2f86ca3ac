//! What complete sweeps have missed.

use clio_sync::{Committed, FlowKey, Lease, Preview, Result, SweepEnd, Swept};
use rusqlite::{Transaction, params};

use crate::{
    error::{store_error, wrong_firm},
    pages, planning,
};

pub(crate) fn end(transaction: &Transaction<'_>, now: i64, lease: &Lease, sweep: &SweepEnd) -> Result<Swept> {
    if sweep.flow.firm != lease.firm {
        return Err(wrong_firm("end_sweep"));
    }
    count(transaction, now, sweep).map(|(swept, _)| swept)
}

/// Counts to see what would follow. The caller takes the transaction back.
pub(crate) fn preview(
    transaction: &Transaction<'_>,
    now: i64,
    sweep: &SweepEnd,
) -> Result<(Swept, Vec<Preview>)> {
    let (swept, links) = count(transaction, now, sweep)?;
    let previews = swept
        .gone
        .iter()
        .zip(links)
        .filter(|_| !swept.braked)
        .map(|(id, link)| pages::preview_of(transaction, id, Committed::Planned, Some(link)));
    let previews = previews.collect::<Result<_>>()?;
    Ok((swept, previews))
}

/// One record that has something at the target.
struct Held {
    link: i64,
    source_id: String,
    missed: u32,
}

/// What the sweep says of each, and the links of those that are gone.
fn count(transaction: &Transaction<'_>, now: i64, sweep: &SweepEnd) -> Result<(Swept, Vec<i64>)> {
    let held = held(transaction, sweep)?;
    let mut swept = Swept::default();
    let mut gone = Vec::new();
    for one in &held {
        if sweep.seen.contains(&one.source_id) {
            if one.missed > 0 {
                set_missed(transaction, one.link, 0)?;
            }
        } else if one.missed + 1 < sweep.strikes {
            swept.missed += 1;
            set_missed(transaction, one.link, one.missed + 1)?;
        } else {
            gone.push(one.link);
            swept.gone.push(one.source_id.clone());
        }
    }
    swept.braked = !sweep.brake.allows(gone.len(), held.len());
    if !swept.braked {
        for link in &gone {
            planning::plan_deletion(transaction, now, &sweep.flow, *link, false, &sweep.reason)?;
        }
    }
    Ok((swept, gone))
}

/// The links of this source's records that are not deleted, nor about to be.
fn held(transaction: &Transaction<'_>, sweep: &SweepEnd) -> Result<Vec<Held>> {
    let FlowKey { firm, adapter, .. } = &sweep.flow;
    let mut sql = transaction
        .prepare_cached(
            "SELECT id, source_id, missed FROM link
             WHERE firm = ?1 AND adapter = ?2 AND source_kind = ?3 AND target_kind = ?4
               AND tombstone IS NULL AND planned_hash <> 'deleted' ORDER BY id",
        )
        .map_err(store_error)?;
    let rows = sql
        .query_map([firm, adapter, &sweep.source, &sweep.target], |row| {
            Ok(Held { link: row.get(0)?, source_id: row.get(1)?, missed: row.get(2)? })
        })
        .map_err(store_error)?;
    rows.collect::<std::result::Result<_, _>>().map_err(store_error)
}

fn set_missed(transaction: &Transaction<'_>, link: i64, missed: u32) -> Result<()> {
    transaction
        .prepare_cached("UPDATE link SET missed = ?2 WHERE id = ?1")
        .and_then(|mut sql| sql.execute(params![link, missed]))
        .map_err(store_error)?;
    Ok(())
}
