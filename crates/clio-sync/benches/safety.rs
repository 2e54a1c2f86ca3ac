//! What it costs that a write happens once: `cargo bench -p clio-sync --bench safety`.
//!
//! Creates time entries by the engine, with the ledger in an SQLite file of `synchronous=FULL`, beside a bare loop that
//! posts the same bodies. Both ask the same server, which is this program once more and takes a millisecond for each
//! answer. Once as fast as it goes, and once paced at Clio's 50 requests a minute.

#![expect(clippy::print_stdout, clippy::cast_precision_loss, reason = "a bench measures and tells")]
#![expect(clippy::disallowed_methods, reason = "a bench measures real time")]

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use clio_api::{Clio, Id, Region, Token};
use clio_core::{Body, Seconds};
use clio_model::TimeEntry;
use clio_sync::{
    Adapter, Capabilities, CursorPage, CursorSource, Engine, Flow, FlowKey, Found, Incoming, LineOutcome,
    Look, Mapped, Outcome, Pass, Ready, Result, SendLimits, Sending, Target, hub,
};
use clio_sync_sqlite::SqliteStore;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// How many are created as fast as it goes, and how many at Clio's pace.
const UNPACED: usize = 2_000;
const PACED: usize = 20;

/// Clio's limit: 50 requests a minute.
const PACE: Duration = Duration::from_millis(1_200);

const ROUNDS: usize = 3;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    if std::env::args().any(|argument| argument == "serve") {
        runtime.block_on(serve());
    } else {
        runtime.block_on(compare());
    }
}

async fn compare() {
    let server = Server::start();
    let mut unpaced = Vec::new();
    for _ in 0..ROUNDS {
        let bare = bare(&server.address, UNPACED, None).await;
        unpaced.push((ours(&server.address, UNPACED, None).await, bare));
    }
    unpaced.sort_by(|(a, b), (c, d)| ratio(*a, *b).total_cmp(&ratio(*c, *d)));
    let (ours_took, bare_took) = unpaced[ROUNDS / 2];
    tell("as fast as it goes, server of 1 ms", UNPACED, ours_took, bare_took, 1.5);
    let bare_took = bare(&server.address, PACED, Some(PACE)).await;
    let ours_took = ours(&server.address, PACED, Some(PACE)).await;
    tell("at 50 a minute", PACED, ours_took, bare_took, 1.02);
}

fn tell(what: &str, records: usize, ours: Duration, bare: Duration, target: f64) {
    let each = |took: Duration| took.as_secs_f64() * 1e3 / records as f64;
    println!(
        "{what}: a created record takes {:.2} ms, in a bare loop {:.2} ms: {:.3} of it (target {target})",
        each(ours),
        each(bare),
        ratio(ours, bare)
    );
}

fn ratio(ours: Duration, bare: Duration) -> f64 {
    ours.as_secs_f64() / bare.as_secs_f64()
}

fn entry(number: usize) -> TimeEntry {
    let date = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day");
    let note = format!("Draft letter {number}");
    TimeEntry::on(Id::new(7), date).duration(Seconds(1_800)).note(note).user(Id::new(3))
}

async fn until(moment: Instant) {
    tokio::time::sleep_until(moment.into()).await;
}

async fn bare(address: &str, records: usize, pace: Option<Duration>) -> Duration {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let url = format!("{address}/api/v4/activities.json?fields=id%2Cetag");
    let start = Instant::now();
    for number in 0..records {
        if let Some(pace) = pace {
            until(start + pace * u32::try_from(number).expect("a few")).await;
        }
        let body = format!("{{\"data\":{}}}", entry(number).json().expect("a body"));
        let request =
            client.post(&url).bearer_auth("t").header("content-type", "application/json").body(body);
        let answer = request.send().await.expect("an answer").bytes().await.expect("a body");
        let answer: serde_json::Value = serde_json::from_slice(&answer).expect("JSON");
        assert!(answer["data"]["id"].is_i64());
    }
    start.elapsed()
}

async fn ours(address: &str, records: usize, pace: Option<Duration>) -> Duration {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = Engine::new(SqliteStore::open(folder.path().join("state.sqlite")).expect("a store"));
    let region = Region::custom(address).expect("loopback");
    let clio = Clio::builder(region).token(Token::access_only("t")).build().expect("a client");
    clio.users().who_am_i().await.expect("the server's time");
    let firm = engine.firm("bench", clio);
    let start = Instant::now();
    firm.attach(Ledger { records, start, pace, sent: Arc::default() });
    let report = firm.run("ledger/time").await.expect("a run");
    assert_eq!(report.count(LineOutcome::Created), records);
    start.elapsed()
}

