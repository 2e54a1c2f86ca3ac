//! Recording what was read: intents and cursors.

use std::sync::Arc;

use super::support::{
    Bench, FIRM, HOUR, STATES, TARGET, Verb, bad, cases, create, flow_of, page, skip, upsert, write,
};
use crate::{Committed, Cursor, CursorWalk, Effect, IntentState, Store};

cases![
    a_new_record_is_planned,
    answers_are_in_order,
    create_happens_once,
    a_refused_create_may_be_corrected,
    every_generation_is_written,
    equal_content_is_not_written_again,
    what_was_never_sent_is_replaced,
    what_may_have_been_sent_is_not_replaced,
    twice_in_one_page,
    a_page_without_records,
    keys_are_unique,
    the_cursor_is_stored_with_the_page,
    cursors_are_apart,
];

async fn a_new_record_is_planned(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let key = bench.plan(upsert("a", "1", "A \u{2013} \u{00e9}\u{4e2d}\u{0}")).await;
    let intent = bench.intent(&key).await;
    assert_eq!(intent.flow, bench.flow());
    assert_eq!((intent.source_id.as_str(), intent.effect, intent.generation), ("a", Effect::Upsert, 1));
    assert_eq!(intent.write, write("A \u{2013} \u{00e9}\u{4e2d}\u{0}"), "a write is kept to the letter");
    assert_eq!((intent.state, intent.attempt, intent.looks), (IntentState::Planned, 0, 0));
    assert_eq!((intent.not_before, intent.floor, intent.remote_id, intent.reason), (None, None, None, None));
}

async fn answers_are_in_order(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    bench.commit(vec![create("old", "1", "old")]).await;
    let records = vec![
        skip("s", "1", "free of charge"),
        create("new", "1", "new"),
        create("old", "1", "old"),
        bad("r", "1", "no matter"),
        upsert("also new", "1", "also new"),
    ];
    assert_eq!(
        bench.commit(records).await,
        [
            Committed::Skipped,
            Committed::Planned,
            Committed::Unchanged,
            Committed::Rejected,
            Committed::Planned
        ]
    );
    assert_eq!(bench.due().await, ["old", "new", "also new"]);
}

async fn create_happens_once(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    for state in
        STATES.iter().copied().filter(|state| !matches!(state, IntentState::Rejected | IntentState::Waived))
    {
        let id = format!("{state:?}");
        bench.bring(&id, state).await;
        for version in ["1", "2"] {
            let again = bench.one(create(&id, version, "changed")).await;
            assert_eq!(again, Committed::Unchanged, "a create that is {state:?} is not planned again");
        }
        let left_out = bench.one(skip(&id, "3", "not any more")).await;
        assert_eq!(left_out, Committed::Unchanged, "a create that is {state:?} is not left out afterwards");
        let refused = bench.one(bad(&id, "4", "not any more")).await;
        assert_eq!(refused, Committed::Unchanged, "a create that is {state:?} is not refused afterwards");
    }
    assert_eq!(bench.all().await.len(), STATES.len() - 2);
}

async fn a_refused_create_may_be_corrected(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    bench.bring("a", IntentState::Rejected).await;
    let again = bench.one(create("a", "2", "a")).await;
    assert_eq!(again, Committed::Unchanged, "the same would be refused again");
    assert_eq!(bench.one(create("a", "3", "corrected")).await, Committed::Planned);
}

async fn every_generation_is_written(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let mut keys = Vec::new();
    for (generation, text) in [(1, "A"), (2, "B"), (3, "A")] {
        let key = bench.plan(upsert("a", &generation.to_string(), text)).await;
        let intent = bench.intent(&key).await;
        assert_eq!(intent.generation, generation, "A, B and A again are three writes");
        assert_eq!(intent.write, write(text));
        bench.confirm(&key, "r-1").await;
        keys.push(key);
    }
    keys.dedup();
    assert_eq!(keys.len(), 3, "each generation has a key of its own");
    assert_eq!(bench.all().await.len(), 3);
}

async fn equal_content_is_not_written_again(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    for &state in STATES {
        let id = format!("{state:?}");
        bench.bring(&id, state).await;
        let before = bench.all().await;
        for version in ["1", "2"] {
            assert_eq!(bench.one(upsert(&id, version, &id)).await, Committed::Unchanged, "{state:?}");
        }
        assert_eq!(bench.all().await, before, "nothing is planned for a record of equal content");
    }
}

async fn what_was_never_sent_is_replaced(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let key = bench.plan(upsert("a", "1", "A")).await;
    assert_eq!(
        bench.plan(upsert("a", "2", "B")).await,
        key,
        "a newer state takes the place of an unsent one"
    );
    bench.calls(&[Verb::BeginSend, Verb::AbortSend], &key).await;
    assert_eq!(bench.plan(upsert("a", "3", "C")).await, key, "an aborted send was not sent");
    let intent = bench.intent(&key).await;
    assert_eq!((intent.write, intent.generation), (write("C"), 1));
    assert_eq!(bench.all().await.len(), 1);
    assert_eq!(bench.one(upsert("a", "4", "C")).await, Committed::Unchanged);
    // The same behind a generation that stands.
    bench.confirm(&key, "r-1").await;
    let second = bench.plan(upsert("a", "5", "D")).await;
    assert_eq!(bench.plan(upsert("a", "6", "E")).await, second);
    assert_eq!(bench.intent(&second).await.write, write("E"));
    assert_eq!(bench.intent(&key).await.write, write("C"), "what stands is not rewritten");
}

