//! What happens on the wire: counting, and the crash.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use clio_core::{Limits, Payload, Transport, TransportError};
use http::{Method, Request, Response};
use tokio::sync::Notify;

/// How often activities were listed, and how often one was created.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Calls {
    pub(crate) looks: usize,
    pub(crate) writes: usize,
}

impl Calls {
    pub(crate) fn count(&mut self, method: &str, path: &str) {
        if path.ends_with("/activities.json") {
            self.looks += usize::from(method == "GET");
            self.writes += usize::from(method == "POST");
        }
    }

    pub(crate) fn since(self, earlier: Self) -> Self {
        Self { looks: self.looks - earlier.looks, writes: self.writes - earlier.writes }
    }
}

/// The [`Calls`] of all clients together, as this side saw them leave: the only witness where Clio is not our fake.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally(Arc<Mutex<Calls>>);

impl Tally {
    pub(crate) fn calls(&self) -> Calls {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, request: &Request<Payload>) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        calls.count(request.method().as_str(), request.uri().path());
    }
}

/// Forwards everything, and counts it.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(crate) inner: Arc<dyn Transport>,
    pub(crate) tally: Tally,
}

#[async_trait]
impl Transport for Counted {
    async fn send(
        &self,
        request: Request<Payload>,
        limits: Limits,
    ) -> Result<Response<Payload>, TransportError> {
        self.tally.count(&request);
        self.inner.send(request, limits).await
    }
}

/// Forwards everything, and keeps one answer for itself: that of the n-th activity that Clio has created. Whoever waits
/// for that answer waits for ever; [`CrashAt::struck`] ends at the same moment, for `main` to let the engine die there.
///
/// That is the worst moment: the entry stands in Clio, and nobody on this side has been told.
#[derive(Debug)]
pub(crate) struct CrashAt {
    inner: Arc<dyn Transport>,
    nth: usize,
    created: AtomicUsize,
    struck: Notify,
}

impl CrashAt {
    pub(crate) fn new(inner: Arc<dyn Transport>, nth: usize) -> Self {
        Self { inner, nth, created: AtomicUsize::new(0), struck: Notify::new() }
    }

    /// Ends when the answer has been taken away.
    pub(crate) async fn struck(&self) {
        self.struck.notified().await;
    }
}

#[async_trait]
impl Transport for CrashAt {
    async fn send(
        &self,
        request: Request<Payload>,
        limits: Limits,
    ) -> Result<Response<Payload>, TransportError> {
        let is_create =
            request.method() == Method::POST && request.uri().path().ends_with("/activities.json");
        let answer = self.inner.send(request, limits).await?;
        let applied = is_create && answer.status().is_success();
        if !applied || self.created.fetch_add(1, Ordering::SeqCst) + 1 != self.nth {
            return Ok(answer);
        }
        // To the last byte, so that Clio is surely done. What it says is lost, whatever it is.
        let _ = answer.into_body().into_bytes(limits.max_body).await;
        self.struck.notify_one();
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says yes to everything.
    #[derive(Debug)]
    struct Yes;

    #[async_trait]
    impl Transport for Yes {
        async fn send(&self, _: Request<Payload>, _: Limits) -> Result<Response<Payload>, TransportError> {
            Ok(Response::new(Payload::Empty))
        }
    }

    fn request(method: Method) -> Request<Payload> {
        let mut request = Request::new(Payload::Empty);
        *request.method_mut() = method;
        *request.uri_mut() = http::Uri::from_static("https://clio.test/api/v4/activities.json");
        request
    }

    #[tokio::test]
    async fn the_answer_is_kept_after_the_request_has_arrived() {
        let tally = Tally::default();
        let wire = Counted { inner: Arc::new(Yes), tally: tally.clone() };
        let crash = CrashAt::new(Arc::new(wire), 2);
        for method in [Method::GET, Method::POST, Method::GET] {
            crash.send(request(method), Limits::default()).await.unwrap();
        }
        tokio::select! {
            biased;
            () = crash.struck() => {}
            answer = crash.send(request(Method::POST), Limits::default()) => panic!("{answer:?}"),
        }
        assert_eq!(tally.calls(), Calls { looks: 2, writes: 2 });
    }
}
