//! How firms are connected, and how their flows are doing.

use clio_sync::{
    Account, Backlog, ConnectionState, Error, ErrorKind, FlowKey, FlowRecord, LastRun, Person, Ran, Result,
    Standing,
};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::{
    error::{damaged, store_error, wrong_firm},
    leases,
    rows::{millis, time},
};

pub(crate) fn standing(transaction: &Transaction<'_>, firm: &str) -> Result<Standing> {
    let found = transaction
        .prepare_cached(
            "SELECT state, since, account_id, account_name, person_id, person_name, person_email
             FROM connection WHERE firm = ?1",
        )
        .and_then(|mut sql| {
            sql.query_row([firm], |row| {
                let account = row.get::<_, Option<i64>>(2)?;
                let person = row.get::<_, Option<i64>>(4)?;
                let account = account.map(|id| Ok::<_, rusqlite::Error>(Account { id, name: row.get(3)? }));
                let person = person
                    .map(|id| Ok::<_, rusqlite::Error>(Person { id, name: row.get(5)?, email: row.get(6)? }));
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, i64>(1)?,
                    account.transpose()?,
                    person.transpose()?,
                ))
            })
            .optional()
        })
        .map_err(store_error)?;
    let Some((name, since, account, authorised_by)) = found else { return Ok(Standing::default()) };
    Ok(Standing { state: state(&name)?, since: Some(time(since)?), account, authorised_by })
}

fn state(name: &str) -> Result<ConnectionState> {
    use ConnectionState::{AuthorisationLost, Connected, Disconnected};
    [Connected, AuthorisationLost, Disconnected]
        .into_iter()
        .find(|state| state.as_str() == name)
        .ok_or_else(|| damaged(format!("no state of a connection is called {name}")))
}

pub(crate) fn connect(
    transaction: &Transaction<'_>,
    now: i64,
    firm: &str,
    account: &Account,
    by: &Person,
) -> Result<()> {
    let before = standing(transaction, firm)?;
    if let Some(theirs) = before.account.filter(|theirs| theirs.id != account.id) {
        let named = |account: &Account| {
            let name = account.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
            format!("{}{name}", account.id)
        };
        let message = format!(
            "{firm} is connected to the Clio account {}, and this is a login of {}: log in to the former, or name another firm",
            named(&theirs),
            named(account)
        );
        return Err(Error::new(ErrorKind::OtherAccount, message));
    }
    let same = before.state == ConnectionState::Connected
        && before.authorised_by.is_some_and(|before| before.id == by.id);
    let since = before.since.filter(|_| same).map_or(now, |since| since.timestamp_millis());
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO connection
                 (firm, state, since, account_id, account_name, person_id, person_name, person_email)
             VALUES (?1, 'connected', ?2, ?3, ?4, ?5, ?6, ?7)",
        )
        .and_then(|mut sql| {
            sql.execute(params![firm, since, account.id, account.name, by.id, by.name, by.email])
        })
        .map_err(store_error)?;
    Ok(())
}

/// Brings the firm from one of these states into another; in any other nothing happens.
fn turn(
    transaction: &Transaction<'_>,
    now: i64,
    firm: &str,
    from: &[ConnectionState],
    to: ConnectionState,
) -> Result<()> {
    if !from.contains(&standing(transaction, firm)?.state) {
        return Ok(());
    }
    transaction
        .prepare_cached(
            "INSERT INTO connection (firm, state, since) VALUES (?1, ?2, ?3)
             ON CONFLICT (firm) DO UPDATE SET state = ?2, since = ?3",
        )
        .and_then(|mut sql| sql.execute(params![firm, to.as_str(), now]))
        .map_err(store_error)?;
    Ok(())
}

pub(crate) fn disconnect(transaction: &Transaction<'_>, now: i64, firm: &str) -> Result<()> {
    use ConnectionState::{AuthorisationLost, Connected, Disconnected};
    turn(transaction, now, firm, &[Connected, AuthorisationLost], Disconnected)
}

pub(crate) fn switch(transaction: &Transaction<'_>, flow: &FlowKey, enabled: bool) -> Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO flow (firm, adapter, flow, enabled) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (firm, adapter, flow) DO UPDATE SET enabled = ?4",
        )
        .and_then(|mut sql| sql.execute(params![flow.firm, flow.adapter, flow.flow, enabled]))
        .map_err(store_error)?;
    Ok(())
}

