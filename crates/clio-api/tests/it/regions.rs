//! Nothing of one region is sent to another.

use std::sync::Arc;

use clio_api::{App, Clio, ErrorKind, OAuth, Region, Secret, Token};
use futures_util::StreamExt;
use url::Url;

use crate::script::{Answer, Script, TestClock, token_ending_at};

fn regions() -> [(Region, &'static str); 5] {
    [
        (Region::Us, "https://app.clio.com/"),
        (Region::Ca, "https://ca.app.clio.com/"),
        (Region::Eu, "https://eu.app.clio.com/"),
        (Region::Au, "https://au.app.clio.com/"),
        (Region::custom("http://127.0.0.1:4020").unwrap(), "http://127.0.0.1:4020/"),
    ]
}

fn oauth(region: &Region, script: &Arc<Script>) -> OAuth {
    OAuth::new(region.clone(), App::new("key", "s3cret"), "http://127.0.0.1:8080/callback")
        .unwrap()
        .transport(script.clone())
        .clock(Arc::new(TestClock::start()))
}

#[tokio::test(start_paused = true)]
async fn the_whole_life_of_a_token_passes_in_its_region() {
    for (region, root) in regions() {
        let me = || Answer::ok(r#"{"data":{"id":9,"etag":"e"}}"#);
        let script = Script::new([
            Answer::token("first", Some("refresh-1")),
            me(),
            Answer::refused_token(),
            Answer::token("second", None),
            me(),
            Answer::ok(""),
        ]);
        let oauth = oauth(&region, &script);
        let begun = oauth.begin();
        assert!(begun.url.as_str().starts_with(root));
        let callback = format!("http://127.0.0.1:8080/callback?code=c&state={}", begun.state.expose());
        let token = oauth.finish(&begun, &Url::parse(&callback).unwrap()).await.unwrap();
        let clio = Clio::builder(region.clone())
            .app(App::new("key", "s3cret"))
            .token(token.clone())
            .transport(script.clone())
            .clock(Arc::new(TestClock::start()))
            .build()
            .unwrap();
        clio.users().who_am_i().await.unwrap();
        clio.users().who_am_i().await.unwrap();
        oauth.deauthorise(&token).await.unwrap();
        let asked = script.asked();
        assert_eq!(asked.len(), 6);
        for asked in asked {
            assert!(asked.url.starts_with(root), "{} is not in {region}", asked.url);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_flow_is_finished_where_it_was_begun() {
    for (region, _) in regions() {
        for (other, _) in regions().iter().filter(|(other, _)| *other != region) {
            let script = Script::new([]);
            let begun = oauth(other, &script).begin();
            let callback = format!("http://127.0.0.1:8080/callback?code=c&state={}", begun.state.expose());
            let finished = oauth(&region, &script).finish(&begun, &Url::parse(&callback).unwrap()).await;
            let pasted = oauth(&region, &script).finish_pasted(&begun, "c0de").await;
            for error in [finished.unwrap_err(), pasted.unwrap_err()] {
                assert_eq!(error.kind(), ErrorKind::Configuration);
            }
            assert!(script.asked().is_empty());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_leads_to_another_region_is_not_followed() {
    for (region, root) in regions() {
        for (_, elsewhere) in regions().iter().filter(|(other, _)| *other != region) {
            let next = format!("{elsewhere}api/v4/matters.json?page_token=p");
            let page = format!(r#"{{"data":[],"meta":{{"paging":{{"next":"{next}"}}}}}}"#);
            let script = Script::new([Answer::ok(&page)]);
            let clio = Clio::builder(region.clone())
                .token(token_ending_at(86_400))
                .transport(script.clone())
                .clock(Arc::new(TestClock::start()))
                .build()
                .unwrap();
            let walk: Vec<_> = clio.matters().list().items().collect().await;
            assert_eq!(walk.last().unwrap().as_ref().unwrap_err().kind(), ErrorKind::Paging);
            assert!(script.asked().iter().all(|asked| asked.url.starts_with(root)));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_of_another_region_needs_a_person() {
    let refused = Answer::new(400, r#"{"error":"invalid_grant"}"#);
    let script = Script::new([Answer::refused_token(), refused]);
    let foreign = Token { access: Secret::new("of-us"), ..token_ending_at(86_400) };
    let clio = Clio::builder(Region::Eu)
        .app(App::new("key-of-eu", "s3cret"))
        .token(foreign)
        .transport(script.clone())
        .clock(Arc::new(TestClock::start()))
        .build()
        .unwrap();
    let error = clio.users().who_am_i().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AuthorisationLost);
    assert!(!format!("{error} {error:?}").contains("of-us"));
    assert!(script.asked().iter().all(|asked| asked.url.starts_with("https://eu.app.clio.com/")));
}
