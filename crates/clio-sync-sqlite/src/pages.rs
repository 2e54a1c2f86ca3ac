//! Recording what was read, and what follows from it.

use clio_sync::{
    Committed, Cursor, DeadLetter, Decision, Effect, FlowKey, IntentState, Lease, PageCommit, Reconciled,
    Resolution, Result, Write, fingerprint,
};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::{
    acknowledgements,
    error::{damaged, store_error, wrong_firm},
    mirror::Keeper,
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
    let committed = if page.records.iter().any(|record| matches!(record.decision, Decision::Keep(_))) {
        mirror(transaction, now, page)?
    } else {
        let record = |record| Recording { transaction, now, page, record }.record();
        page.records.iter().map(record).collect::<Result<Vec<_>>>()?
    };
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
    Ok(committed)
}

/// A page of a mirror.
fn mirror<'t>(transaction: &'t Transaction<'t>, now: i64, page: &'t PageCommit) -> Result<Vec<Committed>> {
    // Mostly there are none: then none is looked for at each record.
    let mut letters = has_dead_letters(transaction, &page.flow)?;
    let mut keeper = Keeper::new(transaction, now, &page.flow)?;
    let mut committed = Vec::with_capacity(page.records.len());
    for record in page.records.iter() {
        committed.push(if let Decision::Keep(body) = &record.decision {
            if letters {
                forget_dead_letter(transaction, &page.flow, &record.id)?;
            }
            let kept = keeper.keep(&record.id, &record.version, body)?;
            if kept { Committed::Kept } else { Committed::Unchanged }
        } else {
            letters = true;
            Recording { transaction, now, page, record }.record()?
        });
    }
    Ok(committed)
}

/// One record of a page.
struct Recording<'a> {
    transaction: &'a Transaction<'a>,
    now: i64,
    page: &'a PageCommit,
    record: &'a Reconciled,
}

