//! Time: what it is, how much has passed, and waiting.

use std::{fmt, future::Future, pin::Pin, time::Duration};

use chrono::{DateTime, Utc};

/// A wait that ends by itself.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where time comes from.
///
/// Wall time and elapsed time are separate, because wall time may jump: deadlines are measured by [`monotonic`], wall
/// time is for dates that people and servers read.
///
/// [`monotonic`]: Clock::monotonic
pub trait Clock: fmt::Debug + Send + Sync {
    /// The wall time.
    fn now(&self) -> DateTime<Utc>;

    /// The time since some fixed moment of this process. Never goes back, never jumps.
    fn monotonic(&self) -> Duration;

    /// Waits for `duration` of monotonic time.
    fn sleep(&self, duration: Duration) -> Sleep;
}

/// The operating system's clock, waiting on tokio's timers. [`sleep`](Clock::sleep) must be called inside a tokio runtime
/// with time enabled.
#[cfg(feature = "system")]
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[cfg(feature = "system")]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the production clock")]
    fn now(&self) -> DateTime<Utc> {
        DateTime::from(std::time::SystemTime::now())
    }

    #[expect(clippy::disallowed_methods, reason = "this is the production clock")]
    fn monotonic(&self) -> Duration {
        static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        START.get_or_init(std::time::Instant::now).elapsed()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the production clock")]
    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}
