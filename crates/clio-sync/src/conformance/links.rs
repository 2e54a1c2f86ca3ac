//! What belongs to what: deletions, tombstones, and what others did to a record.

use std::sync::Arc;

use clio_core::Etag;

use super::support::{
    Bench, FIRM, Verb, bad, begin, cases, confirmation, create, gone, link_of, page, skipped, upsert, write,
    written,
};
use crate::{Committed, Confirmed, Content, Effect, IntentState, LinkKey, Rebase, Reconciled, Store, Waiver};

cases![
    a_link_tells_what_was_written,
    a_link_has_its_place,
    a_deletion_ends_the_link,
    a_deletion_of_nothing,
    a_deletion_of_what_was_never_sent,
    a_deletion_waits_for_what_may_have_been_sent,
    what_we_deleted_comes_back_as_a_new_record,
    it_comes_back_while_its_deletion_is_on_its_way,
    what_others_deleted_stays_deleted,
    gone_waives_what_is_planned,
    theirs_is_kept,
    upon_the_record_as_it_is,
    an_older_state_is_overtaken,
];

type Made = fn(&str, &str, &str) -> Reconciled;

fn content(text: &str) -> Content {
    write(text).content
}

async fn waive(bench: &Bench, key: &str, gone: bool, theirs: Option<(Content, Option<Etag>)>) {
    let waiver = Waiver { key: key.into(), reason: "others did".into(), gone, theirs };
    bench.store.waive(&bench.lease, &waiver).await.expect("waive");
}

async fn a_link_tells_what_was_written(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let key = bench.plan(upsert("a", "1", "A")).await;
    assert_eq!(bench.link("a").await, None, "nothing stands there yet");
    bench.call(Verb::BeginSend, &key).await;
    assert_eq!(bench.link("a").await, None, "nobody knows yet");
    bench.call(Verb::MarkUncertain, &key).await;
    bench.store.confirm(&bench.lease, &[confirmation(&key, "r-1")]).await.expect("confirm");
    let linked = bench.link("a").await.expect("it stands there");
    assert_eq!((linked.remote_id.as_str(), &linked.written), ("r-1", &content("A")));
    assert_eq!(linked.etag, Some(Etag::new("\"1\"")));
    let second = bench.plan(upsert("a", "2", "B")).await;
    let intent = bench.intent(&second).await;
    assert_eq!(intent.linked, Some(linked), "what is planned next is planned upon it");
    assert!(!intent.creates());
    bench.call(Verb::BeginSend, &second).await;
    let changed = crate::Confirmation { etag: None, ..confirmation(&second, "r-1") };
    bench.store.confirm(&bench.lease, &[changed]).await.expect("confirm");
    let linked = bench.link("a").await.expect("it stands there");
    assert_eq!((linked.etag, linked.written), (None, content("B")), "as it was confirmed last");
}

async fn a_link_has_its_place(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let key = bench.plan(upsert("a", "1", "A")).await;
    bench.confirm(&key, "r-1").await;
    let place = link_of(FIRM, "a");
    assert!(store.link(&place).await.expect("link").is_some());
    for other in [
        LinkKey { firm: "other-law".into(), ..place.clone() },
        LinkKey { adapter: "calendar".into(), ..place.clone() },
        LinkKey { source: "tracker/timesheet".into(), ..place.clone() },
        LinkKey { source_id: "b".into(), ..place.clone() },
        LinkKey { target: "clio/matter".into(), ..place.clone() },
    ] {
        assert_eq!(store.link(&other).await.expect("link"), None, "{other:?}");
    }
    // The same record by another flow of the adapter: whatever the flow.
    let mut page = page(FIRM, vec![upsert("a", "1", "A")]);
    page.flow.flow = "sweep".into();
    assert_eq!(bench.commit_page(&page).await, [Committed::Unchanged]);
}

async fn a_deletion_ends_the_link(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let first = bench.plan(upsert("a", "1", "A")).await;
    bench.confirm(&first, "r-1").await;
    let key = bench.plan(gone("a", "2")).await;
    let intent = bench.intent(&key).await;
    assert_eq!((intent.effect, intent.generation), (Effect::Delete, 2));
    assert!(!intent.creates());
    assert_eq!(intent.linked, bench.link("a").await, "it stands until the deletion is confirmed");
    assert_eq!(bench.told().await, [], "a deletion is planned");
    assert_eq!(bench.one(gone("a", "2")).await, Committed::Unchanged, "once");
    bench.confirm(&key, "r-1").await;
    assert_eq!(bench.link("a").await, None);
    assert_eq!(bench.told().await, [skipped("a", "gone")], "it does not stand there");
    assert_eq!(bench.intent(&key).await.state, IntentState::Confirmed);
    for version in ["2", "3"] {
        bench.accept_all().await;
        assert_eq!(bench.one(gone("a", version)).await, Committed::Unchanged, "it is deleted already");
        assert_eq!(bench.told().await, [skipped("a", "gone")], "handed out again, told again");
    }
    let ids = ["r-1".to_owned()];
    let other = bench.bring("b", IntentState::Sending).await;
    let taken = store.confirm(&bench.lease, &[confirmation(&other, "r-1")]).await.expect("confirm");
    let linked = store.linked(FIRM, super::support::TARGET, &ids).await.expect("linked");
    assert_eq!((taken, linked.len()), (vec![Confirmed::Taken], 1), "an id is not given to another record");
}

