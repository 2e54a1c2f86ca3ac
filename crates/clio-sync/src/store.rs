//! What the engine remembers, and the verbs by which it does.

use std::{
    collections::{BTreeSet, HashSet},
    fmt,
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::Etag;
use serde::{Deserialize, Serialize};

use crate::{
    Account, Acknowledgement, Backlog, Conflict, Content, Effect, FlowKey, FlowRecord, Linked, Person,
    Preview, Ran, Result, Standing, SweepEnd, Swept, Write,
};

/// Remembers what was read, what is to be written and what was.
///
/// Every verb is one transaction that is durable when it returns. A verb that takes a [`Lease`] fails with
/// [`ErrorKind::Fenced`](crate::ErrorKind::Fenced) and changes nothing, once another engine has taken the firm over. Times are
/// the store's own ([`Store::now`]); callers give durations.
///
/// A lease is good for its own firm only: a verb that names an intent or a page of another firm is refused. It also stays
/// good after it has run out, until another holder has taken the firm.
///
/// The dead letter and the acknowledgement of a record follow what was decided about it last; but once a creation is
/// planned and not refused, they follow that, whatever is decided later: a source must not be told that a record was
/// left out which stands at the target. "Oldest first" holds within one tick of the clock too.
///
/// An implementation has to pass the suite in the module `conformance` (behind the feature of that name).
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync {
    /// The store's time. It does not jump while the store is open.
    async fn now(&self) -> Result<DateTime<Utc>>;

    /// Takes or renews the right to work for a firm. Each change of hands raises the epoch; a holder who takes it again,
    /// even after it has run out or was given back, keeps the epoch if nobody else had it in between.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Busy`](crate::ErrorKind::Busy) while another holder's lease runs.
    async fn take_lease(&self, firm: &str, holder: &str, ttl: Duration) -> Result<Lease>;

    /// Gives the right back. Nothing happens if another has it by now.
    async fn release_lease(&self, lease: &Lease) -> Result<()>;

    /// How far a flow has read its cursor source.
    async fn cursor(&self, flow: &FlowKey) -> Result<Cursor>;

    /// Records a page: what was seen of each record, the intents that follow from it, the dead letters, the
    /// acknowledgements that are due already, and the cursor. Answers what became of each record, in order.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stale`](crate::ErrorKind::Stale) when [`PageCommit::expected`] is given and is not what would follow.
    async fn commit_page(&self, lease: &Lease, page: &PageCommit) -> Result<Vec<Committed>>;

    /// What [`commit_page`](Self::commit_page) would do, record by record. Changes nothing.
    async fn preview_page(&self, page: &PageCommit) -> Result<Vec<Preview>>;

    /// Ends a complete sweep: counts which links of this source's records were missed, and plans the deletion of those
    /// that were missed [often enough](SweepEnd::strikes), unless the brake holds it. One that was seen again is no
    /// longer missed.
    async fn end_sweep(&self, lease: &Lease, sweep: &SweepEnd) -> Result<Swept>;

    /// What [`end_sweep`](Self::end_sweep) would do. Changes nothing.
    async fn preview_sweep(&self, sweep: &SweepEnd) -> Result<(Swept, Vec<Preview>)>;

    /// The intents of a flow that may be sent, oldest first: PLANNED, and no older one of the same link is open or PARKED.
    async fn due_intents(&self, flow: &FlowKey, target: &str, most: usize) -> Result<Vec<Intent>>;

    /// The intents of a firm at a target whose outcome is open: SENDING and UNCERTAIN, oldest first.
    async fn open_intents(&self, firm: &str, target: &str) -> Result<Vec<Intent>>;

    /// PLANNED to SENDING, counting an attempt; also renews the lease by `ttl`. The floor is kept from the first attempt.
    async fn begin_send(&self, lease: &Lease, keys: &[String], begin: &BeginSend) -> Result<()>;

    /// SENDING back to PLANNED: surely nothing was written. The attempt does not count.
    async fn abort_send(&self, lease: &Lease, keys: &[String]) -> Result<()>;

    /// SENDING or UNCERTAIN to CONFIRMED, with the link and its acknowledgement, and without a dead letter. Where another source record is linked to
    /// the same remote record, nothing changes for this one and the answer is [`Confirmed::Taken`].
    ///
    /// A deletion makes the link a tombstone, and is acknowledged as [skipped](crate::Resolution::Skipped) for the reason
    /// that it was decided for: nothing stands there. An older write of the same record that is not settled or is PARKED
    /// (as there can be after [`recover`](Self::recover)) is WAIVED: it would undo this one.
    async fn confirm(&self, lease: &Lease, confirmations: &[Confirmation]) -> Result<Vec<Confirmed>>;

    /// SENDING or UNCERTAIN to UNCERTAIN, not to be looked at for `wait`. Looks start anew.
    async fn mark_uncertain(
        &self,
        lease: &Lease,
        keys: &[String],
        wait: Duration,
        reason: &str,
    ) -> Result<()>;

    /// UNCERTAIN stays so: a look found nothing. The next one is in `wait`.
    async fn look_again(&self, lease: &Lease, keys: &[String], wait: Duration) -> Result<()>;

    /// SENDING or UNCERTAIN to PLANNED: it is to be sent again. The attempt counts.
    async fn replan(&self, lease: &Lease, keys: &[String]) -> Result<()>;

    /// SENDING or UNCERTAIN to PLANNED, upon the record as it stands at the target now: its version, and those fields of
    /// ours that are no longer what we wrote. The attempt counts.
    async fn rebase(&self, lease: &Lease, rebase: &Rebase) -> Result<()>;

    /// SENDING to REJECTED, with its dead letter and acknowledgement.
    async fn reject(&self, lease: &Lease, key: &str, reason: &str) -> Result<()>;

    /// PLANNED, SENDING or UNCERTAIN to PARKED, with its acknowledgement: what a look before sending shows may be for a
    /// person to decide, too.
    async fn park(&self, lease: &Lease, key: &str, reason: &str, conflict: Option<&Conflict>) -> Result<()>;

    /// PLANNED, SENDING or UNCERTAIN to WAIVED, with its acknowledgement: it is not to be written any more. If the record
    /// is [gone](Waiver::gone), its link becomes a tombstone, and what else is PLANNED for it is WAIVED too.
    async fn waive(&self, lease: &Lease, waiver: &Waiver) -> Result<()>;

    /// A person decides about a PARKED intent; [`Verdict::SendAgain`] also about a REJECTED one, whose dead letter goes, unless
    /// a newer state of the record was decided on since: the old one would undo it.
    ///
    /// In a [`Conflict`] the person has seen what others have: for [`Verdict::SendAgain`] and [`Verdict::Drop`] that is held
    /// to be what we wrote, so that only what changes after it is a conflict again.
    async fn settle(&self, lease: &Lease, key: &str, verdict: &Verdict) -> Result<()>;

    /// The store may not know everything that was written since this moment: every creation that is PLANNED or open, and
    /// each that is planned from now on for a record older than now (or of unknown age), is looked for before it is sent.
    /// `settle` from now, so that whatever is on its way has landed. So is a creation that was REJECTED by now, once its dead
    /// letter is [retried](Self::retry_dead_letter): it may have been before.
    async fn recover(&self, lease: &Lease, since: DateTime<Utc>, settle: Duration) -> Result<()>;

    /// CONFIRMED intents of a flow, of more than one attempt, whose [audit](Confirmation::audit_after) is due.
    async fn due_audits(&self, flow: &FlowKey, target: &str) -> Result<Vec<Intent>>;

    /// These were audited.
    async fn audited(&self, lease: &Lease, keys: &[String]) -> Result<()>;

    /// What belongs to a source record at this target, whatever the flow.
    async fn link(&self, link: &LinkKey) -> Result<Option<Linked>>;

    /// The attempts to send an intent, oldest first, as far as retention has kept them.
    async fn attempts(&self, firm: &str, key: &str) -> Result<Vec<Attempt>>;

    /// A person has the record of a dead letter processed again: the letter goes, a REJECTED intent is PLANNED again, and
    /// the next time the source hands the record out it counts as new. Answers whether an intent was planned
    /// (or is looked for first, see [`recover`](Self::recover)).
    async fn retry_dead_letter(&self, lease: &Lease, flow: &FlowKey, source_id: &str) -> Result<bool>;

    /// A person puts a dead letter away: it does not come back, and a REJECTED intent is WAIVED, unless the record comes in
    /// another version. A source that waits for acknowledgements is told that the record is skipped.
    async fn discard_dead_letter(&self, lease: &Lease, flow: &FlowKey, source_id: &str) -> Result<()>;

    /// Keeps a plan under its id.
    async fn save_plan(&self, firm: &str, id: &str, plan: &str) -> Result<()>;

    /// A plan that was kept.
    async fn plan(&self, firm: &str, id: &str) -> Result<Option<String>>;

    /// Which of these remote records are linked already.
    async fn linked(&self, firm: &str, target: &str, remote_ids: &[String]) -> Result<HashSet<String>>;

    /// The fields that this firm's target was seen to change on writing.
    async fn lossy_fields(&self, firm: &str, target: &str) -> Result<BTreeSet<String>>;

    /// The acknowledgements of a flow that its source has not accepted yet, oldest first.
    async fn due_acknowledgements(&self, flow: &FlowKey, most: usize) -> Result<Vec<Acknowledgement>>;

    /// The source has accepted this acknowledgement. One that has changed meanwhile stays due.
    async fn acknowledged(&self, lease: &Lease, flow: &FlowKey, done: &Acknowledgement) -> Result<()>;

    /// The dead letters of a firm, oldest first.
    async fn dead_letters(&self, firm: &str) -> Result<Vec<DeadLetter>>;

    /// The intents of a firm in this state, oldest first.
    async fn intents(&self, firm: &str, state: IntentState) -> Result<Vec<Intent>>;

    // Connections, and how the flows are doing. These take no lease: each stands for itself, and people use them from
    // processes that run nothing.

    /// How a firm is connected. One of which nothing was recorded counts as connected, by nobody knows whom.
    async fn connection(&self, firm: &str) -> Result<Standing>;

    /// Records that this person has authorised the firm for this account: it is connected since now, unless it was so
    /// before by the same person.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OtherAccount`](crate::ErrorKind::OtherAccount): the firm has another account, or did before it was
    /// disconnected. Then nothing changes.
    async fn connect(&self, firm: &str, account: &Account, by: &Person) -> Result<()>;

    /// The firm is disconnected since now, unless it was before. Its account is kept.
    async fn disconnect(&self, firm: &str) -> Result<()>;

    /// Switches a flow on or off. A flow of which nothing was recorded is on.
    async fn switch(&self, flow: &FlowKey, enabled: bool) -> Result<()>;

    /// Records what the last run of a flow came to, in place of the one before, and counts the failures in a row. One that
    /// ended in [`ErrorKind::AuthorisationLost`](crate::ErrorKind::AuthorisationLost) makes a connected firm one that lost its
    /// authorisation, since now; one that succeeded makes it connected again.
    async fn record_run(&self, flow: &FlowKey, run: &Ran) -> Result<()>;

    /// The flows of a firm of which anything was recorded, in the order of their keys.
    async fn flows(&self, firm: &str) -> Result<Vec<FlowRecord>>;

    /// How much of a firm is unsettled.
    async fn backlog(&self, firm: &str) -> Result<Backlog>;
}

/// The right to work for a firm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The firm.
    pub firm: String,
    /// Who holds it.
    pub holder: String,
    /// Raised at each change of hands; guards every write to the store.
    pub epoch: i64,
}

