//! Hosts of bytes that do not behave, between the client and the fake.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use clio_api::{
    Applied, Clio, ErrorKind, Limits, Payload, Region, Transport, TransportError, files::TransferLimits,
};
use clio_core::Clock as _;
use futures_util::stream;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};

use super::{Bench, seconds};

/// What is wrong with a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Twist {
    /// Nothing.
    None,
    /// Refuses every PUT as if its address were spent.
    RefusesPuts,
    /// Says that it has taken bytes, and has not.
    ForgetsPuts,
    /// Spoils the bytes of the first PUT.
    SpoilsOnePut,
    /// Clio sends to plain http.
    PlainHttp,
    /// Sends on to another host.
    SendsOn,
    /// Sends on in circles.
    Circles,
    /// A byte a minute.
    Drips,
    /// A byte each 20 seconds.
    DripsFaster,
    /// Answers the whole file whatever range is asked for, and breaks once.
    IgnoresRanges,
    /// Ends in good order before the length that it said, once.
    EndsEarly,
    /// Answers another range.
    OtherRange,
    /// The file is another one after the first break.
    Changes,
    /// Says nothing that a file could be known by, and breaks once.
    Nameless,
    /// Does not say how long the file is, nor which one, and does not break.
    Endless,
}

/// A client whose requests pass this host. What goes to the API is left as it is.
pub(super) struct Hosts {
    pub(super) clio: Clio,
    seen: Arc<Mutex<Vec<(String, bool)>>>,
    conditions: Arc<Mutex<Vec<bool>>>,
}

impl Hosts {
    pub(super) fn new(bench: &Bench, twist: Twist) -> Self {
        let (seen, conditions) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<Mutex<Vec<_>>>::default());
        let host = Host {
            inner: bench.world.transport(),
            twist,
            seen: seen.clone(),
            conditions: conditions.clone(),
            bench: bench.clock.clone(),
        };
        let clio = Clio::builder(Region::custom(&bench.world.host_url()).unwrap())
            .transport(Arc::new(host))
            .clock(bench.clock.clone())
            .token(bench.world.token())
            .build()
            .unwrap();
        Self { clio, seen, conditions }
    }

    /// Of each change that was sent, whether it depended on a version.
    pub(super) fn conditions(&self) -> Vec<bool> {
        self.conditions.lock().unwrap().clone()
    }

    /// The hosts that were asked, and whether they saw a token.
    fn seen(&self) -> Vec<(String, bool)> {
        self.seen.lock().unwrap().clone()
    }
}

#[derive(Debug)]
struct Host {
    inner: Arc<dyn Transport>,
    twist: Twist,
    seen: Arc<Mutex<Vec<(String, bool)>>>,
    conditions: Arc<Mutex<Vec<bool>>>,
    bench: Arc<clio_fixtures::VirtualClock>,
}

const FILE: &str = "0123456789";

#[async_trait]
impl Transport for Host {
    async fn send(
        &self,
        mut request: Request<Payload>,
        limits: Limits,
    ) -> Result<Response<Payload>, TransportError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let to_storage = host != "clio.test";
        if request.method() == Method::PATCH {
            self.conditions.lock().unwrap().push(request.headers().contains_key(header::IF_MATCH));
        }
        let earlier = {
            let mut seen = self.seen.lock().unwrap();
            seen.push((host, request.headers().contains_key(header::AUTHORIZATION)));
            seen.iter().filter(|(_, token)| !token).count()
        };
        if to_storage && *request.method() == Method::GET {
            return Ok(self.file(&request, earlier));
        }
        if to_storage {
            let (head, body) = request.into_parts();
            let bytes = body.into_bytes(u64::MAX).await?;
            match self.twist {
                Twist::ForgetsPuts => return Ok(Response::new(Payload::Empty)),
                Twist::RefusesPuts => {
                    let mut answer = Response::new(Payload::Empty);
                    *answer.status_mut() = StatusCode::FORBIDDEN;
                    return Ok(answer);
                }
                Twist::SpoilsOnePut if earlier == 1 => {
                    let spoilt = bytes.iter().map(|byte| byte ^ 1).collect::<Bytes>();
                    request = Request::from_parts(head, Payload::Bytes(spoilt));
                }
                _ => request = Request::from_parts(head, Payload::Bytes(bytes)),
            }
        }
        let mut answer = self.inner.send(request, limits).await?;
        if self.twist == Twist::PlainHttp {
            if let Some(location) = answer.headers_mut().get_mut(header::LOCATION) {
                *location = HeaderValue::from_static("http://storage.clio.test/x");
            }
            answer = plain(answer).await?;
        }
        Ok(answer)
    }
}

