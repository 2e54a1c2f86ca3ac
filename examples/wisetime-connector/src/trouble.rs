//! What goes wrong, in one line that says what to do.

use std::fmt;

/// The program cannot go on.
#[derive(Debug)]
pub(crate) struct Trouble(String);

impl Trouble {
    pub(crate) fn new(text: impl AsRef<str>) -> Self {
        // Texts of servers are in here, and they may have lines of their own.
        Self(text.as_ref().split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<clio_core::Error> for Trouble {
    fn from(error: clio_core::Error) -> Self {
        Self::new(error.to_string())
    }
}

impl From<clio_sync::Error> for Trouble {
    fn from(error: clio_sync::Error) -> Self {
        Self::new(error.to_string())
    }
}

impl From<clio_wisetime::WrongSettings> for Trouble {
    fn from(error: clio_wisetime::WrongSettings) -> Self {
        Self::new(error.to_string())
    }
}
