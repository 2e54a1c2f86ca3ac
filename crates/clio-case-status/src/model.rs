//! What Case Status has: cases, their statuses, messages and files.
//!
//! Case Status publishes no description of its API. The names are those of its help pages, and of what a public connector
//! reads; the shapes are ours.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id of this text, as Case Status has it.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// The id of a case at Case Status: the column `Internal ID`.
    CaseId,
    /// The id of a message.
    MessageId,
    /// The id of a file.
    FileId,
    /// The id of an update of a case's status.
    UpdateId,
}

/// The firm, as far as others need to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirmSettings {
    /// The firm's name.
    pub name: String,
    /// The statuses that its cases can be in, in their order. Empty where Case Status does not tell them.
    pub statuses: Vec<String>,
}

/// What of a case comes from Clio. What is `None` is not known there, and is left at Case Status as it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFields {
    /// The title: the matter's description, with its number.
    pub title: String,
    /// The id of the matter in Clio: what Case Status calls the integration id.
    pub integration_id: String,
    /// Whom the case is for.
    pub client: CaseClient,
    /// The practice area.
    pub practice_area: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// The day on which it was opened.
    pub opened_on: Option<NaiveDate>,
    /// The e-mail address of the responsible attorney.
    pub attorney_email: Option<String>,
}

impl fmt::Debug for CaseFields {
    /// Shows which matter it is: the rest is data of the firm and its clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseFields").field("integration_id", &self.integration_id).finish_non_exhaustive()
    }
}

/// The client of a case.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseClient {
    /// A person or a company.
    pub name: ClientName,
    /// The phone number, in E.164: `+14155550123`.
    pub phone: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
}

impl fmt::Debug for CaseClient {
    /// Shows nothing: it is the client.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CaseClient(..)")
    }
}

/// The name of a client.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientName {
    /// A person.
    Person {
        /// The first name.
        first: String,
        /// The last name.
        last: String,
    },
    /// A company.
    Company(String),
}

impl fmt::Debug for ClientName {
    /// Shows of which kind it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Person { .. } => "Person(..)",
            Self::Company(_) => "Company(..)",
        })
    }
}

/// A case at Case Status.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Its fields, as far as Case Status tells them.
    pub fields: CaseFields,
    /// The status that it is in, in the words of the firm.
    pub status: Option<String>,
    /// It was deleted: nobody can change it any more.
    pub deleted: bool,
}

impl Case {
    /// A case that is not deleted and in no status.
    pub fn new(id: CaseId, fields: CaseFields) -> Self {
        Self { id, fields, status: None, deleted: false }
    }
}

/// A case's status that is to be set.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewStatus {
    /// The case.
    pub case: CaseId,
    /// The status, in the words of the firm.
    pub status: String,
    /// Whether the client is told. One who was told cannot be untold.
    pub notify: Notify,
    /// Stands for this one update: it is kept with the update, to find it again when an answer was lost.
    pub reference: String,
}

impl fmt::Debug for NewStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewStatus")
            .field("case", &self.case)
            .field("notify", &self.notify)
            .finish_non_exhaustive()
    }
}

/// Whether the client is told of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notify {
    /// Once.
    Client,
    /// The status is set in silence.
    Nobody,
}

/// An update of a case's status that was made.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusUpdate {
    /// Its id.
    pub id: UpdateId,
    /// The case.
    pub case: CaseId,
    /// The status that was set.
    pub status: String,
    /// Whether the client was told.
    pub notify: Notify,
    /// The reference that it was made with; `None` of one that somebody else made.
    pub reference: Option<String>,
    /// When it was made, by the clock of Case Status.
    pub at: DateTime<Utc>,
}

impl fmt::Debug for StatusUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusUpdate")
            .field("id", &self.id)
            .field("case", &self.case)
            .field("notify", &self.notify)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// A message in a case.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// The id of the matter in Clio, if the case has one: the integration id.
    pub integration_id: Option<String>,
    /// The text.
    pub content: String,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// Who sent it.
    pub sender: Party,
    /// Who received it, where Case Status tells.
    pub recipient: Option<Party>,
}

impl Message {
    /// A message whose recipient is not known.
    pub fn new(id: MessageId, sender: Party, content: impl Into<String>, sent_at: DateTime<Utc>) -> Self {
        Self { id, integration_id: None, content: content.into(), sent_at, sender, recipient: None }
    }
}

impl fmt::Debug for Message {
    /// Leaves out who says what to whom.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .field("integration_id", &self.integration_id)
            .field("sent_at", &self.sent_at)
            .finish_non_exhaustive()
    }
}

/// Somebody who writes or is written to.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Party {
    /// The name.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
    /// On which side, where Case Status tells.
    pub side: Option<Side>,
}

impl Party {
    /// Somebody of this name, of whom no more is known.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }
}

impl fmt::Debug for Party {
    /// Shows the side: the rest is a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Party").field("side", &self.side).finish_non_exhaustive()
    }
}

/// On which side of a case somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The client's.
    Client,
    /// The firm's.
    Firm,
}

/// A file in a case. Its bytes are read with [`CaseStatus::open_file`](crate::CaseStatus::open_file).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaseFile {
    /// Its id.
    pub id: FileId,
    /// The id of the matter in Clio, if the case has one: the integration id.
    pub integration_id: Option<String>,
    /// Its name with the extension, as whoever uploaded it named it.
    pub name: String,
    /// The media type, where it is known.
    pub content_type: Option<String>,
    /// How many bytes it has, where Case Status tells.
    pub size: Option<u64>,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
    /// When it, or its content, last changed.
    pub updated_at: DateTime<Utc>,
}

impl CaseFile {
    /// A file of which no more is known, uploaded at this moment.
    pub fn new(id: FileId, name: impl Into<String>, created_at: DateTime<Utc>) -> Self {
        let (name, updated_at) = (name.into(), created_at);
        Self { id, integration_id: None, name, content_type: None, size: None, created_at, updated_at }
    }
}

impl fmt::Debug for CaseFile {
    /// Leaves the name out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseFile")
            .field("id", &self.id)
            .field("integration_id", &self.integration_id)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}
