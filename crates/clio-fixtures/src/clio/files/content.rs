//! Bytes that were taken, or what is left of them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use md5::Md5;
use sha2::{Digest, Sha256};

use super::hex;

/// A file that a fake firm holds, as [`ClioWorld::uploads`](crate::ClioWorld::uploads) shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UploadRecord {
    /// The id of the document.
    pub document: i64,
    /// The id of the document version.
    pub version: i64,
    /// The number of the version, from 1.
    pub number: i64,
    /// Bytes.
    pub size: u64,
    /// The SHA-256 of the bytes in hexadecimal digits. Of a file that came in parts and whose bytes are not kept, that of the
    /// digests of its parts, 32 bytes each, in the order of their numbers.
    pub sha256: String,
    /// The parts that it came in, by number; none of a file that came in one piece.
    pub parts: Vec<UploadedPart>,
    /// The bytes, if the world keeps them: [`ClioWorldBuilder::keep_uploads`](crate::ClioWorldBuilder::keep_uploads).
    pub bytes: Option<Bytes>,
}

/// One part of a file that came in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UploadedPart {
    /// Its number, from 1 to 10 000.
    pub number: i64,
    /// Bytes.
    pub size: u64,
    /// The SHA-256 of its bytes in hexadecimal digits.
    pub sha256: String,
}

/// Bytes that were taken: always their length and digests, and themselves if they are kept.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub(crate) size: u64,
    pub(crate) sha256: [u8; 32],
    pub(crate) md5: [u8; 16],
    pub(crate) mime: String,
    pub(crate) parts: Vec<UploadedPart>,
    pub(crate) bytes: Option<Bytes>,
}

impl Content {
    pub(crate) fn of(bytes: &Bytes, mime: &str, keep: bool) -> Self {
        Self {
            size: bytes.len() as u64,
            sha256: Sha256::digest(bytes).into(),
            md5: Md5::digest(bytes).into(),
            mime: mime.to_owned(),
            parts: Vec::new(),
            bytes: keep.then(|| bytes.clone()),
        }
    }

    /// The parts one behind the other.
    pub(crate) fn joined<'a>(parts: impl Iterator<Item = (i64, &'a Self)> + Clone, mime: &str) -> Self {
        let kept: Option<Vec<&Bytes>> = parts.clone().map(|(_, part)| part.bytes.as_ref()).collect();
        let bytes = kept.map(|kept| kept.into_iter().flatten().copied().collect::<Bytes>());
        let digests: Vec<u8> = parts.clone().flat_map(|(_, part)| part.sha256).collect();
        let sums: Vec<u8> = parts.clone().flat_map(|(_, part)| part.md5).collect();
        Self {
            size: parts.clone().map(|(_, part)| part.size).sum(),
            sha256: Sha256::digest(bytes.as_deref().unwrap_or(&digests)).into(),
            md5: Md5::digest(&sums).into(),
            mime: mime.to_owned(),
            parts: parts
                .map(|(number, part)| UploadedPart { number, size: part.size, sha256: hex(&part.sha256) })
                .collect(),
            bytes,
        }
    }

    /// The MD5 as `Content-MD5` has it.
    pub(crate) fn md5_base64(&self) -> String {
        STANDARD.encode(self.md5)
    }
}

/// Whether this can be a `Content-MD5` at all.
pub(crate) fn is_md5(text: &str) -> bool {
    STANDARD.decode(text).is_ok_and(|bytes| bytes.len() == 16)
}
