//! What the answers tell beside their content: the server's time, and the state of the rate limit.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_core::{Base, Clock, Limits, Payload, Transport, TransportError, response::RawResponse};
use http::StatusCode;
use url::Url;

/// A transport that counts the requests and reads the heads of the answers. It stands inside the deadline, so that a
/// request that was never sent is not counted.
#[derive(Debug)]
pub(super) struct Observer {
    inner: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    base: Base,
    sent: AtomicU64,
    seen: Mutex<Seen>,
}

/// How many answers are remembered for the server's time.
const DATES: usize = 8;

#[derive(Debug, Default)]
struct Seen {
    /// The dates of the last answers, each with the monotonic time at which it came.
    dates: VecDeque<(DateTime<Utc>, Duration)>,
    blocked: Option<Blocked>,
}

/// The rate limit is used up.
#[derive(Debug, Clone, Copy)]
struct Blocked {
    /// In the clock's monotonic time.
    until: Duration,
    /// The server's time when it said so.
    told_at: Option<DateTime<Utc>>,
}

impl Observer {
    pub(super) fn new(inner: Arc<dyn Transport>, clock: Arc<dyn Clock>, base: Base) -> Self {
        Self { inner, clock, base, sent: AtomicU64::new(0), seen: Mutex::default() }
    }

    /// The server's time now, by the slowest clock among the last answers: one machine of many whose clock is ahead does
    /// no harm, and a time that is too early only makes a look reach back further.
    pub(super) fn server_time(&self) -> Option<DateTime<Utc>> {
        let now = self.clock.monotonic();
        self.seen().dates.iter().map(|(date, at)| *date + now.saturating_sub(*at)).min()
    }

    pub(super) fn requests_sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// How long the rate limit will be used up still.
    pub(super) fn blocked_for(&self) -> Option<Duration> {
        let until = self.seen().blocked?.until;
        until.checked_sub(self.clock.monotonic()).filter(|wait| !wait.is_zero())
    }

    fn note(&self, answer: &RawResponse, limit_counts: bool) {
        // What answers elsewhere on the host may have another clock.
        if !limit_counts {
            return;
        }
        let date = answer.date();
        let mut seen = self.seen();
        if let Some(date) = date {
            seen.dates.truncate(DATES - 1);
            seen.dates.push_front((date, self.clock.monotonic()));
        }
        let remaining = answer.headers.get("x-ratelimit-remaining").and_then(|value| value.to_str().ok());
        let used_up = remaining.is_some_and(|text| text.trim() == "0");
        if answer.status == StatusCode::TOO_MANY_REQUESTS || used_up {
            let Some(wait) = answer.retry_after() else { return };
            let until = self.clock.monotonic().saturating_add(wait);
            let later = seen.blocked.is_none_or(|blocked| blocked.until < until);
            if later {
                seen.blocked = Some(Blocked { until, told_at: date });
            }
        } else if remaining.is_some() && seen.blocked.is_some_and(|blocked| blocked.told_at < date) {
            // A newer answer with requests left proves that the window is over; an older one that comes late does not.
            seen.blocked = None;
        }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for Observer {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        // The limit belongs to the API; the authorisation server on the same host has its own.
        let is_api = Url::parse(&request.uri().to_string()).is_ok_and(|url| self.base.covers(&url));
        self.sent.fetch_add(1, Ordering::Relaxed);
        let (head, body) = self.inner.send(request, limits).await?.into_parts();
        let answer = RawResponse { status: head.status, headers: head.headers.clone(), body: Bytes::new() };
        self.note(&answer, is_api);
        Ok(http::Response::from_parts(head, body))
    }
}
