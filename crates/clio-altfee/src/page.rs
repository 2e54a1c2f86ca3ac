//! The text of a page of HTML, and looking for things in it. Pure.

use std::ops::Range;

use clio_model::Money;
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

/// What stands between two pieces of text that are not one line.
const BREAK: char = '\n';

/// Tags that do not end a line.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "code", "em", "font", "i", "ins", "mark", "s", "small", "span", "strong",
    "sub", "sup", "u", "wbr",
];

/// Elements that have no end tag.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// The text that a page shows.
pub(crate) struct Page {
    text: String,
    /// What was found already: it is not found again.
    taken: Vec<Range<usize>>,
}

impl Page {
    /// What the head, scripts, styles and hidden elements have is not shown. Only what an element says of itself (`hidden`,
    /// `display:none`) counts: style sheets are not read.
    pub(crate) fn of(html: &str) -> Self {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let mut reader = Reader::default();
        for token in Tokenizer::new_with_emitter(html, emitter).flatten() {
            match token {
                Token::StartTag(tag) => reader.start(&tag),
                Token::EndTag(tag) => reader.end(&tag.name),
                Token::String(text) => reader.text(&text),
                _ => {}
            }
        }
        let text = reader.text;
        // A line break within a text is a blank, and so is one that does not break; only what elements break stays one.
        let lines = text.split(BREAK).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
        Self { text: lines.join("\n"), taken: Vec::new() }
    }

    /// Whether this text stands on the page, as whole words, once more than it was looked for. The longest is to be looked for
    /// first: `Will` is found in `Will and codicil`, unless that was.
    pub(crate) fn take(&mut self, text: &str) -> bool {
        let word = |sign: Option<char>| sign.is_some_and(char::is_alphanumeric);
        let (first, last) = (text.chars().next(), text.chars().next_back());
        self.take_where(text, |before, after| {
            !(word(before.chars().next_back()) && word(first) || word(after.chars().next()) && word(last))
        })
    }

    /// Whether this amount stands on the page, to the cent, once more than it was looked for.
    pub(crate) fn take_amount(&mut self, amount: Money) -> bool {
        let number = amount.to_string();
        let number = number.split_whitespace().next().unwrap_or_default().to_owned();
        let digit = |sign: Option<char>| sign.is_some_and(|sign| sign.is_ascii_digit());
        let part = |sign: Option<char>| sign.is_some_and(|sign| matches!(sign, '.' | ',' | '\'' | '’'));
        // It is not a piece of another number.
        let whole = |before: &str, after: &str| {
            let (mut before, mut after) = (before.chars().rev(), after.chars());
            let (one, other) = (before.next(), after.next());
            !(digit(one)
                || digit(other)
                || part(one) && digit(before.next())
                || part(other) && digit(after.next()))
        };
        written(&number).iter().any(|form| self.take_where(form, whole))
    }

    fn take_where(&mut self, text: &str, fits: impl Fn(&str, &str) -> bool) -> bool {
        if text.is_empty() {
            return true;
        }
        let found = self.text.match_indices(text).map(|(at, _)| at..at + text.len()).find(|range| {
            let free = self.taken.iter().all(|taken| range.end <= taken.start || taken.end <= range.start);
            free && fits(&self.text[..range.start], &self.text[range.end..])
        });
        self.taken.extend(found.clone());
        found.is_some()
    }
}

/// Goes through a page from its beginning to its end.
#[derive(Default)]
struct Reader {
    text: String,
    /// The element that is not shown, and how many of its name are open within.
    hidden: Option<(Vec<u8>, usize)>,
}

impl Reader {
    fn start(&mut self, tag: &StartTag<()>) {
        match &mut self.hidden {
            Some((name, depth)) => *depth += usize::from(tag.name.0 == *name),
            None if is_hidden(tag) => self.hidden = Some((tag.name.0.clone(), 1)),
            None => self.end_line(&tag.name),
        }
    }

    fn end(&mut self, tag: &[u8]) {
        match &mut self.hidden {
            Some((name, depth)) => {
                *depth -= usize::from(tag == name.as_slice());
                if *depth == 0 {
                    self.hidden = None;
                    self.text.push(BREAK);
                }
            }
            None => self.end_line(tag),
        }
    }

