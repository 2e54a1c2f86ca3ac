//! Where records are written.

use std::{any::Any, fmt, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::Etag;
use sha2::{Digest, Sha256};

use crate::{Content, Error, ErrorKind, Result, Write, link::id_alone};

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

    /// Sends these, at most [`Capabilities::batch`] of them ([`Capabilities::delete_batch`] deletions), with what [`prepare`](Self::prepare) reserved for them. One
    /// outcome for each, in order.
    async fn send(&self, sendings: &[Sending], limits: SendLimits, ready: Ready) -> Vec<Outcome>;

    /// The records that a look of this scope needs to see. Not asked of targets with [`Fingerprint::NaturalKey`].
    async fn look(&self, look: &Look) -> Result<Vec<Found>>;

    /// One record as it stands now; `None` if it does not exist (any more). Needed for [`Capabilities::updates`] and
    /// [`Capabilities::deletes`]. Not asked of targets with [`Fingerprint::NaturalKey`].
    ///
    /// # Errors
    ///
    /// What kept it from being read. A target without it is a [`ErrorKind::Configuration`].
    async fn get(&self, _remote_id: &str) -> Result<Option<Found>> {
        Err(Error::new(ErrorKind::Configuration, format!("{} cannot read one record", self.kind())))
    }

    /// Goes on with a creation of several steps that was broken off after the first: what a look found is there, but not
    /// [complete](Found::complete). Doing it again must change nothing.
    async fn finish(&self, _sending: &Sending, found: &Found, _limits: SendLimits, _ready: Ready) -> Outcome {
        Outcome::Applied { remote_id: found.remote_id.clone(), etag: found.etag.clone(), echo: None }
    }
}

/// One write on its way to a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// The key of its intent. Two different writes never share one, and one that is repeated keeps it.
    pub key: String,
    /// What is to be done.
    pub action: Action,
    /// The record.
    pub write: Write,
}

impl Sending {
    /// A short code that stands for the key, by which a target may mark the record as its own.
    pub fn marker(&self) -> String {
        marker(&self.key)
    }
}

/// The code that stands for an intent's key: 16 letters and digits of base32 (80 bits of the hash that the key is), in
/// which no two signs look alike to a search.
pub fn marker(key: &str) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let hash = Sha256::digest(key.as_bytes());
    let sign = |at: usize| {
        let (byte, bit) = (at * 5 / 8, at * 5 % 8);
        let pair = u16::from_be_bytes([hash[byte], hash[byte + 1]]);
        char::from(ALPHABET[usize::from((pair >> (11 - bit)) & 31)])
    };
    (0..16).map(sign).collect()
}

/// What is to be done with a record.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Create it.
    Create,
    /// Bring the record of this id to the state that is written, if it still has this version.
    Update {
        /// Its id.
        remote_id: String,
        /// The version that it must still have. `None` where the target tells none.
        etag: Option<Etag>,
    },
    /// Delete the record of this id.
    Delete {
        /// Its id.
        remote_id: String,
    },
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create => f.write_str("Create"),
            Self::Update { remote_id, etag } => {
                let remote_id = id_alone(remote_id);
                f.debug_struct("Update").field("remote_id", &remote_id).field("etag", etag).finish()
            }
            Self::Delete { remote_id } => {
                f.debug_struct("Delete").field("remote_id", &id_alone(remote_id)).finish()
            }
        }
    }
}

/// What a look has to see: whatever of these writes may stand at the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Nothing that is looked for appeared before this, by the server's own time.
    pub since: DateTime<Utc>,
    /// What is looked for.
    pub sought: Vec<Sending>,
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
///
/// ```
/// use clio_sync::{Capabilities, Fingerprint};
///
/// let capabilities = Capabilities::new(Fingerprint::NaturalKey).batch(2_000).deletes();
/// assert!(!capabilities.updates);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct Capabilities {
    /// How it recognises a record as one that it was sent.
    pub fingerprint: Fingerprint,
    /// How many writes one request carries.
    pub batch: usize,
    /// How many deletions are sent at once, where that is not as many as other writes: a target may take writes by the
    /// thousand and deletions one by one. Then the deletions go first, so that what they free is free.
    pub delete_batch: Option<usize>,
    /// It creates records. Where it does not, a write that would have to create one stops the flow, before anything is sent.
    pub creates: bool,
    /// It changes records, and only those that still have the version that was named.
    pub updates: bool,
    /// A change may take effect after its answer was lost, since it is under no condition: the engine waits before it looks
    /// whether the record is as it was written.
    pub unconditional_updates: bool,
    /// It deletes records.
    pub deletes: bool,
    /// What it creates has no effect before it is [finished](Target::finish), so that a creation may be sent again although
    /// an earlier one may still land.
    pub inert_create: bool,
}

