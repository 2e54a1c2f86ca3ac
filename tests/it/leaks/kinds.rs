//! Every kind of error once, each from the real client and with something to hide.

use std::{sync::Arc, time::Duration};

use clio_api::{
    Clio, Error, ErrorKind, FileTokenStore, Id, JsonBody, OAuth, Position, Region, Secret, Stub, Token,
    TokenStore, choices::WebhookModel, files::Content, files::Parent, objects::Matter, webhooks::Receiver,
};
use clio_core::Clock as _;
use clio_fixtures::Fault;
use futures_util::TryStreamExt;
use http::{HeaderMap, Method};
use serde_json::json;
use url::Url;

use super::{
    bench::{Bench, answer, quoted},
    harness::{FIRST, NAME, SECRET},
};

#[tokio::test(start_paused = true)]
async fn no_kind_of_error_shows_anything() {
    for kind in ErrorKind::ALL {
        let bench = Bench::new();
        let error = provoke(&bench, *kind).await.unwrap_or_else(|| panic!("no case for {kind:?}"));
        assert_eq!(error.kind(), *kind, "{error:?}");
        bench.heard::<()>(Err(error));
    }
}

/// The client's error to a refusal that quotes all that it can.
async fn refused(bench: &Bench, status: u16) -> Option<Error> {
    let clio = bench.clio_with(move |head, body| {
        let told = quoted(head, body);
        let mut answer = answer(status, json!({"error": {"type": told, "message": told}}).to_string());
        answer.headers_mut().insert("x-api-version", format!("4.0.9-{NAME}").parse().expect("a header"));
        Some(answer)
    });
    clio.matters().get(Id::new(7)).await.err()
}

async fn faulty(bench: &Bench, fault: Fault) -> Option<Error> {
    bench.world.faults().always("", "", fault);
    bench.clio().contacts().list().query(NAME).await.err()
}

async fn listed(bench: &Bench, next: &'static str) -> Option<Error> {
    let clio = bench.clio_with(move |head, _| {
        let page = head
            .uri
            .path()
            .ends_with("matters.json")
            .then(|| json!({"data": [{"id": 1, "etag": "e"}], "meta": {"paging": {"next": next}}}));
        page.map(|page| answer(200, page.to_string()))
    });
    let matters: Result<Vec<Stub<Matter>>, Error> =
        clio.matters().list().query(NAME).items().try_collect().await;
    matters.err()
}

async fn uploaded(bench: &Bench, clio: &Clio, content: Content) -> Option<Error> {
    let parent = Parent::Matter(Id::new(bench.matter()));
    let upload = clio.documents().upload(parent, format!("{NAME}.txt"), content).repetitions(0);
    bench.harness.show(&upload);
    upload.await.err()
}

