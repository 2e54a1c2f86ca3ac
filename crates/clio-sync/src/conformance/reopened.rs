//! One store, opened more than once.

use std::{future::Future, sync::Arc};

use futures_util::future::join_all;

use super::{
    connections, intents, leases,
    support::{
        Bench, HOLDER, HOUR, STATES, TARGET, Verb, bad, begin, confirmation, create, fenced, page, skip,
        snapshot, upsert,
    },
};
use crate::{Committed, Confirmed, Cursor, IntentState, Store};

/// How many handles are open at once.
const HANDLES: usize = 8;

/// The cases share a store, so that each has a firm of its own.
pub(super) async fn cases<F, Fut>(open: &F)
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = Arc<dyn Store>> + Send,
{
    what_was_committed_is_there(open).await;
    handles_see_each_other(open().await, open().await).await;
    a_fenced_handle_changes_nothing(open().await, open().await).await;
    the_others_go_on_when_one_closes(open).await;
    let handles = join_all((0..HANDLES).map(|_| open())).await;
    leases::race(&handles, "race-for-the-lease").await;
    let bench = Bench::of_firm(handles[0].clone(), "race-to-send").await;
    intents::race(&handles, &bench).await;
    one_of_many_plans(&handles).await;
    one_of_many_is_linked(&handles).await;
    what_is_true_at_once_is_true_later(&handles).await;
}

async fn what_was_committed_is_there<F, Fut>(open: &F)
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = Arc<dyn Store>> + Send,
{
    let firm = "reopened";
    let bench = Bench::of_firm(open().await, firm).await;
    for &state in STATES {
        bench.bring(&format!("{state:?}"), state).await;
    }
    let mut rest = page(firm, vec![skip("s", "1", "free of charge"), bad("r", "1", "no matter")]);
    let mut cursor = Cursor::default();
    cursor.close(None, bench.store.now().await.expect("now"));
    rest.cursor = Some(cursor);
    bench.commit_page(&rest).await;
    let mut claim = confirmation(&bench.bring("lossy", IntentState::Sending).await, "r-lossy");
    claim.lossy.insert("note".into());
    bench.store.confirm(&bench.lease, &[claim]).await.expect("confirm");
    connections::everything(&*bench.store, firm).await;
    let (before, lease) = (bench.snapshot().await, bench.lease.clone());
    drop(bench);
    let store = open().await;
    assert_eq!(snapshot(&*store, firm).await, before, "what was committed is there when opened again");
    store.take_lease(firm, "engine-2", HOUR).await.expect_err("the lease runs on");
    let again = store.take_lease(firm, HOLDER, HOUR).await.expect("renewing one's own lease");
    assert_eq!(again, lease, "the epoch is kept");
    let unchanged = store.commit_page(&lease, &rest).await.expect("the lease is as good as before");
    assert_eq!(unchanged, [Committed::Unchanged, Committed::Unchanged], "what was seen is remembered");
}

async fn handles_see_each_other(one: Arc<dyn Store>, two: Arc<dyn Store>) {
    let bench = Bench::of_firm(one, "two-handles").await;
    let other = Bench { store: two, lease: bench.lease.clone() };
    let key = bench.plan(create("a", "1", "A")).await;
    for (at, verb) in [
        Verb::BeginSend,
        Verb::AbortSend,
        Verb::BeginSend,
        Verb::MarkUncertain,
        Verb::LookAgain,
        Verb::Replan,
        Verb::BeginSend,
        Verb::Confirm,
    ]
    .into_iter()
    .enumerate()
    {
        let (acting, watching) = if at % 2 == 0 { (&other, &bench) } else { (&bench, &other) };
        acting.call(verb, &key).await;
        assert_eq!(
            watching.snapshot().await,
            acting.snapshot().await,
            "{verb:?} is seen by the other handle"
        );
    }
    other.accept_all().await;
    assert_eq!(bench.told().await, []);
    assert_eq!(other.one(create("a", "1", "A")).await, Committed::Unchanged);
}

async fn a_fenced_handle_changes_nothing(one: Arc<dyn Store>, two: Arc<dyn Store>) {
    let firm = "fenced";
    let bench = Bench::of_firm(one.clone(), firm).await;
    let mut keys = Vec::new();
    for &state in STATES {
        keys.push(bench.bring(&format!("{state:?}"), state).await);
    }
    one.take_lease(firm, HOLDER, std::time::Duration::ZERO).await.expect("renewing one's own lease");
    let taken = two.take_lease(firm, "engine-2", HOUR).await.expect("a lease of no length has run out");
    assert!(taken.epoch > bench.lease.epoch, "each change of hands raises the epoch");
    leases::all_refused(&*one, &bench.lease, firm, &keys, fenced).await;
    two.begin_send(&taken, &keys[..1], &begin(None)).await.expect("the new holder works");
}

async fn the_others_go_on_when_one_closes<F, Fut>(open: &F)
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = Arc<dyn Store>> + Send,
{
    let bench = Bench::of_firm(open().await, "one-closes").await;
    bench.plan(create("a", "1", "A")).await;
    drop(open().await);
    bench.plan(create("b", "1", "B")).await;
    assert_eq!(bench.due().await, ["a", "b"]);
}

async fn one_of_many_plans(handles: &[Arc<dyn Store>]) {
    let bench = Bench::of_firm(handles[0].clone(), "race-to-plan").await;
    let page = page(bench.firm(), vec![create("a", "1", "A"), upsert("b", "1", "B")]);
    let tries = handles.iter().map(|store| store.commit_page(&bench.lease, &page));
    let answers = join_all(tries).await.into_iter().map(|answer| answer.expect("commit_page"));
    let planned = answers.flatten().filter(|committed| *committed == Committed::Planned).count();
    assert_eq!(planned, 2, "of those who record the same page, one plans its two writes");
    assert_eq!(bench.due().await, ["a", "b"]);
}

async fn one_of_many_is_linked(handles: &[Arc<dyn Store>]) {
    let bench = Bench::of_firm(handles[0].clone(), "race-to-link").await;
    let mut claims = Vec::new();
    for at in 0..handles.len() {
        claims.push([confirmation(&bench.bring(&at.to_string(), IntentState::Sending).await, "r-1")]);
    }
    let tries = handles.iter().zip(&claims).map(|(store, claim)| store.confirm(&bench.lease, claim));
    let answers = join_all(tries).await.into_iter().map(|answer| answer.expect("confirm"));
    let linked = answers.flatten().filter(|confirmed| *confirmed == Confirmed::Linked).count();
    assert_eq!(linked, 1, "a record of the target is linked once");
    let open = bench.store.open_intents(bench.firm(), TARGET).await.expect("open_intents");
    assert_eq!(open.len(), handles.len() - 1, "the others are as they were");
}

/// Many handles write at the same time: nothing of it is lost.
async fn what_is_true_at_once_is_true_later(handles: &[Arc<dyn Store>]) {
    let bench = Bench::of_firm(handles[0].clone(), "all-at-once").await;
    let work = handles.iter().enumerate().map(|(at, store)| {
        let bench = Bench { store: store.clone(), lease: bench.lease.clone() };
        async move {
            for round in 0..5 {
                let record = create(&format!("{at}-{round}"), "1", "A");
                let committed =
                    bench.store.commit_page(&bench.lease, &page(bench.firm(), vec![record])).await;
                assert_eq!(committed.expect("commit_page"), [Committed::Planned]);
            }
        }
    });
    join_all(work).await;
    assert_eq!(bench.due().await.len(), 5 * handles.len(), "every record is planned, once");
}
