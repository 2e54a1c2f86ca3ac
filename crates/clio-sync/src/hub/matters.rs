//! Matters as a source.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_api::{Clio, PageToken};
use clio_core::{
    response,
    schema::{Operation, objects, operations::ListMatters},
};
use clio_model::Matter;

use crate::{BadRecord, CursorPage, CursorSource, Incoming, Result, fingerprint};

/// Every matter that the token can see, by the time of its last change.
pub fn matters(clio: &Clio) -> Matters {
    Matters { clio: clio.clone() }
}

/// Matters as a source. Made by [`matters`].
#[derive(Debug, Clone)]
pub struct Matters {
    clio: Clio,
}

#[async_trait]
impl CursorSource for Matters {
    type Record = Matter;

    fn kind(&self) -> &'static str {
        "clio/matter"
    }

    async fn page(&self, since: Option<DateTime<Utc>>, position: Option<&str>) -> Result<CursorPage<Matter>> {
        let base = self.clio.region().api();
        let mut list = self.clio.matters().list().select::<Matter>();
        if let Some(since) = since {
            list = list.updated_since(since);
        }
        if let Some(position) = position {
            list = list.resume(PageToken::from_link(&base, position)?);
        }
        let answer = list.raw().await?;
        let page = response::list::<objects::Matter, Matter>(&answer, ListMatters::INFO, &base)?;
        let ids = if page.records.iter().any(Result::is_err) { ids(&answer.body) } else { Vec::new() };
        let records = page.records.into_iter().enumerate().map(|(at, record)| match record {
            Ok(matter) => Incoming::new(matter.id.to_string(), matter.etag.as_str().to_owned(), matter),
            Err(error) => unreadable(ids.get(at).cloned().flatten(), &error),
        });
        Ok(CursorPage {
            records: records.collect(),
            next: page.next.map(|token| token.as_str().to_owned()),
            server_time: answer.date(),
        })
    }
}

/// The ids of the records of a page, as far as they can be read. What is no number is no id, and may be anything else.
fn ids(body: &[u8]) -> Vec<Option<String>> {
    let Ok(page) = serde_json::from_slice::<serde_json::Value>(body) else { return Vec::new() };
    let records = page.get("data").and_then(|data| data.as_array().cloned()).unwrap_or_default();
    let id = |record: &serde_json::Value| Some(record.get("id")?.as_i64()?.to_string());
    records.iter().map(id).collect()
}

fn unreadable<T>(id: Option<String>, error: &clio_core::Error) -> Incoming<T> {
    let reason = error.message().to_owned();
    let path = error.path().map(str::to_owned);
    let version = fingerprint([reason.as_str(), path.as_deref().unwrap_or_default()]);
    let id = id.unwrap_or_else(|| format!("unreadable-{}", &version[..12]));
    Incoming::bad(id, version, BadRecord { reason, path })
}