#[expect(clippy::too_many_lines, reason = "a case for each kind")]
async fn provoke(bench: &Bench, kind: ErrorKind) -> Option<Error> {
    match kind {
        ErrorKind::AuthorisationLost => {
            let clio = bench.clio();
            bench.world.revoke_tokens();
            clio.users().who_am_i().await.err()
        }
        ErrorKind::Forbidden => refused(bench, 403).await,
        ErrorKind::NotFound => refused(bench, 404).await,
        ErrorKind::Invalid => refused(bench, 422).await,
        ErrorKind::NotModified => refused(bench, 304).await,
        ErrorKind::Conflict => refused(bench, 412).await,
        ErrorKind::VersionRetired => refused(bench, 410).await,
        ErrorKind::VersionMismatch => refused(bench, 200).await,
        ErrorKind::RateLimited => faulty(bench, Fault::RateLimitedNotApplied).await,
        ErrorKind::Server => faulty(bench, Fault::ServerErrorNotApplied).await,
        ErrorKind::Connect => faulty(bench, Fault::NoSuchHost).await,
        ErrorKind::Timeout => faulty(bench, Fault::TimesOut).await,
        ErrorKind::Interrupted => faulty(bench, Fault::AnswerLost).await,
        ErrorKind::TooLarge => {
            let limits = clio_api::Limits { max_body: 10, ..clio_api::Limits::default() };
            bench.clio().contacts().list().query(NAME).with_limits(limits).await.err()
        }
        ErrorKind::Decode => {
            let told = json!({"data": {"id": NAME, "etag": SECRET}}).to_string();
            bench.clio_with(move |_, _| Some(answer(200, told.clone()))).matters().get(Id::new(7)).await.err()
        }
        ErrorKind::Signature => {
            let receiver = Receiver::new();
            receiver.trust(Id::new(7), Secret::new(SECRET), WebhookModel::Matter);
            bench.harness.show(&receiver);
            let body = json!({"data": {"id": 1, "description": NAME}, "meta": {"event": "updated", "webhook_id": 7}});
            let mut headers = HeaderMap::new();
            headers.insert("x-hook-signature", "0".repeat(64).parse().expect("a header"));
            receiver.receive(&headers, body.to_string().as_bytes()).err()
        }
        ErrorKind::Paging => {
            for next in [
                "https://elsewhere.example/api/v4/matters.json?page_token=hush-zq7vk",
                "http://clio.test/api/v4/matters.json?page_token=hush-zq7vk",
                "https://hush-zq7vk@clio.test/api/v4/matters.json",
                "https://[Quorndale",
            ] {
                let error = listed(bench, next).await;
                bench.harness.error(error.as_ref().expect("nobody goes there"));
            }
            let position =
                Position::new(json!({"version": 1, "at": {"page": 7, "fields": NAME}}).to_string());
            bench.harness.show(&position);
            bench.heard(bench.clio().matters().list().resume(position).await);
            listed(bench, "https://clio.test/api/v4/matters.json?page_token=hush-zq7vk&query=Quorndale").await
        }
        ErrorKind::Address => {
            let clio = bench.clio_with(|head, _| {
                let to = format!("http://elsewhere.example/{SECRET}/{NAME}");
                let mut answer = answer(303, "");
                answer.headers_mut().insert("location", to.parse().expect("a header"));
                head.uri.path().contains("download").then_some(answer)
            });
            let download = clio.documents().download(Id::new(7)).fetch();
            bench.harness.show(&download);
            download.await.err()
        }
        ErrorKind::Content => {
            let content = Content::reader_of(NAME.as_bytes(), 1000);
            bench.harness.show(&content);
            uploaded(bench, &bench.clio(), content).await
        }
        ErrorKind::Authorisation => {
            let oauth = oauth(bench);
            let begun = oauth.begin();
            let (state, verifier) = (begun.state.expose().to_owned(), begun.verifier.expose().to_owned());
            bench.harness.knows(&state);
            bench.harness.knows(&verifier);
            bench.harness.show(&(&oauth, &begun));
            for query in [
                format!("state={state}&error={NAME}"),
                format!("state={state}&error={SECRET}&error_description={NAME}"),
                format!("state=x{SECRET}&code={SECRET}"),
                format!("code={SECRET}"),
            ] {
                let callback =
                    Url::parse(&format!("http://127.0.0.1:8080/callback?{query}")).expect("an address");
                bench.heard(oauth.finish(&begun, &callback).await);
            }
            for pasted in [format!("https://elsewhere.example/?code={SECRET}"), format!("{SECRET} {NAME}")] {
                bench.heard(oauth.finish_pasted(&begun, &pasted).await);
            }
            let callback = format!("http://127.0.0.1:8080/callback?state={state}&code={SECRET}-code");
            oauth.finish(&begun, &Url::parse(&callback).expect("an address")).await.err()
        }
        ErrorKind::Configuration => {
            for text in [SECRET, &format!("ftp://{SECRET}/{NAME}"), &format!("https://{SECRET}@x.example")] {
                bench.heard(Region::custom(text));
                bench.heard(text.parse::<Region>());
            }
            bench.heard(OAuth::new(Region::Us, bench.app(), SECRET));
            bench.heard(bench.clio().matters().list().parameter("name", NAME).await);
            let token = Token::access_only(format!("{SECRET}\n"));
            let clio = Clio::builder(Region::Us).token(token).transport(bench.world.transport());
            clio.clock(bench.clock.clone()).build().expect("a client").users().who_am_i().await.err()
        }
        ErrorKind::TokenStore => {
            let folder = tempfile::tempdir().expect("a folder");
            let store = FileTokenStore::new(folder.path().join("token.json"), "firm");
            store.save(&bench.world.token()).await.expect("saved");
            bench.harness.show(&store);
            let whole = std::fs::read_to_string(store.path()).expect("a file");
            for text in [whole.replace("\"firm\"", "\"other\""), whole.replace("access", SECRET), NAME.into()]
            {
                std::fs::write(store.path(), text).expect("written");
                bench.heard(store.load().await);
            }
            std::fs::write(store.path(), &whole[..whole.len() / 2]).expect("written");
            let clio = Clio::builder(Region::Us).app(bench.app()).token_store(Arc::new(store));
            bench.harness.show(&clio);
            let clio = clio.transport(bench.world.transport()).clock(bench.clock.clone()).build();
            clio.expect("a client").users().who_am_i().await.err()
        }
        _ => None,
    }
}

