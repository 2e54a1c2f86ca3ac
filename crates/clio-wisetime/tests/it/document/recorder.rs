//! A transport that keeps what goes through it.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use clio_core::{Limits, Payload, Transport, TransportError};
use http::{HeaderMap, Request, Response};
use serde_json::Value;

/// A request, as far as the document speaks of it.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) method: String,
    pub(super) url: String,
    /// Every value of `x-api-key`.
    pub(super) keys: Vec<String>,
    pub(super) content_type: Option<String>,
    /// Empty when there was none.
    pub(super) body: Vec<u8>,
}

impl Sent {
    /// A request with the key `key`, to a path below the API.
    pub(super) fn of(method: &str, target: &str, body: Option<&Value>) -> Self {
        Self {
            method: method.to_owned(),
            url: format!("https://wisetime.test/connect/api{target}"),
            keys: vec!["key".to_owned()],
            content_type: Some("application/json".to_owned()),
            body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default(),
        }
    }
}

/// Forwards everything, and keeps a copy.
#[derive(Debug)]
pub(super) struct Recorder {
    inner: Arc<dyn Transport>,
    sent: Mutex<Vec<Sent>>,
}

impl Recorder {
    pub(super) fn over(inner: Arc<dyn Transport>) -> Self {
        Self { inner, sent: Mutex::default() }
    }

    pub(super) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }
}

fn values(headers: &HeaderMap, name: &str) -> Vec<String> {
    headers.get_all(name).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
}

#[async_trait]
impl Transport for Recorder {
    async fn send(
        &self,
        request: Request<Payload>,
        limits: Limits,
    ) -> Result<Response<Payload>, TransportError> {
        let body = match request.body() {
            Payload::Empty => Vec::new(),
            Payload::Bytes(bytes) => bytes.to_vec(),
            Payload::Stream(_) => panic!("the client sends no stream"),
        };
        self.sent.lock().unwrap().push(Sent {
            method: request.method().to_string(),
            url: request.uri().to_string(),
            keys: values(request.headers(), "x-api-key"),
            content_type: values(request.headers(), "content-type").pop(),
            body,
        });
        self.inner.send(request, limits).await
    }
}
