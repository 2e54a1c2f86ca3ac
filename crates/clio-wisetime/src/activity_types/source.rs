//! Clio's activity categories as one record.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_api::Clio;
use clio_core::schema::operations::ListActivityDescriptions;
use clio_model::ActivityCategory;
use clio_sync::{
    BadRecord, CursorPage, CursorSource, Error, ErrorKind, Incoming, Result, fingerprint,
    hub::lists::{self, Listed},
};

/// The id of the one record.
const ID: &str = "activity-types";

/// All activity categories of a firm, as one record: WiseTime is told of all of them, or of none.
pub(crate) struct Categories {
    list: Listed<ListActivityDescriptions, ActivityCategory>,
}

impl Categories {
    pub(crate) fn new(clio: &Clio) -> Self {
        Self { list: lists::activity_descriptions(clio) }
    }

    /// The whole list, and the time that Clio told with its first page.
    async fn all(&self) -> Result<(Incoming<Vec<ActivityCategory>>, Option<DateTime<Utc>>)> {
        let (mut records, mut position, mut began) = (Vec::new(), None, None);
        loop {
            let page = self.list.page(None, position.as_deref()).await?;
            began = began.or(page.server_time);
            let more = !page.records.is_empty();
            records.extend(page.records);
            position = page.next;
            if position.is_none() || !more {
                // A list that ends too early would take types away.
                let missing = page.total.is_some_and(|total| (records.len() as u64) < total);
                if missing || position.is_some() {
                    let message = "Clio's list of activity categories ends before its end";
                    return Err(Error::new(ErrorKind::Protocol, message));
                }
                return Ok((one(records), began));
            }
        }
    }
}

/// A category that cannot be read must not count as one that is gone: then there is no list at all.
fn one(records: Vec<Incoming<ActivityCategory>>) -> Incoming<Vec<ActivityCategory>> {
    let mut versions: Vec<String> =
        records.iter().map(|record| format!("{} {}", record.id, record.version)).collect();
    versions.sort_unstable();
    let version = fingerprint(versions.iter().map(String::as_str));
    let mut categories = Vec::with_capacity(records.len());
    for record in records {
        match record.record {
            Ok(category) => categories.push(category),
            Err(bad) => {
                let reason = format!("the activity category {} cannot be read: {}", record.id, bad.reason);
                return Incoming::bad(ID, version, BadRecord { reason, path: bad.path });
            }
        }
    }
    Incoming::new(ID, version, categories)
}

#[async_trait]
impl CursorSource for Categories {
    type Record = Vec<ActivityCategory>;

    fn kind(&self) -> &'static str {
        "clio/activity-categories"
    }

    fn reads_changes(&self) -> bool {
        false
    }

    async fn page(
        &self,
        _since: Option<DateTime<Utc>>,
        _position: Option<&str>,
    ) -> Result<CursorPage<Self::Record>> {
        let (record, server_time) = self.all().await?;
        Ok(CursorPage { records: vec![record], server_time, ..CursorPage::default() })
    }

    async fn one(&self, id: &str) -> Result<Option<Incoming<Self::Record>>> {
        if id != ID {
            return Ok(None);
        }
        Ok(Some(self.all().await?.0))
    }
}
