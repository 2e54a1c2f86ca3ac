//! The token: renewed in time, renewed once, saved before it is used.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use clio_api::{Applied, ErrorKind, JsonBody, Limits, Payload, Token, Transport, TransportError};
use futures_util::{StreamExt, future::join_all, stream};

use crate::script::{Answer, Script, builder, clio, token_ending_at, watched};

fn me() -> Answer {
    Answer::ok(r#"{"data":{"id":9,"etag":"e"}}"#)
}

fn some(bearers: &[&str]) -> Vec<Option<String>> {
    bearers.iter().map(|bearer| (*bearer != "-").then(|| (*bearer).to_owned())).collect()
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_renewed_and_the_read_sent_again() {
    let script = Script::new([Answer::refused_token(), Answer::token("new", None), me()]);
    let clio = clio(&script);
    clio.users().who_am_i().await.unwrap();
    assert_eq!(script.bearers(), some(&["old", "-", "new"]));
    let asked = script.asked();
    assert_eq!(asked[1].url, "https://app.clio.com/oauth/token");
    assert_eq!(asked[1].form("grant_type").as_deref(), Some("refresh_token"));
    assert_eq!(asked[1].form("refresh_token").as_deref(), Some("refresh-1"));
    assert_eq!(asked[1].form("client_id").as_deref(), Some("key"));
    assert_eq!(asked[1].form("client_secret").as_deref(), Some("s3cret"));
    assert_eq!(clio.requests_sent(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_write_is_sent_again_after_a_401_with_the_same_body() {
    let script = Script::new([Answer::refused_token(), Answer::token("new", None), me()]);
    clio(&script).activities().create(JsonBody::new(r#"{"type":"TimeEntry"}"#)).await.unwrap();
    let asked = script.asked();
    assert_eq!(script.bearers(), some(&["old", "-", "new"]));
    assert_eq!(asked[0].body, r#"{"data":{"type":"TimeEntry"}}"#);
    assert_eq!((&asked[0].url, &asked[0].body), (&asked[2].url, &asked[2].body));
}

#[tokio::test(start_paused = true)]
async fn a_renewed_token_that_is_refused_too_is_the_end() {
    let script = Script::new([Answer::refused_token(), Answer::token("new", None), Answer::refused_token()]);
    let error = clio(&script).users().who_am_i().await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::AuthorisationLost, Applied::No));
    assert!(error.message().contains("authorise again"));
    assert_eq!(error.operation(), Some("User#who_am_i"));
}

#[tokio::test(start_paused = true)]
async fn after_the_last_moment_a_write_is_not_sent_again() {
    let slow = Answer::token("new", None).after(Duration::from_secs(2));
    let script = Script::new([Answer::refused_token(), slow]);
    let call = clio(&script).activities().create(JsonBody::new("{}")).with_send_by(Duration::from_secs(1));
    let error = call.await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Timeout, Applied::No));
    assert_eq!(script.asked().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn fifty_tasks_renew_once() {
    let mut answers = vec![Answer::token("new", None).after(Duration::from_secs(1))];
    answers.extend((0..50).map(|_| me()));
    let script = Script::new(answers);
    let clio = builder(&script).token(token_ending_at(-5)).build().unwrap();
    for result in join_all((0..50).map(|_| clio.users().who_am_i().into_future())).await {
        result.unwrap();
    }
    let refreshes = script.asked().iter().filter(|asked| asked.url.ends_with("/oauth/token")).count();
    assert_eq!((refreshes, script.asked().len()), (1, 51));
}

#[tokio::test(start_paused = true)]
async fn fifty_refused_tasks_renew_once() {
    let mut answers = vec![Answer::token("new", None).after(Duration::from_secs(1))];
    answers.extend((0..50).map(|_| me()));
    let script = Script::refusing("old", answers);
    let clio = clio(&script);
    for result in join_all((0..50).map(|_| clio.users().who_am_i().into_future())).await {
        result.unwrap();
    }
    let refreshes = script.asked().iter().filter(|asked| asked.url.ends_with("/oauth/token")).count();
    assert_eq!(refreshes, 1);
}

#[tokio::test(start_paused = true)]
async fn a_rotated_refresh_token_is_saved_before_it_matters() {
    let script = Script::new([Answer::refused_token(), Answer::token("new", Some("refresh-2")), me()]);
    let store = watched(&script, token_ending_at(86_400));
    let clio = builder(&script).token_store(store.clone()).build().unwrap();
    clio.users().who_am_i().await.unwrap();
    let events = script.events.lock().unwrap().clone();
    let who = "GET /api/v4/users/who_am_i.json";
    assert_eq!(events, [who, "POST /oauth/token", "save new refresh-2", who]);
    // A token lives as long as the answer said, by our clock.
    assert_eq!(store.slot.lock().unwrap().clone().unwrap().expires_at, token_ending_at(3_600).expires_at);
}

#[tokio::test(start_paused = true)]
async fn the_old_refresh_token_is_kept_without_a_new_one() {
    let script = Script::new([Answer::refused_token(), Answer::token("new", None), me()]);
    let store = watched(&script, token_ending_at(86_400));
    let clio = builder(&script).token_store(store).build().unwrap();
    clio.users().who_am_i().await.unwrap();
    assert!(script.events.lock().unwrap().contains(&"save new refresh-1".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_could_not_be_saved_is_saved_next_time() {
    let script = Script::new([Answer::token("new", Some("refresh-2")), me()]);
    let store = watched(&script, token_ending_at(10));
    *store.failures.lock().unwrap() = 1;
    let clio = builder(&script).token_store(store).build().unwrap();
    assert_eq!(clio.users().who_am_i().await.unwrap_err().kind(), ErrorKind::TokenStore);
    clio.users().who_am_i().await.unwrap();
    assert_eq!(script.bearers(), some(&["-", "new"]));
    assert!(script.events.lock().unwrap().contains(&"save new refresh-2".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_task_does_not_lose_a_rotated_token() {
    let slow = Answer::token("new", Some("refresh-2")).after(Duration::from_secs(5));
    let script = Script::new([slow, me()]);
    let store = watched(&script, token_ending_at(10));
    let clio = builder(&script).token_store(store).build().unwrap();
    let call = clio.users().who_am_i().into_future();
    let given_up = clio.clock().sleep(Duration::from_secs(1));
    futures_util::future::select(call, given_up).await;
    clio.users().who_am_i().await.unwrap();
    assert_eq!(script.bearers(), some(&["-", "new"]));
}

/// Hands its answers over in two pieces, the second of which needs another poll, as that of a real connection does.
#[derive(Debug)]
struct SlowEnd(Arc<Script>);

#[async_trait::async_trait]
impl Transport for SlowEnd {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        Ok(self.0.send(request, limits).await?.map(|body| {
            let bytes = stream::once(async { body.into_bytes(u64::MAX).await });
            let end = stream::once(async {
                tokio::task::yield_now().await;
                Ok(Bytes::new())
            });
            Payload::Stream(Box::pin(bytes.chain(end)))
        }))
    }
}

/// The answer came, but its reader was gone for longer than the exchange may take.
#[tokio::test(start_paused = true)]
async fn a_renewal_that_is_taken_up_after_its_time_still_brings_its_token() {
    let slow = Answer::token("new", Some("refresh-2")).after(Duration::from_millis(200));
    let script = Script::new([slow, me()]);
    let store = watched(&script, token_ending_at(10));
    let clio =
        builder(&script).token_store(store).transport(Arc::new(SlowEnd(script.clone()))).build().unwrap();
    let call = clio.users().who_am_i().into_future();
    futures_util::future::select(call, clio.clock().sleep(Duration::from_millis(50))).await;
    clio.clock().sleep(Duration::from_secs(60)).await;
    clio.users().who_am_i().await.unwrap();
    assert_eq!(script.bearers(), some(&["-", "new"]));
    assert!(script.events.lock().unwrap().contains(&"save new refresh-2".to_owned()));
}

/// One after the other they would wait for half a minute each.
#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_fails_once_for_all_who_wait() {
    let failure = Answer::new(503, "").header("retry-after", &7).after(Duration::from_secs(25));
    let script = Script::new([failure, Answer::token("new", None), me()]);
    let clio = builder(&script).token(token_ending_at(-5)).build().unwrap();
    let errors: Vec<_> = join_all((0..50).map(|_| clio.users().who_am_i().into_future()))
        .await
        .into_iter()
        .map(Result::unwrap_err)
        .collect();
    assert_eq!((script.asked().len(), clio.clock().monotonic().as_secs()), (1, 25));
    for error in errors {
        assert_eq!((error.kind(), error.applied()), (ErrorKind::Server, Applied::No));
        assert_eq!(
            (error.operation(), error.retry_after()),
            (Some("User#who_am_i"), Some(Duration::from_secs(7)))
        );
        assert!(error.message().contains("503"), "{error}");
    }
    // Whoever comes later tries anew.
    clio.users().who_am_i().await.unwrap();
    assert_eq!(script.bearers(), some(&["-", "-", "new"]));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cannot_be_renewed_for_now_is_used_to_its_end() {
    for failure in [Answer::new(503, ""), Answer::lost(), Answer::new(429, "")] {
        let script = Script::new([failure.clone(), me(), failure.after(Duration::from_secs(29))]);
        let clio = builder(&script).token(token_ending_at(30)).build().unwrap();
        clio.users().who_am_i().await.unwrap();
        clio.clock().sleep(Duration::from_secs(1)).await;
        // It has ended when that is known.
        clio.users().who_am_i().await.unwrap_err();
        assert_eq!(script.bearers(), some(&["-", "old", "-"]));
    }
    // Not when it is needed for longer, and not when a person has to authorise again.
    let script = Script::new([Answer::new(503, "")]);
    let clio = builder(&script).token(token_ending_at(30)).build().unwrap();
    assert_eq!(clio.reserve(Duration::from_secs(60)).await.unwrap_err().kind(), ErrorKind::Server);
    let script = Script::new([Answer::new(400, r#"{"error":"invalid_grant"}"#)]);
    let clio = builder(&script).token(token_ending_at(30)).build().unwrap();
    assert_eq!(clio.users().who_am_i().await.unwrap_err().kind(), ErrorKind::AuthorisationLost);
}

#[tokio::test(start_paused = true)]
async fn another_process_may_have_renewed_it() {
    let script = Script::new([Answer::refused_token(), me()]);
    let store = watched(&script, token_ending_at(86_400));
    let clio = builder(&script).token_store(store.clone()).build().unwrap();
    // The client has `old` in memory when the store moves on.
    drop(clio.reserve(Duration::ZERO).await.unwrap());
    *store.slot.lock().unwrap() = Some(Token::access_only("theirs"));
    clio.users().who_am_i().await.unwrap();
    assert_eq!(script.bearers(), some(&["old", "theirs"]));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ends_within_a_minute_is_renewed_first() {
    let script = Script::new([Answer::token("new", None), me(), me()]);
    let clio = builder(&script).token(token_ending_at(60)).build().unwrap();
    clio.users().who_am_i().await.unwrap();
    assert_eq!(script.bearers(), some(&["-", "new"]));

    let script = Script::new([me()]);
    let clio = builder(&script).token(token_ending_at(61)).build().unwrap();
    clio.users().who_am_i().await.unwrap();
    assert_eq!(script.bearers(), some(&["old"]));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cannot_be_renewed_is_used_to_its_end() {
    let pasted = |end| Token { refresh: None, ..token_ending_at(end) };
    let script = Script::new([me(), Answer::refused_token()]);
    let clio = builder(&script).token(pasted(30)).build().unwrap();
    clio.users().who_am_i().await.unwrap();
    let error = clio.users().who_am_i().await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::AuthorisationLost, Applied::No));
    assert!(error.message().contains("authorise again"));

    let script = Script::new([]);
    let clio = builder(&script).token(pasted(0)).build().unwrap();
    assert_eq!(clio.users().who_am_i().await.unwrap_err().kind(), ErrorKind::AuthorisationLost);
}

#[tokio::test(start_paused = true)]
async fn a_refused_renewal_needs_a_person() {
    for refusal in [
        Answer::new(400, r#"{"error":"invalid_grant"}"#),
        Answer::new(401, r#"{"error":"invalid_client","error_description":"unknown app"}"#),
    ] {
        let script = Script::new([Answer::refused_token(), refusal]);
        let error = clio(&script).activities().create(JsonBody::new("{}")).await.unwrap_err();
        assert_eq!((error.kind(), error.applied()), (ErrorKind::AuthorisationLost, Applied::No));
        assert!(error.message().contains("authorise again"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_for_now_may_be_tried_again() {
    let failures = [
        (Answer::new(503, "<html>"), ErrorKind::Server),
        (Answer::new(400, "<html>"), ErrorKind::Server),
        (Answer::new(400, r#"{"error":"temporarily_unavailable"}"#), ErrorKind::Server),
        (Answer::ok("{}"), ErrorKind::Server),
        (Answer::new(429, "").header("retry-after", &7), ErrorKind::RateLimited),
        (Answer::lost(), ErrorKind::Interrupted),
    ];
    for (failure, kind) in failures {
        let script = Script::new([Answer::refused_token(), failure, Answer::token("new", None), me()]);
        let store = watched(&script, token_ending_at(86_400));
        let clio = builder(&script).token_store(store).build().unwrap();
        let error = clio.activities().create(JsonBody::new("{}")).await.unwrap_err();
        assert_eq!((error.kind(), error.applied()), (kind, Applied::No), "{error:?}");
        assert!(error.is_retryable());
        drop(clio.reserve(Duration::from_secs(90_000)).await.unwrap());
        clio.users().who_am_i().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_a_token_type_is_a_token() {
    let script = Script::new([Answer::ok(r#"{"access_token":"new","expires_in":3600}"#), me()]);
    let clio = builder(&script).token(token_ending_at(0)).build().unwrap();
    clio.users().who_am_i().await.unwrap();
    assert_eq!(script.bearers(), some(&["-", "new"]));
}

#[tokio::test(start_paused = true)]
async fn an_error_shows_no_part_of_a_token() {
    let broken = Answer::ok(r#"{"access_token":"very-secret","token_type":7}"#);
    let script = Script::new([broken]);
    let clio = builder(&script).token(token_ending_at(0)).build().unwrap();
    let error = clio.users().who_am_i().await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("very-secret"));
    let unsendable = builder(&script).token(Token::access_only("line\nbreak")).build().unwrap();
    let error = unsendable.users().who_am_i().await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("break"));
}
