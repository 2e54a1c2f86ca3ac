//! The numbers that an engine gives to whoever collects them, by way of the crate `metrics` (feature `metrics`).
//!
//! Install a recorder of your choice, such as that of `metrics-exporter-prometheus`, and [`describe`] the numbers to it. The names
//! of the first part are those of Kubernetes' controller-runtime and client-go, so that ready-made dashboards fit;
//! `controller` is the adapter and the flow: `wisetime/posted-time`.
//!
//! | name | kind | labels | what it is |
//! |---|---|---|---|
//! | [`RECONCILE_TOTAL`] | counter | firm, controller, result | runs that ended: `success`, `requeue_after` (something is pending) or `error` |
//! | [`RECONCILE_ERRORS_TOTAL`] | counter | firm, controller | runs that ended in an error |
//! | [`TERMINAL_ERRORS_TOTAL`] | counter | firm, controller | those of them that wait for a person |
//! | [`RECONCILE_TIME_SECONDS`] | histogram | firm, controller | how long runs took |
//! | [`ACTIVE_WORKERS`] | gauge | firm, controller | runs under way |
//! | [`WORKQUEUE_DEPTH`] | gauge | name | flows that are due and do not run yet; `name` is `local` |
//! | [`WORKQUEUE_ADDS_TOTAL`] | counter | name | how often a flow that was due began to run |
//! | [`WORKQUEUE_QUEUE_DURATION_SECONDS`] | histogram | name | how long it had been due by then |
//! | [`WORKQUEUE_RETRIES_TOTAL`] | counter | name | how often a flow is tried again because it failed |
//! | [`ERRORS_TOTAL`] | counter | firm, controller, kind | errors by their [kind](crate::ErrorKind::as_str) |
//! | [`RECORDS_TOTAL`] | counter | firm, controller, outcome | records by their [outcome](crate::LineOutcome) |
//! | [`REQUESTS_TOTAL`] | counter | firm, controller | requests to Clio during runs |
//! | [`REQUESTS_PER_CHANGED_RECORD`] | histogram | firm, controller | the same of one run, for each record that it created or updated, if there was any |
//! | [`LAG_SECONDS`] | gauge | firm, controller | since the last run that succeeded began: how old what we know of the source may be |
//! | [`INTENTS`] | gauge | firm, state | writes that are `planned`, `sending`, `uncertain`, `rejected` or `parked` |
//! | [`OLDEST_UNCERTAIN_SECONDS`] | gauge | firm | how long ago the oldest of those with unknown outcome was sent; 0 if there is none |
//! | [`DEAD_LETTERS`] | gauge | firm | records that could not be read, mapped or written |
//!
//! The last four are of the store. Whoever [serves](crate::Engine::serve) takes them every minute, and
//! [`Engine::measure`](crate::Engine::measure) whenever it is called. Those of a run count those that people ask for, too.

use std::time::Duration;

use chrono::{DateTime, Utc};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use crate::{Backlog, Error, FlowKey, FlowRecord, Report, Totals};

/// Runs that ended, by result.
pub const RECONCILE_TOTAL: &str = "controller_runtime_reconcile_total";
/// Runs that ended in an error.
pub const RECONCILE_ERRORS_TOTAL: &str = "controller_runtime_reconcile_errors_total";
/// Runs that ended in an error that waits for a person.
pub const TERMINAL_ERRORS_TOTAL: &str = "controller_runtime_terminal_reconcile_errors_total";
/// How long runs took.
pub const RECONCILE_TIME_SECONDS: &str = "controller_runtime_reconcile_time_seconds";
/// Runs under way.
pub const ACTIVE_WORKERS: &str = "controller_runtime_active_workers";
/// Flows that are due and do not run yet.
pub const WORKQUEUE_DEPTH: &str = "workqueue_depth";
/// How often a flow that was due began to run.
pub const WORKQUEUE_ADDS_TOTAL: &str = "workqueue_adds_total";
/// How long flows had been due when they began to run.
pub const WORKQUEUE_QUEUE_DURATION_SECONDS: &str = "workqueue_queue_duration_seconds";
/// How often a flow is tried again because it failed.
pub const WORKQUEUE_RETRIES_TOTAL: &str = "workqueue_retries_total";
/// Errors by kind.
pub const ERRORS_TOTAL: &str = "clio_sync_errors_total";
/// Records by outcome.
pub const RECORDS_TOTAL: &str = "clio_sync_records_total";
/// Requests to Clio.
pub const REQUESTS_TOTAL: &str = "clio_sync_requests_total";
/// Requests to Clio in one run, for each record that it changed.
pub const REQUESTS_PER_CHANGED_RECORD: &str = "clio_sync_requests_per_changed_record";
/// Since the last run that succeeded began.
pub const LAG_SECONDS: &str = "clio_sync_lag_seconds";
/// Writes that are not settled, by state.
pub const INTENTS: &str = "clio_sync_intents";
/// Since the oldest write of unknown outcome was sent.
pub const OLDEST_UNCERTAIN_SECONDS: &str = "clio_sync_oldest_uncertain_seconds";
/// Records that could not be read, mapped or written.
pub const DEAD_LETTERS: &str = "clio_sync_dead_letters";