/// How far a cursor source was read.
///
/// `read` is a list of closed intervals of the source's own time, in order and apart from each other: everything that
/// changed inside is recorded. It never advances to "the newest seen", because a source may still commit below that.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// What was read completely.
    pub read: Vec<Interval>,
    /// The walk that is under way.
    pub walk: Option<CursorWalk>,
}

/// A stretch of the source's time, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// Its start; `None` is the beginning of time.
    pub from: Option<DateTime<Utc>>,
    /// Its end: the source's time when the walk began.
    pub to: DateTime<Utc>,
}

/// A walk through the pages of a cursor source that is not finished.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CursorWalk {
    /// Everything since this moment is being read.
    pub since: Option<DateTime<Utc>>,
    /// The source's time when the walk began.
    pub began: DateTime<Utc>,
    /// Where the next page is.
    pub position: String,
}

impl fmt::Debug for CursorWalk {
    /// Leaves the position out: it may repeat what was searched for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CursorWalk")
            .field("since", &self.since)
            .field("began", &self.began)
            .finish_non_exhaustive()
    }
}

impl Cursor {
    /// Where the next walk has to start: `overlap` before the end of what was read.
    pub fn since(&self, overlap: Duration) -> Option<DateTime<Utc>> {
        let end = self.read.last()?.to;
        Some(chrono::TimeDelta::from_std(overlap).ok().and_then(|o| end.checked_sub_signed(o)).unwrap_or(end))
    }

