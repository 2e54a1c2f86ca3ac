//! Posted time, when nothing goes wrong, and when what is posted is wrong.

use clio_core::{Clock, MemoryTokenStore, Token};
use clio_fixtures::{GroupStatus, NewTime, samples::TimeGroup};
use clio_sync::{ErrorKind, IntentState, LineOutcome, Store};
use std::{sync::Arc, time::Duration};

use simulation::{FIRM, POSTED_TIME, Scene};

#[tokio::test(start_paused = true)]
async fn a_day_is_posted_each_group_once_for_one_write_each() {
    let scene = Scene::day();
    let report = scene.setup().firm().run(POSTED_TIME).await.unwrap();
    assert_eq!(report.count(LineOutcome::Created), Scene::EXPECTED);
    assert_eq!(report.count(LineOutcome::Skipped), 1);
    assert_eq!(report.count(LineOutcome::Rejected), 2);
    assert_eq!(report.pending, 0);
    // Users, categories, and one to learn the server's time is part of them; then one write a group, and no look.
    assert_eq!((scene.writes(), scene.looks()), (Scene::EXPECTED, 0));
    assert_eq!(report.requests, scene.clio.calls().len() as u64);
    scene.assert_posted_once("a good day").await;
}

#[tokio::test(start_paused = true)]
async fn the_user_reads_why_a_group_was_not_posted() {
    let scene = Scene::day();
    scene.setup().firm().run(POSTED_TIME).await.unwrap();
    let statuses = scene.wisetime.statuses();
    let told = |id: &str| {
        let status = statuses.iter().find(|status| status.group_id == id).expect("a status");
        (status.status, status.message.clone().unwrap_or_default())
    };
    assert_eq!(told("untagged"), (GroupStatus::Success, "no matter was tagged".into()));
    let (status, message) = told("unknown");
    assert_eq!(status, GroupStatus::Failure);
    assert!(message.contains("no active user nobody@elsewhere.example"), "{message}");
    let (status, message) = told("malformed");
    assert_eq!(status, GroupStatus::Failure);
    assert!(message.contains("timeRows[0].durationSecs"), "{message}");
    let id = scene.clio.activities()[0].id.to_string();
    assert!(statuses.iter().any(|status| status.external_id.as_deref() == Some(id.as_str())));
}

#[tokio::test(start_paused = true)]
async fn a_malformed_group_is_a_dead_letter_with_its_path_and_the_rest_goes_on() {
    let scene = Scene::day();
    scene.setup().firm().run(POSTED_TIME).await.unwrap();
    let letters = scene.store().dead_letters(FIRM).await.unwrap();
    let malformed = letters.iter().find(|letter| letter.source_id == "malformed").expect("a dead letter");
    assert_eq!(malformed.path.as_deref(), Some("timeRows[0].durationSecs"));
    assert!(malformed.reason.contains("invalid type: string"), "{}", malformed.reason);
    assert_eq!(scene.audit().posted, Scene::EXPECTED);
}

