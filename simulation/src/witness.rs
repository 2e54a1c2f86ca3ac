//! What was asked of Clio, in the words it was asked in.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use clio_core::{Limits, Payload, Transport, TransportError};
use serde_json::Value;

use crate::Work;

/// Stands before a world and remembers the body of every write by the number of its call.
///
/// The world keeps which call made a record, and what the record is now. What it was meant to be when people have changed
/// it or deleted it since, only the call tells.
#[derive(Debug, Default)]
pub struct Witness {
    calls: AtomicU64,
    written: Mutex<HashMap<u64, (Work, bool)>>,
    unconditional: AtomicU64,
}

impl Witness {
    /// A transport that is watched. Every call to the world has to go through transports of one witness.
    pub fn watch(self: &Arc<Self>, inner: Arc<dyn Transport>) -> Arc<dyn Transport> {
        Arc::new(Watched { inner, witness: self.clone() })
    }

    /// The work that this call asked to record.
    pub fn written(&self, call: u64) -> Option<Work> {
        self.written.lock().expect("no panic holds it").get(&call).map(|(work, _)| work.clone())
    }

    /// Whether what this call asked to record was to be billed at once.
    pub fn was_billable(&self, call: u64) -> bool {
        self.written.lock().expect("no panic holds it").get(&call).is_some_and(|(_, billable)| *billable)
    }

    /// How many changes were asked for whatever the record was by then.
    pub fn unconditional(&self) -> usize {
        usize::try_from(self.unconditional.load(Ordering::SeqCst)).unwrap_or(usize::MAX)
    }

    /// How many calls were seen.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }
}

#[derive(Debug)]
struct Watched {
    inner: Arc<dyn Transport>,
    witness: Arc<Witness>,
}

#[async_trait]
impl Transport for Watched {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        let (parts, body) = request.into_parts();
        let work = match (parts.method.as_str(), body.try_clone()) {
            ("POST", Some(Payload::Bytes(body))) => {
                serde_json::from_slice(&body).ok().and_then(|body: Value| {
                    let billable = body["data"]["non_billable"] != Value::Bool(true);
                    Some((Work::asked(&body["data"])?, billable))
                })
            }
            _ => None,
        };
        if parts.method == http::Method::PATCH && !parts.headers.contains_key(http::header::IF_MATCH) {
            self.witness.unconditional.fetch_add(1, Ordering::SeqCst);
        }
        // The world numbers the call in the first poll of what follows, so nobody can come in between.
        let call = self.witness.calls.fetch_add(1, Ordering::SeqCst) + 1;
        if let Some(work) = work {
            self.witness.written.lock().expect("no panic holds it").insert(call, work);
        }
        self.inner.send(http::Request::from_parts(parts, body), limits).await
    }
}
