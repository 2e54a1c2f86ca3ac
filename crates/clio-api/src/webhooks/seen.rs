//! What was taken already, so that it can be told when it comes again.

use std::collections::{HashMap, VecDeque};

use clio_core::{Etag, Id, schema::objects::Webhook};
use sha2::{Digest as _, Sha256};

/// An event as far as Clio names one: it has no id of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key([u8; 32]);

/// The whole body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digest([u8; 32]);

impl Key {
    pub(super) fn new(webhook: Id<Webhook>, event: &str, record: &str, etag: Option<&Etag>) -> Self {
        let mut hash = Sha256::new();
        let webhook = webhook.to_string();
        for part in [webhook.as_str(), event, record, etag.map_or("", Etag::as_str)] {
            // The length first, so that no two lists of parts read alike.
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}

impl Digest {
    pub(super) fn of(body: &[u8]) -> Self {
        Self(Sha256::digest(body).into())
    }
}

/// The last events that were taken. Beyond `most` the oldest are forgotten.
pub(super) struct Seen {
    most: usize,
    /// The last body of each event.
    bodies: HashMap<Key, Digest>,
    order: VecDeque<Key>,
}

impl Seen {
    pub(super) fn new(most: usize) -> Self {
        Self { most, bodies: HashMap::new(), order: VecDeque::new() }
    }

    /// The last body of this event was the same. Only the last counts: a version of a record can change in what its etag
    /// does not cover (a name of its client, perhaps), and change back, and the second change must not pass for the first.
    pub(super) fn has(&self, key: Key, body: Digest) -> bool {
        self.bodies.get(&key) == Some(&body)
    }

    pub(super) fn take(&mut self, key: Key, body: Digest) {
        if self.bodies.insert(key, body).is_none() {
            self.order.push_back(key);
        }
        while self.order.len() > self.most {
            if let Some(oldest) = self.order.pop_front() {
                self.bodies.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(record: &str) -> Key {
        Key::new(Id::new(1), "updated", record, None)
    }

    #[test]
    fn the_oldest_is_forgotten() {
        let mut seen = Seen::new(2);
        let body = Digest::of(b"x");
        for record in ["1", "2", "2", "3"] {
            seen.take(key(record), body);
        }
        assert_eq!(["1", "2", "3"].map(|record| seen.has(key(record), body)), [false, true, true]);
        assert_eq!((seen.bodies.len(), seen.order.len()), (2, 2));
        Seen::new(0).take(key("1"), body);
    }

    #[test]
    fn what_changes_back_is_new() {
        let mut seen = Seen::new(9);
        let (a, b) = (Digest::of(b"a"), Digest::of(b"b"));
        seen.take(key("1"), a);
        seen.take(key("1"), b);
        assert!(seen.has(key("1"), b) && !seen.has(key("1"), a));
    }

    #[test]
    fn parts_are_not_run_together() {
        let etag = Etag::new("2");
        let key = |event, record, etag| Key::new(Id::new(1), event, record, etag);
        assert_ne!(key("a", "12", None), key("a", "1", Some(&etag)));
        assert_ne!(key("a1", "2", None), key("a", "12", None));
    }
}