/// Every https in the body becomes http.
async fn plain(answer: Response<Payload>) -> Result<Response<Payload>, TransportError> {
    let (head, body) = answer.into_parts();
    let text = String::from_utf8(body.into_bytes(u64::MAX).await?.to_vec()).unwrap();
    Ok(Response::from_parts(head, Payload::Bytes(text.replace("https://", "http://").into())))
}

impl Host {
    fn file(&self, request: &Request<Payload>, earlier: usize) -> Response<Payload> {
        let first = request.headers().get(header::RANGE);
        let same = request.headers().get(header::IF_RANGE);
        let named = !matches!(self.twist, Twist::Nameless | Twist::Endless);
        assert_eq!(
            same.is_some_and(|same| same == "\"a\""),
            first.is_some() && named,
            "a part of the same file"
        );
        let first: usize =
            first.map_or(0, |range| range.to_str().unwrap()[6..].trim_end_matches('-').parse().unwrap());
        let (status, body) = match self.twist {
            Twist::IgnoresRanges | Twist::Nameless | Twist::Endless => (StatusCode::OK, FILE),
            Twist::Changes if earlier > 1 => (StatusCode::OK, "9876543210"),
            _ if first > 0 => (StatusCode::PARTIAL_CONTENT, &FILE[first..]),
            _ => (StatusCode::OK, FILE),
        };
        if matches!(self.twist, Twist::SendsOn if earlier == 1) || self.twist == Twist::Circles {
            let mut answer = Response::new(Payload::Empty);
            *answer.status_mut() = StatusCode::TEMPORARY_REDIRECT;
            let to = if earlier % 2 == 1 { "https://other.example/x" } else { "/y" };
            answer.headers_mut().insert(header::LOCATION, HeaderValue::from_static(to));
            return answer;
        }
        let mut answer = Response::new(self.body(body, earlier));
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        if self.twist != Twist::Endless {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        if !matches!(self.twist, Twist::Nameless | Twist::Endless) {
            let tag = if self.twist == Twist::Changes && earlier > 1 { "\"b\"" } else { "\"a\"" };
            headers.insert(header::ETAG, HeaderValue::from_static(tag));
        }
        headers.insert(
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"../brief.pdf\""),
        );
        if status == StatusCode::PARTIAL_CONTENT {
            let shown = if self.twist == Twist::OtherRange { first + 1 } else { first };
            let range = format!("bytes {shown}-9/10");
            headers.insert(header::CONTENT_RANGE, HeaderValue::from_str(&range).unwrap());
        }
        answer
    }

    fn body(&self, body: &'static str, earlier: usize) -> Payload {
        let breaks = matches!(
            self.twist,
            Twist::IgnoresRanges | Twist::OtherRange | Twist::Changes | Twist::Nameless if earlier == 1
        );
        let pause = match self.twist {
            Twist::Drips => seconds(60),
            Twist::DripsFaster => seconds(20),
            _ => seconds(0),
        };
        let clock = self.bench.clone();
        let ends = if self.twist == Twist::EndsEarly && earlier == 1 { 4 } else { body.len() };
        let bytes = body[..ends].bytes().enumerate().map(move |(at, byte)| (at, byte, clock.clone()));
        Payload::Stream(Box::pin(futures_util::StreamExt::then(
            stream::iter(bytes),
            move |(at, byte, clock)| async move {
                if !pause.is_zero() {
                    clock.sleep(pause).await;
                }
                if breaks && at == 4 {
                    let why = "the connection broke";
                    return Err(TransportError::perhaps_sent(clio_api::TransportErrorKind::Interrupted, why));
                }
                Ok(Bytes::copy_from_slice(&[byte]))
            },
        )))
    }
}

