//! The client as Case Status's side.

use std::collections::HashSet;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_api::files::Content;
use clio_sync::{Error, ErrorKind, Result};

use super::{Http, lists::Rows, rows, unpublished::unpublished};
use crate::{
    Case, CaseFields, CaseFile, CaseId, CaseStatus, FileId, FirmSettings, Message, NewStatus, Page,
    StatusUpdate, Unreadable, UpdateId,
};

const MESSAGES: &str = "v1/api/messages";
pub(super) const FILES: &str = "v1/api/files";

/// How many cases a page of the report is asked to have: what Airbyte's connector asks for.
const CASES_AT_ONCE: usize = 100;

impl Http {
    /// The cases of the report that this is true for. The whole of it is read: more than one may be there, and a page may have
    /// fewer than were asked for. What moves on to another page meanwhile is taken once.
    async fn cases(&self, wanted: impl Fn(&serde_json::Value) -> bool) -> Result<Vec<Case>> {
        let (mut seen, mut found) = (HashSet::new(), Vec::new());
        for number in 1_usize.. {
            let query = format!("size={CASES_AT_ONCE}&page%5Bnumber%5D={number}");
            let page = self.report("reporting/cases", &query).await?;
            let before = seen.len();
            for row in page {
                let Some(id) = rows::case_id(&row) else {
                    if wanted(&row) {
                        return Err(Error::new(
                            ErrorKind::Protocol,
                            "a case of the report has no `Internal ID`",
                        ));
                    }
                    continue;
                };
                if seen.insert(id) && wanted(&row) {
                    found.extend(rows::case(&row));
                }
            }
            // Empty, or the same again.
            if seen.len() == before {
                break;
            }
        }
        Ok(found)
    }
}

fn page<T>(list: Rows, read: impl Fn(&serde_json::Value) -> Result<T, Unreadable>) -> Page<T> {
    let (mut items, mut unreadable) = (Vec::new(), Vec::new());
    for row in &list.all {
        match read(row) {
            Ok(item) => items.push(item),
            Err(bad) => unreadable.push(bad),
        }
    }
    Page { items, unreadable, next: list.next, as_of: list.at }
}

#[async_trait]
impl CaseStatus for Http {
    /// Whether the key is good. The public report tells neither the firm's name nor its statuses: both are empty.
    async fn firm(&self) -> Result<FirmSettings> {
        self.report("reporting/firm", "page%5Bnumber%5D=1").await?;
        Ok(FirmSettings { name: String::new(), statuses: Vec::new() })
    }

    async fn cases_of(&self, integration_id: &str) -> Result<Vec<Case>> {
        let wanted = integration_id.trim();
        self.cases(|row| rows::integration_id(row).as_deref() == Some(wanted)).await
    }

    async fn case(&self, id: &CaseId) -> Result<Option<Case>> {
        Ok(self.cases(|row| rows::case_id(row).as_deref() == Some(id.as_str())).await?.pop())
    }

    async fn create_case(&self, _: &CaseFields) -> Result<Case> {
        Err(unpublished("create a case"))
    }

    async fn update_case(&self, _: &CaseId, _: &CaseFields) -> Result<Case> {
        Err(unpublished("change a case"))
    }

    async fn status_updates(&self, _: &CaseId, _: DateTime<Utc>) -> Result<Vec<StatusUpdate>> {
        Err(unpublished("read the updates of a status"))
    }

    async fn set_status(&self, _: &NewStatus) -> Result<UpdateId> {
        Err(unpublished("set the status of a case"))
    }

    async fn messages(&self, since: Option<DateTime<Utc>>, position: Option<&str>) -> Result<Page<Message>> {
        let list = self.list(MESSAGES, &self.messages, since, position).await?;
        Ok(page(list, rows::message))
    }

    /// A file whose content was replaced long after it was uploaded is found only where the list is ordered by changes.
    async fn files(&self, since: Option<DateTime<Utc>>, position: Option<&str>) -> Result<Page<CaseFile>> {
        let list = self.list(FILES, &self.files, since, position).await?;
        for row in &list.all {
            self.addresses.keep(row);
        }
        Ok(page(list, rows::file))
    }

    async fn open_file(&self, id: &FileId) -> Result<Content> {
        self.content(id).await
    }
}
