//! What a fault does to a call, before a runner puts it into its own terms.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderValue, Request, Response, StatusCode, header};

use super::Machine;
use crate::{
    Fault,
    calls::{Late, Ticket, later},
};

/// How a call ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    Answer(Response<Bytes>, Flow),
    Refused,
    NoSuchHost,
    Broken,
    Reset,
    Silent,
}

/// How the body of an answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    Whole,
    /// In pieces, all of it within this time.
    Drips(Duration),
    /// Its first half, and then the connection breaks.
    Breaks,
}

/// How a call goes on.
#[derive(Debug)]
pub(crate) enum Plan {
    /// Apply, then see what [`finish`] makes of the answer.
    Apply,
    /// Do not apply now.
    Done(Outcome),
}

/// How a call ends of which no byte leaves.
pub(crate) fn before_sending(fault: Fault) -> Option<Outcome> {
    match fault {
        Fault::Refuse => Some(Outcome::Refused),
        Fault::NoSuchHost => Some(Outcome::NoSuchHost),
        _ => None,
    }
}

/// Decides whether a call is applied. A late application is noted here.
pub(crate) fn plan<M: Machine>(
    world: &M,
    ticket: Ticket,
    request: &Request<Bytes>,
    now: DateTime<Utc>,
) -> Plan {
    let Some(fault) = ticket.fault else { return Plan::Apply };
    if let Some(outcome) = before_sending(fault) {
        return Plan::Done(outcome);
    }
    match fault {
        Fault::RequestLost => Plan::Done(Outcome::Broken),
        Fault::ResetNotApplied => Plan::Done(Outcome::Reset),
        Fault::TimesOut => Plan::Done(Outcome::Silent),
        Fault::AppliedLate(by) => {
            world.book().postpone(Late { due: later(now, by), call: ticket.call, request: request.clone() });
            Plan::Done(Outcome::Silent)
        }
        Fault::ServerErrorNotApplied => Plan::Done(whole(html(StatusCode::BAD_GATEWAY))),
        Fault::RateLimitedNotApplied => Plan::Done(whole(world.too_many(ticket.call, now))),
        _ => Plan::Apply,
    }
}

/// What becomes of the answer of a call that was applied.
pub(crate) fn finish<M: Machine>(
    world: &M,
    ticket: Ticket,
    mut answer: Response<Bytes>,
    now: DateTime<Utc>,
) -> Outcome {
    match ticket.fault {
        Some(Fault::AnswerLost) => Outcome::Broken,
        Some(Fault::ResetApplied) => Outcome::Reset,
        Some(Fault::AppliedThenHangs) => Outcome::Silent,
        Some(Fault::ServerErrorApplied) => whole(html(StatusCode::INTERNAL_SERVER_ERROR)),
        Some(Fault::RateLimitedApplied) => whole(world.too_many(ticket.call, now)),
        Some(Fault::Truncated) => {
            let mut answer = answer.map(|body| body.slice(..body.len() / 2));
            if !answer.status().is_success() {
                *answer.status_mut() = StatusCode::OK;
            }
            whole(answer)
        }
        Some(Fault::EmptyAnswer) => {
            *answer.status_mut() = StatusCode::OK;
            answer.headers_mut().remove(header::CONTENT_TYPE);
            whole(answer.map(|_| Bytes::new()))
        }
        // There is no middle of an empty body.
        Some(Fault::BodyBreaks) if answer.body().is_empty() => Outcome::Broken,
        Some(Fault::BodyBreaks) => Outcome::Answer(measured(answer), Flow::Breaks),
        Some(Fault::SlowDrip(over)) if !answer.body().is_empty() => {
            Outcome::Answer(measured(answer), Flow::Drips(over))
        }
        _ => whole(answer),
    }
}

fn whole(answer: Response<Bytes>) -> Outcome {
    Outcome::Answer(answer, Flow::Whole)
}

/// A stream does not know its length, so the head has to.
fn measured(mut answer: Response<Bytes>) -> Response<Bytes> {
    let length = HeaderValue::from(answer.body().len());
    answer.headers_mut().insert(header::CONTENT_LENGTH, length);
    answer
}

/// What something in front of an API answers.
pub(crate) fn html(status: StatusCode) -> Response<Bytes> {
    let page = format!("<html><body><h1>{status}</h1></body></html>");
    let mut response = Response::new(Bytes::from(page));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}
