//! Connecting while something goes wrong: each fault and a crash, at each call.

use std::{
    future::{Future, pending, poll_fn},
    path::Path,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::Poll,
    time::Duration,
};

use async_trait::async_trait;
use clio_altfee::{
    AltFee, Confirmation, Error, FeeForm, Integration, MatterId, Session, Settings, Status, fee_category,
};
use clio_api::{Clio, Region, http};
use clio_core::{Limits, Payload, Transport, TransportError};
use clio_fixtures::Fault;
use clio_model::Currency;
use clio_sync::{Engine, Firm};
use clio_sync_sqlite::SqliteStore;

use crate::bench::{Bench, dec, today};

/// A person looks, says yes, and the programme comes to rest.
async fn connect(bench: &Bench, session: Session<'_>, matter: &MatterId) -> Result<Confirmation, Error> {
    let preview = session.preview(matter, bench.clio_matter, today()).await?;
    session.confirm(&preview).await
}

async fn rest(session: Session<'_>, firm: &Firm) {
    session.settle().await.expect("settled");
    firm.run_to_rest("altfee/projects").await.expect("at rest");
}

/// Both fees stand once: flat, exact, with the right note.
fn all_stand(bench: &Bench) -> bool {
    let mut fees: Vec<_> =
        bench.fees().into_iter().map(|(_, note, price, flat)| (note, price, flat)).collect();
    fees.sort();
    fees == [
        ("Incorporation\n• Articles".to_owned(), dec("1250"), true),
        ("Shareholder agreement\n• Drafting\n• Two rounds of comments".to_owned(), dec("2999.99"), true),
    ]
}

/// At rest either all stands and AltFee knows, or nothing does. Again, it stands once; and once more writes nothing.
async fn check(
    bench: &Bench,
    session: Session<'_>,
    firm: &Firm,
    matter: &MatterId,
    failed: bool,
    what: &str,
) {
    let connected = bench.book.connection(matter).await.expect("read").is_some();
    if connected {
        assert!(all_stand(bench), "connected: {what}: {:?}", bench.fees());
    } else {
        assert!(failed, "it says that it is connected, and is not: {what}");
        assert_eq!(bench.fees(), [], "not connected: {what}");
    }
    connect(bench, session, matter).await.unwrap_or_else(|error| panic!("again: {what}: {error}"));
    rest(session, firm).await;
    assert!(all_stand(bench), "again: {what}: {:?}", bench.fees());
    let writes = bench.writes();
    let again = connect(bench, session, matter).await.expect("a third time");
    rest(session, firm).await;
    assert!(again.is_complete() && bench.writes() == writes, "a third time: {what}");
    session.refresh(matter).await.expect("read");
    let projects = bench.projects(matter).await;
    assert!(
        projects.iter().all(|one| (one.status, &one.lock) == (Some(Status::Unbillable), &None)),
        "{what}"
    );
}

/// Each of these at each call of a whole connection.
async fn each_call(faults: &[Fault]) {
    for fault in faults {
        for n in 1.. {
            let bench = Bench::new().await;
            let matter = bench.matter().await;
            let before = bench.world.calls().len() as u64;
            bench.world.faults().at_call(before + n, *fault);
            let session = bench.session();
            let what = format!("{fault:?} at call {n}");
            let tried = connect(&bench, session, &matter).await;
            if let Err(error) = &tried {
                assert!(matches!(error, Error::Sync(error) if error.is_retryable()), "{what}: {error:?}");
            }
            rest(session, &bench.firm).await;
            bench.world.faults().clear();
            let reached = bench.world.calls().len() as u64 >= before + n;
            // What is late has come.
            tokio::time::sleep(Duration::from_secs(600)).await;
            rest(session, &bench.firm).await;
            check(&bench, session, &bench.firm, &matter, tried.is_err(), &what).await;
            if !reached {
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_is_lost_each_fee_stands_once() {
    each_call(&Fault::ALL[..6]).await;
}

#[tokio::test(start_paused = true)]
async fn whatever_is_answered_each_fee_stands_once() {
    each_call(&Fault::ALL[6..12]).await;
}

#[tokio::test(start_paused = true)]
async fn whatever_breaks_each_fee_stands_once() {
    each_call(&Fault::ALL[12..]).await;
}

/// Stands still for ever before or after a call, so that whoever waits can be dropped there, as by a power cut.
#[derive(Debug)]
struct Cut {
    inner: Arc<dyn Transport>,
    at: u64,
    passed: AtomicU64,
    reached: AtomicBool,
}

impl Cut {
    async fn point(&self) {
        if self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.at {
            self.reached.store(true, Ordering::SeqCst);
            pending().await
        }
    }

    /// What the future comes to; `None` if it was cut off.
    async fn cut<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if self.reached.load(Ordering::SeqCst) => Poll::Ready(None),
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
struct Programme {
    clio: Clio,
    firm: Firm,
    integration: Integration,
}

impl Programme {
    async fn start(bench: &Bench, state: &Path, transport: Arc<dyn Transport>) -> Self {
        let clock = bench.clio.clock().clone();
        let clio = Clio::builder(Region::custom(&bench.world.host_url()).expect("an address"))
            .transport(transport)
            .clock(clock.clone())
            .token(bench.world.token())
            .build()
            .expect("a client");
        let category = fee_category(&bench.clio, "Flat fee (AltFee)").await.expect("a category");
        let settings = Settings::new(Currency::USD, FeeForm::Category(category));
        let integration = Integration::new(Arc::new(bench.book.clone()), settings);
        let store = SqliteStore::options().clock(clock.clone()).inline();
        let engine = Engine::new(store.open(state).expect("a store")).with_clock(clock);
        let firm = engine.firm("acme-law", clio.clone());
        firm.attach(integration.clone());
        Self { clio, firm, integration }
    }

    fn session(&self) -> Session<'_> {
        self.integration.session(&self.firm, &self.clio)
    }
}

#[tokio::test(start_paused = true)]
async fn wherever_it_crashes_each_fee_stands_once() {
    for at in 1.. {
        let (bench, folder) = (Bench::new().await, tempfile::tempdir().expect("a folder"));
        let (matter, state) = (bench.matter().await, folder.path().join("state"));
        let cut = Cut { inner: bench.world.transport(), at, passed: 0.into(), reached: false.into() };
        let cut = Arc::new(cut);
        {
            let doomed = Programme::start(&bench, &state, cut.clone()).await;
            let whole = async {
                connect(&bench, doomed.session(), &matter).await.expect("connected");
                rest(doomed.session(), &doomed.firm).await;
            };
            cut.cut(whole).await;
        }
        let what = format!("a crash at point {at}");
        let heir = Programme::start(&bench, &state, bench.world.transport()).await;
        rest(heir.session(), &heir.firm).await;
        check(&bench, heir.session(), &heir.firm, &matter, true, &what).await;
        if !cut.reached.load(Ordering::SeqCst) {
            break;
        }
    }
}
