//! A transport that changes what is said.

use std::sync::Arc;

use async_trait::async_trait;
use clio_core::{Limits, Payload, Transport, TransportError};

/// Stands between the engine and a world, and changes what is said.
pub struct Tamper {
    inner: Arc<dyn Transport>,
    ask: Box<Ask>,
    answer: Box<Answer>,
}

/// A status and a body: what is answered in place of the world.
pub type Instead = (http::StatusCode, &'static str);

type Ask = dyn Fn(&str, &str, Vec<u8>) -> Result<Vec<u8>, Instead> + Send + Sync;
type Answer = dyn Fn(&str, &str, http::Response<Vec<u8>>) -> http::Response<Vec<u8>> + Send + Sync;

impl std::fmt::Debug for Tamper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tamper")
    }
}

impl Tamper {
    /// Changes what is asked: by method, path and body. With an error that is the answer, and the world is not asked.
    pub fn asked(
        inner: Arc<dyn Transport>,
        ask: impl Fn(&str, &str, Vec<u8>) -> Result<Vec<u8>, Instead> + Send + Sync + 'static,
    ) -> Arc<dyn Transport> {
        Arc::new(Self { inner, ask: Box::new(ask), answer: Box::new(|_, _, answer| answer) })
    }

    /// Changes what is answered: by method and path of what was asked.
    pub fn answered(
        inner: Arc<dyn Transport>,
        answer: impl Fn(&str, &str, http::Response<Vec<u8>>) -> http::Response<Vec<u8>> + Send + Sync + 'static,
    ) -> Arc<dyn Transport> {
        Arc::new(Self { inner, ask: Box::new(|_, _, body| Ok(body)), answer: Box::new(answer) })
    }

    /// Changes the text of what is answered to a request with this method and a path that ends so.
    pub fn text(
        inner: Arc<dyn Transport>,
        method: &'static str,
        suffix: &'static str,
        change: impl Fn(String) -> String + Send + Sync + 'static,
    ) -> Arc<dyn Transport> {
        Self::answered(inner, move |asked, path, answer| {
            if asked != method || !path.ends_with(suffix) {
                return answer;
            }
            answer.map(|body| change(String::from_utf8(body).expect("a text")).into_bytes())
        })
    }
}

#[async_trait]
impl Transport for Tamper {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        let (parts, body) = request.into_parts();
        let (method, path) = (parts.method.to_string(), parts.uri.path().to_owned());
        let body = body.into_bytes(u64::MAX).await?.to_vec();
        let body = match (self.ask)(&method, &path, body) {
            Ok(body) => payload(body),
            Err((status, text)) => {
                let mut answer = http::Response::new(Payload::Bytes(text.into()));
                *answer.status_mut() = status;
                return Ok(answer);
            }
        };
        let (head, body) =
            self.inner.send(http::Request::from_parts(parts, body), limits).await?.into_parts();
        let body = body.into_bytes(u64::MAX).await?.to_vec();
        Ok((self.answer)(&method, &path, http::Response::from_parts(head, body)).map(payload))
    }
}

fn payload(body: Vec<u8>) -> Payload {
    if body.is_empty() { Payload::Empty } else { Payload::Bytes(body.into()) }
}
