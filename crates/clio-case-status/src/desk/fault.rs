//! What goes wrong at which call.

use std::{collections::BTreeMap, time::Duration};

use super::records::Deed;

/// What goes wrong at a call of a [`Desk`](super::Desk).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeskFault {
    /// It is not there: nothing happens, and an error is answered.
    Unavailable,
    /// What was asked for is done, and the answer is lost.
    AnswerLost,
    /// What was asked for is done so much later, although an error is answered now.
    Late(Duration),
    /// What was asked for is not there (any more), and never will be.
    Gone,
    /// Nothing happens, and nothing is ever answered.
    Silence,
}

/// The faults to come.
#[derive(Debug, Default)]
pub(super) struct Faults {
    calls: u64,
    to_come: BTreeMap<u64, DeskFault>,
    status: Option<DeskFault>,
}

impl Faults {
    pub(super) fn add(&mut self, call: u64, fault: DeskFault) {
        self.to_come.insert(self.calls + call, fault);
    }

    pub(super) const fn at_status(&mut self, fault: DeskFault) {
        self.status = Some(fault);
    }

    pub(super) const fn calls(&self) -> u64 {
        self.calls
    }

    /// The fault of the call that is being made.
    pub(super) fn next(&mut self) -> Option<DeskFault> {
        self.calls += 1;
        self.to_come.remove(&self.calls)
    }

    /// The fault of a call that writes.
    pub(super) fn next_write(&mut self, deed: &Deed) -> Option<DeskFault> {
        let fault = self.next();
        if matches!(deed, Deed::Status(_)) { fault.or(self.status.take()) } else { fault }
    }
}
