use super::NumberPattern;
use crate::{Error, Result};

/// How a firm's matters get their numbers: Clio's account setting `manual_matter_numbering`.
///
/// Clio's API does not tell the setting, nor the pattern: whoever connects a firm is asked for it. It decides what may be
/// written (Clio's document):
///
/// | | automatic | manual |
/// |---|---|---|
/// | `display_number` | made by Clio, only read | written |
/// | `number`, `custom_number` | only read | only read |
///
/// A `display_number` that is sent to a firm with automatic numbering is dropped without a word, as users report of all
/// that Clio does not take. So a draft takes one only with the [`ManualNumbering`] of the firm:
///
/// ```
/// use clio_model::matters::{Numbering, NumberPattern};
///
/// assert!(Numbering::Manual.manual().is_ok());
/// let refused = Numbering::Automatic(NumberPattern::clio_default()).manual().unwrap_err();
/// assert_eq!(refused.to_string(), "the firm's matters are numbered by Clio: it takes no display_number");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Numbering {
    /// By Clio, after this pattern.
    Automatic(NumberPattern),
    /// By people, and by what writes for them.
    Manual,
}

/// Shows that a firm numbers by hand. Made by [`Numbering::manual`] only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ManualNumbering(());

impl Numbering {
    /// What a draft needs to be given a number.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) for a firm whose matters Clio numbers.
    pub fn manual(&self) -> Result<ManualNumbering> {
        match self {
            Self::Manual => Ok(ManualNumbering(())),
            Self::Automatic(_) => {
                Err(Error::invalid("the firm's matters are numbered by Clio: it takes no display_number"))
            }
        }
    }
}
