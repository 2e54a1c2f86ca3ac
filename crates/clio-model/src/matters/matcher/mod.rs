//! Which matter a title speaks of.

mod folded;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::Range,
};

use aho_corasick::AhoCorasick;

use crate::{Error, Result};
use folded::Folded;

/// Finds the matter that a window's title, a document's name or a subject line speaks of.
///
/// It is made of words, each with the matter that it stands for (`K`: an id, or whatever names a matter where it is used): a
/// matter's number, and the keywords beside it. How it reads:
///
/// - Only whole words count: `00012` is not in `000123`. What is neither letter nor digit parts words, and which sign it is
///   does not count: `00012-Byron`, `00012 Byron` and `00012_byron` are the same. Nor do case and the two ways to write `ü`.
/// - A word without letters is a number, and is not found inside a longer one: `12` is not in `2026-03-12`, `3.12` or `12:30`.
/// - The longest counts: where `00012-Byron` stands, `00012` and `Byron` are not found as well.
/// - Then the answer is the one matter to which everything that was found points. Two matters in one title, or one number that
///   two matters have, give no answer: nobody guesses. A number and a keyword count the same.
///
/// WiseTime says that a tag is applied "if one of its keywords matches text in the time row activity description", and no more;
/// the rules above are our choice.
///
/// ```
/// use clio_model::matters::Matcher;
///
/// let matcher = Matcher::new([(12, "00012-Byron"), (13, "00013-Kant"), (13, "Königsberg")])?;
/// assert_eq!(matcher.find("Brief_00012 BYRON_v2.docx - Word"), Some(&12));
/// assert_eq!(matcher.find("RE: Königsberg"), Some(&13));
/// assert_eq!(matcher.find("00012-Byron and 00013-Kant"), None);
/// # Ok::<(), clio_model::Error>(())
/// ```
pub struct Matcher<K> {
    /// Over all words, folded. One pattern for each that is different.
    automaton: AhoCorasick,
    /// Of the pattern of the same index.
    patterns: Vec<Pattern<K>>,
}

struct Pattern<K> {
    matters: BTreeSet<K>,
    is_number: bool,
}

/// What a title says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recognised<'a, K> {
    /// No word of any matter.
    Nothing,
    /// One matter.
    Matter {
        /// Which.
        matter: &'a K,
        /// Where its longest word stands in the title, in bytes; the first of several.
        at: Range<usize>,
    },
    /// More than one matter could be meant.
    Ambiguous {
        /// Those, in their order.
        matters: Vec<&'a K>,
    },
}

impl<K> fmt::Debug for Matcher<K> {
    /// Shows no word: they are names of clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Matcher").field("words", &self.patterns.len()).finish_non_exhaustive()
    }
}

impl<K: Ord> Matcher<K> {
    /// A matcher of these words. One without a letter or a digit is never found, and is left out.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) when they are too many for memory: billions of letters.
    pub fn new<W: AsRef<str>>(words: impl IntoIterator<Item = (K, W)>) -> Result<Self> {
        let mut folded: BTreeMap<String, BTreeSet<K>> = BTreeMap::new();
        for (matter, word) in words {
            let word = Folded::of(word.as_ref()).text;
            if !word.is_empty() {
                folded.entry(word).or_default().insert(matter);
            }
        }
        let automaton = AhoCorasick::new(folded.keys());
        let automaton = automaton.map_err(|_| Error::invalid("there are too many words to look for"))?;
        let pattern = |(word, matters): (String, BTreeSet<K>)| {
            let is_number = !word.contains(char::is_alphabetic);
            Pattern { matters, is_number }
        };
        Ok(Self { automaton, patterns: folded.into_iter().map(pattern).collect() })
    }

    /// The matter that the title speaks of, if it is surely one.
    pub fn find(&self, title: &str) -> Option<&K> {
        match self.recognise(title) {
            Recognised::Matter { matter, .. } => Some(matter),
            _ => None,
        }
    }

    /// What the title says, and why it says nothing.
    pub fn recognise(&self, title: &str) -> Recognised<'_, K> {
        let found = longest(self.whole_words(title));
        let Some((first, rest)) = found.split_first() else { return Recognised::Nothing };
        let of = |(_, pattern): &(Range<usize>, usize)| &self.patterns[*pattern].matters;
        let common = |matter: &&K| rest.iter().all(|other| of(other).contains(*matter));
        let mut in_all = of(first).iter().filter(common);
        if let (Some(matter), None) = (in_all.next(), in_all.next()) {
            // Ranges are in their order; the last of the longest would be the last of equals.
            let longest = found.iter().rev().max_by_key(|(at, _)| at.len());
            return Recognised::Matter { matter, at: longest.map_or(0..0, |(at, _)| at.clone()) };
        }
        let any: BTreeSet<&K> = found.iter().flat_map(of).collect();
        Recognised::Ambiguous { matters: any.into_iter().collect() }
    }

    /// Where patterns stand as whole words, in bytes of the title.
    fn whole_words(&self, title: &str) -> Vec<(Range<usize>, usize)> {
        let folded = Folded::of(title);
        let hits = self.automaton.find_overlapping_iter(&folded.text);
        hits.filter_map(|hit| {
            let at = folded.whole_words(hit.range())?;
            let pattern = hit.pattern().as_usize();
            let cut = self.patterns[pattern].is_number && is_part_of_a_number(title, &at);
            (!cut).then_some((at, pattern))
        })
        .collect()
    }
}

/// Without those that lie inside a longer one, in the order of the title.
fn longest(mut found: Vec<(Range<usize>, usize)>) -> Vec<(Range<usize>, usize)> {
    // Of those that begin together the longest comes first, so whatever lies inside another comes after it.
    found.sort_by_key(|(at, _)| (at.start, std::cmp::Reverse(at.end)));
    let mut end = 0;
    found.retain(|(at, _)| {
        let inside = at.end <= end;
        end = end.max(at.end);
        !inside
    });
    found
}

/// A date, a time or an amount goes on beside it: a digit, over a sign that joins numbers.
fn is_part_of_a_number(title: &str, at: &Range<usize>) -> bool {
    let joins = |letter: Option<char>| letter.is_some_and(|letter| "-./:,".contains(letter));
    let digit = |letter: Option<char>| letter.is_some_and(char::is_numeric);
    let (mut before, mut after) = (title[..at.start].chars().rev(), title[at.end..].chars());
    joins(before.next()) && digit(before.next()) || joins(after.next()) && digit(after.next())
}
