use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;

fn at(hour: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
}

fn seen(hour: i64, stage: impl Into<Option<i64>>, changed: impl Into<Option<i64>>) -> StageObservation {
    StageObservation {
        observed_at: at(hour),
        changed_at: changed.into().map(at),
        stage: stage.into().map(Id::new),
    }
}

fn history(all: impl IntoIterator<Item = StageObservation>) -> StageHistory {
    all.into_iter().collect()
}

#[test]
fn a_move_is_seen_with_the_time_that_clio_tells() {
    let history = history([seen(10, 1, 5), seen(20, 2, 15), seen(30, 2, 15)]);
    let steps: Vec<_> = history.steps().collect();
    assert_eq!(
        steps,
        [StageStep {
            after: at(10),
            by: at(20),
            from: Some(Id::new(1)),
            to: Some(Id::new(2)),
            changed_at: Some(at(15)),
            kind: StepKind::Moved,
        }]
    );
    let net = NetChange { from: Some(Id::new(1)), to: Some(Id::new(2)), changed_at: Some(at(15)) };
    assert_eq!(history.net_change(at(10)), Some(net));
    assert_eq!(history.net_change(at(19)), Some(net));
    assert_eq!(history.net_change(at(20)), None);
}

#[test]
fn what_was_never_seen_before_is_no_change() {
    assert_eq!(history([]).net_change(at(0)), None);
    assert_eq!(history([seen(10, 1, 5)]).net_change(at(9)), None);
    assert_eq!(history([seen(10, 1, 5), seen(20, 2, 15)]).net_change(at(9)), None);
}

#[test]
fn a_gap_is_known_by_the_time_of_change_alone() {
    let history = history([seen(10, 1, 5), seen(20, 1, 15)]);
    let step = history.steps().next().unwrap();
    assert_eq!((step.kind, step.changed_at), (StepKind::MovedAndBack, Some(at(15))));
    assert_eq!(history.net_change(at(10)), None);
}

#[test]
fn a_time_of_change_that_was_not_told_tells_nothing() {
    assert_eq!(history([seen(10, 1, None), seen(20, 1, 15)]).steps().count(), 0, "Clio may just tell it now");
    let moved = history([seen(10, 1, 5), seen(20, None, None), seen(30, 2, 5)]);
    let steps: Vec<_> = moved.steps().map(|step| (step.to, step.changed_at)).collect();
    assert_eq!(steps[0], (None, None), "out of all stages");
    assert_eq!(steps[1].0, Some(Id::new(2)));
    assert_eq!(moved.net_change(at(10)).unwrap().changed_at, None, "the old time is not that of this change");
}

#[test]
fn an_old_answer_changes_nothing() {
    let lagging = history([seen(20, 2, 15), seen(21, 1, 5)]);
    assert_eq!(lagging.latest(), Some(seen(20, 2, 15)));
    let history = history([seen(10, 1, 5), seen(20, 2, 15), seen(21, 1, 5), seen(30, 2, 15)]);
    assert_eq!((history.steps().count(), history.observations().len()), (1, 4));
}

#[test]
fn of_two_of_one_moment_the_later_change_stands() {
    let mut history = history([seen(10, 1, 5)]);
    assert!(!history.record(seen(10, 1, 5)));
    assert!(history.record(seen(10, 2, 9)));
    assert!(!history.record(seen(10, 3, 7)));
    assert_eq!(history.observations(), [seen(10, 2, 9)]);
}

fn observation() -> impl Strategy<Value = StageObservation> {
    (0_i64..30, prop::option::of(0_i64..4), prop::option::of(0_i64..30))
        .prop_map(|(hour, stage, changed)| seen(hour, stage, changed))
}

proptest! {
    #[test]
    fn depends_on_what_was_seen_and_not_on_how_it_came(
        (given, shuffled) in prop::collection::vec(observation(), 0..20)
            .prop_flat_map(|all| (Just(all.clone()), Just([all.clone(), all].concat()).prop_shuffle())),
    ) {
        let history = history(given);
        prop_assert_eq!(&history, &shuffled.into_iter().collect());
        let json = serde_json::to_string(&history).unwrap();
        prop_assert_eq!(serde_json::from_str::<StageHistory>(&json).unwrap(), history);
    }

    #[test]
    fn the_net_change_is_the_sum_of_the_steps(all in prop::collection::vec(observation(), 0..20), since in 0_i64..30) {
        let history = history(all);
        let steps: Vec<_> = history.steps().filter(|step| step.by > at(since)).collect();
        let known = history.observations().first().is_some_and(|first| first.observed_at <= at(since));
        let ends = steps.first().zip(steps.last()).map(|(first, last)| (first.from, last.to));
        let net = history.net_change(at(since)).map(|net| (net.from, net.to));
        prop_assert_eq!(net, ends.filter(|(from, to)| known && from != to));
    }

    #[test]
    fn nothing_that_is_asked_later_needs_what_is_forgotten(
        all in prop::collection::vec(observation(), 0..20),
        cut in 0_i64..30,
        later in 0_i64..10,
    ) {
        let history = history(all);
        let mut short = history.clone();
        short.forget_before(at(cut));
        prop_assert_eq!(short.net_change(at(cut + later)), history.net_change(at(cut + later)));
        prop_assert_eq!(short.latest(), history.latest());
    }

    /// A matter that moves, of which a program looks now and then: what it says is true.
    #[test]
    fn says_nothing_that_did_not_happen(
        moves in prop::collection::btree_map(1_i64..60, 0_i64..3, 0..12),
        looks in prop::collection::btree_set(0_i64..60, 1..20),
    ) {
        let mut real: Vec<(i64, i64)> = vec![(0, 0)];
        for (hour, stage) in moves {
            if real.last().unwrap().1 != stage {
                real.push((hour, stage));
            }
        }
        let then = |hour: i64| *real.iter().rev().find(|(changed, _)| *changed <= hour).unwrap();
        let history = history(looks.iter().map(|hour| seen(*hour, then(*hour).1, then(*hour).0)));
        for step in history.steps() {
            let between: Vec<_> = real.iter().filter(|(hour, _)| at(*hour) > step.after && at(*hour) <= step.by).collect();
            prop_assert_eq!(step.changed_at, between.last().map(|(hour, _)| at(*hour)));
            let least = if step.kind == StepKind::MovedAndBack { 2 } else { 1 };
            prop_assert!(between.len() >= least);
        }
        for since in &looks {
            let (was, is) = (then(*since).1, then(*looks.last().unwrap()).1);
            let net = history.net_change(at(*since)).map(|net| (net.from.unwrap().get(), net.to.unwrap().get()));
            prop_assert_eq!(net, (was != is).then_some((was, is)));
        }
    }
}
