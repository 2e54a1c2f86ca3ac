//! What the answers tell beside their content: the server's time.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use clio_core::{Base, Clock, Limits, Payload, Transport, TransportError, date_of};
use http::{HeaderValue, header::DATE};

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
    /// The `Date`s of the last answers as they came, each with the monotonic time at which it came: they are read only when
    /// somebody asks for the time.
    dates: VecDeque<(HeaderValue, Duration)>,
}

impl Observer {
    pub(super) fn new(inner: Arc<dyn Transport>, clock: Arc<dyn Clock>, base: Base) -> Self {
        Self { inner, clock, base, sent: AtomicU64::new(0), seen: Mutex::default() }
    }

    /// The server's time now, by the slowest clock among the last answers: one machine of many whose clock is ahead does
    /// no harm, and a time that is too early only makes a look reach back further.
    pub(super) fn server_time(&self) -> Option<DateTime<Utc>> {
        let now = self.clock.monotonic();
        let time = |(date, at): &(HeaderValue, Duration)| {
            date_of(date)?.checked_add_signed(TimeDelta::from_std(now.saturating_sub(*at)).ok()?)
        };
        self.seen().dates.iter().filter_map(time).min()
    }

    pub(super) fn requests_sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    fn note(&self, date: HeaderValue) {
        let now = self.clock.monotonic();
        let mut seen = self.seen();
        seen.dates.truncate(DATES - 1);
        seen.dates.push_front((date, now));
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
        // What answers elsewhere, on this host or another, may have another clock.
        let is_api = self.base.covers_uri(request.uri());
        self.sent.fetch_add(1, Ordering::Relaxed);
        let response = self.inner.send(request, limits).await?;
        if let Some(date) = response.headers().get(DATE).filter(|_| is_api) {
            self.note(date.clone());
        }
        Ok(response)
    }
}
