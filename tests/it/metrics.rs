//! The numbers of a day.

#![expect(clippy::float_cmp, reason = "counts are exact")]

use std::{collections::BTreeMap, time::Duration};

use clio_core::Clock;
use clio_fixtures::Fault;
use clio_sync::{LocalExecutor, Store, metrics as names};
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};

use simulation::{FIRM, POSTED_TIME, Scene};

/// Every number since it was asked for last, by its name and its labels: of a histogram, how often and the sum.
fn taken(from: &Snapshotter) -> BTreeMap<String, (f64, usize)> {
    let numbers = from.snapshot().into_vec().into_iter().map(|(key, _, _, value)| {
        let labels: Vec<_> = key.key().labels().map(|label| format!(",{}", label.value())).collect();
        let value = match value {
            DebugValue::Counter(count) => (f64::from(u32::try_from(count).expect("few")), 1),
            DebugValue::Gauge(value) => (value.into_inner(), 1),
            DebugValue::Histogram(values) => (values.iter().map(|one| one.into_inner()).sum(), values.len()),
        };
        (format!("{}{}", key.key().name(), labels.concat()), value)
    });
    numbers.collect()
}

#[tokio::test(start_paused = true)]
async fn a_day_in_numbers() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _here = metrics::set_default_local_recorder(&recorder);
    names::describe();
    let scene = Scene::day();
    let (engine, firm) = scene.setup().engine();
    let report = firm.run_to_rest(POSTED_TIME).await.expect("a run");
    let numbers = taken(&snapshotter);
    let number = |name: &str, labels: &str| {
        let name = format!("{name},acme-law,wisetime/posted-time{labels}");
        numbers.get(&name).copied().unwrap_or_else(|| panic!("no {name} in {numbers:#?}")).0
    };
    assert!(number(names::RECONCILE_TOTAL, ",success") >= 1.0);
    assert!(number(names::RECONCILE_TIME_SECONDS, "") > 0.0);
    assert_eq!(number(names::ACTIVE_WORKERS, ""), 0.0, "none is under way any more");
    assert_eq!(number(names::RECORDS_TOTAL, ",created"), 4.0);
    assert_eq!(number(names::RECORDS_TOTAL, ",skipped"), 1.0);
    assert_eq!(number(names::REQUESTS_TOTAL, ""), f64::from(u32::try_from(report.requests).expect("few")));
    assert!(number(names::REQUESTS_PER_CHANGED_RECORD, "") >= 1.0);
    assert!(
        !numbers.contains_key(&format!("{},acme-law,wisetime/posted-time", names::RECONCILE_ERRORS_TOTAL))
    );

    scene.clock.sleep(Duration::from_secs(600)).await;
    engine.measure().await.expect("measured");
    let numbers = taken(&snapshotter);
    assert!(numbers["clio_sync_lag_seconds,acme-law,wisetime/posted-time"].0 >= 600.0, "{numbers:?}");
    assert_eq!(numbers["clio_sync_intents,acme-law,uncertain"].0, 0.0);
    assert_eq!(numbers["clio_sync_oldest_uncertain_seconds,acme-law"].0, 0.0);
    let letters = scene.store().dead_letters(FIRM).await.expect("dead letters").len();
    assert!(letters > 0);
    assert_eq!(numbers["clio_sync_dead_letters,acme-law"].0, f64::from(u32::try_from(letters).expect("few")));
}

#[tokio::test(start_paused = true)]
async fn trouble_in_numbers() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _here = metrics::set_default_local_recorder(&recorder);
    let scene = Scene::day();
    let (engine, _) = scene.setup().engine();
    scene.clio.faults().always("POST", "/activities.json", Fault::AnswerLost);
    let executor = LocalExecutor::new().with_clock(scene.clock.clone());
    let trouble = async {
        let minutes = |minutes: u64| scene.clock.sleep(Duration::from_secs(60 * minutes));
        minutes(2).await;
        let numbers = taken(&snapshotter);
        assert!(
            numbers["clio_sync_intents,acme-law,uncertain"].0 >= 1.0,
            "whoever serves measures: {numbers:#?}"
        );
        assert!(numbers["clio_sync_oldest_uncertain_seconds,acme-law"].0 > 0.0, "{numbers:#?}");
        scene.clio.revoke_tokens();
        minutes(30).await;
        executor.stop();
    };
    let (served, ()) = tokio::join!(engine.serve(&executor), trouble);
    served.expect("it serves until it is stopped");
    let numbers = taken(&snapshotter);
    let of_flow =
        |name: &str, label: &str| numbers[&format!("{name},acme-law,wisetime/posted-time{label}")].0;
    assert!(of_flow(names::TERMINAL_ERRORS_TOTAL, "") >= 1.0, "{numbers:#?}");
    assert!(of_flow(names::RECONCILE_ERRORS_TOTAL, "") >= of_flow(names::TERMINAL_ERRORS_TOTAL, ""));
    assert!(of_flow(names::ERRORS_TOTAL, ",authorisation_lost") >= 1.0);
    assert!(numbers["workqueue_adds_total,local"].0 >= 1.0);
    for name in ["workqueue_depth,local", "workqueue_queue_duration_seconds,local"] {
        assert!(numbers.contains_key(name), "{name}");
    }
}
