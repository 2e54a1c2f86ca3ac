//! What the administrator of a team may set.

/// The settings of a connection. All are optional.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// `SHOW_CLOSED_CASES`: closed matters become tags too. Default: `FALSE`.
    pub show_closed_cases: bool,
    /// `ACTIVITY_TYPES_NON_BILLABLE`: names of Clio's activity categories; time posted in one of them is non-billable.
    /// Compared without regard to case and to blanks around. Default: none.
    pub activity_types_non_billable: Vec<String>,
}

impl Settings {
    /// Time in the category of this name is non-billable.
    pub(crate) fn is_non_billable(&self, category: &str) -> bool {
        let plain = |name: &str| name.trim().to_lowercase();
        self.activity_types_non_billable.iter().any(|name| plain(name) == plain(category))
    }
}
