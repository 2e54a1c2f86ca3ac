//! Lists of words that Clio may extend, as enums that keep a word they do not know.

/// An enum over the words of Clio's that keeps an unknown one.
pub trait Choice: Sized {
    /// The value of a word as Clio answers it, whatever its casing. A word that is not listed is kept as it is.
    fn from_wire(word: &str) -> Self;
    /// The word as Clio answers it.
    fn read_name(&self) -> &str;
    /// The word as Clio takes it in a body.
    fn write_name(&self) -> &str {
        self.read_name()
    }
    /// The word as it is spelled in this list, such as the one of a parameter: a few have a casing of their own.
    ///
    /// ```
    /// use clio_schema::choices::{Choice, MatterStatus, ReminderSubjectType};
    ///
    /// assert_eq!(MatterStatus::Open.spelled_as_in(&["open", "closed", "pending"]), "open");
    /// let word = ReminderSubjectType::CalendarEntry.spelled_as_in(&["calendar_entry", "task"]);
    /// assert_eq!(word, "calendar_entry");
    /// ```
    fn spelled_as_in<'a>(&'a self, words: &[&'a str]) -> &'a str {
        let listed = words.iter().find(|word| same(word, self.read_name()));
        listed.copied().unwrap_or_else(|| self.write_name())
    }
}

/// The same word, though perhaps in another casing: `CalendarEntry` and `calendar_entry`.
fn same(a: &str, b: &str) -> bool {
    letters(a).eq(letters(b))
}

fn letters(word: &str) -> impl Iterator<Item = u8> {
    word.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase())
}

/// The value of a word, if it is a known one.
pub(crate) fn known<C: Clone>(words: &[(&str, C)], word: &str) -> Option<C> {
    words.iter().find(|(known, _)| same(known, word)).map(|(_, value)| value.clone())
}

/// `Variant = "word"` or, where Clio takes words in another casing, `Variant = "as answered" / "as taken"`.
///
/// What the enums do is inlined: there are more than a hundred, of which a program uses a few, and this way it compiles
/// those only.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $read:literal,)* }) => {
        $crate::choice::choice!(@ $(#[$doc])* $name { $($(#[$variant_doc])* $variant = $read,)* } {});
    };
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $read:literal / $write:literal,)* }) => {
        $crate::choice::choice!(@ $(#[$doc])* $name { $($(#[$variant_doc])* $variant = $read,)* } {
            #[inline]
            fn write_name(&self) -> &str {
                match self {
                    $(Self::$variant => $write,)*
                    Self::Unknown(word) => word,
                }
            }
        });
    };
    (
        @ $(#[$doc:meta])*
        $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $read:literal,)* } { $($write_name:item)? }
    ) => {
        $(#[$doc])*
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A word that this version does not know, as it stood on the wire.
            Unknown(alloc::string::String),
        }

        impl $crate::choice::Choice for $name {
            #[inline]
            fn from_wire(word: &str) -> Self {
                const KNOWN: &[(&str, $name)] = &[$(($read, $name::$variant)),*];
                $crate::choice::known(KNOWN, word).unwrap_or_else(|| Self::Unknown(word.into()))
            }
            #[inline]
            fn read_name(&self) -> &str {
                match self {
                    $(Self::$variant => $read,)*
                    Self::Unknown(word) => word,
                }
            }
            $($write_name)?
        }

        $crate::choice::like_its_word!($name);
    };
}

/// Compared, hashed and shown as the word is.
macro_rules! like_its_word {
    ($name:ident) => {
        impl PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                $crate::choice::Choice::read_name(self) == $crate::choice::Choice::read_name(other)
            }
        }
        impl Eq for $name {}
        impl core::hash::Hash for $name {
            #[inline]
            fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
                $crate::choice::Choice::read_name(self).hash(state);
            }
        }
        impl core::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str($crate::choice::Choice::read_name(self))
            }
        }
        impl core::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str($crate::choice::Choice::read_name(self))
            }
        }
    };
}

pub(crate) use {choice, like_its_word};
