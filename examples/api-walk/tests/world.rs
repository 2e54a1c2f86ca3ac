//! The walk against the project's own fake of Clio, in memory.

use api_walk::walk::walk;
use clio_api::{Clio, Region};
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
