//! Answers that no documentation promises: strange records, broken bytes, wrong dates.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use clio_core::Clock;
use clio_fixtures::{Fault, GroupStatus, NewTime};
use serde_json::Value;

use simulation::{MATTER_TAGS, POSTED_TIME, Scene, seams::Tamper};

/// A record of somebody else that cannot be read keeps a look neither from what it looks for, nor the flow from posting.
#[tokio::test(start_paused = true)]
async fn a_strange_record_of_others_blocks_neither_looks_nor_posting() {
    let scene = Scene::day();
    scene.clio.faults().at_nth("POST", "/activities.json", 1, Fault::AnswerLost);
    scene.clio.person("Ada").record_time(NewTime {
        date: "2026-03-02".parse().unwrap(),
        seconds: 77,
        note: "mine".into(),
        ..NewTime::default()
    });
    let strange = Arc::new(AtomicU64::new(0));
    let count = strange.clone();
    let mut setup = scene.setup();
    setup.clio = Tamper::text(setup.clio, "GET", "/activities.json", move |text| {
        let mut answer: Value = serde_json::from_str(&text).unwrap();
        for record in answer["data"].as_array_mut().into_iter().flatten() {
            if record["note"] == "mine" {
                record["quantity"] = "hidden".into();
                count.fetch_add(1, Ordering::SeqCst);
            }
        }
        answer.to_string()
    });
    let firm = setup.firm();
    scene.post(&firm).await;
    assert!(strange.load(Ordering::SeqCst) > 0, "a look met the record");
    scene.wisetime.post(scene.work("later", 4, 0, 60).json());
    scene.post(&firm).await;
    let audit = scene.audit();
    let judged = (audit.posted, audit.doubled, audit.lost, audit.waiting);
    assert_eq!(judged, (Scene::EXPECTED + 1, 0, 0, 0), "{audit:?}");
}

#[tokio::test(start_paused = true)]
async fn a_category_without_a_name_blocks_nothing() {
    let scene = Scene::day();
    let mut setup = scene.setup();
    setup.clio = Tamper::text(setup.clio, "GET", "/activity_descriptions.json", |text| {
        let mut answer: Value = serde_json::from_str(&text).unwrap();
        let mut nameless = answer["data"][0].clone();
        (nameless["id"], nameless["name"]) = (999_999.into(), Value::Null);
        answer["data"].as_array_mut().unwrap().push(nameless);
        answer.to_string()
    });
    scene.post(&setup.firm()).await;
    scene.assert_posted_once("a category without a name").await;
}

/// What can be read of the others is posted; the one may wait, or be posted with what is left of it.
#[tokio::test(start_paused = true)]
async fn a_byte_that_is_no_text_in_one_group_blocks_no_other() {
    let scene = Scene::day();
    let mut setup = scene.setup();
    setup.wisetime = Tamper::answered(setup.wisetime, |_, path, answer| {
        if !path.ends_with("/postedtime") {
            return answer;
        }
        answer.map(|mut body| {
            if let Some(at) = body.windows(8).position(|words| words == b"Research") {
                body[at] = 0xff;
            }
            body
        })
    });
    let _ = setup.firm().run_to_rest(POSTED_TIME).await;
    let (audit, ended) = (scene.audit(), scene.wisetime.statuses());
    for id in ["equal-1", "equal-2", "other"] {
        let posted = |status: &clio_fixtures::StatusRecord| {
            status.group_id == id && status.status == GroupStatus::Success && status.external_id.is_some()
        };
        assert!(ended.iter().any(posted), "{id} of {ended:?}");
    }
    assert_eq!((audit.doubled, audit.wrong_acknowledgements), (0, 0), "{audit:?}");
}

/// JSON can name half of a character that takes two. The group has a readable id, so its user is told something.
#[tokio::test(start_paused = true)]
async fn half_an_emoji_in_a_group_blocks_nothing_and_its_user_is_told() {
    let scene = Scene::day();
    let mut setup = scene.setup();
    setup.wisetime =
        Tamper::text(setup.wisetime, "GET", "/postedtime", |text| text.replace("Research", "Resear\\ud83d"));
    let _ = setup.firm().run_to_rest(POSTED_TIME).await;
    let told = scene.wisetime.statuses();
    for id in ["equal-1", "equal-2", "other", "plain"] {
        assert!(told.iter().any(|status| status.group_id == id), "{id} of {told:?}");
    }
    assert!(scene.audit().posted >= Scene::EXPECTED - 1);
}

/// One node of Clio's that is an hour off, at any one call: no look misses what stands there because of it.
#[tokio::test(start_paused = true)]
async fn one_wrong_date_header_does_no_harm() {
    for fault in [Fault::AnswerLost, Fault::RequestLost] {
        for (call, hours) in (1..=8).flat_map(|call| [(call, -1), (call, 1), (call, 48)]) {
            let scene = Scene::day();
            scene.clio.faults().at_nth("POST", "/activities.json", 2, fault);
            let mut setup = scene.setup();
            let (clock, calls) = (scene.clock.clone(), AtomicU64::new(0));
            setup.clio = Tamper::answered(setup.clio, move |_, _, mut answer| {
                if calls.fetch_add(1, Ordering::SeqCst) + 1 == call {
                    let date = clock.now() + TimeDelta::hours(hours);
                    let date = date.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
                    answer.headers_mut().insert(http::header::DATE, date.parse().unwrap());
                }
                answer
            });
            scene.post(&setup.firm()).await;
            scene.assert_posted_once(&format!("{fault:?}, answer {call} is {hours} h off")).await;
        }
    }
}

/// A `Retry-After` of a year ends a run, and not only after that year.
#[tokio::test(start_paused = true)]
async fn one_header_does_not_hold_a_run_for_a_year() {
    let scene = Scene::day();
    let mut setup = scene.setup();
    setup.clio = Tamper::answered(setup.clio, |method, path, mut answer| {
        if method == "POST" && path.ends_with("/activities.json") {
            *answer.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
            answer.headers_mut().insert(http::header::RETRY_AFTER, "31536000".parse().unwrap());
        }
        answer
    });
    let firm = setup.firm();
    let _ = firm.run(POSTED_TIME).await;
    for flow in [POSTED_TIME, MATTER_TAGS] {
        tokio::select! {
            _ = firm.run(flow) => {}
            () = scene.clock.sleep(Duration::from_secs(86_400)) => panic!("{flow} runs for a day"),
        }
    }
}
