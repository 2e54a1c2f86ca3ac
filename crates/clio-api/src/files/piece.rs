//! What one request to the storage host sends, and the body that is made of it.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use clio_core::{ByteStream, Error, TransportError, TransportErrorKind};
use futures_util::{future::poll_fn, stream};
use md5::{Digest, Md5};

use super::{
    content::{Reader, Seekable, read_up_to, too_short},
    progress::Events,
};

/// How many bytes are read and handed over at once.
const CHUNK: usize = 256 * 1024;

/// A file, or a part of one, that can be sent more than once.
#[derive(Clone)]
pub(super) enum Piece {
    Held(Bytes),
    At { file: Arc<Seekable>, offset: u64, length: u64 },
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Piece({} bytes)", self.length())
    }
}

impl Piece {
    pub(super) fn length(&self) -> u64 {
        match self {
            Self::Held(bytes) => bytes.len() as u64,
            Self::At { length, .. } => *length,
        }
    }

    /// The `Content-MD5`.
    pub(super) async fn digest(&self) -> Result<[u8; 16], Error> {
        let (mut digest, mut at) = (Md5::new(), 0);
        while let Some(chunk) = self.chunk(at).await? {
            digest.update(&chunk);
            at += chunk.len() as u64;
            breathe().await;
        }
        Ok(digest.finalize().into())
    }

    /// A body of it, from the start.
    pub(super) fn body(&self, meter: Meter) -> ByteStream {
        let first = (self.clone(), 0, meter);
        Box::pin(stream::try_unfold(first, |(piece, at, meter)| async move {
            let chunk = meter.watch(piece.chunk(at).await)?;
            Ok(chunk.map(|chunk| (chunk.clone(), (piece, at + chunk.len() as u64, meter))))
        }))
    }

    /// What comes next at this place; `None` at the end.
    async fn chunk(&self, at: u64) -> Result<Option<Bytes>, Error> {
        let most = size_of_chunk(self.length() - at);
        if most == 0 {
            return Ok(None);
        }
        let chunk = match self {
            Self::Held(bytes) => {
                let from = usize::try_from(at).unwrap_or(bytes.len());
                bytes.slice(from..from + most)
            }
            Self::At { file, offset, .. } => file.read_at(offset + at, most).await?,
        };
        if chunk.len() < most { Err(too_short()) } else { Ok(Some(chunk)) }
    }
}

/// A body of the next `length` bytes of a reader. There is no second one.
pub(super) fn body_of(reader: Reader, length: u64, meter: Meter) -> ByteStream {
    Box::pin(stream::try_unfold((reader, length, meter), |(mut reader, left, meter)| async move {
        let most = size_of_chunk(left);
        if most == 0 {
            return Ok(None);
        }
        let chunk = read_up_to(&mut reader, most).await;
        let chunk =
            chunk.and_then(|chunk| if chunk.len() < most { Err(too_short()) } else { Ok(Some(chunk)) });
        let chunk = meter.watch(chunk)?;
        Ok(chunk.map(|chunk| (chunk, (reader, left - most as u64, meter))))
    }))
}

fn size_of_chunk(left: u64) -> usize {
    usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK)
}

/// Counts what one body hands over, and keeps why it could not go on: a transport only says that it could not.
#[derive(Debug, Clone)]
pub(super) struct Meter(Arc<Reading>);

#[derive(Debug)]
struct Reading {
    events: Arc<Events>,
    sent: AtomicU64,
    over: AtomicBool,
    fault: Mutex<Option<Error>>,
}

impl Meter {
    pub(super) fn new(events: &Arc<Events>) -> Self {
        Self(Arc::new(Reading {
            events: events.clone(),
            sent: AtomicU64::new(0),
            over: AtomicBool::new(false),
            fault: Mutex::default(),
        }))
    }

    fn watch(&self, chunk: Result<Option<Bytes>, Error>) -> Result<Option<Bytes>, TransportError> {
        match chunk {
            // The connection may live on for a moment after it was given up.
            Ok(_) if self.0.over.load(Ordering::Relaxed) => {
                Err(TransportError::perhaps_sent(TransportErrorKind::Request, "given up"))
            }
            Ok(chunk) => {
                let bytes = chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
                if bytes > 0 {
                    self.0.sent.fetch_add(bytes, Ordering::Relaxed);
                    self.0.events.sent(bytes);
                }
                Ok(chunk)
            }
            Err(error) => {
                *self.0.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                Err(TransportError::perhaps_sent(TransportErrorKind::Request, "the content cannot be read"))
            }
        }
    }

    /// The body did not get there. What counts is why the content failed, if it did.
    pub(super) fn failed(&self, error: Error) -> Error {
        self.0.over.store(true, Ordering::Relaxed);
        self.0.events.take_back(self.0.sent.swap(0, Ordering::Relaxed));
        self.0.fault.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or(error)
    }
}

/// Lets others run: a digest of bytes in memory waits for nothing.
async fn breathe() {
    let mut over = false;
    poll_fn(|context| {
        if std::mem::replace(&mut over, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}
