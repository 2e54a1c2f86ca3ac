//! Names of files, from a server, made fit for any file system.

use http::HeaderValue;
use percent_encoding::percent_decode_str;

/// The most bytes of a name: what file systems take.
const LONGEST: usize = 255;

/// The most bytes of an extension that is kept when a name is cut.
const LONGEST_EXTENSION: usize = 16;

/// What stands in for a name of which nothing is left.
const NAMELESS: &str = "unnamed";

/// A name that can be joined to a folder of yours on any system, whoever chose `name`: it is one component, stays in that
/// folder, and names no device.
///
/// What a file system or a terminal could misread (`/`, `\`, control characters, marks that turn the direction of
/// writing, and what Windows forbids) becomes `_`. Dots and blanks at the start, and at the end, go. A name that Windows
/// keeps for a device gets a `_` in front. A name beyond 255 bytes is cut before its extension; of an empty one comes
/// `unnamed`.
///
/// ```
/// use clio_api::files::safe_file_name;
///
/// assert_eq!(safe_file_name("Brief (final).pdf"), "Brief (final).pdf");
/// assert_eq!(safe_file_name("../../etc/passwd"), "_.._etc_passwd");
/// assert_eq!(safe_file_name("aux.txt"), "_aux.txt");
/// assert_eq!(safe_file_name(".."), "unnamed");
/// ```
pub fn safe_file_name(name: &str) -> String {
    let plain: String = name.chars().map(|letter| if is_risky(letter) { '_' } else { letter }).collect();
    let trimmed = trim_end(plain.trim_start_matches(is_loose));
    let named = if is_device(trimmed) { format!("_{trimmed}") } else { trimmed.to_owned() };
    let short = shorten(&named);
    if short.is_empty() { NAMELESS.to_owned() } else { short }
}

fn is_risky(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '/' | '\\' | '<' | '>' | ':' | '"' | '|' | '?' | '*')
        // They make `cod.exe` look like `exe.doc`, or hide.
        || matches!(letter, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

fn is_loose(letter: char) -> bool {
    letter == '.' || letter.is_whitespace()
}

/// Windows takes dots and blanks off the end, and so would find another file.
fn trim_end(name: &str) -> &str {
    name.trim_end_matches(is_loose)
}

/// Windows opens a device by these names, whatever follows a dot.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let numbered = ["COM", "LPT"].into_iter().find_map(|port| stem.strip_prefix(port));
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$")
        || numbered.is_some_and(|rest| {
            let mut letters = rest.chars();
            let digit = letters.next().is_some_and(|one| matches!(one, '0'..='9' | '¹' | '²' | '³'));
            digit && letters.next().is_none()
        })
}

fn shorten(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let dot = name.rfind('.').filter(|dot| *dot > 0 && name.len() - dot <= LONGEST_EXTENSION);
    let (stem, extension) = name.split_at(dot.unwrap_or(name.len()));
    let most = LONGEST - extension.len();
    let end = (0..=most.min(stem.len())).rev().find(|at| stem.is_char_boundary(*at)).unwrap_or(0);
    format!("{}{extension}", trim_end(&stem[..end]))
}

/// The name in a `Content-Disposition`, made safe. `filename*` (RFC 5987) counts before `filename`.
pub(super) fn from_disposition(value: &HeaderValue) -> Option<String> {
    let text = String::from_utf8_lossy(value.as_bytes());
    let parameters = parameters(&text);
    let of = |name: &str| parameters.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    let extended = of("filename*").and_then(|(_, value)| extended(value));
    let name = extended.or_else(|| of("filename").map(|(_, value)| value.clone()))?;
    Some(safe_file_name(&name))
}

/// `UTF-8'en'na%C3%AFve.pdf`.
fn extended(value: &str) -> Option<String> {
    let mut parts = value.splitn(3, '\'');
    let (charset, _language, text) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = percent_decode_str(text);
    match charset.to_ascii_lowercase().as_str() {
        "utf-8" => bytes.decode_utf8().ok().map(Into::into),
        // Its bytes are the first 256 characters.
        "iso-8859-1" => Some(bytes.map(char::from).collect()),
        _ => None,
    }
}

