//! What WiseTime sends and takes, as the Connect API document describes it: one file for each group of operations.

mod activity_type;
mod batch;
mod category;
mod group;
mod status;
mod tag;

pub use activity_type::{SyncActivityType, SyncSession};
pub use batch::ItemError;
pub use category::TagCategory;
pub use group::{ActivityType, Tag, TimeGroup, TimeRow, User};
pub use status::{Status, TimeGroupStatus};
pub use tag::{AddKeywords, DeleteTag, UpsertTag, Visibility};
