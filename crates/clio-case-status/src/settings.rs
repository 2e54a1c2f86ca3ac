//! What a firm may choose.

use chrono::TimeDelta;
use clio_core::schema::choices::PhoneNumberName;
use clio_model::{matters::ClioHost, stages::StageMap};

/// The settings of a connection.
///
/// ```
/// use clio_case_status::{Required, Settings};
///
/// let mut settings = Settings::default();
/// assert_eq!(settings.required, [Required::ClientName, Required::ClientPhone]);
/// settings.all_matters = false;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// All matters are imported. If not, those alone that were imported singly are kept in step. Default: yes.
    pub all_matters: bool,
    /// How far the first sync reaches back: matters that changed since. Default: 10 years (Case Status's help).
    pub first_reach: TimeDelta,
    /// How far later ones reach back at least; they reach back to the last complete one in any case. Default: 30 days (Case
    /// Status's help; its page about Clio says 12 months).
    pub later_reach: TimeDelta,
    /// What a matter must have to be imported, besides a title and its id. Default: a client with a name and a phone number,
    /// after the mapping of a sibling integration, since that for Clio is not public.
    pub required: Vec<Required>,
    /// Which of a client's phone numbers is taken: the first of these that there is and that is valid, else any valid one.
    /// Default: the one that the firm made the default one in Clio, then mobile, home, work.
    ///
    /// As long as the default one comes first, most clients take no request of their own.
    pub phones: Vec<PhoneChoice>,
    /// The country of phone numbers that tell none, by its code of ISO 3166. Default: `US`.
    pub country: String,
    /// Which stage of Clio's is which status of Case Status. Default: none; unmapped stages are reported.
    pub stages: StageMap<String>,
    /// A sync that a person starts moves statuses too, and tells clients of what changed. Default: yes.
    pub manual_moves_statuses: bool,
    /// The host that the firm's Clio is on: an address of a matter on another one is refused. Default: `None`, any of Clio's.
    pub host: Option<ClioHost>,
    /// The folder within each matter that documents are put into. It is made where there is none of this name. Default: `None`,
    /// the matter's Documents themselves (Case Status's help).
    pub documents_folder: Option<String>,
    /// The most bytes of a file that is taken over; what is larger is told, and left. Default: 5 GiB, which is ours: neither Clio
    /// nor Case Status publishes a limit, and so much one part of S3, where Clio keeps documents, takes. `None`: no limit.
    pub largest_file: Option<u64>,
    /// What another file of a name that a document of the matter has becomes. Default: a version of that document.
    pub same_name: SameName,
}

/// What a new file becomes whose name a document of the same matter has, one that came from Case Status too.
///
/// New content of the same file is a version of its document in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SameName {
    /// A new version of that document: who uploads `Retainer.pdf` once more has signed it, say.
    #[default]
    Version,
    /// A document beside it: for firms whose clients send many pictures that are all called `image.jpg`.
    Apart,
}

/// What a matter may have to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Required {
    /// A client with a name: first and last of a person, or that of a company.
    ClientName,
    /// A client with a valid phone number.
    ClientPhone,
    /// A client with an e-mail address.
    ClientEmail,
    /// A description.
    Description,
    /// A practice area.
    PracticeArea,
    /// A responsible attorney.
    Attorney,
}

impl Required {
    /// In words for people: `the client's phone number`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::ClientName => "the client's name",
            Self::ClientPhone => "a phone number of the client",
            Self::ClientEmail => "the client's e-mail address",
            Self::Description => "a description",
            Self::PracticeArea => "a practice area",
            Self::Attorney => "a responsible attorney",
        }
    }
}

/// One of a client's phone numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PhoneChoice {
    /// The one that the firm made the default one in Clio.
    Primary,
    /// The first with this label.
    Labelled(PhoneNumberName),
}

impl Default for Settings {
    fn default() -> Self {
        use PhoneNumberName::{Home, Mobile, Work};
        let labelled = [Mobile, Home, Work].into_iter().map(PhoneChoice::Labelled);
        Self {
            all_matters: true,
            first_reach: TimeDelta::days(3653),
            later_reach: TimeDelta::days(30),
            required: vec![Required::ClientName, Required::ClientPhone],
            phones: std::iter::once(PhoneChoice::Primary).chain(labelled).collect(),
            country: "US".into(),
            stages: StageMap::new(),
            manual_moves_statuses: true,
            host: None,
            documents_folder: None,
            largest_file: Some(5 << 30),
            same_name: SameName::default(),
        }
    }
}

impl Settings {
    /// The folder for documents. A blank name is none.
    pub(crate) fn folder(&self) -> Option<&str> {
        self.documents_folder.as_deref().map(str::trim).filter(|name| !name.is_empty())
    }

    /// What a mapped record depends on beside the record: once it is another, everything is read again.
    pub(crate) fn fingerprint(&self) -> String {
        let stages = serde_json::to_string(&self.stages).unwrap_or_default();
        let rest = format!("{:?}{:?}{:?}{}", self.all_matters, self.required, self.phones, self.country);
        clio_sync::fingerprint([stages.as_str(), rest.as_str()])
    }
}