async fn a_deletion_of_nothing(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    assert_eq!(bench.one(gone("a", "1")).await, Committed::Skipped, "nothing of ours stands there");
    assert_eq!(bench.told().await, [skipped("a", "gone")]);
    bench.accept_all().await;
    assert_eq!(bench.one(gone("a", "1")).await, Committed::Unchanged);
    assert_eq!(bench.told().await, [skipped("a", "gone")], "handed out again, told again");
    bench.one(bad("b", "1", "no matter")).await;
    assert_eq!(bench.one(gone("b", "2")).await, Committed::Skipped);
    assert_eq!(store.dead_letters(FIRM).await.expect("dead_letters"), [], "what is gone needs no letter");
    assert_eq!(bench.all().await, []);
}

async fn a_deletion_of_what_was_never_sent(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let key = bench.plan(upsert("a", "1", "A")).await;
    let deletion = bench.plan(gone("a", "2")).await;
    assert_eq!(bench.intent(&key).await.state, IntentState::Waived, "it is not sent any more");
    let intent = bench.intent(&deletion).await;
    assert_eq!((intent.effect, intent.linked), (Effect::Delete, None));
    assert_eq!(bench.due().await, ["a"], "only the deletion is left");
    waive(&bench, &deletion, false, None).await;
    let again = bench.plan(upsert("a", "3", "A")).await;
    assert!(bench.intent(&again).await.creates(), "wanted again, it is written");
}

async fn a_deletion_waits_for_what_may_have_been_sent(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let key = bench.bring("a", IntentState::Uncertain).await;
    let deletion = bench.plan(gone("a", "2")).await;
    assert_eq!(bench.intent(&key).await.state, IntentState::Uncertain, "it may stand there");
    assert_eq!(bench.due().await, [""; 0]);
    bench.call(Verb::Confirm, &key).await;
    assert_eq!(bench.due().await, ["a"]);
    assert!(bench.intent(&deletion).await.linked.is_some(), "it is known by now what to delete");
}

async fn what_we_deleted_comes_back_as_a_new_record(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    for (id, made) in [("create", create as Made), ("upsert", upsert)] {
        bench.deleted(id, &format!("{id}-1")).await;
        let key = bench.plan(made(id, "3", id)).await;
        let intent = bench.intent(&key).await;
        assert_eq!((intent.generation, intent.creates()), (3, true), "the same text, and a new record");
        bench.confirm(&key, &format!("{id}-2")).await;
        let linked = bench.link(id).await.expect("it stands there");
        assert_eq!(linked.remote_id, format!("{id}-2"));
        let next = bench.plan(upsert(id, "4", "B")).await;
        assert_eq!(bench.intent(&next).await.linked, Some(linked), "changed like any other");
    }
}

async fn it_comes_back_while_its_deletion_is_on_its_way(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    for (id, made) in [("create", create as Made), ("upsert", upsert)] {
        let first = bench.plan(made(id, "1", id)).await;
        bench.confirm(&first, &format!("{id}-1")).await;
        let deletion = bench.plan(gone(id, "2")).await;
        bench.call(Verb::BeginSend, &deletion).await;
        let back = bench.plan(made(id, "3", id)).await;
        assert!(!bench.due().await.contains(&id.to_owned()), "{id}: not before the deletion is through");
        let id_1 = format!("{id}-1");
        let deleted = bench.store.confirm(&bench.lease, &[confirmation(&deletion, &id_1)]).await;
        assert_eq!(deleted.expect("confirm"), [Confirmed::Linked]);
        assert!(bench.intent(&back).await.creates(), "{id}: what it was is gone");
        bench.confirm(&back, &format!("{id}-2")).await;
        let linked = bench.link(id).await;
        assert_eq!(linked.map(|linked| linked.remote_id), Some(format!("{id}-2")), "{id} stands there");
        let next = bench.plan(upsert(id, "4", "B")).await;
        assert!(!bench.intent(&next).await.creates(), "{id}: a change of it makes no second record");
    }
}