impl Recording<'_> {
    fn record(&self) -> Result<Committed> {
        let seen_before = self.mirror()?;
        if !matches!(self.record.decision, Decision::Write(..))
            && let Some(link) = self.link_in_force()?
        {
            // It is decided already, or even written: to say now that it was left out would be wrong.
            self.follow(link)?;
            return Ok(Committed::Unchanged);
        }
        match &self.record.decision {
            Decision::Write(effect, write) => {
                let (committed, link) = self.write(*effect, write)?;
                self.follow(link)?;
                Ok(committed)
            }
            // Was seen to above: it needs nothing of what follows.
            Decision::Keep(_) => Ok(Committed::Unchanged),
            Decision::Skip(reason) => {
                let news = self.forget_dead_letter()? || !seen_before;
                self.acknowledge(&Resolution::Skipped { reason: reason.clone() })?;
                Ok(if news { Committed::Skipped } else { Committed::Unchanged })
            }
            Decision::Reject { reason, path } => {
                let news = self.dead_letter(reason, path.as_deref())? || !seen_before;
                let told = path.as_ref().map_or_else(|| reason.clone(), |path| format!("{reason} at {path}"));
                self.acknowledge(&Resolution::Rejected { reason: told })?;
                Ok(if news { Committed::Rejected } else { Committed::Unchanged })
            }
        }
    }

    /// Acknowledgement and dead letter of a record that is to be written are those of its newest intent, whatever was
    /// said of the record before. The source handed it out again, so that it is told again.
    fn follow(&self, link: i64) -> Result<()> {
        let (state, remote_id, reason): (String, Option<String>, Option<String>) = self
            .transaction
            .prepare_cached(
                "SELECT state, remote_id, reason FROM intent WHERE link = ?1 ORDER BY seq DESC LIMIT 1",
            )
            .and_then(|mut sql| sql.query_row([link], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))))
            .map_err(store_error)?;
        let is = |other: IntentState| state == other.as_str();
        let reason = reason.unwrap_or_default();
        if is(IntentState::Rejected) {
            self.dead_letter(&reason, None)?;
        } else {
            self.forget_dead_letter()?;
        }
        if is(IntentState::Confirmed) {
            self.acknowledge(&Resolution::Written { remote_id: remote_id.unwrap_or_default() })
        } else if is(IntentState::Rejected) {
            self.acknowledge(&Resolution::Rejected { reason })
        } else if is(IntentState::Parked) {
            self.acknowledge(&Resolution::Parked { reason })
        } else {
            acknowledgements::withdraw(self.transaction, &self.page.flow, &self.record.id)
        }
    }

    /// The link of the record, if a write of it is planned, under way, or done.
    fn link_in_force(&self) -> Result<Option<i64>> {
        let FlowKey { firm, adapter, .. } = &self.page.flow;
        self.transaction
            .prepare_cached(
                "SELECT link.id FROM link JOIN intent ON intent.link = link.id
                 WHERE link.firm = ?1 AND link.adapter = ?2 AND source_kind = ?3 AND link.source_id = ?4
                   AND link.target_kind = ?5 AND intent.effect = 'create' AND intent.state <> 'REJECTED'",
            )
            .and_then(|mut sql| {
                sql.query_row([firm, adapter, &self.page.source, &self.record.id, &self.page.target], |row| {
                    row.get(0)
                })
                .optional()
            })
            .map_err(store_error)
    }

    /// The newest write of the link was refused: surely nothing stands at the target.
    fn was_refused(&self, link: i64) -> Result<bool> {
        let state: String = self
            .transaction
            .prepare_cached("SELECT state FROM intent WHERE link = ?1 ORDER BY seq DESC LIMIT 1")
            .and_then(|mut sql| sql.query_row([link], |row| row.get(0)))
            .map_err(store_error)?;
        Ok(state == IntentState::Rejected.as_str())
    }

    /// Notes the version. Answers whether just this version was seen before; then nothing is written.
    fn mirror(&self) -> Result<bool> {
        let FlowKey { firm, adapter, flow } = &self.page.flow;
        let Reconciled { id, version, .. } = self.record;
        let known: Option<String> = self
            .transaction
            .prepare_cached(
                "SELECT version FROM mirror WHERE firm = ?1 AND adapter = ?2 AND flow = ?3 AND source_id = ?4",
            )
            .and_then(|mut sql| sql.query_row([firm, adapter, flow, id], |row| row.get(0)).optional())
            .map_err(store_error)?;
        if known.as_ref() == Some(version) {
            return Ok(true);
        }
        self.transaction
            .prepare_cached(
                "INSERT INTO mirror (firm, adapter, flow, source_id, version, seen_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET version = excluded.version, seen_at = excluded.seen_at, text = NULL",
            )
            .and_then(|mut sql| sql.execute(params![firm, adapter, flow, id, version, self.now]))
            .map_err(store_error)?;
        Ok(false)
    }

    /// Plans the write, unless it was planned before. Answers with the link, too.
    fn write(&self, effect: Effect, write: &Write) -> Result<(Committed, i64)> {
        let hash = fingerprint([write.payload.as_str()]);
        let FlowKey { firm, adapter, .. } = &self.page.flow;
        let known: Option<(i64, u32, String)> = self
            .transaction
            .prepare_cached(
                "SELECT id, generation, planned_hash FROM link
                 WHERE firm = ?1 AND adapter = ?2 AND source_kind = ?3 AND source_id = ?4 AND target_kind = ?5",
            )
            .and_then(|mut sql| {
                sql.query_row([firm, adapter, &self.page.source, &self.record.id, &self.page.target], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })
                .optional()
            })
            .map_err(store_error)?;
        let (link, generation) = match known {
            None => (self.new_link(&hash)?, 1),
            Some((link, _, planned)) if planned == hash => return Ok((Committed::Unchanged, link)),
            // What was created stays as it is; what was refused may be tried again once it has been corrected.
            Some((link, _, _)) if effect == Effect::Create && !self.was_refused(link)? => {
                return Ok((Committed::Unchanged, link));
            }
            Some((link, generation, _)) => {
                if self.replace_unsent(link, &hash, write)? {
                    return Ok((Committed::Planned, link));
                }
                self.raise(link, generation + 1, &hash)?;
                (link, generation + 1)
            }
        };
        self.plan(link, generation, effect, write)?;
        Ok((Committed::Planned, link))
    }

    fn new_link(&self, hash: &str) -> Result<i64> {
        let FlowKey { firm, adapter, .. } = &self.page.flow;
        self.transaction
            .prepare_cached(
                "INSERT INTO link (firm, adapter, source_kind, source_id, target_kind, generation, planned_hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6)",
            )
            .and_then(|mut sql| {
                sql.insert(params![firm, adapter, self.page.source, self.record.id, self.page.target, hash])
            })
            .map_err(store_error)
    }

    /// A newer state takes the place of one that was planned but never sent.
    fn replace_unsent(&self, link: i64, hash: &str, write: &Write) -> Result<bool> {
        let write = serde_json::to_string(write).map_err(damaged)?;
        let replaced = self
            .transaction
            .prepare_cached(
                "UPDATE intent SET write = ?2, changed_at = ?3
                 WHERE link = ?1 AND state = 'PLANNED' AND attempt = 0",
            )
            .and_then(|mut sql| sql.execute(params![link, write, self.now]))
            .map_err(store_error)?;
        if replaced == 0 {
            return Ok(false);
        }
        self.transaction
            .prepare_cached("UPDATE link SET planned_hash = ?2 WHERE id = ?1")
            .and_then(|mut sql| sql.execute(params![link, hash]))
            .map_err(store_error)?;
        Ok(true)
    }

    /// The generation is a counter, never a hash of the content: A, then B, then A again has to be written three times.
    fn raise(&self, link: i64, generation: u32, hash: &str) -> Result<()> {
        self.transaction
            .prepare_cached("UPDATE link SET generation = ?2, planned_hash = ?3 WHERE id = ?1")
            .and_then(|mut sql| sql.execute(params![link, generation, hash]))
            .map_err(store_error)?;
        Ok(())
    }

    fn plan(&self, link: i64, generation: u32, effect: Effect, write: &Write) -> Result<()> {
        let FlowKey { firm, adapter, flow } = &self.page.flow;
        let number = generation.to_string();
        let key = fingerprint([
            adapter.as_str(),
            firm,
            &self.page.source,
            &self.record.id,
            &self.page.target,
            effect.as_str(),
            &number,
        ]);
        let write = serde_json::to_string(write).map_err(damaged)?;
        self.transaction
            .prepare_cached(
                "INSERT INTO intent (key, link, firm, adapter, flow, source_id, target_kind, effect, generation, write,
                                     state, acknowledge, planned_at, changed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'PLANNED', ?11, ?12, ?12)",
            )
            .and_then(|mut sql| {
                sql.execute(params![
                    key,
                    link,
                    firm,
                    adapter,
                    flow,
                    self.record.id,
                    self.page.target,
                    effect.as_str(),
                    generation,
                    write,
                    self.page.acknowledge,
                    self.now
                ])
            })
            .map_err(store_error)?;
        Ok(())
    }

    fn acknowledge(&self, resolution: &Resolution) -> Result<()> {
        if self.page.acknowledge {
            acknowledgements::set(self.transaction, self.now, &self.page.flow, &self.record.id, resolution)?;
        }
        Ok(())
    }

    /// Answers whether that is news.
    fn dead_letter(&self, reason: &str, path: Option<&str>) -> Result<bool> {
        put_dead_letter(self.transaction, self.now, &self.page.flow, &self.record.id, reason, path)
    }

    fn forget_dead_letter(&self) -> Result<bool> {
        forget_dead_letter(self.transaction, &self.page.flow, &self.record.id)
    }
}

fn has_dead_letters(transaction: &Transaction<'_>, flow: &FlowKey) -> Result<bool> {
    transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM dead_letter WHERE firm = ?1 AND adapter = ?2 AND flow = ?3)",
        )
        .and_then(|mut sql| sql.query_row([&flow.firm, &flow.adapter, &flow.flow], |row| row.get(0)))
        .map_err(store_error)
}

/// Answers whether there was one.
pub(crate) fn forget_dead_letter(
    transaction: &Transaction<'_>,
    flow: &FlowKey,
    source_id: &str,
) -> Result<bool> {
    let forgotten = transaction
        .prepare_cached(
            "DELETE FROM dead_letter WHERE firm = ?1 AND adapter = ?2 AND flow = ?3 AND source_id = ?4",
        )
        .and_then(|mut sql| sql.execute([&flow.firm, &flow.adapter, &flow.flow, source_id]))
        .map_err(store_error)?;
    Ok(forgotten > 0)
}

/// Answers whether that is news.
pub(crate) fn put_dead_letter(
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

pub(crate) fn dead_letters(transaction: &Transaction<'_>, firm: &str) -> Result<Vec<DeadLetter>> {
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
