//! What a log line may show of secrets and of clients: nothing.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use clio_core::{Id, Limits, Payload, Transport, TransportError};
use clio_fixtures::samples::TimeGroup;
use clio_sync::{Content, Found, Outcome};

use crate::harness::{POSTED_TIME, Scene};

/// Notes every request as a careless log would.
#[derive(Debug)]
struct Logging(Arc<dyn Transport>, Arc<Mutex<Vec<String>>>);

#[async_trait]
impl Transport for Logging {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        self.1.lock().unwrap().push(format!("{request:?}"));
        self.0.send(request, limits).await
    }
}

#[tokio::test(start_paused = true)]
async fn the_debug_form_of_a_request_shows_no_key() {
    let scene = Scene::day();
    let log = Arc::<Mutex<Vec<String>>>::default();
    let mut setup = scene.setup();
    setup.wisetime = Arc::new(Logging(setup.wisetime, log.clone()));
    setup.clio = Arc::new(Logging(setup.clio, log.clone()));
    setup.firm().run(POSTED_TIME).await.unwrap();
    let log = log.lock().unwrap().join("\n");
    assert!(log.contains("postedtime") && log.contains("activities.json"), "both worlds were asked");
    assert!(!log.contains(scene.clio.token().access.expose()), "the token of Clio");
    assert!(!log.contains(&scene.wisetime.api_key()), "the API key of WiseTime");
}

#[test]
fn debug_forms_show_no_client_data() {
    const WORDS: &str = "Divorce of Ada";
    let entry = clio_model::TimeEntry::on(Id::new(7), "2026-03-02".parse().unwrap()).note(WORDS);
    let content = Content::from([("note".to_owned(), WORDS.into())]);
    let found = Found { remote_id: "1".into(), etag: None, content: content.clone() };
    let outcome = Outcome::Applied { remote_id: "1".into(), etag: None, echo: Some(content) };
    let group: clio_wisetime::wire::TimeGroup =
        serde_json::from_value(TimeGroup::new("g").description(WORDS).json()).unwrap();
    for shown in [format!("{entry:?}"), format!("{found:?}"), format!("{outcome:?}"), format!("{group:?}")] {
        assert!(!shown.contains(WORDS), "{shown}");
    }
}
