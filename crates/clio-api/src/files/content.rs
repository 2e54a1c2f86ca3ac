//! What is uploaded, and how it is read.

use std::{fmt, io, sync::Arc};

use bytes::{BufMut, Bytes, BytesMut};
use clio_core::{Error, ErrorKind};
use futures_util::lock::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeek, AsyncSeekExt, SeekFrom};

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
pub struct Content(Kind);

enum Kind {
    Bytes(Bytes),
    Seekable(Box<dyn ReadSeek>),
    Reader(Reader, Option<u64>),
}

pub(super) type Reader = Box<dyn AsyncRead + Send + Unpin>;

trait ReadSeek: AsyncRead + AsyncSeek + Send + Unpin {}

impl<T: AsyncRead + AsyncSeek + Send + Unpin> ReadSeek for T {}

impl Content {
    /// Whatever can be read and sought in, from where it stands now to its end. What cannot be sought in after all, such as a
    /// pipe, is read as by [`reader`](Self::reader).
    pub fn seekable(reader: impl AsyncRead + AsyncSeek + Send + Unpin + 'static) -> Self {
        Self(Kind::Seekable(Box::new(reader)))
    }

    /// Whatever can be read, to its end. What is longer than one part goes in parts.
    pub fn reader(reader: impl AsyncRead + Send + Unpin + 'static) -> Self {
        Self(Kind::Reader(Box::new(reader), None))
    }

    /// The first `length` bytes of whatever can be read. If it ends before, the upload fails with
    /// [`ErrorKind::Content`].
    pub fn reader_of(reader: impl AsyncRead + Send + Unpin + 'static, length: u64) -> Self {
        Self(Kind::Reader(Box::new(reader), Some(length)))
    }
}

impl fmt::Debug for Content {
    /// Shows the kind only: contents are client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Bytes(bytes) => write!(f, "Content({} bytes)", bytes.len()),
            Kind::Seekable(_) => f.write_str("Content(seekable)"),
            Kind::Reader(_, Some(length)) => write!(f, "Content(reader of {length} bytes)"),
            Kind::Reader(_, None) => f.write_str("Content(reader)"),
        }
    }
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Bytes(bytes))
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
        Ok(match self.0 {
            Kind::Bytes(bytes) => Opened::Bytes(bytes),
            Kind::Reader(reader, length) => Opened::Reader(reader, length),
            Kind::Seekable(mut reader) => match extent(&mut *reader).await {
                Ok((start, end)) => Opened::Seekable(Arc::new(Seekable::new(reader, start, end))),
                Err(error) if error.kind() == io::ErrorKind::NotSeekable => {
                    Opened::Reader(Box::new(reader), None)
                }
                Err(error) => return Err(unreadable(error)),
            },
        })
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

fn unreadable(error: io::Error) -> Error {
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
