//! Tags.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// A tag to be created or updated; the name decides which.
///
/// What is not given, or is empty, stays as it is at WiseTime. Keywords and metadata only grow.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UpsertTag {
    /// Its name: for tags of this adapter the matter's number.
    pub name: String,
    /// Shown beside the name, and searched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A new tag is not recognised by its name, unless that is among the keywords. It is, unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_tag_name_keyword: Option<bool>,
    /// WiseTime's id of the [category](super::TagCategory) that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_category_id: Option<String>,
    /// A group of tags, `/` unless said. WiseTime is giving it up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What manages the tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_by: Option<String>,
    /// Its id in the connected system: the matter's id in Clio. It comes back with posted time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The activity type of time with this tag to which the user gave none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_activity_type_code: Option<String>,
    /// Names and values, shown in reports. Names differ by case, too.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// Words in window titles and file names by which the tag is recognised, besides those that it has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub additional_keywords: Vec<String>,
    /// Where a click on the tag leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Who sees it: everybody, unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// The users that have to do with it, by their ids in the connected system.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assignee_external_ids: Vec<String>,
}

impl fmt::Debug for UpsertTag {
    /// Shows the matter's id: the rest names it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpsertTag").field("external_id", &self.external_id).finish_non_exhaustive()
    }
}

/// Who sees a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Visibility {
    /// Everybody in the team.
    Public,
    /// Those who were authorised.
    Private,
}

/// The tag that is to be deleted.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum DeleteTag {
    /// The one of this name.
    Name(String),
    /// The one of this id of WiseTime's.
    Id(String),
}

impl fmt::Debug for DeleteTag {
    /// Shows the id at most: a name may be that of a client.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(_) => f.write_str("Name(..)"),
            Self::Id(id) => f.debug_tuple("Id").field(id).finish(),
        }
    }
}

/// Keywords for a tag, besides those that it has.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddKeywords {
    /// The tag.
    pub tag_name: String,
    /// Its id in the connected system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The keywords, at least one.
    pub additional_keywords: Vec<String>,
}

impl fmt::Debug for AddKeywords {
    /// Shows the matter's id: the rest names it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AddKeywords").field("external_id", &self.external_id).finish_non_exhaustive()
    }
}
