//! AltFee for Clio: priced projects become flat fees on a matter, and their status comes back.
//!
//! AltFee publishes no API. Its side is a port, [`AltFee`], for AltFee or whoever has its data to implement; with the feature
//! `fake`, `Book` is one in memory and `JsonBook` one in a file.
//!
//! # The types that matter
//!
//! - [`AltFee`]: the port. [`Client`], [`Guideline`], [`Matter`], [`Project`]: what it tells.
//! - [`Settings`]: how a fee stands at Clio, on which day, and whose it is.
//! - [`fee`]: the flat fee that a project becomes, or why it cannot ([`Unfit`]). Pure.
//! - [`Status`]: where a project stands at Clio, in AltFee's words; [`Lock`]: the bill that keeps it from being edited.
//!
//! Facts about AltFee are taken from its help pages. What those do not say is our choice, and said to be so.

mod adapter;
#[cfg(feature = "fake")]
mod book;
mod category;
mod clients;
mod connect;
mod disconnect;
mod error;
mod export;
mod invoice;
mod mapping;
mod model;
mod port;
mod review;
mod session;
mod settings;
mod source;
mod standing;
mod status;
mod stored;
mod target;

pub use adapter::Integration;
#[cfg(feature = "fake")]
pub use book::{Book, EditRefused, JsonBook};
pub use category::fee_category;
pub use clients::{Candidate, ClientMatch, FoundBy};
pub use connect::{Became, Confirmation, Preview, Row};
pub use disconnect::{Disconnection, Invoiced, Leaving, Left, Unbilled};
pub use error::{Error, Result};
pub use export::ExportPreview;
pub use invoice::{Difference, InvoiceCheck};
pub use mapping::{Fee, Unfit, fee};
pub use model::{
    Client, ClientId, Connection, Guideline, GuidelineId, Matter, MatterId, Project, ProjectId, Scope,
    Service,
};
pub use port::{AltFee, Changes};
pub use review::{Edited, EditedField};
pub use session::Session;
pub use settings::{FeeDate, FeeForm, Settings};
pub use standing::{MatterStanding, Standing};
pub use status::{Astray, Lock, Status, status_of};
