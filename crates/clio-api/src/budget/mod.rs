//! The rate limit as a budget: who may send now, and who waits.
//!
//! Clio counts requests for each access token, and says with each answer how many are left in the current window and when
//! it ends. From that a [`Budget`] gives out permits, one for each request.

mod permit;
mod queue;
mod transport;
mod window;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use clio_core::Clock;
use futures_util::future::{Either, select};

pub use permit::Permit;
pub(crate) use transport::{Budgeted, Wanted};

use queue::Queue;
use window::{Given, When, Window};

/// Who waits first, when the rate limit is used up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Priority {
    /// A person waits for it: it goes first, and at once as long as anything is left. The default.
    #[default]
    Interactive,
    /// It can wait: it goes after what people wait for, and leaves something of each window to them. It never waits for
    /// ever: one request goes first of all when none has for two minutes.
    Background,
}

/// Whose request it is: requests of one lane wait in a line, and lanes take turns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Lane {
    pub(crate) priority: Priority,
    pub(crate) flow: Option<Arc<str>>,
}

/// The budget of one token. Cloning shares it.
#[derive(Clone)]
pub(crate) struct Budget(Arc<Shared>);

struct Shared {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    window: Window,
    queue: Queue,
}

/// There is no permit within the time allowed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TooLong {
    /// When there will be one, as far as is known.
    pub(crate) wait: Option<Duration>,
}

impl Budget {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Shared { clock, state: Mutex::default() }))
    }

    /// A permit, as soon as there is one. Dropping the future gives its place in the line up.
    pub(crate) async fn permit(&self, lane: Lane, longest_wait: Duration) -> Result<Permit, TooLong> {
        let clock = &self.0.clock;
        let start = clock.monotonic();
        if let Some(given) = self.at_once(&lane, start) {
            return Ok(Permit::new(self.clone(), given));
        }
        let give_up = start.saturating_add(longest_wait);
        let mut place = Place::join(self, lane, start);
        loop {
            let now = clock.monotonic();
            let until = match place.turn(now) {
                Turn::Given(given) => return Ok(Permit::new(self.clone(), given)),
                Turn::Wait(until) => until,
            };
            if until.is_some_and(|until| until > give_up) || now >= give_up {
                return Err(TooLong { wait: until.map(|until| until.saturating_sub(now)) });
            }
            let sleep = clock.sleep(until.unwrap_or(give_up).saturating_sub(now));
            let woken = std::pin::pin!(place.woken());
            match select(woken, sleep).await {
                Either::Left(_) | Either::Right(_) => {}
            }
        }
    }

    /// Takes a permit if nobody waits and there is one.
    fn at_once(&self, lane: &Lane, now: Duration) -> Option<Given> {
        let background = lane.priority == Priority::Background;
        let mut state = self.state();
        if !state.queue.is_empty() || state.window.when(now, background) != When::Now {
            return None;
        }
        state.queue.serve(lane, now);
        Some(state.window.give(now, background))
    }

    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn look<T>(&self, look: impl FnOnce(&Window, Duration) -> T) -> T {
        let now = self.0.clock.monotonic();
        look(&self.state().window, now)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is known, and lets whoever is next look at it.
    fn change<T>(&self, change: impl FnOnce(&mut Window, Duration) -> T) -> T {
        let now = self.0.clock.monotonic();
        let mut state = self.state();
        let result = change(&mut state.window, now);
        state.queue.wake_first(now);
        result
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget").finish_non_exhaustive()
    }
}

/// A place in the line. It is given up when it is dropped.
struct Place<'a> {
    budget: &'a Budget,
    id: u64,
    wake: Arc<tokio::sync::Notify>,
    lane: Lane,
    served: bool,
}

enum Turn {
    Given(Given),
    /// Until this moment, or until somebody wakes us.
    Wait(Option<Duration>),
}

impl<'a> Place<'a> {
    fn join(budget: &'a Budget, lane: Lane, now: Duration) -> Self {
        let (id, wake) = budget.state().queue.join(&lane, now);
        Self { budget, id, wake, lane, served: false }
    }

    fn turn(&mut self, now: Duration) -> Turn {
        let mut state = self.budget.state();
        if state.queue.first(now) != Some(self.id) {
            // Time alone may have changed who is first, and nobody has told the one who is.
            state.queue.wake_first(now);
            return Turn::Wait(None);
        }
        let background = self.lane.priority == Priority::Background;
        match state.window.when(now, background) {
            When::Now => {
                let given = state.window.give(now, background);
                state.queue.serve(&self.lane, now);
                state.queue.wake_first(now);
                self.served = true;
                Turn::Given(given)
            }
            When::At(moment) => Turn::Wait(Some(moment)),
        }
    }

    async fn woken(&self) {
        self.wake.notified().await;
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if !self.served {
            let now = self.budget.0.clock.monotonic();
            let mut state = self.budget.state();
            state.queue.leave(self.id);
            state.queue.wake_first(now);
        }
    }
}
