//! A store that may not know what was written, and writes that may stand twice.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};

use super::support::{
    Bench, FIRM, HOUR, STATES, TARGET, Verb, cases, confirmation, create, flow_of, gone, refused, upsert,
};
use crate::{Confirmation, Intent, IntentState, Reconciled, Store};

cases![
    creations_that_are_open_are_looked_for,
    only_creations,
    later_ones_of_older_records_too,
    a_refusal_of_before,
    a_firm_that_was_never_seen,
    each_firm_by_itself,
    audits_are_due,
    audits_are_of_their_flow,
];

fn aged(record: Reconciled, created: DateTime<Utc>) -> Reconciled {
    Reconciled { created: Some(created), ..record }
}

/// Looked for before it is sent, reaching back to `floor`.
#[track_caller]
fn suspected(intent: &Intent, floor: DateTime<Utc>, what: &str) {
    assert_eq!(intent.state, IntentState::Uncertain, "{what}");
    assert_eq!(intent.looks, 0, "{what}");
    assert!(intent.attempt >= 1, "{what}: it may have been sent");
    let reach = intent.floor.expect("a look has to reach back");
    assert!(reach <= floor && floor - reach < TimeDelta::seconds(1), "{what}: {reach} is not {floor}");
}

async fn creations_that_are_open_are_looked_for(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let mut keys = Vec::new();
    for &state in STATES {
        keys.push((state, bench.bring(&format!("{state:?}"), state).await));
    }
    let before = bench.all().await;
    let since = store.now().await.expect("now") - HOUR;
    store.recover(&bench.lease, since, HOUR).await.expect("recover");
    let now = store.now().await.expect("now");
    for (state, key) in &keys {
        let intent = bench.intent(key).await;
        if matches!(state, IntentState::Planned | IntentState::Sending | IntentState::Uncertain) {
            suspected(&intent, since, &format!("{state:?}"));
            let due = intent.not_before.expect("what is on its way has to land");
            let slack = TimeDelta::seconds(5);
            assert!(now + HOUR - slack < due && due < now + HOUR + slack, "{due} is `settle` from now");
        } else {
            let known = before.iter().find(|known| known.key == *key);
            assert_eq!(Some(&intent), known, "{state:?}: it has an end");
        }
    }
    // Again, of an older backup: the look reaches back further.
    let older = since - HOUR;
    store.recover(&bench.lease, older, HOUR).await.expect("recover");
    suspected(&bench.intent(&keys[0].1).await, older, "an older backup");
    store.recover(&bench.lease, since, HOUR).await.expect("recover");
    suspected(&bench.intent(&keys[0].1).await, older, "a newer one takes nothing back");
}

async fn only_creations(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let mut planned = Vec::new();
    for (id, next) in [("changed", upsert("changed", "2", "B")), ("going", gone("going", "2"))] {
        let key = bench.plan(upsert(id, "1", "A")).await;
        bench.confirm(&key, &format!("r-{id}")).await;
        planned.push(bench.plan(next).await);
    }
    let now = store.now().await.expect("now");
    store.recover(&bench.lease, now, HOUR).await.expect("recover");
    for key in &planned {
        assert_eq!(bench.intent(key).await.state, IntentState::Planned, "the record itself tells");
    }
    let key = bench.plan(upsert("changed", "3", "C")).await;
    assert_eq!(bench.intent(&key).await.state, IntentState::Planned);
}

async fn later_ones_of_older_records_too(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let since = store.now().await.expect("now") - HOUR;
    store.recover(&bench.lease, since, HOUR).await.expect("recover");
    let now = store.now().await.expect("now");
    for (id, created, floor) in [
        ("of unknown age", None, since),
        ("older than the backup", Some(since - HOUR), since),
        ("made since", Some(since + Duration::from_secs(60)), since + Duration::from_secs(60)),
    ] {
        let key = bench.plan(Reconciled { created, ..create(id, "1", id) }).await;
        let intent = bench.intent(&key).await;
        suspected(&intent, floor, id);
        let due = intent.not_before.expect("what is on its way has to land");
        assert!(due > now + HOUR - TimeDelta::seconds(5), "{id}: {due} is before `settle` has passed");
    }
    let key = bench.plan(aged(create("younger", "1", "A"), now + HOUR)).await;
    assert_eq!(bench.intent(&key).await.state, IntentState::Planned, "the old store cannot have known it");
    assert_eq!(bench.due().await, ["younger"]);
}

