//! Recording what was read, and what follows from it.

use clio_sync::{
    Committed, Cursor, Decision, Error, ErrorKind, FlowKey, Lease, PageCommit, Preview, Reconciled, Result,
};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::{
    error::{damaged, store_error, wrong_firm},
    letters,
    mirror::Keeper,
    recording::Recording,
    rows,
};

pub(crate) fn cursor(transaction: &Transaction<'_>, flow: &FlowKey) -> Result<Cursor> {
    let state: Option<String> = transaction
        .prepare_cached("SELECT state FROM cursor WHERE firm = ?1 AND adapter = ?2 AND flow = ?3")
        .and_then(|mut sql| {
            sql.query_row([&flow.firm, &flow.adapter, &flow.flow], |row| row.get(0)).optional()
        })
        .map_err(store_error)?;
    state.map_or_else(|| Ok(Cursor::default()), |state| serde_json::from_str(&state).map_err(damaged))
}

pub(crate) fn commit(
    transaction: &Transaction<'_>,
    now: i64,
    lease: &Lease,
    page: &PageCommit,
) -> Result<Vec<Committed>> {
    if page.flow.firm != lease.firm {
        return Err(wrong_firm("commit_page"));
    }
    let recorded = record_all(transaction, now, page)?;
    if let Some(expected) = &page.expected {
        check_expected(expected, &previews(transaction, page, &recorded)?)?;
    }
    if let Some(cursor) = &page.cursor {
        let state = serde_json::to_string(cursor).map_err(damaged)?;
        let flow = &page.flow;
        transaction
            .prepare_cached(
                "INSERT OR REPLACE INTO cursor (firm, adapter, flow, state) VALUES (?1, ?2, ?3, ?4)",
            )
            .and_then(|mut sql| sql.execute(params![flow.firm, flow.adapter, flow.flow, state]))
            .map_err(store_error)?;
    }
    Ok(recorded.into_iter().map(|(committed, _)| committed).collect())
}

/// Records a page to see what would follow. The caller takes the transaction back.
pub(crate) fn preview(transaction: &Transaction<'_>, now: i64, page: &PageCommit) -> Result<Vec<Preview>> {
    let recorded = record_all(transaction, now, page)?;
    previews(transaction, page, &recorded)
}

/// What became of each record, with its link if it has one.
fn record_all(
    transaction: &Transaction<'_>,
    now: i64,
    page: &PageCommit,
) -> Result<Vec<(Committed, Option<i64>)>> {
    if page.records.is_empty() {
        return Ok(Vec::new());
    }
    let mut keeper = Keeper::new(transaction, now, &page.flow)?;
    // Mostly there are none: then none is looked for at each copy.
    let mut has_letters = letters::any(transaction, &page.flow)?;
    let mut recorded = Vec::with_capacity(page.records.len());
    for record in page.records.iter() {
        recorded.push(if let Decision::Keep(body) = &record.decision {
            if has_letters {
                letters::forget(transaction, &page.flow, &record.id)?;
            }
            let kept = keeper.keep(&record.id, &record.version, Some(body))?;
            (if kept { Committed::Kept } else { Committed::Unchanged }, None)
        } else {
            has_letters = true;
            let seen_before = !keeper.keep(&record.id, &record.version, None)?;
            Recording { transaction, now, page, record }.record(seen_before)?
        });
    }
    Ok(recorded)
}

fn previews(
    transaction: &Transaction<'_>,
    page: &PageCommit,
    recorded: &[(Committed, Option<i64>)],
) -> Result<Vec<Preview>> {
    let one = |(record, (committed, link)): (&Reconciled, &(Committed, Option<i64>))| {
        let planned = link.filter(|_| *committed == Committed::Planned);
        preview_of(transaction, &record.id, *committed, planned)
    };
    page.records.iter().zip(recorded).map(one).collect()
}

/// What is planned for a link by now.
pub(crate) fn preview_of(
    transaction: &Transaction<'_>,
    source_id: &str,
    committed: Committed,
    link: Option<i64>,
) -> Result<Preview> {
    let mut preview = Preview {
        source_id: source_id.to_owned(),
        committed,
        effect: None,
        generation: 0,
        hash: String::new(),
        remote_id: None,
        etag: None,
    };
    let Some(link) = link else { return Ok(preview) };
    let effect: String = transaction
        .prepare_cached(
            "SELECT effect, link.generation, planned_hash, link.remote_id, etag
             FROM link JOIN intent ON intent.link = link.id WHERE link.id = ?1 ORDER BY seq DESC LIMIT 1",
        )
        .and_then(|mut sql| {
            sql.query_row([link], |row| {
                preview.generation = row.get(1)?;
                preview.hash = row.get(2)?;
                preview.remote_id = row.get(3)?;
                preview.etag = row.get(4)?;
                row.get(0)
            })
        })
        .map_err(store_error)?;
    preview.effect = Some(rows::effect(&effect)?);
    Ok(preview)
}

/// What is planned has to be what was expected, and nothing else.
fn check_expected(expected: &[Preview], previews: &[Preview]) -> Result<()> {
    let planned: Vec<&Preview> =
        previews.iter().filter(|preview| preview.committed == Committed::Planned).collect();
    let other = planned.iter().find(|preview| !expected.contains(preview)).map(|preview| &preview.source_id);
    let missing =
        expected.iter().find(|preview| !planned.contains(preview)).map(|preview| &preview.source_id);
    match other.or(missing) {
        Some(id) => Err(Error::new(
            ErrorKind::Stale,
            format!(
                "the plan is out of date: what is to be done about record {id} has changed; make a new plan"
            ),
        )),
        None => Ok(()),
    }
}
