//! What the engine remembers, and the verbs by which it does.

mod cursor;
mod intent;
mod page;
mod settlement;

use std::{
    collections::{BTreeSet, HashSet},
    fmt,
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    Account, Acknowledgement, Backlog, Conflict, FlowKey, FlowRecord, Linked, Person, Preview, Ran, Result,
    Standing, SweepEnd, Swept,
};

pub use cursor::{Cursor, CursorWalk, Interval};
pub use intent::{Attempt, BeginSend, Confirmation, Confirmed, Intent, IntentState};
pub use page::{Committed, DeadLetter, Decision, Mirrored, PageCommit, Reconciled};
pub use settlement::{LinkKey, Rebase, Verdict, Waiver};

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
/// left out which stands at the target. "Oldest first" holds within one tick of the clock too. Where several flows write
/// the same record, the letter of a refused write is of the flow that wrote it, and any newer decision ends it.
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

    /// SENDING or UNCERTAIN to CONFIRMED, with the link and its acknowledgement, and without a dead letter. Where another
    /// source record is linked to the same remote record, nothing changes for this one and the answer is
    /// [`Confirmed::Taken`].
    ///
    /// An UNCERTAIN one was found by a look, which may have given it what an equal write made. So the floor of each other
    /// open intent of the firm at the target falls to that of this one, if it is later: a look for them has to see what
    /// this one left.
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

    /// The records that a flow [keeps](Decision::Keep), by id as text compares, after this one: at most so many.
    async fn mirrored(&self, flow: &FlowKey, after: Option<&str>, most: usize) -> Result<Vec<Mirrored>>;

    /// One record that a flow [keeps](Decision::Keep).
    async fn mirrored_one(&self, flow: &FlowKey, id: &str) -> Result<Option<Mirrored>>;

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
