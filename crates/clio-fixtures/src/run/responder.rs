//! A world behind wiremock.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use wiremock::{Respond, ResponseTemplate};

use super::{
    Machine, Outcome, Plan, Poll,
    plan::{Flow, finish, plan},
};
use crate::ClioWorld;

/// How long wiremock keeps quiet in place of a broken or silent connection, which it cannot have.
const SILENCE: Duration = Duration::from_secs(3600);

/// A world as the answer of a wiremock `Mock`.
///
/// wiremock answers synchronously, so two things differ from the other ways to run a world: a connection that would
/// break or stay silent is an answer after an hour, and a long poll that would be held is an empty answer delayed by
/// real time; what is posted meanwhile comes with the next poll. A body that would drip comes whole and late.
#[derive(Debug, Clone)]
pub struct WorldResponder<W = ClioWorld> {
    world: W,
}

impl<W> WorldResponder<W> {
    pub(crate) fn new(world: W) -> Self {
        Self { world }
    }
}

impl<W: Machine> Respond for WorldResponder<W> {
    fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
        let world = &self.world;
        let now = world.clock().now();
        let mut inner = http::Request::new(Bytes::copy_from_slice(&request.body));
        *inner.method_mut() = request.method.clone();
        *inner.headers_mut() = request.headers.clone();
        if let Ok(uri) = request.url.as_str().parse() {
            *inner.uri_mut() = uri;
        }
        let ticket = world.book().arrive(inner.method(), inner.uri(), now, true);
        let ask = || match world.ask(ticket.call, &inner, now, now) {
            Poll::Ready(answer) => (answer, Duration::ZERO),
            Poll::Held { until } => {
                let mut answer = Response::new(Bytes::from_static(b"[]"));
                answer.headers_mut().insert(http::header::CONTENT_TYPE, super::JSON);
                (answer, (until - now).to_std().unwrap_or_default())
            }
        };
        let (outcome, wait) = match plan(world, ticket, &inner, now) {
            Plan::Done(outcome) => (outcome, Duration::ZERO),
            Plan::Apply => {
                let (answer, wait) = ask();
                (finish(world, ticket, answer, now), wait)
            }
        };
        let (answer, drips) = match outcome {
            Outcome::Answer(answer, Flow::Whole) => (answer, Duration::ZERO),
            Outcome::Answer(answer, Flow::Drips(over)) => (answer, over),
            Outcome::Answer(_, Flow::Breaks)
            | Outcome::Refused
            | Outcome::NoSuchHost
            | Outcome::Broken
            | Outcome::Reset
            | Outcome::Silent => {
                return ResponseTemplate::new(StatusCode::SERVICE_UNAVAILABLE).set_delay(SILENCE);
            }
        };
        world.book().answered(ticket.call, answer.status());
        template(&answer).set_delay(wait + world.latency() + drips)
    }
}

fn template(answer: &Response<Bytes>) -> ResponseTemplate {
    let mime = answer.headers().get(http::header::CONTENT_TYPE).and_then(|mime| mime.to_str().ok());
    let mut template = ResponseTemplate::new(answer.status());
    if !answer.body().is_empty() {
        template = template.set_body_raw(answer.body().to_vec(), mime.unwrap_or("application/octet-stream"));
    }
    for (name, value) in answer.headers() {
        template = template.insert_header(name, value);
    }
    template
}
