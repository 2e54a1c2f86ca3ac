//! The stages that matters go through: their order within a practice area, what they are in another system, and the
//! changes that can be seen.
//!
//! Clio tells where a matter is and when it got there ([`matter_stage`] and `matter_stage_updated_at`), and nothing of
//! what was before: its document has no history of stages. What a program saw itself is kept in a [`StageHistory`].
//!
//! [`matter_stage`]: clio_core::schema::objects::matter::matter_stage

mod history;
mod map;
mod order;
mod selection;

pub use history::{NetChange, StageHistory, StageObservation, StageStep, StepKind};
pub use map::{Mapping, StageKey, StageMap};
pub use order::{Stage, StageOrder};
pub use selection::{MatterStage, PracticeAreaId};
