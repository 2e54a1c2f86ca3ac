//! What a world costs. `cargo bench -p clio-fixtures --bench world` prints three figures with their targets: a list of 200
//! rows of 10 fields against encoding the same 200 records with `serde_json`, the start of a world of 1 000 matters, and
//! what 100 000 activities take of memory.

#![allow(missing_docs, reason = "criterion makes public functions")]
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::{hint::black_box, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use clio_core::Clock;
use clio_fixtures::{ClioWorld, VirtualClock};
use criterion::Criterion;
use http::Request;
use peak_alloc::PeakAlloc;
use serde::{Deserialize, Serialize};

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

const FIELDS: &str =
    "id,etag,date,type,quantity,price,note,updated_at,matter{id,display_number},user{id,name}";

/// The same record as the list answers, as a program of one's own would have it.
#[derive(Serialize, Deserialize)]
struct Row {
    id: i64,
    etag: String,
    date: NaiveDate,
    r#type: String,
    quantity: f64,
    price: f64,
    note: String,
    updated_at: DateTime<Utc>,
    matter: Matter,
    user: User,
}

#[derive(Serialize, Deserialize)]
struct Matter {
    id: i64,
    display_number: String,
}

#[derive(Serialize, Deserialize)]
struct User {
    id: i64,
    name: String,
}

#[derive(Serialize, Deserialize)]
struct Page {
    data: Vec<Row>,
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let mut criterion = Criterion::default().configure_from_args();

    let before = ALLOCATED.current_usage();
    let world = ClioWorld::firm(7)
        .matters(1_000)
        .activities(100_000)
        .rate_limit(None)
        .clock(VirtualClock::new())
        .start();
    let kib = u32::try_from((ALLOCATED.current_usage() - before) / 1024).expect("less than 4 TiB");
    let mib = f64::from(kib) / 1024.0;
    println!("100 000 activities, 1 000 matters: {mib:.1} MiB (target: at most 200)");

    let target = format!("https://clio.test/api/v4/activities.json?limit=200&fields={FIELDS}");
    let target = target.replace('{', "%7B").replace('}', "%7D");
    let request = || {
        Request::get(&target)
            .header("authorization", format!("Bearer {}", world.token().access.expose()))
            .body(Bytes::new())
            .expect("a request")
    };
    let now = VirtualClock::new().now();
    let list = || world.handle(request(), now);
    let page: Page = serde_json::from_slice(list().body()).expect("a page");
    assert_eq!(page.data.len(), 200);
    let encode = || serde_json::to_vec(&page).expect("JSON");

    let mut group = criterion.benchmark_group("200 activities of 10 fields");
    group.bench_function("serde_json", |b| b.iter(|| black_box(encode())));
    group.bench_function("world", |b| b.iter(|| black_box(list())));
    group.finish();
    let mut group = criterion.benchmark_group("a world of 1000 matters");
    group.sample_size(10);
    group.bench_function("start", |b| b.iter(|| black_box(ClioWorld::firm(7).matters(1_000).start())));
    group.finish();
    criterion.final_summary();

    // The two in turn, round by round, so that a busy machine slows both; the middle of all rounds counts.
    let ratio = middle((0..51).map(|_| {
        let plain = time(20, || drop(black_box(encode())));
        time(20, || drop(black_box(list()))).as_secs_f64() / plain.as_secs_f64()
    }));
    println!("world/serde_json ratio: {ratio:.2} (target: at most 3)");
    let start = middle((0..11).map(|_| {
        time(1, || drop(black_box(ClioWorld::firm(7).matters(1_000).start()))).as_secs_f64() * 1_000.0
    }));
    println!("start of 1 000 matters: {start:.1} ms (target: at most 50)");
}

fn middle(rounds: impl Iterator<Item = f64>) -> f64 {
    let mut rounds: Vec<_> = rounds.collect();
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}

fn time(rounds: u32, run: impl Fn()) -> Duration {
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
    let now = std::time::Instant::now;
    let start = now();
    for _ in 0..rounds {
        run();
    }
    start.elapsed()
}
