//! What no request is published for.

use clio_sync::{Error, ErrorKind};

/// # Errors
///
/// Always.
pub(super) fn unpublished(what: &str) -> Error {
    let words = format!(
        "Case Status publishes no request to {what}: implement the port `CaseStatus` with Case Status's own documents, \
         and hand the reading on to `Http`"
    );
    Error::new(ErrorKind::Configuration, words)
}
