//! The walk against the project's own fake of Clio, in memory.

use api_walk::{
    EVERY,
    calls::{Ids, Told},
    walk::{Phase, in_order, walk},
};
use clio_api::{Clio, Json, Region};
use clio_core::schema::Answer;
use clio_fixtures::{ClioWorld, VirtualClock};

#[tokio::test(start_paused = true)]
async fn every_operation_passes_the_fake_and_every_field_is_seen() {
    let clock = VirtualClock::new();
    let world = ClioWorld::firm(7).one_of_each().rate_limit(None).clock(clock.clone()).start();
    let clio = Clio::builder(Region::custom(&world.host_url()).expect("an address"))
        .transport(world.transport())
        .clock(clock)
        .token(world.token())
        .build()
        .expect("a client");
    let mut failed = Vec::new();
    let total = walk(&clio, None, |outcome| {
        if outcome.seen.is_err() {
            failed.push(outcome.to_string());
        }
    })
    .await;
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(total.never_seen.is_empty(), "{total}");
    assert_eq!((total.called, total.failed), (301, 0));
    assert!(total.is_good(), "{total}");
    println!("{total}");
}

#[tokio::test(start_paused = true)]
async fn every_list_can_be_walked_through_in_pages_of_one() {
    let clock = VirtualClock::new();
    let world = ClioWorld::firm(7).one_of_each().rate_limit(None).clock(clock.clone()).start();
    let clio = Clio::builder(Region::custom(&world.host_url()).expect("an address"))
        .transport(world.transport())
        .clock(clock)
        .token(world.token())
        .build()
        .expect("a client");
    // A second record beside the first, where one can be created.
    for sample in in_order().iter().filter(|sample| Phase::of(sample.operation) == Phase::Create) {
        (sample.call)(&clio, &Ids::default(), &Told::Everything).await.expect(sample.operation.id);
    }
    let lists =
        EVERY.iter().filter(|sample| matches!(sample.operation.answer, Answer::List | Answer::ListBare));
    let (mut walked, mut longer) = (0, 0);
    for sample in lists {
        let before = world.calls().len();
        let seen = (sample.call)(&clio, &Ids::default(), &Told::Walk).await.expect(sample.operation.id);
        let Some(Json::List(records)) = seen.record else { panic!("{}", sample.operation.id) };
        assert!(!records.is_empty(), "{}", sample.operation.id);
        // A list without an envelope has no links, and so one page.
        if sample.operation.answer == Answer::List {
            assert_eq!(records.len(), world.calls().len() - before, "{}", sample.operation.id);
        }
        walked += 1;
        longer += usize::from(records.len() > 1);
    }
    println!("{walked} lists, {longer} of more than one page");
    assert!(walked > 70 && longer > 40, "{walked} lists, {longer} of more than one page");
}