    /// Closes an interval, merging what touches it.
    pub fn close(&mut self, from: Option<DateTime<Utc>>, to: DateTime<Utc>) {
        self.walk = None;
        self.read.push(Interval { from, to });
        self.read.sort_by_key(|interval| (interval.from, interval.to));
        let mut merged: Vec<Interval> = Vec::new();
        for next in self.read.drain(..) {
            match merged.last_mut() {
                Some(last) if next.from.is_none_or(|from| from <= last.to) => last.to = last.to.max(next.to),
                _ => merged.push(next),
            }
        }
        self.read = merged;
    }
}

/// A page to be recorded.
#[derive(Debug, Clone)]
pub struct PageCommit {
    /// The flow.
    pub flow: FlowKey,
    /// The kind of its source.
    pub source: String,
    /// The kind of its target.
    pub target: String,
    /// The records.
    pub records: Vec<Reconciled>,
    /// Where the cursor stands after this page. `None` for an inbox.
    pub cursor: Option<Cursor>,
    /// The source waits for acknowledgements.
    pub acknowledge: bool,
    /// What must follow from this page, and nothing else: that of a plan which is being applied.
    pub expected: Option<Vec<Preview>>,
    /// How long a request of an earlier engine may still be under way.
    pub settle: Duration,
}

