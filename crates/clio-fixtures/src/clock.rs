//! A clock for tests: tokio's time, which a test can pause, under a wall time of the test's choosing.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use clio_core::{Clock, Sleep};
use tokio::time::Instant;

/// A [`Clock`] over tokio's time.
///
/// Under `#[tokio::test(start_paused = true)]` it stands still until everything waits, then jumps to the next timer: a
/// test of thirty days takes milliseconds. Without paused time it runs as real time does.
///
/// The wall time is `start + elapsed + skew`; the monotonic time is what has elapsed.
#[derive(Debug, Clone)]
pub struct VirtualClock {
    start: DateTime<Utc>,
    origin: Instant,
    skew: TimeDelta,
}

impl VirtualClock {
    /// A clock that starts on Monday 2 March 2026 at 09:00:00 UTC.
    pub fn new() -> Arc<Self> {
        Self::starting_at(DateTime::from_timestamp(1_772_442_000, 0).unwrap_or(DateTime::UNIX_EPOCH))
    }

    /// A clock that starts at this wall time.
    #[expect(clippy::disallowed_methods, reason = "this is where virtual time comes from")]
    pub fn starting_at(start: DateTime<Utc>) -> Arc<Self> {
        Arc::new(Self { start, origin: Instant::now(), skew: TimeDelta::zero() })
    }

    /// The clock of another machine: the same monotonic time, a wall time that is `by` later (earlier, if negative).
    /// Skews add up.
    pub fn skewed(&self, by: TimeDelta) -> Arc<Self> {
        Arc::new(Self { skew: self.skew + by, ..self.clone() })
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> DateTime<Utc> {
        let elapsed = TimeDelta::from_std(self.monotonic()).unwrap_or(TimeDelta::MAX);
        self.start
            .checked_add_signed(elapsed)
            .and_then(|now| now.checked_add_signed(self.skew))
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    fn monotonic(&self) -> Duration {
        self.origin.elapsed()
    }

    #[expect(clippy::disallowed_methods, reason = "this is where virtual time comes from")]
    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn wall_time_is_start_and_elapsed_and_skew() {
        let clock = VirtualClock::new();
        assert_eq!(clock.now().to_rfc3339(), "2026-03-02T09:00:00+00:00");
        let other = clock.skewed(TimeDelta::minutes(-5));
        clock.sleep(Duration::from_secs(3600)).await;
        assert_eq!(clock.now().to_rfc3339(), "2026-03-02T10:00:00+00:00");
        assert_eq!(other.now().to_rfc3339(), "2026-03-02T09:55:00+00:00");
        assert_eq!(other.monotonic(), clock.monotonic());
    }
}
