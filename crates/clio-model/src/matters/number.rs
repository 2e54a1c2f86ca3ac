use std::{cmp::Ordering, fmt, str::FromStr};

use clio_core::{Known, Takes, fits::FitsText, schema::objects::matter};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Error, ErrorKind};

/// The number of a matter as people see it: `00001-Byron`, Clio's `display_number`. Depending on the firm's
/// [`Numbering`](super::Numbering) it is made by a [pattern](super::NumberPattern) or is any text that people gave it.
///
/// Clio has two more: `number` counts the matters of the account, and `custom_number`; both can only be read.
///
/// They are in the order in which people read them, where numbers inside count by their value: our choice, Clio does not
/// say how it orders by `display_number`.
///
/// ```
/// use clio_model::matters::MatterNumber;
///
/// let number = |text: &str| text.parse::<MatterNumber>();
/// assert!(number("99999-Byron")? < number("100000-Ada")?);
/// assert!(number("2026-9")? < number("2026-10")?);
/// # Ok::<(), clio_model::Error>(())
/// ```
///
/// `Debug` does not show it, since it often holds the name of a client.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MatterNumber(Box<str>);

impl MatterNumber {
    /// The number of a matter that was read.
    ///
    /// ```
    /// use clio_core::{Selection, schema::objects};
    /// use clio_model::matters::MatterNumber;
    ///
    /// #[derive(Selection)]
    /// #[clio(object = "Matter")]
    /// struct Mine {
    ///     display_number: Option<String>,
    /// }
    ///
    /// let mine: Mine = clio_core::decode::<objects::Matter, _>(r#"{"display_number":"00001-Byron"}"#)?;
    /// assert_eq!(MatterNumber::of(&mine)?.as_str(), "00001-Byron");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// A selection without the field does not compile:
    ///
    /// ```compile_fail
    /// # use clio_core::{Selection, schema::objects};
    /// # use clio_model::matters::MatterNumber;
    /// #[derive(Selection)]
    /// #[clio(object = "Matter")]
    /// struct Mine {
    ///     description: Option<String>,
    /// }
    ///
    /// fn number(mine: &Mine) -> clio_model::Result<MatterNumber> {
    ///     MatterNumber::of(mine)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unknown`] where Clio left it out; [`ErrorKind::Invalid`] where it is blank.
    pub fn of<S: Takes<matter::display_number, Value: Known<String>>>(matter: &S) -> Result<Self, Error> {
        let number: Option<&String> = matter.taken().known();
        number
            .ok_or_else(|| Error::new(ErrorKind::Unknown, "Clio did not tell the number of a matter"))?
            .parse()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MatterNumber {
    type Err = Error;

    /// Any text but a blank one, without the blanks around it. Which numbers Clio refuses besides, nobody says.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text.trim() {
            "" => Err(Error::invalid("a blank text is no number of a matter")),
            text => Ok(Self(text.into())),
        }
    }
}

impl fmt::Display for MatterNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for MatterNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MatterNumber({} bytes)", self.0.len())
    }
}

impl Ord for MatterNumber {
    fn cmp(&self, other: &Self) -> Ordering {
        // Two texts of one order (`1` and `01`) are still two numbers.
        runs(&self.0).cmp(runs(&other.0)).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for MatterNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A run of digits, or of what is none.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Run<'a> {
    /// The digits after leading zeros. Of whole numbers the one with more digits is larger.
    Digits(usize, &'a str),
    Text(&'a str),
}

fn runs(text: &str) -> impl Iterator<Item = Run<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let same = |c: char| c.is_ascii_digit() == first.is_ascii_digit();
        let (run, after) = rest.split_at(rest.find(|c| !same(c)).unwrap_or(rest.len()));
        rest = after;
        Some(if first.is_ascii_digit() {
            let digits = run.trim_start_matches('0');
            Run::Digits(digits.len(), digits)
        } else {
            Run::Text(run)
        })
    })
}

impl FitsText for MatterNumber {
    /// In a selection the field may be taken as it is.
    fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::deserialize(from)
    }
}

impl Serialize for MatterNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for MatterNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> MatterNumber {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_inside_count_by_their_value() {
        let sorted =
            ["1", "01", "2-a", "2-b", "00010-Byron", "99999999999999999999", "100000000000000000000", "A1"];
        for pair in sorted.windows(2) {
            let (one, two) = (number(pair[0]), number(pair[1]));
            // "01" is 1 too, and comes before "1" by its text.
            let expected = if pair[1] == "01" { Ordering::Greater } else { Ordering::Less };
            assert_eq!(one.cmp(&two), expected, "{pair:?}");
        }
    }

    #[test]
    fn blank_is_no_number_and_debug_does_not_show_it() {
        assert_eq!(" \t".parse::<MatterNumber>().unwrap_err().kind(), ErrorKind::Invalid);
        let number = number(" 00001-Byron ");
        assert_eq!(number.as_str(), "00001-Byron");
        assert!(!format!("{number:?}").contains("Byron"));
        assert!(serde_json::from_str::<MatterNumber>("\" \"").is_err());
    }

    proptest! {
        #[test]
        fn the_order_is_total(a in "[0-9a-b-]{1,6}", b in "[0-9a-b-]{1,6}", c in "[0-9a-b-]{1,6}") {
            let (a, b, c) = (number(&a), number(&b), number(&c));
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            prop_assert_eq!(a.cmp(&b) == Ordering::Equal, a == b);
            if a <= b && b <= c {
                prop_assert!(a <= c);
            }
        }

        #[test]
        fn is_stored_and_read_back(text in "\\PC{1,20}") {
            let Ok(number) = text.parse::<MatterNumber>() else { return Ok(()) };
            prop_assert_eq!(&number.to_string().parse::<MatterNumber>().unwrap(), &number);
            let json = serde_json::to_string(&number).unwrap();
            prop_assert_eq!(serde_json::from_str::<MatterNumber>(&json).unwrap(), number);
        }
    }
}
