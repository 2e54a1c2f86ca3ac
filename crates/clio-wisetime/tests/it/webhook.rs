//! Posted time by the webhook: the same groups, the same entries, and an answer to each call.

use std::time::Duration;

use clio_core::Clock;
use clio_fixtures::{Fault, GroupState, GroupStatus};
use clio_sync::{LineOutcome, Store};
use clio_wisetime::Settings;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::bench::{Bench, FIRM, Gate, HOOK, KEY, POSTED_TIME, Programme, Way};

/// A programme that receives, subscribed.
async fn receiving(bench: &Bench) -> Programme {
    let programme = bench.programme(Way::Webhook);
    programme.webhook.subscribe(HOOK).await.expect("subscribed");
    programme
}

/// One call of WiseTime's.
fn call(mut group: Value) -> Vec<u8> {
    group["callerKey"] = KEY.into();
    group.to_string().into_bytes()
}

#[tokio::test(start_paused = true)]
async fn each_call_is_answered_by_what_became_of_its_group() {
    let bench = Bench::new();
    let programme = receiving(&bench).await;
    bench.post_day();
    bench.deliver(programme.framework()).await;
    bench.assert_day("by the webhook");
    for id in ["equal-1", "equal-2", "near", "other", "untagged"] {
        assert_eq!(bench.told(id).status, GroupStatus::Success, "{id}");
    }
    assert!(bench.message("stranger", GroupStatus::Failure).contains("no active user"));
    let attempts = bench.wisetime.statuses().len();
    assert_eq!((attempts, bench.writes()), (6, 4), "one call a group is enough");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_wisetimes_is_not_looked_at() {
    let bench = Bench::new();
    let programme = receiving(&bench).await;
    let group = bench.work("g", 0, 0, 600).json();
    let handle = |body: Vec<u8>| {
        let (webhook, firm) = (programme.webhook.clone(), programme.firm.clone());
        async move { webhook.handle(&firm, &body).await.status }
    };
    let mut forged = group.clone();
    forged["callerKey"] = "a long random text of others".into();
    for body in [group.to_string(), forged.to_string(), "[]".to_owned(), "{}".to_owned()] {
        assert_eq!(handle(body.clone().into_bytes()).await, 401, "{body}");
    }
    // Cut off on its way: as a failure for good, it would be lost.
    let whole = call(group.clone());
    for end in [0, 1, whole.len() / 2, whole.len() - 1] {
        assert_eq!(handle(whole[..end].to_vec()).await, 500, "{end}");
    }
    assert_eq!(bench.clio.calls().len(), 0, "nothing was asked of Clio");
    let small = programme.webhook.clone().with_max_body(whole.len() - 1);
    assert_eq!(small.handle(&programme.firm, &whole).await.status, 413);
    assert_eq!(handle(whole).await, 200);
    assert_eq!(bench.entries().len(), 1);
}

/// Bytes that are no text, a group without an id, one that is malformed: each has an answer.
#[tokio::test(start_paused = true)]
async fn a_malformed_group_is_refused_with_the_place() {
    let bench = Bench::new();
    let programme = receiving(&bench).await;
    let mut group = bench.work("g", 0, 0, 600).json();
    group["timeRows"] = json!([{"durationSecs": "sixty"}]);
    let answer = programme.webhook.handle(&programme.firm, &call(group.clone())).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text.contains("timeRows[0].durationSecs"), "{}", answer.text);
    group["groupId"] = 7.into();
    assert_eq!(programme.webhook.handle(&programme.firm, &call(group)).await.status, 400);
    let mut bytes = call(bench.work("b", 0, 0, 600).description("spoilt: @").json());
    let at = bytes.iter().position(|byte| *byte == b'@').unwrap();
    bytes[at] = 0xff;
    assert_eq!(programme.webhook.handle(&programme.firm, &bytes).await.status, 200);
}

