//! Posted time.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use clio_core::{Amount, Secret};
use serde::Deserialize;

use super::word::{lenient, list, words};

/// Time that a user posted as one: `TimeGroup` of WiseTime's document, with each of its members.
///
/// What a time entry is made of has to be as the document says; of the rest, a member of another kind counts as missing.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TimeGroup {
    /// The key that the webhook was subscribed with. Only there when WiseTime calls a webhook.
    #[serde(default, deserialize_with = "lenient")]
    pub caller_key: Option<Secret>,
    /// WiseTime's id of the group.
    pub group_id: String,
    /// What the user wrote about it.
    pub description: Option<String>,
    /// What was done, as the team's template words it.
    pub formatted_narrative: Option<String>,
    /// Its duration in seconds: the sum of its rows, unless the user has edited it.
    pub total_duration_secs: i64,
    /// The same in hours, with two decimal places at most.
    #[serde(default, deserialize_with = "lenient")]
    pub total_duration_hours: Option<Amount>,
    /// Minutes that the user's time zone was ahead of UTC.
    #[serde(default, deserialize_with = "lenient")]
    pub tz_offset_mins: Option<i32>,
    /// The day in the user's time zone.
    pub local_date: NaiveDate,
    /// The moment that the group has, in milliseconds since 1970.
    #[serde(default, deserialize_with = "lenient")]
    pub timestamp: Option<i64>,
    /// The group's name; mostly none.
    #[serde(default, deserialize_with = "lenient")]
    pub group_name: Option<String>,
    /// Whether what the rows say may be used.
    pub narrative_type: Option<NarrativeType>,
    /// Where WiseTime has the group, in lists.
    #[serde(default, deserialize_with = "lenient")]
    pub status: Option<GroupStatus>,
    /// When the user posted it, in milliseconds since 1970.
    #[serde(default, deserialize_with = "lenient")]
    pub submission_time: Option<i64>,
    /// The matter that it was tagged with: at most one, although it is a list.
    #[serde(default, deserialize_with = "list")]
    pub tags: Vec<Tag>,
    /// What makes it up.
    #[serde(default, deserialize_with = "list")]
    pub time_rows: Vec<TimeRow>,
    /// The charge code.
    pub activity_type: Option<ActivityType>,
    /// Who posted it.
    pub user: User,
    /// Another user of this shape, of whom the document says no more. Not used.
    #[serde(default, deserialize_with = "lenient")]
    pub originating_user: Option<User>,
    /// From when a group could have several tags. The document says to ignore it.
    #[serde(default, deserialize_with = "lenient")]
    pub duration_split_strategy: Option<SplitStrategy>,
}

words! {
    /// Whether what the rows of a group say may be used.
    NarrativeType {
        /// It may. The usual case.
        NarrativeAndRows = "NARRATIVE_AND_TIME_ROW_ACTIVITY_DESCRIPTIONS",
        /// The user does not want it to be.
        NarrativeOnly = "NARRATIVE_ONLY",
    }
}

words! {
    /// Where WiseTime has a group.
    GroupStatus {
        /// Not acknowledged for good.
        Pending = "PENDING",
        /// Acknowledged as done.
        Success = "SUCCESS",
    }
}

words! {
    /// How the time of a group with several tags was meant, in older versions.
    SplitStrategy {
        /// Each tag has its share.
        Divide = "DIVIDE_BETWEEN_TAGS",
        /// Each tag has all of it.
        WholeToEach = "WHOLE_DURATION_TO_EACH_TAG",
    }
}

words! {
    /// Where a row comes from.
    RowSource {
        /// Recorded by the app.
        Desktop = "WT_DESKTOP",
        /// Entered by the user.
        Manual = "USER_MANUAL_TIME",
    }
}

impl fmt::Debug for TimeGroup {
    /// Shows the id only: what people did is theirs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeGroup").field("group_id", &self.group_id).finish_non_exhaustive()
    }
}

impl TimeGroup {
    /// The user does not want what the rows say to be used.
    pub fn is_narrative_only(&self) -> bool {
        self.narrative_type == Some(NarrativeType::NarrativeOnly)
    }

