//! The contents of files.

use std::{
    collections::HashMap,
    io,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use clio_api::files::Content;
use clio_core::{Base, Limits, Payload};
use clio_sync::{Error, ErrorKind, Result};
use futures_util::TryStreamExt;
use http::{
    HeaderMap, Response, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_LENGTH, LOCATION},
};
use tokio_util::io::StreamReader;

use super::{Http, refused, rows};
use crate::FileId;

/// So many addresses are kept: those of the newest pages.
const KEPT: usize = 1_000;

/// So often a storage host may answer from elsewhere.
const MOST_REDIRECTS: usize = 5;

/// A download takes as long as it takes, for as long as something comes.
const DOWNLOAD: Limits = Limits {
    total: Duration::from_secs(86_400),
    idle: Some(Duration::from_secs(60)),
    send_by: None,
    max_body: u64::MAX,
};

/// Where files are, as the lists said last. An address may hold a signature, so that nothing shows it.
#[derive(Default)]
pub(super) struct Addresses(Mutex<HashMap<String, String>>);

impl Addresses {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn keep(&self, row: &serde_json::Value) {
        let Some((id, address)) = rows::address(row) else { return };
        let mut kept = self.lock();
        if kept.len() >= KEPT && !kept.contains_key(&id) {
            kept.clear();
        }
        kept.insert(id, address);
    }
}

impl Http {
    /// The content of a file. An address that does not lead to it any more is looked up once more: it may have been good for
    /// some time only.
    pub(super) async fn content(&self, id: &FileId) -> Result<Content> {
        let kept = self.addresses.lock().get(id.as_str()).cloned();
        if let Some(address) = kept {
            let response = self.follow(&address).await?;
            if response.status().is_success() {
                return Ok(content(response));
            }
            if !may_be_out_of_date(response.status()) {
                return Err(not_opened(response.status(), response.headers()));
            }
            self.addresses.lock().remove(id.as_str());
        }
        let Some(address) = self.look_up(id).await? else { return Err(gone()) };
        let response = self.follow(&address).await?;
        if response.status().is_success() {
            return Ok(content(response));
        }
        Err(not_opened(response.status(), response.headers()))
    }

    /// Reads the list until the file is there.
    async fn look_up(&self, id: &FileId) -> Result<Option<String>> {
        for number in 1_usize.. {
            let page = self.numbered(super::port::FILES, number).await?.all;
            let found = page.iter().filter_map(rows::address).find(|(one, _)| one == id.as_str());
            if found.is_some() || page.len() < self.rows {
                return Ok(found.map(|(_, address)| address));
            }
        }
        Ok(None)
    }

    /// The answer of whoever has the file in the end. Over https only; the key goes to Case Status alone.
    async fn follow(&self, address: &str) -> Result<Response<Payload>> {
        let wrong = |what: &str| Error::new(ErrorKind::Protocol, what.to_owned());
        let parse = |address: &str| {
            let base = Base::parse(address).map_err(|_| wrong("the address of the file is none of https"))?;
            let is_ours = self.base.covers(base.url());
            // What is on this machine's own network is not Case Status's to name.
            if base.url().scheme() != "https" && !is_ours {
                return Err(wrong("the address of the file is none of https"));
            }
            Ok((base, is_ours))
        };
        let (mut at, mut is_ours) = parse(address)?;
        for _ in 0..=MOST_REDIRECTS {
            let response = self.send(at.url().as_str(), is_ours, DOWNLOAD).await?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let next = location.and_then(|location| at.url().join(location).ok());
            let next = next.ok_or_else(|| wrong("the file is elsewhere, and it is not said where"))?;
            (at, is_ours) = parse(next.as_str())?;
        }
        Err(wrong("the address of the file leads in a circle"))
    }
}

fn content(response: Response<Payload>) -> Content {
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let length = header(CONTENT_LENGTH).filter(|_| header(CONTENT_ENCODING).is_none());
    let length = length.and_then(|length| length.trim().parse::<u64>().ok());
    match response.into_body() {
        Payload::Empty => Content::from(bytes::Bytes::new()),
        Payload::Bytes(bytes) => Content::from(bytes),
        Payload::Stream(stream) => {
            let reader = StreamReader::new(stream.map_err(io::Error::other));
            // A body that breaks off before its length is then no shorter file.
            match length {
                Some(length) => Content::reader_of(reader, length),
                None => Content::reader(reader),
            }
        }
    }
}

const fn may_be_out_of_date(status: StatusCode) -> bool {
    matches!(status.as_u16(), 400 | 401 | 403 | 404 | 410)
}

fn not_opened(status: StatusCode, headers: &HeaderMap) -> Error {
    match status.as_u16() {
        404 | 410 => gone(),
        // A storage host says no more of what it does not have (any more).
        400 | 403 => Error::new(ErrorKind::Protocol, format!("the file cannot be had ({})", status.as_u16())),
        _ => refused(status, headers),
    }
}

fn gone() -> Error {
    Error::new(ErrorKind::Protocol, "Case Status has no such file (any more)")
}