async fn what_may_have_been_sent_is_not_replaced(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    for (id, verbs) in [
        ("sending", &[Verb::BeginSend][..]),
        ("uncertain", &[Verb::BeginSend, Verb::MarkUncertain]),
        ("planned again", &[Verb::BeginSend, Verb::MarkUncertain, Verb::Replan]),
        ("aborted later", &[Verb::BeginSend, Verb::Replan, Verb::BeginSend, Verb::AbortSend]),
        ("rejected", &[Verb::BeginSend, Verb::Reject]),
        ("parked", &[Verb::BeginSend, Verb::Park]),
    ] {
        let key = bench.plan(upsert(id, "1", "A")).await;
        bench.calls(verbs, &key).await;
        let before = bench.intent(&key).await;
        let second = bench.plan(upsert(id, "2", "B")).await;
        assert_ne!(second, key, "{id}: it may stand at the target as it was");
        assert_eq!(bench.intent(&key).await, before, "{id}: a newer state leaves it alone");
        assert_eq!(bench.intent(&second).await.generation, 2);
    }
}

async fn twice_in_one_page(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let records =
        vec![create("a", "1", "A"), create("a", "1", "A"), upsert("b", "1", "B"), upsert("b", "2", "C")];
    assert_eq!(
        bench.commit(records).await,
        [Committed::Planned, Committed::Unchanged, Committed::Planned, Committed::Planned]
    );
    assert_eq!(bench.due().await, ["a", "b"]);
}

async fn a_page_without_records(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    assert_eq!(bench.commit(Vec::new()).await, []);
}

/// Everything that tells two writes apart is in the key.
async fn keys_are_unique(store: Arc<dyn Store>) {
    let mut all = Vec::new();
    for firm in [FIRM, "other-law"] {
        let bench = Bench::of_firm(store.clone(), firm).await;
        for (adapter, source, target) in [
            ("tracker", "tracker/time", TARGET),
            ("tracker", "tracker/timesheet", TARGET),
            ("tracker", "tracker/time", "clio/matter"),
            ("calendar", "tracker/time", TARGET),
        ] {
            for id in ["1", "time1", "\u{e9}"] {
                let mut page = page(firm, vec![create(id, "1", "same")]);
                page.flow.adapter = adapter.into();
                (page.source, page.target) = (source.into(), target.into());
                assert_eq!(
                    bench.commit_page(&page).await,
                    [Committed::Planned],
                    "another firm, adapter, source, target or id is another write"
                );
            }
        }
        all.extend(bench.all().await.into_iter().map(|intent| intent.key));
    }
    let keys: std::collections::HashSet<_> = all.iter().collect();
    assert_eq!((all.len(), keys.len()), (24, 24), "no key is given twice");
}

async fn the_cursor_is_stored_with_the_page(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    assert_eq!(store.cursor(&bench.flow()).await.expect("cursor"), Cursor::default(), "nothing was read yet");
    let now = store.now().await.expect("now");
    let mut cursor = Cursor::default();
    cursor.close(Some(now - HOUR), now);
    // Sources tell time in more detail than a store has to keep of its own.
    let detail = chrono::TimeDelta::nanoseconds(123_456_789);
    cursor.walk = Some(CursorWalk { since: None, began: now + detail, position: "page 2".into(), seen: 200 });
    let mut page = page(FIRM, vec![create("a", "1", "a")]);
    page.cursor = Some(cursor.clone());
    page.acknowledge = false;
    bench.commit_page(&page).await;
    assert_eq!(
        store.cursor(&bench.flow()).await.expect("cursor"),
        cursor,
        "a cursor is kept to the nanosecond"
    );
    page.cursor = None;
    bench.commit_page(&page).await;
    assert_eq!(
        store.cursor(&bench.flow()).await.expect("cursor"),
        cursor,
        "a page without one leaves it alone"
    );
    cursor.close(None, now);
    page.cursor = Some(cursor.clone());
    bench.commit_page(&page).await;
    assert_eq!(store.cursor(&bench.flow()).await.expect("cursor"), cursor);
    // In one transaction: with the page refused, it does not move either.
    store.release_lease(&bench.lease).await.expect("release_lease");
    store.take_lease(FIRM, "engine-2", HOUR).await.expect("the lease was given back");
    page.cursor = Some(Cursor::default());
    super::support::fenced(store.commit_page(&bench.lease, &page).await, "commit_page");
    assert_eq!(store.cursor(&bench.flow()).await.expect("cursor"), cursor, "a refused page moves no cursor");
}

async fn cursors_are_apart(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let other = Bench::of_firm(store.clone(), "other-law").await;
    let now = store.now().await.expect("now");
    let mut page = page(FIRM, Vec::new());
    page.cursor = Some(Cursor::default());
    page.cursor.as_mut().expect("just set").close(None, now);
    bench.commit_page(&page).await;
    let mut neighbour = bench.flow();
    neighbour.adapter = "calendar".into();
    for flow in [flow_of(FIRM, "expenses"), other.flow(), neighbour] {
        assert_eq!(
            store.cursor(&flow).await.expect("cursor"),
            Cursor::default(),
            "{flow:?} has read nothing"
        );
    }
}
