//! A plan shows what will be done, and nothing else is done.

use std::collections::BTreeMap;

use clio_sync::{Committed, Effect, ErrorKind, LineOutcome, Plan, Scope};

use crate::desk::{ACTIVITY, NOTES, Stage};

/// Something of everything: one to create, to change, to delete, one that cannot be written, and others as they are.
async fn mixed() -> Stage {
    let stage = Stage::with(&[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")]).await;
    stage.add("e", "E");
    stage.add("f", "!no such client");
    stage.desk.edit("a", "A2");
    stage.desk.edit("b", "-not any more");
    stage.take();
    stage
}

/// The activities by id.
fn world(stage: &Stage) -> BTreeMap<String, String> {
    let activities = stage.scene.clio.activities().into_iter();
    activities.map(|activity| (activity.id.to_string(), activity.note)).collect()
}

/// What a plan says of the activities: the signs, the ids as far as they exist, and the texts.
fn said(plan: &Plan) -> Vec<(char, Option<String>, Option<String>)> {
    let steps = plan.steps.iter().filter(|step| step.preview.committed == Committed::Planned);
    let mut said: Vec<_> = steps
        .map(|step| {
            let id = step.preview.remote_id.clone();
            let text =
                step.write.as_ref().map(|write| write.content["note"].as_str().expect("a text").to_owned());
            match (step.preview.effect, &id) {
                (Some(Effect::Delete), _) => ('-', id, None),
                (_, Some(_)) => ('~', id, text),
                (_, None) => ('+', None, text),
            }
        })
        .collect();
    said.sort();
    said
}

/// What has become of the activities.
fn difference(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Vec<(char, Option<String>, Option<String>)> {
    let gone = before.keys().filter(|id| !after.contains_key(*id)).map(|id| ('-', Some(id.clone()), None));
    let new = after.iter().filter(|(id, _)| !before.contains_key(*id));
    let new = new.map(|(_, text)| ('+', None, Some(text.clone())));
    let changed = after.iter().filter(|(id, text)| before.get(*id).is_some_and(|old| old != *text));
    let changed = changed.map(|(id, text)| ('~', Some(id.clone()), Some(text.clone())));
    let mut all: Vec<_> = gone.chain(new).chain(changed).collect();
    all.sort();
    all
}

#[tokio::test(start_paused = true)]
async fn what_is_planned_is_what_is_done() {
    let stage = mixed().await;
    let firm = stage.firm();
    let before = world(&stage);
    let plan = firm.plan(NOTES).await.expect("a plan");
    let report = firm.apply(&plan).await.expect("applied");
    let done = difference(&before, &world(&stage));
    assert_eq!(done.len(), 3);
    assert_eq!(said(&plan), done);
    let counts = [LineOutcome::Created, LineOutcome::Updated, LineOutcome::Deleted, LineOutcome::Rejected]
        .map(|outcome| report.count(outcome));
    assert_eq!(counts, [1; 4], "{report}");
    assert_eq!(plan.unchanged, report.count(LineOutcome::Unchanged));
    let text = plan.to_string();
    for line in [
        &format!("+ {ACTIVITY} E"),
        &format!("~ {ACTIVITY} A2; note: A becomes A2"),
        &format!("- {ACTIVITY} b (not any more)"),
        &format!("! {ACTIVITY} f (no such client)"),
        "desk/notes: 1 to create, 1 to change, 1 to delete, 1 cannot be written; 2 unchanged, 0 skipped",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line} is not in\n{text}");
    }
    assert!(firm.plan(NOTES).await.expect("a plan").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_plan_writes_nothing() {
    let stage = mixed().await;
    stage.desk.remove("c");
    let firm = stage.firm();
    let (world_before, remembered) = (world(&stage), stage.remembered().await);
    for scope in [Scope::Changes, Scope::Sweep, Scope::One("a".into()), Scope::One("c".into())] {
        let plan = firm.plan_scoped(NOTES, scope.clone()).await.expect("a plan");
        assert_eq!(firm.planned(&plan.id).await.expect("the store"), Some(plan), "but for the plan itself");
        assert_eq!(stage.take(), [], "{scope:?}");
        assert_eq!(stage.remembered().await, remembered, "{scope:?}");
    }
    assert_eq!(world(&stage), world_before);
    // One that found the plan alone has missed nothing since.
    assert_eq!(stage.run().await.count(LineOutcome::Created), 1);
}

#[tokio::test(start_paused = true)]
async fn a_plan_travels_as_text_to_another_process() {
    let stage = mixed().await;
    let before = world(&stage);
    let json = stage.firm().plan(NOTES).await.expect("a plan").to_json();
    let other = stage.firm();
    let plan = Plan::from_json(&json).expect("a plan");
    assert_eq!(
        other.planned(&plan.id).await.expect("the store"),
        Some(plan.clone()),
        "kept by the store, too"
    );
    other.apply(&plan).await.expect("applied");
    assert_eq!(said(&plan), difference(&before, &world(&stage)));
    assert_eq!(Plan::from_json("{}").expect_err("no plan").kind(), ErrorKind::Configuration);
    assert_eq!(other.planned("nobody's").await.expect("the store"), None);
    assert!(!format!("{plan:?}").contains("A2"), "Debug leaves values out");
}

/// What changes, how, and what the refusal says.
type Change<'a> = (&'a str, &'a dyn Fn(&Stage), &'a str);

/// Each makes the plan that was made before it out of date.
#[tokio::test(start_paused = true)]
async fn a_plan_that_is_out_of_date_is_refused() {
    let edited = |stage: &Stage| stage.desk.edit("a", "A3");
    let one_more = |stage: &Stage| stage.add("g", "G");
    let one_less = |stage: &Stage| stage.desk.edit("e", "-not any more");
    let in_clio = |stage: &Stage| {
        assert!(stage.scene.clio.person("Ada").edit_note(stage.activity("A").id, "theirs"));
    };
    let in_another_field = |stage: &Stage| {
        let id = stage.activity("A").id;
        assert!(stage.scene.clio.person("Ada").change_price(id, rust_decimal::Decimal::from(5)));
    };
    let gone_in_clio = |stage: &Stage| {
        assert!(stage.scene.clio.person("Ada").delete_activity(stage.activity("B").id));
    };
    let said_of = said;
    let changes: [Change<'_>; 6] = [
        ("the source", &edited, "the source has changed"),
        ("a new record", &one_more, "it has come up since"),
        ("a record that is not wanted", &one_less, "nothing to be written any more"),
        ("the record in Clio", &in_clio, "has changed"),
        ("the record in Clio, elsewhere", &in_another_field, "has changed"),
        ("the record in Clio is gone", &gone_in_clio, "has changed"),
    ];
    for (what, change, said) in changes {
        let stage = mixed().await;
        let firm = stage.firm();
        let plan = firm.plan(NOTES).await.expect("a plan");
        change(&stage);
        let (before, remembered) = (world(&stage), stage.remembered().await);
        let error = firm.apply(&plan).await.expect_err(what);
        assert_eq!(error.kind(), ErrorKind::Stale, "{what}: {error}");
        assert!(error.to_string().contains(said), "{what}: {error}");
        assert_eq!((world(&stage), stage.take()), (before, vec![]), "{what}: nothing is written");
        assert_eq!(stage.remembered().await, remembered, "{what}");
        // A new one is as good as any.
        let before = world(&stage);
        let plan = firm.plan(NOTES).await.expect("a plan");
        firm.apply(&plan).await.expect("applied");
        let done = difference(&before, &world(&stage));
        assert!(done.iter().all(|step| said_of(&plan).contains(step)), "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_is_applied_once() {
    let stage = mixed().await;
    let firm = stage.firm();
    let plan = firm.plan(NOTES).await.expect("a plan");
    stage.firm().apply(&plan).await.expect("applied");
    let before = (world(&stage), stage.remembered().await);
    stage.take();
    let error = firm.apply(&plan).await.expect_err("it is applied");
    assert_eq!(error.kind(), ErrorKind::Stale, "{error}");
    assert_eq!(((world(&stage), stage.remembered().await), stage.take()), (before, vec![]));
    // A run did what was planned, and something else after it: the links are others now.
    let stage = mixed().await;
    let plan = firm_of(&stage).await;
    stage.run().await;
    stage.desk.edit("a", "A3");
    stage.run().await;
    stage.desk.edit("a", "A2");
    stage.take();
    let error = stage.firm().apply(&plan).await.expect_err("the link has changed");
    assert_eq!((error.kind(), stage.take()), (ErrorKind::Stale, vec![]), "{error}");
}

async fn firm_of(stage: &Stage) -> Plan {
    stage.firm().plan(NOTES).await.expect("a plan")
}

#[tokio::test(start_paused = true)]
async fn a_plan_of_a_sweep_shows_what_will_be_deleted() {
    let stage = Stage::with(&[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")]).await;
    stage.desk.remove("b");
    let firm = stage.firm();
    let plan = firm.plan_scoped(NOTES, Scope::Sweep).await.expect("a plan");
    assert!(plan.is_empty(), "missed once");
    firm.apply(&plan).await.expect("that it is missed is noted");
    let before = world(&stage);
    let plan = firm.plan_scoped(NOTES, Scope::Sweep).await.expect("a plan");
    assert_eq!(plan.steps.len(), 1);
    let (stood, _) = plan.steps[0].before.as_ref().expect("what will be deleted");
    assert_eq!(stood["note"], "B");
    firm.apply(&plan).await.expect("applied");
    assert_eq!(said(&plan), difference(&before, &world(&stage)));
}

/// The source changes after the plan was looked through, and before it is carried out.
#[tokio::test(start_paused = true)]
async fn what_was_not_shown_is_not_deleted() {
    for scope in [Scope::Sweep, Scope::Changes] {
        let stage = Stage::with(&[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D"), ("e", "E")]).await;
        stage.desk.remove("b");
        stage.desk.hide("d", true);
        stage.sweep().await;
        stage.desk.hide("d", false);
        let firm = stage.firm();
        // The list leaves out what it had left out before: it would be gone.
        let plan = firm.plan_scoped(NOTES, scope.clone()).await.expect("a plan");
        assert_eq!(plan.steps.len(), usize::from(scope == Scope::Sweep));
        stage.take();
        let before = world(&stage);
        // Two pages are read to look through the plan, and two to carry it out.
        stage.desk.vanishes_at(if scope == Scope::Sweep { 3 } else { 2 }, "d");
        let applied = firm.apply(&plan).await;
        if scope == Scope::Sweep {
            let error = applied.expect_err("more would go than was shown");
            assert_eq!(error.kind(), ErrorKind::Stale, "{error}");
        }
        assert_eq!((world(&stage), stage.take()), (before, vec![]), "{scope:?}");
    }
}