    /// The sum of the rows, in seconds: what was recorded, before the user edited the total. `None` without rows.
    pub fn recorded_secs(&self) -> Option<i64> {
        let mut rows = self.time_rows.iter().map(|row| row.duration_secs);
        let first = rows.next()?;
        rows.try_fold(first, i64::checked_add)
    }

    /// The user has posted another time than was recorded.
    pub fn is_edited(&self) -> bool {
        self.recorded_secs() != Some(self.total_duration_secs)
    }

    /// When the user posted it, if WiseTime says so in a way that is a moment.
    pub fn submitted_at(&self) -> Option<DateTime<Utc>> {
        self.submission_time.filter(|millis| *millis > 0).and_then(DateTime::from_timestamp_millis)
    }
}

/// A tag on a group.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Tag {
    /// Its name: the matter's number.
    pub name: String,
    /// What it was given when it was made; not used any more.
    #[serde(default, deserialize_with = "lenient")]
    pub path: Option<String>,
    /// What stands beside the name: the client and the matter's description.
    #[serde(default, deserialize_with = "lenient")]
    pub description: Option<String>,
    /// The matter's id in Clio, for tags that this adapter has made.
    pub external_id: Option<String>,
}

impl fmt::Debug for Tag {
    /// Shows no name: it may be that of a client.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tag").field("external_id", &self.external_id).finish_non_exhaustive()
    }
}

/// One stretch of recorded activity.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TimeRow {
    /// The program or the kind of work: `Microsoft Word`.
    pub activity: Option<String>,
    /// The window's title or the file.
    pub description: Option<String>,
    /// The hour in UTC, as `yyyyMMddhh`.
    #[serde(default, deserialize_with = "lenient")]
    pub activity_hour: Option<i64>,
    /// The minute of that hour at which the activity was first seen, 0 to 59.
    #[serde(default, deserialize_with = "lenient")]
    pub first_observed_in_hour: Option<i64>,
    /// Seconds.
    pub duration_secs: i64,
    /// When it was submitted, in UTC as `yyyyMMddHHmmSSsss`. Deprecated.
    #[serde(default, deserialize_with = "lenient")]
    pub submitted_date: Option<i64>,
    /// The name of the charge code of the row. Deprecated.
    #[serde(default, deserialize_with = "lenient")]
    pub modifier: Option<String>,
    /// The charge code of the row. Deprecated.
    #[serde(default, deserialize_with = "lenient")]
    pub activity_type_code: Option<String>,
    /// Where it comes from.
    #[serde(default, deserialize_with = "lenient")]
    pub source: Option<RowSource>,
    /// The user's time zone: `Europe/Berlin`.
    #[serde(rename = "timezone_name", default, deserialize_with = "lenient")]
    pub timezone_name: Option<String>,
    /// Minutes that the time zone was ahead of UTC.
    #[serde(rename = "timezone_offset_min", default, deserialize_with = "lenient")]
    pub timezone_offset_min: Option<i32>,
}

impl fmt::Debug for TimeRow {
    /// Shows how long: what people did is theirs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeRow").field("duration_secs", &self.duration_secs).finish_non_exhaustive()
    }
}

/// The charge code of a group: `GroupActivityType` of the document.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ActivityType {
    /// Its id in the connected system.
    pub code: Option<String>,
    /// Its name.
    pub label: Option<String>,
}

impl fmt::Debug for ActivityType {
    /// Shows the code alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActivityType").field("code", &self.code).finish_non_exhaustive()
    }
}

/// Who posted a group.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct User {
    /// WiseTime's id of the user.
    #[serde(default, deserialize_with = "lenient")]
    pub user_id: Option<String>,
    /// The user's name.
    pub name: Option<String>,
    /// The address that the user has at WiseTime.
    pub email: Option<String>,
    /// Set by the team's administrator: who the user is in the connected system.
    pub external_id: Option<String>,
    /// The user's role in the team.
    #[serde(default, deserialize_with = "lenient")]
    pub business_role: Option<String>,
    /// What part of the user's time is charged, in percent: 0 to 100.
    #[serde(default, deserialize_with = "lenient")]
    pub experience_weighting_percent: Option<i64>,
}

