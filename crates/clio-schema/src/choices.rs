//! Lists of words that Clio may extend, as enums that keep a word they do not know.
//!
//! Clio reads and writes some of them in different casings; one enum knows both.

use alloc::string::String;

/// An enum over the words of Clio's that keeps an unknown one.
pub trait Choice: Sized {
    /// The value of a word as Clio answers it. A word that is not listed is kept.
    fn from_wire(word: &str) -> Self;
    /// The word as Clio answers it.
    fn read_name(&self) -> &str;
    /// The word as Clio takes it in a body or a parameter.
    fn write_name(&self) -> &str;
}

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $read:literal / $write:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A word that this version does not know, as it stood on the wire.
            Unknown(String),
        }

        impl Choice for $name {
            fn from_wire(word: &str) -> Self {
                match word {
                    $($read => Self::$variant,)*
                    other => Self::Unknown(String::from(other)),
                }
            }
            fn read_name(&self) -> &str {
                match self {
                    $(Self::$variant => $read,)*
                    Self::Unknown(word) => word,
                }
            }
            fn write_name(&self) -> &str {
                match self {
                    $(Self::$variant => $write,)*
                    Self::Unknown(word) => word,
                }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.read_name())
            }
        }
    };
}

choice! {
    /// The status of a matter. Answered as `Open`, taken as `open`.
    MatterStatus {
        /// Work goes on.
        Open = "Open" / "open",
        /// Not yet begun.
        Pending = "Pending" / "pending",
        /// Work has ended.
        Closed = "Closed" / "closed",
    }
}

choice! {
    /// The kind of an activity. It cannot change after the activity was created.
    ActivityType {
        /// Time; its quantity counts seconds.
        TimeEntry = "TimeEntry" / "TimeEntry",
        /// An expense; its quantity is a count.
        ExpenseEntry = "ExpenseEntry" / "ExpenseEntry",
        /// An expense that the firm paid to a vendor.
        HardCostEntry = "HardCostEntry" / "HardCostEntry",
        /// An expense inside the firm.
        SoftCostEntry = "SoftCostEntry" / "SoftCostEntry",
    }
}
