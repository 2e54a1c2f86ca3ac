//! Uploads 1 GiB to a server in another process: how much memory that takes, and how fast it is beside a plain copy.
//!
//! `cargo bench -p clio-api --bench upload`. The server is this program with an argument. It takes everything and keeps
//! nothing. Nothing here fails by being slow: the lines are to be read.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "it measures and tells"
)]

use std::{
    hint::black_box,
    io::{self, BufRead, BufReader, Write},
    pin::Pin,
    process::{Child, Command, Stdio},
    task::{Context, Poll},
    time::Instant,
};

use bytes::{Bytes, BytesMut};
use clio_api::{
    Clio, Id, Region, Token,
    files::{Content, Parent},
};
use md5::{Digest, Md5};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncSeek, AsyncWriteExt, ReadBuf},
    net::{TcpListener, TcpStream},
};

const MIB: u64 = 1024 * 1024;
const LENGTH: u64 = 1024 * MIB;
const TARGET: u64 = 64;

/// The one who is measured must not have run anything else before: the peak of memory is that of the whole process.
fn main() -> io::Result<()> {
    let argument = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match argument.as_deref() {
        Some("serve") => runtime.block_on(serve()),
        Some(way) => runtime.block_on(measured(way)),
        None => compare(),
    }
}

/// Each way in a process of its own.
fn compare() -> io::Result<()> {
    let mut server = Server::start()?;
    println!("{} MiB over loopback, server in another process", LENGTH / MIB);
    let mut plain = None;
    for way in ["plain", "md5", "reader", "unknown", "seekable"] {
        let output =
            Command::new(std::env::current_exe()?).arg(way).env("CLIO_BENCH", &server.address).output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut numbers = text.split_whitespace().filter_map(|number| number.parse::<f64>().ok());
        let (Some(seconds), Some(peak)) = (numbers.next(), numbers.next()) else {
            println!("{way}: failed\n{text}{}", String::from_utf8_lossy(&output.stderr));
            continue;
        };
        let plain = *plain.get_or_insert(seconds);
        println!(
            "{way:9} {:6.0} MiB/s, {:4.2} of plain; peak {peak:5.1} MiB, target {TARGET}",
            (LENGTH / MIB) as f64 / seconds,
            plain / seconds,
        );
    }
    server.child.kill()?;
    server.child.wait().map(drop)
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start() -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?).arg("serve").stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut address)?;
        }
        Ok(Self { child, address: address.trim().to_owned() })
    }
}

/// One way of sending, and a line with its seconds and the peak of memory in MiB.
async fn measured(way: &str) -> io::Result<()> {
    let address = std::env::var("CLIO_BENCH").map_err(io::Error::other)?;
    let start = Instant::now();
    match way {
        "plain" => plain(&address, false).await?,
        "md5" => plain(&address, true).await?,
        "reader" => upload(&address, Content::reader_of(Generated::new(), LENGTH)).await,
        "unknown" => upload(&address, Content::reader(Generated::new())).await,
        _ => upload(&address, Content::seekable(Generated::new())).await,
    }
    println!("{} {}", start.elapsed().as_secs_f64(), peak());
    Ok(())
}

/// The same bytes, written to a socket, digested or not.
async fn plain(address: &str, digested: bool) -> io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    let head = format!("PUT /plain HTTP/1.1\r\nhost: x\r\ncontent-length: {LENGTH}\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let mut buffer = vec![0; 256 * 1024];
    let (mut content, mut digest) = (Generated::new(), Md5::new());
    loop {
        let count = content.read(&mut buffer).await?;
        if count == 0 {
            break;
        }
        if digested {
            digest.update(&buffer[..count]);
        }
        stream.write_all(&buffer[..count]).await?;
    }
    black_box(digest.finalize());
    stream.read(&mut buffer).await.map(drop)
}

