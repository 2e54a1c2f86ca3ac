//! Case Status for Clio: matters become cases and stay in step, documents and messages come back, and the client is told of
//! each stage once.
//!
//! Case Status publishes no API. Its side is a port, [`CaseStatus`], for Case Status or whoever has its documents to implement;
//! [`Http`] speaks the four requests that are public, all of which read.
//!
//! # Documents
//!
//! Every 20 minutes the files that are new at Case Status, or have other content than before, come to Clio, where they are found in
//! the matter under Documents, or in a folder there ([`Settings::documents_folder`]).
//!
//! - The bytes go from Case Status to Clio as they come. No more than some parts of 8 MiB are held, however large a file is. What is
//!   larger than [`Settings::largest_file`] is left, and told.
//! - Each document has the external property `case-status-file` with the id of the file, and `received_at` is when the content last
//!   changed at Case Status.
//! - New content of a file is a new version of its document, whatever people have called that by now. What another file of the
//!   same name becomes, [`Settings::same_name`] says.
//! - A document that a person deleted in Clio stays deleted, and later content of its file with it. A file that goes at Case Status
//!   takes nothing away from Clio.
//! - Names are made fit for files ([`safe_file_name`](clio_api::files::safe_file_name)).
//! - A file of a case without a matter is left out. One whose case names what is no matter in Clio, one that is too large, and one
//!   whose bytes are gone when they are read, is a dead letter each.
//! - A version is known by the name of its file, its time, and its size, because Clio keeps nothing else on one. So of two files with
//!   one name, one size and one second whose answers were both lost, and only one of which arrived, the wrong one may be sent again.

mod adapter;
mod cases;
mod client;
#[cfg(feature = "fake")]
mod desk;
mod documents;
mod error;
mod mail;
mod mapping;
mod matter;
mod messages;
mod model;
mod patience;
mod phone;
mod port;
mod report;
mod session;
mod settings;
mod source;

pub use adapter::Integration;
pub use client::{Http, HttpBuilder, Order};
#[cfg(feature = "fake")]
pub use desk::{Desk, DeskFault};
pub use error::{Error, Result};
#[cfg(feature = "smtp")]
pub use mail::Smtp;
pub use mail::{Folder, Mail, Mailer};
pub use model::{
    Case, CaseClient, CaseFields, CaseFile, CaseId, ClientName, FileId, FirmSettings, Message, MessageId,
    NewStatus, Notify, Party, Side, StatusUpdate, UpdateId,
};
pub use port::{CaseStatus, Page, Unreadable};
pub use report::{Attempted, SyncReport, SyncResult, UnmappedStage};
pub use session::Session;
pub use settings::{PhoneChoice, Required, SameName, Settings};
