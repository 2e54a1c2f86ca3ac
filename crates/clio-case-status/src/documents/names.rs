//! Names and media types of files, which anybody may have chosen.

use clio_api::files::safe_file_name;

/// What is said of bytes of which nothing is known.
const UNKNOWN: &str = "application/octet-stream";

/// A name that any system can have as that of a file, since Clio's documents are opened and saved on desks: see
/// [`safe_file_name`].
pub(super) fn clean(name: &str) -> String {
    safe_file_name(name)
}

/// The media type: the one that is told, else that of the ending. Clio takes no document of which it knows none (Clio's
/// document).
pub(super) fn media_type(told: Option<&str>, name: &str) -> String {
    let told = told.map(str::trim).filter(|told| is_media_type(told)).map(str::to_owned);
    told.or_else(|| mime_guess::from_path(name).first_raw().map(str::to_owned))
        .unwrap_or_else(|| UNKNOWN.to_owned())
}

/// `type/subtype`, of the signs that both may have (RFC 9110), so that it can stand in a header.
fn is_media_type(text: &str) -> bool {
    let sign = |letter: u8| letter.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&letter);
    let token = |part: &str| !part.is_empty() && part.bytes().all(sign);
    text.split_once('/').is_some_and(|(kind, rest)| token(kind) && token(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_be_that_of_a_file_anywhere() {
        for (name, clean_name) in [
            ("Retainer (signed).pdf", "Retainer (signed).pdf"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("a\\b\u{0}c\r\n.txt", "a_b_c__.txt"),
            (".htaccess", "htaccess"),
            ("CON.txt", "_CON.txt"),
            ("invoice\u{202E}fdp.exe", "invoice_fdp.exe"),
            ("", "unnamed"),
            (" . ", "unnamed"),
        ] {
            assert_eq!(clean(name), clean_name, "{name:?}");
        }
        let long = clean(&format!("{}.pdf", "ü".repeat(400)));
        assert!(long.len() <= 255 && long.ends_with("ü.pdf"), "{long}");
    }

    #[test]
    fn there_is_always_a_media_type_that_a_header_takes() {
        assert_eq!(media_type(Some("image/png"), "a.pdf"), "image/png");
        assert_eq!(media_type(Some("image/png\r\nx: y"), "a.pdf"), "application/pdf");
        assert_eq!(media_type(Some("pdf"), "a.pdf"), "application/pdf");
        assert_eq!(media_type(None, "a.unheard-of"), UNKNOWN);
    }
}
