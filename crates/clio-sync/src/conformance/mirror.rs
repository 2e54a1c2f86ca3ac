//! Copies that a flow keeps.

use std::sync::Arc;

use super::support::{Bench, FIRM, bad, cases, decided, fenced, flow_of, page};
use crate::{Committed, Decision, FlowKey, JsonText, Mirrored, PageCommit, Reconciled, Store};

cases![
    a_copy_is_kept_to_the_letter,
    the_same_version_is_not_kept_again,
    what_cannot_be_read_is_kept_no_longer,
    copies_come_in_order_and_in_parts,
    copies_of_flows_are_apart,
    a_fenced_engine_keeps_nothing,
];

fn text(json: &str) -> JsonText {
    JsonText::try_from(json.to_owned()).expect("JSON")
}

fn keep(id: &str, version: &str, json: &str) -> Reconciled {
    decided(id, version, Decision::Keep(text(json)))
}

fn kept(id: &str, version: &str, json: &str) -> Mirrored {
    Mirrored { id: id.into(), version: version.into(), body: text(json) }
}

fn copies(firm: &str, records: Vec<Reconciled>) -> PageCommit {
    PageCommit { target: "mirror".into(), acknowledge: false, ..page(firm, records) }
}

async fn all(store: &dyn Store, flow: &FlowKey) -> Vec<Mirrored> {
    store.mirrored(flow, None, usize::MAX).await.expect("mirrored")
}

async fn a_copy_is_kept_to_the_letter(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let json = "{ \"note\": \"\u{2013} \u{e9}\\u4e2d\", \"total\" : 1.50 }";
    let committed = bench.commit_page(&copies(FIRM, vec![keep("7", "1", json)])).await;
    assert_eq!(committed, [Committed::Kept]);
    let one = store.mirrored_one(&bench.flow(), "7").await.expect("mirrored_one");
    assert_eq!(one, Some(kept("7", "1", json)), "not a blank and not a digit is changed");
    assert_eq!(store.mirrored_one(&bench.flow(), "8").await.expect("mirrored_one"), None);
    assert_eq!(bench.all().await, [], "a copy is no intent");
    assert_eq!(bench.told().await, [], "and nobody is told of it");
}

async fn the_same_version_is_not_kept_again(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    bench.commit_page(&copies(FIRM, vec![keep("7", "1", "1")])).await;
    let again = bench.commit_page(&copies(FIRM, vec![keep("7", "1", "2"), keep("8", "1", "3")])).await;
    assert_eq!(again, [Committed::Unchanged, Committed::Kept], "the version decides");
    assert_eq!(all(&*store, &bench.flow()).await, [kept("7", "1", "1"), kept("8", "1", "3")]);
    let changed = bench.commit_page(&copies(FIRM, vec![keep("7", "2", "4"), keep("7", "3", "5")])).await;
    assert_eq!(changed, [Committed::Kept, Committed::Kept]);
    assert_eq!(all(&*store, &bench.flow()).await, [kept("7", "3", "5"), kept("8", "1", "3")]);
}

async fn what_cannot_be_read_is_kept_no_longer(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    bench.commit_page(&copies(FIRM, vec![keep("7", "1", "1")])).await;
    bench.commit_page(&copies(FIRM, vec![bad("7", "2", "no id")])).await;
    assert_eq!(all(&*store, &bench.flow()).await, [], "an old copy would pass for the record");
    assert_eq!(store.dead_letters(FIRM).await.expect("dead_letters").len(), 1);
    // Back at a version that was kept before.
    let back = bench.commit_page(&copies(FIRM, vec![keep("7", "1", "1")])).await;
    assert_eq!(back, [Committed::Kept]);
    assert_eq!(all(&*store, &bench.flow()).await, [kept("7", "1", "1")]);
    assert_eq!(store.dead_letters(FIRM).await.expect("dead_letters"), [], "it can be read again");
}

async fn copies_come_in_order_and_in_parts(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let records = ["9", "10", "\u{e9}", "a", "1"].map(|id| keep(id, "1", "null"));
    bench.commit_page(&copies(FIRM, records.into())).await;
    let (mut ids, mut after) = (Vec::new(), None::<String>);
    loop {
        let part = store.mirrored(&bench.flow(), after.as_deref(), 2).await.expect("mirrored");
        assert!(part.len() <= 2, "no more than were asked for");
        let Some(last) = part.last() else { break };
        after = Some(last.id.clone());
        ids.extend(part.into_iter().map(|one| one.id));
    }
    assert_eq!(ids, ["1", "10", "9", "a", "\u{e9}"], "each once, in the order of texts");
    assert_eq!(store.mirrored(&bench.flow(), None, 0).await.expect("mirrored"), []);
}

async fn copies_of_flows_are_apart(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let other = Bench::of_firm(store.clone(), "other-law").await;
    let neighbour = FlowKey { adapter: "calendar".into(), ..bench.flow() };
    bench.commit_page(&copies(FIRM, vec![keep("7", "1", "1")])).await;
    other.commit_page(&copies("other-law", vec![keep("7", "1", "2")])).await;
    let next_door = PageCommit { flow: neighbour.clone(), ..copies(FIRM, vec![keep("7", "1", "3")]) };
    bench.commit_page(&next_door).await;
    for (flow, json) in [(bench.flow(), "1"), (other.flow(), "2"), (neighbour, "3")] {
        assert_eq!(all(&*store, &flow).await, [kept("7", "1", json)], "{flow:?}");
        let one = store.mirrored_one(&flow, "7").await.expect("mirrored_one");
        assert_eq!(one, Some(kept("7", "1", json)), "{flow:?}");
    }
    assert_eq!(all(&*store, &flow_of(FIRM, "expenses")).await, [], "a flow that keeps nothing has nothing");
}

async fn a_fenced_engine_keeps_nothing(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    store.release_lease(&bench.lease).await.expect("release_lease");
    store.take_lease(FIRM, "engine-2", super::support::HOUR).await.expect("the lease was given back");
    let page = copies(FIRM, vec![keep("7", "1", "1")]);
    fenced(store.commit_page(&bench.lease, &page).await, "commit_page");
    assert_eq!(all(&*store, &bench.flow()).await, []);
}
