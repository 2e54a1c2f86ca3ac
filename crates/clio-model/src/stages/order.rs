use std::collections::BTreeMap;

use clio_core::{
    Id, Known, Takes,
    schema::objects::{self, matter_stage},
};

use super::PracticeAreaId;
use crate::{Error, ErrorKind, Result, body::shows};

/// A stage with all that places it: its practice area and its order there.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Stage {
    /// The stage.
    pub id: Id<objects::MatterStage>,
    /// Whose stage it is.
    pub practice_area: Id<objects::PracticeArea>,
    /// Its name.
    pub name: String,
    /// Its place within its practice area, lowest first. Clio's document does not say that no two share one.
    pub order: i64,
}

impl Stage {
    /// What a selection tells of a stage. The ready one is [`MatterStage`](super::MatterStage).
    ///
    /// ```
    /// use clio_core::{Id, Selection, schema::objects};
    /// use clio_model::stages::{PracticeAreaId, Stage};
    ///
    /// #[derive(Selection)]
    /// #[clio(object = "MatterStage")]
    /// struct Mine {
    ///     id: Id<objects::MatterStage>,
    ///     name: String,
    ///     order: i64,
    ///     practice_area_id: PracticeAreaId,
    /// }
    ///
    /// let json = r#"{"id":7,"name":"Intake","order":1,"practice_area_id":"3"}"#;
    /// let stage = Stage::of(&clio_core::decode::<objects::MatterStage, Mine>(json)?)?;
    /// assert_eq!((stage.practice_area, stage.order), (Id::new(3), 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// One that does not take the order does not compile:
    ///
    /// ```compile_fail
    /// # use clio_core::{Id, Selection, schema::objects};
    /// # use clio_model::stages::{PracticeAreaId, Stage};
    /// #[derive(Selection)]
    /// #[clio(object = "MatterStage")]
    /// struct Mine {
    ///     id: Id<objects::MatterStage>,
    ///     name: String,
    ///     practice_area_id: PracticeAreaId,
    /// }
    ///
    /// fn place(stage: &Mine) -> clio_model::Result<Stage> {
    ///     Stage::of(stage)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unknown`] where Clio left one of them out.
    pub fn of<S>(stage: &S) -> Result<Self>
    where
        S: Takes<matter_stage::id, Value: Known<Id<objects::MatterStage>>>
            + Takes<matter_stage::name, Value: Known<String>>
            + Takes<matter_stage::order, Value: Known<i64>>
            + Takes<matter_stage::practice_area_id, Value: Known<PracticeAreaId>>,
    {
        let missing =
            |what: &str| Error::new(ErrorKind::Unknown, format!("Clio did not tell a stage's {what}"));
        let id: Option<&Id<_>> = Takes::<matter_stage::id>::taken(stage).known();
        let name: Option<&String> = Takes::<matter_stage::name>::taken(stage).known();
        let order: Option<&i64> = Takes::<matter_stage::order>::taken(stage).known();
        let area: Option<&PracticeAreaId> = Takes::<matter_stage::practice_area_id>::taken(stage).known();
        Ok(Self {
            id: *id.ok_or_else(|| missing("id"))?,
            practice_area: area.ok_or_else(|| missing("practice area"))?.0,
            name: name.ok_or_else(|| missing("name"))?.clone(),
            order: *order.ok_or_else(|| missing("order"))?,
        })
    }

    /// Where two stages of one order have no other order, the older record comes first: our choice, Clio says nothing.
    fn place(&self) -> (i64, Id<objects::MatterStage>) {
        (self.order, self.id)
    }
}

/// The stages of one practice area, in their order.
///
/// ```
/// use clio_core::Id;
/// use clio_model::stages::{Stage, StageOrder};
///
/// let area = Id::new(3);
/// let stage = |id, order| Stage { id: Id::new(id), practice_area: area, name: "..".into(), order };
/// let order = StageOrder::new(area, [stage(9, 20), stage(8, 10), stage(7, 20)])?;
/// assert_eq!(order.first().unwrap().id, Id::new(8));
/// assert_eq!(order.next(Id::new(8))?.unwrap().id, Id::new(7), "of two at one place the older record");
/// assert!(order.is_before(Id::new(8), Id::new(9))?);
/// # Ok::<(), clio_model::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageOrder {
    practice_area: Id<objects::PracticeArea>,
    stages: Vec<Stage>,
}

impl StageOrder {
    /// The stages of this practice area. The same stage may come twice, as lists that change while they are read tell it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] for a stage of another practice area, and for one that comes twice and differs.
    pub fn new(
        practice_area: Id<objects::PracticeArea>,
        stages: impl IntoIterator<Item = Stage>,
    ) -> Result<Self> {
        let mut known: BTreeMap<Id<objects::MatterStage>, Stage> = BTreeMap::new();
        for stage in stages {
            if stage.practice_area != practice_area {
                let (id, area) = (stage.id, stage.practice_area);
                let message = format!("stage {id} is of practice area {area}, not of {practice_area}");
                return Err(Error::invalid(message));
            }
            if known.get(&stage.id).is_some_and(|other| *other != stage) {
                return Err(Error::invalid(format!("stage {} comes twice, in two versions", stage.id)));
            }
            known.insert(stage.id, stage);
        }
        let mut stages: Vec<_> = known.into_values().collect();
        stages.sort_by_key(Stage::place);
        Ok(Self { practice_area, stages })
    }

