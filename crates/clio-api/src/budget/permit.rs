//! The right to send one request.

use std::{fmt, mem};

use http::{HeaderMap, StatusCode};

use super::{Budget, window::Sent};

/// The right to send one request now: [`Clio::reserve`](crate::Clio::reserve) gives it, and
/// [`with_permit`](crate::One::with_permit) uses it. Dropped unused, it goes back, and somebody else may send.
#[must_use = "a permit that is dropped is given back"]
pub struct Permit {
    budget: Budget,
    state: PermitState,
}

enum PermitState {
    Unused,
    Sent(Sent),
    Over,
}

impl Permit {
    pub(super) fn new(budget: Budget) -> Self {
        Self { budget, state: PermitState::Unused }
    }

    /// The request goes out now.
    pub(super) fn sent(&mut self) {
        self.state = PermitState::Sent(self.budget.change(|window, now| window.sent(now)));
    }

    /// The request was surely not sent after all.
    pub(super) fn not_sent(&mut self) {
        if let PermitState::Sent(sent) = mem::replace(&mut self.state, PermitState::Over) {
            self.budget.change(|window, _| window.not_sent(sent));
        }
    }

    /// The head of the answer came.
    pub(super) fn answered(mut self, status: StatusCode, headers: &HeaderMap) {
        if let PermitState::Sent(sent) = mem::replace(&mut self.state, PermitState::Over) {
            self.budget.change(|window, now| window.answered(now, sent, status, headers));
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        match mem::replace(&mut self.state, PermitState::Over) {
            PermitState::Unused => self.budget.change(|window, _| window.returned()),
            PermitState::Sent(sent) => self.budget.change(|window, _| window.unanswered(sent)),
            PermitState::Over => {}
        }
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let used = !matches!(self.state, PermitState::Unused);
        f.debug_struct("Permit").field("used", &used).finish_non_exhaustive()
    }
}
