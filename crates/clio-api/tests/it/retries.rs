//! What is sent again, and what is not.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use clio_api::{
    Advice, App, Applied, Clio, ErrorKind, Id, JsonBody, Limits, Payload, Region, RetryPolicy, Transport,
    TransportError, TransportErrorKind,
};
use proptest::prelude::*;

use crate::script::{Answer, Script, TestClock, builder, token_ending_at};

const ME: &str = r#"{"data":{"id":9,"etag":"e"}}"#;

fn retrying(script: &Arc<Script>) -> Clio {
    builder(script).retry(RetryPolicy::default()).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_read_that_fails_for_a_while_is_sent_again() {
    for failure in
        [Answer::lost(), Answer::new(503, "<html>"), Answer::new(429, "").header("retry-after", &1)]
    {
        let script = Script::new([failure.clone(), failure, Answer::ok(ME)]);
        let clio = retrying(&script);
        clio.users().who_am_i().await.unwrap();
        assert_eq!(script.asked().len(), 3);
        let waited = clio.clock().monotonic();
        assert!(waited >= Duration::from_millis(1500) && waited <= Duration::from_secs(4), "{waited:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_its_attempts_the_failure_stands() {
    let script = Script::new([Answer::lost(), Answer::lost(), Answer::new(502, "<html>bad gateway</html>")]);
    let error = retrying(&script).users().who_am_i().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Server, Some(502)));
    // A read has changed nothing, so it can simply be tried again later.
    assert_eq!((error.applied(), error.advice()), (Applied::No, Advice::Retry(None)));
}

#[tokio::test(start_paused = true)]
async fn what_clio_refuses_is_not_asked_again() {
    for status in [400, 403, 404, 409, 410, 412, 422] {
        let script = Script::new([Answer::new(status, r#"{"error":{"type":"X","message":"no"}}"#)]);
        let error = retrying(&script).users().who_am_i().await.unwrap_err();
        assert_eq!((error.status(), error.advice()), (Some(status), Advice::Change));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_can_have_a_policy_of_its_own() {
    let script = Script::new([Answer::lost()]);
    let error = retrying(&script).users().who_am_i().with_retry(RetryPolicy::never()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);

    let patient = RetryPolicy { attempts: 5, ..RetryPolicy::default() };
    let script = Script::new((0..4).map(|_| Answer::lost()).chain([Answer::ok(ME)]));
    retrying(&script).users().who_am_i().with_retry(patient).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_asks_for_an_hour_is_not_waited_for() {
    let script = Script::new([Answer::new(429, "").header("retry-after", &3600)]);
    let clio = retrying(&script);
    let error = clio.users().who_am_i().await.unwrap_err();
    assert_eq!(error.advice(), Advice::Retry(Some(Duration::from_secs(3600))));
    assert_eq!(clio.clock().monotonic(), Duration::ZERO);
}

/// One thing that can come of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Created,
    CreatedUnreadably,
    BrokenOff,
    NotSent,
    Lost,
    TimedOut,
    RefusedToken,
    RefusedTokenAsObject,
    SomebodyElses401,
    OtherwiseUnauthorised,
    Throttled,
    ThrottledWithHint,
    Invalid,
    Forbidden,
    Firewall,
    Failed,
    Unavailable,
}

const FATES: [Fate; 17] = [
    Fate::Created,
    Fate::CreatedUnreadably,
    Fate::BrokenOff,
    Fate::NotSent,
    Fate::Lost,
    Fate::TimedOut,
    Fate::RefusedToken,
    Fate::RefusedTokenAsObject,
    Fate::SomebodyElses401,
    Fate::OtherwiseUnauthorised,
    Fate::Throttled,
    Fate::ThrottledWithHint,
    Fate::Invalid,
    Fate::Forbidden,
    Fate::Firewall,
    Fate::Failed,
    Fate::Unavailable,
];

impl Fate {
    /// After these a write may be sent again: no byte left, or Clio refused the token in the words of OAuth.
    fn may_be_repeated(self, throttled_is_refused: bool) -> bool {
        match self {
            Self::NotSent | Self::RefusedToken | Self::RefusedTokenAsObject => true,
            Self::Throttled | Self::ThrottledWithHint => throttled_is_refused,
            _ => false,
        }
    }

    /// Only these prove that nothing was applied.
    fn surely_not_applied(self, throttled_is_refused: bool) -> bool {
        match self {
            Self::Invalid | Self::Forbidden | Self::OtherwiseUnauthorised => true,
            _ => self.may_be_repeated(throttled_is_refused),
        }
    }

    fn answer(self) -> Result<http::Response<Payload>, TransportError> {
        let answer = |status: u16, body: &'static str| {
            Ok(http::Response::builder().status(status).body(Payload::Bytes(body.into())).unwrap())
        };
        match self {
            Self::Created => answer(201, ME),
            Self::CreatedUnreadably => answer(201, "{\"data\":"),
            Self::BrokenOff => {
                let broken = TransportError::not_sent(TransportErrorKind::Interrupted, "a body that lies");
                let body = futures_util::stream::iter([Ok("{".into()), Err(broken)]);
                Ok(http::Response::builder().status(201).body(Payload::Stream(Box::pin(body))).unwrap())
            }
            Self::NotSent => Err(TransportError::not_sent(TransportErrorKind::Connect, "no")),
            Self::Lost => Err(TransportError::perhaps_sent(TransportErrorKind::Interrupted, "lost")),
            Self::TimedOut => Err(TransportError::perhaps_sent(TransportErrorKind::Timeout, "slow")),
            Self::RefusedToken => answer(401, r#"{"error":"invalid_token"}"#),
            Self::RefusedTokenAsObject => answer(401, r#"{"error":{"type":"invalid_token","message":"m"}}"#),
            Self::SomebodyElses401 => answer(401, "<html>who are you?</html>"),
            Self::OtherwiseUnauthorised => answer(401, r#"{"error":{"type":"Unauthorized","message":"m"}}"#),
            Self::Throttled => answer(429, ""),
            Self::ThrottledWithHint => {
                let mut response = answer(429, "")?;
                response.headers_mut().insert("retry-after", 2.into());
                Ok(response)
            }
            Self::Invalid => answer(422, r#"{"error":{"type":"X","message":"m"}}"#),
            Self::Forbidden => answer(403, r#"{"error":{"type":"ForbiddenError","message":"m"}}"#),
            Self::Firewall => answer(403, "<html>blocked</html>"),
            Self::Failed => answer(500, "{}"),
            Self::Unavailable => answer(503, ""),
        }
    }
}

/// Answers writes with one fate after another, and refreshes every token.
#[derive(Debug)]
struct Fates {
    to_come: Mutex<VecDeque<Fate>>,
    met: Mutex<Vec<Fate>>,
}

#[async_trait]
impl Transport for Fates {
    async fn send(
        &self,
        request: http::Request<Payload>,
        _: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        if request.uri().path() == "/oauth/token" {
            let token = r#"{"access_token":"new","expires_in":3600}"#;
            return Ok(http::Response::new(Payload::Bytes(token.into())));
        }
        let fate = self.to_come.lock().unwrap().pop_front().unwrap_or(Fate::Created);
        self.met.lock().unwrap().push(fate);
        fate.answer()
    }
}

fn writes(fates: Vec<Fate>, write: u8, policy: RetryPolicy) -> (Vec<Fate>, Result<(), clio_api::Error>) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let transport = Arc::new(Fates { to_come: Mutex::new(fates.into()), met: Mutex::default() });
        let clio = Clio::builder(Region::Us)
            .app(App::new("key", "s3cret"))
            .token(token_ending_at(86_400))
            .transport(transport.clone())
            .clock(Arc::new(TestClock::start()))
            .retry(policy)
            .build()
            .unwrap();
        let result = match write {
            0 => clio.activities().create(JsonBody::new("{}")).await.map(drop),
            1 => clio.matters().update(Id::new(7)).client_reference("r").await.map(drop),
            _ => clio.matters().delete(Id::new(7)).await,
        };
        let met = transport.met.lock().unwrap().clone();
        (met, result)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    /// The one rule of repetition, for any sequence of answers and any policy.
    #[test]
    fn a_write_is_never_repeated_unless_it_surely_was_not_applied(
        fates in prop::collection::vec(prop::sample::select(FATES.to_vec()), 1..8),
        write in 0_u8..3,
        attempts in 1_u32..6,
        throttled_is_refused in any::<bool>(),
    ) {
        let policy = RetryPolicy { attempts, throttled_is_refused, ..RetryPolicy::default() };
        let (met, result) = writes(fates, write, policy);
        let (last, before) = met.split_last().expect("it was sent at least once");
        for fate in before {
            prop_assert!(fate.may_be_repeated(throttled_is_refused), "{met:?} was sent again after {fate:?}");
        }
        // What is told of it is on the safe side too.
        if let Err(error) = result {
            let told_safe = error.applied() == Applied::No;
            prop_assert!(!told_safe || last.surely_not_applied(throttled_is_refused), "{met:?}: {error:?}");
            prop_assert_eq!(error.advice() == Advice::LookFirst, !told_safe);
        }
    }
}
