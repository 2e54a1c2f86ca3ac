//! Records that are not written: skipped ones and dead letters.

use std::sync::Arc;

use super::support::{
    Bench, FIRM, Verb, bad, cases, create, decided, flow_of, page, rejected, skip, skipped, upsert,
};
use crate::{Committed, Decision, Store};

cases![
    skipped_once,
    rejected_once,
    the_reason_is_kept_up_to_date,
    letters_are_oldest_first_and_by_firm,
    a_record_that_maps_well_loses_its_letter,
    a_refusal_of_the_target_stays,
    a_refusal_is_of_the_flow_that_wrote,
];

async fn letters(bench: &Bench) -> Vec<(String, String)> {
    let letters = bench.store.dead_letters(bench.firm()).await.expect("dead_letters");
    letters.into_iter().map(|letter| (letter.source_id, letter.reason)).collect()
}

async fn skipped_once(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    assert_eq!(bench.one(skip("a", "1", "free of charge")).await, Committed::Skipped);
    assert_eq!(bench.told().await, [skipped("a", "free of charge")]);
    assert_eq!(bench.all().await, [], "nothing is to be written");
    assert_eq!(letters(&bench).await, [], "a skipped record is no dead letter");
    bench.accept_all().await;
    assert_eq!(bench.one(skip("a", "1", "free of charge")).await, Committed::Unchanged);
    assert_eq!(bench.told().await, [skipped("a", "free of charge")], "handed out again, told again");
    assert_eq!(
        bench.one(skip("a", "2", "internal")).await,
        Committed::Skipped,
        "a new version is decided anew"
    );
    assert_eq!(bench.told().await, [skipped("a", "internal")]);
}

async fn rejected_once(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let before = store.now().await.expect("now");
    let decision = || Decision::Reject { reason: "no number".into(), path: Some("rows[0].seconds".into()) };
    assert_eq!(bench.one(decided("a", "1", decision())).await, Committed::Rejected);
    let found = store.dead_letters(FIRM).await.expect("dead_letters");
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].flow, found[0].source_id.as_str()), (&bench.flow(), "a"));
    assert_eq!(
        (found[0].reason.as_str(), found[0].path.as_deref()),
        ("no number", Some("rows[0].seconds")),
        "reason and path are kept apart"
    );
    let second = chrono::TimeDelta::seconds(1);
    let after = store.now().await.expect("now");
    assert!(
        before - second <= found[0].since && found[0].since <= after + second,
        "a dead letter has the store's time"
    );
    assert_eq!(bench.told().await, [rejected("a", "no number at rows[0].seconds")]);
    bench.accept_all().await;
    assert_eq!(bench.one(decided("a", "1", decision())).await, Committed::Unchanged);
    assert_eq!(store.dead_letters(FIRM).await.expect("dead_letters"), found, "it stands there once");
    assert_eq!(bench.told().await, [rejected("a", "no number at rows[0].seconds")], "told again");
    assert_eq!(bench.all().await, [], "nothing is to be written");
}

async fn the_reason_is_kept_up_to_date(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    bench.one(bad("a", "1", "no matter")).await;
    let first = store.dead_letters(FIRM).await.expect("dead_letters").remove(0);
    assert_eq!(bench.one(bad("a", "2", "no user")).await, Committed::Rejected);
    let second = store.dead_letters(FIRM).await.expect("dead_letters").remove(0);
    assert_eq!(second.reason, "no user");
    assert_eq!(second.since, first.since, "`since` is when it was first seen");
    assert_eq!(letters(&bench).await.len(), 1, "a record has one dead letter at most");
    assert_eq!(bench.told().await, [rejected("a", "no user")]);
}

