//! Posted time by the long poll: what becomes of it, in Clio and in the words that the user reads.

use clio_fixtures::{Fault, GroupState, GroupStatus, NewBill, samples::TimeGroup};
use clio_sync::{ErrorKind, IntentState, LineOutcome, Store};
use clio_wisetime::{Settings, posted_time::Rounding};
use serde_json::json;

use crate::bench::{Bench, FIRM, Gate, HEALTH, HOOK, KEY, POSTED_TIME, Way};

#[tokio::test(start_paused = true)]
async fn a_day_becomes_entries_each_once_and_acknowledged_with_its_id() {
    let bench = Bench::new();
    bench.post_day();
    let report = bench.programme(Way::Poll).firm.run(POSTED_TIME).await.unwrap();
    assert_eq!((report.count(LineOutcome::Created), report.pending), (4, 0));
    bench.assert_day("a good day");
    let ids: Vec<String> = bench.clio.activities().iter().map(|entry| entry.id.to_string()).collect();
    let told: Vec<String> =
        bench.wisetime.statuses().into_iter().filter_map(|status| status.external_id).collect();
    assert_eq!(told, ids);
    assert_eq!(bench.message("untagged", GroupStatus::Success), "no matter was tagged");
    assert!(
        bench.message("stranger", GroupStatus::Failure).contains("no active user nobody@elsewhere.example")
    );
}

/// What a report tells, where Clio bills more than was posted.
#[tokio::test(start_paused = true)]
async fn two_roundings_never_add_up_unseen() {
    let bench = Bench::with(|clio| clio.time_rounding(10), |team| team);
    bench.wisetime.post(bench.work("g", 0, 0, 7 * 60).json());
    let mut settings = Settings::default();
    settings.posting.rounding = Rounding::up_to_minutes(6).unwrap();
    let (clio, wisetime) = (bench.clio.transport(), bench.wisetime.transport());
    let programme = bench.programme_by(Way::Poll, settings, clio, wisetime);
    let report = programme.firm.run(POSTED_TIME).await.unwrap();
    let number = &bench.clio.matters()[0].display_number;
    assert_eq!(report.lines[0].label, format!("{number} 0:12:00, posted as 0:07:00, billed as 0:20:00"));
    assert_eq!(bench.entries()[0]["rounded_quantity"].as_f64(), Some(1200.0));
}

/// A matter that was deleted, whichever status Clio has for that.
#[tokio::test(start_paused = true)]
async fn a_deleted_matter_is_named() {
    for status in ["404", "422"] {
        let bench = Bench::with(|clio| clio.knob("unknown_reference_status", status).unwrap(), |team| team);
        let mut group = bench.work("g", 0, 0, 600).json();
        group["tags"] = json!([{"name": "00099-Lovelace", "externalId": "999999"}]);
        bench.wisetime.post(group);
        bench.programme(Way::Poll).firm.run(POSTED_TIME).await.unwrap();
        let message = bench.message("g", GroupStatus::Failure);
        assert!(message.contains("00099-Lovelace") && message.contains("deleted in Clio"), "{message}");
        assert!(bench.entries().is_empty());
    }
}

/// Sources differ on whether a closed matter takes time: Clio decides.
#[tokio::test(start_paused = true)]
async fn a_closed_matter_is_clios_to_decide() {
    for takes in ["true", "false"] {
        let bench = Bench::with(|clio| clio.knob("closed_matters_take_entries", takes).unwrap(), |team| team);
        let matter = &bench.clio.matters()[0];
        bench.clio.person("Ada").close_matter(matter.id);
        bench.wisetime.post(bench.work("g", 0, 0, 600).json());
        bench.programme(Way::Poll).firm.run(POSTED_TIME).await.unwrap();
        if takes == "true" {
            assert!(bench.told("g").external_id.is_some());
        } else {
            let message = bench.message("g", GroupStatus::Failure);
            assert!(
                message.contains(&matter.display_number) && message.contains("the matter is closed"),
                "{message}"
            );
            assert!(bench.entries().is_empty());
        }
    }
}

