//! Stages, and what clients are told of them (rows CS9, CS10 and CS11).

use clio_case_status::{DeskFault, Notify};

use crate::bench::{Bench, DAY, STATUSES, map_stages};

#[tokio::test(start_paused = true)]
async fn cs9_once_mapped_a_stage_that_changes_changes_the_status_at_night_and_tells_the_client_once() {
    let bench = Bench::with(|world| world.matters(4), map_stages).await;
    let matter = bench.matter(0);
    let stages = bench.stages(matter);
    bench.move_to(matter, stages[0]);
    bench.night().await;
    assert_eq!(bench.status(matter).as_deref(), Some(STATUSES[0]));
    assert!(bench.told(matter).is_empty(), "an import tells nobody");
    bench.pass(DAY).await;
    bench.move_to(matter, stages[1]);
    assert_eq!(bench.status(matter).as_deref(), Some(STATUSES[0]), "not before the night");
    bench.night().await;
    assert_eq!(bench.told(matter), [STATUSES[1]]);
    assert_eq!(bench.status(matter).as_deref(), Some(STATUSES[1]));
    bench.pass(DAY).await;
    bench.night().await;
    assert_eq!(bench.told(matter), [STATUSES[1]], "once");
}

#[tokio::test(start_paused = true)]
async fn cs9_a_move_there_and_back_tells_nothing_and_only_the_net_change_counts() {
    let bench = Bench::with(|world| world.matters(4), map_stages).await;
    let matter = bench.matter(0);
    let stages = bench.stages(matter);
    bench.move_to(matter, stages[0]);
    bench.night().await;
    bench.pass(DAY).await;
    bench.move_to(matter, stages[1]);
    bench.move_to(matter, stages[0]);
    bench.night().await;
    assert!(bench.told(matter).is_empty());
    bench.pass(DAY).await;
    bench.move_to(matter, stages[1]);
    bench.move_to(matter, stages[2]);
    bench.night().await;
    assert_eq!(bench.told(matter), [STATUSES[2]], "not of where it only passed");
}

#[tokio::test(start_paused = true)]
async fn cs11_a_newly_mapped_stage_sets_the_status_in_silence() {
    let mut bench = Bench::with(|world| world.matters(4), |_, _| ()).await;
    let matter = bench.matter(0);
    let stages = bench.stages(matter);
    bench.move_to(matter, stages[1]);
    bench.night().await;
    assert_eq!(bench.status(matter), None);
    bench.pass(DAY).await;
    bench.restart_with(map_stages);
    bench.night().await;
    assert_eq!(bench.status(matter).as_deref(), Some(STATUSES[1]), "nothing had to be asked for");
    assert!(bench.told(matter).is_empty());
    bench.pass(DAY).await;
    bench.move_to(matter, stages[2]);
    bench.night().await;
    assert_eq!(bench.told(matter), [STATUSES[2]]);
}

#[tokio::test(start_paused = true)]
async fn cs10_an_unmapped_stage_is_reported_once_and_leaves_the_case_where_it_is() {
    let bench = Bench::with(|world| world.matters(4), map_stages).await;
    let (one, two) = (bench.matter(0), bench.matter(1));
    bench.move_to(one, bench.stages(one)[0]);
    bench.session().sync_all().await.expect("a sync");
    bench.pass(DAY).await;
    let unmapped = *bench.stages(one).get(3).expect("a fourth stage");
    bench.move_to(one, unmapped);
    if bench.stages(two).contains(&unmapped) {
        bench.move_to(two, unmapped);
    }
    let report = bench.session().sync_all().await.expect("a sync");
    let told: Vec<i64> = report.unmapped.iter().map(|stage| stage.stage).collect();
    assert_eq!(told.iter().filter(|stage| **stage == unmapped).count(), 1, "{told:?}");
    assert_eq!(bench.status(one).as_deref(), Some(STATUSES[0]));
    assert!(bench.told(one).is_empty());
}

#[tokio::test(start_paused = true)]
async fn cs11_a_first_and_a_single_import_tell_nobody() {
    let bench = Bench::with(|world| world.matters(4), map_stages).await;
    let matter = bench.matter(0);
    bench.move_to(matter, bench.stages(matter)[2]);
    bench.session().sync_one(&matter.to_string()).await.expect("a sync");
    assert_eq!(bench.status(matter).as_deref(), Some(STATUSES[2]));
    bench.night().await;
    assert!(bench.desk.updates().iter().all(|update| update.notify == Notify::Nobody));
}

#[tokio::test(start_paused = true)]
async fn a_sync_that_a_person_starts_moves_statuses_unless_the_firm_leaves_that_to_the_night() {
    for moves in [true, false] {
        let bench = Bench::with(
            |world| world.matters(4),
            |settings, world| {
                map_stages(settings, world);
                settings.manual_moves_statuses = moves;
            },
        )
        .await;
        let matter = bench.matter(0);
        let stages = bench.stages(matter);
        bench.move_to(matter, stages[0]);
        bench.night().await;
        bench.pass(DAY).await;
        bench.move_to(matter, stages[1]);
        bench.session().sync_all().await.expect("a sync");
        let expected: &[&str] = if moves { &[STATUSES[1]] } else { &[] };
        assert_eq!(bench.told(matter), expected);
        bench.session().sync_one(&matter.to_string()).await.expect("a sync");
        assert_eq!(bench.told(matter), expected);
        bench.night().await;
        assert_eq!(bench.told(matter), [STATUSES[1]], "the night catches up");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_who_was_told_is_not_told_again_although_somebody_moved_the_case_meanwhile() {
    let bench = Bench::with(|world| world.matters(4), map_stages).await;
    let matter = bench.matter(0);
    let stages = bench.stages(matter);
    bench.move_to(matter, stages[0]);
    bench.night().await;
    bench.pass(DAY).await;
    bench.move_to(matter, stages[1]);
    bench.desk.fail_status(DeskFault::AnswerLost);
    let _ = bench.firm.run("case-status/matters").await;
    assert_eq!(bench.told(matter), [STATUSES[1]]);
    assert!(bench.desk.move_status(&bench.case(matter), STATUSES[2]));
    bench.firm.run_to_rest("case-status/matters").await.expect("rest");
    let ours = bench.desk.updates().into_iter().filter(|update| update.reference.is_some());
    assert_eq!(ours.filter(|update| update.notify == Notify::Client).count(), 1);
    assert_eq!(bench.status(matter).as_deref(), Some(STATUSES[2]), "what somebody chose stays");
}
