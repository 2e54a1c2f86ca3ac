//! How firms are connected, and how their flows are doing.

use std::{sync::Arc, time::Duration};

use super::support::{Bench, FIRM, cases, flow_of, snapshot};
use crate::{
    Account, Backlog, ConnectionState, ErrorKind, FlowRecord, IntentState, LastRun, Person, Ran, Standing,
    Store, Totals,
};

cases![
    unknown_firms_and_flows,
    connected_by_a_person,
    another_person_takes_over,
    another_account_is_refused,
    disconnected_until_connected,
    runs_tell_of_the_connection,
    a_switch_stays,
    one_row_for_all_runs,
    failures_in_a_row,
    a_run_of_any_length,
    a_run_gives_its_lease_back,
    what_is_unsettled_is_counted,
];

fn account(id: i64) -> Account {
    Account { id, name: Some(format!("Account {id}")) }
}

fn person(id: i64) -> Person {
    Person { id, name: Some(format!("Person {id}")), email: None }
}

fn ran(error: Option<ErrorKind>) -> Ran {
    let totals = Totals { created: 3, requests: 5, ..Totals::default() };
    Ran { took: Duration::from_secs(2), error, totals, again: Some(Duration::from_secs(60)), release: None }
}

async fn connect(store: &dyn Store, account_id: i64, person_id: i64) {
    store.connect(FIRM, &account(account_id), &person(person_id)).await.expect("connect");
}

async fn standing(store: &dyn Store) -> Standing {
    store.connection(FIRM).await.expect("connection")
}

async fn run(store: &dyn Store, error: Option<ErrorKind>) {
    store.record_run(&flow_of(FIRM, "time"), &ran(error)).await.expect("record_run");
}

async fn flow(store: &dyn Store) -> FlowRecord {
    let mut flows = store.flows(FIRM).await.expect("flows");
    assert_eq!(flows.len(), 1, "one row for each flow, whatever happened to it");
    flows.remove(0)
}

/// Records one of everything.
pub(super) async fn everything(store: &dyn Store, firm: &str) {
    store.connect(firm, &account(1), &person(1)).await.expect("connect");
    store.switch(&flow_of(firm, "off"), false).await.expect("switch");
    store.record_run(&flow_of(firm, "time"), &ran(None)).await.expect("record_run");
    store
        .record_run(&flow_of(firm, "time"), &ran(Some(ErrorKind::AuthorisationLost)))
        .await
        .expect("record_run");
    store.record_run(&flow_of(firm, "never"), &ran(Some(ErrorKind::Transient))).await.expect("record_run");
}

async fn unknown_firms_and_flows(store: Arc<dyn Store>) {
    assert_eq!(
        standing(&*store).await,
        Standing::default(),
        "a firm that nobody connected counts as connected"
    );
    assert_eq!(store.flows(FIRM).await.expect("flows"), []);
    assert_eq!(store.backlog(FIRM).await.expect("backlog"), Backlog::default());
}

async fn connected_by_a_person(store: Arc<dyn Store>) {
    let before = store.now().await.expect("now");
    connect(&*store, 1, 7).await;
    let first = standing(&*store).await;
    assert_eq!((first.account.clone(), first.authorised_by.clone()), (Some(account(1)), Some(person(7))));
    assert_eq!(first.state, ConnectionState::Connected);
    let since = first.since.expect("since when is known");
    // A store may keep times less finely than it tells them.
    assert!(since >= before - Duration::from_secs(1) && since <= store.now().await.expect("now"));
    let renamed = Person { name: Some("A new name".into()), ..person(7) };
    store.connect(FIRM, &account(1), &renamed).await.expect("connect");
    let expected = Standing { authorised_by: Some(renamed), ..first };
    assert_eq!(standing(&*store).await, expected, "the same person again is news of names only");
    assert_eq!(store.connection("other-law").await.expect("connection"), Standing::default());
}

