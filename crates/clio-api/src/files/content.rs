//! What is uploaded, and how it is read.

use std::{
    fmt, io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::{BufMut, Bytes, BytesMut};
use clio_core::{Error, ErrorKind};
use futures_util::lock::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeek, AsyncSeekExt, ReadBuf, SeekFrom};

/// What is uploaded: bytes in memory, a [`tokio::fs::File`], or whatever can be read.
///
/// Content that can be read again (bytes, files, [`seekable`](Self::seekable)) is sent again when it did not get there. Of
/// content that can be read only once, that holds when it goes in parts, each of which is kept until it has arrived.
///
/// ```
/// use clio_api::files::Content;
///
/// let bytes: Content = "Dear client".into();
/// let generated = Content::reader(tokio::io::repeat(7));
/// # drop((bytes, generated));
/// ```
pub struct Content {
    kind: Kind,
    /// It has so many bytes at most.
    most: Option<u64>,
}

enum Kind {
    Bytes(Bytes),
    Seekable(Box<dyn ReadSeek>),
    Reader(Reader, Option<u64>),
}

pub(super) type Reader = Box<dyn AsyncRead + Send + Unpin>;

trait ReadSeek: AsyncRead + AsyncSeek + Send + Unpin {}

impl<T: AsyncRead + AsyncSeek + Send + Unpin> ReadSeek for T {}

impl Content {
    const fn of(kind: Kind) -> Self {
        Self { kind, most: None }
    }

    /// Refuses what is longer than so many bytes: before any is sent where the length is known, else when the first byte too
    /// many was read. The upload fails with [`ErrorKind::Content`] then.
    #[must_use]
    pub fn at_most(self, bytes: u64) -> Self {
        let most = self.most.map_or(bytes, |most| most.min(bytes));
        Self { most: Some(most), ..self }
    }

    /// Whatever can be read and sought in, from where it stands now to its end. What cannot be sought in after all, such as a
    /// pipe, is read as by [`reader`](Self::reader).
    pub fn seekable(reader: impl AsyncRead + AsyncSeek + Send + Unpin + 'static) -> Self {
        Self::of(Kind::Seekable(Box::new(reader)))
    }

    /// Whatever can be read, to its end. What is longer than one part goes in parts.
    pub fn reader(reader: impl AsyncRead + Send + Unpin + 'static) -> Self {
        Self::of(Kind::Reader(Box::new(reader), None))
    }

    /// The first `length` bytes of whatever can be read. If it ends before, the upload fails with
    /// [`ErrorKind::Content`].
    pub fn reader_of(reader: impl AsyncRead + Send + Unpin + 'static, length: u64) -> Self {
        Self::of(Kind::Reader(Box::new(reader), Some(length)))
    }
}

impl fmt::Debug for Content {
    /// Shows the kind only: contents are client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Bytes(bytes) => write!(f, "Content({} bytes)", bytes.len()),
            Kind::Seekable(_) => f.write_str("Content(seekable)"),
            Kind::Reader(_, Some(length)) => write!(f, "Content(reader of {length} bytes)"),
            Kind::Reader(_, None) => f.write_str("Content(reader)"),
        }
    }
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        Self::of(Kind::Bytes(bytes))
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static [u8]> for Content {
    fn from(bytes: &'static [u8]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

impl From<&'static str> for Content {
    fn from(text: &'static str) -> Self {
        text.as_bytes().into()
    }
}

impl From<tokio::fs::File> for Content {
    /// From where the file stands now to its end.
    fn from(file: tokio::fs::File) -> Self {
        Self::seekable(file)
    }
}

/// Content of which it is known how it can be read, and how long it is.
pub(super) enum Opened {
    Bytes(Bytes),
    Seekable(Arc<Seekable>),
    Reader(Reader, Option<u64>),
}

impl Content {
    pub(super) async fn open(self) -> Result<Opened, Error> {
        let opened = match self.kind {
            Kind::Bytes(bytes) => Opened::Bytes(bytes),
            Kind::Reader(reader, length) => Opened::Reader(reader, length),
            Kind::Seekable(mut reader) => match extent(&mut *reader).await {
                Ok((start, end)) => Opened::Seekable(Arc::new(Seekable::new(reader, start, end))),
                Err(error) if error.kind() == io::ErrorKind::NotSeekable => {
                    Opened::Reader(Box::new(reader), None)
                }
                Err(error) => return Err(unreadable(error)),
            },
        };
        match self.most {
            Some(most) => opened.at_most(most),
            None => Ok(opened),
        }
    }
}

impl Opened {
    pub(super) fn length(&self) -> Option<u64> {
        match self {
            Self::Bytes(bytes) => Some(bytes.len() as u64),
            Self::Seekable(file) => Some(file.length()),
            Self::Reader(_, length) => *length,
        }
    }

    fn at_most(self, most: u64) -> Result<Self, Error> {
        match (self.length(), self) {
            (Some(length), _) if length > most => Err(too_long(most)),
            (None, Self::Reader(reader, None)) => {
                Ok(Self::Reader(Box::new(AtMost { reader, left: most, most }), None))
            }
            (_, opened) => Ok(opened),
        }
    }
}

/// A reader that fails at the first byte too many.
struct AtMost {
    reader: Reader,
    left: u64,
    most: u64,
}

impl AsyncRead for AtMost {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = to.filled().len();
        ready!(Pin::new(&mut self.reader).poll_read(context, to))?;
        let read = (to.filled().len() - before) as u64;
        let Some(left) = self.left.checked_sub(read) else {
            return Poll::Ready(Err(io::Error::other(too_long(self.most))));
        };
        self.left = left;
        Poll::Ready(Ok(()))
    }
}

