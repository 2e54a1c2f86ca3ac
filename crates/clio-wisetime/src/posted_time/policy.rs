//! How posted time becomes a time entry, where WiseTime has no setting for it.

use clio_core::Seconds;

use super::Template;

/// How posted time becomes a time entry, beyond WiseTime's own settings. These are ours: each default is what a user expects
/// who knows of none of them.
///
/// ```
/// use clio_wisetime::posted_time::{Posting, Rounding};
///
/// let mut posting = Posting::default();
/// posting.rounding = Rounding::up_to_minutes(6)?;
/// posting.longest_note = Some(1_000);
/// # Ok::<(), clio_wisetime::posted_time::SettingError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Posting {
    /// How the time is rounded before it is sent. Default: [`Rounding::AsPosted`], since Clio rounds up what it bills by the
    /// firm's own setting.
    pub rounding: Rounding,
    /// Whether a user's experience rating shortens the time. Default: [`Weighting::Off`].
    pub weighting: Weighting,
    /// What becomes of a group without any time. Default: [`ZeroTime::Refuse`].
    pub zero_time: ZeroTime,
    /// The longest time of one group, which is of one day. A longer one is refused. Default: 24 hours. `None`: any.
    pub longest: Option<Seconds>,
    /// How many days before it was submitted the work may lie. Default: 366. `None`: any.
    pub days_back: Option<u32>,
    /// How many days after it was submitted the work may lie. Default: 31. `None`: any.
    pub days_ahead: Option<u32>,
    /// What the note says. Default: `None`, the user's own words, else the team's, else those of the rows.
    pub template: Option<Template>,
    /// The most letters of a note; what is longer is cut, and ends in `…`. Default: `None`, no limit: Clio's document states
    /// none. If Clio refuses a long note, the user reads its words.
    pub longest_note: Option<usize>,
}

impl Default for Posting {
    fn default() -> Self {
        Self {
            rounding: Rounding::default(),
            weighting: Weighting::default(),
            zero_time: ZeroTime::default(),
            longest: Some(Seconds(24 * 3600)),
            days_back: Some(366),
            days_ahead: Some(31),
            template: None,
            longest_note: None,
        }
    }
}

/// How posted time is rounded before it goes to Clio, which rounds up once more whatever it bills, by the firm's setting:
/// rounded to 6 minutes here and to 10 there, 7 minutes are 20. So the report tells of each entry what Clio will bill, where
/// that is not what was posted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rounding {
    /// Not at all: to the second.
    #[default]
    AsPosted,
    /// Up to a whole number of these. Made by [`Rounding::up_to_minutes`] and [`Rounding::up_to`].
    Up(Unit),
}

/// A number of seconds of at least one, to which time is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit(i64);

impl Rounding {
    /// WiseTime's own connectors round up to 36 seconds, a hundredth of an hour.
    pub const HUNDREDTHS: Self = Self::Up(Unit(36));

    /// Up to a whole number of so many minutes.
    ///
    /// # Errors
    ///
    /// [`SettingError::Unit`] for none, or for more than a day.
    pub fn up_to_minutes(minutes: i64) -> Result<Self, SettingError> {
        Self::up_to(Seconds(minutes.saturating_mul(60)))
    }

    /// Up to a whole number of so many seconds.
    ///
    /// # Errors
    ///
    /// [`SettingError::Unit`] for none, or for more than a day.
    pub fn up_to(unit: Seconds) -> Result<Self, SettingError> {
        if (1..=24 * 3600).contains(&unit.0) { Ok(Self::Up(Unit(unit.0))) } else { Err(SettingError::Unit) }
    }

    /// This time, rounded. `None` for more than can be counted.
    pub(super) fn of(self, seconds: i64) -> Option<i64> {
        match self {
            Self::AsPosted => Some(seconds),
            Self::Up(Unit(unit)) => seconds.checked_add((unit - seconds % unit) % unit),
        }
    }
}

/// Whether the experience rating that a team gives its users (`experienceWeightingPercent`) shortens the time that they post.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Weighting {
    /// It does not.
    #[default]
    Off,
    /// The share of the time that was recorded is posted, up to a whole second; a total that the user has edited is posted as
    /// it is. A rating that is missing, or not between 0 and 100, counts as 100.
    Unedited,
}

/// What becomes of a group without any time. Clio takes such entries; users report that they total nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ZeroTime {
    /// It is refused: the user has forgotten the time.
    #[default]
    Refuse,
    /// It becomes an entry of no time, for a team that records work without charge in that way.
    Post,
    /// It is acknowledged and left out.
    LeaveOut,
}

/// A setting that cannot work.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingError {
    /// Time can be rounded to a second at least, and to a day at most.
    Unit,
    /// The template cannot be read, or names what a group does not have: why, and in which line.
    Template {
        /// Why, in words.
        reason: String,
        /// The line, counted from 1, where it is known.
        line: Option<usize>,
    },
}

impl std::fmt::Display for SettingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unit => f.write_str("time is rounded to between a second and a day"),
            Self::Template { reason, line: Some(line) } => write!(f, "the template, line {line}: {reason}"),
            Self::Template { reason, line: None } => write!(f, "the template: {reason}"),
        }
    }
}

impl std::error::Error for SettingError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_goes_up_and_leaves_what_is_round() {
        let tenths = Rounding::up_to_minutes(6).unwrap();
        assert_eq!(
            [0, 1, 360, 361].map(|seconds| tenths.of(seconds)),
            [Some(0), Some(360), Some(360), Some(720)]
        );
        assert_eq!(Rounding::HUNDREDTHS.of(37), Some(72));
        assert_eq!(Rounding::AsPosted.of(61), Some(61));
        assert_eq!(tenths.of(i64::MAX), None);
        for bad in [-1, 0, 24 * 60 + 1] {
            assert_eq!(Rounding::up_to_minutes(bad), Err(SettingError::Unit));
        }
    }
}
