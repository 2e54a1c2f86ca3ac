//! The first pull of 50,000 activities into SQLite by `Pass::mirror`, beside a bare loop: `cargo bench -p clio-sync`.
//!
//! The bare loop is what one would write by hand: reqwest, the same fields, rusqlite with a write-ahead log and
//! `synchronous=FULL`, one commit a page together with the link to the next. Both ask the same server, which is this program
//! once more; each round of each runs in a process of its own, so that its processor time and its peak of memory are its
//! own. Rounds take turns, and the median counts. The server has its pages ready, and is kept honest by a walk of the client
//! through all of them.

#![expect(clippy::print_stdout, clippy::cast_precision_loss, reason = "a bench measures and tells")]

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use async_trait::async_trait;
use clio_api::{Clio, Id, Region, Selection, Token, objects};
use clio_sync::{Adapter, Engine, Flow, FlowKey, Pass, Result, hub::lists};
use clio_sync_sqlite::SqliteStore;
use futures_util::TryStreamExt;
use nix::time::{ClockId, clock_gettime};
use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const RECORDS: usize = 50_000;
const PAGE: usize = 200;
const PAGES: usize = RECORDS.div_ceil(PAGE);
const ROUNDS: usize = 7;

/// What both read.
#[derive(Debug, Selection)]
#[clio(object = "Activity")]
struct Row {
    id: Id<objects::Activity>,
    etag: String,
    updated_at: chrono::DateTime<chrono::Utc>,
    date: chrono::NaiveDate,
    quantity_in_hours: f64,
    note: Option<String>,
    billed: bool,
    total: Option<clio_api::Amount>,
    matter: Option<Numbered>,
    user: Option<Named>,
}

#[derive(Debug, Selection)]
#[clio(object = "MatterBase")]
struct Numbered {
    id: Id<objects::Matter>,
    display_number: String,
}

#[derive(Debug, Selection)]
#[clio(object = "UserBase")]
struct Named {
    id: Id<objects::User>,
    name: String,
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve"] => runtime.block_on(serve()),
        ["bare", address, file] => runtime.block_on(measured(bare(address, Path::new(file)))),
        ["ours", address, file] => runtime.block_on(measured(ours(address, Path::new(file)))),
        _ => runtime.block_on(compare()),
    }
}

async fn compare() {
    let server = Server::start();
    let listed = client(&server.address).activities().list().select::<Row>().items();
    assert_eq!(listed.try_collect::<Vec<_>>().await.expect("pages that the client takes").len(), RECORDS);
    assert_eq!(server.requests().await, PAGES);

    let folder = tempfile::tempdir().expect("a folder");
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        for (way, figures) in [("bare", &mut bare), ("ours", &mut ours)] {
            let file = folder.path().join(format!("{way}-{round}.sqlite"));
            figures.push(server.run(way, &file));
            assert_eq!(server.requests().await, PAGES, "{way}: one request a page");
        }
    }
    let (ours, bare) = (Figures::median(ours), Figures::median(bare));
    println!("first pull of {RECORDS} activities: {PAGES} requests, ceil({RECORDS}/{PAGE})");
    let each = |figures: &Figures| figures.cpu.as_secs_f64() * 1e6 / 50_000.0;
    println!("  processor time a record: ours {:.2} us, bare {:.2} us", each(&ours), each(&bare));
    println!("  records a processor second, ours / bare: {:.2} (target 0.80)", each(&bare) / each(&ours));
    let mib = |kib: u64| kib as f64 / 1024.0;
    println!("  peak of memory: ours {:.1} MiB, bare {:.1} MiB", mib(ours.peak), mib(bare.peak));
    println!("  ours / bare: {:.2} (target 1.50)", mib(ours.peak) / mib(bare.peak));
    afterwards(&server, &folder.path().join("ours-0.sqlite")).await;
}

