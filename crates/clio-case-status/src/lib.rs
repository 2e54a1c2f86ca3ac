//! Case Status for Clio: matters become cases and stay in step, documents and messages come back, and the client is told of
//! each stage once.
//!
//! Case Status publishes no API. Its side is a port, [`CaseStatus`], for Case Status or whoever has its documents to implement;
//! [`Http`] speaks the four requests that are public, all of which read.

mod adapter;
mod cases;
mod client;
#[cfg(feature = "fake")]
mod desk;
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
pub use settings::{PhoneChoice, Required, Settings};