impl Capabilities {
    /// A target that recognises its records so, and creates them one by one.
    pub fn new(fingerprint: Fingerprint) -> Self {
        Self {
            fingerprint,
            batch: 1,
            delete_batch: None,
            creates: true,
            updates: false,
            unconditional_updates: false,
            deletes: false,
            inert_create: false,
        }
    }

    /// One request carries so many writes.
    #[must_use]
    pub fn batch(mut self, batch: usize) -> Self {
        self.batch = batch;
        self
    }

    /// So many deletions are sent at once, and none together with other writes.
    #[must_use]
    pub fn delete_batch(mut self, batch: usize) -> Self {
        self.delete_batch = Some(batch);
        self
    }

    /// It only changes or deletes what is there.
    #[must_use]
    pub fn creates_nothing(mut self) -> Self {
        self.creates = false;
        self
    }

    /// It changes records under a condition.
    #[must_use]
    pub fn updates(mut self) -> Self {
        self.updates = true;
        self
    }

    /// It changes records under no condition, because it tells no versions of them. Whoever changes one at the same time is
    /// not noticed.
    #[must_use]
    pub fn unconditional_updates(mut self) -> Self {
        self.updates = true;
        self.unconditional_updates = true;
        self
    }

    /// It deletes records.
    #[must_use]
    pub fn deletes(mut self) -> Self {
        self.deletes = true;
        self
    }

    /// What it creates has no effect before it is finished.
    #[must_use]
    pub fn inert_create(mut self) -> Self {
        self.inert_create = true;
        self
    }
}

/// Groups of fields: a record that agrees with a write in all fields of one group, but not in everything, may be that
/// write changed by a person.
pub type NearMiss = &'static [&'static [&'static str]];

/// How a target recognises a record after the outcome of a write was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fingerprint {
    /// Writing the same again changes nothing: the record has a natural key. No look is needed.
    NaturalKey,
    /// By what it contains. Nothing is added to the record for our sake.
    Content {
        /// An unlinked record that is a near miss of a write makes it wait for a person.
        near_miss: NearMiss,
    },
    /// By a property beside the record that holds the [marker](Sending::marker). Exact.
    ExternalProperty,
    /// By the [marker](Sending::marker) in one of its own texts. Exact, unless a person takes it out.
    NoteMarker {
        /// An unlinked record without any marker that is a near miss of a write makes it wait for a person.
        near_miss: NearMiss,
    },
}

impl Fingerprint {
    /// Whether a record says by itself which write it is of.
    pub fn is_exact(self) -> bool {
        matches!(self, Self::ExternalProperty | Self::NoteMarker { .. })
    }

    /// The groups of fields by which near misses are told.
    pub fn near_miss(self) -> NearMiss {
        match self {
            Self::Content { near_miss } | Self::NoteMarker { near_miss } => near_miss,
            Self::NaturalKey | Self::ExternalProperty => &[],
        }
    }
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
        /// Its id there, unique among the records of the target. One that has a name in it has that behind a blank: no
        /// `Debug` shows more than what comes before the first blank.
        remote_id: String,
        /// Its version there.
        etag: Option<Etag>,
        /// The fields as the target keeps them, if it said.
        echo: Option<Content>,
    },
    /// The target refused it for good, in these words.
    Refused(String),
    /// Surely nothing was written: the record no longer has the version that was named.
    Changed,
    /// Surely nothing was written: there is no record of this id (any more).
    Gone,
    /// Surely nothing was written, and the fault is not the record's: the flow stops with this error.
    NotSent(Error),
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
                f.debug_struct("Applied").field("remote_id", &id_alone(remote_id)).finish_non_exhaustive()
            }
            Self::Refused(_) => f.write_str("Refused(..)"),
            Self::Changed => f.write_str("Changed"),
            Self::Gone => f.write_str("Gone"),
            Self::NotSent(error) => f.debug_tuple("NotSent").field(error).finish(),
            Self::RateLimited(wait) => f.debug_tuple("RateLimited").field(wait).finish(),
            Self::Unknown(_) => f.write_str("Unknown(..)"),
        }
    }
}

/// A record as it was found at the target.
#[derive(Clone, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub remote_id: String,
    /// Its version.
    pub etag: Option<Etag>,
    /// Its fields.
    pub content: Content,
    /// The marker that it carries.
    pub marker: Option<String>,
    /// No step of its creation is missing.
    pub complete: bool,
}

impl Found {
    /// A complete record without a marker.
    pub fn new(remote_id: impl Into<String>, etag: Option<Etag>, content: Content) -> Self {
        Self { remote_id: remote_id.into(), etag, content, marker: None, complete: true }
    }
}

impl fmt::Debug for Found {
    /// Leaves the values out: they are client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found").field("remote_id", &id_alone(&self.remote_id)).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_short_and_its_own() {
        let one = marker("a");
        assert_eq!(one.len(), 16);
        assert!(one.bytes().all(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit()));
        assert_eq!(one, marker("a"));
        assert_ne!(one, marker("b"));
    }
}
