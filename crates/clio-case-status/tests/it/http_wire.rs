//! What Case Status might answer, word by word, and the contents of files.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use clio_api::{
    files::{Content, Parent},
    http,
};
use clio_case_status::{CaseStatus, FileId, Http};
use clio_core::{Limits, Payload, Transport, TransportError, TransportErrorKind};
use clio_sync::ErrorKind;
use futures_util::stream;
use http::{Request, Response, header::AUTHORIZATION};

use crate::bench::Bench;

/// An answer that was thought out.
type Answer = (u16, &'static [(&'static str, &'static str)], Body);

#[derive(Debug, Clone)]
enum Body {
    Text(&'static str),
    /// In pieces, the last of which may be missing.
    Pieces(&'static [&'static str], bool),
}

/// Gives its answers in their order, and remembers what was asked, and whether with a key.
#[derive(Debug, Default)]
struct Script {
    answers: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<(String, bool)>>,
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: Request<Payload>, _: Limits) -> Result<Response<Payload>, TransportError> {
        let key = request
            .headers()
            .get(AUTHORIZATION)
            .map(|value| value.to_str().expect("text") == "ApiKey cs-key");
        assert_ne!(key, Some(false), "the right key, if any");
        self.asked.lock().expect("a lock").push((request.uri().to_string(), key.is_some()));
        let (status, headers, body) = self.answers.lock().expect("a lock").pop_front().expect("an answer");
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let body = match body {
            Body::Text(text) => Payload::Bytes(Bytes::from_static(text.as_bytes())),
            Body::Pieces(pieces, breaks) => {
                let broken = || TransportError::perhaps_sent(TransportErrorKind::Interrupted, "broken");
                let pieces = pieces.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes())));
                Payload::Stream(Box::pin(stream::iter(pieces.chain(breaks.then(|| Err(broken()))))))
            }
        };
        Ok(response.body(body).expect("a response"))
    }
}

fn script(answers: impl IntoIterator<Item = Answer>) -> (Arc<Script>, Http) {
    let script = Arc::new(Script { answers: Mutex::new(answers.into_iter().collect()), ..Script::default() });
    let client = Http::builder("cs-key").transport(script.clone()).build().expect("a client");
    (script, client)
}

fn ok(text: &'static str) -> Answer {
    (200, &[], Body::Text(text))
}

impl Script {
    fn asked(&self) -> Vec<(String, bool)> {
        self.asked.lock().expect("a lock").clone()
    }
}

