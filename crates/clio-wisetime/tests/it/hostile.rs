//! Trying to have a group doubled, lost or falsely acknowledged: ways that change, engines that come and go, groups that come
//! again after they were refused.

use std::time::Duration;

use clio_fixtures::{Fault, GroupStatus};
use clio_sync::Store;
use serde_json::json;

use crate::{
    bench::{Bench, FIRM, HOOK, POSTED_TIME, Programme, Way},
    cut::Cut,
};

/// Numbers that are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % most
    }
}

/// One programme does what it does for a while; perhaps something fails, and perhaps it is cut off in the middle.
async fn turn(bench: &Bench, dice: &mut Dice) {
    if dice.below(3) > 0 {
        let fault = Fault::ALL[dice.below(Fault::ALL.len())];
        let at_clio = dice.below(2) == 0;
        let faults = if at_clio { bench.clio.faults() } else { bench.wisetime.faults() };
        let calls = if at_clio { bench.clio.calls().len() } else { bench.wisetime.calls().len() } as u64;
        faults.at_call(calls + 1 + dice.below(6) as u64, fault);
    }
    let way = [Way::Poll, Way::TakingOver, Way::Webhook][dice.below(3)];
    let cut = Cut::at(1 + dice.below(40) as u64);
    let programme = bench.programme_by(
        way,
        clio_wisetime::Settings::default(),
        cut.on(bench.clio.transport()),
        cut.on(bench.wisetime.transport()),
    );
    cut.cut(work(bench, &programme, way)).await;
    bench.sleep(dice.below(900) as u64).await;
}

async fn work(bench: &Bench, programme: &Programme, way: Way) {
    if way == Way::Webhook {
        if programme.webhook.subscribe(HOOK).await.is_ok() {
            bench.wisetime.deliver(programme.framework()).await;
            let _ = programme.firm.run(POSTED_TIME).await;
        }
    } else {
        let _ = programme.firm.run(POSTED_TIME).await;
    }
}

/// Poll and webhook by turns and at once, restarts, two engines, any fault: each group is one entry in the end.
#[tokio::test(start_paused = true)]
async fn whatever_way_it_comes_and_whoever_is_cut_off_each_group_is_posted_once() {
    for seed in 0..60 {
        let mut dice = Dice(seed);
        let bench = Bench::with(|clio| clio, |team| team.redelivery(Duration::from_secs(120)));
        bench.post_day();
        for _ in 0..4 {
            let mut other = Dice(seed + 1_000 + dice.below(1_000) as u64);
            tokio::join!(turn(&bench, &mut dice), turn(&bench, &mut other));
        }
        bench.clio.faults().clear();
        bench.wisetime.faults().clear();
        bench.sleep(900).await;
        let heir = bench.programme(Way::TakingOver);
        bench.settle(&heir.firm).await;
        bench.sleep(900).await;
        heir.firm.run_to_rest(POSTED_TIME).await.unwrap_or_else(|error| panic!("seed {seed}: {error:?}"));
        bench.assert_day(&format!("seed {seed}"));
    }
}

/// What this connection refused is judged anew when it comes again.
#[tokio::test(start_paused = true)]
async fn a_group_that_was_refused_and_has_been_mended_since_is_posted() {
    let bench = Bench::new();
    let mut group = bench.work("g", 0, 0, 600).json();
    group["activityType"] = json!({"label": "Negotiation"});
    let programme = bench.programme(Way::Poll);
    bench.wisetime.post(group.clone());
    programme.firm.run(POSTED_TIME).await.unwrap();
    assert!(bench.message("g", GroupStatus::Failure).contains("no activity category Negotiation"));
    let made = bench.ask_clio("POST", "activity_descriptions.json", r#"{"data":{"name":"Negotiation"}}"#);
    assert_eq!(made, 201);
    bench.wisetime.post(group);
    programme.firm.run(POSTED_TIME).await.unwrap();
    assert!(bench.told("g").external_id.is_some());
    assert!(bench.store().dead_letters(FIRM).await.unwrap().is_empty());
    assert_eq!(bench.entries().len(), 1);
}

/// What Clio refused it is not asked again until a person says so, or the group is another.
#[tokio::test(start_paused = true)]
async fn a_group_that_clio_refused_is_refused_again_until_its_letter_is_retried() {
    let bench = Bench::with(|clio| clio.knob("closed_matters_take_entries", "false").unwrap(), |team| team);
    bench.close(0);
    let programme = bench.programme(Way::Poll);
    let group = bench.work("g", 0, 0, 600).json();
    bench.wisetime.post(group.clone());
    programme.firm.run(POSTED_TIME).await.unwrap();
    assert!(bench.message("g", GroupStatus::Failure).contains("the matter is closed"));
    bench.reopen(0);
    bench.wisetime.post(group.clone());
    programme.firm.run(POSTED_TIME).await.unwrap();
    assert!(bench.message("g", GroupStatus::Failure).contains("the matter is closed"));
    let letters = bench.store().dead_letters(FIRM).await.unwrap();
    programme.firm.retry(&letters[0]).await.unwrap();
    assert!(bench.told("g").external_id.is_some());
    assert_eq!(bench.entries().len(), 1);
}

/// A group does not change at WiseTime. Should one of the same id have other words all the same, what was created stays.
#[tokio::test(start_paused = true)]
async fn a_group_that_comes_again_with_other_words_is_no_second_entry() {
    for way in [Way::Poll, Way::Webhook] {
        let bench = Bench::new();
        let programme = bench.programme(way);
        if way == Way::Webhook {
            programme.webhook.subscribe(HOOK).await.unwrap();
        }
        for (words, seconds) in [("Call", 600), ("Call, and what came of it", 1200)] {
            bench.wisetime.post(bench.work("g", 0, 0, seconds).description(words).json());
            match way {
                Way::Webhook => bench.deliver(programme.framework()).await,
                _ => drop(bench.settle(&programme.firm).await),
            }
        }
        assert_eq!(bench.told("g").status, GroupStatus::Success);
        assert_eq!(bench.writes(), 1, "{way:?}");
    }
}
