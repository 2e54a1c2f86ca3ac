//! Posted time.

use std::fmt;

use chrono::NaiveDate;
use serde::Deserialize;

/// Time that a user posted as one.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimeGroup {
    /// WiseTime's id of the group.
    pub group_id: String,
    /// What the user wrote about it.
    pub description: Option<String>,
    /// What was done, as the team's template words it.
    pub formatted_narrative: Option<String>,
    /// Its duration in seconds: the sum of its rows, unless the user has edited it.
    pub total_duration_secs: i64,
    /// The day in the user's time zone.
    pub local_date: NaiveDate,
    /// Whether the rows may be shown: `NARRATIVE_ONLY` says no.
    pub narrative_type: Option<String>,
    /// The matter that it was tagged with: at most one, although it is a list.
    #[serde(default)]
    pub tags: Vec<Tag>,
    /// What makes it up.
    #[serde(default)]
    pub time_rows: Vec<TimeRow>,
    /// The charge code.
    pub activity_type: Option<ActivityType>,
    /// Who posted it.
    pub user: User,
}

impl fmt::Debug for TimeGroup {
    /// Shows the id only: what people did is theirs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeGroup").field("group_id", &self.group_id).finish_non_exhaustive()
    }
}

impl TimeGroup {
    /// The user does not want the rows to be shown.
    pub fn is_narrative_only(&self) -> bool {
        self.narrative_type.as_deref() == Some("NARRATIVE_ONLY")
    }
}

/// A tag on a group.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tag {
    /// Its name: the matter's number.
    pub name: String,
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
pub struct TimeRow {
    /// The program or the kind of work: `Microsoft Word`.
    pub activity: Option<String>,
    /// The window's title or the file.
    pub description: Option<String>,
    /// Seconds.
    pub duration_secs: i64,
}

impl fmt::Debug for TimeRow {
    /// Shows how long: what people did is theirs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeRow").field("duration_secs", &self.duration_secs).finish_non_exhaustive()
    }
}

/// A charge code.
#[derive(Clone, PartialEq, Eq, Deserialize)]
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
pub struct User {
    /// The user's name.
    pub name: Option<String>,
    /// The address that the user has at WiseTime.
    pub email: Option<String>,
    /// Set by the team's administrator: who the user is in the connected system.
    pub external_id: Option<String>,
}

impl fmt::Debug for User {
    /// Shows neither name nor address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("external_id", &self.external_id).finish_non_exhaustive()
    }
}
