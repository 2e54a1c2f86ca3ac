use std::{
    fmt::{self, Write as _},
    str::FromStr,
};

use super::MatterNumber;
use crate::{Error, Result};

/// How wide a counter can be: what a `u64` can count.
const WIDEST: usize = 19;

/// How a firm's matters are numbered by Clio.
///
/// Clio's help names the default, `[00001]-[client]`, and numbers that lead with the year, or the year and the month, of
/// the day on which the matter was opened. Its API tells nothing of the pattern that an account has. The text of a pattern
/// here is Clio's as far as that goes; that years and months are written `[YYYY]`, `[YY]` and `[MM]` is our choice.
///
/// One counter is like the other here: a firm may count its matters all along, for each client, or anew each year. The
/// help lists more that a number may hold, such as the description of the matter or the client's number. Such a pattern
/// cannot be written here: where one free text ends and the next begins, the number does not tell.
///
/// ```
/// use clio_model::matters::{MatterNumber, NumberPattern, NumberParts};
///
/// let pattern: NumberPattern = "[00001]-[client]".parse()?;
/// assert_eq!(pattern, NumberPattern::clio_default());
///
/// let number: MatterNumber = "00012-Byron-King".parse()?;
/// let parts = pattern.read(&number)?;
/// assert_eq!((parts.counter, parts.client.as_deref()), (12, Some("Byron-King")));
/// assert_eq!(pattern.number(&parts)?, number);
/// # Ok::<(), clio_model::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct NumberPattern(Vec<Part>);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Part {
    /// A count with at least so many digits.
    Counter(usize),
    Client,
    Year,
    ShortYear,
    Month,
    Text(String),
}

/// What a number is made of, by its [`NumberPattern`].
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct NumberParts {
    /// The number that counts.
    pub counter: u64,
    /// The name of the client, as it stands in the number: the last name of a person, the name of a company, which Clio's
    /// help calls the client's summary name. A firm may have its first or last name in place of it.
    pub client: Option<String>,
    /// The year, as it stands in the number: of four digits or of two.
    pub year: Option<u16>,
    /// The month, 1 to 12.
    pub month: Option<u8>,
}

impl fmt::Debug for NumberParts {
    /// Shows all but the name of the client.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NumberParts")
            .field("counter", &self.counter)
            .field("year", &self.year)
            .field("month", &self.month)
            .finish_non_exhaustive()
    }
}

impl NumberPattern {
    /// `[00001]-[client]`: what a new account has (Clio's help).
    pub fn clio_default() -> Self {
        Self(vec![Part::Counter(5), Part::Text("-".to_owned()), Part::Client])
    }

    /// `[00001]` (Clio's help).
    pub fn counter_only() -> Self {
        Self(vec![Part::Counter(5)])
    }

    /// `[YYYY]-[00001]` (Clio's help).
    pub fn yearly() -> Self {
        Self(vec![Part::Year, Part::Text("-".to_owned()), Part::Counter(5)])
    }

    /// `[YYYY]-[MM]-[00001]` (Clio's help).
    pub fn monthly() -> Self {
        let dash = || Part::Text("-".to_owned());
        Self(vec![Part::Year, dash(), Part::Month, dash(), Part::Counter(5)])
    }

    /// The number with these parts.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) where a part is missing that the pattern needs, is there though the pattern
    /// has no place for it, or would not be read back: a month 13, a client of blanks.
    pub fn number(&self, parts: &NumberParts) -> Result<MatterNumber> {
        let needed = |part: &str| Error::invalid(format!("the pattern needs the {part} of a number"));
        let mut text = String::new();
        for part in &self.0 {
            // A `String` takes whatever is written to it.
            let _ = match part {
                Part::Text(between) => text.write_str(between),
                Part::Counter(width) => write!(text, "{:0width$}", parts.counter),
                Part::Client => text.write_str(parts.client.as_deref().ok_or_else(|| needed("client"))?),
                Part::Year => write!(text, "{:04}", parts.year.ok_or_else(|| needed("year"))?),
                Part::ShortYear => write!(text, "{:02}", parts.year.ok_or_else(|| needed("year"))?),
                Part::Month => write!(text, "{:02}", parts.month.ok_or_else(|| needed("month"))?),
            };
        }
        let number: MatterNumber = text.parse()?;
        if self.read(&number).as_ref() != Ok(parts) {
            return Err(Error::invalid("the parts of a number do not fit its pattern"));
        }
        Ok(number)
    }

    /// The parts of a number.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) where the number is not of this pattern, as numbers from before a change of
    /// the pattern are not.
    pub fn read(&self, number: &MatterNumber) -> Result<NumberParts> {
        let mut parts = NumberParts::default();
        let client = self.0.iter().position(|part| *part == Part::Client);
        let (before, after) = self.0.split_at(client.unwrap_or(self.0.len()));
        let mut rest = number.as_str();
        for part in before {
            rest = part.take_first(rest, &mut parts).ok_or_else(unlike)?;
        }
        // The client's name has any letters, so that what follows it is read from the end.
        for part in after.iter().skip(1).rev() {
            rest = part.take_last(rest, &mut parts).ok_or_else(unlike)?;
        }
        match (client, rest) {
            (None, "") => Ok(parts),
            (Some(_), name) if !name.is_empty() && name.trim() == name => {
                Ok(NumberParts { client: Some(name.to_owned()), ..parts })
            }
            _ => Err(unlike()),
        }
    }