/// It may have been retried before, and written then.
async fn a_refusal_of_before(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let key = bench.bring("a", IntentState::Rejected).await;
    let since = store.now().await.expect("now") - HOUR;
    store.recover(&bench.lease, since, HOUR).await.expect("recover");
    let planned = store.retry_dead_letter(&bench.lease, &bench.flow(), "a").await;
    assert!(planned.expect("retry_dead_letter"));
    suspected(&bench.intent(&key).await, since, "refused before");
    assert_eq!(bench.due().await, [""; 0]);
}

/// A store that was lost is a new one: what the sources had before may have been written by the old one.
async fn a_firm_that_was_never_seen(store: Arc<dyn Store>) {
    let before = store.now().await.expect("now");
    let bench = Bench::new(store.clone()).await;
    let created = before - HOUR;
    let key = bench.plan(aged(create("old", "1", "A"), created)).await;
    suspected(&bench.intent(&key).await, created, "older than the store");
    let later = store.now().await.expect("now") + HOUR;
    let key = bench.plan(aged(create("new", "1", "A"), later)).await;
    assert_eq!(bench.intent(&key).await.state, IntentState::Planned, "younger than the store");
    let key = bench.plan(create("of unknown age", "1", "A")).await;
    assert_eq!(bench.intent(&key).await.state, IntentState::Planned, "nobody says that it is older");
    // Not by another lease: it is the first that counts.
    store.release_lease(&bench.lease).await.expect("release_lease");
    let lease = store.take_lease(FIRM, "engine-2", HOUR).await.expect("the lease was given back");
    let bench = Bench { lease, ..bench };
    let key = bench.plan(aged(create("later", "1", "A"), later)).await;
    assert_eq!(bench.intent(&key).await.state, IntentState::Planned);
    // The record of a change is known.
    bench.confirm(&key, "r-1").await;
    let key = bench.plan(aged(upsert("later", "2", "B"), created)).await;
    assert_eq!(bench.intent(&key).await.state, IntentState::Planned, "a change needs no look");
}

async fn each_firm_by_itself(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let other = Bench::of_firm(store.clone(), "other-law").await;
    let key = other.plan(create("a", "1", "A")).await;
    let now = store.now().await.expect("now");
    store.recover(&bench.lease, now, HOUR).await.expect("recover");
    assert_eq!(other.intent(&key).await.state, IntentState::Planned);
    let key = other.plan(create("b", "1", "A")).await;
    assert_eq!(other.intent(&key).await.state, IntentState::Planned, "another firm's store is whole");
}

/// Confirms at the second attempt.
async fn twice_sent(bench: &Bench, id: &str, audit_after: Option<Duration>) -> String {
    let key = bench.bring(id, IntentState::Uncertain).await;
    bench.calls(&[Verb::Replan, Verb::BeginSend], &key).await;
    let claim = Confirmation { audit_after, ..confirmation(&key, &format!("r-{id}")) };
    bench.store.confirm(&bench.lease, &[claim]).await.expect("confirm");
    key
}

async fn audits_are_due(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let due = || async {
        let due = store.due_audits(&bench.flow(), TARGET).await.expect("due_audits");
        due.into_iter().map(|intent| intent.source_id).collect::<Vec<_>>()
    };
    twice_sent(&bench, "never", None).await;
    twice_sent(&bench, "later", Some(HOUR)).await;
    let first = twice_sent(&bench, "b", Some(Duration::ZERO)).await;
    let second = twice_sent(&bench, "a", Some(Duration::ZERO)).await;
    assert_eq!(due().await, ["b", "a"], "those whose time has come, oldest first");
    let found = store.due_audits(&bench.flow(), TARGET).await.expect("due_audits");
    assert_eq!(found[0], bench.intent(&first).await, "an intent reads the same everywhere");
    store.audited(&bench.lease, std::slice::from_ref(&first)).await.expect("audited");
    assert_eq!(due().await, ["a"]);
    let keys = [second, "no such key".to_owned()];
    refused(store.audited(&bench.lease, &keys).await, "audited of an unknown key");
    assert_eq!(due().await, ["a"], "all or nothing");
    store.audited(&bench.lease, &[]).await.expect("no keys: nothing to do");
}

async fn audits_are_of_their_flow(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let other = Bench::of_firm(store.clone(), "other-law").await;
    twice_sent(&bench, "a", Some(Duration::ZERO)).await;
    for (flow, target) in
        [(flow_of(FIRM, "expenses"), TARGET), (bench.flow(), "clio/matter"), (other.flow(), TARGET)]
    {
        assert_eq!(store.due_audits(&flow, target).await.expect("due_audits"), [], "{flow:?} at {target}");
    }
}