/// A record with what is to be done about it.
#[derive(Debug, Clone)]
pub struct Reconciled {
    /// Its id at the source.
    pub id: String,
    /// Its version there.
    pub version: String,
    /// Since when it exists there, if the source says so.
    pub created: Option<DateTime<Utc>>,
    /// What is to be done.
    pub decision: Decision,
}

/// What is to be done about a record.
#[derive(Clone)]
pub enum Decision {
    /// Write this.
    Write(Effect, Write),
    /// Delete what belongs to it at the target, for this reason.
    Delete(String),
    /// Nothing, for this reason.
    Skip(String),
    /// It goes to the dead letters.
    Reject {
        /// What is wrong.
        reason: String,
        /// Where in its JSON.
        path: Option<String>,
    },
}

impl fmt::Debug for Decision {
    /// Leaves the reasons out: they may quote the record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write(effect, write) => f.debug_tuple("Write").field(effect).field(write).finish(),
            Self::Delete(_) => f.write_str("Delete(..)"),
            Self::Skip(_) => f.write_str("Skip(..)"),
            Self::Reject { path, .. } => f.debug_struct("Reject").field("path", path).finish_non_exhaustive(),
        }
    }
}

/// What became of a record when its page was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Committed {
    /// An intent was planned.
    Planned,
    /// It was seen before, and nothing about it has changed.
    Unchanged,
    /// Nothing is to be written.
    Skipped,
    /// It stands among the dead letters.
    Rejected,
    /// A person has deleted what belongs to it at the target: it stays deleted.
    LeftDeleted,
}

