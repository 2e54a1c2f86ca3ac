//! Tags.

use clio_core::{Error, Limits};
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};

use super::{Client, encode};
use crate::wire::UpsertTag;

/// What is wrong with one item of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ItemError {
    pub(crate) index: usize,
    #[serde(default)]
    pub(crate) error_description: String,
}

impl Client {
    /// Creates or updates tags, at most 2,000 at once.
    ///
    /// # Errors
    ///
    /// As the answer says. What is wrong with single tags is not an error of the call, but listed.
    pub(crate) async fn upsert_tags(
        &self,
        tags: &[UpsertTag],
        limits: Limits,
    ) -> Result<Vec<ItemError>, Error> {
        #[derive(Serialize)]
        struct Batch<'a> {
            tags: &'a [UpsertTag],
        }
        #[derive(Deserialize)]
        struct Errors {
            errors: Vec<ItemError>,
        }
        let operation = "batch-tag-upsert";
        let body = encode(operation, &Batch { tags })?;
        let answer = self.call(operation, Method::POST, "tag/batch", Some(body), limits).await?;
        if answer.status == StatusCode::BAD_REQUEST
            && let Ok(Errors { errors }) = serde_json::from_slice(&answer.body)
            && !errors.is_empty()
        {
            return Ok(errors);
        }
        answer.succeeded(operation).map(|_| Vec::new())
    }
}
