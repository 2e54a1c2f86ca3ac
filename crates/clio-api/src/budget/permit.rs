//! The right to send one request.

use std::fmt;

use http::{HeaderMap, StatusCode};

use super::{
    Budget,
    window::{Given, Window},
};

/// The right to send one request now: [`Clio::reserve`](crate::Clio::reserve) gives it, and
/// [`with_permit`](crate::One::with_permit) uses it. Dropped unused, it goes back, and somebody else may send.
#[must_use = "a permit that is dropped is given back"]
pub struct Permit {
    budget: Budget,
    given: Given,
    state: PermitState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PermitState {
    Unused,
    Sent,
    Over,
}

impl Permit {
    pub(super) fn new(budget: Budget, given: Given) -> Self {
        Self { budget, given, state: PermitState::Unused }
    }

    /// It is of this budget, and nothing that came since it was given speaks against using it.
    pub(super) fn holds(&self, budget: &Budget) -> bool {
        self.budget.is(budget) && budget.look(Window::holds)
    }

    /// The request goes out now.
    pub(super) fn sent(&mut self) {
        let given = self.given;
        self.given = self.budget.change(|window, now| window.sent(now, given));
        self.state = PermitState::Sent;
    }

    /// The request was surely not sent after all.
    pub(super) fn not_sent(&mut self) {
        self.state = PermitState::Unused;
    }

    /// The head of the answer came.
    pub(super) fn answered(mut self, status: StatusCode, headers: &HeaderMap) {
        self.state = PermitState::Over;
        let given = self.given;
        self.budget.change(|window, now| window.answered(now, given, status, headers));
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let given = self.given;
        match self.state {
            PermitState::Unused => self.budget.change(|window, _| window.returned(given)),
            PermitState::Sent => self.budget.change(|window, _| window.unanswered(given)),
            PermitState::Over => {}
        }
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let used = self.state != PermitState::Unused;
        f.debug_struct("Permit").field("used", &used).finish_non_exhaustive()
    }
}