async fn letters_are_oldest_first_and_by_firm(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let other = Bench::of_firm(store, "other-law").await;
    bench.commit(vec![bad("c", "1", "x"), bad("a", "1", "x")]).await;
    other.commit(vec![bad("o", "1", "x")]).await;
    let mut page = page(FIRM, vec![bad("b", "1", "x"), bad("a", "1", "y")]);
    page.flow = flow_of(FIRM, "expenses");
    bench.commit_page(&page).await;
    bench.one(bad("c", "2", "z")).await;
    let found: Vec<String> = letters(&bench).await.into_iter().map(|(id, reason)| id + &reason).collect();
    assert_eq!(found, ["cz", "ax", "bx", "ay"], "each flow has its own, oldest first");
    assert_eq!(letters(&other).await.len(), 1);
}

async fn a_record_that_maps_well_loses_its_letter(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    // It was never planned before.
    bench.one(bad("new", "1", "no matter")).await;
    assert_eq!(bench.one(create("new", "2", "A")).await, Committed::Planned);
    // The same version maps well by now: the mapper was corrected.
    bench.one(bad("mapper", "1", "no matter")).await;
    assert_eq!(bench.one(create("mapper", "1", "A")).await, Committed::Planned);
    // It was planned before, and takes the place of what was never sent.
    bench.plan(upsert("unsent", "1", "A")).await;
    bench.one(bad("unsent", "2", "no matter")).await;
    assert_eq!(bench.one(upsert("unsent", "3", "B")).await, Committed::Planned);
    // It is again what it was.
    bench.plan(upsert("back", "1", "A")).await;
    bench.one(bad("back", "2", "no matter")).await;
    assert_eq!(bench.one(upsert("back", "3", "A")).await, Committed::Unchanged);
    // It is not to be written any more.
    bench.one(bad("skipped", "1", "no matter")).await;
    assert_eq!(bench.one(skip("skipped", "2", "free of charge")).await, Committed::Skipped);
    assert_eq!(letters(&bench).await, [], "a record that maps well has no dead letter");
}

async fn a_refusal_of_the_target_stays(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let key = bench.plan(upsert("a", "1", "A")).await;
    bench.calls(&[Verb::BeginSend, Verb::Reject], &key).await;
    let refusal = [("a".to_owned(), "refused".to_owned())];
    assert_eq!(letters(&bench).await, refusal);
    for version in ["1", "2"] {
        assert_eq!(bench.one(upsert("a", version, "A")).await, Committed::Unchanged);
        assert_eq!(letters(&bench).await, refusal, "it maps well, but it was refused and is not sent again");
    }
    bench.plan(upsert("a", "3", "B")).await;
    assert_eq!(letters(&bench).await, [], "what is planned now may be accepted");
}

/// Two flows of one source into one target, such as one that reads changes and one that sweeps.
async fn a_refusal_is_of_the_flow_that_wrote(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let other = |record| crate::PageCommit { flow: flow_of(FIRM, "sweep"), ..page(FIRM, vec![record]) };
    let flows = async || -> Vec<String> {
        let letters = store.dead_letters(FIRM).await.expect("dead_letters");
        letters.into_iter().map(|letter| letter.flow.flow).collect()
    };
    let key = bench.plan(upsert("a", "1", "A")).await;
    bench.calls(&[Verb::BeginSend, Verb::Reject], &key).await;
    assert_eq!(bench.commit_page(&other(upsert("a", "1", "A"))).await, [Committed::Unchanged]);
    assert_eq!(flows().await, ["time"], "the other flow wrote nothing that was refused");
    assert_eq!(bench.commit_page(&other(upsert("a", "2", "B"))).await, [Committed::Planned]);
    assert_eq!(flows().await, [""; 0], "what is planned now, by any flow, may be accepted");
    let all = bench.all().await;
    let newest = &all.iter().max_by_key(|intent| intent.generation).expect("an intent").key;
    bench.calls(&[Verb::BeginSend, Verb::Reject], newest).await;
    assert_eq!(bench.one(upsert("a", "2", "B")).await, Committed::Unchanged);
    assert_eq!(flows().await, ["sweep"], "one letter, of the flow that can send it again");
    let key = bench.plan(upsert("a", "3", "C")).await;
    bench.confirm(&key, "r-1").await;
    assert_eq!(flows().await, [""; 0]);
}