/// A document, and what a download of it through such a host gives.
async fn download(twist: Twist) -> (Bench, Hosts, Result<Bytes, clio_api::Error>) {
    let bench = Bench::new();
    let id = bench.stored(FILE).await;
    let hosts = Hosts::new(&bench, twist);
    let result = match hosts.clio.documents().download(id).fetch().await {
        Ok(downloaded) => {
            assert_eq!(downloaded.name.as_deref(), Some("_brief.pdf"));
            downloaded.bytes(1000).await
        }
        Err(error) => Err(error),
    };
    (bench, hosts, result)
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_to_plain_http() {
    let (bench, hosts, result) = download(Twist::PlainHttp).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Address);
    assert_eq!(hosts.seen().len(), 1, "only Clio was asked");
    let upload = hosts.clio.documents().upload(bench.matter(), "a.txt", "secret");
    let error = upload.await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Address, Applied::No));
    assert!(hosts.seen().iter().all(|(host, _)| host == "clio.test"), "{:?}", hosts.seen());
    assert_eq!(bench.documents().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn another_host_sees_no_token() {
    let (_, hosts, result) = download(Twist::SendsOn).await;
    assert_eq!(result.unwrap(), FILE);
    let seen = hosts.seen();
    assert_eq!(seen.iter().map(|(_, token)| *token).collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(seen[2].0, "other.example");
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_sent_on_without_end_is_an_error() {
    let (_, hosts, result) = download(Twist::Circles).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Server);
    assert!(hosts.seen().len() <= 6 * 7, "{}", hosts.seen().len());
}

#[tokio::test(start_paused = true)]
async fn a_host_that_drips_is_given_up_in_bounded_time() {
    let (bench, _, result) = download(Twist::Drips).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Timeout);
    assert!(bench.clock.monotonic() < seconds(300), "{:?}", bench.clock.monotonic());
    // Each pause is short enough, all of them together are not.
    let (bench, _, result) = download(Twist::DripsFaster).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Timeout);
    assert!(bench.clock.monotonic() < seconds(300), "{:?}", bench.clock.monotonic());
}

/// The reader's own time does not count.
#[tokio::test(start_paused = true)]
async fn a_slow_reader_is_no_slow_host() {
    let bench = Bench::new();
    let id = bench.stored(FILE).await;
    let hosts = Hosts::new(&bench, Twist::DripsFaster);
    let limits = TransferLimits { base: seconds(201), ..TransferLimits::default() };
    let download = hosts.clio.documents().download(id).fetch().with_transfer_limits(limits);
    let mut downloaded = download.await.unwrap();
    let mut got = Vec::new();
    while let Some(piece) = futures_util::StreamExt::next(&mut downloaded.stream).await {
        got.extend_from_slice(&piece.unwrap());
        bench.clock.sleep(seconds(3600)).await;
    }
    assert_eq!(got, FILE.as_bytes());
}

#[tokio::test(start_paused = true)]
async fn what_is_the_same_file_goes_on_and_what_is_not_does_not() {
    for (twist, outcome) in [
        (Twist::IgnoresRanges, Ok(())),
        (Twist::Endless, Ok(())),
        (Twist::EndsEarly, Ok(())),
        (Twist::OtherRange, Err(ErrorKind::Decode)),
        (Twist::Changes, Err(ErrorKind::Content)),
        (Twist::Nameless, Err(ErrorKind::Content)),
    ] {
        let (_, _, result) = download(twist).await;
        match (result, outcome) {
            (Ok(bytes), Ok(())) => assert_eq!(bytes, FILE, "{twist:?}"),
            (Err(error), Err(kind)) => assert_eq!(error.kind(), kind, "{twist:?}"),
            (other, _) => panic!("{twist:?}: {other:?}"),
        }
    }
}
