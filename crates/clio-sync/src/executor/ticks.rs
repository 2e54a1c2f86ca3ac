//! The ticks of a cron schedule, on a clock that may be set and a machine that may sleep.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::Cron;

/// Which ticks have come, by the wall clock.
///
/// Ticks that were missed are one. After the clock was set back, a tick that was there already counts again only when a
/// whole gap to the tick after it has really passed since: so none comes twice in a row, and no flow waits until the clock
/// is where it was.
#[derive(Debug)]
pub(super) struct Ticks {
    cron: Cron,
    next: DateTime<Utc>,
    /// When the wall clock was last looked at.
    seen: DateTime<Utc>,
    /// Every tick up to here has come.
    come: DateTime<Utc>,
    /// By monotonic time: from here on, those come again.
    again: Duration,
}

impl Ticks {
    /// The ticks after now.
    pub(super) fn new(cron: Cron, wall: DateTime<Utc>, now: Duration) -> Self {
        let next = after(&cron, wall);
        Self { next, seen: wall, come: wall, again: now.saturating_add(between(wall, next)), cron }
    }

    /// Looks at the clock. Answers whether a tick has come since it was last looked at.
    pub(super) fn look(&mut self, wall: DateTime<Utc>, now: Duration) -> bool {
        if wall < self.seen {
            self.next = after(&self.cron, wall);
        }
        self.seen = wall;
        if wall < self.next {
            return false;
        }
        self.next = after(&self.cron, wall);
        if after(&self.cron, self.come) > wall && now < self.again {
            return false;
        }
        self.come = wall;
        self.again = now.saturating_add(between(wall, self.next));
        true
    }

    /// How long until the next one, as the clock goes now.
    pub(super) fn wait(&self, wall: DateTime<Utc>) -> Duration {
        between(wall, self.next)
    }
}

fn after(cron: &Cron, moment: DateTime<Utc>) -> DateTime<Utc> {
    cron.next_after(moment).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> Duration {
    (to - from).to_std().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When ticks come, on a clock that is looked at every two minutes of real time, from the first of these wall times; at
    /// each later pair of a minute of real time and a wall time the clock is set to that.
    fn come(cron: &str, minutes: u64, start: &str, set: &[(u64, &str)]) -> Vec<u64> {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let (mut since, mut wall) = (0, at(start));
        let mut ticks = Ticks::new(cron.parse().unwrap(), wall, Duration::ZERO);
        let mut come = Vec::new();
        for minute in (0..=minutes).step_by(2) {
            if let Some((_, to)) = set.iter().find(|(when, _)| *when == minute) {
                (since, wall) = (minute, at(to));
            }
            let now = Duration::from_secs(60 * minute);
            if ticks.look(wall + Duration::from_secs(60 * (minute - since)), now) {
                come.push(minute);
            }
        }
        come
    }

    const DAY: u64 = 24 * 60;
    const NINE: &str = "2026-03-02T09:00:00Z";

    #[test]
    fn ticks_come_by_the_wall_clock() {
        assert_eq!(come("*/20 * * * *", 60, NINE, &[]), [20, 40, 60]);
        assert_eq!(come("0 10 * * *", 2 * DAY, NINE, &[]), [60, 60 + DAY]);
    }

    #[test]
    fn what_was_missed_is_one_tick() {
        let slept = [(30, "2026-03-09T08:59:00Z")];
        assert_eq!(come("0 10 * * *", 120, NINE, &slept), [30, 92]);
    }

    #[test]
    fn a_clock_set_forward_brings_a_tick_once() {
        let set = [(30, "2026-03-02T10:30:00Z")];
        assert_eq!(come("0 10 * * *", 2 * DAY, NINE, &set), [30, DAY, 2 * DAY]);
    }

    #[test]
    fn a_clock_set_back_brings_no_tick_twice() {
        for back in [
            "2026-03-02T10:09:59.900Z",
            "2026-03-02T09:55:00Z",
            "2026-03-02T06:00:00Z",
            "2026-03-01T11:00:00Z",
        ] {
            let come = come("0 10 * * *", 3 * DAY, NINE, &[(70, back)]);
            assert_eq!(come[0], 60, "{back}");
            assert!(come[1] - come[0] >= DAY, "{back}: {come:?}");
            assert!(come[1] - come[0] <= 2 * DAY, "{back}: {come:?}");
        }
    }

    #[test]
    fn a_clock_that_jumps_to_and_fro_loses_no_tick() {
        // A little back after the tick, and a little forward later: the next day's comes sooner than a day after.
        let set = [(62, "2026-03-02T10:00:00Z"), (70, "2026-03-02T10:14:00Z")];
        assert_eq!(come("0 10 * * *", 2 * DAY, NINE, &set), [60, 60 + DAY - 4]);
    }

    #[test]
    fn a_clock_that_was_a_year_ahead_stops_nobody() {
        let set = [(10, "2027-03-02T09:00:00Z"), (100, "2026-03-02T10:40:00Z")];
        let come = come("0 22 * * *", 3 * DAY, NINE, &set);
        // At once when a year has passed. Ten minutes less than a gap later it is too early, so the next is a day after that.
        assert_eq!(come, [10, 13 * 60 + DAY, 13 * 60 + 2 * DAY]);
    }

    #[test]
    fn a_frequent_tick_keeps_its_pace_when_the_clock_is_set_back() {
        let come = come("*/20 * * * *", 240, NINE, &[(62, "2026-03-02T08:02:00Z")]);
        assert_eq!(come, [20, 40, 60, 80, 100, 120, 140, 160, 180, 200, 220, 240]);
    }
}
