//! What an upload tells on its way.

use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
};

use clio_core::{Id, schema::objects::Document};
use futures_util::task::AtomicWaker;

/// How far an upload has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// What has happened.
    pub event: ProgressEvent,
    /// Bytes that were handed to the connection. It goes back when bytes have to be sent again.
    pub sent: u64,
    /// Bytes of the whole content; `None` while its end is not known.
    pub total: Option<u64>,
}

/// What has happened in an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProgressEvent {
    /// Clio has the document, or the new version of it; its bytes are awaited. Whoever drops the upload from here on leaves
    /// an unfinished document behind.
    Begun {
        /// The document.
        document: Id<Document>,
    },
    /// Bytes were handed to the connection.
    Sent,
    /// The file, or a part of it, did not get there and is sent again.
    Repeated {
        /// The number of the part, from 1; `None` of a file in one piece.
        part: Option<u64>,
    },
    /// All bytes are there; Clio is told.
    Completing,
    /// The upload failed, or began anew with another document, and this one was taken away.
    Removed {
        /// The document.
        document: Id<Document>,
    },
}

/// What was told and not reported yet. Bodies tell it from wherever they are sent; it is reported where the upload is
/// awaited, so a report may borrow, and cannot hold up a connection.
#[derive(Debug, Default)]
pub(super) struct Events {
    state: Mutex<State>,
    waker: AtomicWaker,
}

#[derive(Debug, Default)]
struct State {
    told: VecDeque<Progress>,
    sent: u64,
    total: Option<u64>,
}

impl Events {
    pub(super) fn set_total(&self, total: u64) {
        self.lock().total = Some(total);
    }

    pub(super) fn note(&self, event: ProgressEvent) {
        self.lock().tell(event);
        self.waker.wake();
    }

    pub(super) fn sent(&self, bytes: u64) {
        let mut state = self.lock();
        state.sent += bytes;
        state.tell(ProgressEvent::Sent);
        drop(state);
        self.waker.wake();
    }

    /// These bytes did not get there.
    pub(super) fn take_back(&self, bytes: u64) {
        let mut state = self.lock();
        state.sent = state.sent.saturating_sub(bytes);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Bytes that follow bytes need no report of their own.
    fn tell(&mut self, event: ProgressEvent) {
        if event == ProgressEvent::Sent && self.told.back().is_some_and(|last| last.event == event) {
            self.told.pop_back();
        }
        self.told.push_back(Progress { event, sent: self.sent, total: self.total });
    }
}

/// Who is told.
pub(super) type Report<'p> = Box<dyn FnMut(Progress) + Send + 'p>;

/// Does the work, and reports what is told meanwhile.
pub(super) async fn reporting<T>(
    events: &Events,
    mut report: Report<'_>,
    work: impl Future<Output = T>,
) -> T {
    let mut work = pin!(work);
    poll_fn(|context| {
        events.waker.register(context.waker());
        let done = work.as_mut().poll(context);
        // Taken first: a report may take its time, and the lock is not for that.
        let told = std::mem::take(&mut events.lock().told);
        told.into_iter().for_each(&mut report);
        done
    })
    .await
}
