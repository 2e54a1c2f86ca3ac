//! What Clio sends a person back with.

use clio_core::{Error, ErrorKind};
use oauth2::AuthorizationCode;
use url::Url;

use super::Begun;

/// The code of a callback that belongs to the flow that was begun.
pub(super) fn code(begun: &Begun, callback: &Url) -> Result<AuthorizationCode, Error> {
    let value =
        |name: &str| callback.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    // First of all: a callback with another state was made by somebody else, and nothing in it counts.
    let state = value("state").unwrap_or_default();
    if !equal(state.as_bytes(), begun.state.expose().as_bytes()) {
        return Err(refused("the state is not the one that this flow was begun with"));
    }
    match value("error") {
        Some(error) if error == "access_denied" => {
            return Err(refused("the person declined to give this app access"));
        }
        Some(error) => return Err(refused(&format!("Clio refused to authorise: {}", printable(&error)))),
        None => {}
    }
    value("code")
        .filter(|code| !code.is_empty())
        .map(AuthorizationCode::new)
        .ok_or_else(|| refused("the callback holds no code"))
}

fn refused(message: &str) -> Error {
    Error::new(ErrorKind::Authorisation, message)
}

/// Compares in a time that does not tell where the difference is.
fn equal(a: &[u8], b: &[u8]) -> bool {
    let difference = a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b));
    !a.is_empty() && a.len() == b.len() && std::hint::black_box(difference) == 0
}

/// The callback is written by whoever calls it: no line breaks into a log, no endless text.
fn printable(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).take(64).collect()
}

#[cfg(test)]
mod tests {
    use clio_core::Secret;

    use super::*;

    fn read(query: &str) -> Result<AuthorizationCode, Error> {
        let url = |query: &str| Url::parse(&format!("http://127.0.0.1/callback?{query}")).unwrap();
        let begun = Begun { url: url(""), state: Secret::new("abc"), verifier: Secret::new("v") };
        code(&begun, &url(query))
    }

    #[test]
    fn only_the_own_state_counts() {
        assert_eq!(read("code=c&state=abc").unwrap().secret(), "c");
        for bad in ["code=c", "code=c&state=", "code=c&state=abd", "code=c&state=abcd", "code=c&state=ab"] {
            let error = read(bad).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Authorisation, "{bad}");
            assert!(error.message().contains("state"), "{bad}");
        }
    }

    #[test]
    fn a_refusal_is_told_in_words() {
        assert!(read("error=access_denied&state=abc").unwrap_err().message().contains("declined"));
        assert!(read("error=inva%0Alid&state=abc").unwrap_err().message().ends_with("invalid"));
        assert!(read("state=abc").unwrap_err().message().contains("no code"));
    }
}
