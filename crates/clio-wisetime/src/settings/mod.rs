//! What the administrator of a team may set.

pub use crate::posted_time::Posting;

/// The settings of a connection. All are optional.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// `SHOW_CLOSED_CASES`: closed matters become tags too. Default: `FALSE`.
    pub show_closed_cases: bool,
    /// `ADD_SUMMARY_TO_NARRATIVE`: a summary of the time stands below the narrative. Default: `FALSE`.
    pub add_summary_to_narrative: bool,
    /// `ACTIVITY_TYPES_NON_BILLABLE`: names of Clio's activity categories; time posted in one of them is non-billable.
    /// Compared without regard to case and to blanks around. Default: none.
    pub activity_types_non_billable: Vec<String>,
    /// What WiseTime has no setting for: how posted time becomes a time entry.
    pub posting: Posting,
}

impl Settings {
    /// Time in the category of this name is non-billable.
    pub(crate) fn is_non_billable(&self, category: &str) -> bool {
        let plain = |name: &str| name.trim().to_lowercase();
        self.activity_types_non_billable.iter().any(|name| plain(name) == plain(category))
    }
}
