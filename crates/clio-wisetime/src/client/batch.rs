//! What the batches have in common.

use clio_core::{Error, ErrorKind};
use serde::Deserialize;

use super::Answer;
use crate::wire::ItemError;

/// The most tags, tag categories or activity types of one batch.
pub const ITEMS_AT_ONCE: usize = 2000;

/// WiseTime takes no larger batch, so that none is sent.
pub(super) fn fits(operation: &'static str, items: usize) -> Result<(), Error> {
    if items <= ITEMS_AT_ONCE {
        return Ok(());
    }
    let message = format!("a batch has at most {ITEMS_AT_ONCE} items, and this one has {items}");
    Err(Error::new(ErrorKind::Configuration, message).with_operation(operation))
}

impl Answer {
    /// The items that the answer says to be wrong, whatever its status: WiseTime's document has the list in an answer of
    /// 400 for tags, and of 200 for activity types. `None` where the body is something else, or not all of it came.
    pub(super) fn item_errors(&self) -> Option<Vec<ItemError>> {
        #[derive(Deserialize)]
        struct Errors {
            errors: Option<Vec<ItemError>>,
        }
        if self.body.is_empty() {
            return Some(Vec::new());
        }
        serde_json::from_slice(&self.body).ok().map(|Errors { errors }| errors.unwrap_or_default())
    }

    /// What is wrong with single items, if that is all that is wrong.
    pub(super) fn but_for_items(self, operation: &'static str) -> Result<Vec<ItemError>, Error> {
        match self.item_errors() {
            Some(errors) if matches!(self.status.as_u16(), 200..=299 | 400) && !errors.is_empty() => {
                Ok(errors)
            }
            _ => self.succeeded(operation).map(|_| Vec::new()),
        }
    }
}
