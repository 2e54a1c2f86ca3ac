//! What the drafts have in common.

use clio_core::{
    Amount, Field, Id, Members, Seconds,
    schema::{
        choices::ActivityTaxSetting,
        objects::{ActivityDescription, UtbmsCode},
    },
};

use crate::{Error, Result, body::given};

/// The codes of the Uniform Task-Based Management System for a time entry. They go together (Clio's document), so they are
/// one value here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UtbmsCodes {
    /// What was done: a code such as `A101`.
    pub activity: Id<UtbmsCode>,
    /// For which task of the case: a code such as `L110`.
    pub task: Id<UtbmsCode>,
}

/// What a time entry says of its category. One or the other: codes are sent *instead* of an id (Clio's document).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Category {
    #[default]
    Unsaid,
    Own(Id<ActivityDescription>),
    Utbms(UtbmsCodes),
}

impl Category {
    pub(super) fn write(self, members: &mut Members) {
        match self {
            Self::Unsaid => {}
            Self::Own(category) => members.set_reference("activity_description", Field::Value(category)),
            Self::Utbms(codes) => {
                let mut both = Members::default();
                both.set("utbms_activity_id", Field::Value(codes.activity));
                both.set("utbms_task_id", Field::Value(codes.task));
                members.set("activity_description", Field::Value(both));
            }
        }
    }
}

/// `true`, or nothing that is sent: what Clio takes for granted is not said.
pub(super) fn given_if(flag: bool) -> Field<bool> {
    given(flag.then_some(true))
}

pub(super) fn refuse_negative_time(draft: &str, time: Option<Seconds>) -> Result<()> {
    refuse(time.is_some_and(|time| time.0 < 0), draft, "its duration is negative")
}

/// `what` is what the draft calls the number: its price.
pub(super) fn refuse_negative(draft: &str, what: &str, number: Option<Amount>) -> Result<()> {
    let negative = number.is_some_and(|number| number < Amount::default());
    refuse(negative, draft, &format!("its {what} is negative"))
}

/// A word that Clio's document does not list can be read, but not written.
pub(super) fn refuse_unlisted(draft: &str, tax: Option<&ActivityTaxSetting>) -> Result<()> {
    refuse(matches!(tax, Some(ActivityTaxSetting::Unknown(_))), draft, "its tax is none that Clio lists")
}

pub(super) fn refuse(wrong: bool, draft: &str, why: &str) -> Result<()> {
    if wrong { Err(Error::invalid(format!("{draft}: {why}"))) } else { Ok(()) }
}

/// What has to be there for a draft to be made from a record.
pub(super) fn needed<T>(value: Option<T>, name: &str) -> Result<T> {
    value.ok_or_else(|| unknown(&format!("the activity's {name}")))
}

pub(super) fn unknown(what: &str) -> Error {
    Error::new(crate::ErrorKind::Unknown, format!("{what} is not known"))
}
