//! What the sources are to be told.

use std::sync::Arc;

use super::support::{
    Bench, FIRM, Verb, bad, cases, create, flow_of, page, parked, rejected, remote_of, skip, skipped, upsert,
    written,
};
use crate::{Committed, IntentState, Store};

cases![
    set_with_the_outcome,
    due_until_accepted,
    told_again_when_handed_out_again,
    one_that_changed_meanwhile_stays_due,
    not_while_the_outcome_is_open,
    follows_the_last_decision,
    only_for_sources_that_wait,
    oldest_first_and_each_flow_its_own,
];

async fn set_with_the_outcome(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    for from in [IntentState::Sending, IntentState::Uncertain] {
        for verb in [Verb::Confirm, Verb::Reject, Verb::Park] {
            if verb.leads(from).is_none() {
                continue;
            }
            let id = format!("{verb:?} from {from:?}");
            let key = bench.bring(&id, from).await;
            assert_eq!(bench.told().await, [], "the outcome is open");
            bench.call(verb, &key).await;
            let expected = match verb {
                Verb::Confirm => written(&id, &remote_of(&key)),
                Verb::Reject => rejected(&id, "refused"),
                _ => parked(&id, "who knows"),
            };
            assert_eq!(bench.told().await, [expected], "{id}");
            bench.accept_all().await;
        }
    }
}

async fn due_until_accepted(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    bench.commit(vec![skip("a", "1", "x"), skip("b", "1", "x")]).await;
    assert_eq!(bench.told().await, bench.told().await, "asking changes nothing");
    store.acknowledged(&bench.lease, &bench.flow(), &skipped("a", "x")).await.expect("acknowledged");
    assert_eq!(bench.told().await, [skipped("b", "x")], "only the one that was accepted is done");
    store.acknowledged(&bench.lease, &bench.flow(), &skipped("a", "x")).await.expect("accepted twice");
    store.acknowledged(&bench.lease, &bench.flow(), &skipped("nobody", "x")).await.expect("not known: done");
    assert_eq!(bench.told().await, [skipped("b", "x")]);
}

async fn told_again_when_handed_out_again(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let key = bench.bring("a", IntentState::Sending).await;
    assert_eq!(bench.one(create("a", "1", "a")).await, Committed::Unchanged);
    assert_eq!(bench.told().await, [], "the outcome is open");
    bench.call(Verb::Confirm, &key).await;
    for version in ["1", "1", "2"] {
        bench.accept_all().await;
        assert_eq!(bench.one(create("a", version, "a")).await, Committed::Unchanged);
        assert_eq!(bench.told().await, [written("a", &remote_of(&key))], "the source has forgotten it");
    }
    for (state, expected) in [
        (IntentState::Rejected, rejected("Rejected", "refused")),
        (IntentState::Parked, parked("Parked", "who knows")),
    ] {
        let id = format!("{state:?}");
        bench.bring(&id, state).await;
        bench.accept_all().await;
        assert_eq!(bench.one(create(&id, "1", &id)).await, Committed::Unchanged);
        assert_eq!(bench.told().await, [expected]);
    }
}

async fn one_that_changed_meanwhile_stays_due(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    bench.one(skip("a", "1", "free of charge")).await;
    let being_told = bench.told().await.remove(0);
    bench.one(bad("a", "2", "no matter")).await;
    store.acknowledged(&bench.lease, &bench.flow(), &being_told).await.expect("acknowledged");
    assert_eq!(bench.told().await, [rejected("a", "no matter")], "the source accepted what is out of date");
}

async fn not_while_the_outcome_is_open(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let open = [upsert("new", "2", "A"), upsert("unsent", "2", "B"), upsert("sent", "3", "B")];
    bench.one(bad("new", "1", "no matter")).await;
    bench.plan(upsert("unsent", "0", "A")).await;
    bench.one(skip("unsent", "1", "free of charge")).await;
    let key = bench.plan(upsert("sent", "1", "A")).await;
    bench.confirm(&key, "r-1").await;
    assert_eq!(bench.told().await.len(), 3);
    for _ in 0..2 {
        bench.commit(open.to_vec()).await;
        assert_eq!(
            bench.told().await,
            [],
            "what was said of an earlier state is not due: a write is planned"
        );
    }
}

async fn follows_the_last_decision(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let key = bench.plan(upsert("a", "1", "A")).await;
    bench.confirm(&key, "r-1").await;
    bench.one(bad("a", "2", "no matter")).await;
    bench.accept_all().await;
    assert_eq!(bench.one(upsert("a", "3", "A")).await, Committed::Unchanged);
    assert_eq!(bench.told().await, [written("a", "r-1")], "it stands there as it is now");
    bench.one(bad("b", "1", "no matter")).await;
    bench.one(skip("b", "2", "free of charge")).await;
    assert_eq!(bench.told().await, [written("a", "r-1"), skipped("b", "free of charge")]);
}

async fn only_for_sources_that_wait(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let mut page = page(FIRM, vec![skip("s", "1", "x"), bad("r", "1", "x"), create("a", "1", "A")]);
    page.acknowledge = false;
    bench.commit_page(&page).await;
    let planned = bench.all().await.remove(0);
    bench.calls(&[Verb::BeginSend, Verb::Confirm], &planned.key).await;
    bench.commit_page(&page).await;
    assert_eq!(bench.told().await, [], "this source does not wait for acknowledgements");
}

async fn oldest_first_and_each_flow_its_own(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let other = Bench::of_firm(store.clone(), "other-law").await;
    bench.commit(vec![skip("c", "1", "x"), skip("a", "1", "x")]).await;
    bench.commit(vec![skip("b", "1", "x")]).await;
    other.commit(vec![skip("a", "1", "theirs")]).await;
    let mut expenses = page(FIRM, vec![skip("a", "1", "expense")]);
    expenses.flow = flow_of(FIRM, "expenses");
    bench.commit_page(&expenses).await;
    let expected = [skipped("c", "x"), skipped("a", "x"), skipped("b", "x")];
    assert_eq!(bench.told().await, expected, "in the order in which they became due");
    for most in 0..3 {
        let due = store.due_acknowledgements(&bench.flow(), most).await.expect("due_acknowledgements");
        assert_eq!(due, expected[..most], "at most {most}");
    }
    store.acknowledged(&bench.lease, &bench.flow(), &expected[0]).await.expect("acknowledged");
    bench.one(skip("c", "1", "x")).await;
    let moved = [skipped("a", "x"), skipped("b", "x"), skipped("c", "x")];
    assert_eq!(bench.told().await, moved, "one that became due again is the newest");
    assert_eq!(other.told().await, [skipped("a", "theirs")]);
    store.acknowledged(&bench.lease, &expenses.flow, &skipped("a", "expense")).await.expect("acknowledged");
    assert_eq!(bench.told().await, moved, "another flow's record of the same id is another record");
}
