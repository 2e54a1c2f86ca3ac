//! The runners: the same world in memory, behind wiremock and on a socket.

mod body;
mod loopback;
mod memory;
mod plan;
mod responder;
mod serve;
#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_core::Clock;
use futures_util::future::select;
use http::{Request, Response};
use tokio::sync::Notify;

pub use loopback::LoopbackTransport;
pub(crate) use memory::InMemory;
pub use responder::WorldResponder;
pub use serve::{ServeOptions, Served};
pub(crate) use serve::{serve, serve_on};

use crate::calls::{Book, Ticket};
use plan::{Outcome, Plan, finish, plan};

/// What a world says to a request at one moment.
#[derive(Debug)]
pub enum Poll {
    /// Its answer.
    Ready(Response<Bytes>),
    /// Nothing yet: a long poll is held. Ask again when something was posted, at this time at the latest.
    Held {
        /// When asking again is worth while: the hold ends, or a group becomes available again.
        until: DateTime<Utc>,
    },
}

/// A world as the runners see it.
pub(crate) trait Machine: fmt::Debug + Clone + Send + Sync + 'static {
    fn clock(&self) -> &Arc<dyn Clock>;
    fn latency(&self) -> std::time::Duration;
    fn book(&self) -> &Book;
    /// Rung when a held call may have an answer.
    fn bell(&self) -> &Notify;
    /// The state machine: `call` arrived at `since`, and it is `now`.
    fn step(&self, call: u64, request: &Request<Bytes>, since: DateTime<Utc>, now: DateTime<Utc>) -> Poll;
    /// The answer of a [`Fault::RateLimitedApplied`].
    fn too_many(&self, call: u64, now: DateTime<Utc>) -> Response<Bytes>;

    /// What a world does by itself while it is served.
    fn pump(self) -> futures_util::future::BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    /// Applies what is due.
    fn settle(&self, now: DateTime<Utc>) {
        for late in self.book().take_due(now) {
            if let Poll::Ready(answer) = self.step(late.call, &late.request, late.due, late.due)
                && answer.status().is_success()
            {
                self.book().applied(late.call);
            }
        }
    }

    /// [`Machine::step`] with what is due before it, and the book kept.
    fn ask(&self, call: u64, request: &Request<Bytes>, since: DateTime<Utc>, now: DateTime<Utc>) -> Poll {
        self.settle(now);
        let poll = self.step(call, request, since, now);
        if let Poll::Ready(answer) = &poll
            && answer.status().is_success()
        {
            self.book().applied(call);
        }
        poll
    }
}

/// Runs one call under the clock of the world: half of the latency, the world, the other half.
pub(crate) async fn run<M: Machine>(world: &M, ticket: Ticket, request: Request<Bytes>) -> Outcome {
    let clock = world.clock();
    if let Some(outcome) = ticket.fault.and_then(plan::before_sending) {
        return outcome;
    }
    let latency = world.latency();
    if !latency.is_zero() {
        clock.sleep(latency / 2).await;
    }
    let outcome = match plan(world, ticket, &request, clock.now()) {
        Plan::Done(outcome) => outcome,
        Plan::Apply => finish(world, ticket, answer(world, ticket.call, &request).await, clock.now()),
    };
    if !latency.is_zero() {
        clock.sleep(latency.saturating_sub(latency / 2)).await;
    }
    if let Outcome::Answer(answer, _) = &outcome {
        world.book().answered(ticket.call, answer.status());
    }
    outcome
}

/// Asks until there is an answer.
async fn answer<M: Machine>(world: &M, call: u64, request: &Request<Bytes>) -> Response<Bytes> {
    let clock = world.clock();
    let since = clock.now();
    loop {
        let mut bell = Box::pin(world.bell().notified());
        bell.as_mut().enable();
        let now = clock.now();
        match world.ask(call, request, since, now) {
            Poll::Ready(answer) => return answer,
            Poll::Held { until } => {
                let wait = (until - now).to_std().unwrap_or_default();
                select(bell, clock.sleep(wait.max(std::time::Duration::from_millis(1)))).await;
            }
        }
    }
}

/// `Date` as HTTP writes it: whole seconds, GMT.
pub(crate) fn http_date(now: DateTime<Utc>) -> http::HeaderValue {
    let text = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    http::HeaderValue::from_str(&text).unwrap_or_else(|_| http::HeaderValue::from_static(""))
}

/// The content type of every answer with a JSON body.
pub(crate) const JSON: http::HeaderValue = http::HeaderValue::from_static("application/json; charset=utf-8");