    /// The number may have been made by this pattern.
    pub fn fits(&self, number: &MatterNumber) -> bool {
        self.read(number).is_ok()
    }

    /// A pattern by which each number is read in one way only.
    fn checked(parts: Vec<Part>) -> Result<Self> {
        let count = |is: fn(&Part) -> bool| parts.iter().filter(|part| is(part)).count();
        if count(|part| matches!(part, Part::Counter(_))) != 1 {
            return Err(Error::invalid("a pattern has one counter, such as `[00001]`"));
        }
        for once in [
            |part: &Part| matches!(part, Part::Client),
            |part: &Part| matches!(part, Part::Year | Part::ShortYear),
            |part: &Part| matches!(part, Part::Month),
        ] {
            if count(once) > 1 {
                return Err(Error::invalid("a pattern has each part once"));
            }
        }
        let parted = parts.windows(2).all(|pair| match pair {
            [Part::Text(text), _] => !text.ends_with(|c: char| c.is_ascii_digit()),
            [_, Part::Text(text)] => !text.starts_with(|c: char| c.is_ascii_digit()),
            _ => false,
        });
        if !parted {
            return Err(Error::invalid("the parts of a pattern have text without digits between them"));
        }
        Ok(Self(parts))
    }
}

impl Part {
    /// What follows the part at the start of a text.
    fn take_first<'a>(&self, text: &'a str, parts: &mut NumberParts) -> Option<&'a str> {
        let end = match self {
            Self::Text(between) => return text.strip_prefix(between.as_str()),
            _ => text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()),
        };
        let (digits, rest) = text.split_at(end);
        self.put(digits, parts)?;
        Some(rest)
    }

    /// What comes before the part at the end of a text.
    fn take_last<'a>(&self, text: &'a str, parts: &mut NumberParts) -> Option<&'a str> {
        let start = match self {
            Self::Text(between) => return text.strip_suffix(between.as_str()),
            _ => text.trim_end_matches(|c: char| c.is_ascii_digit()).len(),
        };
        let (rest, digits) = text.split_at(start);
        self.put(digits, parts)?;
        Some(rest)
    }

    fn put(&self, digits: &str, parts: &mut NumberParts) -> Option<()> {
        match self {
            // Leading zeros fill the width and no more.
            Self::Counter(width) => {
                let fits = digits.len() == *width || (digits.len() > *width && !digits.starts_with('0'));
                parts.counter = digits.parse().ok().filter(|_| fits)?;
            }
            Self::Year => parts.year = Some(digits.parse().ok().filter(|_| digits.len() == 4)?),
            Self::ShortYear => parts.year = Some(digits.parse().ok().filter(|_| digits.len() == 2)?),
            Self::Month => {
                let month =
                    digits.parse().ok().filter(|month| digits.len() == 2 && (1..=12).contains(month))?;
                parts.month = Some(month);
            }
            Self::Client | Self::Text(_) => {}
        }
        Some(())
    }
}

fn unlike() -> Error {
    Error::invalid("the number is not of the pattern")
}

impl FromStr for NumberPattern {
    type Err = Error;

    /// Reads `[00001]-[client]`. A counter is written as its first number, with all its digits.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) for a pattern by which a number could be read in two ways: without text
    /// between two parts, with a digit next to a part, or with other than one counter.
    fn from_str(text: &str) -> Result<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((between, after)) = rest.split_once('[') {
            let (name, after) = after
                .split_once(']')
                .ok_or_else(|| Error::invalid("a part of a pattern is not closed: `]`"))?;
            if !between.is_empty() {
                parts.push(Part::Text(between.to_owned()));
            }
            parts.push(match name {
                "client" => Part::Client,
                "YYYY" => Part::Year,
                "YY" => Part::ShortYear,
                "MM" => Part::Month,
                counter => Part::Counter(width_of(counter)?),
            });
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        if text.trim() != text
            || parts.iter().any(|part| matches!(part, Part::Text(text) if text.contains(']')))
        {
            return Err(Error::invalid("a pattern has no blanks around it and no `]` of its own"));
        }
        Self::checked(parts)
    }
}

fn width_of(counter: &str) -> Result<usize> {
    let zeros = counter.strip_suffix('1').filter(|zeros| zeros.bytes().all(|byte| byte == b'0'));
    zeros.map(|_| counter.len()).filter(|width| *width <= WIDEST).ok_or_else(|| {
        Error::invalid("a part of a pattern is `[00001]`, `[client]`, `[YYYY]`, `[YY]` or `[MM]`")
    })
}

impl fmt::Display for NumberPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.0 {
            match part {
                Part::Counter(width) => write!(f, "[{:0width$}]", 1)?,
                Part::Client => f.write_str("[client]")?,
                Part::Year => f.write_str("[YYYY]")?,
                Part::ShortYear => f.write_str("[YY]")?,
                Part::Month => f.write_str("[MM]")?,
                Part::Text(text) => f.write_str(text)?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for NumberPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