    /// The orders of all practice areas that these stages are of.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] for a stage that comes twice and differs within its area.
    pub fn by_practice_area(
        stages: impl IntoIterator<Item = Stage>,
    ) -> Result<BTreeMap<Id<objects::PracticeArea>, Self>> {
        let mut areas: BTreeMap<_, Vec<Stage>> = BTreeMap::new();
        for stage in stages {
            areas.entry(stage.practice_area).or_default().push(stage);
        }
        areas.into_iter().map(|(area, stages)| Ok((area, Self::new(area, stages)?))).collect()
    }

    /// Whose stages they are.
    pub const fn practice_area(&self) -> Id<objects::PracticeArea> {
        self.practice_area
    }

    /// The stages, first to last.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// The first one.
    pub fn first(&self) -> Option<&Stage> {
        self.stages.first()
    }

    /// The last one.
    pub fn last(&self) -> Option<&Stage> {
        self.stages.last()
    }

    /// How many stages come before it. Not Clio's `order`, which may have gaps.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] for a stage that is not of this practice area.
    pub fn position(&self, stage: Id<objects::MatterStage>) -> Result<usize> {
        self.stages.iter().position(|known| known.id == stage).ok_or_else(|| {
            Error::invalid(format!("stage {stage} is not one of practice area {}", self.practice_area))
        })
    }

    /// A matter reaches the one before the other.
    ///
    /// # Errors
    ///
    /// As [`StageOrder::position`].
    pub fn is_before(&self, one: Id<objects::MatterStage>, other: Id<objects::MatterStage>) -> Result<bool> {
        Ok(self.position(one)? < self.position(other)?)
    }

    /// The stage after it; none after the last.
    ///
    /// # Errors
    ///
    /// As [`StageOrder::position`].
    pub fn next(&self, stage: Id<objects::MatterStage>) -> Result<Option<&Stage>> {
        Ok(self.stages.get(self.position(stage)? + 1))
    }

    /// The stage before it; none before the first.
    ///
    /// # Errors
    ///
    /// As [`StageOrder::position`].
    pub fn previous(&self, stage: Id<objects::MatterStage>) -> Result<Option<&Stage>> {
        Ok(self.position(stage)?.checked_sub(1).and_then(|at| self.stages.get(at)))
    }
}

shows! { Stage: id, practice_area, order; }

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AREA: Id<objects::PracticeArea> = Id::new(3);

    fn stage(id: i64, order: i64) -> Stage {
        Stage { id: Id::new(id), practice_area: AREA, name: format!("stage {id}"), order }
    }

    #[test]
    fn a_stage_of_another_area_is_refused_everywhere() {
        let other = Stage { practice_area: Id::new(4), ..stage(9, 1) };
        let error = StageOrder::new(AREA, [stage(1, 1), other.clone()]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert_eq!(error.to_string(), "stage 9 is of practice area 4, not of 3");
        let order = StageOrder::new(AREA, [stage(1, 1)]).unwrap();
        let foreign = order.is_before(Id::new(1), Id::new(9)).unwrap_err();
        assert_eq!(foreign.to_string(), "stage 9 is not one of practice area 3");
        assert!(order.next(Id::new(9)).is_err() && order.previous(Id::new(9)).is_err());
        let areas = StageOrder::by_practice_area([stage(1, 1), other]).unwrap();
        assert_eq!(areas.keys().copied().collect::<Vec<_>>(), [AREA, Id::new(4)]);
    }

    #[test]
    fn a_stage_may_come_twice_but_not_in_two_versions() {
        let order = StageOrder::new(AREA, [stage(1, 1), stage(1, 1)]).unwrap();
        assert_eq!(order.stages().len(), 1);
        let error = StageOrder::new(AREA, [stage(1, 1), stage(1, 2)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }

    #[test]
    fn neighbours_end_at_the_ends() {
        let order = StageOrder::new(AREA, [stage(2, -5), stage(1, 9)]).unwrap();
        assert_eq!(order.previous(Id::new(2)).unwrap(), None);
        assert_eq!(order.next(Id::new(2)).unwrap(), order.last());
        assert_eq!(order.next(Id::new(1)).unwrap(), None);
        assert_eq!(order.previous(Id::new(1)).unwrap(), order.first());
    }

    proptest! {
        #[test]
        fn is_the_same_in_whatever_order_the_stages_come(
            orders in prop::collection::vec(0_i64..4, 1..12).prop_flat_map(|orders| {
                let stages: Vec<_> = (1..).zip(orders).map(|(id, order)| stage(id, order)).collect();
                (Just(stages.clone()), Just(stages).prop_shuffle())
            }),
        ) {
            let (given, shuffled) = orders;
            let order = StageOrder::new(AREA, given).unwrap();
            prop_assert_eq!(&order, &StageOrder::new(AREA, shuffled).unwrap());
            for pair in order.stages().windows(2) {
                prop_assert!(pair[0].order <= pair[1].order);
                prop_assert!(order.is_before(pair[0].id, pair[1].id).unwrap());
                prop_assert_eq!(order.next(pair[0].id).unwrap(), Some(&pair[1]));
                prop_assert_eq!(order.previous(pair[1].id).unwrap(), Some(&pair[0]));
            }
        }
    }
}
