//! Walks through long lists while people work.

use std::{collections::BTreeSet, sync::Arc};

use clio_api::{Clio, ErrorKind, Id, List, Position, Region, Selection, Stub, objects::Activity, op};
use clio_fixtures::{ClioWorld, Fault, NewTime, Person, VirtualClock};
use futures_util::{StreamExt, TryStreamExt};
use proptest::prelude::*;

/// A firm, and the ids of the activities that nobody touches: those are the ones that a walk has to bring.
struct Firm {
    world: ClioWorld,
    clock: Arc<VirtualClock>,
    ada: Person,
    kept: BTreeSet<i64>,
}

impl Firm {
    fn with(activities: usize) -> Self {
        let clock = VirtualClock::new();
        let world = ClioWorld::firm(7).activities(activities).rate_limit(None).clock(clock.clone()).start();
        let kept = world.activities().iter().map(|activity| activity.id).collect();
        Self { ada: world.person("Ada"), world, clock, kept }
    }

    /// A client that has just been started.
    fn client(&self) -> Clio {
        Clio::builder(Region::custom(&self.world.host_url()).unwrap())
            .transport(self.world.transport())
            .clock(self.clock.clone())
            .token(self.world.token())
            .build()
            .unwrap()
    }

    fn list(&self) -> List<op::ListActivities> {
        self.client().activities().list()
    }

    /// The activity at this place of all, of those that are still untouched.
    fn untouched(&self, place: usize) -> Option<i64> {
        self.kept.iter().nth(place % self.kept.len().max(1)).copied()
    }

