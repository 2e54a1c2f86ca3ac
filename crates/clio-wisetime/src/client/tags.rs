//! Tags.

use clio_core::{Error, Limits};
use http::Method;
use serde::Serialize;

use super::{Client, batch::fits, encode};
use crate::wire::{AddKeywords, DeleteTag, ItemError, UpsertTag};

impl Client {
    /// Creates a tag, or updates the one of its name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] without a name or with a wrong path, and the [plan's limit](crate::is_plan_limit).
    ///
    /// [`ErrorKind::Invalid`]: clio_core::ErrorKind::Invalid
    pub async fn upsert_tag(&self, tag: &UpsertTag) -> Result<(), Error> {
        self.post_tag("tag-upsert", "tag", tag).await
    }

    /// Creates or updates tags, at most [`ITEMS_AT_ONCE`](crate::ITEMS_AT_ONCE) at once. Answers what is wrong with single
    /// tags. Whether the others were taken then is not said: send them again, which does no harm.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for too many, of which none is sent; [`ErrorKind::Invalid`] where WiseTime refuses the
    /// batch without saying why; the [plan's limit](crate::is_plan_limit), for all of them together.
    ///
    /// [`ErrorKind::Configuration`]: clio_core::ErrorKind::Configuration
    /// [`ErrorKind::Invalid`]: clio_core::ErrorKind::Invalid
    pub async fn upsert_tags(&self, tags: &[UpsertTag]) -> Result<Vec<ItemError>, Error> {
        let tags: Vec<&UpsertTag> = tags.iter().collect();
        self.upsert_tags_within(&tags, Limits::default()).await
    }

    pub(crate) async fn upsert_tags_within(
        &self,
        tags: &[&UpsertTag],
        limits: Limits,
    ) -> Result<Vec<ItemError>, Error> {
        #[derive(Serialize)]
        struct Batch<'a> {
            tags: &'a [&'a UpsertTag],
        }
        let operation = "batch-tag-upsert";
        fits(operation, tags.len())?;
        let body = encode(operation, &Batch { tags })?;
        let answer = self.call(operation, Method::POST, "tag/batch", Some(body), limits).await?;
        answer.but_for_items(operation)
    }

    /// Deletes a tag. `false`: there was none.
    ///
    /// # Errors
    ///
    /// As the answer says.
    pub async fn delete_tag(&self, tag: &DeleteTag) -> Result<bool, Error> {
        self.delete_tag_within(tag, Limits::default()).await
    }

    pub(crate) async fn delete_tag_within(&self, tag: &DeleteTag, limits: Limits) -> Result<bool, Error> {
        let operation = "tag-delete";
        let body = Some(encode(operation, tag)?);
        self.call(operation, Method::POST, "tag/delete", body, limits).await?.found(operation)
    }

    /// Deletes metadata of a tag for good, by its names; those that it does not have are no error. `false`: there is no such
    /// tag.
    ///
    /// # Errors
    ///
    /// As the answer says.
    pub async fn delete_tag_metadata(&self, tag_name: &str, metadata_names: &[&str]) -> Result<bool, Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Delete<'a> {
            tag_name: &'a str,
            metadata_names: &'a [&'a str],
        }
        let operation = "tag-metadata-delete";
        let body = Some(encode(operation, &Delete { tag_name, metadata_names })?);
        let answer = self.call(operation, Method::POST, "tag/metadata/delete", body, Limits::default());
        answer.await?.found(operation)
    }

    /// Adds keywords to a tag.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](clio_core::ErrorKind::NotFound) when there is no such tag.
    pub async fn add_keywords(&self, keywords: &AddKeywords) -> Result<(), Error> {
        self.post_tag("tag-keywords-add", "tag/keyword", keywords).await
    }

    /// Takes a keyword away from a tag. `false`: there is no such tag, or it has no such keyword.
    ///
    /// # Errors
    ///
    /// As the answer says.
    pub async fn delete_keyword(&self, tag_name: &str, keyword: &str) -> Result<bool, Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Delete<'a> {
            tag_name: &'a str,
            keyword: &'a str,
        }
        let operation = "tag-keyword-delete";
        let body = Some(encode(operation, &Delete { tag_name, keyword })?);
        let answer = self.call(operation, Method::POST, "tag/keyword/delete", body, Limits::default());
        answer.await?.found(operation)
    }

    async fn post_tag(
        &self,
        operation: &'static str,
        path: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<(), Error> {
        let body = Some(encode(operation, body)?);
        let answer = self.call(operation, Method::POST, path, body, Limits::default()).await?;
        answer.succeeded(operation).map(drop)
    }
}
