//! Tag categories.

use clio_core::{Error, Limits};
use http::Method;
use serde::{Deserialize, Serialize};

use super::{Client, batch::fits, decode, encode};
use crate::wire::TagCategory;

impl Client {
    /// Creates tag categories, or updates those of their external ids; at most [`ITEMS_AT_ONCE`](crate::ITEMS_AT_ONCE) at
    /// once. All of them are taken, or none. Answers them with WiseTime's ids.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for too many, of which none is sent; [`ErrorKind::Invalid`] if one of them is refused.
    ///
    /// [`ErrorKind::Configuration`]: clio_core::ErrorKind::Configuration
    /// [`ErrorKind::Invalid`]: clio_core::ErrorKind::Invalid
    pub async fn upsert_tag_categories(&self, categories: &[TagCategory]) -> Result<Vec<TagCategory>, Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Batch<'a> {
            tag_categories: &'a [TagCategory],
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Upserted {
            #[serde(default)]
            tag_categories: Vec<TagCategory>,
        }
        let operation = "batch-tag-category-upsert";
        fits(operation, categories.len())?;
        let body = Some(encode(operation, &Batch { tag_categories: categories })?);
        let answer = self.call(operation, Method::POST, "tagcategory/batch", body, Limits::default()).await?;
        let upserted: Upserted = decode(operation, &answer.succeeded(operation)?)?;
        Ok(upserted.tag_categories)
    }

    /// Deletes the tag category of this external id, **and every tag in it**. `false`: there was none. WiseTime's document
    /// has, for this operation alone, 404 for a bad API key too; [`team_name`](Self::team_name) tells the two apart.
    ///
    /// # Errors
    ///
    /// As the answer says.
    pub async fn delete_tag_category(&self, external_id: &str) -> Result<bool, Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Delete<'a> {
            external_id: &'a str,
        }
        let operation = "tag-category-delete";
        let body = Some(encode(operation, &Delete { external_id })?);
        let answer = self.call(operation, Method::POST, "tagcategory/delete", body, Limits::default());
        answer.await?.found(operation)
    }
}