impl fmt::Debug for User {
    /// Shows WiseTime's id: neither name nor address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every member of the document's `TimeGroup`, as it describes them.
    const WHOLE: &str = r#"{
        "callerKey": "hush", "groupId": "g", "description": "Call", "formattedNarrative": "N",
        "totalDurationSecs": 60, "totalDurationHours": 0.02, "tzOffsetMins": -120, "localDate": "2017-07-21",
        "timestamp": 1500588000000, "groupName": "n", "narrativeType": "NARRATIVE_ONLY", "status": "PENDING",
        "submissionTime": 1500588000001, "activityType": {"code": "1", "label": "L"},
        "tags": [{"name": "t", "path": "/", "description": "d", "externalId": "7"}],
        "timeRows": [{"activity": "a", "description": "b", "activityHour": 2017072110, "firstObservedInHour": 59,
            "durationSecs": 60, "submittedDate": 20170721101112345, "modifier": "m", "activityTypeCode": "c",
            "source": "USER_MANUAL_TIME", "timezone_name": "Europe/Berlin", "timezone_offset_min": 120}],
        "user": {"userId": "u", "name": "Ada", "email": "a@b.example", "externalId": "x", "businessRole": "r",
            "experienceWeightingPercent": 50},
        "originatingUser": {"userId": "o"}, "durationSplitStrategy": "DIVIDE_BETWEEN_TAGS"
    }"#;

    #[test]
    fn every_member_is_read() {
        let group: TimeGroup = serde_json::from_str(WHOLE).unwrap();
        assert_eq!(group.caller_key.as_ref().map(Secret::expose), Some("hush"));
        assert_eq!(group.total_duration_hours.unwrap().to_string(), "0.02");
        assert_eq!((group.tz_offset_mins, group.timestamp), (Some(-120), Some(1_500_588_000_000)));
        assert_eq!((group.group_name.as_deref(), &group.status), (Some("n"), &Some(GroupStatus::Pending)));
        assert!(group.is_narrative_only() && !group.is_edited());
        assert_eq!(group.submitted_at().unwrap().to_rfc3339(), "2017-07-20T22:00:00.001+00:00");
        let row = &group.time_rows[0];
        assert_eq!((row.activity_hour, row.first_observed_in_hour), (Some(2_017_072_110), Some(59)));
        assert_eq!((&row.source, row.timezone_offset_min), (&Some(RowSource::Manual), Some(120)));
        assert_eq!((row.modifier.as_deref(), row.activity_type_code.as_deref()), (Some("m"), Some("c")));
        assert_eq!(
            (row.submitted_date, row.timezone_name.as_deref()),
            (Some(20_170_721_101_112_345), Some("Europe/Berlin"))
        );
        assert_eq!(
            (group.tags[0].path.as_deref(), group.tags[0].description.as_deref()),
            (Some("/"), Some("d"))
        );
        assert_eq!(group.user.experience_weighting_percent, Some(50));
        assert_eq!(
            (group.user.user_id.as_deref(), group.user.business_role.as_deref()),
            (Some("u"), Some("r"))
        );
        assert_eq!(group.originating_user.as_ref().and_then(|user| user.user_id.as_deref()), Some("o"));
        assert_eq!(group.duration_split_strategy, Some(SplitStrategy::Divide));
        let shown = format!("{group:?}{:?}{:?}{:?}", group.user, group.tags, group.time_rows);
        for hidden in ["hush", "Ada", "Call", "a@b", "name"] {
            assert!(!shown.contains(hidden), "{hidden} in {shown}");
        }
    }

    #[test]
    fn what_nothing_rests_on_spoils_nothing_and_new_words_are_kept() {
        let group: TimeGroup = serde_json::from_str(
            r#"{"groupId": "g", "totalDurationSecs": 1, "localDate": "2026-03-02", "user": {"experienceWeightingPercent": "all"},
                "tags": null, "timeRows": null, "tzOffsetMins": {}, "submissionTime": "soon", "narrativeType": "NEW",
                "originatingUser": 7, "more": [1]}"#,
        )
        .unwrap();
        assert_eq!(group.narrative_type, Some(NarrativeType::Other("NEW".into())));
        assert_eq!((group.tz_offset_mins, group.submission_time), (None, None));
        assert!(group.tags.is_empty() && group.time_rows.is_empty() && group.originating_user.is_none());
    }
}