/// What the runs after the first one ask and write.
async fn afterwards(server: &Server, file: &Path) {
    server.run("ours", file);
    println!("nothing changed: {} request (target 1)", server.requests().await);
    let other = Connection::open(file).expect("the file");
    // As if nothing had been read; and whatever is written from here on has another time.
    other.execute_batch("DELETE FROM cursor; UPDATE mirror SET seen_at = 0").expect("marks");
    server.run("ours", file);
    let requests = server.requests().await;
    let count = |sql: &str| other.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a number");
    let (all, written) =
        (count("SELECT count(*) FROM mirror"), count("SELECT count(*) FROM mirror WHERE seen_at <> 0"));
    let writes = count("SELECT (SELECT count(*) FROM intent) + (SELECT count(*) FROM link)");
    println!(
        "all of {all} read again, unchanged: {requests} requests, {written} rows of the mirror written (target 0)"
    );
    assert_eq!((all, written, writes), (50_000, 0, 0), "rows, rows written, intents and links");
}

/// What a round took.
struct Figures {
    cpu: Duration,
    /// In KiB.
    peak: u64,
}

impl Figures {
    fn median(mut rounds: Vec<Self>) -> Self {
        rounds.sort_by_key(|figures| figures.cpu);
        rounds.swap_remove(rounds.len() / 2)
    }
}

/// Does the work and prints its processor time in microseconds and the peak of memory in KiB.
async fn measured(work: impl Future<Output = ()>) {
    let start = cpu();
    work.await;
    println!("{} {}", cpu().saturating_sub(start).as_micros(), peak());
}

/// The processor time of this process.
fn cpu() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).expect("the clock of the process").into()
}

/// The most memory that this process had so far, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn client(address: &str) -> Clio {
    let region = Region::custom(address).expect("loopback");
    Clio::builder(region).token(Token::access_only("t")).build().expect("a client")
}

/// The adapter whose flow is measured.
#[derive(Debug)]
struct Mirror;

#[async_trait]
impl Adapter for Mirror {
    fn name(&self) -> &'static str {
        "mirror"
    }

    fn flows(&self) -> Vec<Flow> {
        vec![Flow::new("activities")]
    }

    async fn reconcile(&self, _: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        let clio = pass.clio()?;
        pass.mirror(lists::activities(&clio).select::<Row>().as_text()).await
    }
}

async fn ours(address: &str, file: &Path) {
    let engine = Engine::new(SqliteStore::open(file).expect("a store"));
    let firm = engine.firm("bench", client(address));
    firm.attach(Mirror);
    let report = firm.run("mirror/activities").await.expect("a run");
    assert_eq!(report.lines, []);
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    meta: Meta,
}

#[derive(Deserialize)]
struct Meta {
    paging: Paging,
}

#[derive(Deserialize)]
struct Paging {
    next: Option<String>,
}

#[derive(Deserialize)]
struct Key<'a> {
    id: i64,
    #[serde(borrow)]
    etag: std::borrow::Cow<'a, str>,
}

async fn bare(address: &str, file: &Path) {
    let mut connection = Connection::open(file).expect("a file");
    connection.pragma_update(None, "journal_mode", "WAL").expect("a log");
    connection.pragma_update(None, "synchronous", "FULL").expect("full");
    connection
        .execute_batch(
            "CREATE TABLE activity (id INTEGER PRIMARY KEY, etag TEXT NOT NULL, body TEXT NOT NULL) STRICT;
             CREATE TABLE cursor (name TEXT PRIMARY KEY, next TEXT) STRICT;",
        )
        .expect("tables");
    let fields = <Row as Selection<objects::Activity>>::FIELDS.replace(',', "%2C").replace('{', "%7B");
    let fields = fields.replace('}', "%7D");
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let first = format!("{address}/api/v4/activities.json?fields={fields}&order=id%28asc%29&limit=200");
    let mut next = Some(first);
    while let Some(url) = next {
        let request = client.get(url).bearer_auth("t").header("accept", "application/json");
        let bytes = request.send().await.expect("an answer").bytes().await.expect("a body");
        let answer: Answer<'_> = serde_json::from_slice(&bytes).expect("a page");
        let transaction = connection.transaction().expect("a transaction");
        {
            let mut insert = transaction
                .prepare_cached("INSERT OR REPLACE INTO activity (id, etag, body) VALUES (?1, ?2, ?3)")
                .expect("a statement");
            for record in answer.data {
                let key: Key<'_> = serde_json::from_str(record.get()).expect("a record");
                insert.execute(params![key.id, key.etag, record.get()]).expect("a row");
            }
            transaction
                .prepare_cached("INSERT OR REPLACE INTO cursor (name, next) VALUES ('activities', ?1)")
                .expect("a statement")
                .execute([&answer.meta.paging.next])
                .expect("a row");
        }
        transaction.commit().expect("a commit");
        next = answer.meta.paging.next;
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

    /// One round, in a process of its own.
    fn run(&self, way: &str, file: &Path) -> Figures {
        let program = std::env::current_exe().expect("this program");
        let output = Command::new(program)
            .args([way, &self.address])
            .arg(file)
            .stderr(Stdio::inherit())
            .output()
            .expect("a round");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut numbers = text.split_whitespace().filter_map(|number| number.parse::<u64>().ok());
        let (Some(micros), Some(peak)) = (numbers.next(), numbers.next()) else {
            panic!("{way} failed: {text}");
        };
        Figures { cpu: Duration::from_micros(micros), peak }
    }

    /// The requests for pages since this was asked last.
    async fn requests(&self) -> usize {
        let answer = reqwest::get(format!("{}/requests", self.address)).await.expect("an answer");
        answer.text().await.expect("a text").parse().expect("a number")
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
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let pages: &'static [String] = (0..PAGES).map(|page| render(&address, page)).collect::<Vec<_>>().leak();
    println!("{address}");
    let asked: &'static std::sync::atomic::AtomicUsize = Box::leak(Box::default());
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream, pages, asked));
    }
}

