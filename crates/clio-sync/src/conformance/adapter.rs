//! What every adapter must do, whatever it connects.

use std::{
    collections::BTreeSet,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use async_trait::async_trait;

use crate::{Firm, Result, Store};

/// An adapter under test, with fakes of both sides and something to do.
///
/// Everything has to run on one clock, which should be a virtual one: an engine that was cut off holds its firm for a
/// [lease](crate::Timing::lease), and a write of unknown outcome waits until it has settled.
#[async_trait]
pub trait AdapterBench: Send + Sync {
    /// The store of this bench. The same one each time.
    fn store(&self) -> Arc<dyn Store>;

    /// A firm of a new engine on that store, with the adapter attached: as if the program were started again.
    fn firm(&self) -> Firm;

    /// The flow to be run: `court-calendar/hearings`.
    fn flow(&self) -> String;

    /// What stands at the target, one text a record, in any order. Ids are left out: they differ from one run to another.
    async fn standing(&self) -> Vec<String>;

    /// How many writes the target has been asked for, of any kind.
    fn writes(&self) -> usize;
}

/// Runs every case on a new bench each. `fresh` makes one whose source has records and whose target has none of them.
///
/// - names are fit for keys, and the same each time;
/// - a run leaves at the target what it is to leave, and a second one writes nothing, nor does another engine;
/// - a plan writes nothing, is the same when it is made again, and applied leads to the same;
/// - a run that is cut off anywhere is made good by the next, and nothing stands twice;
/// - two engines at once do no more than one.
///
/// # Panics
///
/// When the adapter does not do that.
pub async fn adapter<B, F, Fut>(fresh: F)
where
    B: AdapterBench,
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = B> + Send,
{
    names(&fresh().await);
    let expected = once(&fresh().await).await;
    planned(&fresh().await, &expected).await;
    two_engines(&fresh().await, &expected).await;
    cut_off(&fresh, &expected).await;
}

/// What stands at the target in the end, and how many writes it took.
struct Expected {
    standing: Vec<String>,
    writes: usize,
}

async fn standing(bench: &impl AdapterBench) -> Vec<String> {
    let mut standing = bench.standing().await;
    standing.sort();
    standing
}

fn names(bench: &impl AdapterBench) {
    let paths = |firm: &Firm| -> Vec<String> { firm.flows().iter().map(|(key, _)| key.path()).collect() };
    let (one, again) = (paths(&bench.firm()), paths(&bench.firm()));
    assert_eq!(one, again, "an adapter has the same flows each time: their names are part of every key");
    assert_eq!(one.iter().collect::<BTreeSet<_>>().len(), one.len(), "each flow has a name of its own");
    for path in &one {
        let parts: Vec<&str> = path.split('/').collect();
        let fit = parts.len() == 2 && parts.iter().all(|part| !part.is_empty());
        assert!(fit, "`{path}` is not adapter/flow with names without a slash");
    }
    assert!(one.contains(&bench.flow()), "{} is none of the adapter's flows: {one:?}", bench.flow());
}

async fn once(bench: &impl AdapterBench) -> Expected {
    let report = bench.firm().run_to_rest(&bench.flow()).await.expect("a run without a fault");
    assert_eq!(report.pending, 0, "nothing is pending: {report}");
    let expected = Expected { standing: standing(bench).await, writes: bench.writes() };
    assert!(expected.writes > 0, "the bench has nothing to write, so that this suite could not fail");
    for what in ["the same engine", "another engine"] {
        let report = bench.firm().run_to_rest(&bench.flow()).await.expect("a second run");
        assert_eq!(bench.writes(), expected.writes, "{what} writes again what stands there: {report}");
        assert_eq!(standing(bench).await, expected.standing, "{what} leaves something else");
    }
    expected
}

async fn planned(bench: &impl AdapterBench, expected: &Expected) {
    let firm = bench.firm();
    let plan = firm.plan(&bench.flow()).await.expect("a plan");
    let again = firm.plan(&bench.flow()).await.expect("the plan again");
    assert_eq!(plan.id, again.id, "a mapper is pure: the same records lead to the same plan");
    assert_eq!(bench.writes(), 0, "a plan writes nothing");
    firm.apply(&plan).await.expect("a plan of a world that has not changed");
    firm.run_to_rest(&bench.flow()).await.expect("a run after the plan");
    assert_eq!(standing(bench).await, expected.standing, "what was planned is what a run does");
}

async fn two_engines(bench: &impl AdapterBench, expected: &Expected) {
    let (one, other, flow) = (bench.firm(), bench.firm(), bench.flow());
    let (one, other) = futures_util::future::join(one.run_to_rest(&flow), other.run_to_rest(&flow)).await;
    one.expect("one of two engines");
    other.expect("the other of two engines");
    assert_eq!(standing(bench).await, expected.standing, "two engines at once do what one does");
}

async fn cut_off<B, F, Fut>(fresh: &F, expected: &Expected)
where
    B: AdapterBench,
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = B> + Send,
{
    for at in 1.. {
        let bench = fresh().await;
        let ended = CutOff { run: Box::pin(bench.firm().run_to_rest(&bench.flow())), left: at }.await;
        bench.firm().run_to_rest(&bench.flow()).await.expect("a run after one that was cut off");
        assert_eq!(
            standing(&bench).await,
            expected.standing,
            "a run that was cut off at its wait {at} is made good by the next"
        );
        assert!(bench.writes() <= expected.writes + 1, "cut off at wait {at}: too many writes");
        if ended.is_some() {
            assert!(at > 1, "the fakes must take their time, or a run cannot be cut off");
            return;
        }
    }
}

/// A run that is dropped when it would wait for the n-th time: as if the process ended there.
struct CutOff<T> {
    run: Pin<Box<T>>,
    left: usize,
}

impl<T: Future<Output = Result<crate::Report>>> Future for CutOff<T> {
    type Output = Option<Result<crate::Report>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.run.as_mut().poll(context) {
            Poll::Ready(ended) => Poll::Ready(Some(ended)),
            Poll::Pending if self.left <= 1 => Poll::Ready(None),
            Poll::Pending => {
                self.left -= 1;
                Poll::Pending
            }
        }
    }
}
