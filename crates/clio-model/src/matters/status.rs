use clio_core::values::MatterStatus;

use crate::{Error, Result};

/// Whether time and expenses can be put on a closed matter. Clio's help says so, a user reports that the API refuses it:
/// whoever relies on either sets it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClosedMatters {
    /// As Clio's help has it.
    #[default]
    TakeEntries,
    /// As a user reports.
    RefuseEntries,
}

impl ClosedMatters {
    /// Time and expenses can be put on a matter of this status. On open and pending ones always; of a word that Clio did
    /// not have so far, nothing is known, and the attempt will tell.
    pub fn take_entries(self, status: &MatterStatus) -> bool {
        *status != MatterStatus::Closed || self == Self::TakeEntries
    }
}

/// A status that can be written: one that Clio has.
pub(super) fn writable(status: &MatterStatus) -> Result<()> {
    match status {
        MatterStatus::Open | MatterStatus::Pending | MatterStatus::Closed => Ok(()),
        _ => Err(Error::invalid("a matter can be made open, pending or closed, nothing else")),
    }
}

#[cfg(test)]
mod tests {
    use clio_core::values::Choice;

    use super::*;

    #[test]
    fn closed_matters_take_entries_or_not_as_it_is_set() {
        for (policy, closed) in [(ClosedMatters::TakeEntries, true), (ClosedMatters::RefuseEntries, false)] {
            assert!(policy.take_entries(&MatterStatus::Open) && policy.take_entries(&MatterStatus::Pending));
            assert_eq!(policy.take_entries(&MatterStatus::Closed), closed);
        }
    }

    /// Clio's document: written in lower case, read with a capital.
    #[test]
    fn both_casings_are_one_status() {
        for status in [MatterStatus::Open, MatterStatus::Pending, MatterStatus::Closed] {
            assert_eq!(MatterStatus::from_wire(status.read_name()), status);
            assert_eq!(MatterStatus::from_wire(status.write_name()), status);
            assert_eq!(status.write_name(), status.read_name().to_lowercase());
            assert!(writable(&status).is_ok());
        }
        assert!(writable(&MatterStatus::from_wire("Archived")).is_err());
    }
}
