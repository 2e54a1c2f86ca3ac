//! One request out, one response back.

use std::{error::Error as StdError, fmt, pin::Pin, time::Duration};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::StreamExt;

/// A body in pieces.
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>;

/// The body of a request or of a response.
#[derive(Default)]
pub enum Payload {
    /// No body.
    #[default]
    Empty,
    /// A body in memory.
    Bytes(Bytes),
    /// A body in pieces. It can be sent or read once.
    Stream(ByteStream),
}

impl Payload {
    /// The body as one piece, for as long as it has at most `most` bytes.
    ///
    /// # Errors
    ///
    /// [`TransportErrorKind::TooLarge`] beyond that, and whatever the stream reports.
    pub async fn into_bytes(self, most: u64) -> Result<Bytes, TransportError> {
        let within = |length: usize| {
            if length as u64 > most {
                Err(TransportError::perhaps_sent(
                    TransportErrorKind::TooLarge,
                    "the body is larger than allowed",
                ))
            } else {
                Ok(())
            }
        };
        match self {
            Self::Empty => Ok(Bytes::new()),
            Self::Bytes(bytes) => within(bytes.len()).map(|()| bytes),
            Self::Stream(mut stream) => {
                let Some(first) = stream.next().await.transpose()? else { return Ok(Bytes::new()) };
                within(first.len())?;
                // A small body comes in one piece, which need not be copied.
                let Some(mut next) = stream.next().await else { return Ok(first) };
                let mut whole = BytesMut::from(first);
                loop {
                    let piece = next?;
                    within(whole.len() + piece.len())?;
                    whole.extend_from_slice(&piece);
                    match stream.next().await {
                        Some(piece) => next = piece,
                        None => return Ok(whole.freeze()),
                    }
                }
            }
        }
    }

    /// The same body once more, when it is one that can be sent again.
    pub fn try_clone(&self) -> Option<Self> {
        match self {
            Self::Empty => Some(Self::Empty),
            Self::Bytes(bytes) => Some(Self::Bytes(bytes.clone())),
            Self::Stream(_) => None,
        }
    }
}

/// The same request once more, when its body is one that can be sent again.
pub fn resendable(request: &http::Request<Payload>) -> Option<http::Request<Payload>> {
    let mut copy = http::Request::new(request.body().try_clone()?);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.version_mut() = request.version();
    *copy.headers_mut() = request.headers().clone();
    *copy.extensions_mut() = request.extensions().clone();
    Some(copy)
}

impl fmt::Debug for Payload {
    /// Shows the size only: bodies hold client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Stream(_) => f.write_str("Stream(..)"),
        }
    }
}

/// How long one exchange may take and how much it may bring. [`Deadline`](crate::Deadline) enforces it over any transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From the call until the last byte of the response.
    pub total: Duration,
    /// The most time in which nothing comes: between two pieces of a response's body, and until its head when the request
    /// has no body. It only counts while somebody waits for the next piece. `None`: `total` alone counts.
    pub idle: Option<Duration>,
    /// No byte leaves after this moment of the clock's monotonic time.
    pub send_by: Option<Duration>,
    /// The most bytes of a response body, after decompression.
    pub max_body: u64,
}

impl Default for Limits {
    /// 30 seconds, no time of its own between pieces, no last moment to send, 64 MiB.
    fn default() -> Self {
        Self { total: Duration::from_secs(30), idle: None, send_by: None, max_body: 64 * 1024 * 1024 }
    }
}

/// Carries one request to a server and one response back.
///
/// An implementation never repeats a request and never follows a redirect: whether that is safe is decided above.
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends the request.
    ///
    /// # Errors
    ///
    /// A [`TransportError`] that says whether any byte left. An answer of any status is a response, not an error.
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError>;
}

/// Why no response came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection could be made.
    Connect,
    /// The time was up.
    Timeout,
    /// The connection broke.
    Interrupted,
    /// The body is larger than allowed.
    TooLarge,
    /// The request cannot be sent as it is.
    Request,
    /// A budget of our own has no room for the request in time.
    Throttled,
}

/// No response came, or not all of it.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    nothing_left: bool,
    retry_after: Option<Duration>,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl TransportError {
    /// Surely no byte of the request left.
    pub fn not_sent(kind: TransportErrorKind, message: impl Into<String>) -> Self {
        Self { kind, nothing_left: true, retry_after: None, message: message.into(), source: None }
    }

    /// Some byte of the request may have left, so the server may have acted on it.
    pub fn perhaps_sent(kind: TransportErrorKind, message: impl Into<String>) -> Self {
        Self { kind, nothing_left: false, retry_after: None, message: message.into(), source: None }
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds after how long the same may succeed.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// After how long the same may succeed, if that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Why.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Surely no byte of the request left. Only then may a write be sent again.
    pub fn nothing_left(&self) -> bool {
        self.nothing_left
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}