/// `; name=value; name="quoted \" value"`, behind the first word.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut letters = text.chars().skip_while(|letter| *letter != ';').skip(1).peekable();
    while letters.peek().is_some() {
        let name: String =
            std::iter::from_fn(|| letters.next_if(|letter| !matches!(letter, '=' | ';'))).collect();
        let mut value = String::new();
        if letters.next_if_eq(&'=').is_some() {
            while letters.next_if(|letter| letter.is_whitespace()).is_some() {}
            if letters.next_if_eq(&'"').is_some() {
                while let Some(letter) = letters.next().filter(|letter| *letter != '"') {
                    value.extend(if letter == '\\' { letters.next() } else { Some(letter) });
                }
            }
            value.extend(std::iter::from_fn(|| letters.next_if(|letter| *letter != ';')));
        }
        letters.next();
        found.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_in_its_folder_and_opens_no_device() {
        for (name, safe) in [
            ("brief.pdf", "brief.pdf"),
            ("Müller & Söhne, 7.docx", "Müller & Söhne, 7.docx"),
            ("", "unnamed"),
            (" . . ", "unnamed"),
            ("..\\..\\a.txt", "_.._a.txt"),
            ("/etc/passwd", "_etc_passwd"),
            ("C:\\x", "C__x"),
            (".bashrc", "bashrc"),
            ("a\0b\r\nc\u{7f}\u{85}d", "a_b__c__d"),
            ("x\u{202E}fdp.exe", "x_fdp.exe"),
            ("report.pdf. . ", "report.pdf"),
            ("nul", "_nul"),
            ("Com1.tar.gz", "_Com1.tar.gz"),
            ("lpt².txt", "_lpt².txt"),
            ("con .txt", "_con .txt"),
            ("com10.txt", "com10.txt"),
            ("console.txt", "console.txt"),
            ("a<b>|c?.txt", "a_b__c_.txt"),
        ] {
            assert_eq!(safe_file_name(name), safe, "{name:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let long = safe_file_name(&format!("{}.pdf", "é".repeat(300)));
        assert_eq!((long.len(), &long[long.len() - 4..]), (254, ".pdf"));
        assert_eq!(safe_file_name(&"x".repeat(300)).len(), 255);
        assert_eq!(safe_file_name(&format!("x.{}", "y".repeat(300))).len(), 255);
        let blanks = safe_file_name(&format!("{}{}.pdf", "x".repeat(100), " ".repeat(200)));
        assert_eq!(blanks, format!("{}.pdf", "x".repeat(100)));
    }

    #[test]
    fn a_name_is_read_from_a_content_disposition() {
        for (header, name) in [
            ("attachment; filename=\"brief.pdf\"", Some("brief.pdf")),
            ("attachment;filename=brief.pdf", Some("brief.pdf")),
            ("attachment; filename=\"a;b \\\"c\\\".pdf\"; size=7", Some("a;b _c_.pdf")),
            ("attachment; filename=\"n.pdf\"; filename*=UTF-8''na%C3%AFve%20%2F.pdf", Some("naïve _.pdf")),
            ("attachment; FileName*=iso-8859-1'en'na%EFve.pdf", Some("naïve.pdf")),
            ("attachment; filename*=x-own''a; filename = b", Some("b")),
            ("attachment; filename*=utf-8''%FF; filename=b", Some("b")),
            ("inline; filename=\"../../evil\"", Some("_.._evil")),
            ("inline; filename=\"open", Some("open")),
            ("inline", None),
            ("attachment; filenamex=a", None),
        ] {
            let value = HeaderValue::from_str(header).unwrap();
            assert_eq!(from_disposition(&value).as_deref(), name, "{header}");
        }
        let raw = HeaderValue::from_bytes("attachment; filename=\"é.pdf\"".as_bytes()).unwrap();
        assert_eq!(from_disposition(&raw).as_deref(), Some("é.pdf"));
    }
}