async fn extent(reader: &mut dyn ReadSeek) -> io::Result<(u64, u64)> {
    let start = reader.stream_position().await?;
    let end = reader.seek(SeekFrom::End(0)).await?;
    reader.seek(SeekFrom::Start(start)).await?;
    Ok((start, end.max(start)))
}

/// Content that several bodies read at once, each at its own place.
pub(super) struct Seekable {
    start: u64,
    length: u64,
    place: Mutex<Place>,
}

struct Place {
    reader: Box<dyn ReadSeek>,
    /// Where the reader stands; `None` when that is not known.
    at: Option<u64>,
}

impl Seekable {
    fn new(reader: Box<dyn ReadSeek>, start: u64, end: u64) -> Self {
        Self { start, length: end - start, place: Mutex::new(Place { reader, at: Some(start) }) }
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Up to `most` bytes from `offset` on; fewer only at the end.
    pub(super) async fn read_at(&self, offset: u64, most: usize) -> Result<Bytes, Error> {
        let mut place = self.place.lock().await;
        let Place { reader, at } = &mut *place;
        let offset = self.start + offset;
        // Until it is known again: this may be dropped at any await.
        if at.take() != Some(offset) {
            reader.seek(SeekFrom::Start(offset)).await.map_err(unreadable)?;
        }
        let bytes = read_up_to(&mut **reader, most).await?;
        *at = Some(offset + bytes.len() as u64);
        Ok(bytes)
    }

    /// Refuses content that is longer now than when the upload began.
    pub(super) async fn must_not_have_grown(&self) -> Result<(), Error> {
        if self.read_at(self.length, 1).await?.is_empty() { Ok(()) } else { Err(changed()) }
    }
}

/// No more is set aside at once before any of it was read: it may never come.
const SET_ASIDE: usize = 8 * 1024 * 1024;

/// Up to `most` bytes; fewer only at the end. It takes no more memory than that, or twice what came.
pub(super) async fn read_up_to(
    reader: &mut (impl AsyncRead + Unpin + ?Sized),
    most: usize,
) -> Result<Bytes, Error> {
    let mut bytes = BytesMut::with_capacity(most.min(SET_ASIDE));
    while bytes.len() < most {
        let left = most - bytes.len();
        if bytes.len() == bytes.capacity() {
            bytes.reserve(left.min(SET_ASIDE));
        }
        let mut rest = (&mut bytes).limit(left);
        if reader.read_buf(&mut rest).await.map_err(unreadable)? == 0 {
            break;
        }
    }
    Ok(bytes.freeze())
}

fn too_long(most: u64) -> Error {
    Error::new(ErrorKind::Content, format!("the content has more than {most} bytes"))
}

fn unreadable(error: io::Error) -> Error {
    let error = match error.downcast::<Error>() {
        Ok(ours) => return ours,
        Err(error) => error,
    };
    Error::new(ErrorKind::Content, "the content cannot be read").with_source(error)
}

pub(super) fn too_short() -> Error {
    Error::new(ErrorKind::Content, "the content ended before its length: was it changed meanwhile?")
}

pub(super) fn changed() -> Error {
    Error::new(ErrorKind::Content, "the content changed while it was uploaded")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_too_long_is_refused_as_soon_as_that_is_known() {
        let refused = |result: Result<(), Error>| {
            let error = result.expect_err("too long");
            assert_eq!(error.kind(), ErrorKind::Content);
            assert_eq!(error.to_string(), "the content has more than 3 bytes");
        };
        assert!(Content::from("abc").at_most(3).open().await.is_ok());
        refused(Content::from("abcd").at_most(3).open().await.map(drop));
        refused(Content::from("abcd").at_most(3).at_most(9).open().await.map(drop));
        refused(Content::reader_of(&b"abcd"[..], 4).at_most(3).open().await.map(drop));
        refused(Content::seekable(io::Cursor::new("abcd")).at_most(3).open().await.map(drop));
        for (text, most) in [("abc", 3), ("abcd", 3)] {
            let opened = Content::reader(text.as_bytes()).at_most(most).open().await;
            let Ok(Opened::Reader(mut reader, None)) = opened else { panic!("a reader") };
            let read = read_up_to(&mut reader, 10).await;
            if text.len() > 3 { refused(read.map(drop)) } else { assert_eq!(read.unwrap(), text) }
        }
    }

    #[tokio::test]
    async fn memory_grows_with_what_comes_and_not_with_what_was_asked_for() {
        for length in [0, 3, SET_ASIDE, SET_ASIDE + 1, 3 * SET_ASIDE] {
            let mut reader = tokio::io::repeat(7).take(length as u64);
            let read = read_up_to(&mut reader, usize::MAX).await.unwrap();
            assert_eq!(read.len(), length);
            let memory = read.try_into_mut().unwrap().capacity();
            assert!(memory <= SET_ASIDE.max(2 * length), "{memory} for {length}");
        }
        let read = read_up_to(&mut tokio::io::repeat(7), SET_ASIDE + 1).await.unwrap();
        assert_eq!(read.len(), SET_ASIDE + 1);
    }
}
