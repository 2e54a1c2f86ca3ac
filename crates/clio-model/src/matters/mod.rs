//! Matters: the cases that work is done for.

mod integration_id;
mod number;
mod numbering;
mod pattern;
mod selection;
mod status;

pub use clio_core::values::MatterStatus;
pub use integration_id::{ClioHost, IntegrationId};
pub use number::MatterNumber;
pub use numbering::{ManualNumbering, Numbering};
pub use pattern::{NumberParts, NumberPattern};
pub use selection::{Matter, MatterClient};
pub use status::ClosedMatters;
