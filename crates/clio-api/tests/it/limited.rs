//! A server that limits requests, in several ways that servers do it, under paused time.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use clio_api::{Clock, Limits, Payload, Transport, TransportError};

/// When a window begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Windows {
    /// With the first request after the last one ended; its end is told in whole seconds, rounded up.
    FromFirst,
    /// With each full minute.
    Aligned,
    /// The last 60 seconds.
    Sliding,
    /// As `FromFirst`, but it says its end a second too early.
    TruncatedReset,
}

/// How the server behaves. All of it may be changed while it runs.
#[derive(Debug, Clone)]
pub(crate) struct Behaviour {
    pub(crate) limit: u32,
    pub(crate) windows: Windows,
    pub(crate) headers: bool,
    pub(crate) date: bool,
    pub(crate) retry_after: bool,
    /// How far its clock is ahead of ours.
    pub(crate) skew: TimeDelta,
    /// How long an answer takes. A request counts when half of it is over.
    pub(crate) latency: Duration,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            limit: 50,
            windows: Windows::FromFirst,
            headers: true,
            date: true,
            retry_after: true,
            skew: TimeDelta::zero(),
            latency: Duration::from_millis(200),
        }
    }
}

/// The server.
#[derive(Debug)]
pub(crate) struct Limited {
    clock: Arc<dyn Clock>,
    pub(crate) behaviour: Mutex<Behaviour>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    counted: VecDeque<DateTime<Utc>>,
    ends: Option<DateTime<Utc>>,
    used: u32,
    served: Vec<Served>,
    refused: Vec<Duration>,
}

/// A request that was let through.
#[derive(Debug, Clone)]
pub(crate) struct Served {
    pub(crate) at: Duration,
    pub(crate) path: String,
}

impl Limited {
    pub(crate) fn new(clock: Arc<dyn Clock>, behaviour: Behaviour) -> Arc<Self> {
        Arc::new(Self { clock, behaviour: Mutex::new(behaviour), state: Mutex::default() })
    }

    pub(crate) fn served(&self) -> Vec<Served> {
        self.state.lock().unwrap().served.clone()
    }

    /// When it refused requests.
    pub(crate) fn refused(&self) -> Vec<Duration> {
        self.state.lock().unwrap().refused.clone()
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.behaviour.lock().unwrap());
    }

    /// Another application uses the same token.
    pub(crate) fn another_request(&self) {
        let behaviour = self.behaviour.lock().unwrap().clone();
        let now = self.clock.now() + behaviour.skew;
        self.state.lock().unwrap().count(&behaviour, now);
    }

    fn answer(&self, path: &str, behaviour: &Behaviour) -> http::Response<Payload> {
        let now = self.clock.now() + behaviour.skew;
        let mut state = self.state.lock().unwrap();
        let (passes, remaining, ends) = state.count(behaviour, now);
        let at = self.clock.monotonic();
        if passes {
            state.served.push(Served { at, path: path.to_owned() });
        } else {
            state.refused.push(at);
        }
        let mut response = http::Response::builder().status(if passes { 200 } else { 429 });
        if behaviour.date {
            response = response.header("date", now.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
        }
        let told = match behaviour.windows {
            Windows::TruncatedReset => ends.timestamp() - 1,
            _ => ends.timestamp() + i64::from(ends.timestamp_subsec_nanos() > 0),
        };
        if behaviour.headers {
            response = response
                .header("x-ratelimit-limit", behaviour.limit)
                .header("x-ratelimit-remaining", remaining)
                .header("x-ratelimit-reset", told);
        }
        if !passes && behaviour.retry_after {
            let wait = (ends - now).num_milliseconds();
            response = response.header("retry-after", ((wait + 999) / 1000).max(1));
        }
        let body = if passes { r#"{"data":{"id":9,"etag":"e"}}"# } else { "" };
        response.body(Payload::Bytes(body.into())).unwrap()
    }
}

impl State {
    /// Counts a request: whether it passes, how many are left, and when the window ends.
    fn count(&mut self, behaviour: &Behaviour, now: DateTime<Utc>) -> (bool, u32, DateTime<Utc>) {
        let minute = TimeDelta::seconds(60);
        if behaviour.windows == Windows::Sliding {
            while self.counted.front().is_some_and(|first| *first + minute <= now) {
                self.counted.pop_front();
            }
            let passes = self.counted.len() < behaviour.limit as usize;
            if passes {
                self.counted.push_back(now);
            }
            let left = behaviour.limit.saturating_sub(u32::try_from(self.counted.len()).unwrap());
            // The moment at which the first of them counts no more.
            return (passes, left, *self.counted.front().unwrap() + minute);
        }
        if self.ends.is_none_or(|ends| ends <= now) {
            self.used = 0;
            let up = i64::from(now.timestamp_subsec_nanos() > 0);
            let aligned = behaviour.windows == Windows::Aligned;
            let ends = if aligned { now.timestamp() / 60 * 60 + 60 } else { now.timestamp() + up + 60 };
            self.ends = DateTime::from_timestamp(ends, 0);
        }
        let passes = self.used < behaviour.limit;
        self.used += u32::from(passes);
        (passes, behaviour.limit.saturating_sub(self.used), self.ends.unwrap())
    }
}

#[async_trait]
impl Transport for Limited {
    async fn send(
        &self,
        request: http::Request<Payload>,
        _: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        let behaviour = self.behaviour.lock().unwrap().clone();
        self.clock.sleep(behaviour.latency / 2).await;
        let response = self.answer(request.uri().path(), &behaviour);
        self.clock.sleep(behaviour.latency / 2).await;
        Ok(response)
    }
}