/// Deliveries of the same group and of different ones, all at once.
#[tokio::test(start_paused = true)]
async fn calls_that_come_at_once_are_each_answered() {
    let bench = Bench::new();
    let programme = receiving(&bench).await;
    let groups: Vec<Value> =
        (0..12).map(|n| bench.work(&format!("g-{}", n / 2), 0, 0, 600 + n / 2).json()).collect();
    let calls = groups.iter().map(|group| {
        let (webhook, firm, body) = (programme.webhook.clone(), programme.firm.clone(), call(group.clone()));
        async move { webhook.handle(&firm, &body).await.status }
    });
    assert_eq!(join_all(calls).await, [200; 12]);
    assert_eq!((bench.entries().len(), bench.writes()), (6, 6));
}

/// The outcome of a write is not known: WiseTime calls again, and the answer is true, with one entry.
#[tokio::test(start_paused = true)]
async fn what_is_not_known_yet_is_asked_again() {
    for fault in
        [Fault::AnswerLost, Fault::RequestLost, Fault::TimesOut, Fault::AppliedLate(Duration::from_secs(60))]
    {
        let bench = Bench::new();
        let programme = receiving(&bench).await;
        bench.wisetime.post(bench.work("g", 0, 0, 600).json());
        bench.clio.faults().at_nth("POST", "/activities.json", 1, fault);
        bench.deliver(programme.framework()).await;
        let told: Vec<_> = bench.wisetime.statuses().into_iter().map(|one| one.status).collect();
        assert_eq!(told.first(), Some(&GroupStatus::RetriableFailure), "{fault:?}");
        assert_eq!(told.last(), Some(&GroupStatus::Success), "{fault:?}");
        assert_eq!(bench.entries().len(), 1, "{fault:?}");
    }
}

/// Clio refuses the connection: nothing is lost, and the text says who can mend it.
#[tokio::test(start_paused = true)]
async fn while_the_authorisation_is_lost_calls_are_put_off() {
    let bench = Bench::new();
    let programme = receiving(&bench).await;
    bench.post_day();
    bench.clio.revoke_tokens();
    bench.wisetime.deliver(programme.framework()).await;
    assert!(bench.message("other", GroupStatus::RetriableFailure).contains("authorise again"));
    programme.engine.connect(FIRM, bench.login(bench.clio.transport(), 99)).await.expect("connected");
    bench.deliver(programme.framework()).await;
    bench.assert_day("after authorising again");
}

#[tokio::test(start_paused = true)]
async fn a_missing_right_is_waited_for() {
    let bench = Bench::new();
    let gate = Gate::before(bench.clio.transport());
    let programme =
        bench.programme_by(Way::Webhook, Settings::default(), gate.clone(), bench.wisetime.transport());
    programme.webhook.subscribe(HOOK).await.unwrap();
    gate.shut("POST /api/v4/activities.json", 403);
    bench.post_day();
    bench.wisetime.deliver(programme.framework()).await;
    assert!(
        bench.message("other", GroupStatus::RetriableFailure).contains("the right to record time for others")
    );
    gate.open();
    bench.deliver(programme.framework()).await;
    bench.assert_day("once the right is given");
}

/// A person has to look: never a failure, which would invite the user to post it again.
#[tokio::test(start_paused = true)]
async fn what_waits_for_a_person_is_asked_again() {
    let bench = Bench::new();
    let programme = receiving(&bench).await;
    bench.wisetime.post(bench.work("g", 0, 0, 600).json());
    bench.clio.faults().at_nth("POST", "/activities.json", 1, Fault::AnswerLost);
    bench.wisetime.deliver(programme.framework()).await;
    let entry = bench.clio.activities()[0].id;
    assert!(bench.clio.person("Ada").edit_note(entry, "Something else"));
    bench.sleep(400).await;
    programme.firm.run_to_rest(POSTED_TIME).await.unwrap();
    bench.wisetime.deliver(programme.framework()).await;
    assert!(bench.message("g", GroupStatus::RetriableFailure).contains("has to be looked at"));
    assert_eq!(bench.entries().len(), 1);
}