/// A matter all of whose time is billed takes more: it stands on the next bill.
#[tokio::test(start_paused = true)]
async fn a_matter_that_is_billed_up_takes_more_time() {
    let bench = Bench::new();
    bench.wisetime.post(bench.work("first", 0, 0, 600).json());
    let programme = bench.programme(Way::Poll);
    programme.firm.run(POSTED_TIME).await.unwrap();
    let (matter, entry) = (bench.clio.matters()[0].id, bench.clio.activities()[0].id);
    let ada = bench.clio.person("Ada");
    let bill =
        ada.bill(NewBill { matter: Some(matter), activities: vec![entry], ..NewBill::default() }).unwrap();
    assert!(ada.approve(bill));
    bench.wisetime.post(bench.work("second", 0, 0, 600).json());
    programme.firm.run(POSTED_TIME).await.unwrap();
    assert!(bench.told("second").external_id.is_some());
    assert_eq!(bench.entries().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn users_are_matched_as_clio_has_them() {
    let bench = Bench::new();
    let email = bench.clio.users()[1].email.to_uppercase();
    let mut group = bench.work("case", 0, 1, 600).json();
    group["user"] = json!({"email": format!(" {email} "), "externalId": "somebody else"});
    bench.wisetime.post(group);
    bench.programme(Way::Poll).firm.run(POSTED_TIME).await.unwrap();
    assert_eq!(bench.entries()[0]["user"]["id"], bench.clio.users()[1].id);
}

/// A user or a category that is new in Clio is found at once, although the directory is kept for a minute.
#[tokio::test(start_paused = true)]
async fn the_directory_is_kept_for_a_minute_and_read_anew_for_whom_it_misses() {
    let bench = Bench::new();
    let programme = bench.programme(Way::Poll);
    let reads = || bench.clio.calls().iter().filter(|call| call.path.ends_with("/users.json")).count();
    for n in 0..3 {
        bench.wisetime.post(bench.work(&format!("g-{n}"), 0, 0, 600 + n).json());
        programme.firm.run(POSTED_TIME).await.unwrap();
    }
    assert_eq!(reads(), 1);
    bench.wisetime.post(TimeGroup::new("stranger").matter(&bench.clio.matters()[0]).json());
    programme.firm.run(POSTED_TIME).await.unwrap();
    assert_eq!(reads(), 2);
    bench.sleep(61).await;
    bench.wisetime.post(bench.work("late", 0, 0, 700).json());
    programme.firm.run(POSTED_TIME).await.unwrap();
    assert_eq!(reads(), 3);
}

/// Whoever authorised may not post for others: a notice, nothing lost, and it goes on once the right is given.
#[tokio::test(start_paused = true)]
async fn a_missing_right_is_waited_for() {
    let bench = Bench::new();
    let gate = Gate::before(bench.clio.transport());
    let programme =
        bench.programme_by(Way::Poll, Settings::default(), gate.clone(), bench.wisetime.transport());
    gate.shut("POST /api/v4/activities.json", 403);
    bench.wisetime.post(bench.work("g-1", 0, 1, 600).json());
    bench.wisetime.post(bench.work("g-2", 0, 2, 1200).json());
    let error = programme.firm.run(POSTED_TIME).await.unwrap_err();
    assert!(error.is_retryable() && error.retry_after().is_some(), "{error:?}");
    for id in ["g-1", "g-2"] {
        let message = bench.message(id, GroupStatus::RetriableFailure);
        assert!(message.contains("the right to record time for others"), "{message}");
    }
    assert_eq!(bench.store().intents(FIRM, IntentState::Planned).await.unwrap().len(), 2);
    assert!(bench.store().dead_letters(FIRM).await.unwrap().is_empty());
    programme.firm.run(HEALTH).await.unwrap();
    assert_eq!(bench.wisetime.health().unwrap().error_type, "TARGET_PERMISSIONS_FAILURE");
    // Not yet, and again not yet: one request each.
    for _ in 0..5 {
        bench.sleep(60).await;
        programme.firm.run(POSTED_TIME).await.unwrap_err();
        programme.firm.run(HEALTH).await.unwrap();
    }
    assert_eq!(bench.wisetime.health_notices().len(), 1, "told once");
    gate.open();
    bench.settle(&programme.firm).await;
    programme.firm.run(HEALTH).await.unwrap();
    assert_eq!(bench.wisetime.health(), None);
    let audit = bench.audit();
    assert_eq!((audit.posted, audit.doubled, audit.lost, audit.waiting), (2, 0, 0, 0), "{audit:?}");
}

/// A matter that is hidden from whoever authorised, should Clio say 403 of it: that is no missing right of the connection.
#[tokio::test(start_paused = true)]
async fn a_hidden_matter_keeps_no_other_from_being_posted() {
    let bench = Bench::new();
    let gate = Gate::before(bench.clio.transport());
    let programme =
        bench.programme_by(Way::Poll, Settings::default(), gate.clone(), bench.wisetime.transport());
    let mut group = bench.work("hidden", 0, 1, 600).json();
    group["tags"] = json!([{"name": "00099-Lovelace", "externalId": "999999"}]);
    bench.wisetime.post(group);
    gate.shut("POST /api/v4/activities.json", 403);
    programme.firm.run(POSTED_TIME).await.unwrap();
    assert!(bench.message("hidden", GroupStatus::Failure).contains("00099-Lovelace"));
    gate.open();
    bench.wisetime.post(bench.work("good", 0, 1, 600).json());
    programme.firm.run(POSTED_TIME).await.unwrap();
    assert!(bench.told("good").external_id.is_some());
    programme.firm.run(HEALTH).await.unwrap();
    assert_eq!(bench.wisetime.health(), None);
}

#[tokio::test(start_paused = true)]
async fn a_lost_acknowledgement_is_given_again_with_the_same_id() {
    let bench = Bench::new();
    bench.wisetime.post(bench.work("g", 0, 0, 600).json());
    for n in 1..=3 {
        bench.wisetime.faults().at_nth("POST", "/postedtime/status", n, Fault::AnswerLost);
    }
    let programme = bench.programme(Way::Poll);
    bench.settle(&programme.firm).await;
    programme.firm.run_to_rest(POSTED_TIME).await.unwrap();
    let told: Vec<_> =
        bench.wisetime.statuses().into_iter().map(|one| (one.status, one.external_id)).collect();
    let id = Some(bench.clio.activities()[0].id.to_string());
    assert!(told.len() > 1 && told.iter().all(|one| *one == (GroupStatus::Success, id.clone())), "{told:?}");
    assert_eq!(bench.writes(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_webhook_in_the_way_is_told_or_taken_over() {
    let bench = Bench::new();
    let programme = bench.programme(Way::Poll);
    programme.webhook.subscribe(HOOK).await.unwrap();
    bench.post_day();
    let error = programme.firm.run(POSTED_TIME).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("unsubscribe it and register"), "{error}");
    assert!(!error.to_string().contains(KEY));
    let heir = bench.programme(Way::TakingOver);
    heir.firm.run_to_rest(POSTED_TIME).await.unwrap();
    bench.assert_day("after taking over");
}

/// Some other way by which the groups were settled, or a team that forgot them, keeps nobody waiting.
#[tokio::test(start_paused = true)]
async fn a_group_that_wisetime_forgot_is_told_no_more() {
    let bench = Bench::new();
    bench.wisetime.post(bench.work("g", 0, 0, 600).json());
    bench.wisetime.faults().always("POST", "/postedtime/status", Fault::RequestLost);
    let programme = bench.programme(Way::Poll);
    programme.firm.run(POSTED_TIME).await.unwrap_err();
    bench.wisetime.faults().clear();
    bench.sleep(1).await;
    let report = programme.firm.run(POSTED_TIME).await.unwrap();
    assert_eq!(report.pending, 0);
    assert_eq!(bench.wisetime.groups()[0].state, GroupState::Success);
}

/// 30 hours, nothing, less than nothing, two matters, control characters, 100 kB: each group by its own rule, none in the
/// way of another.
#[tokio::test(start_paused = true)]
async fn whatever_is_posted_keeps_nobody_else_waiting() {
    let bench = Bench::new();
    let post = |id: &str, change: &dyn Fn(&mut serde_json::Value)| {
        let mut group = bench.work(id, 0, 0, 600).json();
        change(&mut group);
        bench.wisetime.post(group);
    };
    post("long", &|group| group["totalDurationSecs"] = (30 * 3600).into());
    post("zero", &|group| group["totalDurationSecs"] = 0.into());
    post("negative", &|group| group["totalDurationSecs"] = (-60).into());
    post("two", &|group| group["tags"] = json!([group["tags"][0], group["tags"][0]]));
    post("foreign", &|group| group["tags"] = json!([{"name": "JIRA-1", "externalId": "JIRA-1"}]));
    post("year", &|group| group["localDate"] = "2024-01-02".into());
    post("no date", &|group| group["localDate"] = "2026-02-30".into());
    post("huge", &|group| group["description"] = "Besprechung ".repeat(9_000).into());
    post("control", &|group| group["description"] = "a\u{0}b\u{7}\nc".into());
    post("float", &|group| group["totalDurationSecs"] = json!(1.5));
    post("good", &|_| ());
    let report = bench.programme(Way::Poll).firm.run(POSTED_TIME).await.unwrap();
    assert_eq!((report.count(LineOutcome::Created), report.count(LineOutcome::Skipped)), (3, 1));
    for (id, words) in [
        ("long", "30:00:00"),
        ("zero", "no time"),
        ("negative", "negative"),
        ("two", "more than one matter"),
        ("year", "2024-01-02"),
        ("no date", "localDate"),
        ("float", "totalDurationSecs"),
    ] {
        let message = bench.message(id, GroupStatus::Failure);
        assert!(message.contains(words), "{id}: {message}");
    }
    assert!(bench.message("foreign", GroupStatus::Success).contains("JIRA-1"));
    let notes: Vec<usize> = bench.clio.activities().iter().map(|entry| entry.note.len()).collect();
    assert_eq!(notes, [107_999, 4, 16]);
    assert_eq!(bench.audit().waiting, 0);
}

/// What the engine and the adapter show to whoever debugs is nothing of what people did.
#[tokio::test(start_paused = true)]
async fn debug_forms_show_nothing_of_what_was_posted() {
    let bench = Bench::new();
    let mut group = bench.work("g", 0, 0, 600).description("Divorce of Ada Byron").json();
    group["tags"][0]["name"] = "00001-Byron".into();
    bench.wisetime.post(group);
    let programme = bench.programme(Way::Poll);
    let groups = programme.client.list_posted_time(10, None).await.unwrap();
    let report = programme.firm.run(POSTED_TIME).await.unwrap();
    let shown = format!("{groups:?}{report:?}{:?}{:?}", programme.firm, programme.webhook);
    let email = bench.clio.users()[0].email.clone();
    for hidden in ["Divorce", "Byron", &email, &bench.wisetime.api_key(), KEY] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
}
