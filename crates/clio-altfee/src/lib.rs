//! AltFee for Clio: priced projects become flat fees on a matter, and their status comes back.
//!
//! AltFee publishes no API. Its side is a port, [`AltFee`], for AltFee or whoever has its data to implement; with the feature
//! `fake`, `Book` is one in memory and `JsonBook` one in a file.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use std::sync::Arc;
//! # use clio_altfee::{Book, Scope};
//! # use clio_api::{Clio, Region};
//! # let (clock, folder) = (clio_fixtures::VirtualClock::new(), tempfile::tempdir()?);
//! # let world = clio_fixtures::ClioWorld::firm(7).clock(clock.clone()).start();
//! # let clio = Clio::builder(Region::custom(&world.host_url())?).transport(world.transport()).clock(clock.clone());
//! # let clio = clio.token(world.token()).build()?;
//! # let book = Book::new(clock.clone());
//! # let name = world.records("Contact")[0]["name"].as_str().unwrap().to_owned();
//! # let client = book.add_client(&name, None);
//! # let sha = Scope { name: "Shareholder agreement".into(), price: "1500 USD".parse()?, services: vec![] };
//! # let guideline = book.add_guideline("Corporate", "corporate work", vec![sha]);
//! # let matter = clio_altfee::AltFee::open_matter(&book, &guideline, &client, "corporate work").await?.id;
//! # let engine = clio_sync::Engine::new(clio_sync_sqlite::SqliteStore::open(folder.path().join("state"))?);
//! # let firm = engine.with_clock(clock).firm("acme-law", clio.clone());
//! # let today = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
//! use clio_altfee::{ClientMatch, FeeForm, Integration, Settings, Status, fee_category};
//! use clio_model::Currency;
//!
//! // Once for each firm.
//! let category = fee_category(&clio, "Flat fee (AltFee)").await?;
//! let settings = Settings::new(Currency::USD, FeeForm::Category(category));
//! let altfee = Integration::new(Arc::new(book), settings);
//! firm.attach(altfee.clone());
//! let session = altfee.session(&firm, &clio);
//!
//! // Find the client in Clio, and choose one of its matters.
//! let ClientMatch::Found(contact, _) = session.find_client(&client).await? else { panic!("ask a person") };
//! session.link_client(&client, contact).await?;
//! let clio_matter = session.matters_of(contact).await?[0].id;
//!
//! // Look, then say yes.
//! let preview = session.preview(&matter, clio_matter, today).await?;
//! println!("{preview}");                                      // 1500.00 USD  Shareholder agreement ..
//! let confirmation = session.confirm(&preview).await?;
//! assert!(confirmation.is_complete());
//!
//! // From then on: what changes at AltFee goes to Clio, and where it stands there comes back.
//! // `engine.serve(..)` runs these each minute.
//! firm.run("altfee/projects").await?;
//! firm.run("altfee/status").await?;
//! assert_eq!(session.standing(&matter).await?.status, Status::Unbillable);
//! # Ok(())
//! # }
//! ```
//!
//! # The types that matter
//!
//! - [`AltFee`]: the port. [`Client`], [`Guideline`], [`Matter`], [`Project`]: what it tells.
//! - [`Settings`]: how a fee stands at Clio, on which day, and whose it is.
//! - [`fee`]: the flat fee that a project becomes, or why it cannot ([`Unfit`]). Pure.
//! - [`Integration`]: the adapter, with its flows. [`Session`]: what people do.
//! - [`Error`]: why something was not done, each reason a variant with what it takes to say it.
//!
//! # The life of a matter
//!
//! 1. [`Session::find_client`]: by the link that was made before, else by name and e-mail address. What cannot be told is a
//!    question, and [`Session::link_client`] is its answer. [`Session::matters_of`] lists what can be chosen.
//! 2. [`Session::preview`], then [`Session::confirm`]: each project becomes one activity of its exact amount, which is read
//!    back and taken away again if Clio made something else of it. [`Session::confirmation`] tells the ids.
//! 3. The flow `altfee/projects`: a price or a description that changes at AltFee changes the activity, if nobody has changed it
//!    in Clio. [`Session::edited`] tells what people changed there.
//! 4. The flow `altfee/status`: [`Status`] and [`Lock`] of each project come to AltFee, and a change that a bill refused is sent
//!    again once the bill is gone. [`Session::refresh`] is the same now, for one matter; [`Session::standing`] only reads, and
//!    [`Session::may_edit`] is for AltFee to ask first.
//! 5. [`Session::check_invoices`]: the bill, compared to the cent and to the bullet; [`Session::check_previews`]: so is the page
//!    that the client will see.
//! 6. [`Session::disconnect`]: deletes or keeps what is unbilled, takes what is on a draft off it, and never touches what was
//!    invoiced. Connecting again doubles nothing.
//!
//! [`Session::preview_export`] and [`Session::export`] are for fees without a connection. For a matter of a single project there
//! are [`Session::preview_matter_rate`] and [`Session::set_matter_rate`]: the flat rate of the whole matter, which keeps less of
//! what AltFee has, and is never chosen by itself.
//!
//! # What the engine does not write
//!
//! Fees, and the flat rates of matters, are written by the engine. Two writes are not: a category ([`fee_category`]), and taking
//! a line off a draft ([`Session::disconnect`]). Both look first, so that doing them again does no harm.
//!
//! # What is ours
//!
//! Facts about AltFee are taken from its help pages. These are our choices, since those do not say: which states of a bill
//! are `Draft` and `Invoice`, what becomes of activities when a matter is disconnected, the day and the time of an activity. How
//! Clio makes a flat fee of a time entry is in its document; that an explicit price stays is what is read back.

mod adapter;
mod bill_preview;
#[cfg(feature = "fake")]
mod book;
mod category;
mod clients;
mod confirmation;
mod connect;
mod disconnect;
mod error;
mod export;
mod flow;
mod forms;
mod invoice;
mod mapping;
mod matter_rate;
mod model;
mod page;
mod port;
mod rate_target;
mod read_back;
mod review;
mod session;
mod settings;
mod source;
mod standing;
mod status;
mod stored;
mod target;
mod telling;

pub use adapter::Integration;
pub use bill_preview::{PreviewCheck, Shown};
#[cfg(feature = "fake")]
pub use book::{Book, EditRefused, JsonBook};
pub use category::fee_category;
pub use clients::{Candidate, ClientMatch, FoundBy};
pub use confirmation::{Became, Confirmation, Confirmed};
pub use connect::{Preview, Row};
pub use disconnect::{Disconnection, Invoiced, Leaving, Left, Unbilled};
pub use error::{Error, Result};
pub use export::ExportPreview;
pub use forms::FormRecord;
pub use invoice::{Difference, InvoiceCheck};
pub use mapping::{Fee, Unfit, fee};
pub use matter_rate::{FlatEntry, MatterRatePreview, MatterRateSet, RateBecame, RateWarning};
pub use model::{
    Client, ClientId, Connection, Guideline, GuidelineId, Matter, MatterId, Project, ProjectId, Scope,
    Service,
};
pub use port::{AltFee, Changes};
pub use review::{Edited, EditedField};
pub use session::Session;
pub use settings::{FeeDate, FeeForm, Settings};
pub use standing::{MatterStanding, Moved, Standing};
pub use status::{Astray, Lock, Status, status_of};
