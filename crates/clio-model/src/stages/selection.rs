//! Ready selections of stages.

use clio_core::{Etag, Id, Selection, fits::FitsText, schema::objects};
use serde::{Deserialize, Deserializer};

use crate::body::shows;

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

/// The id of a practice area where Clio's document calls it text (`MatterStage.practice_area_id`). It is read from text
/// and from a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PracticeAreaId(pub Id<objects::PracticeArea>);

impl FitsText for PracticeAreaId {
    fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Id::deserialize(from).map(Self)
    }
}

shows! { MatterStage: id, order; }