    fn end_line(&mut self, tag: &[u8]) {
        if !is_one_of(tag, INLINE) {
            self.text.push(BREAK);
        }
    }

    fn text(&mut self, text: &[u8]) {
        if self.hidden.is_none() {
            self.text.push_str(&String::from_utf8_lossy(text).replace(BREAK, " "));
        }
    }
}

fn is_hidden(tag: &StartTag<()>) -> bool {
    if tag.self_closing || is_one_of(&tag.name, VOID) {
        return false;
    }
    let attribute = |name: &[u8]| tag.attributes.iter().find(|(known, _)| known.0 == name);
    let style = attribute(b"style").map(|(_, value)| value.0.to_ascii_lowercase()).unwrap_or_default();
    let style: Vec<u8> = style.into_iter().filter(|sign| !sign.is_ascii_whitespace()).collect();
    is_one_of(&tag.name, &["head", "script", "style", "template"])
        || attribute(b"hidden").is_some()
        || style.windows(12).any(|part| part == b"display:none")
}

fn is_one_of(tag: &[u8], names: &[&str]) -> bool {
    names.iter().any(|name| name.as_bytes() == tag)
}

/// The ways in which a number is written: `2999.99` is `2,999.99` too. Which one a bill has depends on the account.
fn written(number: &str) -> Vec<String> {
    let (whole, cents) = number.split_once('.').unwrap_or((number, ""));
    let mut forms = Vec::new();
    for (thousands, point) in
        [(",", "."), ("", "."), (".", ","), ("", ","), (" ", ","), (" ", "."), ("'", "."), ("’", ".")]
    {
        let mut text = String::new();
        for (at, sign) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at) % 3 == 0 {
                text.push_str(thousands);
            }
            text.push(sign);
        }
        if !cents.is_empty() {
            text.push_str(point);
            text.push_str(cents);
        }
        if !forms.contains(&text) {
            forms.push(text);
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_its_text_in_lines() {
        let html = "<!doctype html><head><title>Bill</title><style>p{x:\"</p>\"}</style></head><body><p>Will &amp;\n\
            <b>co</b>dicil</p><ul><li>Draft&nbsp;1<li>&lt;Deed&gt;</ul><script>if (a<b) 'Secret'</script>\
            <div hidden><div>Hidden</div>too</div><p style='DISPLAY : none'>Gone</p><br>End";
        assert_eq!(Page::of(html).text, "Will & codicil\nDraft 1\n<Deed>\nEnd");
        assert_eq!(Page::of("").text, "");
    }

    #[test]
    fn a_text_is_found_as_often_as_it_stands() {
        let mut page = Page::of("<p>Will and codicil</p><p>Will</p><p>Goodwill, Willow</p>");
        assert!(page.take("Will and codicil") && page.take("Will") && !page.take("Will"));
        assert!(!page.take("will and") && !page.take("codicil Will"), "not across lines");
        let mut page = Page::of("<p>• Drafting (twice)</p>");
        assert!(page.take("Drafting (twice)"));
    }

    #[test]
    fn an_amount_is_found_however_it_is_written() {
        let money = |text: &str| text.parse::<Money>().unwrap();
        for shown in ["$2,999.99", "2999.99 USD", "2.999,99", "2\u{a0}999,99", "2'999.99.", "1 2,999.99"] {
            assert!(Page::of(shown).take_amount(money("2999.99 USD")), "{shown}");
        }
        for shown in ["12,999.99", "2,999.990", "2,999.9", "2,999.98", "1,2,999.99", "", "2,999.99.5"] {
            assert!(!Page::of(shown).take_amount(money("2999.99 USD")), "{shown}");
        }
        assert!(Page::of("0.01").take_amount(money("0.01 USD")));
        assert!(Page::of("1,234,567").take_amount(money("1234567 JPY")));
        let mut page = Page::of("10.00");
        assert!(page.take_amount(money("10 USD")) && !page.take_amount(money("10 USD")));
    }
}
