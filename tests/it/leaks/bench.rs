//! A firm whose secrets and names are known again, and a client of it whose every word is heard.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use clio_api::{App, Clio, Error, Limits, Payload, Region, RetryPolicy, Transport, TransportError};
use clio_fixtures::{ClioWorld, VirtualClock};
use http::{Request, Response, request::Parts};

use super::harness::{FIRST, Harness, NAME, SECRET};

pub(super) struct Bench {
    pub(super) harness: Arc<Harness>,
    pub(super) clock: Arc<VirtualClock>,
    pub(super) world: ClioWorld,
}

/// Answers in place of the world, or not. It sees the request and its body.
pub(super) type Instead = dyn Fn(&Parts, &str) -> Option<Response<Payload>> + Send + Sync;

impl Bench {
    pub(super) fn new() -> Self {
        let harness = Arc::new(Harness::start());
        let clock = VirtualClock::new();
        let firm = ClioWorld::firm(7).rate_limit(None).keep_uploads(true).clock(clock.clone());
        let world = firm.sentinels(SECRET, NAME).start();
        Self { harness, clock, world }
    }

    /// What stands between the client and the world.
    pub(super) fn between(
        &self,
        instead: impl Fn(&Parts, &str) -> Option<Response<Payload>> + Send + Sync + 'static,
    ) -> Arc<dyn Transport> {
        Arc::new(Between {
            inner: self.world.transport(),
            harness: self.harness.clone(),
            instead: Box::new(instead),
        })
    }

    pub(super) fn app(&self) -> App {
        let (id, secret) = self.world.app();
        App::new(id, secret)
    }

    /// A client that sends all once, with something between it and the world.
    pub(super) fn clio_with(
        &self,
        instead: impl Fn(&Parts, &str) -> Option<Response<Payload>> + Send + Sync + 'static,
    ) -> Clio {
        let region = Region::custom(&self.world.host_url()).expect("an address");
        let builder = Clio::builder(region)
            .app(self.app())
            .token(self.world.token())
            .transport(self.between(instead))
            .clock(self.clock.clone())
            .retry(RetryPolicy::never());
        self.harness.show(&builder);
        let clio = builder.build().expect("a client");
        self.harness.show(&clio);
        clio
    }

    pub(super) fn clio(&self) -> Clio {
        self.clio_with(|_, _| None)
    }

    /// The error of a result, which is heard. What it says for people holds what it has to.
    pub(super) fn heard<T>(&self, result: Result<T, Error>) -> Option<Error> {
        let error = result.err()?;
        self.harness.error(&error);
        Some(error)
    }

    pub(super) fn matter(&self) -> i64 {
        self.world.matters()[0].id
    }
}

/// An answer with this status and body.
pub(super) fn answer(status: u16, body: impl Into<bytes::Bytes>) -> Response<Payload> {
    Response::builder().status(status).body(Payload::Bytes(body.into())).expect("an answer")
}

/// A text that quotes a request and what a server may know, in many ways.
pub(super) fn quoted(head: &Parts, body: &str) -> String {
    let headers = head.headers.values().filter_map(|value| value.to_str().ok());
    let name = format!("{FIRST} {NAME}");
    let percent: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    format!(
        "{} of {name}, {}, {percent}, {} was sent {} with {body:?}",
        head.uri,
        name.to_uppercase(),
        data_encoding::BASE64.encode(name.as_bytes()),
        headers.collect::<Vec<_>>().join(" and "),
    )
}

struct Between {
    inner: Arc<dyn Transport>,
    harness: Arc<Harness>,
    instead: Box<Instead>,
}

impl fmt::Debug for Between {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Between")
    }
}

#[async_trait]
impl Transport for Between {
    async fn send(
        &self,
        request: Request<Payload>,
        limits: Limits,
    ) -> Result<Response<Payload>, TransportError> {
        let (head, body) = request.into_parts();
        // A query may hold what is searched for: only a careless log shows an address. The rest anybody may print.
        self.harness.show(&(&head.method, &head.headers, &body));
        let host = head.uri.host().unwrap_or_default().to_owned();
        if host != "clio.test" {
            assert!(!head.headers.contains_key("authorization"), "no token travels to {host}");
            assert!(host == "storage.clio.test", "nothing travels to {host}");
        }
        // The key in an address of the storage host.
        for (_, value) in url::form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes())
            .filter(|(name, _)| name == "X-Amz-Signature")
        {
            self.harness.knows(&value);
        }
        let body = body.into_bytes(u64::MAX).await?;
        let text = String::from_utf8_lossy(&body);
        if let Some(answer) = (self.instead)(&head, &text) {
            return Ok(answer);
        }
        self.inner.send(Request::from_parts(head, Payload::Bytes(body)), limits).await
    }
}
