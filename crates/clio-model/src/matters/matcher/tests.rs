//! The rules, one by one, and all of them against a slow and simple reading of the same rules.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn matcher(words: &[(u32, &str)]) -> Matcher<u32> {
    Matcher::new(words.iter().copied()).expect("a matcher")
}

#[track_caller]
fn finds(words: &[(u32, &str)], title: &str, expected: Option<u32>) {
    assert_eq!(matcher(words).find(title).copied(), expected, "{title}");
}

const TWO: &[(u32, &str)] = &[(12, "00012-Byron"), (13, "00013-Kant")];

#[test]
fn a_number_is_found_in_titles_names_and_subjects() {
    for title in [
        "00012-Byron",
        "00012 Byron",
        "00012_byron",
        "00012 - BYRON",
        "RE: [00012-Byron] Your letter",
        "C:\\Matters\\00012-Byron\\Brief.docx - Word",
        "Brief_00012-Byron_v2.pdf",
        "2026-03-02-00012-Byron.docx",
        "(00012\u{2013}Byron)",
    ] {
        finds(TWO, title, Some(12));
    }
    for title in ["", "Solitaire", "00012", "Byron 00012", "00012Byron", "00012-Byrons", "100012-Byron"] {
        finds(TWO, title, None);
    }
}

#[test]
fn the_longest_counts() {
    let words = &[(1, "00012"), (2, "00012-Byron"), (3, "Byron"), (4, "Byron Estate")];
    finds(words, "00012-Byron draft", Some(2));
    finds(words, "00012 draft", Some(1));
    finds(words, "Byron", Some(3));
    finds(words, "00012-Byron Estate", None);
    finds(words, "The Byron Estate", Some(4));
}

#[test]
fn nobody_guesses() {
    finds(TWO, "00012-Byron and 00013-Kant", None);
    finds(&[(1, "00012"), (2, "00012")], "00012", None);
    finds(&[(1, "Estate of Byron"), (2, "Byron v Kant")], "Estate of Byron v Kant", None);
    // What only one of them has decides; what both have says nothing against it.
    let family = &[(1, "00012-Byron"), (2, "00014-Byron"), (1, "Byron"), (2, "Byron")];
    finds(family, "Letter to Byron", None);
    finds(family, "00014-Byron: letter to Byron", Some(2));
    let who = matcher(family);
    assert_eq!(who.recognise("To Byron"), Recognised::Ambiguous { matters: vec![&1, &2] });
    assert_eq!(who.recognise("To Kant"), Recognised::Nothing);
}

#[test]
fn a_number_is_not_part_of_a_longer_one() {
    let words = &[(1, "12"), (2, "2026-001")];
    for title in ["2026-03-12", "12:30", "3.12", "12,5", "2026-001-7", "1/2026-001", "112", "v12"] {
        finds(words, title, None);
    }
    for (title, matter) in [("No. 12", 1), ("12. Letter", 1), ("12_2026", 1), ("12 - 30", 1), ("2026/001", 2)]
    {
        finds(words, title, Some(matter));
    }
}

#[test]
fn letters_of_any_alphabet_are_letters() {
    let words = &[(1, "Müller"), (2, "Straße 7"), (3, "Ὀδυσσεύς"), (4, "契約 12"), (5, "İzmir")];
    finds(words, "Mu\u{308}ller.docx", Some(1));
    finds(words, "MÜLLER", Some(1));
    finds(words, "Muller", None);
    finds(words, "STRASSE 7", Some(2));
    finds(words, "ὈΔΥΣΣΕΎΣ", Some(3));
    finds(words, "【契約】12", Some(4));
    finds(words, "i\u{307}zmir", Some(5));
}

#[test]
fn the_place_is_that_of_the_title_itself() {
    let title = "İİ „ßß“ — 00012\u{2011}BYRON, 🎻";
    let matcher = matcher(TWO);
    let Recognised::Matter { at, .. } = matcher.recognise(title) else { panic!("a matter") };
    assert_eq!(&title[at], "00012\u{2011}BYRON");
    let twice = "00012-Byron 00012-Byron";
    let Recognised::Matter { at, .. } = matcher.recognise(twice) else { panic!("a matter") };
    assert_eq!(at, 0..11, "the first of two");
}

