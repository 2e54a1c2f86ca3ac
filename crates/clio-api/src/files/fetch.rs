//! A download on its way: where it stands, and how it goes on after it broke.

use std::time::Duration;

use bytes::Bytes;
use clio_core::{
    Base, ByteStream, Error, ErrorKind, Payload, RequestParts, TransportError, TransportErrorKind,
};
use futures_util::{
    StreamExt,
    future::{Either, select},
    stream,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use url::Url;

use super::{
    TransferLimits,
    backoff::Backoff,
    download::Download,
    name::from_disposition,
    range::ContentRange,
    storage::{exchange, refusal, safe_address},
};
use crate::{CallOptions, Clio};

/// How often the host of the bytes may send on to another place.
const MOST_HOPS: usize = 5;

/// What the first answer says of the file.
pub(super) struct Head {
    pub(super) name: Option<String>,
    pub(super) content_type: Option<String>,
    /// Of what is to come.
    pub(super) length: Option<u64>,
    pub(super) etag: Option<String>,
}

pub(super) struct Fetch {
    clio: Clio,
    /// Asks for a fresh address.
    request: RequestParts,
    options: CallOptions,
    limits: TransferLimits,
    backoff: Backoff,
    /// The place in the file of the next byte that is handed out.
    at: u64,
    /// How long the whole file is, as soon as that is known.
    total: Option<u64>,
    /// What the file is known by again.
    etag: Option<String>,
    body: Option<Body>,
    /// There was an answer to begin with.
    begun: bool,
    waited: Duration,
    over: bool,
}

struct Body {
    pieces: ByteStream,
    /// The bytes at its start that were handed out before.
    skip: u64,
    /// It is the whole file once more, and has brought nothing new so far.
    only_confirms: bool,
}

impl Fetch {
    /// Asks until there is a head.
    pub(super) async fn begin(download: Download) -> Result<(Self, Head), Error> {
        let Download { clio, request, options, from, etag, limits, repetitions } = download;
        let request = request?;
        let operation = request.operation().id;
        let backoff = Backoff::new(clio.clock(), repetitions);
        let mut fetch = Self {
            clio,
            request,
            options,
            limits,
            backoff,
            at: from,
            total: None,
            etag,
            body: None,
            begun: false,
            waited: Duration::ZERO,
            over: false,
        };
        let headers = fetch.open_again(None).await.map_err(|error| error.with_operation(operation))?;
        let head = Head {
            name: headers.get(header::CONTENT_DISPOSITION).and_then(from_disposition),
            content_type: text(&headers, header::CONTENT_TYPE).map(str::to_owned),
            length: fetch.total.map(|total| total.saturating_sub(from)),
            etag: fetch.etag.clone(),
        };
        Ok((fetch, head))
    }

    /// The next bytes. `None` when all have come.
    pub(super) async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        if self.over {
            return None;
        }
        let piece = self.piece().await.map_err(|error| error.with_operation(self.request.operation().id));
        self.over = !matches!(piece, Ok(Some(_)));
        piece.transpose()
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            let broken = match self.received().await {
                Some(Ok(bytes)) => match self.fresh(bytes)? {
                    fresh if fresh.is_empty() => continue,
                    fresh => return Ok(Some(fresh)),
                },
                Some(Err(error)) => error.into(),
                None if self.is_complete() => return Ok(None),
                None => {
                    Error::new(ErrorKind::Content, "the file ended before its length, or that is not known")
                }
            };
            self.open_again(Some(broken)).await?;
        }
    }

    /// What was not handed out before.
    fn fresh(&mut self, mut bytes: Bytes) -> Result<Bytes, Error> {
        if let Some(body) = &mut self.body {
            let skip = body.skip.min(bytes.len() as u64);
            body.skip -= skip;
            bytes = bytes.split_off(usize::try_from(skip).unwrap_or(bytes.len()));
            body.only_confirms &= bytes.is_empty();
        }
        self.at += bytes.len() as u64;
        if self.total.is_some_and(|total| self.at > total) {
            return Err(Error::new(ErrorKind::Content, "the file is longer than the server said"));
        }
        Ok(bytes)
    }

    /// Whether a body that has ended was the end of the file. Where it was not said how long the file is, the answer to a
    /// request for what follows tells; or the whole file, if it comes once more and ends at the same place. Without
    /// anything to know the file by, there is nothing to ask for.
    fn is_complete(&self) -> bool {
        match self.total {
            Some(total) => self.at == total,
            None => {
                self.etag.is_none()
                    || self.body.as_ref().is_some_and(|body| body.only_confirms && body.skip == 0)
            }
        }
    }

    /// What the body brings next, if it does so in time. Only the waiting counts: the reader may take its time.
    async fn received(&mut self) -> Option<Result<Bytes, TransportError>> {
        let body = self.body.as_mut()?;
        let clock = self.clio.clock();
        let allowed = self.limits.total(self.total.unwrap_or_default().max(self.at));
        let since = clock.monotonic();
        let rest = clock.sleep(allowed.saturating_sub(self.waited));
        let piece = match select(body.pieces.next(), rest).await {
            Either::Left((piece, _)) => piece,
            Either::Right(_) => {
                let why = "the file comes more slowly than allowed";
                Some(Err(TransportError::perhaps_sent(TransportErrorKind::Timeout, why)))
            }
        };
        self.waited += clock.monotonic().saturating_sub(since);
        piece
    }

    /// Opens the file at the place where it stands, after `broken` or for the first time.
    async fn open_again(&mut self, mut broken: Option<Error>) -> Result<HeaderMap, Error> {
        self.body = None;
        loop {
            if let Some(error) = broken.take() {
                if self.waited >= self.limits.total(self.total.unwrap_or_default().max(self.at)) {
                    return Err(error);
                }
                self.backoff.after(error).await?;
            }
            match self.open().await {
                Ok(headers) => return Ok(headers),
                // An address that is spent is answered so; the next one is fresh.
                Err(error) if error.is_retryable() || is_spent(&error) => broken = Some(error),
                Err(error) => return Err(error),
            }
        }
    }

    async fn open(&mut self) -> Result<HeaderMap, Error> {
        let answer = self.clio.execute(self.request.clone(), self.options).await?;
        let (mut url, mut told) = (None, answer.headers);
        for _ in 0..=MOST_HOPS {
            let address = location(&told, url.as_ref(), self.clio.base())?;
            let answer = exchange(
                &self.clio,
                Method::GET,
                &address,
                &self.wanted(),
                Payload::Empty,
                self.limits.of_get(),
            )
            .await?;
            if !is_redirect(answer.status()) {
                return self.accept(answer).await;
            }
            (url, told) = (Some(address), answer.headers().clone());
        }
        Err(Error::new(ErrorKind::Server, "the file is sent on from place to place without an end"))
    }

    /// What is asked for: everything, or everything from the byte before the next one. That byte is there even when all have
    /// come already, so that a range which is not there always means that there are fewer.
    fn wanted(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if self.at == 0 && !self.begun {
            return headers;
        }
        let range = HeaderValue::from_str(&format!("bytes={}-", self.at.saturating_sub(1)));
        headers.extend(range.ok().map(|range| (header::RANGE, range)));
        let strong = self.etag.as_deref().filter(|etag| is_strong(etag));
        let same = strong.and_then(|etag| HeaderValue::from_str(etag).ok());
        headers.extend(same.map(|same| (header::IF_RANGE, same)));
        headers
    }

    /// Takes the answer as the body to go on with, if it is of the same file and of the place where it stands.
    async fn accept(&mut self, answer: http::Response<Payload>) -> Result<HeaderMap, Error> {
        let length = text(answer.headers(), header::CONTENT_LENGTH).and_then(|text| text.parse::<u64>().ok());
        let (first, total) = match answer.status() {
            StatusCode::OK => (0, length),
            StatusCode::PARTIAL_CONTENT => match ContentRange::of(answer.headers()) {
                Some(range) if range.first == self.at.saturating_sub(1) => (range.first, range.total),
                _ => {
                    return Err(Error::new(
                        ErrorKind::Decode,
                        "the answer is another range than was asked for",
                    ));
                }
            },
            // There is not even a first byte.
            StatusCode::RANGE_NOT_SATISFIABLE if self.at == 0 && self.total.unwrap_or(0) == 0 => {
                self.total = Some(0);
                return Ok(answer.into_parts().0.headers);
            }
            StatusCode::RANGE_NOT_SATISFIABLE => return Err(ends_before()),
            _ => return Err(refusal(answer).await),
        };
        self.must_be_the_same(&answer, total)?;
        if total.is_some_and(|total| self.at > total) {
            return Err(ends_before());
        }
        self.total = total.or(self.total);
        let only_confirms = self.begun && answer.status() == StatusCode::OK;
        self.begun = true;
        let (head, body) = answer.into_parts();
        let pieces: ByteStream = match body {
            Payload::Stream(pieces) => pieces,
            Payload::Bytes(bytes) => Box::pin(stream::iter([Ok(bytes)])),
            Payload::Empty => Box::pin(stream::empty()),
        };
        self.body = Some(Body { pieces, skip: self.at - first, only_confirms });
        Ok(head.headers)
    }

    /// Refuses an answer that is not surely of the file that was begun with.
    fn must_be_the_same(
        &mut self,
        answer: &http::Response<Payload>,
        total: Option<u64>,
    ) -> Result<(), Error> {
        let etag = text(answer.headers(), header::ETAG);
        let partial = answer.status() == StatusCode::PARTIAL_CONTENT;
        let same = match (self.etag.as_deref(), etag) {
            (Some(known), Some(etag)) => known == etag,
            // By `If-Range` the server would have answered the whole of another file.
            (Some(known), None) => partial && is_strong(known),
            (None, etag) if !self.begun => {
                self.etag = etag.filter(|etag| is_strong(etag)).map(str::to_owned);
                true
            }
            (None, _) => {
                let why = "the download broke, and nothing tells whether it would go on with the same file";
                return Err(Error::new(ErrorKind::Content, why));
            }
        };
        let as_long = self.total.is_none() || total.is_none() || self.total == total;
        if same && as_long {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Content, "the file is another one by now"))
    }
}

/// An address that is spent is refused by the host of the bytes. A refusal of Clio's names its operation, and stays one.
fn is_spent(error: &Error) -> bool {
    error.kind() == ErrorKind::Forbidden && error.operation().is_none()
}

/// A weak one does not promise the same bytes.
fn is_strong(etag: &str) -> bool {
    !etag.starts_with("W/")
}

fn ends_before() -> Error {
    Error::new(ErrorKind::Content, "the file ends before the place to begin at")
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Where an answer leads, seen from where it came from.
fn location(headers: &HeaderMap, from: Option<&Url>, clio: &Base) -> Result<Url, Error> {
    let text = text(headers, header::LOCATION).ok_or_else(|| {
        Error::new(ErrorKind::Decode, "the answer does not say where to go").with_path("location")
    })?;
    match from.and_then(|from| from.join(text).ok()) {
        Some(joined) => safe_address(joined.as_str(), clio),
        None => safe_address(text, clio),
    }
}