#[tokio::test(start_paused = true)]
async fn statuses_are_mapped_and_never_to_the_loss_of_an_authorisation() {
    for (status, kind) in [
        (400, ErrorKind::Protocol),
        (401, ErrorKind::Configuration),
        (403, ErrorKind::Configuration),
        (404, ErrorKind::Configuration),
        (422, ErrorKind::Protocol),
        (429, ErrorKind::RateLimited),
        (301, ErrorKind::Configuration),
        (500, ErrorKind::Transient),
        (503, ErrorKind::Transient),
    ] {
        let (_, client) =
            script([(status, &[("retry-after", "7")] as &[_], Body::Text("{\"secret\": \"Ruth\"}"))]);
        let error = client.messages(None, None).await.expect_err("no success");
        assert_eq!(error.kind(), kind, "{status}");
        assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(7), "{status}");
        assert!(!format!("{error} {error:?}").contains("Ruth"), "{status}: {error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_list_is_told_without_quoting_it() {
    for text in ["", "<html>Ruth</html>", "{\"Ruth\": 1}", "null", "[{\"id\": 1}", "\u{1F600}"] {
        let (_, client) = script([ok(text)]);
        let error = client.messages(None, None).await.expect_err("no list");
        assert_eq!(error.kind(), ErrorKind::Protocol, "{text}");
        assert!(!format!("{error} {error:?}").contains("Ruth"), "{error:?}");
    }
    for text in ["[]", "{}", "{\"results\": {}}"] {
        let (_, client) = script([ok(text)]);
        assert_eq!(client.cases_of("1").await.expect_err("no report").kind(), ErrorKind::Protocol, "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn unknown_columns_do_no_harm_and_a_row_that_cannot_be_read_keeps_the_others() {
    let (_, client) = script([ok(r#"[
        {"id": 1, "content": "One", "sent_at": "2026-03-01T10:00:00.250Z", "sender_name": "Ruth", "integration_id": 77,
         "mood": {"a": [1, null]}, "type": "a_new_one", "readable_id": null},
        {"id": "2", "content": null, "sent_at": null, "created_at": "2026-03-01 10:00:01", "sender_name": null,
         "integration_id": ""},
        {"id": 3, "content": "Three", "sent_at": "yesterday"},
        {"content": "no id", "sent_at": "2026-03-01T10:00:00Z"},
        7
    ]"#)]);
    let page = client.messages(None, None).await.expect("a page");
    let [one, two] = page.items.as_slice() else { panic!("{page:?}") };
    assert_eq!((one.id.as_str(), one.integration_id.as_deref()), ("1", Some("77")));
    assert_eq!((one.content.as_str(), one.sender.name.as_deref()), ("One", Some("Ruth")));
    assert_eq!(one.sent_at.timestamp_subsec_millis(), 250);
    assert_eq!((two.content.as_str(), two.integration_id.as_deref()), ("", None));
    assert_eq!(two.sent_at.to_rfc3339(), "2026-03-01T10:00:01+00:00");
    let bad: Vec<&str> = page.unreadable.iter().map(|bad| bad.reason.as_str()).collect();
    let no_id = "the message has no id";
    assert_eq!(bad, ["the message does not say when it was sent", no_id, no_id]);
    assert_eq!(page.unreadable[0].id, "3");
    assert_ne!(page.unreadable[1].id, page.unreadable[2].id);
}

#[tokio::test(start_paused = true)]
async fn a_case_without_columns_is_what_it_says() {
    let (_, client) = script([
        ok(r#"{"results": [
            {"Internal ID": "a", "Integration ID": 5, "Clients": {"Client 1 Last Name": "Rail Ltd"}, "New Column": 1},
            {"Internal ID": "b", "Integration ID": "5", "Client First Name": "Ruth", "Client Last Name": "Brook"},
            {"Integration ID": "6"}
        ], "more": true}"#),
        ok(r#"{"results": []}"#),
    ]);
    let cases = client.cases_of("5").await.expect("cases");
    assert_eq!(cases.iter().map(|case| case.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert!(
        matches!(&cases[0].fields.client.name, clio_case_status::ClientName::Company(name) if name == "Rail Ltd")
    );
}

const LISTED: &str = r#"[{"id": 1, "url": "https://files.example/1?sig=a", "file_name": "letter", "extension": "pdf",
    "size": 6, "created_at": "2026-03-01T10:00:00Z", "case_integration_id": "77"}]"#;

/// What a document is that is made of this content: read as it is read in earnest.
async fn read(content: Content) -> Result<Bytes, String> {
    let bench = Bench::with(|world| world.matters(1).keep_uploads(true), |_, _| ()).await;
    let parent = Parent::Matter(clio_core::Id::new(bench.matter(0)));
    let uploaded = bench.clio.documents().upload(parent, "file", content).content_type("application/pdf");
    let uploaded = uploaded.repetitions(0).await;
    uploaded.map_err(|error| error.to_string())?;
    Ok(bench.world.uploads().pop().and_then(|upload| upload.bytes).expect("bytes"))
}

#[tokio::test(start_paused = true)]
async fn a_file_is_streamed_from_elsewhere_without_the_key() {
    let (script, client) = script([
        ok(LISTED),
        (302, &[("location", "https://store.example/1")], Body::Text("")),
        (200, &[("content-length", "6")], Body::Pieces(&["abc", "def"], false)),
    ]);
    let page = client.files(None, None).await.expect("a page");
    assert_eq!((page.items[0].name.as_str(), page.items[0].size), ("letter.pdf", Some(6)));
    let content = client.open_file(&FileId::new("1")).await.expect("a file");
    assert_eq!(read(content).await.as_deref(), Ok(b"abcdef".as_slice()));
    let asked = script.asked();
    assert_eq!(asked[0], ("https://app.casestatus.com/v1/api/files?page%5Bnumber%5D=1".into(), true));
    assert_eq!(
        asked[1..],
        [("https://files.example/1?sig=a".into(), false), ("https://store.example/1".into(), false)]
    );
}

#[tokio::test(start_paused = true)]
async fn a_file_at_case_status_itself_is_asked_for_with_the_key() {
    let listed = r#"[{"id": 1, "url": "https://app.casestatus.com/files/1"}]"#;
    let (script, client) = script([ok(listed), ok("abc")]);
    let content = client.open_file(&FileId::new("1")).await.expect("a file");
    assert_eq!(read(content).await.as_deref(), Ok(b"abc".as_slice()));
    assert!(script.asked()[1].1);
}

#[tokio::test(start_paused = true)]
async fn addresses_that_are_none_of_https_are_not_gone_to() {
    for url in
        ["http://files.example/1", "http://localhost:80/x", "file:///etc/passwd", "no address", "ftp://x/y"]
    {
        let listed: &'static str = Box::leak(format!(r#"[{{"id": 1, "url": "{url}"}}]"#).into_boxed_str());
        let (script, client) = script([ok(listed)]);
        let error = client.open_file(&FileId::new("1")).await.expect_err(url);
        assert_eq!(error.kind(), ErrorKind::Protocol, "{url}");
        assert_eq!(script.asked().len(), 1, "{url}");
        assert!(!format!("{error} {error:?}").contains("files.example"), "{error:?}");
    }
    let away: Answer = (302, &[("location", "http://files.example/1")], Body::Text(""));
    let (script, client) = script([ok(LISTED), away]);
    assert_eq!(client.open_file(&FileId::new("1")).await.expect_err("http").kind(), ErrorKind::Protocol);
    assert_eq!(script.asked().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_address_that_was_good_for_some_time_is_looked_up_once_more() {
    let fresh = r#"[{"id": 1, "url": "https://files.example/1?sig=b"}]"#;
    let (script, client) = script([ok(LISTED), (403, &[], Body::Text("expired")), ok(fresh), ok("abc")]);
    client.files(None, None).await.expect("a page");
    let content = client.open_file(&FileId::new("1")).await.expect("a file");
    assert_eq!(read(content).await.as_deref(), Ok(b"abc".as_slice()));
    assert_eq!(script.asked()[3].0, "https://files.example/1?sig=b");
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_or_fails_is_told_apart() {
    let (_, client) = script([ok("[]")]);
    let gone = client.open_file(&FileId::new("9")).await.expect_err("none");
    assert_eq!((gone.kind(), gone.is_retryable()), (ErrorKind::Protocol, false));
    for (status, kind) in
        [(404, ErrorKind::Protocol), (410, ErrorKind::Protocol), (503, ErrorKind::Transient)]
    {
        let (_, client) = script([ok(LISTED), (status, &[], Body::Text(""))]);
        let error = client.open_file(&FileId::new("1")).await.expect_err("none");
        assert_eq!(error.kind(), kind, "{status}");
    }
    let circle: Answer = (302, &[("location", "/1?sig=a")], Body::Text(""));
    let (script, client) = script(std::iter::once(ok(LISTED)).chain(vec![circle; 9]));
    assert_eq!(client.open_file(&FileId::new("1")).await.expect_err("a circle").kind(), ErrorKind::Protocol);
    assert_eq!(script.asked().len(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_breaks_off_is_no_shorter_file() {
    let (_, client) = script([ok(LISTED), (200, &[], Body::Pieces(&["abc"], true))]);
    let content = client.open_file(&FileId::new("1")).await.expect("it begins");
    assert!(read(content).await.is_err());
}
