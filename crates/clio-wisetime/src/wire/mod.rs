//! What WiseTime sends and takes, as the Connect API document describes it: one file for each group of operations.

mod activity_type;
mod batch;
mod category;
mod connector;
mod group;
mod status;
mod tag;
mod word;

pub use activity_type::{SyncActivityType, SyncSession};
pub use batch::ItemError;
pub use category::TagCategory;
pub use connector::{HealthFailure, HealthFailureType, ManagedConfig, ManagedConfigRequest, TeamInfo};
pub use group::{
    ActivityType, GroupStatus, NarrativeType, RowSource, SplitStrategy, Tag, TimeGroup, TimeRow, User,
};
pub use status::{Status, TimeGroupStatus};
pub use tag::{AddKeywords, DeleteTag, UpsertTag, Visibility};
