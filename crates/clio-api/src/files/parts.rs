//! Content as a row of parts.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use clio_core::{Error, ErrorKind};

use super::{
    content::{Reader, Seekable, changed, read_up_to, too_short},
    piece::Piece,
    plan::{MOST_ANNOUNCED, MOST_PARTS},
};
use crate::documents::{CreateDocumentMultipart, UpdateDocumentMultipart};

/// A part that can be announced and sent.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// From 1.
    pub(super) number: u64,
    pub(super) piece: Piece,
    digest: [u8; 16],
}

impl Part {
    pub(super) fn to_create(&self) -> CreateDocumentMultipart {
        CreateDocumentMultipart::new(self.piece.length().to_string(), self.part_number())
            .content_md5(STANDARD.encode(self.digest))
    }

    pub(super) fn to_update(&self) -> UpdateDocumentMultipart {
        UpdateDocumentMultipart::new()
            .part_number(self.part_number())
            .content_length(self.piece.length().to_string())
            .content_md5(STANDARD.encode(self.digest))
    }

    fn part_number(&self) -> i64 {
        i64::try_from(self.number).unwrap_or(i64::MAX)
    }

    /// Refuses a part whose content is another than when it was announced.
    pub(super) async fn must_be_unchanged(&self) -> Result<(), Error> {
        if self.piece.digest().await? == self.digest { Ok(()) } else { Err(changed()) }
    }
}

/// Where parts come from.
pub(super) enum Source {
    Bytes(Bytes),
    Seekable(Arc<Seekable>),
    /// What was read ahead comes first; then the reader, so many bytes of it or to its end.
    Reader {
        ahead: Option<Bytes>,
        reader: Reader,
        left: Option<u64>,
    },
}

/// The parts of one content, in their order.
pub(super) struct Parts {
    source: Source,
    size: u64,
    /// How many come at once: what can be read again waits where it is, what cannot waits in memory.
    batch: usize,
    next: u64,
    offset: u64,
}

impl Parts {
    pub(super) fn new(source: Source, size: u64, in_memory: usize) -> Self {
        let batch = match source {
            Source::Bytes(_) | Source::Seekable(_) => MOST_ANNOUNCED,
            Source::Reader { .. } => in_memory.clamp(1, MOST_ANNOUNCED),
        };
        Self { source, size, batch, next: 1, offset: 0 }
    }

    /// The next parts, digested; none at the end.
    pub(super) async fn batch(&mut self) -> Result<Vec<Part>, Error> {
        let mut parts = Vec::new();
        while parts.len() < self.batch {
            let Some(piece) = self.piece().await? else { break };
            if self.next > MOST_PARTS {
                let why = "the content has more parts than Clio takes: give its length, or larger parts";
                return Err(Error::new(ErrorKind::Content, why));
            }
            let digest = piece.digest().await?;
            self.offset += piece.length();
            parts.push(Part { number: self.next, piece, digest });
            self.next += 1;
        }
        Ok(parts)
    }

    async fn piece(&mut self) -> Result<Option<Piece>, Error> {
        let (offset, size) = (self.offset, self.size);
        let at = |length: u64| size.min(length - offset);
        Ok(match &mut self.source {
            Source::Bytes(bytes) => {
                let next = bytes.split_to(usize::try_from(size).unwrap_or(usize::MAX).min(bytes.len()));
                (!next.is_empty()).then_some(Piece::Held(next))
            }
            Source::Seekable(file) => {
                let length = at(file.length());
                (length > 0).then(|| Piece::At { file: file.clone(), offset, length })
            }
            Source::Reader { ahead, reader, left } => {
                let next = match ahead.take() {
                    Some(ahead) => ahead,
                    None => read_part(reader, size, left).await?,
                };
                (!next.is_empty()).then_some(Piece::Held(next))
            }
        })
    }

    /// Refuses content that is longer now than when the upload began.
    pub(super) async fn must_be_at_the_end(&mut self) -> Result<(), Error> {
        match &self.source {
            Source::Seekable(file) => file.must_not_have_grown().await,
            _ => Ok(()),
        }
    }
}

async fn read_part(reader: &mut Reader, size: u64, left: &mut Option<u64>) -> Result<Bytes, Error> {
    let most = usize::try_from(left.map_or(size, |left| size.min(left))).unwrap_or(usize::MAX);
    let part = read_up_to(reader, most).await?;
    if let Some(left) = left {
        if part.len() < most {
            return Err(too_short());
        }
        *left -= part.len() as u64;
    }
    Ok(part)
}
