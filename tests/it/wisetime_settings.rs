//! The flows at a WiseTime that behaves otherwise where its document leaves it open.

use clio_fixtures::WiseTimeWorldBuilder;
use clio_sync::LineOutcome;

use simulation::{MATTER_TAGS, POSTED_TIME, Scene};

/// One way in which a team may differ, and its name.
type Change = (&'static str, fn(WiseTimeWorldBuilder) -> WiseTimeWorldBuilder);

const CHANGES: [Change; 5] = [
    ("as it is unless said", |team| team),
    ("large fetches", |team| team.large_fetches(true)),
    ("records from the registration on", |team| team.records_always(false)),
    ("a limit of calls", |team| team.rate_limit(Some(4))),
    ("keeps the good tags of a faulty batch", |team| team.keeps_good_tags(true)),
];

#[tokio::test(start_paused = true)]
async fn a_day_is_posted_once() {
    for (name, change) in CHANGES {
        let scene = Scene::day();
        let groups = scene.wisetime.groups();
        let scene = scene.at_another_team_that(change);
        let firm = scene.setup().firm();
        firm.run_to_rest(POSTED_TIME).await.expect("a poll registers the client");
        for group in groups {
            scene.wisetime.post(group.json);
        }
        scene.post(&firm).await;
        scene.assert_posted_once(name).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_tag_keeps_no_other_out() {
    for (name, change) in CHANGES {
        let scene = Scene::quiet().at_another_team_that(change);
        assert!(scene.clio.person("Ada").rename_matter(scene.clio.matters()[3].id, " "));
        let report = scene.setup().firm().run_to_rest(MATTER_TAGS).await.unwrap();
        let counts = (report.count(LineOutcome::Created), report.count(LineOutcome::Rejected));
        assert_eq!((counts, scene.wisetime.tags().len()), ((7, 1), 7), "{name}");
    }
}

/// A plan without room: as many come in as fit, and with more room the rest does.
#[tokio::test(start_paused = true)]
async fn tags_beyond_the_plan_are_told_and_no_loss() {
    let scene = Scene::quiet().at_another_team_that(|team| team.tag_limit(Some(5)));
    let firm = scene.setup().firm();
    let report = firm.run_to_rest(MATTER_TAGS).await.unwrap();
    assert_eq!((report.count(LineOutcome::Created), report.count(LineOutcome::Rejected)), (5, 3));
    assert_eq!(scene.wisetime.tags().len(), 5);
    scene.wisetime.change_plan(Some(8));
    for letter in firm.dead_letters().await.unwrap() {
        firm.retry(&letter).await.unwrap();
    }
    assert_eq!(scene.wisetime.tags().len(), 8);
}
