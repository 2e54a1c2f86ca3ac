//! The rate limit: calls in 60 seconds, counted for each access token.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderValue};

/// Seconds of one window.
const WINDOW: i64 = 60;

/// What the headers say about one token's window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    limit: u32,
    remaining: u32,
    /// Unix seconds.
    reset: i64,
}

impl Window {
    /// Seconds until the window ends.
    pub(crate) fn wait(self, now: DateTime<Utc>) -> i64 {
        (self.reset - now.timestamp()).max(1)
    }

    /// A window with nothing left.
    pub(crate) fn used_up(self) -> Self {
        Self { remaining: 0, ..self }
    }

    pub(crate) fn write(self, headers: &mut HeaderMap) {
        headers.insert("x-ratelimit-limit", HeaderValue::from(self.limit));
        headers.insert("x-ratelimit-remaining", HeaderValue::from(self.remaining));
        headers.insert("x-ratelimit-reset", HeaderValue::from(self.reset));
    }
}

#[derive(Debug, Default)]
pub(crate) struct RateLimits {
    windows: HashMap<String, Window>,
}

impl RateLimits {
    /// A window of which nothing was used.
    pub(crate) fn fresh(limit: u32, now: DateTime<Utc>) -> Window {
        // Up to the next whole second, because that is all the header can say.
        let reset = now.timestamp() + i64::from(now.timestamp_subsec_nanos() > 0) + WINDOW;
        Window { limit, remaining: limit, reset }
    }

    /// Counts one call. The flag says whether it is one too many.
    pub(crate) fn count(&mut self, token: &str, limit: u32, now: DateTime<Utc>) -> (Window, bool) {
        let window = self.windows.entry(token.to_owned()).or_insert_with(|| Self::fresh(limit, now));
        if now.timestamp() >= window.reset {
            *window = Self::fresh(limit, now);
        }
        let over = window.remaining == 0;
        window.remaining = window.remaining.saturating_sub(1);
        (*window, over)
    }
}