    fn edit(&mut self, edit: Edit) {
        match edit {
            Edit::Add => {
                self.ada.record_time(NewTime { seconds: 60, note: "new".to_owned(), ..NewTime::default() });
            }
            Edit::Rename(place) => {
                let Some(id) = self.untouched(place) else { return };
                assert!(self.ada.edit_note(id, "renamed"));
            }
            Edit::Delete(place) => {
                let Some(id) = self.untouched(place) else { return };
                assert!(self.ada.delete_activity(id));
                self.kept.remove(&id);
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Edit {
    Add,
    Rename(usize),
    Delete(usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let place = || 0..10_000_usize;
    prop_oneof![Just(Edit::Add), place().prop_map(Edit::Rename), place().prop_map(Edit::Delete)]
}

/// As it comes back from a store.
fn stored(position: &Position) -> Position {
    serde_json::from_str(&serde_json::to_string(position).unwrap()).unwrap()
}

/// Walks, and after every `k` records (0: after every page) puts the walk down, lets people work, and takes it up again with
/// another client.
async fn walk(
    firm: &mut Firm,
    k: usize,
    limit: u16,
    order: Option<&str>,
    mut edits: impl FnMut(&mut Firm),
) -> Vec<i64> {
    let list = |firm: &Firm| {
        let list = firm.list().limit(limit);
        match order {
            Some(order) => list.parameter("order", order),
            None => list,
        }
    };
    let mut position = list(firm).items().suspend();
    let mut seen = Vec::new();
    while !position.is_finished() {
        if k == 0 {
            let mut pages = list(firm).resume(stored(&position)).pages();
            if let Some(page) = pages.next().await {
                seen.extend(page.unwrap().records.into_iter().map(|record| record.unwrap().id.get()));
            }
            position = pages.suspend();
        } else {
            let mut items = list(firm).resume(stored(&position)).items();
            let some: Vec<Stub<Activity>> = items.by_ref().take(k).try_collect().await.unwrap();
            seen.extend(some.into_iter().map(|stub| stub.id.get()));
            position = items.suspend();
        }
        edits(firm);
    }
    seen
}

fn without_doubles(seen: &[i64]) -> BTreeSet<i64> {
    let set: BTreeSet<i64> = seen.iter().copied().collect();
    assert_eq!(set.len(), seen.len(), "a record came twice");
    set
}

#[tokio::test(start_paused = true)]
async fn nothing_of_five_thousand_is_missed_or_doubled_while_people_work() {
    for k in [0, 331] {
        let mut firm = Firm::with(5_000);
        let mut turn = 0;
        let seen = walk(&mut firm, k, 200, None, |firm| {
            turn += 1;
            // Before, at and behind the place where the walk stands, and at the end of the list.
            for place in [turn, turn * 150, turn * 200 - 1, turn * 200, turn * 200 + 1, 4_900] {
                firm.edit(Edit::Delete(place));
                firm.edit(Edit::Rename(place));
            }
            if turn < 40 {
                firm.edit(Edit::Add);
            }
        })
        .await;
        let seen = without_doubles(&seen);
        assert!(firm.kept.len() > 4_700 && firm.kept.is_subset(&seen), "a record was missed");
        // What was added came as well, at the end.
        assert!(seen.last() > firm.kept.last());
    }
}

fn under_paused_time<T>(run: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(run)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_walk_by_id_brings_what_stays_exactly_once(
        k in 0..40_usize,
        limit in 1..30_u16,
        edits in prop::collection::vec(edit(), 0..60),
    ) {
        under_paused_time(async {
            let mut firm = Firm::with(150);
            let mut edits = edits.into_iter();
            let seen = walk(&mut firm, k, limit, None, |firm| {
                for edit in edits.by_ref().take(3) {
                    firm.edit(edit);
                }
            })
            .await;
            assert!(firm.kept.is_subset(&without_doubles(&seen)), "a record was missed");
        });
    }

    /// By offset Clio's pages shift whenever something is added before them, as it is when the newest come first.
    #[test]
    fn the_newest_first_brings_nothing_twice(
        k in 0..40_usize,
        limit in 1..30_u16,
        edits in prop::collection::vec(edit(), 0..60),
    ) {
        under_paused_time(async {
            let mut firm = Firm::with(150);
            let mut edits = edits.into_iter();
            let seen = walk(&mut firm, k, limit, Some("id(desc)"), |firm| {
                for edit in edits.by_ref().take(3) {
                    firm.edit(edit);
                }
            })
            .await;
            without_doubles(&seen);
        });
    }
}

#[tokio::test(start_paused = true)]
async fn additions_alone_lose_nothing_in_any_order() {
    for k in [0, 1, 7, 20, 33] {
        let mut firm = Firm::with(100);
        let seen = walk(&mut firm, k, 20, Some("id(desc)"), |firm| firm.edit(Edit::Add)).await;
        assert!(firm.kept.is_subset(&without_doubles(&seen)), "a record was missed");
    }
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_by_offset_and_not_one_more() {
    let firm = Firm::with(10_000);
    let all = firm.list().offset(0).items().try_collect::<Vec<_>>().await.unwrap();
    assert_eq!(all.len(), 10_000);
    firm.ada.record_time(NewTime { seconds: 60, ..NewTime::default() });
    let lists = [firm.list().offset(0), firm.list().parameter("order", "id(desc)")];
    for list in lists {
        let mut items: Vec<_> = list.items().collect().await;
        let last = items.pop().unwrap().unwrap_err();
        assert_eq!((last.kind(), last.operation()), (ErrorKind::Paging, Some("Activity#index")));
        assert!(last.message().contains("10,000"));
        assert!(items.len() == 10_000 && items.iter().all(Result::is_ok), "{}", items.len());
    }
    // Nothing was refused by Clio: nothing was asked for that it does not give.
    assert!(firm.world.calls().iter().all(|call| call.status.is_some_and(|status| status == 200)));
    let all = firm.list().items().try_collect::<Vec<_>>().await.unwrap();
    assert_eq!(all.len(), 10_001);
}

#[tokio::test(start_paused = true)]
async fn a_walk_goes_on_after_every_fault_at_every_page() {
    let expected =
        Firm::with(60).list().limit(20).items().map_ok(|stub| stub.id).try_collect::<Vec<_>>().await.unwrap();
    for &fault in Fault::ALL {
        for call in 1..=3 {
            let firm = Firm::with(60);
            firm.world.faults().at_call(call, fault);
            let mut seen: Vec<Id<Activity>> = Vec::new();
            let mut items = firm.list().limit(20).items();
            let mut failures = 0;
            loop {
                match items.next().await {
                    Some(Ok(stub)) => seen.push(stub.id),
                    Some(Err(_)) => {
                        failures += 1;
                        items = firm.list().resume(stored(&items.suspend())).items();
                    }
                    None => break,
                }
            }
            assert!(failures <= 1, "{fault:?} at call {call}");
            assert_eq!(seen, expected, "{fault:?} at call {call}");
        }
    }
}

/// Without its id, as a selection may be.
#[derive(Debug, Selection)]
#[clio(object = "Activity")]
struct Note {
    note: Option<String>,
}

#[tokio::test(start_paused = true)]
async fn a_selection_without_its_id_is_walked_as_safely() {
    let mut firm = Firm::with(50);
    let mut items = firm.list().select::<Note>().limit(10).items();
    let mut notes = Vec::new();
    notes.extend(
        items.by_ref().take(15).map_ok(|activity| activity.note).try_collect::<Vec<_>>().await.unwrap(),
    );
    for _ in 0..12 {
        firm.edit(Edit::Delete(0));
    }
    let rest = firm.list().select::<Note>().resume(items.suspend()).items();
    notes.extend(rest.map_ok(|activity| activity.note).try_collect::<Vec<_>>().await.unwrap());
    assert_eq!(notes.len(), 50);
}