async fn upload(address: &str, content: Content) {
    let region = Region::custom(&format!("http://{address}")).expect("an address");
    let clio = Clio::builder(region).token(Token::access_only("t")).build().expect("a client");
    let parent = Parent::Matter(Id::new(1));
    clio.documents().upload(parent, "a.bin", content).await.expect("an upload");
}

/// The most memory that this process had so far, in MiB.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or(f64::NAN) / 1024.0
}

/// Bytes that follow from their place.
struct Generated {
    at: u64,
}

impl Generated {
    fn new() -> Self {
        Self { at: 0 }
    }
}

impl AsyncRead for Generated {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let left =
            usize::try_from(LENGTH - self.at).unwrap_or(usize::MAX).min(to.remaining()).min(256 * 1024);
        let byte = self.at.to_le_bytes()[2];
        to.initialize_unfilled_to(left).fill(byte);
        to.advance(left);
        self.at += left as u64;
        Poll::Ready(Ok(()))
    }
}

impl AsyncSeek for Generated {
    fn start_seek(mut self: Pin<&mut Self>, to: io::SeekFrom) -> io::Result<()> {
        let moved = |from: u64, by: i64| from.checked_add_signed(by).ok_or(io::ErrorKind::InvalidInput);
        self.at = match to {
            io::SeekFrom::Start(at) => at,
            io::SeekFrom::End(by) => moved(LENGTH, by)?,
            io::SeekFrom::Current(by) => moved(self.at, by)?,
        };
        Ok(())
    }

    fn poll_complete(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Poll::Ready(Ok(self.at))
    }
}

/// Just enough of Clio and of a storage host.
async fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    println!("{address}");
    io::stdout().flush()?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(connection(stream, address.clone()));
    }
}

async fn connection(mut stream: TcpStream, address: String) -> io::Result<()> {
    let mut buffer = BytesMut::with_capacity(512 * 1024);
    while let Some(head) = head(&mut stream, &mut buffer).await? {
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<u64>().ok())?
        });
        let body = body(&mut stream, &mut buffer, length.unwrap_or(0), head.starts_with("PUT")).await?;
        let (status, json) = match head.split(' ').next() {
            Some("POST") => ("201 Created", document(&address, &body)),
            Some("PATCH") => ("200 OK", document(&address, &body)),
            _ => ("200 OK", String::new()),
        };
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{json}", json.len());
        stream.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

async fn head(stream: &mut TcpStream, buffer: &mut BytesMut) -> io::Result<Option<String>> {
    loop {
        if let Some(end) = buffer.windows(4).position(|part| part == b"\r\n\r\n") {
            let head = buffer.split_to(end + 4);
            return Ok(Some(String::from_utf8_lossy(&head).into_owned()));
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}

/// Reads a body; of a file it keeps nothing.
async fn body(
    stream: &mut TcpStream,
    buffer: &mut BytesMut,
    length: u64,
    drop_it: bool,
) -> io::Result<Bytes> {
    let (mut kept, mut left) = (BytesMut::new(), length);
    while left > 0 {
        if buffer.is_empty() {
            buffer.reserve(512 * 1024);
            if stream.read_buf(buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let piece = buffer.split_to(buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX)));
        left -= piece.len() as u64;
        if !drop_it {
            kept.extend_from_slice(&piece);
        }
    }
    Ok(kept.freeze())
}

/// A document with an address for each part that the request announces.
fn document(address: &str, body: &[u8]) -> String {
    let request: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let parts = request["data"]["multiparts"].as_array().cloned().unwrap_or_default();
    let parts: Vec<_> = parts
        .iter()
        .map(|part| {
            let number = &part["part_number"];
            serde_json::json!({"part_number": number, "put_url": format!("http://{address}/put?part={number}"),
                "put_headers": [{"name": "Content-MD5", "value": part["content_md5"]}]})
        })
        .collect();
    serde_json::json!({"data": {"id": 1, "etag": "e", "latest_document_version": {
        "uuid": "u", "put_url": format!("http://{address}/put"), "multiparts": parts}}})
    .to_string()
}
