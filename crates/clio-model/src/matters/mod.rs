//! Matters: the cases that work is done for.
//!
//! - [`Matter`], [`MatterDetail`], [`PracticeArea`], [`Relationship`]: selections; of a matter a short and a long one.
//! - [`NewMatter`], [`MatterChange`]: drafts that hold nothing that Clio would drop or refuse.
//! - [`MatterNumber`], [`NumberPattern`], [`Numbering`]: the numbers that people see, and who makes them.
//! - [`IntegrationId`]: one matter, as people paste it.
//! - [`Matcher`]: the matter that a window's title or a document's name speaks of.
//! - [`CustomRate`], [`BillingMethod`]: how a matter is billed.
//!
//! Stages are in [`stages`](crate::stages).

mod between;
mod change;
mod custom_rate;
mod detail;
mod fields;
mod integration_id;
mod matcher;
mod new_matter;
mod number;
mod numbering;
mod pattern;
mod relationship;
mod selection;
mod status;
#[cfg(test)]
mod tests;

pub use change::MatterChange;
pub use clio_core::values::MatterStatus;
pub use custom_rate::{
    BillingMethod, ContingencyRate, CustomRate, FlatRate, HourlyRate, RateFor, billing_method,
};
pub use detail::{MatterCurrency, MatterDetail, MatterRates, MatterUser, PracticeArea};
pub use integration_id::{ClioHost, IntegrationId};
pub use matcher::{Matcher, Recognised};
pub use new_matter::NewMatter;
pub use number::MatterNumber;
pub use numbering::{ManualNumbering, Numbering};
pub use pattern::{NumberParts, NumberPattern};
pub use relationship::Relationship;
pub use selection::{Matter, MatterClient};
pub use status::ClosedMatters;
