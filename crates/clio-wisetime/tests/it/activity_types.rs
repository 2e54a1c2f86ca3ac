//! Clio's activity categories are activity types: WT9.

use std::{collections::BTreeMap, time::Duration};

use clio_core::Clock;
use clio_fixtures::Fault;
use clio_sync::LineOutcome;
use clio_wisetime::{Settings, wire::SyncActivityType};

use crate::bench::Bench;
use crate::cut::Cut;
use crate::office::{TYPES, lines};

impl Bench {
    /// What the activity types are that can be chosen: the label by code.
    fn types(&self) -> BTreeMap<String, String> {
        let types = self.wisetime.activity_types().into_iter();
        types.filter(|one| one.enabled && !one.deleted).map(|one| (one.code, one.label)).collect()
    }

    fn expected_types(&self) -> BTreeMap<String, String> {
        let categories = self.clio.categories().into_iter().filter(|category| !category.flat_rate);
        categories.map(|category| (category.id.to_string(), category.name)).collect()
    }

    #[track_caller]
    fn assert_types(&self, what: &str) {
        assert_eq!(self.types(), self.expected_types(), "{what}");
    }

    fn add_category(&self, body: &'static str) {
        assert_eq!(self.ask_clio("POST", "activity_descriptions.json", body), 201);
    }

    fn delete_category(&self, name: &str) {
        let category = self.clio.categories().into_iter().find(|one| one.name == name).expect("a category");
        let path = format!("activity_descriptions/{}.json", category.id);
        assert_eq!(self.ask_clio("DELETE", &path, ""), 204);
    }

