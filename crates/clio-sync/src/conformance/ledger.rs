//! Which intents are to be sent, and which are open.

use std::sync::Arc;

use super::support::{Bench, FIRM, STATES, TARGET, Verb, cases, create, flow_of, page, upsert};
use crate::{Intent, IntentState, Store};

cases![
    oldest_first,
    no_more_than_asked_for,
    only_what_is_planned,
    each_flow_its_own,
    of_one_record_only_the_oldest,
    open_ones,
    by_state,
];

fn ids(intents: Vec<Intent>) -> Vec<String> {
    intents.into_iter().map(|intent| intent.source_id).collect()
}

async fn oldest_first(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    bench.commit(vec![create("c", "1", "x"), create("a", "1", "x")]).await;
    bench.commit(vec![create("b", "1", "x")]).await;
    assert_eq!(bench.due().await, ["c", "a", "b"], "in the order in which they were planned");
    let first = bench.all().await.into_iter().find(|intent| intent.source_id == "c").expect("c was planned");
    bench.calls(&[Verb::BeginSend, Verb::Replan], &first.key).await;
    assert_eq!(bench.due().await, ["c", "a", "b"], "an attempt does not change the order");
}

async fn no_more_than_asked_for(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    bench.commit(vec![create("c", "1", "x"), create("a", "1", "x"), create("b", "1", "x")]).await;
    for (most, expected) in [(0, &[][..]), (1, &["c"]), (2, &["c", "a"]), (3, &["c", "a", "b"])] {
        let due = store.due_intents(&bench.flow(), TARGET, most).await.expect("due_intents");
        assert_eq!(ids(due), expected, "at most {most}");
    }
}

async fn only_what_is_planned(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    for &state in STATES {
        bench.bring(&format!("{state:?}"), state).await;
    }
    assert_eq!(bench.due().await, ["Planned"]);
    let due = store.due_intents(&bench.flow(), TARGET, 9).await.expect("due_intents");
    assert_eq!(due[0], bench.intent(&due[0].key).await, "an intent reads the same everywhere");
}

async fn each_flow_its_own(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let other = Bench::of_firm(store.clone(), "other-law").await;
    bench.commit(vec![create("mine", "1", "x")]).await;
    other.commit(vec![create("theirs", "1", "x")]).await;
    let mut expenses = page(FIRM, vec![create("expense", "1", "x")]);
    expenses.flow = flow_of(FIRM, "expenses");
    bench.commit_page(&expenses).await;
    let mut matters = page(FIRM, vec![create("matter", "1", "x")]);
    matters.target = "clio/matter".into();
    bench.commit_page(&matters).await;
    let mut calendar = page(FIRM, vec![create("hearing", "1", "x")]);
    calendar.flow.adapter = "calendar".into();
    bench.commit_page(&calendar).await;
    for (flow, target, expected) in [
        (bench.flow(), TARGET, "mine"),
        (other.flow(), TARGET, "theirs"),
        (expenses.flow, TARGET, "expense"),
        (bench.flow(), "clio/matter", "matter"),
        (calendar.flow, TARGET, "hearing"),
    ] {
        let due = store.due_intents(&flow, target, 9).await.expect("due_intents");
        assert_eq!(ids(due), [expected], "{flow:?} at {target}");
    }
}

/// A newer state must not overtake an older one of unknown outcome.
async fn of_one_record_only_the_oldest(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let first = bench.plan(upsert("a", "1", "A")).await;
    bench.call(Verb::BeginSend, &first).await;
    let second = bench.plan(upsert("a", "2", "B")).await;
    bench.commit(vec![create("b", "1", "x")]).await;
    let due = || async {
        let due = store.due_intents(&bench.flow(), TARGET, 9).await.expect("due_intents");
        due.into_iter().filter(|intent| intent.source_id == "a").map(|intent| intent.key).collect::<Vec<_>>()
    };
    assert!(due().await.is_empty(), "the older one is being sent");
    assert_eq!(bench.due().await, ["b"], "other records do not wait for it");
    bench.call(Verb::MarkUncertain, &first).await;
    assert!(due().await.is_empty(), "the outcome of the older one is unknown");
    bench.call(Verb::Replan, &first).await;
    assert_eq!(due().await, std::slice::from_ref(&first), "the older one comes first");
    bench.confirm(&first, "r-1").await;
    assert_eq!(due().await, [second], "the older one is settled");
    for (verb, id, settled) in
        [(Verb::Reject, "rejected", true), (Verb::Waive, "waived", true), (Verb::Park, "parked", false)]
    {
        let first = bench.plan(upsert(id, "1", "A")).await;
        bench.call(Verb::BeginSend, &first).await;
        bench.plan(upsert(id, "2", "B")).await;
        bench.call(verb, &first).await;
        assert_eq!(bench.due().await.contains(&id.to_owned()), settled, "after an older one that is {id}");
    }
}

async fn open_ones(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let other = Bench::of_firm(store.clone(), "other-law").await;
    bench.bring("z uncertain", IntentState::Uncertain).await;
    for &state in STATES {
        bench.bring(&format!("{state:?}"), state).await;
        other.bring(&format!("their {state:?}"), state).await;
    }
    let mut expenses = page(FIRM, vec![create("expense", "1", "x")]);
    expenses.flow = flow_of(FIRM, "expenses");
    bench.commit_page(&expenses).await;
    let planned = store.due_intents(&expenses.flow, TARGET, 1).await.expect("due_intents");
    bench.call(Verb::BeginSend, &planned[0].key).await;
    let open = store.open_intents(FIRM, TARGET).await.expect("open_intents");
    assert_eq!(
        ids(open),
        ["z uncertain", "Sending", "Uncertain", "expense"],
        "SENDING and UNCERTAIN of all flows of the firm, in the order in which they were planned"
    );
    assert_eq!(ids(store.open_intents(FIRM, "clio/matter").await.expect("open_intents")), [""; 0]);
}

async fn by_state(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    for &state in STATES {
        for id in ["b", "a"] {
            bench.bring(&format!("{id} {state:?}"), state).await;
        }
    }
    for &state in STATES {
        let found = store.intents(FIRM, state).await.expect("intents");
        assert_eq!(ids(found), [format!("b {state:?}"), format!("a {state:?}")], "oldest first");
    }
    assert_eq!(store.intents("other-law", IntentState::Planned).await.expect("intents"), []);
}