fn render(address: &str, page: usize) -> String {
    let mut text = String::from(r#"{"data":["#);
    for id in page * PAGE + 1..=((page + 1) * PAGE).min(RECORDS) {
        let comma = if id % PAGE == 1 { "" } else { "," };
        let id = 1_000_000 + id;
        let matter = 7_000_000 + id % 311;
        let _ = write!(
            text,
            r#"{comma}{{"id":{id},"etag":"\"{id:032x}\"","updated_at":"2026-03-02T09:{:02}:{:02}+00:00","date":"2026-03-02","quantity_in_hours":0.5,"note":"Draft the share purchase agreement, and letter {id} to the other side about the warranties","billed":false,"total":125.0,"matter":{{"id":{matter},"display_number":"{matter:05}-Lovelace"}},"user":{{"id":{},"name":"Ada Byron"}}}}"#,
            id % 60,
            id % 59,
            345 + id % 7,
        );
    }
    text.push_str(r#"],"meta":{"paging":{"#);
    if page + 1 < PAGES {
        let _ = write!(
            text,
            r#""next":"{address}/api/v4/activities.json?fields=id%2Cetag&limit=200&order=id%28asc%29&page_token={}""#,
            page + 1
        );
    }
    let _ = write!(text, r#"}},"records":{RECORDS}}}}}"#);
    text
}

async fn answer(mut stream: TcpStream, pages: &[String], asked: &std::sync::atomic::AtomicUsize) {
    use std::sync::atomic::Ordering::Relaxed;
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        while !read.windows(4).any(|end| end == b"\r\n\r\n") {
            match stream.read(&mut buffer).await {
                Ok(count) if count > 0 => read.extend_from_slice(&buffer[..count]),
                _ => return,
            }
        }
        let head = String::from_utf8_lossy(&read);
        let target = head.split(' ').nth(1).unwrap_or_default();
        let counted;
        let body = if target == "/requests" {
            counted = asked.swap(0, Relaxed).to_string();
            &counted
        } else {
            asked.fetch_add(1, Relaxed);
            let page = target.rsplit_once("page_token=").map_or(0, |(_, page)| page.parse().unwrap_or(0));
            counted = r#"{"data":[],"meta":{"records":0,"paging":{}}}"#.to_owned();
            if target.contains("updated_since") { &counted } else { &pages[page] }
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             date: Sat, 14 Mar 2026 09:00:00 GMT\r\nx-ratelimit-limit: 1000000\r\n\
             x-ratelimit-remaining: 999999\r\nx-ratelimit-reset: 1773478860\r\nx-api-version: 4.0.13\r\n\r\n",
            body.len()
        );
        let whole = [head.as_bytes(), body.as_bytes()].concat();
        read.clear();
        if stream.write_all(&whole).await.is_err() {
            return;
        }
    }
}