/// The state of an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IntentState {
    /// To be sent.
    Planned,
    /// Being sent, or the engine died while it was.
    Sending,
    /// Sent, with unknown outcome.
    Uncertain,
    /// Stands at the target.
    Confirmed,
    /// Refused by the target.
    Rejected,
    /// A person has to decide.
    Parked,
    /// Not to be written any more: others decided about the record.
    Waived,
}

impl IntentState {
    /// Every state once.
    pub const ALL: &[Self] = &[
        Self::Planned,
        Self::Sending,
        Self::Uncertain,
        Self::Confirmed,
        Self::Rejected,
        Self::Parked,
        Self::Waived,
    ];

    /// Its name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "PLANNED",
            Self::Sending => "SENDING",
            Self::Uncertain => "UNCERTAIN",
            Self::Confirmed => "CONFIRMED",
            Self::Rejected => "REJECTED",
            Self::Parked => "PARKED",
            Self::Waived => "WAIVED",
        }
    }
}

/// A write that was decided on, and how far it got.
#[derive(Clone, PartialEq, Eq)]
pub struct Intent {
    /// The hash of adapter, firm, source kind, source id, target kind, effect and generation. Unique.
    pub key: String,
    /// The flow that planned it.
    pub flow: FlowKey,
    /// The record's id at the source.
    pub source_id: String,
    /// The effect.
    pub effect: Effect,
    /// The how-many-th effect on this record it is, from 1.
    pub generation: u32,
    /// What to write. Of one that was settled long ago nothing may be left: [`Write::is_purged`].
    pub write: Write,
    /// How far it got.
    pub state: IntentState,
    /// How often it was sent, or may have been.
    pub attempt: u32,
    /// How many looks since the last attempt found nothing.
    pub looks: u32,
    /// Not to be looked at before, by the store's time.
    pub not_before: Option<DateTime<Utc>>,
    /// Looks reach back to here, by the server's time before the first attempt.
    pub floor: Option<DateTime<Utc>>,
    /// Its id at the target, once known.
    pub remote_id: Option<String>,
    /// What was said of it last.
    pub reason: Option<String>,
    /// What belongs to the source record at the target by now. An [upsert](Effect::Upsert) with it is an update, one
    /// without it a creation.
    pub linked: Option<Linked>,
    /// Why it is PARKED, if others have changed the record.
    pub conflict: Option<Conflict>,
}

impl Intent {
    /// It would make a new record at the target, or may have made one.
    pub fn creates(&self) -> bool {
        self.effect != Effect::Delete && self.linked.is_none()
    }
}

impl fmt::Debug for Intent {
    /// Leaves out what is written and the words about it: they are of clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intent")
            .field("key", &self.key)
            .field("flow", &self.flow)
            .field("source_id", &self.source_id)
            .field("effect", &self.effect)
            .field("generation", &self.generation)
            .field("state", &self.state)
            .field("attempt", &self.attempt)
            .field("looks", &self.looks)
            .field("not_before", &self.not_before)
            .field("floor", &self.floor)
            .field("remote_id", &self.remote_id)
            .finish_non_exhaustive()
    }
}

/// What goes with the start of a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeginSend {
    /// Nothing leaves later than this from now.
    pub within: Duration,
    /// Looks reach back to here. Ignored where an earlier attempt has set it.
    pub floor: Option<DateTime<Utc>>,
    /// The lease runs this long from now.
    pub lease: Duration,
}

