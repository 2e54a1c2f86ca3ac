//! A call that downloads a file, and what comes of it.

use std::{
    fmt, io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use clio_core::{Error, ErrorKind, RequestParts};
use futures_core::Stream;
use futures_util::{StreamExt, stream};
use tokio::io::AsyncRead;
use tokio_util::io::StreamReader;

use super::{TransferLimits, fetch::Fetch};
use crate::{CallOptions, Clio};

/// A download that has not begun yet; [`Redirect::fetch`](crate::Redirect::fetch). Await it for the head of the file and a
/// stream of its bytes.
///
/// The token goes to Clio, and not to the host of the bytes. A stream that breaks goes on by itself, at a fresh address
/// and where it broke, as long as the file is still the same one. What comes is never cut short in silence: a stream that
/// ends without an error has brought all bytes that the server spoke of.
///
/// # Errors
///
/// Beside those of the call: [`ErrorKind::Address`] when it leads to an address that is not https, [`ErrorKind::Content`]
/// when the file is not as long as was said, changed meanwhile, or cannot be known again; what the host of the bytes
/// answered, with its own code as [`Error::clio_type`].
#[must_use = "a download does nothing until it is awaited"]
pub struct Download {
    pub(super) clio: Clio,
    pub(super) request: Result<RequestParts, Error>,
    pub(super) options: CallOptions,
    pub(super) from: u64,
    pub(super) etag: Option<String>,
    pub(super) limits: TransferLimits,
    pub(super) repetitions: u32,
}

impl Download {
    pub(crate) fn new(clio: Clio, request: Result<RequestParts, Error>, options: CallOptions) -> Self {
        let limits = TransferLimits::default();
        Self { clio, request, options, from: 0, etag: None, limits, repetitions: 5 }
    }

    /// Begins at this byte, counted from 0. Give [`same_as`](Self::same_as) too, when what was read before was read by another
    /// download.
    pub fn from(mut self, offset: u64) -> Self {
        self.from = offset;
        self
    }

    /// Only if the file is the one that had this [`Downloaded::etag`]; otherwise [`ErrorKind::Content`].
    pub fn same_as(mut self, etag: impl Into<String>) -> Self {
        self.etag = Some(etag.into());
        self
    }

    /// How slow it may be.
    pub fn with_transfer_limits(mut self, limits: TransferLimits) -> Self {
        self.limits = limits;
        self
    }

    /// How often it goes on by itself after it broke, all in all: 5 times unless said.
    pub fn repetitions(mut self, times: u32) -> Self {
        self.repetitions = times;
        self
    }

    async fn begin(self) -> Result<Downloaded, Error> {
        let (fetch, head) = Fetch::begin(self).await?;
        let stream = stream::unfold(fetch, |mut fetch| async move { Some((fetch.next().await?, fetch)) });
        Ok(Downloaded {
            name: head.name,
            content_type: head.content_type,
            length: head.length,
            etag: head.etag,
            stream: ContentStream(Box::pin(stream)),
        })
    }
}

impl IntoFuture for Download {
    type Output = Result<Downloaded, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.begin())
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.request.as_ref().map(|request| request.operation().id).ok();
        f.debug_struct("Download")
            .field("operation", &operation)
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

/// The head of a file, and its bytes as they come.
#[non_exhaustive]
pub struct Downloaded {
    /// Its name, made safe by [`safe_file_name`](super::safe_file_name), if the server tells one.
    pub name: Option<String>,
    /// Its content type.
    pub content_type: Option<String>,
    /// How many bytes the stream brings, if the server tells.
    pub length: Option<u64>,
    /// What the file is known by again; for [`Download::same_as`].
    pub etag: Option<String>,
    /// Its bytes.
    pub stream: ContentStream,
}

impl Downloaded {
    /// Its bytes in memory, for as long as they are no more than `max`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] beyond that, and whatever the stream reports.
    pub async fn bytes(mut self, max: u64) -> Result<Bytes, Error> {
        let too_large = || Error::new(ErrorKind::TooLarge, "the file is larger than allowed");
        if self.length.is_some_and(|length| length > max) {
            return Err(too_large());
        }
        let mut whole = BytesMut::new();
        while let Some(piece) = self.stream.next().await {
            let piece = piece?;
            if (whole.len() + piece.len()) as u64 > max {
                return Err(too_large());
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }

    /// Its bytes as a reader of tokio's. What goes wrong is an [`io::Error`] with the [`Error`] inside.
    pub fn into_reader(self) -> impl AsyncRead + Send + Unpin {
        StreamReader::new(self.stream.map(|piece| piece.map_err(io::Error::other)))
    }
}

impl fmt::Debug for Downloaded {
    /// No name: it is client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Downloaded")
            .field("content_type", &self.content_type)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// The bytes of a file as they come. After an error nothing follows.
pub struct ContentStream(Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>);

impl Stream for ContentStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl fmt::Debug for ContentStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContentStream(..)")
    }
}
