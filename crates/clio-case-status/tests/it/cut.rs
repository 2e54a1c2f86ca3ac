//! A programme that is cut off at a call, as by a power cut.

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

use crate::bench::Bench;

/// Stands still for ever before or after a call to Clio, so that whoever waits can be dropped there.
#[derive(Debug)]
pub(crate) struct Cut {
    inner: Arc<dyn Transport>,
    at: u64,
    passed: AtomicU64,
    reached: AtomicBool,
}

impl Cut {
    /// Before or after a call: the points are counted from 1.
    pub(crate) fn at(at: u64, bench: &Bench) -> Arc<Self> {
        let inner = bench.world.transport();
        Arc::new(Self { inner, at, passed: 0.into(), reached: false.into() })
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

#[async_trait]
impl Transport for Cut {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        self.point().await;
        let answer = self.inner.send(request, limits).await;
        self.point().await;
        answer
    }
}
