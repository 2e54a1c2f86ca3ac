//! What would follow from a page, that it is what follows, and plans that are kept.

use std::sync::Arc;

use super::support::{Bench, FIRM, Verb, bad, cases, create, gone, page, skip, upsert};
use crate::{Committed, Cursor, Effect, ErrorKind, PageCommit, Preview, Reconciled, Store, Waiver};

cases![
    a_preview_changes_nothing_and_tells_the_truth,
    what_a_preview_says,
    what_is_expected_is_recorded,
    what_is_not_expected_is_not,
    plans_are_kept,
];

/// One record of every fate.
async fn mixed(bench: &Bench) -> PageCommit {
    for id in ["changed", "same", "going"] {
        let key = bench.plan(upsert(id, "1", id)).await;
        bench.confirm(&key, &format!("r-{id}")).await;
    }
    bench.deleted("back", "r-back").await;
    let key = bench.plan(upsert("left", "1", "left")).await;
    bench.confirm(&key, "r-left").await;
    let key = bench.plan(upsert("left", "2", "changed")).await;
    let waiver = Waiver { key, reason: "others did".into(), gone: true, theirs: None };
    bench.store.waive(&bench.lease, &waiver).await.expect("waive");
    bench.plan(upsert("unsent", "1", "A")).await;
    let records = vec![
        create("new", "1", "new"),
        upsert("changed", "2", "otherwise"),
        upsert("same", "2", "same"),
        gone("going", "2"),
        upsert("back", "3", "back"),
        upsert("left", "3", "again"),
        upsert("unsent", "2", "B"),
        skip("skipped", "1", "free of charge"),
        bad("bad", "1", "no matter"),
        gone("unknown", "1"),
    ];
    let mut page = page(FIRM, records);
    let mut cursor = Cursor::default();
    cursor.close(None, bench.store.now().await.expect("now"));
    page.cursor = Some(cursor);
    page
}

async fn preview(bench: &Bench, page: &PageCommit) -> Vec<Preview> {
    bench.store.preview_page(page).await.expect("preview_page")
}

fn planned(previews: &[Preview]) -> Vec<Preview> {
    previews.iter().filter(|preview| preview.committed == Committed::Planned).cloned().collect()
}

async fn a_preview_changes_nothing_and_tells_the_truth(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let page = mixed(&bench).await;
    let before = bench.snapshot().await;
    let previews = preview(&bench, &page).await;
    assert_eq!(bench.snapshot().await, before, "a preview changes nothing");
    assert_eq!(preview(&bench, &page).await, previews, "not even what is seen of a record");
    let said: Vec<Committed> = previews.iter().map(|preview| preview.committed).collect();
    let ids: Vec<&str> = previews.iter().map(|preview| preview.source_id.as_str()).collect();
    let records: Vec<&str> = page.records.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(ids, records, "in order");
    assert_eq!(bench.commit_page(&page).await, said, "and then it is so");
    for preview in planned(&previews) {
        let of_record = |intent: &crate::Intent| intent.source_id == preview.source_id;
        let all = bench.all().await;
        let newest = all.into_iter().filter(of_record).max_by_key(|intent| intent.generation);
        let newest = newest.expect("what was planned is an intent");
        assert_eq!(
            (Some(newest.effect), newest.generation, newest.linked.map(|linked| linked.remote_id)),
            (preview.effect, preview.generation, preview.remote_id),
            "{}",
            preview.source_id
        );
    }
}

async fn what_a_preview_says(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let page = mixed(&bench).await;
    let previews = preview(&bench, &page).await;
    let of = |id: &str| previews.iter().find(|preview| preview.source_id == id).expect("one for each");
    for (id, committed, effect, generation, remote_id) in [
        ("new", Committed::Planned, Some(Effect::Create), 1, None),
        ("changed", Committed::Planned, Some(Effect::Upsert), 2, Some("r-changed")),
        ("same", Committed::Unchanged, None, 0, None),
        ("going", Committed::Planned, Some(Effect::Delete), 2, Some("r-going")),
        ("back", Committed::Planned, Some(Effect::Upsert), 3, None),
        ("left", Committed::LeftDeleted, None, 0, None),
        ("unsent", Committed::Planned, Some(Effect::Upsert), 1, None),
        ("skipped", Committed::Skipped, None, 0, None),
        ("bad", Committed::Rejected, None, 0, None),
        ("unknown", Committed::Skipped, None, 0, None),
    ] {
        let preview = of(id);
        assert_eq!(
            (preview.committed, preview.effect, preview.generation, preview.remote_id.as_deref()),
            (committed, effect, generation, remote_id),
            "{id}"
        );
    }
    assert_eq!(of("changed").etag.as_deref(), Some("\"1\""), "the version that is known");
    assert_eq!(of("new").etag, None);
    // What is to be written is told apart by its hash.
    let other = preview(&bench, &super::support::page(FIRM, vec![create("new", "1", "other")])).await;
    assert_ne!(other[0].hash, of("new").hash);
}

