//! Matters become tags.

use clio_core::Clock;
use clio_fixtures::Fault;
use clio_sync::{IntentState, LineOutcome, Store};
use std::time::Duration;

use simulation::{FIRM, MATTER_TAGS, Scene};

#[tokio::test(start_paused = true)]
async fn every_open_matter_is_a_tag_and_a_second_run_writes_nothing() {
    let scene = Scene::quiet();
    let ada = scene.clio.person("Ada");
    assert!(ada.close_matter(scene.clio.matters()[3].id));
    let firm = scene.setup().firm();
    let report = firm.run_to_rest(MATTER_TAGS).await.unwrap();
    assert_eq!((report.count(LineOutcome::Created), report.count(LineOutcome::Skipped)), (7, 1));
    let tags = scene.wisetime.tags();
    assert_eq!(tags.len(), 7);
    let matter = &scene.clio.matters()[0];
    let tag = tags.iter().find(|tag| tag.name == matter.display_number).expect("a tag");
    assert_eq!(tag.external_id.as_deref(), Some(matter.id.to_string().as_str()));
    let calls = scene.wisetime.calls().len();
    firm.run_to_rest(MATTER_TAGS).await.unwrap();
    assert_eq!(scene.wisetime.calls().len(), calls);
}

#[tokio::test(start_paused = true)]
async fn changes_follow_and_a_reopened_matter_comes_in() {
    let scene = Scene::quiet();
    let (ada, matters) = (scene.clio.person("Ada"), scene.clio.matters());
    assert!(ada.close_matter(matters[3].id));
    let firm = scene.setup().firm();
    firm.run_to_rest(MATTER_TAGS).await.unwrap();
    scene.clock.sleep(Duration::from_secs(3600)).await;
    assert!(ada.reopen_matter(matters[3].id));
    assert!(ada.rename_matter(matters[4].id, "00099-Renamed"));
    let report = firm.run_to_rest(MATTER_TAGS).await.unwrap();
    assert_eq!((report.count(LineOutcome::Created), report.count(LineOutcome::Updated)), (1, 1));
    let names: Vec<String> = scene.wisetime.tags().into_iter().map(|tag| tag.name).collect();
    assert!(names.contains(&"00099-Renamed".to_owned()) && names.contains(&matters[3].display_number));
}

#[tokio::test(start_paused = true)]
async fn every_fault_at_every_call_leaves_the_same_tags() {
    let expected = {
        let scene = Scene::quiet();
        scene.setup().firm().run_to_rest(MATTER_TAGS).await.unwrap();
        (scene.wisetime.tags(), scene.clio.calls().len() as u64, scene.wisetime.calls().len() as u64)
    };
    for world in ["clio", "wisetime"] {
        let calls = if world == "clio" { expected.1 } else { expected.2 };
        for call in 1..=calls {
            for &fault in Fault::ALL {
                let scene = Scene::quiet();
                let faults = if world == "clio" { scene.clio.faults() } else { scene.wisetime.faults() };
                faults.at_call(call, fault);
                let firm = scene.setup().firm();
                for _ in 0..3 {
                    if firm.run_to_rest(MATTER_TAGS).await.is_ok() {
                        break;
                    }
                }
                assert_eq!(scene.wisetime.tags(), expected.0, "{fault:?} at call {call} to {world}");
            }
        }
    }
}

/// 450 matters are three pages; a walk that is broken off in the middle goes on there.
#[tokio::test(start_paused = true)]
async fn a_walk_that_is_broken_off_goes_on_at_its_page() {
    let scene = Scene::quiet_at(|clio| clio.matters(450));
    // As often as the client asks for a page.
    for nth in 2..=4 {
        scene.clio.faults().at_nth("GET", "/matters.json", nth, Fault::ServerErrorNotApplied);
    }
    scene.setup().firm().run(MATTER_TAGS).await.unwrap_err();
    assert_eq!(scene.wisetime.tags().len(), 200);
    scene.setup().firm().run(MATTER_TAGS).await.unwrap();
    assert_eq!(scene.wisetime.tags().len(), 450);
    let pages = scene.clio.calls().iter().filter(|call| call.path.ends_with("/matters.json")).count();
    assert_eq!(pages, 6, "the first page was not read again");
}

/// Wherever it stands in the batch: WiseTime refuses the whole batch, and says which tag it was.
#[tokio::test(start_paused = true)]
async fn a_tag_that_wisetime_refuses_keeps_no_other_out() {
    for at in [0, 3, 7] {
        let scene = Scene::quiet();
        assert!(scene.clio.person("Ada").rename_matter(scene.clio.matters()[at].id, " "));
        let firm = scene.setup().firm();
        let report = firm.run_to_rest(MATTER_TAGS).await.unwrap();
        assert_eq!((report.count(LineOutcome::Created), report.count(LineOutcome::Rejected)), (7, 1));
        assert_eq!(scene.wisetime.tags().len(), 7);
        assert_eq!(scene.store().intents(FIRM, IntentState::Rejected).await.unwrap().len(), 1);
        assert_eq!(scene.store().dead_letters(FIRM).await.unwrap().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_tag_that_is_corrected_comes_in() {
    let scene = Scene::quiet();
    let (ada, matter) = (scene.clio.person("Ada"), scene.clio.matters()[3].id);
    assert!(ada.rename_matter(matter, " "));
    let firm = scene.setup().firm();
    firm.run_to_rest(MATTER_TAGS).await.unwrap();
    scene.clock.sleep(Duration::from_secs(600)).await;
    assert!(ada.rename_matter(matter, "00004-Good"));
    firm.run_to_rest(MATTER_TAGS).await.unwrap();
    assert_eq!(scene.wisetime.tags().len(), 8);
    assert!(scene.store().dead_letters(FIRM).await.unwrap().is_empty());
}

/// The name of a tag is its key. Of two matters that share it only one can have the tag, and the firm hears of the other.
#[tokio::test(start_paused = true)]
async fn of_two_matters_with_one_number_the_second_is_a_dead_letter() {
    let scene = Scene::quiet();
    let matters = scene.clio.matters();
    assert!(scene.clio.person("Ada").rename_matter(matters[5].id, &matters[0].display_number));
    let report = scene.setup().firm().run_to_rest(MATTER_TAGS).await.unwrap();
    assert_eq!((report.count(LineOutcome::Created), report.count(LineOutcome::Rejected)), (7, 1));
    let tags = scene.wisetime.tags();
    let tag = tags.iter().find(|tag| tag.name == matters[0].display_number).expect("a tag");
    let letters = scene.store().dead_letters(FIRM).await.unwrap();
    assert_eq!(letters.len(), 1);
    let mut both = [tag.external_id.clone().unwrap_or_default(), letters[0].source_id.clone()];
    both.sort();
    assert_eq!(
        both,
        [matters[0].id.to_string(), matters[5].id.to_string()],
        "one has the tag, one the letter"
    );
    assert_eq!(tags.len(), 7);
}
