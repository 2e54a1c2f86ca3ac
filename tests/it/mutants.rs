//! The algorithm, broken on purpose from outside. Each breakage makes the oracle speak; the control passes.

use std::{collections::HashSet, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::TimeDelta;
use clio_core::{Clock, Limits, Payload, Transport, TransportError};
use clio_fixtures::{Audit, Fault};
use clio_sync::Confirmation;

use simulation::{Scene, Setup, seams::{Hook, Wrapped}};

/// A day on which this happens to the first write, with the engine as `change` makes it.
async fn day(fault: Fault, change: impl FnOnce(&Scene, Setup) -> Setup) -> Audit {
    let scene = Scene::day();
    scene.clio.faults().at_nth("POST", "/activities.json", 1, fault);
    let setup = change(&scene, scene.setup());
    scene.post(&setup.firm()).await;
    scene.let_everything_land().await;
    let audit = scene.audit();
    assert_eq!(audit.expected, Scene::EXPECTED);
    audit
}

fn doubled_or_lost(audit: &Audit) -> usize {
    audit.doubled + audit.lost + audit.wrong_acknowledgements
}

const LATE: Fault = Fault::AppliedLate(Duration::from_secs(100));

#[tokio::test(start_paused = true)]
async fn control() {
    for fault in [LATE, Fault::AnswerLost, Fault::RequestLost] {
        assert_eq!(doubled_or_lost(&day(fault, |_, setup| setup).await), 0, "{fault:?}");
        let skewed = day(fault, |scene, mut setup| {
            setup.clock = scene.clock.skewed(TimeDelta::hours(1));
            setup
        });
        assert_eq!(doubled_or_lost(&skewed.await), 0, "{fault:?}, an hour ahead");
    }
}

#[tokio::test(start_paused = true)]
async fn without_settling_a_late_write_is_doubled() {
    let audit = day(LATE, |_, mut setup| {
        setup.timing.settle = Duration::ZERO;
        setup.timing.look_again_after = Duration::ZERO;
        setup
    });
    assert_eq!(audit.await.doubled, 1);
}

/// Sends a write again when no answer came, as most clients do.
#[derive(Debug)]
struct BlindRetry(Arc<dyn Transport>);

#[async_trait]
impl Transport for BlindRetry {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        let (parts, body) = request.into_parts();
        let again = http::Request::from_parts(parts.clone(), body.try_clone().expect("a body in memory"));
        match self.0.send(http::Request::from_parts(parts, body), limits).await {
            Err(error) if !error.nothing_left() => self.0.send(again, limits).await,
            other => other,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_blind_retry_doubles() {
    let audit = day(Fault::AnswerLost, |_, mut setup| {
        setup.clio = Arc::new(BlindRetry(setup.clio));
        setup
    });
    assert_eq!(audit.await.doubled, 1);
}

/// Makes the server's time that of our clock.
#[derive(Debug)]
struct LocalDate(Arc<dyn Transport>, Arc<dyn Clock>);

#[async_trait]
impl Transport for LocalDate {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        let mut response = self.0.send(request, limits).await?;
        let date = self.1.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        response.headers_mut().insert(http::header::DATE, date.parse().expect("a header"));
        Ok(response)
    }
}

#[tokio::test(start_paused = true)]
async fn a_floor_by_the_local_clock_doubles_when_that_clock_is_ahead() {
    let audit = day(Fault::AnswerLost, |scene, mut setup| {
        setup.clock = scene.clock.skewed(TimeDelta::hours(1));
        setup.clio = Arc::new(LocalDate(setup.clio, setup.clock.clone()));
        setup
    });
    assert_eq!(audit.await.doubled, 1);
}

/// Forgets which records are linked, and lets two writes have one.
#[derive(Debug, Default)]
struct NoUniqueLink(std::sync::atomic::AtomicU64);

#[async_trait]
impl Hook for NoUniqueLink {
    fn linked(&self, _: HashSet<String>) -> HashSet<String> {
        HashSet::new()
    }
    fn confirmation(&self, mut confirmation: Confirmation) -> Confirmation {
        let n = self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        confirmation.remote_id = format!("{}#{n}", confirmation.remote_id);
        confirmation
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_unique_link_one_of_two_equal_writes_is_lost() {
    // The first of two equal writes never arrives; the look finds the record of the second.
    let lost = day(Fault::RequestLost, |_, mut setup| {
        setup.store = Arc::new(Wrapped { inner: setup.store, hook: Arc::<NoUniqueLink>::default() });
        setup
    });
    assert_eq!(lost.await.lost, 1);
}

/// Claims that a write never left when its answer was lost.
#[derive(Debug)]
struct NothingLeft(Arc<dyn Transport>);

#[async_trait]
impl Transport for NothingLeft {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        self.0
            .send(request, limits)
            .await
            .map_err(|error| TransportError::not_sent(error.kind(), error.to_string()))
    }
}

#[tokio::test(start_paused = true)]
async fn a_transport_that_lies_about_what_left_doubles() {
    let audit = day(Fault::AnswerLost, |_, mut setup| {
        setup.clio = Arc::new(NothingLeft(setup.clio));
        setup
    });
    assert_eq!(audit.await.doubled, 1);
}

/// A body that was cut still has its status; what it says is not believed.
#[tokio::test(start_paused = true)]
async fn an_answer_without_a_body_is_not_believed() {
    let scene = Scene::day();
    scene.clio.faults().at_nth("POST", "/activities.json", 1, Fault::EmptyAnswer);
    scene.post(&scene.setup().firm()).await;
    assert!(scene.looks() >= 1);
    scene.assert_posted_once("an empty answer").await;
}
