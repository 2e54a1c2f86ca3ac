//! What is to be done about one record, and what follows from it.

use clio_sync::{
    Committed, Decision, Effect, FlowKey, IntentState, PageCommit, Reconciled, Resolution, Result, Write,
    fingerprint,
};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::{
    acknowledgements,
    error::{damaged, store_error},
    letters, planning, recovery,
};

/// One record of a page.
pub(crate) struct Recording<'a> {
    pub(crate) transaction: &'a Transaction<'a>,
    pub(crate) now: i64,
    pub(crate) page: &'a PageCommit,
    pub(crate) record: &'a Reconciled,
}

impl Recording<'_> {
    /// What follows from it. Whether just this version was seen before is known by now.
    pub(crate) fn record(&self, seen_before: bool) -> Result<(Committed, Option<i64>)> {
        if matches!(self.record.decision, Decision::Skip(_) | Decision::Reject { .. })
            && let Some(link) = self.link_in_force()?
        {
            // It is decided already, or even written: to say now that it was left out would be wrong.
            self.follow(link)?;
            return Ok((Committed::Unchanged, Some(link)));
        }
        let news =
            |said: bool, committed| if said || !seen_before { committed } else { Committed::Unchanged };
        match &self.record.decision {
            Decision::Write(effect, write) => {
                let (committed, link) = self.write(*effect, write)?;
                self.follow(link)?;
                Ok((committed, Some(link)))
            }
            Decision::Delete(reason) => {
                if let Some((committed, link)) = self.delete(reason)? {
                    self.follow(link)?;
                    return Ok((committed, Some(link)));
                }
                let forgotten = self.forget_dead_letter()?;
                self.acknowledge(&Resolution::Skipped { reason: reason.clone() })?;
                Ok((news(forgotten, Committed::Skipped), None))
            }
            // Was seen to above: it needs nothing of what follows.
            Decision::Keep(_) => Ok((Committed::Unchanged, None)),
            Decision::Skip(reason) => {
                let forgotten = self.forget_dead_letter()?;
                self.acknowledge(&Resolution::Skipped { reason: reason.clone() })?;
                Ok((news(forgotten, Committed::Skipped), None))
            }
            Decision::Reject { .. } if self.discarded()?.as_ref() == Some(&self.record.version) => {
                self.acknowledge(&letters::put_away())?;
                Ok((Committed::Unchanged, None))
            }
            Decision::Reject { reason, path } => {
                let put = self.dead_letter(reason, path.as_deref())?;
                let told = path.as_ref().map_or_else(|| reason.clone(), |path| format!("{reason} at {path}"));
                self.acknowledge(&Resolution::Rejected { reason: told })?;
                Ok((news(put, Committed::Rejected), None))
            }
        }
    }

    fn discarded(&self) -> Result<Option<String>> {
        letters::discarded(self.transaction, &self.page.flow, &self.record.id)
    }

    /// Acknowledgement and dead letter of a record that is to be written are those of its newest intent, whatever was
    /// said of the record before. The source handed it out again, so that it is told again. Where another flow wrote it, the
    /// letter is that flow's: a person who has it sent again needs the flow that can.
    fn follow(&self, link: i64) -> Result<()> {
        type Newest = (String, Option<String>, Option<String>, String, String);
        let (state, remote_id, reason, effect, flow): Newest = self
            .transaction
            .prepare_cached(
                "SELECT state, remote_id, reason, effect, flow FROM intent WHERE link = ?1 ORDER BY seq DESC LIMIT 1",
            )
            .and_then(|mut sql| {
                sql.query_row([link], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
                })
            })
            .map_err(store_error)?;
        let is = |other: IntentState| state == other.as_str();
        let reason = reason.unwrap_or_default();
        if is(IntentState::Rejected) && flow == self.page.flow.flow {
            self.dead_letter(&reason, None)?;
        } else if is(IntentState::Rejected) {
            let theirs = FlowKey { flow, ..self.page.flow.clone() };
            self.forget_dead_letter()?;
            letters::put(self.transaction, self.now, &theirs, &self.record.id, &reason, None)?;
        } else {
            self.forget_dead_letter()?;
            letters::forget_of_link(self.transaction, link)?;
        }
        let deleted = effect == Effect::Delete.as_str();
        if is(IntentState::Confirmed) && !deleted {
            self.acknowledge(&Resolution::Written { remote_id: remote_id.unwrap_or_default() })
        } else if is(IntentState::Rejected) {
            self.acknowledge(&Resolution::Rejected { reason })
        } else if is(IntentState::Parked) {
            self.acknowledge(&Resolution::Parked { reason })
        } else if is(IntentState::Waived) || is(IntentState::Confirmed) {
            self.acknowledge(&Resolution::Skipped { reason })
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
                   AND link.target_kind = ?5 AND intent.effect = 'create' AND intent.state NOT IN ('REJECTED', 'WAIVED')",
            )
            .and_then(|mut sql| {
                sql.query_row([firm, adapter, &self.page.source, &self.record.id, &self.page.target], |row| {
                    row.get(0)
                })
                .optional()
            })
            .map_err(store_error)
    }

    /// The newest write of the link was refused: surely nothing stands at the target. One that a person put away was
    /// refused, too; it counts once the record has changed.
    fn was_refused(&self, link: i64) -> Result<bool> {
        let state: String = self
            .transaction
            .prepare_cached("SELECT state FROM intent WHERE link = ?1 ORDER BY seq DESC LIMIT 1")
            .and_then(|mut sql| sql.query_row([link], |row| row.get(0)))
            .map_err(store_error)?;
        if state != IntentState::Waived.as_str() {
            return Ok(state == IntentState::Rejected.as_str());
        }
        Ok(self.discarded()?.is_some_and(|version| version != self.record.version))
    }

    /// Plans the write, unless it was planned before. Answers with the link, too.
    fn write(&self, effect: Effect, write: &Write) -> Result<(Committed, i64)> {
        let hash = fingerprint([write.payload.as_str()]);
        let link = match self.link()? {
            None => self.new_link(&hash)?,
            Some(link) if link.tombstone.as_deref() == Some("theirs") => {
                return Ok((Committed::LeftDeleted, link.id));
            }
            Some(link) if link.planned == hash => return Ok((Committed::Unchanged, link.id)),
            // What we deleted ourselves, because it was not wanted, is wanted again: as a new record.
            Some(link) if link.tombstone.is_some() => {
                self.revive(link.id)?;
                self.raise(link.id, link.generation + 1, &hash)?;
                link.id
            }
            // What was created stays as it is; what was refused may be tried again once it has been corrected, and what is
            // about to be deleted is wanted again.
            Some(link)
                if effect == Effect::Create
                    && link.planned != planning::DELETED
                    && !self.was_refused(link.id)? =>
            {
                return Ok((Committed::Unchanged, link.id));
            }
            Some(link) => {
                if self.replace_unsent(link.id, &hash, effect, write)? {
                    return Ok((Committed::Planned, link.id));
                }
                self.raise(link.id, link.generation + 1, &hash)?;
                link.id
            }
        };
        self.plan(link, effect, write)?;
        Ok((Committed::Planned, link))
    }

    /// Plans that what belongs to the record is deleted. `None` if nothing does, and nothing is on its way to.
    fn delete(&self, reason: &str) -> Result<Option<(Committed, i64)>> {
        let Some(link) = self.link()? else { return Ok(None) };
        if link.tombstone.is_some() || link.planned == planning::DELETED {
            return Ok(Some((Committed::Unchanged, link.id)));
        }
        planning::plan_deletion(
            self.transaction,
            self.now,
            &self.page.flow,
            link.id,
            self.page.acknowledge,
            reason,
        )?;
        Ok(Some((Committed::Planned, link.id)))
    }

    /// The record's link as it stands.
    fn link(&self) -> Result<Option<Link>> {
        let FlowKey { firm, adapter, .. } = &self.page.flow;
        self.transaction
            .prepare_cached(
                "SELECT id, generation, planned_hash, tombstone FROM link
                 WHERE firm = ?1 AND adapter = ?2 AND source_kind = ?3 AND source_id = ?4 AND target_kind = ?5",
            )
            .and_then(|mut sql| {
                sql.query_row([firm, adapter, &self.page.source, &self.record.id, &self.page.target], |row| {
                    let (id, generation, planned) = (row.get(0)?, row.get(1)?, row.get(2)?);
                    Ok(Link { id, generation, planned, tombstone: row.get(3)? })
                })
                .optional()
            })
            .map_err(store_error)
    }

    /// The link gets a record of its own again.
    fn revive(&self, link: i64) -> Result<()> {
        self.transaction
            .prepare_cached("UPDATE link SET tombstone = NULL, remote_id = NULL WHERE id = ?1")
            .and_then(|mut sql| sql.execute([link]))
            .map_err(store_error)?;
        Ok(())
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

    /// A newer state takes the place of one that was planned but never sent. Not of another flow's, which may be about to
    /// send it: the newer state comes after it then.
    fn replace_unsent(&self, link: i64, hash: &str, effect: Effect, write: &Write) -> Result<bool> {
        let write = serde_json::to_string(write).map_err(damaged)?;
        let replaced = self
            .transaction
            .prepare_cached(
                "UPDATE intent SET write = ?2, changed_at = ?3
                 WHERE link = ?1 AND state = 'PLANNED' AND attempt = 0 AND effect = ?4 AND flow = ?5",
            )
            .and_then(|mut sql| {
                sql.execute(params![link, write, self.now, effect.as_str(), self.page.flow.flow])
            })
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

    fn raise(&self, link: i64, generation: u32, hash: &str) -> Result<()> {
        planning::raise(self.transaction, link, generation, hash)
    }

    fn plan(&self, link: i64, effect: Effect, write: &Write) -> Result<()> {
        letters::forget_discarded(self.transaction, &self.page.flow, &self.record.id)?;
        let key = planning::plan(
            self.transaction,
            self.now,
            &self.page.flow,
            link,
            effect,
            write,
            self.page.acknowledge,
        )?;
        recovery::suspect(self.transaction, self.now, self.page, self.record, &key)
    }

    fn acknowledge(&self, resolution: &Resolution) -> Result<()> {
        if self.page.acknowledge {
            acknowledgements::set(self.transaction, self.now, &self.page.flow, &self.record.id, resolution)?;
        }
        Ok(())
    }

    /// Answers whether that is news.
    fn dead_letter(&self, reason: &str, path: Option<&str>) -> Result<bool> {
        letters::put(self.transaction, self.now, &self.page.flow, &self.record.id, reason, path)
    }

    fn forget_dead_letter(&self) -> Result<bool> {
        letters::forget(self.transaction, &self.page.flow, &self.record.id)
    }
}

/// A link as it stands.
struct Link {
    id: i64,
    generation: u32,
    /// The hash of what was planned last.
    planned: String,
    tombstone: Option<String>,
}