async fn another_person_takes_over(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    for state in [IntentState::Planned, IntentState::Uncertain, IntentState::Confirmed] {
        bench.bring(&format!("{state:?}"), state).await;
    }
    connect(&*store, 1, 7).await;
    let intents = bench.all().await;
    connect(&*store, 1, 8).await;
    assert_eq!(standing(&*store).await.authorised_by, Some(person(8)));
    assert_eq!(bench.all().await, intents, "nothing is lost when another person authorises");
}

async fn another_account_is_refused(store: Arc<dyn Store>) {
    connect(&*store, 1, 7).await;
    for disconnected in [false, true] {
        if disconnected {
            store.disconnect(FIRM).await.expect("disconnect");
        }
        let before = snapshot(&*store, FIRM).await;
        let error = store.connect(FIRM, &account(2), &person(7)).await.expect_err("another account");
        assert_eq!(error.kind(), ErrorKind::OtherAccount, "{error:?}");
        assert_eq!(snapshot(&*store, FIRM).await, before, "what is refused changes nothing");
    }
    store.connect("other-law", &account(2), &person(9)).await.expect("another firm has another account");
}

async fn disconnected_until_connected(store: Arc<dyn Store>) {
    connect(&*store, 1, 7).await;
    store.disconnect(FIRM).await.expect("disconnect");
    let off = standing(&*store).await;
    assert_eq!((off.state, off.account.clone()), (ConnectionState::Disconnected, Some(account(1))));
    store.disconnect(FIRM).await.expect("disconnect");
    run(&*store, None).await;
    run(&*store, Some(ErrorKind::AuthorisationLost)).await;
    assert_eq!(standing(&*store).await, off, "a run that ends late does not change what a person did");
    connect(&*store, 1, 7).await;
    assert_eq!(standing(&*store).await.state, ConnectionState::Connected);
    store.disconnect("other-law").await.expect("a firm that nobody connected is disconnected too");
    let other = store.connection("other-law").await.expect("connection");
    assert_eq!((other.state, other.account), (ConnectionState::Disconnected, None));
}

async fn runs_tell_of_the_connection(store: Arc<dyn Store>) {
    use ConnectionState::{AuthorisationLost, Connected};
    for connected in [false, true] {
        if connected {
            connect(&*store, 1, 7).await;
        }
        for (error, state) in [
            (Some(ErrorKind::Transient), Connected),
            (Some(ErrorKind::AuthorisationLost), AuthorisationLost),
            (Some(ErrorKind::Transient), AuthorisationLost),
            (None, Connected),
        ] {
            run(&*store, error).await;
            assert_eq!(standing(&*store).await.state, state, "after a run that ended in {error:?}");
        }
        run(&*store, Some(ErrorKind::AuthorisationLost)).await;
    }
    connect(&*store, 1, 8).await;
    let standing = standing(&*store).await;
    assert_eq!((standing.state, standing.authorised_by), (Connected, Some(person(8))), "a person mended it");
}

async fn a_switch_stays(store: Arc<dyn Store>) {
    let key = flow_of(FIRM, "time");
    for enabled in [false, false, true, false] {
        store.switch(&key, enabled).await.expect("switch");
        assert_eq!(flow(&*store).await, FlowRecord { enabled, ..FlowRecord::new(key.clone()) });
    }
    run(&*store, None).await;
    assert!(!flow(&*store).await.enabled, "a run does not switch a flow on");
    store.switch(&key, true).await.expect("switch");
    assert!(flow(&*store).await.last.is_some(), "a switch does not forget a run");
}