#[test]
fn words_without_letters_are_left_out_and_nothing_is_shown() {
    finds(&[(1, " - "), (2, "")], "- -", None);
    assert_eq!(format!("{:?}", matcher(TWO)), "Matcher { words: 2, .. }");
}

/// The words of a text with their places, by a slower and plainer way: no decomposition, ASCII and a few more only.
fn words(text: &str) -> Vec<(String, Range<usize>)> {
    let mut words: Vec<(String, Range<usize>)> = Vec::new();
    let mut apart = true;
    for (at, letter) in text.char_indices() {
        if !letter.is_alphanumeric() {
            apart = true;
            continue;
        }
        let end = at + letter.len_utf8();
        let lower: String = letter.to_lowercase().collect();
        match words.last_mut() {
            Some((word, place)) if !apart => {
                word.push_str(&lower);
                place.end = end;
            }
            _ => words.push((lower, at..end)),
        }
        apart = false;
    }
    words
}

fn spelled(text: &str) -> Vec<String> {
    words(text).into_iter().map(|(word, _)| word).collect()
}

/// The matters that could be meant; of one that is surely meant only that.
fn naive(patterns: &[(u32, String)], title: &str) -> BTreeSet<u32> {
    let said = words(title);
    let mut found: Vec<(Range<usize>, BTreeSet<u32>)> = Vec::new();
    for first in 0..said.len() {
        for last in first..said.len() {
            let here: Vec<String> = said[first..=last].iter().map(|(word, _)| word.clone()).collect();
            let at = said[first].1.start..said[last].1.end;
            let is_number = here.iter().all(|word| word.chars().all(char::is_numeric));
            let beside = |letters: Vec<char>| matches!(letters[..], ['-' | '.', digit] if digit.is_numeric());
            let before = title[..at.start].chars().rev().take(2).collect();
            let after = title[at.end..].chars().take(2).collect();
            if is_number && (beside(before) || beside(after)) {
                continue;
            }
            let of = patterns.iter().filter(|(_, pattern)| spelled(pattern) == here);
            let of: BTreeSet<u32> = of.map(|(matter, _)| *matter).collect();
            if !of.is_empty() {
                found.push((at, of));
            }
        }
    }
    let inside = |at: &Range<usize>| {
        found.iter().any(|(other, _)| other != at && other.start <= at.start && at.end <= other.end)
    };
    let left: Vec<BTreeSet<u32>> =
        found.iter().filter(|(at, _)| !inside(at)).map(|(_, of)| of.clone()).collect();
    let all: BTreeSet<u32> = left.iter().flatten().copied().collect();
    let common: BTreeSet<u32> =
        all.iter().filter(|matter| left.iter().all(|of| of.contains(matter))).copied().collect();
    if common.len() == 1 { common } else { all }
}

/// Few letters, so that much is found: two of different lengths when folded, a digit or two, and signs that part or join.
const WORD: &str = "[aB1ü2_ .-]{1,4}";
const TITLE: &str = "[aB1ü2_ .-]{0,14}";

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn it_reads_as_the_slow_one_does(
        patterns in prop::collection::vec((0..4_u32, WORD), 0..6),
        title in TITLE,
    ) {
        let matcher = Matcher::new(patterns.clone()).expect("a matcher");
        let read: BTreeSet<u32> = match matcher.recognise(&title) {
            Recognised::Nothing => BTreeSet::new(),
            Recognised::Matter { matter, at } => {
                let here = spelled(&title[at]);
                prop_assert!(patterns.iter().any(|(of, word)| of == matter && spelled(word) == here));
                BTreeSet::from([*matter])
            }
            Recognised::Ambiguous { matters } => {
                prop_assert!(matters.len() > 1);
                matters.into_iter().copied().collect()
            }
        };
        prop_assert_eq!(read, naive(&patterns, &title), "{:?} in {:?}", patterns, title);
    }

    #[test]
    fn any_text_at_all_can_be_read(words in prop::collection::vec(any::<String>(), 0..5), title in any::<String>()) {
        let matcher = Matcher::new(words.iter().enumerate()).expect("a matcher");
        for text in words.iter().chain([&title]) {
            if let Recognised::Matter { at, .. } = matcher.recognise(text) {
                prop_assert!(text.get(at).is_some());
            }
        }
    }
}
