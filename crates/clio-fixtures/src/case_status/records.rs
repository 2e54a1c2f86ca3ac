//! What a test sees of a fake firm at Case Status.

use chrono::{DateTime, NaiveDate, Utc};

/// Who made a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseAuthor {
    /// It was there from the start.
    Seed,
    /// A client of this name.
    Client(String),
    /// Somebody of the staff of this name.
    Staff(String),
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaseRecord {
    /// Case Status's id of it: the column `Internal ID`.
    pub id: i64,
    /// Its id in the connected system, which for Clio is the id of the matter: the column `Integration ID`.
    pub integration_id: Option<String>,
    /// Its number for people: `case_readable_id` of a file, `readable_id` of a message.
    pub readable_id: String,
    /// Its name.
    pub name: String,
    /// How far it is, in the words of the firm.
    pub status: String,
    /// The practice area.
    pub practice_area: String,
    /// The day of what it is about.
    pub incident: NaiveDate,
    /// The client.
    pub client: CasePerson,
    /// The attorney.
    pub attorney: CasePerson,
    /// The case manager.
    pub manager: CasePerson,
    /// Who opened it.
    pub by: CaseAuthor,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it, or anything in it, last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was closed, if it is.
    pub closed_at: Option<DateTime<Utc>>,
    /// When it was deleted, if it is. A deleted case stays in the report, which has a column for it.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// Somebody in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CasePerson {
    /// Case Status's id of the person.
    pub id: i64,
    /// The first name.
    pub first: String,
    /// The last name.
    pub last: String,
    /// The address.
    pub email: String,
    /// The number of the mobile phone.
    pub phone: String,
}

/// A message in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaseStatusMessage {
    /// Case Status's id of it.
    pub id: i64,
    /// The id of the case.
    pub case: i64,
    /// The text.
    pub content: String,
    /// The name that stands on it.
    pub sender: String,
    /// Who wrote it.
    pub by: CaseAuthor,
    /// When.
    pub sent_at: DateTime<Utc>,
}

/// A file in a case. Its bytes are not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaseStatusFile {
    /// Case Status's id of it.
    pub id: i64,
    /// The id of the case.
    pub case: i64,
    /// Its name with the extension.
    pub name: String,
    /// The media type.
    pub content_type: String,
    /// How many bytes it has.
    pub size: u64,
    /// SHA-256 of its bytes, in small hexadecimal digits.
    pub sha256: String,
    /// Who uploaded it.
    pub by: CaseAuthor,
    /// When.
    pub created_at: DateTime<Utc>,
}
