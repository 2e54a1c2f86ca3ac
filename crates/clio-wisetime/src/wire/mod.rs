//! What WiseTime sends and takes, as the Connect API document describes it: one file for each group of operations.

mod group;
mod status;
mod tag;

pub use group::{ActivityType, Tag, TimeGroup, TimeRow, User};
pub use status::{Status, TimeGroupStatus};
pub use tag::UpsertTag;
