//! What a test sees of a fake WiseTime team.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

/// A tag, as connectors have upserted it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TagRecord {
    /// WiseTime's id of it.
    pub id: String,
    /// Its name, which identifies it.
    pub name: String,
    /// The text beside the name.
    pub description: Option<String>,
    /// The id of the record in the connected system.
    pub external_id: Option<String>,
    /// Where a click on the tag leads.
    pub url: Option<String>,
    /// What brings the tag up; grows with each upsert.
    pub keywords: Vec<String>,
    /// The id of its category. It is kept as it is sent, whether or not there is such a category: our choice.
    pub category_id: Option<String>,
    /// Where it stands, `/` unless said. WiseTime is giving it up.
    pub path: String,
    /// What manages the tag.
    pub managed_by: Option<String>,
    /// The activity type of time with this tag that has none.
    pub default_activity_type_code: Option<String>,
    /// Names and values for reports; grows with each upsert.
    pub metadata: BTreeMap<String, String>,
    /// Who sees it.
    pub visibility: Visibility,
    /// The users of the connected system who work on it.
    pub assignee_external_ids: Vec<String>,
}

impl TagRecord {
    pub(crate) fn new(number: u64, name: &str, name_is_keyword: bool) -> Self {
        Self {
            id: format!("t-{number}"),
            name: name.to_owned(),
            description: None,
            external_id: None,
            url: None,
            keywords: if name_is_keyword { vec![name.to_owned()] } else { Vec::new() },
            category_id: None,
            path: "/".to_owned(),
            managed_by: None,
            default_activity_type_code: None,
            metadata: BTreeMap::new(),
            visibility: Visibility::Public,
            assignee_external_ids: Vec::new(),
        }
    }
}

/// Who sees a tag: the `visibility` of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// The whole team.
    Public,
    /// Only members who are authorised.
    Private,
}

impl Visibility {
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        match text {
            "PUBLIC" => Ok(Self::Public),
            "PRIVATE" => Ok(Self::Private),
            _ => Err("there is no such visibility".to_owned()),
        }
    }
}

/// A group of tags that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TagCategoryRecord {
    /// WiseTime's id of it.
    pub id: String,
    /// Its id in the connected system, which identifies it.
    pub external_id: String,
    /// Its name for people.
    pub label: String,
    /// More about it.
    pub description: Option<String>,
    /// What brings the category up.
    pub keywords: Vec<String>,
}

/// A kind of work that users can choose when they post time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActivityTypeRecord {
    /// Its code in the connected system, which identifies it.
    pub code: String,
    /// Its name in WiseTime: that of the first sync.
    pub label: String,
    /// More about it.
    pub description: Option<String>,
    /// Users can choose it, if it is not deleted.
    pub enabled: bool,
    /// A sync session ended without it.
    pub deleted: bool,
}

/// A failure that a connector reported: a call of `POST /healthcheck/failure/notify`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HealthNotice {
    /// `TARGET_UNREACHABLE`, `TARGET_AUTH_FAILURE`, `TARGET_PERMISSIONS_FAILURE`, `TARGET_SUBSCRIPTION_FAILURE`, or
    /// whatever else was sent; `UNKNOWN` without one.
    pub error_type: String,
    /// What members read when they try to post time.
    pub message: Option<String>,
    /// When it was reported, by the clock of the world.
    pub at: DateTime<Utc>,
    /// When it was rescinded, or another took its place.
    pub rescinded_at: Option<DateTime<Utc>>,
}

/// What a connector says about a group: the `status` of `POST /postedtime/status`, or what follows from a webhook's
/// answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupStatus {
    /// It is done.
    Success,
    /// It will never be; the user reads the message.
    Failure,
    /// Not now; hand it out again.
    RetriableFailure,
}

/// One update of a status.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusRecord {
    /// The group; empty for one without an id, which only a webhook can answer.
    pub group_id: String,
    /// What was said.
    pub status: GroupStatus,
    /// The reason for the user.
    pub message: Option<String>,
    /// The id of the record that the connector made.
    pub external_id: Option<String>,
    /// When, by the clock of the world.
    pub at: DateTime<Utc>,
}

/// Where a posted group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupState {
    /// Never handed out.
    Pending,
    /// Handed out and not acknowledged.
    HandedOut {
        /// When it becomes available again.
        until: DateTime<Utc>,
    },
    /// Acknowledged as done. This does not change any more.
    Success,
    /// Acknowledged as impossible. This does not change any more.
    Failure,
    /// Put back by the connector; available again after the redelivery time.
    Retriable,
}

/// A group that a user posted.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct GroupRecord {
    /// Its `groupId`, where that is a text.
    pub group_id: Option<String>,
    /// What was posted, unchanged.
    pub json: Value,
    /// Where it is.
    pub state: GroupState,
}
