//! The book that a world keeps of every call.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::Request;

use crate::{Fault, Faults, faults::Arrival};

/// One call to a world, as the world saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallRecord {
    /// Counted from 1 in the order of arrival.
    pub number: u64,
    /// The HTTP method, in capitals.
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The query as it was sent, still percent-encoded; empty without one.
    pub query: String,
    /// When it arrived, by the clock of the world.
    pub at: DateTime<Utc>,
    /// The world did what was asked: it reached the world, and the world's own answer was one of success. A call that
    /// is applied late turns `true` when it happens.
    pub applied: bool,
    /// The caller was given an answer of some status.
    pub answered: bool,
    /// The status of that answer. After a fault it can differ from what the world did.
    pub status: Option<u16>,
    /// What went wrong on purpose.
    pub fault: Option<Fault>,
}

/// The number and the fault of a call that has just arrived.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket {
    pub(crate) call: u64,
    pub(crate) fault: Option<Fault>,
}

/// A request that is applied later.
#[derive(Debug)]
pub(crate) struct Late {
    pub(crate) due: DateTime<Utc>,
    pub(crate) call: u64,
    pub(crate) request: Request<Bytes>,
}

/// Calls, faults and late requests of one world.
#[derive(Debug, Default)]
pub(crate) struct Book {
    calls: Mutex<Vec<CallRecord>>,
    late: Mutex<Vec<Late>>,
    pub(crate) faults: Faults,
}

impl Book {
    /// A book of a world whose faults by chance follow from this seed.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { faults: Faults::seeded(seed), ..Self::default() }
    }

    fn calls(&self) -> MutexGuard<'_, Vec<CallRecord>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes an arriving call down and looks up what shall go wrong with it.
    pub(crate) fn arrive(
        &self,
        method: &http::Method,
        uri: &http::Uri,
        at: DateTime<Utc>,
        faults: bool,
    ) -> Ticket {
        let mut calls = self.calls();
        let number = calls.len() as u64 + 1;
        let earlier = calls.iter().map(|call| (call.method.as_str(), call.path.as_str()));
        let call = Arrival { number, method: method.as_str(), path: uri.path(), at };
        let fault = if faults { self.faults.pick(call, &earlier) } else { None };
        calls.push(CallRecord {
            number,
            method: method.as_str().to_owned(),
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            at,
            applied: false,
            answered: false,
            status: None,
            fault,
        });
        Ticket { call: number, fault }
    }

    fn update(&self, call: u64, change: impl FnOnce(&mut CallRecord)) {
        let mut calls = self.calls();
        let at = usize::try_from(call).unwrap_or(0).wrapping_sub(1);
        if let Some(record) = calls.get_mut(at) {
            change(record);
        }
    }

    pub(crate) fn applied(&self, call: u64) {
        self.update(call, |record| record.applied = true);
    }

    pub(crate) fn answered(&self, call: u64, status: http::StatusCode) {
        self.update(call, |record| {
            record.answered = true;
            record.status = Some(status.as_u16());
        });
    }

    pub(crate) fn list(&self) -> Vec<CallRecord> {
        self.calls().clone()
    }

    pub(crate) fn postpone(&self, late: Late) {
        self.late.lock().unwrap_or_else(PoisonError::into_inner).push(late);
    }

    /// Takes out what is due at `now`, in the order in which it becomes due.
    pub(crate) fn take_due(&self, now: DateTime<Utc>) -> Vec<Late> {
        let mut late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut due, rest): (Vec<_>, Vec<_>) = late.drain(..).partition(|one| one.due <= now);
        *late = rest;
        due.sort_by_key(|one| (one.due, one.call));
        due
    }
}

/// `at` and `by` more, without overflow.
pub(crate) fn later(at: DateTime<Utc>, by: std::time::Duration) -> DateTime<Utc> {
    TimeDelta::from_std(by).ok().and_then(|by| at.checked_add_signed(by)).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
