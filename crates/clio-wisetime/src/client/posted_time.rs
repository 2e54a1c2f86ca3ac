//! Posted time.

use std::time::Duration;

use bytes::Bytes;
use clio_core::{Error, Limits};
use http::Method;

use super::{Client, encode};
use crate::wire::TimeGroupStatus;

/// The longest that WiseTime holds an empty poll is 60 seconds.
const LONG_POLL: Duration = Duration::from_secs(75);

/// The most groups that one poll hands out.
pub(crate) const GROUPS_AT_ONCE: u32 = 25;

impl Client {
    /// Time that waits to be taken, as it stands on the wire. Held open by WiseTime for up to a minute when there is
    /// none.
    pub async fn posted_time(&self, limit: u32) -> Result<Bytes, Error> {
        let path = format!("postedtime?limit={limit}");
        let limits = Limits { total: LONG_POLL, ..Limits::default() };
        self.call("fetch-posted-time", Method::GET, &path, None, limits).await?.succeeded("fetch-posted-time")
    }

    /// Says what became of a group.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when WiseTime does not know the group (any more).
    pub async fn update_status(&self, status: &TimeGroupStatus) -> Result<(), Error> {
        let operation = "update-posted-time-status";
        let body = Some(encode(operation, status)?);
        let answer = self.call(operation, Method::POST, "postedtime/status", body, Limits::default()).await?;
        answer.succeeded(operation).map(drop)
    }
}
