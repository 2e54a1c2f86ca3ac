//! Case Status for Clio: matters become cases and stay in step, documents and messages come back, and the client is told of
//! each stage once.
//!
//! Case Status publishes no API. Its side is a port, [`CaseStatus`], for Case Status or whoever has its documents to implement;
//! [`Http`] speaks the four requests that are public, all of which read.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use std::sync::Arc;
//! # use clio_api::{Clio, Region};
//! # use clio_case_status::Desk;
//! # let (clock, folder) = (clio_fixtures::VirtualClock::new(), tempfile::tempdir()?);
//! # let world = clio_fixtures::ClioWorld::firm(7).clock(clock.clone()).start();
//! # let clio = Clio::builder(Region::custom(&world.host_url())?).transport(world.transport()).clock(clock.clone());
//! # let clio = clio.token(world.token()).build()?;
//! # let case_status = Desk::new(clock.clone()).statuses(["Opened", "In court"]);
//! # let id = world.matters()[0].id.to_string();
//! # let engine = clio_sync::Engine::new(clio_sync_sqlite::SqliteStore::open(folder.path().join("state"))?);
//! # let firm = engine.with_clock(clock).firm("acme-law", clio);
//! use clio_case_status::{Integration, Settings, SyncResult};
//! use clio_model::stages::StageKey;
//!
//! // Once for each firm: which stage of Clio's is which status.
//! let mut settings = Settings::default();
//! settings.stages.set(StageKey::Named("Trial".into()), "In court".into());
//! let integration = Integration::new(Arc::new(case_status), settings);
//! firm.attach(integration.clone());
//!
//! // "Individual Case": the result at once.
//! let report = integration.session(&firm).sync_one(&id).await?;
//! assert_eq!(report.matters[0].result, SyncResult::Imported);
//!
//! // Everything else runs by itself, with `engine.serve(..)`: nightly at 21:15 UTC, or now.
//! println!("{}", firm.run("case-status/matters").await?);
//! # Ok(())
//! # }
//! ```
//!
//! # The types that matter
//!
//! - [`CaseStatus`]: the port. [`Case`], [`Message`], [`CaseFile`]: what it tells. [`Http`]: what is public of it.
//! - [`Settings`]: what a matter must have, how far a sync reaches back, which stage is which status, where documents go.
//! - [`Integration`]: the adapter, with its flows. [`Session`]: the syncs that people ask for, with a [`SyncReport`].
//! - [`Mailer`]: how a report gets to whoever asked.
//!
//! # Matters and stages
//!
//! Each night at 21:15 UTC, and when a person asks ([`Session::sync_all`], [`Session::sync_one`]), the matters that changed become
//! cases or bring theirs up to date. What a matter lacks is said in the report; it comes in by itself once it is complete, since the
//! contacts that changed are read too. The first sync reaches back ten years, later ones 30 days or to the last complete one. A case
//! is known by the id of its matter: one that is there is taken, and never a second one made.
//!
//! A matter that was seen in another stage than before, to which a status belongs, gets that status, and its client is told once,
//! whatever is lost on the way: each update carries a reference, by which it is found again. Of an import, of a stage that has only
//! now been mapped, and of a move there and back nobody is told. A stage that no status is named for is reported, and the case stays
//! where it is.
//!
//! # Messages
//!
//! Every two minutes messages become communications of their matters, with the subject "Case Status Message", from whoever wrote to
//! whoever was written to: known in Clio by e-mail address or phone number, else the matter's client or its responsible attorney
//! stands for them, and the report says so.
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
