//! What the flows of one connection have seen of Clio.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What was seen since the start. It is kept in memory: after a restart the first refusal tells again.
#[derive(Debug, Default)]
pub(crate) struct Standing(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// Clio refused a new entry because the connection lacks a right.
    lacks_right: bool,
    /// Clio took an entry since the last check.
    took_one: bool,
    /// Checks in a row to which Clio did not answer.
    silent: u32,
}

impl Standing {
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Clio refused a new entry, for want of a right.
    pub(crate) fn may_not_record(&self) {
        self.lock().lacks_right = true;
    }

    /// Clio took an entry.
    pub(crate) fn may_record(&self) {
        let mut seen = self.lock();
        seen.lacks_right = false;
        seen.took_one = true;
    }

    /// Everything that was planned has gone out: nothing speaks for a missing right any more.
    pub(crate) fn nothing_waits(&self) {
        self.lock().lacks_right = false;
    }

    /// A right is missing, as far as anybody knows.
    pub(crate) fn lacks_right(&self) -> bool {
        self.lock().lacks_right
    }

    /// Clio took an entry since this was asked last: it need not be asked how it is.
    pub(super) fn took_one(&self) -> bool {
        std::mem::take(&mut self.lock().took_one)
    }

    pub(super) fn answers(&self) {
        self.lock().silent = 0;
    }

    /// How many checks in a row Clio has not answered, this one included.
    pub(super) fn is_silent(&self) -> u32 {
        let mut seen = self.lock();
        seen.silent = seen.silent.saturating_add(1);
        seen.silent
    }
}
