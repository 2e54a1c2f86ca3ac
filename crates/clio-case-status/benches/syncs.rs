//! What syncs ask for, under virtual time: `cargo bench -p clio-case-status --bench syncs [-- MATTERS]`.
//!
//! A firm of 20,000 matters, of which 1 % changed since the last night; and a poll of the messages that finds nothing. Requests
//! are counted by the two fakes. The bare minimum of a night is a list of the matters that changed and one of the clients that
//! did, since a matter does not change with its client; that of a poll is one request to Case Status.

#![expect(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a bench measures real time and tells"
)]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use clio_api::{Clio, Region};
use clio_case_status::{Desk, Integration, Settings};
use clio_core::Clock;
use clio_fixtures::{ClioWorld, VirtualClock};
use clio_sync::Engine;
use clio_sync_sqlite::SqliteStore;

const MATTERS: usize = 20_000;
/// More than the 30 days that a later sync reaches back.
const LATER: Duration = Duration::from_secs(60 * 86_400);

fn main() {
    let matters = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(MATTERS);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(syncs(matters));
}

async fn syncs(matters: usize) {
    let (clock, folder) = (VirtualClock::new(), tempfile::tempdir().expect("a folder"));
    let world = ClioWorld::firm(7).matters(matters).activities(0).bills(0).rate_limit(None);
    let world = world.token_life(10 * LATER).clock(clock.clone()).start();
    let desk = Desk::new(clock.clone());
    let clio = Clio::builder(Region::custom(&world.host_url()).expect("an address"))
        .transport(world.transport())
        .clock(clock.clone())
        .token(world.token())
        .build()
        .expect("a client");
    let store = SqliteStore::options().clock(clock.clone()).inline();
    let engine = Engine::new(store.open(folder.path().join("state")).expect("a store"));
    let firm = engine.with_clock(clock.clone()).firm("acme-law", clio);
    firm.attach(Integration::new(Arc::new(desk.clone()), Settings::default()));

    let began = Instant::now();
    firm.run_to_rest("case-status/matters").await.expect("a sync");
    let (cases, took) = (desk.cases().len(), began.elapsed());
    println!(
        "first sync of {matters} matters: {cases} cases, {} requests to Clio, {took:.1?}, {:.0} us a case",
        world.calls().len(),
        took.as_secs_f64() * 1e6 / cases.max(1) as f64
    );

    clock.sleep(LATER).await;
    firm.run("case-status/matters").await.expect("a sync");
    clock.sleep(Duration::from_secs(86_400)).await;
    let changed = matters / 100;
    for matter in world.matters().iter().take(changed) {
        assert!(
            world.person("Ada").rename_matter(matter.id, &format!("{}-B", matter.display_number)),
            "a matter"
        );
    }
    let (here, there, began) = (world.calls().len(), desk.calls(), Instant::now());
    let report = firm.run("case-status/matters").await.expect("a sync");
    let calls: Vec<_> = world.calls().split_off(here);
    let lists = |path: &str| {
        calls.iter().filter(|call| call.path.ends_with(path) && !call.query.contains("ids")).count()
    };
    let (lists, least) = (lists("/matters.json") + lists("/contacts.json"), 2);
    println!(
        "a night in which {changed} of them changed: {} lines, {:.1?}",
        report.lines.len(),
        began.elapsed()
    );
    println!("  {lists} lists of Clio's (target 2), {:.2} of the bare minimum", lists as f64 / least as f64);
    println!("  {} other requests to Clio", calls.len() - lists);
    println!(
        "  {} calls of Case Status, {:.1} a change",
        desk.calls() - there,
        (desk.calls() - there) as f64 / changed.max(1) as f64
    );

    firm.run("case-status/messages").await.expect("a poll");
    let (here, there) = (world.calls().len(), desk.calls());
    firm.run("case-status/messages").await.expect("a poll");
    let (here, there) = (world.calls().len() - here, desk.calls() - there);
    println!("a poll with nothing new: {there} request to Case Status (target 1), {here} to Clio (target 0)");
    assert_eq!((lists, there, here), (least, 1, 0), "targets");
}
