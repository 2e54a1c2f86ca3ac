//! A text as its words, in one way of writing.

use std::ops::Range;

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// The words of a text, with one blank between two, and where each came from.
pub(super) struct Folded {
    pub(super) text: String,
    words: Vec<Word>,
}

/// In bytes. Folding changes lengths, so a place in the one text is none in the other; but words begin and end together.
struct Word {
    folded: Range<usize>,
    original: Range<usize>,
}

impl Folded {
    pub(super) fn of(text: &str) -> Self {
        let mut folded = Self { text: String::new(), words: Vec::new() };
        let mut begun: Option<Range<usize>> = None;
        for (at, letter) in text.char_indices() {
            let is_part = letter.is_alphanumeric() || begun.is_some() && is_combining_mark(letter);
            match (&mut begun, is_part) {
                (Some(word), true) => word.end = at + letter.len_utf8(),
                (None, true) => begun = Some(at..at + letter.len_utf8()),
                (_, false) => folded.push(text, begun.take()),
            }
        }
        folded.push(text, begun);
        folded
    }

    fn push(&mut self, text: &str, word: Option<Range<usize>>) {
        let Some(original) = word else { return };
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        let start = self.text.len();
        for letter in text[original.clone()].chars() {
            decompose_canonical(letter, |letter| {
                // By way of the capital: the two small sigmas have one, and that of `ß` is `SS`.
                self.text.extend(letter.to_uppercase().flat_map(char::to_lowercase));
            });
        }
        self.words.push(Word { folded: start..self.text.len(), original });
    }

    /// The place in the original text, if this one in the folded text begins and ends with a word.
    pub(super) fn whole_words(&self, folded: Range<usize>) -> Option<Range<usize>> {
        let first = self.words.binary_search_by_key(&folded.start, |word| word.folded.start).ok()?;
        let last = self.words.binary_search_by_key(&folded.end, |word| word.folded.end).ok()?;
        Some(self.words[first].original.start..self.words[last].original.end)
    }
}
