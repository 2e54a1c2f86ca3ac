use clio_core::{Field, Members, schema::choices::PhoneNumberName};

use crate::{
    Result,
    body::{given, known_word, not_blank, shows},
};

/// The labels that Clio's document lists for writing. It answers `Personal` too, and does not take it.
const LABELS: &[&str] = &["Work", "Home", "Mobile", "Fax", "Pager", "Skype", "Other"];

/// A phone number of a contact, to be written. It is sent as it was given: Clio's document says nothing of its form.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneNumber {
    number: String,
    label: Option<PhoneNumberName>,
    primary: Option<bool>,
}

impl PhoneNumber {
    /// This number. Blanks at the ends are taken off.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if it is blank. It may have no digit: under the label `Skype`
    /// stands a name.
    pub fn new(number: &str) -> Result<Self> {
        not_blank("a phone number", number)?;
        Ok(Self { number: number.trim().to_owned(), label: None, primary: None })
    }

    /// What kind of number it is.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for `Personal`, and a word that is not known: Clio's document
    /// lists the others.
    pub fn label(mut self, label: PhoneNumberName) -> Result<Self> {
        known_word("the label of a phone number", &label, LABELS)?;
        self.label = Some(label);
        Ok(self)
    }

    /// The contact's default number.
    #[must_use]
    pub const fn primary(mut self) -> Self {
        self.primary = Some(true);
        self
    }

    /// The number.
    pub fn as_str(&self) -> &str {
        &self.number
    }

    pub(super) const fn is_primary(&self) -> bool {
        matches!(self.primary, Some(true))
    }

    pub(super) const fn label_word(&self) -> Option<&PhoneNumberName> {
        self.label.as_ref()
    }

    pub(super) fn members(&self) -> Members {
        let mut members = Members::default();
        members.set("number", Field::Value(self.number.clone()));
        members.set_word("name", given(self.label.clone()), LABELS);
        members.set("default_number", given(self.primary));
        members
    }
}

shows! { PhoneNumber: label, primary; }

/// What two phone numbers, written by two systems, say of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhoneMatch {
    /// The same digits.
    Same,
    /// The same digits but for a country code that one of them lacks. Most likely the same; a number of that length may
    /// exist in two countries, so that a person or a second sign, such as the name, should confirm it.
    Likely,
    /// Two numbers, or no numbers at all.
    Different,
}

/// The fewest digits of a number that is compared without its country code, or that has letters around it.
const LEAST_DIGITS: usize = 7;

/// Compares the digits of two phone numbers. How the digits are grouped does not count, `+` and `00` begin the number
/// of another country, one `0` before the number of an area may be missing where a country code stands, and an
/// extension (`x12`, `ext. 12`) counts where both have one. Where letters stand, fewer than seven digits are no number: that
/// of `1-800-LAW-FIRM` is in its letters, and a name of Skype's may have digits. Nobody says how Clio compares: all of this is our choice.
///
/// ```
/// use clio_model::people::{PhoneMatch, compare_phones};
///
/// assert_eq!(compare_phones("(555) 123-4567", "555.123.4567"), PhoneMatch::Same);
/// assert_eq!(compare_phones("+1 555 123 4567", "555-123-4567"), PhoneMatch::Likely);
/// assert_eq!(compare_phones("+44 20 7946 0958", "020 7946 0958"), PhoneMatch::Likely);
/// assert_eq!(compare_phones("+1 555 123 4567", "+44 555 123 4567"), PhoneMatch::Different);
/// ```
pub fn compare_phones(a: &str, b: &str) -> PhoneMatch {
    let (a, b) = (Digits::of(a), Digits::of(b));
    let extensions_differ = !a.extension.is_empty() && !b.extension.is_empty() && a.extension != b.extension;
    if a.number.is_empty() || b.number.is_empty() || extensions_differ {
        return PhoneMatch::Different;
    }
    if a.number == b.number {
        return PhoneMatch::Same;
    }
    if a.with_country && b.with_country {
        return PhoneMatch::Different;
    }
    // Where one has its country code, the other is as it is dialled at home, perhaps with a `0` before the area. Where
    // none is marked, the longer one may have it nevertheless.
    let a_is_whole =
        if a.with_country == b.with_country { a.number.len() > b.number.len() } else { a.with_country };
    let (whole, home) = if a_is_whole { (&a, &b) } else { (&b, &a) };
    let area = home.number.strip_prefix('0').unwrap_or(&home.number);
    // Country codes have one to three digits, of which the first is no `0`.
    let country = whole.number.strip_suffix(area).unwrap_or_default();
    let is_code = (1..=3).contains(&country.len()) && !country.starts_with('0');
    let likely = area.len() >= LEAST_DIGITS
        && is_code
        && (whole.with_country || whole.number.len() > home.number.len());
    if likely { PhoneMatch::Likely } else { PhoneMatch::Different }
}

