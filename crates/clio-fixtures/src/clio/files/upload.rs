//! An upload that is under way.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Content, Files, settings::FileSettings, sign::Permit};
use crate::clio::store::{Part, Value};

/// A part of a file, as a caller announces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Announced {
    pub(crate) number: i64,
    pub(crate) length: String,
    pub(crate) md5: Option<String>,
}

/// The bytes of a document version on their way in.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) version: i64,
    pub(crate) mime: String,
    /// The file in one piece.
    pub(crate) whole: Option<Content>,
    /// The file in parts, by number.
    parts: BTreeMap<i64, Slot>,
}

/// A part, and when the address for it was given.
#[derive(Debug, Clone)]
struct Slot {
    announced: Announced,
    since: DateTime<Utc>,
    content: Option<Content>,
}

/// Why an upload is not complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Incomplete {
    /// Bytes are missing.
    Missing,
    /// This part is too small, and not the last.
    TooSmall(i64),
}

/// The header that makes S3 encrypt what it stores, as in the sample of Clio's documentation.
const ENCRYPTION: (&str, &str) = ("x-amz-server-side-encryption", "AES256");

impl Upload {
    pub(crate) fn new(version: i64, mime: &str) -> Self {
        Self { version, mime: mime.to_owned(), whole: None, parts: BTreeMap::new() }
    }

    /// Adds parts. One that was announced before is announced anew, and its bytes have to come again.
    pub(crate) fn announce(&mut self, parts: Vec<Announced>, now: DateTime<Utc>) {
        for announced in parts {
            self.parts.insert(announced.number, Slot { announced, since: now, content: None });
        }
    }

    pub(crate) fn in_parts(&self) -> bool {
        !self.parts.is_empty()
    }

    /// The headers that have to be sent with the whole file, or with a part.
    pub(crate) fn headers(&self, part: Option<i64>) -> Option<Vec<(&'static str, String)>> {
        let Some(number) = part else {
            return Some(vec![("Content-Type", self.mime.clone()), (ENCRYPTION.0, ENCRYPTION.1.to_owned())]);
        };
        let announced = &self.parts.get(&number)?.announced;
        let mut headers = vec![("Content-Length", announced.length.clone())];
        headers.extend(announced.md5.clone().map(|md5| ("Content-MD5", md5)));
        Some(headers)
    }

    /// Takes bytes in. The same part, or the same file, once more replaces what was there.
    pub(crate) fn put(&mut self, part: Option<i64>, content: Content) {
        match part {
            None => self.whole = Some(content),
            Some(number) => {
                if let Some(slot) = self.parts.get_mut(&number) {
                    slot.content = Some(content);
                }
            }
        }
    }

    /// The file, if all of it is there (Clio's document: each part but the last has 5 MB or more).
    pub(crate) fn complete(&self, settings: &FileSettings) -> Result<Content, Incomplete> {
        if !self.in_parts() {
            return self.whole.clone().ok_or(Incomplete::Missing);
        }
        let parts: Option<Vec<(i64, &Content)>> =
            self.parts.iter().map(|(number, slot)| Some((*number, slot.content.as_ref()?))).collect();
        let parts = parts.ok_or(Incomplete::Missing)?;
        let others = &parts[..parts.len().saturating_sub(1)];
        match others.iter().find(|(_, part)| part.size < settings.least_part) {
            Some((number, _)) => Err(Incomplete::TooSmall(*number)),
            None => Ok(Content::joined(parts.into_iter(), &self.mime)),
        }
    }

    /// The address for the whole file; null of a file that comes in parts.
    pub(crate) fn put_url(
        &self,
        files: &Files,
        settings: &FileSettings,
        uuid: &str,
        since: DateTime<Utc>,
    ) -> Value {
        if self.in_parts() {
            return Value::Null;
        }
        let key = format!("uploads/{uuid}");
        let permit = Permit { method: "PUT", key: &key, part: None };
        Value::from(files.sign(permit, since, settings.url_life))
    }

    /// The headers for the whole file; none of a file that comes in parts.
    pub(crate) fn put_headers(&self) -> Value {
        if self.in_parts() { Value::Null } else { headers(self.headers(None).unwrap_or_default()) }
    }

    /// Every part with its address and its headers. `renewed` is the time from which the addresses count, if it is not that of
    /// their announcement.
    pub(crate) fn multiparts(
        &self,
        files: &Files,
        settings: &FileSettings,
        uuid: &str,
        renewed: Option<DateTime<Utc>>,
    ) -> Value {
        let key = format!("uploads/{uuid}");
        let parts = self.parts.iter().map(|(number, slot)| {
            let permit = Permit { method: "PUT", key: &key, part: Some(*number) };
            Part::new()
                .with("part_number", *number)
                .with("put_url", files.sign(permit, renewed.unwrap_or(slot.since), settings.part_url_life))
                .with("put_headers", headers(self.headers(Some(*number)).unwrap_or_default()))
        });
        Value::Parts(parts.collect())
    }
}

fn headers(pairs: Vec<(&'static str, String)>) -> Value {
    let parts = pairs.into_iter().map(|(name, value)| Part::new().with("name", name).with("value", value));
    Value::Parts(parts.collect())
}
