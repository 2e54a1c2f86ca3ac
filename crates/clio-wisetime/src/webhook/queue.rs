//! What WiseTime has called with and waits for an answer to, and the inbox that the engine takes it out of.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use clio_api::Clio;
use clio_sync::{Acknowledgement, InboxBatch, InboxSource, Result};

use super::Answer;
use crate::{
    directory::Directories,
    posted_time::{KIND, Raw, Received, incoming, status},
};

/// How many groups the engine takes out at once.
const AT_ONCE: usize = 25;

/// So many bytes of groups wait at most. Whoever comes then is told to come again.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Groups that wait in memory. Nothing is lost with them: WiseTime calls again until it has an answer that is final.
#[derive(Debug, Clone, Default)]
pub(crate) struct Queue(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<(Raw, usize)>,
    bytes: usize,
    callers: HashMap<String, Callers>,
}

/// Who waits for the answer about one group: WiseTime may call again before it has one.
#[derive(Debug, Default)]
struct Callers {
    count: usize,
    answer: Option<Answer>,
}

/// One call that waits. Dropped, it waits no longer.
pub(super) struct Call {
    queue: Queue,
    id: String,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a group of this size in, in place of an older one of its id. `None` when there is no room.
    pub(super) fn put(&self, raw: Raw, bytes: usize) -> Option<Call> {
        let mut state = self.lock();
        if let Some(at) = state.waiting.iter().position(|(other, _)| other.id == raw.id) {
            let old = state.waiting.remove(at).map_or(0, |(_, bytes)| bytes);
            state.bytes -= old;
        }
        if state.bytes + bytes > MOST_BYTES {
            return None;
        }
        let id = raw.id.clone();
        let callers = state.callers.entry(id.clone()).or_default();
        callers.count += 1;
        // What was said before may not hold any more.
        callers.answer = None;
        state.bytes += bytes;
        state.waiting.push_back((raw, bytes));
        Some(Call { queue: self.clone(), id })
    }

    fn take(&self) -> (Vec<Raw>, bool) {
        let mut state = self.lock();
        let count = state.waiting.len().min(AT_ONCE);
        let taken: Vec<(Raw, usize)> = state.waiting.drain(..count).collect();
        state.bytes -= taken.iter().map(|(_, bytes)| bytes).sum::<usize>();
        (taken.into_iter().map(|(raw, _)| raw).collect(), !state.waiting.is_empty())
    }
}

impl Call {
    /// What became of the group, if that is known by now.
    pub(super) fn answer(&self) -> Option<Answer> {
        self.queue.lock().callers.get(&self.id)?.answer.clone()
    }

    /// Nobody has taken it out yet.
    pub(super) fn is_waiting(&self) -> bool {
        self.queue.lock().waiting.iter().any(|(raw, _)| raw.id == self.id)
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        let Some(callers) = state.callers.get_mut(&self.id) else { return };
        callers.count -= 1;
        if callers.count == 0 {
            state.callers.remove(&self.id);
        }
    }
}

/// The queue as an inbox.
#[derive(Debug)]
pub(crate) struct Called {
    pub(crate) queue: Queue,
    pub(crate) clio: Clio,
    pub(crate) directories: Arc<Directories>,
}

#[async_trait]
impl InboxSource for Called {
    type Record = Received;

    fn kind(&self) -> &'static str {
        KIND
    }

    /// What cannot be looked up at Clio just now is dropped: whoever called is told to call again.
    async fn fetch(&self) -> Result<InboxBatch<Received>> {
        let (raw, more) = self.queue.take();
        Ok(InboxBatch { records: incoming(raw, &self.directories, &self.clio).await?, more })
    }

    /// If nobody waits for it, WiseTime has been told to call again; and is told then.
    async fn acknowledge(&self, acknowledgement: &Acknowledgement) -> Result<()> {
        if let Some(callers) = self.queue.lock().callers.get_mut(&acknowledgement.id) {
            callers.answer = Some(Answer::of(&status(acknowledgement)));
        }
        Ok(())
    }
}