#[tokio::test(start_paused = true)]
async fn what_clio_refuses_is_a_dead_letter_and_the_user_is_told() {
    let scene = Scene::quiet();
    let mut group =
        TimeGroup::new("gone").matter(&scene.clio.matters()[0]).user(&scene.clio.users()[0]).json();
    group["tags"][0]["externalId"] = "999".into();
    scene.wisetime.post(group);
    let report = scene.setup().firm().run(POSTED_TIME).await.unwrap();
    assert_eq!(report.count(LineOutcome::Rejected), 1);
    assert_eq!(scene.wisetime.statuses()[0].status, GroupStatus::Failure);
    assert_eq!(scene.store().dead_letters(FIRM).await.unwrap().len(), 1);
    assert_eq!(scene.store().intents(FIRM, IntentState::Rejected).await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_authorisation_stops_the_flow_and_loses_nothing() {
    let scene = Scene::day();
    let firm = scene.setup().firm();
    scene.clio.revoke_tokens();
    let error = firm.run(POSTED_TIME).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AuthorisationLost);
    assert!(!error.is_retryable(), "no run heals it, only a person");
    assert!(error.to_string().contains("authorise again"), "{error}");
    assert_eq!((scene.audit().posted, scene.audit().rejected), (0, 0));
    // A person authorises again; the groups that were handed out come again.
    let mut setup = scene.setup();
    setup.token = Arc::new(MemoryTokenStore::new(scene.clio.token()));
    scene.post(&setup.firm()).await;
    scene.assert_posted_once("after authorising again").await;
}

/// Before each of the writes.
#[tokio::test(start_paused = true)]
async fn a_token_that_dies_midway_is_refreshed_without_a_double() {
    for written in 0..Scene::EXPECTED {
        let scene = Scene::day();
        let firm = scene.setup().firm();
        let expire = async {
            while scene.clio.calls().len() < 2 || scene.writes() < written {
                scene.clock.sleep(Duration::from_millis(1)).await;
            }
            scene.clio.expire_access_tokens();
            scene.writes()
        };
        let (report, at) = tokio::join!(firm.run_to_rest(POSTED_TIME), expire);
        assert_eq!(at, written, "the token died midway, with writes still to come");
        let renewals = scene.clio.calls().iter().filter(|call| call.path.contains("oauth")).count();
        assert!(renewals > 0, "the token was renewed");
        assert_eq!(report.unwrap().count(LineOutcome::Created), Scene::EXPECTED);
        scene.assert_posted_once(&format!("a token that died after {written} writes")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cannot_be_refreshed_leaves_the_intents_planned() {
    let scene = Scene::day();
    let mut setup = scene.setup();
    let access = scene.clio.token().access.expose().to_owned();
    setup.token = Arc::new(MemoryTokenStore::new(Token::access_only(access)));
    let firm = setup.firm();
    scene.clio.faults().at_nth("POST", "/activities.json", 2, clio_fixtures::Fault::AnswerLost);
    let revoke = async {
        while scene.writes() < 2 {
            scene.clock.sleep(Duration::from_millis(1)).await;
        }
        scene.clio.revoke_tokens();
        scene.writes()
    };
    let (report, at) = tokio::join!(firm.run_to_rest(POSTED_TIME), revoke);
    assert!(at < Scene::EXPECTED, "the token was revoked midway, with writes still to come");
    assert_eq!(report.unwrap_err().kind(), ErrorKind::AuthorisationLost);
    assert!(!scene.store().intents(FIRM, IntentState::Planned).await.unwrap().is_empty());
    assert!(scene.audit().posted < Scene::EXPECTED);
    scene.post(&scene.setup().firm()).await;
    scene.assert_posted_once("after authorising again").await;
}

#[tokio::test(start_paused = true)]
async fn a_persons_edit_while_the_answer_is_lost_parks_and_is_never_doubled() {
    let scene = Scene::day();
    scene.clio.faults().at_nth("POST", "/activities.json", 3, clio_fixtures::Fault::AnswerLost);
    let firm = scene.setup().firm();
    firm.run(POSTED_TIME).await.unwrap();
    let lost = scene.clio.activities().into_iter().find(|activity| activity.quantity_seconds == 900).unwrap();
    assert!(scene.clio.person("Ada").edit_note(lost.id, "Draft will and codicil"));
    firm.run_to_rest(POSTED_TIME).await.unwrap();
    let parked = scene.store().intents(FIRM, IntentState::Parked).await.unwrap();
    assert_eq!(parked.len(), 1);
    let reason = parked[0].reason.clone().unwrap_or_default();
    assert!(reason.contains(&lost.id.to_string()), "{reason}");
    let audit = scene.audit();
    assert_eq!((audit.posted, audit.doubled, audit.parked), (Scene::EXPECTED, 0, 1), "{audit:?}");
    // Never a failure: that would invite the user to post it again.
    let told = scene.wisetime.statuses().into_iter().rfind(|status| status.group_id == "other").unwrap();
    assert_eq!(told.status, GroupStatus::RetriableFailure);
}

#[tokio::test(start_paused = true)]
async fn a_persons_own_entry_is_not_taken_for_a_lost_one() {
    let scene = Scene::day();
    let (matter, user) = (scene.clio.matters()[5].id, scene.clio.users()[0].id);
    scene.clio.faults().at_nth("POST", "/activities.json", 1, clio_fixtures::Fault::RequestLost);
    let firm = scene.setup().firm();
    firm.run(POSTED_TIME).await.unwrap();
    scene.clio.person("Ada").record_time(NewTime {
        matter: Some(matter),
        user: Some(user),
        date: "2026-03-02".parse().unwrap(),
        seconds: 1800,
        note: "My own".into(),
        ..NewTime::default()
    });
    scene.post(&firm).await;
    scene.assert_posted_once("beside a person's own entry").await;
}

#[tokio::test(start_paused = true)]
async fn a_field_that_clio_changes_does_not_hide_a_lost_entry() {
    let scene = Scene::quiet_at(|clio| clio.trims_notes(true));
    for n in 1..=3 {
        let mut group = TimeGroup::new(format!("g-{n}"))
            .matter(&scene.clio.matters()[0])
            .user(&scene.clio.users()[0])
            .seconds(600 * n)
            .json();
        group["description"] = "".into();
        group["formattedNarrative"] = "".into();
        group["timeRows"] = serde_json::json!([]);
        scene.wisetime.post(group);
    }
    scene.clio.faults().at_nth("POST", "/activities.json", 3, clio_fixtures::Fault::AnswerLost);
    scene.post(&scene.setup().firm()).await;
    let audit = scene.audit();
    assert_eq!((audit.posted, audit.doubled, audit.lost, audit.waiting), (3, 0, 0, 0), "{audit:?}");
}

#[tokio::test(start_paused = true)]
async fn a_lost_acknowledgement_is_given_again_with_the_same_id() {
    let scene = Scene::day();
    scene.wisetime.faults().at_nth("POST", "/postedtime/status", 1, clio_fixtures::Fault::RequestLost);
    let firm = scene.setup().firm();
    assert_eq!(firm.run(POSTED_TIME).await.unwrap_err().kind(), ErrorKind::Transient);
    scene.post(&firm).await;
    scene.assert_posted_once("a lost acknowledgement").await;
}

/// WiseTime hands out again what was settled long ago: it is told the same, and nothing is written.
#[tokio::test(start_paused = true)]
async fn a_group_that_comes_again_is_acknowledged_again_and_not_written() {
    let scene = Scene::day();
    let firm = scene.setup().firm();
    firm.run(POSTED_TIME).await.unwrap();
    let first = scene.wisetime.groups().into_iter().next().expect("a group");
    let told_before = scene
        .wisetime
        .statuses()
        .into_iter()
        .find(|status| Some(&status.group_id) == first.group_id.as_ref());
    let scene = scene.at_another_team();
    scene.wisetime.post(first.json);
    let writes = scene.writes();
    scene.setup().firm().run(POSTED_TIME).await.unwrap();
    assert_eq!(scene.writes(), writes);
    let told = &scene.wisetime.statuses()[0];
    assert_eq!(Some(&told.external_id), told_before.as_ref().map(|status| &status.external_id));
    assert!(told.external_id.is_some());
}

/// What is settled is told even while Clio cannot be reached.
#[tokio::test(start_paused = true)]
async fn what_is_settled_is_told_although_clio_stops_the_run() {
    let scene = Scene::day();
    scene.clio.faults().at_nth("POST", "/activities.json", 2, clio_fixtures::Fault::Refuse);
    assert_eq!(scene.setup().firm().run(POSTED_TIME).await.unwrap_err().kind(), ErrorKind::Transient);
    let told = scene.wisetime.statuses();
    assert!(
        told.iter().any(|status| status.group_id == "equal-1" && status.external_id.is_some()),
        "{told:?}"
    );
}

/// More than one poll's worth, of which the first polls bring nothing new: the run goes on to the rest.
#[tokio::test(start_paused = true)]
async fn a_run_goes_on_past_what_it_knows_already() {
    let scene = Scene::quiet();
    for n in 0..60 {
        scene.wisetime.post(scene.work(&format!("g-{n:02}"), 0, 0, 60 * (n + 1)).json());
    }
    scene.post(&scene.setup().firm()).await;
    let scene = scene.at_another_team();
    for n in 0..70 {
        scene.wisetime.post(scene.work(&format!("g-{n:02}"), 0, 0, 60 * (n + 1)).json());
    }
    scene.clock.sleep(Duration::from_secs(60)).await;
    let report = scene.setup().firm().run(POSTED_TIME).await.unwrap();
    assert_eq!((report.count(LineOutcome::Created), report.count(LineOutcome::Unchanged)), (10, 60));
    let audit = scene.audit();
    assert_eq!((audit.posted, audit.doubled, audit.lost, audit.waiting), (70, 0, 0, 0), "{audit:?}");
}

/// More than Clio takes in a minute: the engine waits by itself and is never told that it asks too much.
#[tokio::test(start_paused = true)]
async fn a_busy_day_keeps_below_the_rate_limit() {
    let scene = Scene::quiet();
    for n in 0..120_u8 {
        let seconds = 60 * (i64::from(n) / 4 + 1);
        scene.wisetime.post(scene.work(&format!("g-{n}"), n as usize % 8, n as usize % 3, seconds).json());
    }
    scene.setup().firm().run_to_rest(POSTED_TIME).await.unwrap();
    let refused = scene.clio.calls().iter().filter(|call| call.status == Some(429)).count();
    let audit = scene.audit();
    assert_eq!(
        (audit.posted, audit.doubled, audit.lost, audit.waiting, refused),
        (120, 0, 0, 0, 0),
        "{audit:?}"
    );
}
