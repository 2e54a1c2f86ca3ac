//! Posted time after an outage, under virtual time: `cargo bench -p clio-wisetime --bench posted`.
//!
//! 500 groups have piled up at WiseTime, and Clio takes 50 requests a minute. Nothing but that limit may slow it down, and
//! nearly all of it has to go into entries. A window that begins with its first request is told in whole seconds, so that a
//! cycle may last a second longer than a minute.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::{sync::Arc, time::Duration};

use clio_api::{Clio, Region};
use clio_core::Clock;
use clio_fixtures::{CallRecord, ClioWorld, VirtualClock, WiseTimeWorld, posted_time, samples::TimeGroup};
use clio_sync::Engine;
use clio_sync_sqlite::SqliteStore;
use clio_wisetime::{Client, Settings, WiseTime};

const GROUPS: usize = 500;
const PER_MINUTE: u32 = 50;
/// The full minutes that so many groups take at least.
const MINUTES: u32 = 10;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(after_an_outage());
}

async fn after_an_outage() {
    let (clock, folder) = (VirtualClock::new(), tempfile::tempdir().expect("a folder"));
    let latency = Duration::from_millis(200);
    let world = ClioWorld::firm(7).rate_limit(Some(PER_MINUTE)).clock(clock.clone()).latency(latency).start();
    let team = WiseTimeWorld::team().clock(clock.clone()).latency(latency).start();
    let (matters, users) = (world.matters(), world.users());
    for n in 0..GROUPS {
        let (matter, user) = (&matters[n % matters.len()], &users[n % users.len()]);
        let seconds = 60 + i64::try_from(n).expect("a few");
        team.post(TimeGroup::new(format!("g-{n}")).matter(matter).user(user).seconds(seconds).json());
    }
    let clio = Clio::builder(Region::custom(&world.host_url()).expect("an address"))
        .transport(world.transport())
        .clock(clock.clone())
        .token(world.token())
        .longest_wait(Duration::from_secs(3600))
        .build()
        .expect("a client");
    let wisetime = Client::builder(team.api_key())
        .base(format!("{}/connect/api", team.host_url()))
        .transport(team.transport())
        .clock(clock.clone())
        .build()
        .expect("a client");
    let store = SqliteStore::options().clock(clock.clone()).inline();
    let store = Arc::new(store.open(folder.path().join("state")).expect("a store"));
    let firm = Engine::with_store(store).with_clock(clock.clone()).firm("acme-law", clio);
    firm.attach(WiseTime::connect(wisetime, Settings::default()));

    let began = clock.now();
    firm.run_to_rest("wisetime/posted-time").await.expect("posted");
    tell(&world.calls(), began);
    let audit = posted_time(&world, &team);
    println!(
        "  {} posted (target {GROUPS}), {} doubled, {} lost, {} waiting (targets 0)",
        audit.posted, audit.doubled, audit.lost, audit.waiting
    );
}

fn tell(calls: &[CallRecord], began: chrono::DateTime<chrono::Utc>) {
    let end = began + Duration::from_secs(u64::from(60 * MINUTES));
    let within: Vec<&CallRecord> = calls.iter().filter(|call| call.at < end).collect();
    let entries = |calls: &[&CallRecord]| calls.iter().filter(|call| call.method == "POST").count();
    let refused = calls.iter().filter(|call| call.status == Some(429)).count();
    let share = |count: usize| {
        let count = u32::try_from(count).expect("a few");
        100.0 * f64::from(count) / f64::from(PER_MINUTE * MINUTES)
    };
    println!(
        "{GROUPS} groups after an outage, at {PER_MINUTE} requests a minute, the first {MINUTES} minutes"
    );
    println!(
        "  {:.1} % of the budget used (target 97), {:.1} % of it for entries, {refused} answers 429 (target 0)",
        share(within.len()),
        share(entries(&within))
    );
}
