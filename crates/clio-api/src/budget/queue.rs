//! Who is next.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::sync::Notify;

use super::{Lane, Priority};

/// Background work that has waited for this long goes before everything else: nothing waits for ever.
const STARVED: Duration = Duration::from_secs(120);

/// Those who wait for a permit.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiters: Vec<Waiter>,
    next_id: u64,
    /// For each flow, when it was last given a permit, as a count of permits.
    served: HashMap<Lane, u64>,
    given: u64,
}

#[derive(Debug)]
struct Waiter {
    id: u64,
    lane: Lane,
    since: Duration,
    wake: Arc<Notify>,
}

impl Queue {
    pub(super) fn join(&mut self, lane: Lane, now: Duration) -> (u64, Arc<Notify>) {
        let (id, wake) = (self.next_id, Arc::new(Notify::new()));
        self.next_id += 1;
        self.waiters.push(Waiter { id, lane, since: now, wake: wake.clone() });
        (id, wake)
    }

    pub(super) fn leave(&mut self, id: u64) {
        self.waiters.retain(|waiter| waiter.id != id);
    }

    /// Takes the first one out, who is given a permit.
    pub(super) fn serve(&mut self, id: u64) {
        let Some(at) = self.waiters.iter().position(|waiter| waiter.id == id) else { return };
        let lane = self.waiters.swap_remove(at).lane;
        self.given += 1;
        // Flows come and go; one that was not served for so long counts as new.
        if self.served.len() >= 1024 {
            let old = self.given.saturating_sub(1024);
            self.served.retain(|_, last| *last > old);
        }
        self.served.insert(lane, self.given);
    }

    /// Who is next: people before background, then the flow that was served least lately, then who came first.
    pub(super) fn first(&self, now: Duration) -> Option<u64> {
        let turn = |waiter: &&Waiter| {
            let starved = now.saturating_sub(waiter.since) >= STARVED;
            let urgent = starved || waiter.lane.priority == Priority::Interactive;
            (!starved, !urgent, self.served.get(&waiter.lane).copied().unwrap_or(0), waiter.id)
        };
        self.waiters.iter().min_by_key(turn).map(|waiter| waiter.id)
    }

    /// Wakes whoever is next.
    pub(super) fn wake_first(&self, now: Duration) {
        let first = self.first(now);
        if let Some(waiter) = self.waiters.iter().find(|waiter| Some(waiter.id) == first) {
            waiter.wake.notify_one();
        }
    }
}