    /// A firm whose list has changed since it was sent: one came, one went.
    async fn with_changed_categories() -> Self {
        let office = Self::new();
        office.settle_flow(&office.firm(), TYPES).await;
        office.later().await;
        office.add_category(r#"{"data":{"name":"Negotiation"}}"#);
        office.delete_category("Drafting");
        office
    }
}

#[tokio::test(start_paused = true)]
async fn wt9_categories_for_time_are_types_and_follow() {
    let office = Bench::new();
    office.add_category(r#"{"data":{"name":"Flat fee (AltFee)","rate":{"type":"FlatRate","amount":0}}}"#);
    let firm = office.firm();
    firm.run(TYPES).await.expect("a run");
    office.assert_types("at first");
    assert!(!office.types().is_empty() && !office.types().values().any(|name| name.contains("AltFee")));
    office.later().await;
    office.add_category(r#"{"data":{"name":"Negotiation"}}"#);
    office.delete_category("Drafting");
    let before = office.calls();
    firm.run(TYPES).await.expect("a run");
    office.assert_types("one came, one went");
    let session = ["activitytype/sync/start", "activitytype/batch", "activitytype/sync/complete"];
    assert_eq!(office.asked_since(before), session);
}

#[tokio::test(start_paused = true)]
async fn nothing_that_changed_is_one_request_to_clio_and_none_to_wisetime() {
    let office = Bench::new();
    office.firm().run(TYPES).await.expect("a run");
    for _ in 0..3 {
        office.later().await;
        let before = office.calls();
        office.firm().run(TYPES).await.expect("a run");
        let after = office.calls();
        assert_eq!([after[0] - before[0], after[1] - before[1]], [1, 0]);
    }
}

/// What disappeared because it went in Clio is there again when it is there again.
#[tokio::test(start_paused = true)]
async fn an_empty_list_wipes_nothing_and_is_told_once() {
    let office = Bench::new();
    let firm = office.firm();
    firm.run(TYPES).await.expect("a run");
    let all = office.types();
    office.later().await;
    for name in all.values() {
        office.delete_category(name);
    }
    let before = office.calls();
    for rejected in [1, 0] {
        let report = firm.run(TYPES).await.expect("a run");
        assert_eq!(lines(&report, LineOutcome::Rejected).len(), rejected);
    }
    assert_eq!((office.types(), office.calls()[1]), (all, before[1]));
    assert_eq!(office.letters().await.len(), 1);
    office.add_category(r#"{"data":{"name":"Negotiation"}}"#);
    firm.run(TYPES).await.expect("a run");
    office.assert_types("one is a list");
    assert_eq!(office.letters().await, []);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_forgotten_is_begun_again_a_few_times() {
    for after in [0, 1] {
        for times in 1..=4 {
            let office = Bench::with_changed_categories().await;
            for _ in 0..times {
                office.wisetime.forget_session_after(after);
            }
            let old = office.types();
            let first = office.firm().run(TYPES).await;
            assert_eq!(first.is_ok(), times < 3, "{times}, after {after}: {first:?}");
            if first.is_err() {
                assert!(first.is_err_and(|error| error.is_retryable()));
                assert!(old.keys().all(|code| office.types().contains_key(code)), "nothing went");
            }
            office.settle_flow(&office.firm(), TYPES).await;
            office.assert_types("in the end");
        }
    }
}

/// More than one batch; and types that WiseTime refuses are left out and told by name, once.
#[tokio::test(start_paused = true)]
async fn refused_types_are_left_out_and_told_by_name() {
    let office = Bench::new();
    let old = SyncActivityType { code: "old".into(), label: "Old".into(), ..SyncActivityType::default() };
    office.client().upsert_activity_types(&[old], None).await.expect("a type");
    let blank = office.ask_clio("POST", "activity_descriptions.json", r#"{"data":{"name":" "}}"#);
    assert_eq!(blank, 201, "the fake takes a blank name");
    let firm = office.firm();
    let report = firm.run(TYPES).await.expect("a run");
    let [line] = lines(&report, LineOutcome::Rejected)[..] else { panic!("one line: {report:?}") };
    let reason = line.reason.clone().unwrap_or_default();
    assert!(reason.contains("without a name") && reason.contains("label"), "{reason}");
    let mut expected = office.expected_types();
    expected.retain(|_, name| !name.trim().is_empty());
    assert_eq!(office.types(), expected, "all others are there, and what is not in Clio went");
    assert!(office.wisetime.activity_types().iter().any(|one| one.code == "old" && one.deleted));
    let before = office.calls();
    firm.run(TYPES).await.expect("a run");
    assert_eq!((office.calls()[1], office.letters().await.len()), (before[1], 1));
}

async fn check(office: &Bench, what: &str) {
    office.clio.faults().clear();
    office.wisetime.faults().clear();
    office.clock.sleep(Duration::from_secs(600)).await;
    let firm = office.firm();
    office.settle_flow(&firm, TYPES).await;
    office.assert_types(what);
    let before = office.calls();
    office.settle_flow(&firm, TYPES).await;
    assert_eq!(office.calls()[1], before[1], "{what}: once more writes nothing");
}

#[tokio::test(start_paused = true)]
async fn whatever_goes_wrong_the_types_are_right_in_the_end() {
    for &fault in Fault::ALL {
        for world in [0, 1] {
            for n in 1.. {
                let office = Bench::with_changed_categories().await;
                let before = office.calls();
                let faults = if world == 0 { office.clio.faults() } else { office.wisetime.faults() };
                faults.at_call(before[world] + n, fault);
                let _ = office.firm().run_to_rest(TYPES).await;
                let reached = office.calls()[world] >= before[world] + n;
                check(&office, &format!("{fault:?} at call {n} to {world}")).await;
                if !reached {
                    break;
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn wherever_it_crashes_the_types_are_right_in_the_end() {
    for at in 1.. {
        let office = Bench::with_changed_categories().await;
        let cut = Cut::at(at);
        let (clio, wisetime) = (cut.on(office.clio.transport()), cut.on(office.wisetime.transport()));
        let doomed = office.firm_over(clio, wisetime, Settings::default());
        cut.cut(doomed.run_to_rest(TYPES)).await;
        drop(doomed);
        check(&office, &format!("a crash at point {at}")).await;
        if !cut.was_reached() {
            break;
        }
    }
}
