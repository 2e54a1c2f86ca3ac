//! A page of 200 matters, decoded by `#[derive(Selection)]` and by plain `serde_json` with serde's derive on the same
//! struct. `cargo bench -p clio-core --bench decode` prints the ratio of the two, which should be at most 1.15.
//!
//! The whole road of a page is measured on our side: the envelope, the link to the next page, a `Result` for each record.

#![allow(missing_docs, reason = "criterion makes public functions")]
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::{fmt::Write as _, hint::black_box, time::Duration};

use chrono::{DateTime, NaiveDate, Utc};
use clio_core::{
    Base, Etag, Id, Selection,
    response::{self, RawResponse},
    schema::{
        Operation,
        objects::{Contact, Matter, User},
        operations::ListMatters,
    },
    values::{MatterStatus, choice},
};
use criterion::{Criterion, Throughput};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

/// Ten fields; the same type is decoded both ways.
#[derive(Debug, PartialEq, Deserialize, Selection)]
#[clio(object = "Matter")]
struct Row {
    id: Id<Matter>,
    etag: Etag,
    display_number: String,
    description: Option<String>,
    #[serde(deserialize_with = "choice")]
    status: MatterStatus,
    billable: bool,
    open_date: Option<NaiveDate>,
    updated_at: DateTime<Utc>,
    client: Option<Client>,
    responsible_attorney: Option<Attorney>,
}

#[derive(Debug, PartialEq, Deserialize, Selection)]
#[clio(object = "Contact")]
struct Client {
    id: Id<Contact>,
    name: String,
}

#[derive(Debug, PartialEq, Deserialize, Selection)]
#[clio(object = "User")]
struct Attorney {
    id: Id<User>,
    name: String,
}

#[derive(Debug, Deserialize)]
struct Envelope {
    data: Vec<Row>,
}

fn body() -> String {
    let mut rows = String::new();
    for n in 0..200 {
        let comma = if n == 0 { "" } else { "," };
        let _ = write!(
            rows,
            r#"{comma}{{"id":{},"etag":"\"{n:032x}\"","display_number":"{n:05}-Lovelace","description":"The matter of the engine, number {n}","status":"Open","billable":true,"open_date":"2026-03-14","updated_at":"2026-03-14T09:26:53Z","client":{{"id":{n},"name":"Ada Lovelace"}},"responsible_attorney":{{"id":{n},"name":"Charles Babbage"}}}}"#,
            1_000_000 + n
        );
    }
    let next = "https://x.example/api/v4/matters.json?page_token=abc";
    format!(r#"{{"data":[{rows}],"meta":{{"records":200,"paging":{{"next":"{next}"}}}}}}"#)
}

fn main() {
    let answer = RawResponse { status: StatusCode::OK, headers: HeaderMap::new(), body: body().into() };
    let base = Base::parse("https://x.example/api/v4").unwrap();
    let ours = || response::list::<Matter, Row>(&answer, ListMatters::INFO, &base).unwrap();
    let plain = || serde_json::from_slice::<Envelope>(&answer.body).unwrap();
    assert!(ours().records.into_iter().map(Result::unwrap).eq(plain().data));

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("200 matters of 10 fields");
    group.throughput(Throughput::Bytes(answer.body.len() as u64));
    group.bench_function("serde", |b| b.iter(|| black_box(plain())));
    group.bench_function("selection", |b| b.iter(|| black_box(ours())));
    group.finish();
    criterion.final_summary();

    // The two in turn, round by round, so that a busy machine slows both; the middle of all rounds counts.
    let mut ratios: Vec<f64> = (0..51)
        .map(|_| {
            let plain = time(|| drop(black_box(plain())));
            time(|| drop(black_box(ours()))).as_secs_f64() / plain.as_secs_f64()
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!("selection/serde ratio: {:.3} (target: at most 1.15)", ratios[ratios.len() / 2]);
}

fn time(run: impl Fn()) -> Duration {
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
    let now = std::time::Instant::now;
    let start = now();
    for _ in 0..20 {
        run();
    }
    start.elapsed()
}
