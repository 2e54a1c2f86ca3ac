//! What is read of a matter.

use chrono::NaiveDate;
use clio_core::{
    Etag, Id, Selection,
    schema::{choices::ContactType, objects},
};
use clio_model::{people::ContactPhone, stages::MatterStage};
use clio_sync::Content;

/// A matter, as far as a case has anything of it.
#[expect(clippy::struct_field_names, reason = "fields go by their names in Clio")]
#[derive(Clone, Selection)]
#[clio(object = "Matter")]
pub(crate) struct Matter {
    pub(crate) id: Id<objects::Matter>,
    pub(crate) etag: Etag,
    pub(crate) display_number: String,
    pub(crate) description: Option<String>,
    pub(crate) open_date: Option<NaiveDate>,
    pub(crate) client: Option<Client>,
    pub(crate) practice_area: Option<Area>,
    pub(crate) responsible_attorney: Option<Attorney>,
    pub(crate) matter_stage: Option<MatterStage>,
}

/// A client, as it nests in a matter.
#[derive(Clone, Selection)]
#[clio(object = "Contact")]
pub(crate) struct Client {
    pub(crate) id: Id<objects::Contact>,
    #[clio(rename = "type")]
    pub(crate) kind: Option<ContactType>,
    pub(crate) name: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) primary_email_address: Option<String>,
    pub(crate) primary_phone_number: Option<String>,
}

/// The field of law.
#[derive(Clone, Selection)]
#[clio(object = "PracticeArea")]
pub(crate) struct Area {
    pub(crate) id: Id<objects::PracticeArea>,
    pub(crate) name: Option<String>,
}

/// The attorney who is responsible.
#[derive(Clone, Selection)]
#[clio(object = "User")]
pub(crate) struct Attorney {
    pub(crate) email: Option<String>,
}

/// All phone numbers of a client.
#[derive(Clone, Selection)]
#[clio(object = "Contact")]
pub(crate) struct ClientPhones {
    pub(crate) id: Id<objects::Contact>,
    pub(crate) phone_numbers: Option<Vec<ContactPhone>>,
}

/// A matter with all that mapping it takes: so that mapping is pure.
#[derive(Clone)]
pub(crate) struct Attempt {
    pub(crate) matter: Matter,
    /// All phone numbers of its client, if the default one did not do.
    pub(crate) phones: Vec<ContactPhone>,
    /// What was written of it last; `None`: it was never imported.
    pub(crate) written: Option<Content>,
    /// How it is read.
    pub(crate) how: How,
}

/// How a matter is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// With all others, at night.
    Nightly,
    /// With all others, since a person asked for it.
    Manual,
    /// For itself, since a person asked for it.
    Single,
}
