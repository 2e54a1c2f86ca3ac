//! What a text may say to somebody who decodes it.

use data_encoding::{BitOrder, Encoding, HEXLOWER_PERMISSIVE, Specification};

/// How many encodings may stand in each other.
const DEPTH: usize = 2;

/// The text, and what stands encoded in it.
pub(super) fn readings(text: &str) -> Vec<String> {
    let mut all = vec![text.to_owned()];
    let mut from = 0;
    for _ in 0..DEPTH {
        let upto = all.len();
        for at in from..upto {
            let text = all[at].clone();
            all.extend(
                [unescaped(&text), percent(&text), bytes(&text)].into_iter().filter(|read| *read != text),
            );
            all.extend(runs(&text).flat_map(|run| base64(run).into_iter().chain(hex(run))));
        }
        from = upto;
    }
    all
}

/// `\u00ed` and `\u{ed}` are letters; other backslashes only hide what follows.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let digits = after.strip_prefix('u').map(|after| after.trim_start_matches('{'));
        let digits =
            digits.map(|after| after.chars().take(6).take_while(char::is_ascii_hexdigit).collect::<String>());
        let code = digits.filter(|digits| !digits.is_empty()).map(|digits| {
            // JSON has four digits, Rust as many as there are before the brace.
            if after.starts_with("u{") { digits } else { digits.chars().take(4).collect() }
        });
        let letter = code.as_deref().and_then(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?));
        if let (Some(letter), Some(code)) = (letter, code) {
            out.push(letter);
            let skipped = if after.starts_with("u{") { code.len() + 3 } else { code.len() + 1 };
            rest = after.get(skipped..).unwrap_or_default();
        } else {
            rest = after;
        }
    }
    out + rest
}

fn percent(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        let code = code.filter(|_| first == b'%');
        let plain = if first == b'+' { b' ' } else { first };
        out.push(code.unwrap_or(plain));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `[90, 101]` is text too.
fn bytes(text: &str) -> String {
    let numbers = text.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty());
    let bytes: Vec<u8> = numbers.filter_map(|number| number.parse().ok()).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn runs(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "+/-_".contains(letter);
    text.split(move |letter: char| !is_part(letter)).filter(|run| run.len() >= 8)
}

/// Base64 in either alphabet, wherever it begins.
fn base64(run: &str) -> Vec<String> {
    let run = run.replace('-', "+").replace('_', "/");
    let decoded = |skipped: usize| {
        let run = run.get(skipped..)?;
        let whole = run.len() - usize::from(run.len() % 4 == 1);
        let bytes = any_base64().decode(&run.as_bytes()[..whole]).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    (0..4).filter_map(decoded).collect()
}

fn any_base64() -> &'static Encoding {
    static ENCODING: std::sync::OnceLock<Encoding> = std::sync::OnceLock::new();
    ENCODING.get_or_init(|| {
        let mut rules = Specification::new();
        rules.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
        rules.check_trailing_bits = false;
        rules.bit_order = BitOrder::MostSignificantFirst;
        rules.encoding().expect("base64")
    })
}

fn hex(run: &str) -> Option<String> {
    let even = run.len() - run.len() % 2;
    let bytes = HEXLOWER_PERMISSIVE.decode(&run.as_bytes()[..even]).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
