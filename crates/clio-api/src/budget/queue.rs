//! Who is next.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use tokio::sync::Notify;

use super::{Lane, Priority};

/// When nothing was sent in the background for this long, one request of it goes before everything else.
const STARVED: Duration = Duration::from_secs(120);

/// The most flows that are remembered while they wait for nothing.
const REMEMBERED: usize = 1024;

/// Those who wait for a permit.
#[derive(Debug, Default)]
pub(super) struct Queue {
    lines: Vec<Line>,
    next_id: u64,
    /// The permits that were given so far.
    given: u64,
    /// When one was last given to background work, or would have been if there had been any.
    background_at: Duration,
}

/// Those of one lane, in the order in which they came.
#[derive(Debug)]
struct Line {
    lane: Lane,
    /// When it was served last, as a count of permits.
    served: u64,
    waiting: VecDeque<Waiter>,
}

#[derive(Debug)]
struct Waiter {
    id: u64,
    wake: Arc<Notify>,
}

impl Queue {
    pub(super) fn join(&mut self, lane: &Lane, now: Duration) -> (u64, Arc<Notify>) {
        if lane.priority == Priority::Background && !self.background_waits() {
            self.background_at = now;
        }
        let (id, wake) = (self.next_id, Arc::new(Notify::new()));
        self.next_id += 1;
        self.line(lane).waiting.push_back(Waiter { id, wake: wake.clone() });
        (id, wake)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.iter().all(|line| line.waiting.is_empty())
    }

    pub(super) fn leave(&mut self, id: u64) {
        for line in &mut self.lines {
            line.waiting.retain(|waiter| waiter.id != id);
        }
    }

    /// Takes the first one of this lane out, if one waits there: a permit is given to it.
    pub(super) fn serve(&mut self, lane: &Lane, now: Duration) {
        self.given += 1;
        let given = self.given;
        let line = self.line(lane);
        line.waiting.pop_front();
        line.served = given;
        if lane.priority == Priority::Background {
            self.background_at = now;
        }
    }

    /// Who is next: people before background work, then the lane that was served least lately; in it, who came first.
    pub(super) fn first(&self, now: Duration) -> Option<u64> {
        self.first_waiter(now).map(|waiter| waiter.id)
    }

    /// Wakes whoever is next.
    pub(super) fn wake_first(&self, now: Duration) {
        if let Some(waiter) = self.first_waiter(now) {
            waiter.wake.notify_one();
        }
    }

    fn first_waiter(&self, now: Duration) -> Option<&Waiter> {
        let starved = now.saturating_sub(self.background_at) >= STARVED;
        let turn = |line: &&Line| ((line.lane.priority == Priority::Background) != starved, line.served);
        // While nothing waits in the background, `starved` puts nobody back.
        self.lines.iter().filter(|line| !line.waiting.is_empty()).min_by_key(turn)?.waiting.front()
    }

    fn background_waits(&self) -> bool {
        self.lines.iter().any(|line| line.lane.priority == Priority::Background && !line.waiting.is_empty())
    }

    fn line(&mut self, lane: &Lane) -> &mut Line {
        let at = self.lines.iter().position(|line| line.lane == *lane).unwrap_or_else(|| {
            if self.lines.len() >= REMEMBERED {
                // Who comes back later waits behind those that wait then, no worse than a new one.
                self.lines.retain(|line| !line.waiting.is_empty());
            }
            // Behind those that wait already: however many flows are new, each has its turn.
            self.lines.push(Line { lane: lane.clone(), served: self.given, waiting: VecDeque::new() });
            self.lines.len() - 1
        });
        &mut self.lines[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(priority: Priority, flow: &str) -> Lane {
        Lane { priority, flow: Some(flow.into()) }
    }

    #[test]
    fn people_first_then_turns_then_the_order_of_coming() {
        let (people, a, b) = (
            lane(Priority::Interactive, "p"),
            lane(Priority::Background, "a"),
            lane(Priority::Background, "b"),
        );
        let now = Duration::from_secs(500);
        let mut queue = Queue::default();
        let came: Vec<_> = [&a, &a, &a, &b, &people].map(|lane| queue.join(lane, now).0).into();
        let mut order = Vec::new();
        while let Some(first) = queue.first(now) {
            let at = came.iter().position(|id| *id == first).unwrap();
            order.push(at);
            queue.serve([&a, &a, &a, &b, &people][at], now);
        }
        assert_eq!(order, [4, 0, 3, 1, 2]);
    }

    #[test]
    fn one_of_the_background_goes_first_after_two_minutes() {
        let (people, work) = (lane(Priority::Interactive, "p"), lane(Priority::Background, "w"));
        let mut queue = Queue::default();
        let start = Duration::from_secs(500);
        let works: Vec<_> = (0..2).map(|_| queue.join(&work, start).0).collect();
        let person = queue.join(&people, start).0;
        assert_eq!(queue.first(start), Some(person));
        let later = start + STARVED;
        assert_eq!(queue.first(later), Some(works[0]));
        queue.serve(&work, later);
        assert_eq!(queue.first(later), Some(person));
    }

    #[test]
    fn who_leaves_is_forgotten_and_so_are_old_flows() {
        let mut queue = Queue::default();
        for flow in 0..5000 {
            let lane = lane(Priority::Background, &flow.to_string());
            let (id, _) = queue.join(&lane, Duration::ZERO);
            if flow % 2 == 0 { queue.leave(id) } else { queue.serve(&lane, Duration::ZERO) }
        }
        assert_eq!(queue.first(Duration::ZERO), None);
        assert!(queue.lines.len() <= REMEMBERED, "{}", queue.lines.len());
    }
}