async fn what_others_deleted_stays_deleted(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let key = bench.plan(upsert("a", "1", "A")).await;
    bench.confirm(&key, "r-1").await;
    let key = bench.plan(upsert("a", "2", "B")).await;
    bench.call(Verb::BeginSend, &key).await;
    waive(&bench, &key, true, None).await;
    assert_eq!(bench.link("a").await, None);
    for record in [upsert("a", "2", "B"), upsert("a", "3", "C"), create("a", "4", "D")] {
        bench.accept_all().await;
        assert_eq!(bench.one(record).await, Committed::LeftDeleted);
        assert_eq!(bench.told().await, [skipped("a", "others did")], "the source is told why");
    }
    assert_eq!(bench.one(gone("a", "5")).await, Committed::Unchanged, "there is nothing to be deleted");
    assert_eq!(bench.due().await, [""; 0]);
}

async fn gone_waives_what_is_planned(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let first = bench.plan(upsert("a", "1", "A")).await;
    bench.confirm(&first, "r-1").await;
    let key = bench.plan(upsert("a", "2", "B")).await;
    bench.call(Verb::BeginSend, &key).await;
    let behind = bench.plan(upsert("a", "3", "C")).await;
    let other = bench.plan(upsert("b", "1", "A")).await;
    waive(&bench, &key, true, None).await;
    for waived in [&key, &behind] {
        let intent = bench.intent(waived).await;
        assert_eq!((intent.state, intent.reason.as_deref()), (IntentState::Waived, Some("others did")));
    }
    assert_eq!(bench.intent(&first).await.state, IntentState::Confirmed, "what was done was done");
    assert_eq!(bench.intent(&other).await.state, IntentState::Planned, "another record is another");
    // Not gone: only this one is not to be written.
    let key = bench.plan(upsert("c", "1", "A")).await;
    bench.call(Verb::BeginSend, &key).await;
    let behind = bench.plan(upsert("c", "2", "B")).await;
    waive(&bench, &key, false, None).await;
    assert_eq!(bench.intent(&behind).await.state, IntentState::Planned);
}

async fn theirs_is_kept(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let key = bench.plan(upsert("a", "1", "A")).await;
    bench.confirm(&key, "r-1").await;
    let key = bench.plan(upsert("a", "2", "B")).await;
    bench.call(Verb::BeginSend, &key).await;
    let etag = Some(Etag::new("\"7\""));
    waive(&bench, &key, false, Some((content("theirs"), etag.clone()))).await;
    let linked = bench.link("a").await.expect("it stands there");
    assert_eq!((linked.written, linked.etag), (content("theirs"), etag), "held to be what we wrote");
    assert_eq!(bench.told().await, [skipped("a", "others did")]);
    assert_eq!(bench.one(upsert("a", "3", "B")).await, Committed::Unchanged, "until the source changes");
    bench.plan(upsert("a", "4", "C")).await;
}

async fn upon_the_record_as_it_is(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let key = bench.plan(upsert("a", "1", "A")).await;
    bench.confirm(&key, "r-1").await;
    let key = bench.plan(upsert("a", "2", "B")).await;
    for (version, written, known) in [("\"2\"", None, "A"), ("\"3\"", Some("theirs"), "theirs")] {
        store.begin_send(&bench.lease, std::slice::from_ref(&key), &begin(None)).await.expect("begin_send");
        let rebase =
            Rebase { key: key.clone(), etag: Some(Etag::new(version)), written: written.map(content) };
        store.rebase(&bench.lease, &rebase).await.expect("rebase");
        let linked = bench.link("a").await.expect("it stands there");
        assert_eq!((linked.etag, linked.written), (rebase.etag, content(known)));
    }
    let intent = bench.intent(&key).await;
    assert_eq!((intent.state, intent.attempt), (IntentState::Planned, 2), "the attempts count");
}

/// Two states of one record can be of unknown outcome at once, after a store was restored.
async fn an_older_state_is_overtaken(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let mut states = Vec::new();
    for id in ["open", "parked"] {
        let older = bench.bring(id, IntentState::Uncertain).await;
        states.push((id, older, bench.plan(upsert(id, "2", "B")).await));
    }
    let now = store.now().await.expect("now");
    store.recover(&bench.lease, now, std::time::Duration::ZERO).await.expect("recover");
    bench.call(Verb::Park, &states[1].1).await;
    for (id, older, newer) in states {
        let stands = confirmation(&newer, id);
        assert_eq!(store.confirm(&bench.lease, &[stands]).await.expect("confirm"), [Confirmed::Linked]);
        let state = bench.intent(&older).await.state;
        assert_eq!(state, IntentState::Waived, "{id}: it must not be written over a newer one");
        assert!(bench.told().await.contains(&written(id, id)), "{id}: the source is told of the newer one");
    }
}