async fn one_row_for_all_runs(store: Arc<dyn Store>) {
    run(&*store, Some(ErrorKind::RateLimited)).await;
    assert_eq!(flow(&*store).await.fresh, None, "no run has succeeded");
    run(&*store, None).await;
    let first = flow(&*store).await;
    let last = first.last.clone().expect("the last run");
    assert!(first.enabled && last.succeeded());
    let ran = ran(None);
    assert_eq!(last.totals, ran.totals);
    assert_eq!(last.ended - last.began, chrono::TimeDelta::seconds(2), "it took two seconds");
    assert_eq!(last.again.map(|again| again - last.ended), Some(chrono::TimeDelta::seconds(60)));
    assert_eq!(first.fresh, Some(last.began));
    run(&*store, Some(ErrorKind::RateLimited)).await;
    let second = flow(&*store).await;
    assert_eq!(second.last.expect("the last run").outcome, "rate_limited");
    assert_eq!(second.fresh, first.fresh, "a failure is not fresh");
    for name in ["b", "a"] {
        store.record_run(&flow_of(FIRM, name), &ran).await.expect("record_run");
    }
    store.record_run(&flow_of("other-law", "time"), &ran).await.expect("record_run");
    let flows = store.flows(FIRM).await.expect("flows");
    let names: Vec<_> = flows.iter().map(|flow| flow.flow.flow.as_str()).collect();
    assert_eq!(names, ["a", "b", "time"], "in the order of their keys");
}

async fn failures_in_a_row(store: Arc<dyn Store>) {
    let lost = Some(ErrorKind::AuthorisationLost);
    for (error, failures) in [(lost, 1), (Some(ErrorKind::Transient), 2), (lost, 3), (None, 0), (lost, 1)] {
        run(&*store, error).await;
        let flow = flow(&*store).await;
        let outcome = error.map_or(LastRun::DONE, ErrorKind::as_str);
        assert_eq!((flow.failures, flow.last.expect("the last run").outcome.as_str()), (failures, outcome));
    }
}

async fn a_run_of_any_length(store: Arc<dyn Store>) {
    let run = Ran { took: Duration::MAX, again: Some(Duration::MAX), ..ran(None) };
    store.record_run(&flow_of(FIRM, "time"), &run).await.expect("record_run");
    let last = flow(&*store).await.last.expect("the last run");
    assert!(last.began < last.ended && last.again > Some(last.ended));
}

async fn a_run_gives_its_lease_back(store: Arc<dyn Store>) {
    let hour = Duration::from_secs(3600);
    let first = store.take_lease(FIRM, "engine-1", hour).await.expect("take_lease of a firm that is free");
    let run = Ran { release: Some(first.clone()), ..ran(None) };
    store.record_run(&flow_of(FIRM, "time"), &run).await.expect("record_run");
    let second = store.take_lease(FIRM, "engine-2", hour).await.expect("the lease was given back");
    assert!(second.epoch > first.epoch, "each change of hands raises the epoch");
    store.record_run(&flow_of(FIRM, "time"), &run).await.expect("a run is recorded without its lease, too");
    let third = store.take_lease(FIRM, "engine-3", hour).await;
    assert_eq!(
        third.map_err(|error| error.kind()),
        Err(ErrorKind::Busy),
        "only its holder can give a lease back"
    );
    let other = store.record_run(&flow_of("other-law", "time"), &run).await;
    assert!(other.is_err(), "the lease of another firm");
}

async fn what_is_unsettled_is_counted(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let before = store.now().await.expect("now");
    for (state, count) in [
        (IntentState::Planned, 1),
        (IntentState::Sending, 2),
        (IntentState::Uncertain, 3),
        (IntentState::Confirmed, 4),
        (IntentState::Rejected, 5),
        (IntentState::Parked, 6),
    ] {
        for at in 0..count {
            bench.bring(&format!("{state:?}-{at}"), state).await;
        }
    }
    Bench::of_firm(store.clone(), "other-law").await.bring("other", IntentState::Uncertain).await;
    let backlog = store.backlog(FIRM).await.expect("backlog");
    let oldest = backlog.oldest_uncertain.expect("something is uncertain");
    assert!(oldest >= before - Duration::from_secs(1) && oldest <= store.now().await.expect("now"));
    let letters = store.dead_letters(FIRM).await.expect("dead_letters").len() as u64;
    let counted = Backlog { oldest_uncertain: None, ..backlog };
    let (planned, sending, uncertain, rejected, parked) = (1, 2, 3, 5, 6);
    let expected = Backlog {
        planned,
        sending,
        uncertain,
        rejected,
        parked,
        oldest_uncertain: None,
        dead_letters: letters,
    };
    assert_eq!(counted, expected);
    assert_eq!(letters, 5, "what was rejected stands among the dead letters");
}