/// A write that stands at the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// The intent.
    pub key: String,
    /// The record's id at the target.
    pub remote_id: String,
    /// Its version there.
    pub etag: Option<Etag>,
    /// The fields that the target did not keep as they were written.
    pub lossy: BTreeSet<String>,
    /// If it took more than one attempt: when to look whether an earlier one has landed, too.
    pub audit_after: Option<Duration>,
}

/// The record that an update is sent upon, after others have changed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebase {
    /// The intent.
    pub key: String,
    /// The record's version now.
    pub etag: Option<Etag>,
    /// The fields of ours as they stand now; `None` if they are as we wrote them.
    pub written: Option<Content>,
}

/// A write that is not to be made any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The intent.
    pub key: String,
    /// Why.
    pub reason: String,
    /// The record does not exist any more, and not by our doing: it is never created again.
    pub gone: bool,
    /// The fields of ours as others have them, and the version: held to be what we wrote.
    pub theirs: Option<(Content, Option<Etag>)>,
}

/// What a person decides about a write that waits for it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It stands at the target as this record. Refused where another source record is linked to it.
    Stands {
        /// The record's id there.
        remote_id: String,
    },
    /// It does not stand there: send it. In a conflict: ours goes over theirs.
    SendAgain,
    /// It is not to be written. In a conflict: theirs stays.
    Drop {
        /// Why, for the report and for the source.
        reason: String,
    },
}

/// Which record of which source, and at which target.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LinkKey {
    /// The firm.
    pub firm: String,
    /// The adapter.
    pub adapter: String,
    /// The kind of the source.
    pub source: String,
    /// The record's id there.
    pub source_id: String,
    /// The kind of the target.
    pub target: String,
}

/// One attempt to send an intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The how-many-th, from 1.
    pub number: u32,
    /// The epoch of the lease that it was made under.
    pub epoch: i64,
    /// When it was recorded as being sent, by the store's time.
    pub began: DateTime<Utc>,
    /// When its end was recorded.
    pub ended: Option<DateTime<Utc>>,
    /// How it ended, in a few words.
    pub outcome: Option<String>,
}

/// What became of a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// The intent is CONFIRMED, and linked.
    Linked,
    /// Another source record is linked to that remote record: the intent is as it was.
    Taken,
}

/// A record that could not be read, mapped or written, kept with its reason.
#[derive(Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The flow.
    pub flow: FlowKey,
    /// The record's id at the source.
    pub source_id: String,
    /// What is wrong.
    pub reason: String,
    /// Where in its JSON.
    pub path: Option<String>,
    /// When it was first seen, by the store's time.
    pub since: DateTime<Utc>,
}

impl fmt::Debug for DeadLetter {
    /// Leaves the reason out: it may quote the record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadLetter")
            .field("flow", &self.flow)
            .field("source_id", &self.source_id)
            .field("path", &self.path)
            .field("since", &self.since)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(minute * 60, 0).unwrap()
    }

    #[test]
    fn a_cursor_goes_on_before_the_start_of_the_last_walk() {
        let mut cursor = Cursor::default();
        assert_eq!(cursor.since(Duration::from_secs(300)), None);
        cursor.close(None, at(60));
        assert_eq!(cursor.since(Duration::from_secs(300)), Some(at(55)));
        cursor.close(Some(at(55)), at(90));
        assert_eq!(cursor.read, [Interval { from: None, to: at(90) }]);
    }

    #[test]
    fn a_gap_stays_a_gap() {
        let mut cursor = Cursor::default();
        cursor.close(Some(at(10)), at(20));
        cursor.close(Some(at(40)), at(50));
        assert_eq!(cursor.read.len(), 2);
        cursor.close(Some(at(15)), at(45));
        assert_eq!(cursor.read, [Interval { from: Some(at(10)), to: at(50) }]);
    }
}