/// Tells the recorder that is installed what each number is.
pub fn describe() {
    describe_counter!(RECONCILE_TOTAL, "Runs that ended, by result");
    describe_counter!(RECONCILE_ERRORS_TOTAL, "Runs that ended in an error");
    describe_counter!(TERMINAL_ERRORS_TOTAL, "Runs that ended in an error that waits for a person");
    describe_histogram!(RECONCILE_TIME_SECONDS, metrics::Unit::Seconds, "How long runs took");
    describe_gauge!(ACTIVE_WORKERS, "Runs under way");
    describe_gauge!(WORKQUEUE_DEPTH, "Flows that are due and do not run yet");
    describe_counter!(WORKQUEUE_ADDS_TOTAL, "How often a flow that was due began to run");
    describe_histogram!(
        WORKQUEUE_QUEUE_DURATION_SECONDS,
        metrics::Unit::Seconds,
        "How long flows had been due when they began to run"
    );
    describe_counter!(WORKQUEUE_RETRIES_TOTAL, "How often a flow is tried again because it failed");
    describe_counter!(ERRORS_TOTAL, "Errors by kind");
    describe_counter!(RECORDS_TOTAL, "Records by outcome");
    describe_counter!(REQUESTS_TOTAL, "Requests to Clio");
    describe_histogram!(
        REQUESTS_PER_CHANGED_RECORD,
        "Requests to Clio in one run, for each record it changed"
    );
    describe_gauge!(LAG_SECONDS, metrics::Unit::Seconds, "Since the last run that succeeded began");
    describe_gauge!(INTENTS, "Writes that are not settled, by state");
    describe_gauge!(
        OLDEST_UNCERTAIN_SECONDS,
        metrics::Unit::Seconds,
        "Since the oldest write of unknown outcome was sent"
    );
    describe_gauge!(DEAD_LETTERS, "Records that could not be read, mapped or written");
}

/// The name of the local executor's queue.
const LOCAL: &str = "local";

type Labels = [(&'static str, String); 2];

fn labels(flow: &FlowKey) -> Labels {
    [("firm", flow.firm.clone()), ("controller", flow.path())]
}

fn labels_and(flow: &FlowKey, name: &'static str, value: &str) -> [(&'static str, String); 3] {
    let [firm, controller] = labels(flow);
    [firm, controller, (name, value.to_owned())]
}

/// A run under way: counted until it is dropped.
#[derive(Debug)]
pub(crate) struct Active(Labels);

/// A run begins.
pub(crate) fn began(flow: &FlowKey) -> Active {
    let labels = labels(flow);
    gauge!(ACTIVE_WORKERS, &labels).increment(1.0);
    Active(labels)
}

impl Drop for Active {
    fn drop(&mut self) {
        gauge!(ACTIVE_WORKERS, &self.0).decrement(1.0);
    }
}

/// A run has ended.
pub(crate) fn ended(took: Duration, report: &Report, error: Option<&Error>) {
    let (flow, totals) = (&report.flow, Totals::from(report));
    let of_flow = labels(flow);
    let result = match error {
        Some(_) => "error",
        None if report.next_due.is_some() => "requeue_after",
        None => "success",
    };
    counter!(RECONCILE_TOTAL, &labels_and(flow, "result", result)).increment(1);
    if let Some(error) = error {
        counter!(RECONCILE_ERRORS_TOTAL, &of_flow).increment(1);
        counter!(ERRORS_TOTAL, &labels_and(flow, "kind", error.kind().as_str())).increment(1);
        if !error.is_retryable() {
            counter!(TERMINAL_ERRORS_TOTAL, &of_flow).increment(1);
        }
    }
    histogram!(RECONCILE_TIME_SECONDS, &of_flow).record(took.as_secs_f64());
    for (outcome, count) in [
        ("created", totals.created),
        ("updated", totals.updated),
        ("unchanged", totals.unchanged),
        ("skipped", totals.skipped),
        ("rejected", totals.rejected),
        ("parked", totals.parked),
    ] {
        counter!(RECORDS_TOTAL, &labels_and(flow, "outcome", outcome)).increment(count);
    }
    counter!(REQUESTS_TOTAL, &of_flow).increment(totals.requests);
    let changed = totals.created + totals.updated;
    if changed > 0 {
        histogram!(REQUESTS_PER_CHANGED_RECORD, &of_flow).record(float(totals.requests) / float(changed));
    }
}

/// The local executor starts a flow that has been due for so long.
pub(crate) fn started(due: Duration) {
    counter!(WORKQUEUE_ADDS_TOTAL, "name" => LOCAL).increment(1);
    histogram!(WORKQUEUE_QUEUE_DURATION_SECONDS, "name" => LOCAL).record(due.as_secs_f64());
}

/// So many flows are due and do not run yet.
pub(crate) fn queued(depth: impl FnOnce() -> usize) {
    gauge!(WORKQUEUE_DEPTH, "name" => LOCAL).set(float(depth() as u64));
}

/// The local executor will try a flow again because it failed.
pub(crate) fn retried() {
    counter!(WORKQUEUE_RETRIES_TOTAL, "name" => LOCAL).increment(1);
}

/// What the store says of a firm.
pub(crate) fn stock(firm: &str, now: DateTime<Utc>, backlog: &Backlog, flows: &[FlowRecord]) {
    let since = |moment: DateTime<Utc>| (now - moment).to_std().unwrap_or_default().as_secs_f64();
    let of_firm = [("firm", firm.to_owned())];
    for (state, count) in [
        ("planned", backlog.planned),
        ("sending", backlog.sending),
        ("uncertain", backlog.uncertain),
        ("rejected", backlog.rejected),
        ("parked", backlog.parked),
    ] {
        gauge!(INTENTS, "firm" => firm.to_owned(), "state" => state).set(float(count));
    }
    gauge!(OLDEST_UNCERTAIN_SECONDS, &of_firm).set(backlog.oldest_uncertain.map_or(0.0, since));
    gauge!(DEAD_LETTERS, &of_firm).set(float(backlog.dead_letters));
    for record in flows {
        if let Some(fresh) = record.fresh {
            gauge!(LAG_SECONDS, &labels(&record.flow)).set(since(fresh));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts to 2^52 here")]
fn float(count: u64) -> f64 {
    count as f64
}
