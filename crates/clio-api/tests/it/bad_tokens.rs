//! Authorisation that goes wrong: a typed error in bounded time, in which nothing of a secret stands.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use clio_api::{
    Advice, App, Applied, Clio, Clock, Error, ErrorKind, JsonBody, Limits, OAuth, Payload, Region, Secret,
    Sleep, Token, Transport, TransportError,
};
use futures_util::{
    StreamExt,
    future::{join, join_all},
    stream,
};
use url::Url;

use crate::script::{Answer, Script, TestClock, builder, clio, start_of_time, token_ending_at, watched};

fn me() -> Answer {
    Answer::ok(r#"{"data":{"id":9,"etag":"e"}}"#)
}

fn oauth(transport: Arc<dyn Transport>) -> OAuth {
    OAuth::new(Region::Us, App::new("key", "s3cret"), "http://127.0.0.1:8080/callback")
        .unwrap()
        .transport(transport)
        .clock(Arc::new(TestClock::start()))
}

/// Everything that may be in a flow and must be in no error.
fn shows_nothing(error: &Error) {
    let mut shown = format!("{error} {error:?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        shown = format!("{shown} {cause} {cause:?}");
        source = cause.source();
    }
    for secret in ["c0de", "s3cret", "old", "refresh-1", "very-secret"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

/// Finishes a flow whose code the server answers like this.
async fn finished(answer: Answer) -> Error {
    let oauth = oauth(Script::new([answer]));
    let begun = oauth.begin();
    let callback = format!("http://127.0.0.1:8080/callback?code=c0de&state={}", begun.state.expose());
    let error = oauth.finish(&begun, &Url::parse(&callback).unwrap()).await.unwrap_err();
    shows_nothing(&error);
    assert!(!format!("{error} {error:?}").contains(begun.verifier.expose()));
    error
}

/// A code that ended, was used, or was asked for with another redirect: Clio says the same of all.
#[tokio::test(start_paused = true)]
async fn a_code_that_ended_or_has_another_redirect_is_refused() {
    let echo = r#"{"error":"invalid_grant","error_description":"code c0de of s3cret\nhas expired"}"#;
    for told in [r#"{"error":"invalid_grant"}"#, echo, r#"{"error":"invalid_grant","error_uri":"c0de"}"#] {
        let error = finished(Answer::new(400, told)).await;
        assert_eq!((error.kind(), error.applied()), (ErrorKind::Authorisation, Applied::No));
        assert!(error.message().contains("invalid_grant") && !error.message().contains('\n'));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_token_is_told_as_such() {
    let secret = r#"{"access_token":"very-secret","refresh_token":"very-secret","#;
    for (answer, kind) in [
        (Answer::ok("<!DOCTYPE html><p>very-secret"), ErrorKind::Server),
        (Answer::ok("<html>").header("content-type", &"text/html"), ErrorKind::Server),
        (Answer::new(400, "<html>very-secret"), ErrorKind::Server),
        (Answer::ok("eyJhY2Nlc3NfdG9rZW4iOiJ2ZXJ5LXNlY3JldCJ9"), ErrorKind::Server),
        (Answer::ok(secret), ErrorKind::Server),
        (Answer::ok(""), ErrorKind::Server),
        (Answer::ok("[]"), ErrorKind::Server),
        (Answer::ok(&format!(r#"{secret}"token_type":"mac"}}"#)), ErrorKind::Server),
        (Answer::ok(r#"{"access_token":"","refresh_token":"very-secret"}"#), ErrorKind::Server),
        (Answer::new(302, "").header("location", &"http://app.clio.com/oauth/token"), ErrorKind::Server),
        (Answer::new(307, "").header("location", &"https://elsewhere.example/"), ErrorKind::Server),
        (Answer::new(500, "very-secret"), ErrorKind::Server),
        (Answer::new(429, "").header("retry-after", &9), ErrorKind::RateLimited),
        (Answer::lost(), ErrorKind::Interrupted),
        (Answer::token("late", None).after(Duration::from_secs(31)), ErrorKind::Timeout),
        (Answer::ok(&"x".repeat(1024 * 1024 + 1)), ErrorKind::TooLarge),
    ] {
        assert_eq!(finished(answer.clone()).await.kind(), kind, "{answer:?}");
        // The same of a refresh: and then nothing was applied to a record, so the write may be tried again.
        let script = Script::new([answer.clone(), Answer::token("new", None), me()]);
        let clio = builder(&script).token(token_ending_at(0)).build().unwrap();
        let error = clio.activities().create(JsonBody::new("{}")).await.unwrap_err();
        assert_eq!((error.kind(), error.applied()), (kind, Applied::No), "{answer:?}");
        shows_nothing(&error);
        clio.activities().create(JsonBody::new("{}")).await.unwrap();
    }
}

/// The lifetime of a token is no reason to lose it: a rotated refresh token may be in the same answer.
#[tokio::test(start_paused = true)]
async fn an_odd_lifetime_costs_no_token() {
    let hour = Some(start_of_time() + TimeDelta::hours(1));
    for (told, ends) in [
        ("3600", hour),
        ("\"3600\"", hour),
        ("null", None),
        ("\"soon\"", None),
        ("-1", None),
        ("3600.5", None),
        ("18446744073709551615", None),
        ("1e30", None),
    ] {
        let body = format!(r#"{{"access_token":"a","token_type":"Bearer","expires_in":{told}}}"#);
        let token = oauth(Script::new([Answer::ok(&body)])).refresh(&token_ending_at(0)).await.unwrap();
        assert_eq!(token.expires_at, ends, "{told}");
        assert_eq!(token.refresh, token_ending_at(0).refresh);
    }
    let empty = Answer::ok(r#"{"access_token":"a","refresh_token":""}"#);
    let token = oauth(Script::new([empty])).refresh(&token_ending_at(0)).await.unwrap();
    assert_eq!(token.refresh, token_ending_at(0).refresh);
}

/// Answers a body of 100 MB in pieces, and counts how much of it was taken.
#[derive(Debug, Default)]
struct Endless(Arc<AtomicU64>);

const PIECE: usize = 64 * 1024;

#[async_trait]
impl Transport for Endless {
    async fn send(
        &self,
        _: http::Request<Payload>,
        _: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        let taken = self.0.clone();
        let pieces = stream::iter(0..1600).map(move |_| {
            taken.fetch_add(PIECE as u64, Ordering::SeqCst);
            Ok(vec![b' '; PIECE].into())
        });
        Ok(http::Response::new(Payload::Stream(Box::pin(pieces))))
    }
}

#[tokio::test(start_paused = true)]
async fn a_hundred_megabytes_are_not_read() {
    let endless = Endless::default();
    let taken = endless.0.clone();
    let error = oauth(Arc::new(endless)).refresh(&token_ending_at(0)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert!(taken.load(Ordering::SeqCst) <= 1024 * 1024 + PIECE as u64);
}

#[tokio::test(start_paused = true)]
async fn a_revoked_refresh_token_needs_a_person_each_time() {
    let refused = || Answer::new(400, r#"{"error":"invalid_grant","error_description":"refresh-1 revoked"}"#);
    let script = Script::new([Answer::refused_token(), refused(), Answer::refused_token(), refused()]);
    let clio = clio(&script);
    for _ in 0..2 {
        let error = clio.users().who_am_i().await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::AuthorisationLost, false));
        shows_nothing(&error);
    }
}

/// Clio has two shapes of errors. A 401 of either is one.
#[tokio::test(start_paused = true)]
async fn a_401_of_either_shape_is_cured_by_a_new_token() {
    let shapes = [
        r#"{"error":"invalid_token","error_description":"expired"}"#,
        r#"{"error":{"type":"UnauthorizedError","message":"expired"}}"#,
    ];
    for shape in shapes {
        let refused = || Answer::new(401, shape);
        let script = Script::new([
            refused(),
            Answer::token("new", None),
            me(),
            refused(),
            Answer::token("newer", None),
            me(),
        ]);
        let clio = clio(&script);
        clio.users().who_am_i().await.unwrap();
        let create = || clio.activities().create(JsonBody::new("{}")).into_future();
        if shape.contains("invalid_token") {
            create().await.unwrap();
        } else {
            // Only the words of OAuth are believed so far that a write goes out again by itself.
            let error = create().await.unwrap_err();
            assert_eq!((error.applied(), error.advice()), (Applied::No, Advice::Retry(None)));
            create().await.unwrap();
        }
        let bearers: Vec<_> = script.bearers().into_iter().flatten().collect();
        assert_eq!(bearers, ["old", "new", "new", "newer"]);
    }
}

/// Our clock, wrong by this much.
#[derive(Debug)]
struct Wrong(TestClock, TimeDelta);

impl Clock for Wrong {
    fn now(&self) -> DateTime<Utc> {
        self.0.now() + self.1
    }
    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }
    fn sleep(&self, duration: Duration) -> Sleep {
        self.0.sleep(duration)
    }
}

fn with_wrong_clock(script: &Arc<Script>, wrong_by: i64, token: Token) -> Clio {
    let clock = Wrong(TestClock::start(), TimeDelta::seconds(wrong_by));
    builder(script).clock(Arc::new(clock)).token(token).build().unwrap()
}

/// The clock went back an hour: by it the token lives, by the server's it has ended.
#[tokio::test(start_paused = true)]
async fn a_token_that_only_our_clock_takes_for_good_is_renewed_after_a_401() {
    let script = Script::new([Answer::refused_token(), Answer::token("new", None), me(), me()]);
    let clio = with_wrong_clock(&script, -3600, token_ending_at(-60));
    clio.users().who_am_i().await.unwrap();
    clio.users().who_am_i().await.unwrap();
    let bearers: Vec<_> = script.bearers().into_iter().flatten().collect();
    assert_eq!(bearers, ["old", "new", "new"]);
}

/// The clock went forward an hour: by it the token has ended, by the server's it lives. One renewal, and the new one's
/// end is by our clock too.
#[tokio::test(start_paused = true)]
async fn a_token_that_only_our_clock_takes_for_ended_is_renewed_once() {
    let script = Script::new([Answer::token("new", None), me(), me()]);
    let clio = with_wrong_clock(&script, 3600, token_ending_at(1800));
    clio.users().who_am_i().await.unwrap();
    clio.users().who_am_i().await.unwrap();
    let bearers: Vec<_> = script.bearers().into_iter().flatten().collect();
    assert_eq!(bearers, ["new", "new"]);
}

/// Tokens that live shorter than the minute before whose end one is renewed: those who waited use what was bought.
#[tokio::test(start_paused = true)]
async fn fifty_tasks_buy_one_token_that_lives_half_a_minute() {
    let short = Answer::ok(r#"{"access_token":"short","expires_in":30}"#).after(Duration::from_secs(1));
    let script = Script::new(std::iter::once(short).chain((0..50).map(|_| me())));
    let clio = builder(&script).token(token_ending_at(-5)).build().unwrap();
    let calls = (0..50).map(|_| clio.users().who_am_i().into_future());
    for result in join_all(calls).await {
        result.unwrap();
    }
    assert_eq!(script.asked().len(), 51);
}

/// A person authorised again, for another account even, while the old token was being renewed: theirs stays.
#[tokio::test(start_paused = true)]
async fn a_token_that_a_person_put_there_is_not_written_over() {
    let slow = Answer::token("new", Some("refresh-2")).after(Duration::from_secs(5));
    let script = Script::new([slow, me()]);
    let store = watched(&script, token_ending_at(-5));
    let clio = builder(&script).token_store(store.clone()).build().unwrap();
    let person = async {
        clio.clock().sleep(Duration::from_secs(1)).await;
        *store.slot.lock().unwrap() = Some(Token::access_only("theirs"));
    };
    let (call, ()) = join(clio.users().who_am_i().into_future(), person).await;
    call.unwrap();
    assert_eq!(script.bearers()[1].as_deref(), Some("theirs"));
    assert_eq!(*store.slot.lock().unwrap(), Some(Token::access_only("theirs")));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_was_taken_away_does_not_come_back() {
    let slow = Answer::token("new", Some("refresh-2")).after(Duration::from_secs(5));
    let script = Script::new([slow]);
    let store = watched(&script, token_ending_at(-5));
    let clio = builder(&script).token_store(store.clone()).build().unwrap();
    let person = async {
        clio.clock().sleep(Duration::from_secs(1)).await;
        *store.slot.lock().unwrap() = None;
    };
    let (call, ()) = join(clio.users().who_am_i().into_future(), person).await;
    assert_eq!(call.unwrap_err().kind(), ErrorKind::AuthorisationLost);
    assert_eq!(*store.slot.lock().unwrap(), None);
}

/// Two processes over a store without a lock, where refresh tokens rotate: the second finds what the first has bought.
#[tokio::test(start_paused = true)]
async fn a_refresh_token_that_another_process_used_up_is_not_the_end() {
    let refused = Answer::new(400, r#"{"error":"invalid_grant"}"#).after(Duration::from_secs(5));
    let script = Script::new([refused, me()]);
    let store = watched(&script, token_ending_at(-5));
    let clio = builder(&script).token_store(store.clone()).build().unwrap();
    let other = async {
        clio.clock().sleep(Duration::from_secs(1)).await;
        let theirs = Token { access: Secret::new("theirs"), ..token_ending_at(3_600) };
        *store.slot.lock().unwrap() = Some(theirs);
    };
    let (call, ()) = join(clio.users().who_am_i().into_future(), other).await;
    call.unwrap();
    assert_eq!(script.bearers()[1].as_deref(), Some("theirs"));
}

#[tokio::test(start_paused = true)]
async fn a_pasted_code_becomes_a_token() {
    let script = Script::new([Answer::token("new", Some("refresh-2"))]);
    let oauth = OAuth::native(Region::Eu, App::new("key", "s3cret"))
        .transport(script.clone())
        .clock(Arc::new(TestClock::start()));
    let begun = oauth.begin();
    let redirect = "https://eu.app.clio.com/oauth/approval";
    assert!(begun.url.query_pairs().any(|(name, value)| name == "redirect_uri" && value == redirect));
    let other = oauth.finish_pasted(&begun, &format!("{redirect}?code=c0de&state=forged")).await.unwrap_err();
    assert_eq!(other.kind(), ErrorKind::Authorisation);
    shows_nothing(&other);
    oauth.finish_pasted(&begun, " Success code=c0de ").await.unwrap();
    let asked = &script.asked()[0];
    assert_eq!(asked.form("code").as_deref(), Some("c0de"));
    assert_eq!(asked.form("redirect_uri").as_deref(), Some(redirect));
    assert_eq!(asked.form("code_verifier").as_deref(), Some(begun.verifier.expose()));
}