/// From the poll to the webhook and back, in the middle of anything: the flow is one, and so are its groups.
#[tokio::test(start_paused = true)]
async fn a_team_that_switches_posts_nothing_twice() {
    for fault in [None, Some(Fault::AnswerLost), Some(Fault::RequestLost)] {
        let bench = Bench::with(|clio| clio, |team| team.redelivery(Duration::from_secs(30)));
        bench.post_day();
        let polling = bench.programme(Way::Poll);
        // Nothing is acknowledged, and perhaps a write is open.
        bench.wisetime.faults().always("POST", "/postedtime/status", Fault::RequestLost);
        if let Some(fault) = fault {
            bench.clio.faults().at_nth("POST", "/activities.json", 2, fault);
        }
        let _ = polling.firm.run(POSTED_TIME).await;
        bench.wisetime.faults().clear();
        drop(polling);
        let called = receiving(&bench).await;
        bench.wisetime.post(bench.work("by webhook", 2, 1, 60).json());
        bench.sleep(31).await;
        bench.wisetime.deliver(called.framework()).await;
        drop(called);
        let polling = bench.programme(Way::TakingOver);
        bench.wisetime.post(bench.work("by poll", 2, 2, 120).json());
        bench.settle(&polling.firm).await;
        let audit = bench.audit();
        assert_eq!(
            (audit.expected, audit.posted, audit.doubled, audit.lost, audit.waiting),
            (6, 6, 0, 0, 0),
            "{fault:?}: {audit:?}"
        );
        if fault != Some(Fault::RequestLost) {
            assert_eq!(bench.writes(), 6, "{fault:?}");
        }
    }
}

/// A receiver beside an adapter that polls cannot work, and says so instead of waiting for ever.
#[tokio::test(start_paused = true)]
async fn a_connection_that_polls_does_not_receive() {
    let bench = Bench::new();
    let programme = bench.programme(Way::Poll);
    let began = bench.clock.monotonic();
    let answer = programme.webhook.handle(&programme.firm, &call(bench.work("g", 0, 0, 600).json())).await;
    assert_eq!(answer.status, 500);
    assert!(answer.text.contains("not set to receive by webhook"), "{}", answer.text);
    assert!(bench.clock.monotonic() < began + Duration::from_secs(60));
}

/// Two receivers behind one address, on one store.
#[tokio::test(start_paused = true)]
async fn two_receivers_on_one_store_post_once() {
    let bench = Bench::new();
    let (one, other) = (receiving(&bench).await, bench.programme(Way::Webhook));
    let groups: Vec<Value> = (0..6).map(|n| bench.work(&format!("g-{n}"), 0, 0, 600 + n).json()).collect();
    for group in &groups {
        bench.wisetime.post(group.clone());
    }
    let due = bench.wisetime.due_deliveries(bench.clock.now());
    let calls = due.iter().map(|delivery| async {
        // Each group comes to both at once, as when the first was slow to answer.
        let both = [&one, &other].map(|programme| {
            let (webhook, firm) = (programme.webhook.clone(), programme.firm.clone());
            let body = delivery.request.body().clone();
            async move { webhook.handle(&firm, &body).await.status }
        });
        join_all(both).await
    });
    for statuses in join_all(calls).await {
        assert!(statuses.iter().all(|status| [200, 500].contains(status)), "{statuses:?}");
    }
    bench.sleep(600).await;
    bench.deliver(one.framework()).await;
    assert!(bench.wisetime.groups().iter().all(|group| group.state == GroupState::Success));
    assert_eq!((bench.entries().len(), bench.writes()), (6, 6));
}

/// By its schedule the flow brings to an end what no call waits for any more.
#[tokio::test(start_paused = true)]
async fn the_schedule_settles_what_nobody_asks_for() {
    let bench = Bench::new();
    let programme = receiving(&bench).await;
    bench.clio.faults().at_nth("POST", "/activities.json", 1, Fault::RequestLost);
    let body = call(bench.work("g", 0, 0, 600).json());
    assert_eq!(programme.webhook.handle(&programme.firm, &body).await.status, 500);
    let report = programme.firm.run_to_rest(POSTED_TIME).await.unwrap();
    assert_eq!(report.count(LineOutcome::Created), 1);
    assert_eq!(programme.webhook.handle(&programme.firm, &body).await.status, 200);
    assert_eq!(bench.writes(), 2);
    assert!(bench.store().dead_letters(FIRM).await.unwrap().is_empty());
}
