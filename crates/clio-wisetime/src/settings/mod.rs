//! What the administrator of a team may set.

mod known;
mod names;
mod read;
#[cfg(test)]
mod tests;

use clio_model::ActivityCategory;

pub use crate::posted_time::Posting;
pub use read::{SettingsRead, WrongSetting, WrongSettings};

/// The settings of a connection. All are optional: [`Settings::default`] is a connection that works.
///
/// They come from WiseTime's managed configuration ([`Settings::read`]), from the environment
/// ([`Settings::from_environment`]), or from code:
///
/// ```
/// use clio_wisetime::Settings;
///
/// let in_code = Settings { show_closed_cases: true, ..Settings::default() };
/// let read = Settings::read([("SHOW_CLOSED_CASES", "TRUE")])?;
/// assert_eq!(read.settings, in_code);
/// # Ok::<(), clio_wisetime::WrongSettings>(())
/// ```
///
/// `Display` is a table for the start of a program: each setting with its value, and whether that is the default.
///
/// The three names are WiseTime's. Their meaning is what its article about the connection says; what it leaves open (the
/// defaults, how a list is written) is our choice, and said at each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// `SHOW_CLOSED_CASES`: closed matters become tags too. Default: `FALSE`.
    pub show_closed_cases: bool,
    /// `ADD_SUMMARY_TO_NARRATIVE`: a summary of the time stands below the narrative. Default: `FALSE`.
    pub add_summary_to_narrative: bool,
    /// `ACTIVITY_TYPES_NON_BILLABLE`: names of Clio's activity categories; time posted in one of them is non-billable.
    /// Compared without regard to case and to blanks around. Default: none.
    ///
    /// It is the name that counts, not the category: one that is renamed in Clio is billable from then on, until the
    /// setting says its new name. [`Settings::check`] tells.
    pub activity_types_non_billable: Vec<String>,
    /// What WiseTime has no setting for: how posted time becomes a time entry.
    pub posting: Posting,
}

impl Settings {
    /// The names in `ACTIVITY_TYPES_NON_BILLABLE` that are none of Clio's categories: misspelt, renamed or deleted since, or
    /// one name with a comma that was written without quotes. For the report at the start: nothing fails because of them,
    /// but time is billed that was not to be.
    pub fn check(&self, categories: &[ActivityCategory]) -> Vec<&str> {
        let known = |name: &&String| categories.iter().any(|category| names::same(&category.name, name));
        self.activity_types_non_billable.iter().filter(|name| !known(name)).map(String::as_str).collect()
    }

    /// Time in the category of this name is non-billable.
    pub(crate) fn is_non_billable(&self, category: &str) -> bool {
        self.activity_types_non_billable.iter().any(|name| names::same(name, category))
    }
}
