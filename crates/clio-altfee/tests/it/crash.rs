//! A programme that can be cut off at any call, and another that goes on from the same file.

use std::{
    future::{Future, pending, poll_fn},
    path::Path,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::Poll,
};

use async_trait::async_trait;
use clio_altfee::{FeeForm, Integration, Session, Settings, fee_category};
use clio_api::{Clio, Region, http};
use clio_core::{Limits, Payload, Transport, TransportError};
use clio_model::Currency;
use clio_sync::{Engine, Firm};
use clio_sync_sqlite::SqliteStore;

use crate::bench::Bench;

/// Stands still for ever before or after a call, so that whoever waits can be dropped there, as by a power cut.
#[derive(Debug)]
pub(crate) struct Cut {
    inner: Arc<dyn Transport>,
    at: u64,
    passed: AtomicU64,
    reached: AtomicBool,
}

impl Cut {
    /// Before or after a call to this world: the points are counted from 1.
    pub(crate) fn at(at: u64, bench: &Bench) -> Arc<Self> {
        let inner = bench.world.transport();
        Arc::new(Self { inner, at, passed: 0.into(), reached: false.into() })
    }

    pub(crate) fn was_reached(&self) -> bool {
        self.reached.load(Ordering::SeqCst)
    }

    pub(crate) async fn point(&self) {
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

/// A programme over the same systems and the same file, with nothing kept in memory.
pub(crate) struct Programme {
    clio: Clio,
    pub(crate) firm: Firm,
    integration: Integration,
}

impl Programme {
    pub(crate) async fn start(bench: &Bench, state: &Path, transport: Arc<dyn Transport>) -> Self {
        let clock = bench.clio.clock().clone();
        let clio = Clio::builder(Region::custom(&bench.world.host_url()).expect("an address"))
            .transport(transport)
            .clock(clock.clone())
            .token(bench.world.token())
            .build()
            .expect("a client");
        let category = fee_category(&bench.clio, "Flat fee (AltFee)").await.expect("a category");
        let settings = Settings::new(Currency::USD, FeeForm::Category(category));
        let integration = Integration::new(Arc::new(bench.stubborn.clone()), settings);
        let store = SqliteStore::options().clock(clock.clone()).inline();
        let engine = Engine::new(store.open(state).expect("a store")).with_clock(clock);
        let firm = engine.firm("acme-law", clio.clone());
        firm.attach(integration.clone());
        Self { clio, firm, integration }
    }

    pub(crate) fn session(&self) -> Session<'_> {
        self.integration.session(&self.firm, &self.clio)
    }
}
