//! Where records are written.

use std::{any::Any, fmt, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::Etag;

use crate::{Content, Result, Write};

/// A place that records are written to.
///
/// A target sends what it is given, once, and reports what it knows of the outcome. It never repeats a write: that is
/// decided by the engine alone, because only the engine has written down what was sent before.
#[async_trait]
pub trait Target: Send + Sync {
    /// What the records are: `clio/activity`. Part of every key, so it never changes.
    fn kind(&self) -> &str;

    /// What this target can do.
    fn capabilities(&self) -> Capabilities;

    /// The monotonic time by which this target measures [`SendLimits::send_by`].
    fn monotonic(&self) -> Duration;

    /// Makes sure that writes can go out within `within`: refreshes a token, waits for the rate limit and reserves what it
    /// takes. Called before the writes are recorded as being sent.
    async fn prepare(&self, within: Duration) -> Result<Ready>;

    /// The newest time that the server told by its own clock; asks it, if none is known yet.
    async fn server_time(&self) -> Result<DateTime<Utc>>;

    /// Sends the writes, at most [`Capabilities::batch`] of them, with what [`prepare`](Self::prepare) reserved for them. One
    /// outcome for each, in order.
    async fn send(&self, writes: &[Write], limits: SendLimits, ready: Ready) -> Vec<Outcome>;

    /// All records that appeared at or after `floor`, whoever made them. Only asked of targets with
    /// [`Fingerprint::Content`].
    async fn created_since(&self, floor: DateTime<Utc>) -> Result<Vec<Found>>;
}

/// What a target has reserved for one send, such as a permit of a rate limit. Dropped, it is given back.
#[derive(Default)]
pub struct Ready(Option<Box<dyn Any + Send>>);

impl Ready {
    /// Nothing had to be reserved.
    pub fn nothing() -> Self {
        Self(None)
    }

    /// This was reserved.
    pub fn with(reserved: impl Any + Send) -> Self {
        Self(Some(Box::new(reserved)))
    }

    /// What was reserved, if it is a `T`.
    pub fn take<T: Any>(self) -> Option<T> {
        self.0?.downcast().ok().map(|reserved| *reserved)
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ready").field(&self.0.is_some()).finish()
    }
}

/// What a target can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// How it recognises a record as one that it was sent.
    pub fingerprint: Fingerprint,
    /// How many writes one request carries.
    pub batch: usize,
}

/// How a target recognises a record after the outcome of a write was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fingerprint {
    /// Writing the same again changes nothing: the record has a natural key. No look is needed.
    NaturalKey,
    /// By what it contains. Nothing is added to the record for our sake.
    Content {
        /// Groups of fields. An unlinked record that agrees with a write in all fields of one group, but not in
        /// everything, may be that write changed by a person: the write then waits for a person.
        near_miss: &'static [&'static [&'static str]],
    },
}

/// The limits of one send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendLimits {
    /// No byte leaves after this moment of [`Target::monotonic`].
    pub send_by: Duration,
    /// An answer after this time counts as lost.
    pub answer_within: Duration,
}

/// What is known of a write after it was sent.
#[non_exhaustive]
pub enum Outcome {
    /// It stands at the target.
    Applied {
        /// Its id there.
        remote_id: String,
        /// Its version there.
        etag: Option<Etag>,
        /// The fields as the target keeps them, if it said.
        echo: Option<Content>,
    },
    /// The target refused it for good, in these words.
    Refused(String),
    /// Surely nothing was written, and the fault is not the record's: the flow stops with this error.
    NotSent(crate::Error),
    /// Too many requests. Whether that was said before or after executing is for [`Timing`](crate::Timing) to say.
    RateLimited(Option<Duration>),
    /// It may have been written, now or later.
    Unknown(String),
}

impl fmt::Debug for Outcome {
    /// Leaves the values out: they are client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Applied { remote_id, .. } => {
                f.debug_struct("Applied").field("remote_id", remote_id).finish_non_exhaustive()
            }
            Self::Refused(_) => f.write_str("Refused(..)"),
            Self::NotSent(error) => f.debug_tuple("NotSent").field(error).finish(),
            Self::RateLimited(wait) => f.debug_tuple("RateLimited").field(wait).finish(),
            Self::Unknown(_) => f.write_str("Unknown(..)"),
        }
    }
}

/// A record that a look found at the target.
#[derive(Clone)]
pub struct Found {
    /// Its id.
    pub remote_id: String,
    /// Its version.
    pub etag: Option<Etag>,
    /// Its fields.
    pub content: Content,
}

impl fmt::Debug for Found {
    /// Leaves the values out: they are client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found").field("remote_id", &self.remote_id).finish_non_exhaustive()
    }
}
