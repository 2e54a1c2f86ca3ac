//! A power cut.

use std::{
    future::{Future, pending, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::Poll,
};

use async_trait::async_trait;
use clio_api::http;
use clio_core::{Limits, Payload, Transport, TransportError};

/// Stands still for ever before or after a call, so that whoever waits can be dropped there, as by a power cut.
#[derive(Debug)]
pub(crate) struct Cut {
    at: u64,
    passed: AtomicU64,
    reached: AtomicBool,
}

impl Cut {
    /// The points are counted from 1, over all worlds.
    pub(crate) fn at(at: u64) -> Arc<Self> {
        Arc::new(Self { at, passed: 0.into(), reached: false.into() })
    }

    pub(crate) fn on(self: &Arc<Self>, inner: Arc<dyn Transport>) -> Arc<dyn Transport> {
        Arc::new(Wire { cut: self.clone(), inner })
    }

    pub(crate) fn was_reached(&self) -> bool {
        self.reached.load(Ordering::SeqCst)
    }

    async fn point(&self) {
        if self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.at {
            self.reached.store(true, Ordering::SeqCst);
            pending::<()>().await;
        }
    }

    /// What the future comes to; `None` if it was cut off.
    pub(crate) async fn cut<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if self.was_reached() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await
    }
}

#[derive(Debug)]
struct Wire {
    cut: Arc<Cut>,
    inner: Arc<dyn Transport>,
}

#[async_trait]
impl Transport for Wire {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        self.cut.point().await;
        let answer = self.inner.send(request, limits).await;
        self.cut.point().await;
        answer
    }
}
