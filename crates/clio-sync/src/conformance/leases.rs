//! Who may write for a firm.

use std::{collections::HashSet, sync::Arc, time::Duration};

use futures_util::future::join_all;

use super::support::{
    Bench, FIRM, HOLDER, HOUR, SOURCE, TARGET, VERBS, begin, cases, create, fenced, page, refused, snapshot,
    written,
};
use crate::{Brake, Cursor, ErrorKind, IntentState, Lease, Result, Store, SweepEnd, Verdict};

cases![
    taken_and_renewed,
    busy_for_another,
    each_firm_has_its_own,
    given_back,
    run_out,
    a_holder_that_is_late_goes_on,
    sending_renews,
    fenced_verbs_change_nothing,
    a_holder_that_comes_back_is_another,
    no_right_for_another_firm,
    a_lease_that_was_never_given,
    one_of_many_gets_it,
];

#[track_caller]
fn busy(result: Result<Lease>, what: &str) -> Duration {
    let error = result.expect_err(what);
    assert_eq!(error.kind(), ErrorKind::Busy, "{what}: {error:?}");
    assert!(error.is_retryable(), "{what}: waiting helps");
    error.retry_after().expect("how long the lease runs is known")
}

async fn taken_and_renewed(store: Arc<dyn Store>) {
    let first = store.take_lease(FIRM, HOLDER, HOUR).await.expect("take_lease of a firm that is free");
    assert_eq!((first.firm.as_str(), first.holder.as_str()), (FIRM, HOLDER));
    let again = store.take_lease(FIRM, HOLDER, HOUR).await.expect("renewing one's own lease");
    assert_eq!(again, first, "renewing keeps the epoch");
}

async fn busy_for_another(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let wait = busy(store.take_lease(FIRM, "engine-2", HOUR).await, "a lease of another runs");
    assert!(wait > Duration::ZERO, "it runs for some time yet");
    assert!(wait <= HOUR + Duration::from_secs(1), "it runs no longer than it was taken for, not {wait:?}");
    bench.plan(create("a", "1", "a")).await;
}

async fn each_firm_has_its_own(store: Arc<dyn Store>) {
    store.take_lease(FIRM, HOLDER, HOUR).await.expect("take_lease of a firm that is free");
    store.take_lease("other-law", "engine-2", HOUR).await.expect("another firm is free");
}

async fn given_back(store: Arc<dyn Store>) {
    let first = store.take_lease(FIRM, HOLDER, HOUR).await.expect("take_lease of a firm that is free");
    store.release_lease(&first).await.expect("release_lease");
    let second = store.take_lease(FIRM, "engine-2", HOUR).await.expect("the lease was given back");
    assert!(second.epoch > first.epoch, "each change of hands raises the epoch");
    store.release_lease(&first).await.expect("giving back what another has does nothing");
    busy(store.take_lease(FIRM, "engine-3", HOUR).await, "only its holder can give a lease back");
    let again = store.take_lease(FIRM, "engine-2", HOUR).await.expect("renewing one's own lease");
    assert_eq!(again, second, "the lease of another was not touched");
}

async fn run_out(store: Arc<dyn Store>) {
    let mut epoch = 0;
    for holder in [HOLDER, "engine-2", HOLDER, "engine-2"] {
        let lease =
            store.take_lease(FIRM, holder, Duration::ZERO).await.expect("a lease of no length has run out");
        assert!(lease.epoch > epoch, "each change of hands raises the epoch");
        epoch = lease.epoch;
    }
}

async fn a_holder_that_is_late_goes_on(store: Arc<dyn Store>) {
    let first =
        store.take_lease(FIRM, HOLDER, Duration::ZERO).await.expect("take_lease of a firm that is free");
    let page = |id: &str| page(FIRM, vec![create(id, "1", id)]);
    store.commit_page(&first, &page("a")).await.expect("it ran out, but nobody has taken the firm over");
    let again = store.take_lease(FIRM, HOLDER, HOUR).await.expect("a lease of no length has run out");
    store.commit_page(&first, &page("b")).await.expect("it was renewed, and nobody has taken the firm over");
    store.commit_page(&again, &page("c")).await.expect("it was renewed");
}

async fn sending_renews(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let key = bench.plan(create("a", "1", "a")).await;
    let mut long = begin(None);
    long.lease = 10 * HOUR;
    store.begin_send(&bench.lease, &[key], &long).await.expect("begin_send");
    let wait = busy(store.take_lease(FIRM, "engine-2", HOUR).await, "begin_send renews the lease");
    assert!(wait > 9 * HOUR, "begin_send renews the lease by its `lease`, not to {wait:?}");
    let again = store.take_lease(FIRM, HOLDER, HOUR).await.expect("renewing one's own lease");
    assert_eq!(again, bench.lease, "begin_send keeps the epoch");
}

/// A firm with intents in every state, an acknowledgement that is due, and a cursor.
async fn busy_firm(store: Arc<dyn Store>, firm: &str) -> (Bench, Vec<String>) {
    let bench = Bench::of_firm(store, firm).await;
    let mut keys = Vec::new();
    for state in [
        IntentState::Planned,
        IntentState::Sending,
        IntentState::Uncertain,
        IntentState::Confirmed,
        IntentState::Rejected,
        IntentState::Parked,
    ] {
        keys.push(bench.bring(&format!("{firm}-{state:?}"), state).await);
    }
    assert!(!bench.told().await.is_empty(), "confirm, reject and park leave acknowledgements");
    (bench, keys)
}