fn oauth(bench: &Bench) -> OAuth {
    let oauth = OAuth::new(
        Region::custom("https://clio.test").expect("an address"),
        bench.app(),
        "http://127.0.0.1:8080/callback",
    );
    oauth.expect("an address").transport(bench.between(|_, _| None)).clock(bench.clock.clone())
}

/// An authorisation server that quotes all that it was sent, in every shape, to a code, a refresh and a deauthorisation.
#[tokio::test(start_paused = true)]
async fn an_authorisation_server_that_quotes_shows_nothing() {
    for status in [200, 400, 401, 403, 429, 500, 302] {
        for shape in 0..5 {
            let bench = Bench::new();
            let server = move |head: &http::request::Parts, body: &str| {
                let told = format!("{SECRET} {} {body}", quoted(head, body));
                let mut shapes = vec![
                    json!({"error": "invalid_grant", "error_description": told, "error_uri": told})
                        .to_string(),
                    json!({"error": told}).to_string(),
                    json!({"error": SECRET, "access_token": SECRET}).to_string(),
                    json!({"access_token": SECRET, "token_type": told, "refresh_token": {NAME: told}})
                        .to_string(),
                    told,
                ];
                head.uri.path().contains("/oauth/").then(|| answer(status, shapes.swap_remove(shape)))
            };
            let oauth = oauth(&bench).transport(bench.between(server));
            let begun = oauth.begin();
            bench.harness.knows(begun.verifier.expose());
            let callback =
                format!("http://127.0.0.1:8080/callback?state={}&code={SECRET}", begun.state.expose());
            bench.heard(oauth.finish(&begun, &Url::parse(&callback).expect("an address")).await);
            bench.heard(oauth.refresh(&bench.world.token()).await);
            bench.heard(oauth.deauthorise(&bench.world.token()).await);
            bench.world.expire_access_tokens();
            let clio = bench.clio_with(server);
            bench.world.expire_access_tokens();
            bench.heard(clio.activities().create(JsonBody::new(json!({"note": NAME}).to_string())).await);
        }
    }
}

/// A storage host that quotes the key that it was asked with, whatever it answers.
#[tokio::test(start_paused = true)]
async fn a_storage_host_that_quotes_shows_nothing() {
    for status in [400, 403, 404, 408, 429, 500, 503, 302] {
        let bench = Bench::new();
        let clio = bench.clio_with(move |head, body| {
            let told = quoted(head, body);
            let xml =
                format!("<Error><Code>{NAME}</Code><Message>{told}</Message><Key>{SECRET}</Key></Error>");
            let mut answer = answer(status, xml);
            answer
                .headers_mut()
                .insert("location", format!("http://x.example/{SECRET}").parse().expect("a header"));
            (head.uri.host() == Some("storage.clio.test")).then_some(answer)
        });
        let error = uploaded(&bench, &clio, NAME.into()).await;
        bench.harness.error(&error.expect("an upload that fails"));
        bench.clock.sleep(Duration::from_secs(1)).await;
        let document = bench.world.person("Ada").upload_document(bench.matter(), "a.txt", NAME.as_bytes());
        let downloaded =
            clio.documents().download(Id::new(document.expect("a document"))).fetch().repetitions(0).await;
        assert!(bench.heard(downloaded).is_some(), "{status}");
    }
}

/// All goes well, and nothing of it is told either.
#[tokio::test(start_paused = true)]
async fn what_goes_well_shows_nothing() {
    let bench = Bench::new();
    let clio = bench.clio();
    let parent = Parent::Matter(Id::new(bench.matter()));
    let document = clio.documents().upload(parent, format!("{FIRST}.txt"), NAME).await.expect("a document");
    bench.harness.show(&document);
    let downloaded = clio.documents().download(document.id).fetch().await.expect("a file");
    bench.harness.show(&downloaded);
    assert_eq!(downloaded.bytes(100).await.expect("bytes"), NAME);
    let mut matters = clio.matters().list().query(NAME).limit(2).pages();
    while let Some(page) = matters.try_next().await.expect("pages") {
        bench.harness.show(&page.next);
        bench.harness.show(&matters.suspend());
        bench.harness.show(&matters);
    }
    let address = clio.documents().download(document.id).await.expect("an address");
    assert!(address.contains("X-Amz-Signature"), "the storage host has keys");
    let answer = clio
        .raw(Method::GET, "/matters.json")
        .query("fields", "description")
        .send()
        .await
        .expect("an answer");
    assert!(String::from_utf8_lossy(&answer.body).contains(NAME), "clients have this name");
    bench.harness.show(&answer);
    bench.world.expire_access_tokens();
    clio.users().who_am_i().await.expect("renewed");
    assert!(bench.harness.heard("the token was renewed"));
    bench.harness.show(&clio.reserve(Duration::ZERO).await.expect("a permit"));
}
