//! Ready selections of stages.

use std::fmt;

use clio_core::{Etag, Id, Selection, fits::FitsText, schema::objects};
use serde::{Deserialize, Deserializer};

/// A stage of a practice area. It nests too: `matter_stage{..}` of a matter.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "MatterStage")]
pub struct MatterStage {
    /// The stage.
    pub id: Id<objects::MatterStage>,
    /// The version of the record.
    pub etag: Etag,
    /// Its name.
    pub name: String,
    /// Its place within its practice area.
    pub order: i64,
    /// Whose stage it is.
    pub practice_area_id: Option<PracticeAreaId>,
}

impl fmt::Debug for MatterStage {
    /// Shows which record it is: the rest is data of the firm.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MatterStage")
            .field("id", &self.id)
            .field("order", &self.order)
            .finish_non_exhaustive()
    }
}

/// The id of a practice area where Clio's document calls it text (`MatterStage.practice_area_id`). It is read from text
/// and from a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PracticeAreaId(pub Id<objects::PracticeArea>);

impl FitsText for PracticeAreaId {
    fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Id::deserialize(from).map(Self)
    }
}