async fn what_is_expected_is_recorded(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let mut page = mixed(&bench).await;
    page.expected = Some(planned(&preview(&bench, &page).await));
    bench.commit_page(&page).await;
    assert_eq!(store.cursor(&bench.flow()).await.expect("cursor"), page.cursor.clone().expect("a cursor"));
    // Nothing is left of it: applied twice, it is out of date.
    let before = bench.snapshot().await;
    stale(&bench, &page, "it was recorded already").await;
    assert_eq!(bench.snapshot().await, before);
    page.expected = Some(Vec::new());
    page.records = page
        .records
        .iter()
        .filter(|record| ["same", "skipped"].contains(&record.id.as_str()))
        .cloned()
        .collect();
    bench.commit_page(&page).await;
}

async fn stale(bench: &Bench, page: &PageCommit, what: &str) {
    let before = bench.snapshot().await;
    let error = bench.store.commit_page(&bench.lease, page).await.expect_err(what);
    assert_eq!(error.kind(), ErrorKind::Stale, "{what}: {error:?}");
    assert_eq!(bench.snapshot().await, before, "{what}: nothing is written, and no cursor moves");
}

async fn what_is_not_expected_is_not(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let page = mixed(&bench).await;
    let good = planned(&preview(&bench, &page).await);
    let expecting = |expected: Vec<Preview>| PageCommit { expected: Some(expected), ..page.clone() };
    stale(&bench, &expecting(Vec::new()), "nothing was expected").await;
    stale(&bench, &expecting(good[1..].to_vec()), "one was not expected").await;
    for change in [
        |preview: &mut Preview| preview.hash.push('0'),
        |preview: &mut Preview| preview.generation += 1,
        |preview: &mut Preview| preview.effect = Some(Effect::Delete),
        |preview: &mut Preview| preview.remote_id = Some("r-9".into()),
        |preview: &mut Preview| preview.etag = Some("\"9\"".into()),
        |preview: &mut Preview| preview.source_id.push('0'),
    ] {
        let mut other = good.clone();
        change(&mut other[0]);
        stale(&bench, &expecting(other), "another was expected").await;
    }
    let fewer: Vec<Reconciled> = page.records[1..].to_vec();
    stale(&bench, &PageCommit { records: fewer.into(), ..expecting(good.clone()) }, "one is missing").await;
    // The link has moved on.
    let changed = bench.plan(upsert("changed", "1b", "meanwhile")).await;
    bench.call(Verb::BeginSend, &changed).await;
    stale(&bench, &expecting(good), "written by somebody else since").await;
}

async fn plans_are_kept(store: Arc<dyn Store>) {
    assert_eq!(store.plan(FIRM, "p").await.expect("plan"), None);
    let text = "{\"steps\":[\"\u{e9}\u{0}\"]}";
    store.save_plan(FIRM, "p", text).await.expect("save_plan");
    store.save_plan("other-law", "p", "theirs").await.expect("save_plan");
    store.save_plan(FIRM, "q", "another").await.expect("save_plan");
    assert_eq!(store.plan(FIRM, "p").await.expect("plan").as_deref(), Some(text), "to the letter");
    assert_eq!(store.plan("other-law", "p").await.expect("plan").as_deref(), Some("theirs"));
    store.save_plan(FIRM, "p", "again").await.expect("save_plan");
    assert_eq!(store.plan(FIRM, "p").await.expect("plan").as_deref(), Some("again"), "under its id");
    assert_eq!(store.plan(FIRM, "q").await.expect("plan").as_deref(), Some("another"));
}