/// Calls every verb under this lease in a way that would be allowed to the firm's own. All have to be refused.
pub(super) async fn all_refused(
    store: &dyn Store,
    lease: &Lease,
    firm: &str,
    keys: &[String],
    check: fn(Result<()>, &str),
) {
    let before = snapshot(store, firm).await;
    for (key, &from) in keys.iter().zip(super::support::STATES) {
        for verb in VERBS {
            if verb.leads(from).is_some() {
                check(
                    verb.call(store, lease, std::slice::from_ref(key)).await,
                    &format!("{verb:?} from {from:?}"),
                );
            }
        }
    }
    let mut page = page(firm, vec![create("new", "1", "new")]);
    page.cursor = Some(Cursor::default());
    page.cursor.as_mut().expect("just set").close(None, store.now().await.expect("now"));
    check(store.commit_page(lease, &page).await.map(drop), "commit_page");
    let due = store.due_acknowledgements(&page.flow, 1).await.expect("due_acknowledgements");
    let done = due.into_iter().next().unwrap_or_else(|| written("a", "b"));
    check(store.acknowledged(lease, &page.flow, &done).await, "acknowledged");
    let sweep = SweepEnd {
        flow: page.flow.clone(),
        source: SOURCE.into(),
        target: TARGET.into(),
        seen: HashSet::new(),
        brake: Brake::OFF,
        strikes: 1,
        reason: "it is gone".into(),
    };
    check(store.end_sweep(lease, &sweep).await.map(drop), "end_sweep");
    check(store.audited(lease, &keys[3..4]).await, "audited");
    for letter in store.dead_letters(firm).await.expect("dead_letters") {
        let id = &letter.source_id;
        check(store.retry_dead_letter(lease, &letter.flow, id).await.map(drop), "retry_dead_letter");
        check(store.discard_dead_letter(lease, &letter.flow, id).await, "discard_dead_letter");
    }
    for verdict in [
        Verdict::SendAgain,
        Verdict::Stands { remote_id: "r-9".into() },
        Verdict::Drop { reason: "no".into() },
    ] {
        check(store.settle(lease, &keys[5], &verdict).await, "settle");
    }
    if lease.firm == firm {
        let now = store.now().await.expect("now");
        check(store.recover(lease, now, HOUR).await, "recover");
    }
    assert_eq!(snapshot(store, firm).await, before, "what was refused has changed nothing");
}

async fn fenced_verbs_change_nothing(store: Arc<dyn Store>) {
    let (bench, keys) = busy_firm(store.clone(), FIRM).await;
    store.release_lease(&bench.lease).await.expect("release_lease");
    let second = store.take_lease(FIRM, "engine-2", HOUR).await.expect("the lease was given back");
    all_refused(&*store, &bench.lease, FIRM, &keys, fenced).await;
    store.release_lease(&bench.lease).await.expect("giving back what another has does nothing");
    busy(store.take_lease(FIRM, "engine-3", HOUR).await, "what was refused renewed nothing");
    let due = store.due_intents(&bench.flow(), TARGET, 1).await.expect("due_intents");
    store.begin_send(&second, &[due[0].key.clone()], &begin(None)).await.expect("the new holder works");
}

async fn a_holder_that_comes_back_is_another(store: Arc<dyn Store>) {
    let (bench, keys) = busy_firm(store.clone(), FIRM).await;
    store.release_lease(&bench.lease).await.expect("release_lease");
    store.take_lease(FIRM, "engine-2", Duration::ZERO).await.expect("the lease was given back");
    let third = store.take_lease(FIRM, HOLDER, HOUR).await.expect("a lease of no length has run out");
    assert!(third.epoch > bench.lease.epoch + 1, "each of two changes of hands raises the epoch");
    all_refused(&*store, &bench.lease, FIRM, &keys, fenced).await;
}

async fn no_right_for_another_firm(store: Arc<dyn Store>) {
    let (_, keys) = busy_firm(store.clone(), FIRM).await;
    let (other, _) = busy_firm(store.clone(), "other-law").await;
    all_refused(&*store, &other.lease, FIRM, &keys, refused).await;
}

async fn a_lease_that_was_never_given(store: Arc<dyn Store>) {
    let made_up = Lease { firm: FIRM.into(), holder: HOLDER.into(), epoch: 1 };
    let page = page(FIRM, vec![create("a", "1", "a")]);
    refused(store.commit_page(&made_up, &page).await, "commit_page for a firm that nobody ever took");
    let (bench, keys) = busy_firm(store.clone(), FIRM).await;
    let ahead = Lease { epoch: bench.lease.epoch + 1, ..bench.lease.clone() };
    all_refused(&*store, &ahead, FIRM, &keys, refused).await;
    let stolen = Lease { holder: "engine-2".into(), ..bench.lease.clone() };
    all_refused(&*store, &stolen, FIRM, &keys, refused).await;
}

async fn one_of_many_gets_it(store: Arc<dyn Store>) {
    race(&vec![store; 16], FIRM).await;
}

/// Each of these handles tries to take the firm at the same time, under a name of its own.
pub(super) async fn race(handles: &[Arc<dyn Store>], firm: &str) {
    let tries = handles.iter().enumerate().map(|(at, store)| async move {
        let holder = format!("racer-{at}");
        store.take_lease(firm, &holder, HOUR).await
    });
    let (won, lost): (Vec<_>, Vec<_>) = join_all(tries).await.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1, "exactly one of those who race for a lease gets it");
    for result in lost {
        busy(result, "the others are told that it is taken");
    }
}
