//! The authorisation-code flow.

use std::sync::Arc;

use clio_api::{App, Begun, ErrorKind, OAuth, Random, Region};
use url::Url;

use crate::script::{Answer, Script, TestClock, start_of_time, token_ending_at};

/// Counts, so that a flow is the same each time.
#[derive(Debug)]
struct Counting;

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for (byte, number) in bytes.iter_mut().zip(0_u8..) {
            *byte = number;
        }
    }
}

fn oauth(script: &Arc<Script>) -> OAuth {
    OAuth::new(Region::Eu, App::new("key", "s3cret"), "http://127.0.0.1:8080/callback")
        .unwrap()
        .transport(script.clone())
        .clock(Arc::new(TestClock::start()))
        .random(Arc::new(Counting))
}

fn callback(query: &str) -> Url {
    Url::parse(&format!("http://127.0.0.1:8080/callback?{query}")).unwrap()
}

const STATE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef";

#[tokio::test(start_paused = true)]
async fn a_person_is_sent_with_state_and_challenge() {
    let begun = oauth(&Script::new([])).begin();
    assert!(begun.url.as_str().starts_with("https://eu.app.clio.com/oauth/authorize?"));
    let value = |name: &str| {
        begun.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap()
    };
    assert_eq!(value("response_type"), "code");
    assert_eq!(value("client_id"), "key");
    assert_eq!(value("redirect_uri"), "http://127.0.0.1:8080/callback");
    assert_eq!(value("state"), STATE);
    assert_eq!(value("redirect_on_decline"), "true");
    assert_eq!(value("code_challenge_method"), "S256");
    // RFC 7636: the unpadded base64 of 32 bytes.
    assert_eq!(value("code_challenge").len(), 43);
    assert_eq!((begun.state.expose(), begun.verifier.expose().len()), (STATE, 64));
    for secret in [STATE, begun.verifier.expose(), "s3cret"] {
        assert!(!format!("{begun:?} {:?}", oauth(&Script::new([]))).contains(secret));
    }
    let stored = serde_json::to_string(&begun).unwrap();
    assert_eq!(serde_json::from_str::<Begun>(&stored).unwrap(), begun);
}

#[tokio::test(start_paused = true)]
async fn a_code_becomes_a_token() {
    let script = Script::new([Answer::token("new", Some("refresh-2"))]);
    let oauth = oauth(&script);
    let begun = oauth.begin();
    let token = oauth.finish(&begun, &callback(&format!("code=c0de&state={STATE}"))).await.unwrap();
    assert_eq!(token.access.expose(), "new");
    assert_eq!(token.refresh.unwrap().expose(), "refresh-2");
    assert_eq!(token.expires_at, Some(start_of_time() + chrono::TimeDelta::seconds(3_600)));

    let asked = script.asked();
    assert_eq!(
        (asked[0].method.as_str(), asked[0].url.as_str()),
        ("POST", "https://eu.app.clio.com/oauth/token")
    );
    let form = |name| asked[0].form(name).unwrap_or_default();
    assert_eq!(form("grant_type"), "authorization_code");
    assert_eq!(form("code"), "c0de");
    assert_eq!(form("redirect_uri"), "http://127.0.0.1:8080/callback");
    assert_eq!(form("client_id"), "key");
    assert_eq!(form("client_secret"), "s3cret");
    assert_eq!(form("code_verifier"), begun.verifier.expose());
    assert_eq!(asked[0].bearer, None);
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_does_not_belong_is_refused_unsent() {
    let script = Script::new([]);
    let oauth = oauth(&script);
    let begun = oauth.begin();
    let foreign = oauth.finish(&begun, &callback("code=c0de&state=other")).await.unwrap_err();
    assert_eq!(foreign.kind(), ErrorKind::Authorisation);
    let declined = callback(&format!("error=access_denied&state={STATE}"));
    let declined = oauth.finish(&begun, &declined).await.unwrap_err();
    assert_eq!(declined.kind(), ErrorKind::Authorisation);
    assert!(declined.message().contains("declined"));
    assert!(script.asked().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_code_that_clio_refuses_is_told() {
    let script = Script::new([Answer::new(400, r#"{"error":"invalid_grant"}"#)]);
    let oauth = oauth(&script);
    let error = oauth.finish(&oauth.begin(), &callback(&format!("code=c&state={STATE}"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authorisation);
    assert!(error.message().contains("invalid_grant"));
}

#[tokio::test(start_paused = true)]
async fn refreshing_keeps_the_refresh_token() {
    let script = Script::new([Answer::token("new", None), Answer::new(400, r#"{"error":"invalid_grant"}"#)]);
    let oauth = oauth(&script);
    let token = oauth.refresh(&token_ending_at(0)).await.unwrap();
    assert_eq!(token.refresh.as_ref().unwrap().expose(), "refresh-1");
    assert_eq!(oauth.refresh(&token).await.unwrap_err().kind(), ErrorKind::AuthorisationLost);
}

#[tokio::test(start_paused = true)]
async fn access_is_given_back() {
    let script = Script::new([Answer::ok(""), Answer::refused_token(), Answer::new(500, "")]);
    let oauth = oauth(&script);
    oauth.deauthorise(&token_ending_at(0)).await.unwrap();
    let asked = &script.asked()[0];
    assert_eq!(asked.url, "https://eu.app.clio.com/oauth/deauthorize");
    assert_eq!((asked.bearer.as_deref(), asked.form("token").as_deref()), (Some("old"), Some("old")));
    for kind in [ErrorKind::AuthorisationLost, ErrorKind::Server] {
        assert_eq!(oauth.deauthorise(&token_ending_at(0)).await.unwrap_err().kind(), kind);
    }
}

#[test]
fn a_redirect_uri_is_an_address() {
    let error = OAuth::new(Region::Us, App::new("key", "s3cret"), "callback").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}
