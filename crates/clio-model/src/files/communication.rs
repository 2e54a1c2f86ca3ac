use chrono::{DateTime, NaiveDate, Utc};
use clio_core::{
    Etag, Id, Reference, Selection,
    schema::{choices::CommunicationType, objects},
};

use super::ExternalProperty;
use crate::{body::shows, people::Participant};

/// An e-mail or a phone call that is filed under a matter.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Communication")]
pub struct Communication {
    /// The communication.
    pub id: Id<objects::Communication>,
    /// The version of the record.
    pub etag: Etag,
    /// An e-mail or a phone call.
    #[clio(rename = "type")]
    pub kind: Option<CommunicationType>,
    /// What it is about.
    pub subject: Option<String>,
    /// What was written or said.
    pub body: Option<String>,
    /// The day of it.
    pub date: Option<NaiveDate>,
    /// The moment of it.
    pub received_at: Option<DateTime<Utc>>,
    /// The matter that it is filed under.
    pub matter: Option<Reference<objects::Matter>>,
    /// The user who filed it.
    pub user: Option<Reference<objects::User>>,
    /// From whom it is.
    pub senders: Option<Vec<Participant>>,
    /// To whom it is.
    pub receivers: Option<Vec<Participant>>,
    /// What came with it.
    pub documents: Option<Vec<Reference<objects::Document>>>,
    /// What other systems left on it.
    pub external_properties: Option<Vec<ExternalProperty>>,
    /// It was created then.
    pub created_at: Option<DateTime<Utc>>,
    /// It was last changed then.
    pub updated_at: Option<DateTime<Utc>>,
}

shows! { Communication: id, kind; }
