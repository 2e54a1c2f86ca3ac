//! What to answer Clio.

use clio_core::{Error, Secret};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::{Refusal, receiver::HOOK_SECRET};

/// What to answer to a request of Clio's: a status, sometimes a header, never a body.
///
/// Clio reads the status as follows (its documentation and help pages): 2xx and 3xx, taken; 410, never again; anything else,
/// and no answer within a short time, is sent again after 2 minutes, then after twice as long each time, five times in all;
/// a webhook whose requests are not taken is suspended in the end.
///
/// ```
/// use clio_api::webhooks::Reply;
///
/// let (status, headers) = Reply::taken().into_parts();
/// assert_eq!(status, 200);
/// assert!(headers.is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "it has to be answered"]
pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
}

impl Reply {
    /// 200: it was taken, and need not come again.
    pub fn taken() -> Self {
        Self::bare(StatusCode::OK)
    }

    /// 503: it could not be dealt with now, and is to come again.
    pub fn later() -> Self {
        Self::bare(StatusCode::SERVICE_UNAVAILABLE)
    }

    /// 410: nothing is to come again. Clio disables the webhook.
    pub fn disable() -> Self {
        Self::bare(StatusCode::GONE)
    }

    /// The status of a [`Refusal`]; of any other error 503, so that it comes again.
    pub fn refused(error: &Error) -> Self {
        Refusal::of(error).map_or_else(Self::later, |refusal| Self::bare(refusal.status()))
    }

    /// 200 with the secret, which completes a handshake. A secret that no header can hold came in no header.
    pub(super) fn echo(secret: &Secret) -> Self {
        let mut reply = Self::taken();
        if let Ok(mut value) = HeaderValue::from_str(secret.expose()) {
            value.set_sensitive(true);
            reply.headers.insert(HOOK_SECRET, value);
        }
        reply
    }

    fn bare(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new() }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers: `X-Hook-Secret` in the answer to a handshake, otherwise none.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Both. Most web frameworks answer such a pair as it is.
    pub fn into_parts(self) -> (StatusCode, HeaderMap) {
        (self.status, self.headers)
    }
}
