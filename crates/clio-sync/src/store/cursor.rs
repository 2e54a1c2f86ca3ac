//! How far a source was read.

use std::{fmt, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How far a cursor source was read.
///
/// `read` is a list of closed intervals of the source's own time, in order and apart from each other: everything that
/// changed inside is recorded. It never advances to "the newest seen", because a source may still commit below that.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// What was read completely.
    pub read: Vec<Interval>,
    /// The walk that is under way.
    pub walk: Option<CursorWalk>,
    /// Under which [settings](crate::Pull::settings) all of that was mapped. Under others it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<String>,
}

/// A stretch of the source's time, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// Its start; `None` is the beginning of time.
    pub from: Option<DateTime<Utc>>,
    /// Its end: the source's time when the walk began.
    pub to: DateTime<Utc>,
}

/// A walk through the pages of a cursor source that is not finished.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CursorWalk {
    /// Everything since this moment is being read.
    pub since: Option<DateTime<Utc>>,
    /// The source's time when the walk began.
    pub began: DateTime<Utc>,
    /// Where the next page is.
    pub position: String,
    /// How many records were read since it began.
    #[serde(default)]
    pub seen: u64,
}

impl fmt::Debug for CursorWalk {
    /// Leaves the position out: it may repeat what was searched for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CursorWalk")
            .field("since", &self.since)
            .field("began", &self.began)
            .field("seen", &self.seen)
            .finish_non_exhaustive()
    }
}

impl Cursor {
    /// What still counts under these settings: everything, or nothing at all.
    #[must_use]
    pub fn under(self, settings: Option<&str>) -> Self {
        if self.settings.as_deref() == settings {
            return self;
        }
        Self { settings: settings.map(str::to_owned), ..Self::default() }
    }

    /// Where the next walk has to start: `overlap` before the end of what was read.
    pub fn since(&self, overlap: Duration) -> Option<DateTime<Utc>> {
        let end = self.read.last()?.to;
        Some(chrono::TimeDelta::from_std(overlap).ok().and_then(|o| end.checked_sub_signed(o)).unwrap_or(end))
    }

    /// Closes an interval, merging what touches it.
    pub fn close(&mut self, from: Option<DateTime<Utc>>, to: DateTime<Utc>) {
        self.walk = None;
        self.read.push(Interval { from, to });
        self.read.sort_by_key(|interval| (interval.from, interval.to));
        let mut merged: Vec<Interval> = Vec::new();
        for next in self.read.drain(..) {
            match merged.last_mut() {
                Some(last) if next.from.is_none_or(|from| from <= last.to) => last.to = last.to.max(next.to),
                _ => merged.push(next),
            }
        }
        self.read = merged;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(minute * 60, 0).unwrap()
    }

    #[test]
    fn a_cursor_goes_on_before_the_start_of_the_last_walk() {
        let mut cursor = Cursor::default();
        assert_eq!(cursor.since(Duration::from_secs(300)), None);
        cursor.close(None, at(60));
        assert_eq!(cursor.since(Duration::from_secs(300)), Some(at(55)));
        cursor.close(Some(at(55)), at(90));
        assert_eq!(cursor.read, [Interval { from: None, to: at(90) }]);
    }

    #[test]
    fn under_other_settings_nothing_was_read() {
        let mut cursor = Cursor::default().under(Some("a"));
        cursor.close(None, at(60));
        assert_eq!(cursor.clone().under(Some("a")), cursor);
        for other in [Some("b"), None] {
            let forgotten = cursor.clone().under(other);
            assert_eq!((forgotten.read.as_slice(), forgotten.settings.as_deref()), (&[][..], other));
        }
    }

    #[test]
    fn a_cursor_of_before_there_were_settings_is_read() {
        let cursor: Cursor = serde_json::from_str(r#"{"read":[],"walk":null}"#).unwrap();
        assert_eq!(cursor, Cursor::default());
        assert_eq!(serde_json::to_string(&cursor).unwrap(), r#"{"read":[],"walk":null}"#);
    }

    #[test]
    fn a_gap_stays_a_gap() {
        let mut cursor = Cursor::default();
        cursor.close(Some(at(10)), at(20));
        cursor.close(Some(at(40)), at(50));
        assert_eq!(cursor.read.len(), 2);
        cursor.close(Some(at(15)), at(45));
        assert_eq!(cursor.read, [Interval { from: Some(at(10)), to: at(50) }]);
    }
}