pub(crate) fn record_run(transaction: &Transaction<'_>, now: i64, flow: &FlowKey, run: &Ran) -> Result<()> {
    use ConnectionState::{AuthorisationLost, Connected};
    if let Some(lease) = &run.release {
        if lease.firm != flow.firm {
            return Err(wrong_firm("record_run"));
        }
        leases::release(transaction, lease)?;
    }
    let began = now.saturating_sub(millis(run.took));
    let again = run.again.map(|wait| now.saturating_add(millis(wait)));
    let totals = serde_json::to_string(&run.totals).map_err(damaged)?;
    let succeeded = run.error.is_none();
    transaction
        .prepare_cached(
            "INSERT INTO flow (firm, adapter, flow, failures, fresh, began, ended, outcome, totals, again)
             VALUES (?1, ?2, ?3, NOT ?4, iif(?4, ?5, NULL), ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (firm, adapter, flow) DO UPDATE SET
                 failures = iif(?4, 0, failures + 1), fresh = iif(?4, ?5, fresh),
                 began = ?5, ended = ?6, outcome = ?7, totals = ?8, again = ?9",
        )
        .and_then(|mut sql| {
            sql.execute(params![
                flow.firm,
                flow.adapter,
                flow.flow,
                succeeded,
                began,
                now,
                run.outcome(),
                totals,
                again
            ])
        })
        .map_err(store_error)?;
    match run.error {
        None => turn(transaction, now, &flow.firm, &[AuthorisationLost], Connected),
        Some(ErrorKind::AuthorisationLost) => {
            turn(transaction, now, &flow.firm, &[Connected], AuthorisationLost)
        }
        Some(_) => Ok(()),
    }
}

pub(crate) fn flows(transaction: &Transaction<'_>, firm: &str) -> Result<Vec<FlowRecord>> {
    let mut sql = transaction
        .prepare_cached(
            "SELECT firm, adapter, flow, enabled, failures, fresh, began, ended, outcome, totals, again
             FROM flow WHERE firm = ?1 ORDER BY adapter, flow",
        )
        .map_err(store_error)?;
    let mut rows = sql.query([firm]).map_err(store_error)?;
    let mut flows = Vec::new();
    while let Some(row) = rows.next().map_err(store_error)? {
        flows.push(record(row)?);
    }
    Ok(flows)
}

fn record(row: &Row<'_>) -> Result<FlowRecord> {
    let text = |at| row.get::<_, String>(at).map_err(store_error);
    let when = |at| row.get::<_, Option<i64>>(at).map_err(store_error)?.map(time).transpose();
    let last = match (when(6)?, when(7)?) {
        (Some(began), Some(ended)) => Some(LastRun {
            began,
            ended,
            outcome: text(8)?,
            totals: serde_json::from_str(&text(9)?).map_err(damaged)?,
            again: when(10)?,
        }),
        _ => None,
    };
    Ok(FlowRecord {
        flow: FlowKey { firm: text(0)?, adapter: text(1)?, flow: text(2)? },
        enabled: row.get(3).map_err(store_error)?,
        last,
        failures: row.get(4).map_err(store_error)?,
        fresh: when(5)?,
    })
}

pub(crate) fn backlog(transaction: &Transaction<'_>, firm: &str) -> Result<Backlog> {
    let mut backlog = Backlog::default();
    // Two questions, each of which an index of its own answers: what is settled is much, and not counted.
    for states in ["('PLANNED', 'SENDING', 'UNCERTAIN')", "('REJECTED', 'PARKED')"] {
        let mut sql = transaction
            .prepare_cached(&format!(
                "SELECT state, count(*) FROM intent WHERE firm = ?1 AND state IN {states} GROUP BY state"
            ))
            .map_err(store_error)?;
        let mut rows = sql.query([firm]).map_err(store_error)?;
        while let Some(row) = rows.next().map_err(store_error)? {
            let count = count(row.get(1).map_err(store_error)?);
            match row.get::<_, String>(0).map_err(store_error)?.as_str() {
                "PLANNED" => backlog.planned = count,
                "SENDING" => backlog.sending = count,
                "UNCERTAIN" => backlog.uncertain = count,
                "REJECTED" => backlog.rejected = count,
                _ => backlog.parked = count,
            }
        }
    }
    let number = |sql: &str| {
        transaction
            .prepare_cached(sql)
            .and_then(|mut sql| sql.query_row([firm], |row| row.get::<_, Option<i64>>(0)))
            .map_err(store_error)
    };
    let oldest = number(
        "SELECT min(sent) FROM
             (SELECT (SELECT max(began_at) FROM attempt WHERE attempt.intent = intent.seq) AS sent
              FROM intent WHERE firm = ?1 AND state IN ('PLANNED', 'SENDING', 'UNCERTAIN') AND state = 'UNCERTAIN')",
    )?;
    backlog.oldest_uncertain = oldest.map(time).transpose()?;
    let letters = number("SELECT count(*) FROM dead_letter WHERE firm = ?1")?;
    backlog.dead_letters = count(letters.unwrap_or_default());
    Ok(backlog)
}

/// SQLite counts in `i64`, and never below nothing.
fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or_default()
}