struct Digits {
    number: String,
    extension: String,
    with_country: bool,
}

impl Digits {
    fn of(text: &str) -> Self {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        // What follows the first letter or `#` after some digits is an extension.
        let from = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
        let until =
            text[from..].find(|c: char| c.is_alphabetic() || c == '#').map_or(text.len(), |at| from + at);
        let (number, extension) = (digits(&text[..until]), digits(&text[until..]));
        let number = if text.contains(char::is_alphabetic) && number.len() < LEAST_DIGITS {
            String::new()
        } else {
            number
        };
        let plus = text[..from].contains('+');
        match number.strip_prefix("00") {
            Some(rest) if !plus => Self { number: rest.to_owned(), extension, with_country: true },
            _ => Self { number, extension, with_country: plus },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_by_their_digits() {
        use PhoneMatch::{Different, Likely, Same};
        for (a, b, match_) in [
            ("+1 (555) 123-4567", "0015551234567", Same),
            ("555 123 4567 ext. 12", "5551234567", Same),
            ("555 123 4567 x12", "555 123 4567 #12", Same),
            ("555 123 4567 x12", "555 123 4567 x13", Different),
            ("1 555 123 4567", "555 123 4567", Likely),
            ("+32 470 12 34 56", "0470/12.34.56", Likely),
            ("+353 1 496 0000", "496 0000", Different),
            ("123456", "+1123456", Different),
            ("1470123456", "0470123456", Different),
            ("470123456", "0470123456", Different),
            ("", "", Different),
            ("live:ada", "live:ada", Different),
            ("live:ada7", "live:bob7", Different),
            ("1-800-LAW-FIRM", "1-800-CONTACT", Different),
            ("1-800-LAW-FIRM", "1800", Different),
            ("Tel. 555 123 4567 (home)", "555 123 4567", Same),
            ("514 555-0199 poste 12", "514 555-0199 x12", Same),
            ("555 123 4567", "555 123 4568", Different),
            ("+", "٣", Different),
        ] {
            assert_eq!(compare_phones(a, b), match_, "{a} {b}");
            assert_eq!(compare_phones(b, a), match_, "{b} {a}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_two_texts_are_compared_alike_both_ways(a in "(\\PC|[+0-9x ]){0,20}", b in "(\\PC|[+0-9x ]){0,20}") {
            proptest::prop_assert_eq!(compare_phones(&a, &b), compare_phones(&b, &a));
        }

        #[test]
        fn a_country_code_that_is_missing_is_likely(code in 1_u32..1000, number in "[1-9][0-9]{6,10}") {
            let whole = format!("+{code} {number}");
            proptest::prop_assert_eq!(compare_phones(&whole, &number), PhoneMatch::Likely);
            proptest::prop_assert_eq!(compare_phones(&whole, &format!("0{number}")), PhoneMatch::Likely);
            proptest::prop_assert_eq!(compare_phones(&whole, &whole), PhoneMatch::Same);
        }
    }

    #[test]
    fn a_label_that_is_only_answered_is_refused() {
        let number = PhoneNumber::new("555").unwrap();
        assert!(number.clone().label(PhoneNumberName::Personal).is_err());
        assert!(number.clone().label(PhoneNumberName::Unknown("Car".into())).is_err());
        assert_eq!(
            number.label(PhoneNumberName::Mobile).unwrap().primary().members().to_json(),
            r#"{"number":"555","name":"Mobile","default_number":true}"#,
        );
        assert_eq!(PhoneNumber::new(" ").unwrap_err().to_string(), "a phone number is blank");
    }
}
