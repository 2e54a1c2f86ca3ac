//! What the whole stack costs over bare reqwest, in processor time a request: `cargo bench -p clio-api --bench overhead`.
//!
//! Both ask the same server, in another process, for the same bytes, and decode them into the same struct. Rounds of the
//! two take turns, and the median round of each counts.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use clio_api::{Clio, Id, Region, Selection, Token, objects::Matter};
use nix::time::{ClockId, clock_gettime};
use serde::Deserialize;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

#[derive(Debug, Selection, Deserialize)]
#[clio(object = "Matter")]
#[allow(dead_code, reason = "decoded, and not looked at")]
struct Row {
    id: Id<Matter>,
    display_number: String,
    description: String,
}

#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

/// What both ask for.
const FIELDS: &str = "fields=id%2Cdisplay_number%2Cdescription";

const ROUNDS: usize = 15;
const REQUESTS: u32 = 400;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    if std::env::args().any(|argument| argument == "--serve") {
        runtime.block_on(serve());
        return;
    }
    let server = Server::start();
    runtime.block_on(async {
        println!("processor time a request, ours / bare reqwest with serde_json (target 1.10)");
        compare(&server, "one record", &format!("{}/api/v4/matters/1.json?{FIELDS}", server.address), false)
            .await;
        compare(&server, "a page of 200", &format!("{}/api/v4/matters.json?{FIELDS}", server.address), true)
            .await;
    });
}

async fn compare(server: &Server, what: &str, url: &str, list: bool) {
    let bare = reqwest::Client::builder().no_proxy().build().expect("a client");
    let region = Region::custom(&server.address).expect("loopback");
    let clio = Clio::builder(region).token(Token::access_only("t")).build().expect("a client");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = cpu();
        for _ in 0..REQUESTS {
            let request = bare
                .get(url)
                .bearer_auth("t")
                .header("accept", "application/json")
                .header("x-api-version", "4.0.13");
            let bytes = request.send().await.expect("an answer").bytes().await.expect("a body");
            let rows = if list {
                serde_json::from_slice::<Envelope<Vec<Row>>>(&bytes).expect("rows").data
            } else {
                vec![serde_json::from_slice::<Envelope<Row>>(&bytes).expect("a row").data]
            };
            assert_eq!(rows[0].id.get(), 1);
        }
        theirs.push(cpu().saturating_sub(start));
        let start = cpu();
        for _ in 0..REQUESTS {
            let id = if list {
                let page = clio.matters().list().select::<Row>().await.expect("a page");
                assert_eq!(page.records.len(), 200);
                page.records.into_iter().next().expect("a row").expect("a row").id
            } else {
                clio.matters().get(Id::new(1)).select::<Row>().await.expect("a row").id
            };
            assert_eq!(id.get(), 1);
        }
        ours.push(cpu().saturating_sub(start));
    }
    let each = |rounds: &mut Vec<Duration>| {
        rounds.sort();
        rounds[ROUNDS / 2].as_secs_f64() * 1e6 / f64::from(REQUESTS)
    };
    let (ours, theirs) = (each(&mut ours), each(&mut theirs));
    println!("  {what}: {ours:.1} us / {theirs:.1} us = {:.3}", ours / theirs);
}

/// The processor time of this process.
fn cpu() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).expect("the clock of the process").into()
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
            Command::new(program).arg("--serve").stdout(Stdio::piped()).spawn().expect("a server");
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

async fn answer(mut stream: TcpStream) {
    let row = |id: u32| {
        format!(r#"{{"id":{id},"display_number":"{id:05}-Byron","description":"A will and a trust"}}"#)
    };
    let (one, mut many) = (format!(r#"{{"data":{}}}"#, row(1)), String::from(r#"{"data":["#));
    for id in 1..=200 {
        let _ = write!(many, "{}{}", if id == 1 { "" } else { "," }, row(id));
    }
    many.push_str("]}");
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        while !read.windows(4).any(|end| end == b"\r\n\r\n") {
            match stream.read(&mut buffer).await {
                Ok(count) if count > 0 => read.extend_from_slice(&buffer[..count]),
                _ => return,
            }
        }
        let body = if read.starts_with(b"GET /api/v4/matters.json") { &many } else { &one };
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             date: Sat, 14 Mar 2026 09:00:00 GMT\r\nx-ratelimit-limit: 1000000\r\n\
             x-ratelimit-remaining: 999999\r\nx-ratelimit-reset: 1773478860\r\nx-api-version: 4.0.13\r\n\r\n",
            body.len()
        );
        read.clear();
        if stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).await.is_err() {
            return;
        }
    }
}
