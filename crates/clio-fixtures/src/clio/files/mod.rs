//! The bytes behind documents: what was uploaded, what can be downloaded, and the storage host that takes and gives them.

mod agenda;
mod content;
mod settings;
mod sign;
mod storage;
mod upload;

use std::collections::{BTreeMap, HashMap};

use clio_core::Random;

use super::{firm::Firm, store::Resource};
use crate::SeededRandom;

pub(crate) use agenda::{Agenda, Due, tick};
pub(crate) use content::Content;
pub use content::{UploadRecord, UploadedPart};
pub(crate) use settings::FileSettings;
pub(crate) use sign::Permit;
pub(crate) use storage::{answer, base_of, is_storage};
pub(crate) use upload::{Announced, Incomplete, Upload};

/// Everything about files that is not a record.
#[derive(Debug, Default)]
pub(crate) struct Files {
    /// What addresses are signed with.
    secret: String,
    /// Where the caller of this moment finds the storage host.
    pub(crate) base: String,
    /// Uploads that are under way, by the uuid of their version.
    pub(crate) uploads: HashMap<String, Upload>,
    /// What can be downloaded, by its key on the storage host.
    pub(crate) contents: BTreeMap<String, Content>,
    /// The automatic folders of matters and contacts.
    pub(crate) homes: BTreeMap<(Resource, i64), i64>,
    /// The folder that everything is in; 0 until it is made.
    pub(crate) root: i64,
    pub(crate) agenda: Agenda,
    /// How many uploads were answered with a time-out so far.
    pub(crate) timed_out: u32,
}

impl Files {
    pub(crate) fn new(random: &SeededRandom) -> Self {
        Self { secret: random.text(32), base: storage::HOST.to_owned(), ..Self::default() }
    }
}

/// The key of a document version's bytes.
pub(crate) fn version_key(version: i64) -> String {
    format!("versions/{version}")
}

/// The key of what a job or a template gives: `reports/7`.
pub(crate) fn key(resource: Resource, id: i64) -> String {
    format!("{}/{id}", resource.name())
}

/// A random UUID of version 4.
pub(crate) fn uuid(firm: &Firm) -> String {
    let mut bytes = [0; 16];
    firm.random.fill(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex(&bytes);
    [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-")
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
