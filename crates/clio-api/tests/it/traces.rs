//! What is told to `tracing`: a span for each attempt by OpenTelemetry's conventions, and each decision to repeat.

use std::{
    cell::RefCell,
    fmt::{Debug, Write as _},
    sync::Once,
};

use clio_api::{Clio, JsonBody, RetryPolicy};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

use crate::script::{Answer, Script, builder, clio};

thread_local! {
    /// What is told on this thread, while somebody listens.
    static TOLD: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Writes down what is told. There is one for the whole process: were there one a thread, the threads of other tests could
/// make `tracing` believe that nobody wants to hear of a span.
struct Spy;

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl Spy {
    fn tell(what: &str, fields: impl FnOnce(&mut Line)) {
        let mut line = Line(what.to_owned());
        fields(&mut line);
        TOLD.with_borrow_mut(|told| told.iter_mut().for_each(|told| told.push(line.0.clone())));
    }
}

impl Subscriber for Spy {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("clio")
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        Self::tell(&format!("span {}", span.metadata().name()), |line| span.record(line));
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        Self::tell("record", |line| values.record(line));
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        Self::tell("event", |line| event.record(line));
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

fn told(work: impl Future<Output = ()>) -> Vec<String> {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| tracing::subscriber::set_global_default(Spy).unwrap());
    TOLD.set(Some(Vec::new()));
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap().block_on(work);
    TOLD.take().unwrap_or_default()
}

async fn ask(clio: Clio) {
    clio.users().who_am_i().await.map(drop).ok();
}

fn me() -> Answer {
    Answer::ok(r#"{"data":{"id":9,"etag":"e"}}"#)
}

#[test]
fn an_attempt_is_a_span_by_the_conventions_of_opentelemetry() {
    let failed = Answer::new(500, "").header("x-request-id", &"r-1");
    let told = told(async { ask(clio(&Script::new([failed]))).await });
    let span = told.iter().find(|line| line.starts_with("span http")).unwrap();
    for field in [
        "otel.name=\"GET /users/who_am_i.json\"",
        "otel.kind=\"client\"",
        "http.request.method=\"GET\"",
        "server.address=\"app.clio.com\"",
        "server.port=443",
        "url.scheme=\"https\"",
        "url.template=\"/users/who_am_i.json\"",
    ] {
        assert!(span.contains(field), "{field} in {span}");
    }
    assert!(!span.contains("resend_count"), "{span}");
    for field in [
        "http.response.status_code=500",
        "error.type=\"500\"",
        "otel.status_code=\"ERROR\"",
        "http.response.header.x-request-id=\"r-1\"",
    ] {
        assert!(
            told.iter().any(|line| line.starts_with("record") && line.contains(field)),
            "{field} in {told:?}"
        );
    }
    assert!(told.iter().any(|line| line.contains("clio.operation=\"User#who_am_i\"")), "{told:?}");
}

#[test]
fn every_decision_about_repeating_is_told() {
    let told = told(async {
        let two = RetryPolicy { attempts: 2, ..RetryPolicy::default() };
        let script = Script::new([Answer::new(503, ""), Answer::new(503, "")]);
        ask(builder(&script).retry(two).build().unwrap()).await;
        let lost = clio(&Script::new([Answer::lost()]));
        lost.activities().create(JsonBody::new("{}")).await.unwrap_err();
    });
    let decisions: Vec<_> = told.iter().filter(|line| line.contains("sent again")).collect();
    assert_eq!(decisions.len(), 3, "{decisions:?}");
    assert!(decisions[0].contains("the request is sent again"), "{decisions:?}");
    assert!(decisions[1].contains("Attempts") && decisions[2].contains("PerhapsApplied"), "{decisions:?}");
    assert!(told.iter().any(|line| line.contains("http.request.resend_count=1")), "{told:?}");
}

#[test]
fn a_repetition_after_a_401_says_that_it_is_one() {
    let told = told(async {
        ask(clio(&Script::new([Answer::refused_token(), Answer::token("new", None), me()]))).await;
    });
    let last = told.iter().rfind(|line| line.starts_with("span http")).unwrap();
    assert!(last.contains("http.request.resend_count=1"), "{last}");
}
