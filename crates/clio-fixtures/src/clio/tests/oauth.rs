//! OAuth from the consent page to the refresh.

use serde_json::json;
use url::{Url, form_urlencoded::Serializer};

use super::*;

const REDIRECT: &str = "http://127.0.0.1:8484/callback";
// The example of RFC 7636.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

impl Bench {
    fn consent(&self, more: &[(&str, &str)]) -> Response<Bytes> {
        let query = Serializer::new(String::new())
            .extend_pairs([("response_type", "code"), ("client_id", &self.world.app().0)])
            .extend_pairs([("redirect_uri", REDIRECT), ("state", "s1")])
            .extend_pairs(more)
            .finish();
        self.send("GET", &format!("/oauth/authorize?{query}"), "")
    }

    fn code(&self, more: &[(&str, &str)]) -> String {
        let answer = self.consent(more);
        assert_eq!(answer.status(), StatusCode::FOUND);
        let target = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        let value = |name: &str| target.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        assert_eq!(value("state"), "s1");
        value("code")
    }

    fn grant(&self, form: &[(&str, &str)]) -> (StatusCode, Value) {
        let (id, secret) = self.world.app();
        let body = Serializer::new(String::new())
            .extend_pairs([("client_id", id), ("client_secret", secret)])
            .extend_pairs(form)
            .finish();
        let answer = self.send("POST", "/oauth/token", &body);
        (answer.status(), parsed(&answer))
    }

    fn redeem(&self, code: &str, redirect: &str, verifier: &str) -> (StatusCode, Value) {
        self.grant(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", verifier),
        ])
    }

    fn works(&mut self, token: &str) -> bool {
        token.clone_into(&mut self.token);
        self.get("/api/v4/users/who_am_i.json").0 == StatusCode::OK
    }
}

#[tokio::test(start_paused = true)]
async fn a_code_is_redeemed_once_with_its_verifier_and_address() {
    let mut bench = Bench::new(|firm| firm);
    let pkce = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let refused = (StatusCode::BAD_REQUEST, json!({"error": "invalid_grant"}));
    assert_eq!(bench.redeem(&bench.code(&pkce), REDIRECT, "wrong"), refused);
    assert_eq!(bench.redeem(&bench.code(&pkce), "http://127.0.0.1:8484/", VERIFIER), refused);
    let late = bench.code(&pkce);
    bench.clock.sleep(Duration::from_secs(600)).await;
    assert_eq!(bench.redeem(&late, REDIRECT, VERIFIER), refused);
    let code = bench.code(&pkce);
    let (status, body) = bench.redeem(&code, REDIRECT, VERIFIER);
    assert_eq!((status, &body["expires_in"]), (StatusCode::OK, &json!(2_592_000)));
    assert!(bench.works(body["access_token"].as_str().unwrap()));
    assert_eq!(bench.redeem(&code, REDIRECT, VERIFIER), refused);
}

#[tokio::test(start_paused = true)]
async fn a_decline_comes_back_only_when_asked_for() {
    let bench = Bench::new(|firm| firm.declines(true));
    assert_eq!(bench.consent(&[]).status(), StatusCode::OK);
    let answer = bench.consent(&[("redirect_on_decline", "true")]);
    assert_eq!(answer.headers()["location"], format!("{REDIRECT}?error=access_denied&state=s1").as_str());
}

#[tokio::test(start_paused = true)]
async fn a_refresh_token_is_kept_or_rotated() {
    for rotate in [false, true] {
        let mut bench = Bench::new(|firm| firm.rotate_refresh_tokens(rotate));
        let token = bench.world.token();
        let refresh = token.refresh.unwrap().expose().to_owned();
        bench.world.expire_access_tokens();
        assert!(!bench.works(token.access.expose()));
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
        let (status, body) = bench.grant(&form);
        assert_eq!((status, body.get("refresh_token").is_some()), (StatusCode::OK, rotate));
        assert!(bench.works(body["access_token"].as_str().unwrap()));
        let again = bench.grant(&form).0;
        assert_eq!(again, if rotate { StatusCode::BAD_REQUEST } else { StatusCode::OK });
        bench.world.revoke_tokens();
        assert_eq!(bench.grant(&form).0, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test(start_paused = true)]
async fn tokens_end_with_their_life_and_with_deauthorisation() {
    let mut bench = Bench::new(|firm| firm.token_life(Duration::from_secs(60)));
    let token = bench.world.token();
    assert_eq!(bench.world.token(), token);
    bench.clock.sleep(Duration::from_secs(60)).await;
    assert!(!bench.works(token.access.expose()));
    let token = bench.world.token();
    assert!(bench.works(token.access.expose()));
    let form = format!("token={}", token.access.expose());
    assert_eq!(bench.send("POST", "/oauth/deauthorize", &form).status(), StatusCode::OK);
    assert!(!bench.works(token.access.expose()));
    let refresh = token.refresh.unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.expose())];
    assert_eq!(bench.grant(&form).0, StatusCode::BAD_REQUEST);
}

/// Clio's documentation: native apps read the code off the page of approval.
#[tokio::test(start_paused = true)]
async fn a_person_can_be_asked_on_a_page() {
    let bench = Bench::new(|firm| firm.consent_page(true));
    let page = String::from_utf8(bench.consent(&[("redirect_on_decline", "true")]).body().to_vec()).unwrap();
    let links: Vec<_> = page
        .split("href=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&"))
        .collect();
    let target =
        |at: usize| bench.send("GET", &links[at], "").headers()["location"].to_str().unwrap().to_owned();
    assert!(target(0).contains("code="), "allowed");
    assert!(target(1).contains("error=access_denied"), "declined");
    let approval = bench.send("GET", "/oauth/approval?code=abc%3C", "");
    assert!(String::from_utf8_lossy(approval.body()).contains("<title>Success code=abc&lt;</title>"));
}

#[tokio::test(start_paused = true)]
async fn the_front_page_tells_how_to_point_a_client_at_it() {
    let bench = Bench::new(|firm| firm.matters(12));
    bench.world.accept_token("demo");
    let page = String::from_utf8(bench.send("GET", "/", "").body().to_vec()).unwrap();
    for part in
        ["https://clio.test/api/v4", &bench.world.app().0, "<code>demo</code>", "<td>Matter</td><td>12</td>"]
    {
        assert!(page.contains(part), "{part}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_front_page_is_the_same_for_the_same_firm() {
    let page = || {
        let bench = Bench::new(|firm| firm);
        (0..9).for_each(|number| bench.world.accept_token(&format!("token-{number}")));
        bench.send("GET", "/", "").into_body()
    };
    assert_eq!(page(), page());
}

#[tokio::test(start_paused = true)]
async fn deauthorising_one_chosen_token_leaves_the_others() {
    let mut bench = Bench::new(|firm| firm);
    bench.world.accept_token("one");
    bench.world.accept_token("two");
    bench.token = "one".to_owned();
    assert_eq!(bench.send("POST", "/oauth/deauthorize", "token=one").status(), StatusCode::OK);
    assert!(!bench.works("one"));
    assert!(bench.works("two"));
}
