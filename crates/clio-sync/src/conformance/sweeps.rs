//! What complete sweeps have missed.

use std::{collections::HashSet, sync::Arc};

use super::support::{Bench, FIRM, SOURCE, TARGET, Verb, cases, flow_of, gone, page, upsert};
use crate::{Brake, Committed, Effect, IntentState, Store, SweepEnd, Swept};

cases![
    gone_when_missed_often_enough,
    seen_again,
    the_brake_holds_all,
    only_what_belongs_to_the_source,
    not_what_is_deleted_already,
    a_preview_changes_nothing,
    what_was_never_written,
];

fn sweep(seen: &[&str], brake: Brake) -> SweepEnd {
    SweepEnd {
        flow: flow_of(FIRM, "time"),
        source: SOURCE.into(),
        target: TARGET.into(),
        seen: seen.iter().map(|id| (*id).to_owned()).collect(),
        brake,
        strikes: 2,
        reason: "it is gone".into(),
    }
}

async fn end(bench: &Bench, sweep: &SweepEnd) -> Swept {
    bench.store.end_sweep(&bench.lease, sweep).await.expect("end_sweep")
}

fn swept(missed: usize, gone: &[&str], braked: bool) -> Swept {
    Swept { missed, gone: gone.iter().map(|id| (*id).to_owned()).collect(), braked }
}

async fn written(bench: &Bench, ids: &[&str]) {
    for id in ids {
        let key = bench.plan(upsert(id, "1", id)).await;
        bench.confirm(&key, &format!("r-{id}")).await;
    }
}

async fn gone_when_missed_often_enough(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    written(&bench, &["a", "b", "c"]).await;
    assert_eq!(end(&bench, &sweep(&["b"], Brake::OFF)).await, swept(2, &[], false));
    assert_eq!(bench.due().await, [""; 0], "once may be by chance");
    assert_eq!(end(&bench, &sweep(&["b"], Brake::OFF)).await, swept(0, &["a", "c"], false));
    assert_eq!(bench.due().await, ["a", "c"], "the deletions are planned");
    let planned = bench.all().await.into_iter().find(|intent| intent.state == IntentState::Planned);
    let planned = planned.expect("a deletion");
    assert_eq!((planned.effect, planned.generation), (Effect::Delete, 2));
    assert!(planned.linked.is_some());
    assert_eq!(end(&bench, &sweep(&["b"], Brake::OFF)).await, swept(0, &[], false), "once");
    // Of three strikes, two are not enough.
    let patient = SweepEnd { strikes: 3, ..sweep(&[], Brake::OFF) };
    for expected in [swept(1, &[], false), swept(1, &[], false), swept(0, &["b"], false)] {
        assert_eq!(end(&bench, &patient).await, expected);
    }
}

async fn seen_again(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    written(&bench, &["a"]).await;
    for seen in [&[][..], &["a"], &[], &["a"], &[]] {
        let missed = usize::from(seen.is_empty());
        assert_eq!(end(&bench, &sweep(seen, Brake::OFF)).await, swept(missed, &[], false));
    }
    assert_eq!(end(&bench, &sweep(&[], Brake::OFF)).await, swept(0, &["a"], false), "twice in a row");
}

async fn the_brake_holds_all(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    written(&bench, &["a", "b", "c", "d"]).await;
    let brake = Brake { count: 1, percent: 49 };
    end(&bench, &sweep(&["a", "b"], brake)).await;
    let before = bench.snapshot().await;
    for _ in 0..2 {
        assert_eq!(end(&bench, &sweep(&["a", "b"], brake)).await, swept(0, &["c", "d"], true));
        assert_eq!(bench.snapshot().await, before, "nothing is planned, and they stay missed");
    }
    let one = swept(0, &["d"], false);
    assert_eq!(end(&bench, &sweep(&["a", "b", "c"], brake)).await, one, "one may always go");
    end(&bench, &sweep(&["a", "b"], brake)).await;
    assert_eq!(end(&bench, &sweep(&["a", "b"], Brake::OFF)).await, swept(0, &["c"], false));
}

async fn only_what_belongs_to_the_source(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let other = Bench::of_firm(store.clone(), "other-law").await;
    written(&bench, &["a"]).await;
    written(&other, &["a"]).await;
    for (adapter, source, target) in [
        ("calendar", SOURCE, TARGET),
        ("tracker", "tracker/timesheet", TARGET),
        ("tracker", SOURCE, "clio/matter"),
    ] {
        let mut page = page(FIRM, vec![upsert("strange", "1", "x")]);
        page.flow.adapter = adapter.into();
        (page.source, page.target) = (source.into(), target.into());
        bench.commit_page(&page).await;
    }
    // By whatever flow it came.
    let mut page = page(FIRM, vec![upsert("b", "1", "x")]);
    page.flow = flow_of(FIRM, "changes");
    bench.commit_page(&page).await;
    end(&bench, &sweep(&[], Brake::OFF)).await;
    assert_eq!(end(&bench, &sweep(&[], Brake::OFF)).await, swept(0, &["a", "b"], false));
    assert_eq!(other.due().await, [""; 0], "another firm's sweep says nothing here");
}

async fn not_what_is_deleted_already(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    bench.deleted("ours", "r-1").await;
    written(&bench, &["on its way"]).await;
    let key = bench.plan(gone("on its way", "2")).await;
    bench.call(Verb::BeginSend, &key).await;
    for _ in 0..2 {
        assert_eq!(end(&bench, &sweep(&[], Brake::OFF)).await, swept(0, &[], false));
    }
}

async fn a_preview_changes_nothing(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    written(&bench, &["a", "b"]).await;
    for braked in [false, true] {
        let brake = if braked { Brake { count: 0, percent: 0 } } else { Brake::OFF };
        let nothing = sweep(&["b"], brake);
        let before = bench.snapshot().await;
        let (said, previews) = store.preview_sweep(&nothing).await.expect("preview_sweep");
        assert_eq!(bench.snapshot().await, before);
        let again = store.preview_sweep(&nothing).await.expect("preview_sweep");
        assert_eq!((said.clone(), previews.clone()), again, "it does not even count");
        assert_eq!(previews, [], "missed once, or braked");
        assert_eq!(end(&bench, &nothing).await, said);
    }
    let last = sweep(&["b"], Brake::OFF);
    let (said, previews) = store.preview_sweep(&last).await.expect("preview_sweep");
    assert_eq!(said, swept(0, &["a"], false));
    let ids: HashSet<_> = previews.iter().map(|preview| preview.source_id.as_str()).collect();
    assert_eq!((previews.len(), ids), (1, HashSet::from(["a"])));
    let preview = &previews[0];
    assert_eq!((preview.committed, preview.effect), (Committed::Planned, Some(Effect::Delete)));
    assert_eq!((preview.generation, preview.remote_id.as_deref()), (2, Some("r-a")));
    assert_eq!(bench.due().await, [""; 0]);
    assert_eq!(end(&bench, &last).await, said, "and then it does");
    assert_eq!(bench.due().await, ["a"]);
}

async fn what_was_never_written(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let key = bench.plan(upsert("a", "1", "A")).await;
    end(&bench, &sweep(&[], Brake::OFF)).await;
    assert_eq!(bench.due().await, ["a"]);
    end(&bench, &sweep(&[], Brake::OFF)).await;
    assert_eq!(bench.intent(&key).await.state, IntentState::Waived, "gone before it was written");
}
