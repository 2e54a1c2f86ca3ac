//! When a flow runs by itself.

use std::{fmt, str::FromStr, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use croner::parser::{CronParser, Seconds, Year};
use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, Result};

/// When a flow runs by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Schedule {
    /// This long after the last run ended.
    Every(Duration),
    /// At these times of the day and the week.
    Cron(Cron),
}

impl Schedule {
    /// Runs at the times of this cron expression, in UTC.
    ///
    /// # Errors
    ///
    /// What [`Cron`] says of its text.
    pub fn cron(text: &str) -> Result<Self> {
        text.parse().map(Self::Cron)
    }
}

/// A cron expression in UTC: `15 21 * * *` is 21:15 each day.
///
/// The five fields are minute, hour, day of the month, month and day of the week (0 and 7 are Sunday; names as `MON` do too).
/// Where both days are given, one of them is enough. `@hourly`, `@daily`, `@weekly`, `@monthly` and `@yearly` are short for
/// the obvious. The syntax is that of the crate `croner`, without seconds and years. Serialised as its text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cron {
    text: String,
    pattern: Arc<croner::Cron>,
}

impl Cron {
    /// The expression as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first tick after this moment. `None` once there is none any more, thousands of years from now.
    pub fn next_after(&self, moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.pattern.find_next_occurrence(&moment, false).ok()
    }
}

impl FromStr for Cron {
    type Err = Error;

    /// # Errors
    ///
    /// [`ErrorKind::Configuration`]: this is no cron expression, or one that never ticks, such as the 30th of February.
    fn from_str(text: &str) -> Result<Self> {
        let refuse =
            |why: String| Error::new(ErrorKind::Configuration, format!("cron expression `{text}`: {why}"));
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let pattern = parser.parse(text).map_err(|error| refuse(error.to_string()))?;
        let cron = Self { text: text.to_owned(), pattern: Arc::new(pattern) };
        match cron.next_after(DateTime::UNIX_EPOCH) {
            Some(_) => Ok(cron),
            None => Err(refuse("there is no such day".to_owned())),
        }
    }
}

impl TryFrom<String> for Cron {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Cron> for String {
    fn from(cron: Cron) -> Self {
        cron.text
    }
}

impl fmt::Debug for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cron").field(&self.text).finish()
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn next(cron: &str, after: &str) -> DateTime<Utc> {
        cron.parse::<Cron>().unwrap().next_after(at(after)).unwrap()
    }

    #[test]
    fn the_next_tick_is_in_utc_and_after() {
        let cases = [
            ("15 21 * * *", "2026-03-02T09:00:00Z", "2026-03-02T21:15:00Z"),
            ("15 21 * * *", "2026-03-02T21:15:00Z", "2026-03-03T21:15:00Z"),
            ("15 21 * * *", "2026-03-02T21:14:59.999Z", "2026-03-02T21:15:00Z"),
            ("*/20 * * * *", "2026-03-02T09:41:30Z", "2026-03-02T10:00:00Z"),
            // Clocks in America and Europe change on these days; UTC does not.
            ("30 7 * * *", "2026-03-08T00:00:00Z", "2026-03-08T07:30:00Z"),
            ("30 1 * * *", "2026-03-29T00:00:00Z", "2026-03-29T01:30:00Z"),
            ("0 0 29 2 *", "2026-03-02T00:00:00Z", "2028-02-29T00:00:00Z"),
            // Either day is enough.
            ("0 6 1 * MON", "2026-03-03T00:00:00Z", "2026-03-09T06:00:00Z"),
            ("0 6 * * 7", "2026-03-03T00:00:00Z", "2026-03-08T06:00:00Z"),
            ("@daily", "2026-12-31T12:00:00Z", "2027-01-01T00:00:00Z"),
        ];
        for (cron, after, expected) in cases {
            assert_eq!(next(cron, after), at(expected), "{cron} after {after}");
        }
    }

    #[test]
    fn what_is_no_cron_expression_is_refused_at_once() {
        for text in [
            "",
            " ",
            "nightly",
            "* * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 32 * *",
            "* * * 13 *",
            "*/0 * * * *",
            "5-1 * * * *",
            "0 15 21 * * *",
            "0 15 21 * * * 2027",
            "15 21 * * * ; reboot",
            "@never",
            "0 0 30 2 *",
            "é * * * *",
        ] {
            let error = text.parse::<Cron>().expect_err(text);
            assert_eq!(error.kind(), ErrorKind::Configuration, "{text}");
            assert!(error.to_string().contains(&format!("`{text}`")), "{error}");
        }
    }

    #[test]
    fn a_schedule_is_serialised_as_its_text() {
        let nightly = Schedule::cron("15 21 * * *").unwrap();
        let json = serde_json::to_string(&nightly).unwrap();
        assert_eq!(json, r#"{"Cron":"15 21 * * *"}"#);
        assert_eq!(serde_json::from_str::<Schedule>(&json).unwrap(), nightly);
        serde_json::from_str::<Schedule>(r#"{"Cron":"15 25 * * *"}"#).unwrap_err();
    }

    #[test]
    fn after_the_last_year_there_is_no_tick() {
        assert_eq!("@daily".parse::<Cron>().unwrap().next_after(DateTime::<Utc>::MAX_UTC), None);
    }
}