/// An adapter with so many entries, and the pace at which they are sent.
#[derive(Debug, Clone)]
struct Ledger {
    records: usize,
    start: Instant,
    pace: Option<Duration>,
    sent: Arc<AtomicU32>,
}

#[async_trait]
impl Adapter for Ledger {
    fn name(&self) -> &'static str {
        "ledger"
    }

    fn flows(&self) -> Vec<Flow> {
        vec![Flow::new("time")]
    }

    async fn reconcile(&self, _: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        let target = Paced { inner: hub::activities(&pass.clio()?), ledger: self.clone() };
        let mapper = |number: &usize| match hub::activity(&entry(*number), "letter") {
            Ok(write) => Mapped::Create(write),
            Err(error) => Mapped::Reject(error.to_string()),
        };
        pass.pull(self.clone(), mapper).into(target).await
    }
}

#[async_trait]
impl CursorSource for Ledger {
    type Record = usize;

    fn kind(&self) -> &'static str {
        "ledger/entry"
    }

    async fn page(&self, _: Option<DateTime<Utc>>, position: Option<&str>) -> Result<CursorPage<usize>> {
        let from: usize = position.and_then(|position| position.parse().ok()).unwrap_or(0);
        let to = (from + 200).min(self.records);
        Ok(CursorPage {
            records: (from..to).map(|number| Incoming::new(number.to_string(), "1", number)).collect(),
            next: (to < self.records).then(|| to.to_string()),
            server_time: Some(Utc::now()),
            ..CursorPage::default()
        })
    }
}

/// Activities, at the pace of a rate limit.
struct Paced {
    inner: hub::Activities,
    ledger: Ledger,
}

#[async_trait]
impl Target for Paced {
    fn kind(&self) -> &str {
        self.inner.kind()
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn monotonic(&self) -> Duration {
        self.inner.monotonic()
    }

    async fn prepare(&self, within: Duration) -> Result<Ready> {
        let number = self.ledger.sent.fetch_add(1, Ordering::Relaxed);
        if let Some(pace) = self.ledger.pace {
            until(self.ledger.start + pace * number).await;
        }
        self.inner.prepare(within).await
    }

    async fn server_time(&self) -> Result<DateTime<Utc>> {
        self.inner.server_time().await
    }

    async fn send(&self, sendings: &[Sending], limits: SendLimits, ready: Ready) -> Vec<Outcome> {
        self.inner.send(sendings, limits, ready).await
    }

    async fn look(&self, look: &Look) -> Result<Vec<Found>> {
        self.inner.look(look).await
    }
}

/// This program once more, as a server.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start() -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut process =
            Command::new(program).arg("serve").stdout(Stdio::piped()).spawn().expect("a server");
        let mut address = String::new();
        let out = process.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut address).expect("its address");
        Self { process, address: address.trim().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("http://{}", listener.local_addr().expect("an address"));
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream));
    }
}

/// Answers each request with a new activity that has what was sent.
async fn answer(mut stream: TcpStream) {
    static IDS: AtomicI64 = AtomicI64::new(1);
    let mut read: Vec<u8> = Vec::new();
    while let Some((head, body)) = request(&mut stream, &mut read).await {
        tokio::time::sleep(Duration::from_millis(1)).await;
        let id = IDS.fetch_add(1, Ordering::Relaxed);
        let mut data = serde_json::json!({"id": id, "etag": format!("\"{id:032x}\"")});
        let status = if head.starts_with("post") { "201 Created" } else { "200 OK" };
        let sent: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        for (name, value) in sent["data"].as_object().into_iter().flatten() {
            data[name] = value.clone();
        }
        let body = serde_json::json!({ "data": data }).to_string();
        let now = Utc::now();
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\ndate: {}\r\n\
             x-ratelimit-limit: 1000000\r\nx-ratelimit-remaining: 999999\r\nx-ratelimit-reset: {}\r\n\
             x-api-version: 4.0.13\r\n\r\n{body}",
            body.len(),
            now.format("%a, %d %b %Y %H:%M:%S GMT"),
            now.timestamp() + 60
        );
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// The head and the body of the next request.
async fn request(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<(String, Vec<u8>)> {
    let mut buffer = [0; 4096];
    loop {
        if let Some(end) = read.windows(4).position(|end| end == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            let whole = end + 4 + length.unwrap_or(0);
            if read.len() >= whole {
                let body = read[end + 4..whole].to_vec();
                read.drain(..whole);
                return Some((head, body));
            }
        }
        match stream.read(&mut buffer).await {
            Ok(count) if count > 0 => read.extend_from_slice(&buffer[..count]),
            _ => return None,
        }
    }
}
