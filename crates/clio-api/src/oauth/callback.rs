//! What Clio sends a person back with.

use clio_core::{Error, ErrorKind};
use oauth2::AuthorizationCode;
use subtle::ConstantTimeEq;
use url::Url;

use super::Begun;

/// The code of a callback that belongs to the flow that was begun.
pub(super) fn code(begun: &Begun, callback: &Url) -> Result<AuthorizationCode, Error> {
    // First of all: a callback with another state was made by somebody else, and nothing in it counts.
    if !belongs(begun, callback) {
        return Err(refused("the state is not the one that this flow was begun with"));
    }
    code_in(callback)
}

/// The callback holds the state that the flow was begun with. Takes a time that does not tell where another one differs.
pub(super) fn belongs(begun: &Begun, callback: &Url) -> bool {
    let state = value(callback, "state").unwrap_or_default();
    let is_same: bool = state.as_bytes().ct_eq(begun.state.expose().as_bytes()).into();
    is_same && !state.is_empty()
}

/// The code of a callback, whoever made it.
pub(super) fn code_in(callback: &Url) -> Result<AuthorizationCode, Error> {
    match value(callback, "error") {
        Some(error) if error == "access_denied" => {
            return Err(refused("the person declined to give this app access"));
        }
        Some(error) => return Err(refused("Clio refused to authorise").with_words(&printable(&error))),
        None => {}
    }
    value(callback, "code")
        .filter(|code| !code.is_empty())
        .map(AuthorizationCode::new)
        .ok_or_else(|| refused("the callback holds no code"))
}

/// A parameter of the query.
pub(super) fn value(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

pub(super) fn refused(message: &str) -> Error {
    Error::new(ErrorKind::Authorisation, message)
}

/// Others wrote it: no line breaks into a log, no endless text.
pub(super) fn printable(text: &str) -> String {
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
    fn without_a_state_of_its_own_nothing_belongs() {
        let url = Url::parse("http://127.0.0.1/callback?code=c&state=").unwrap();
        let begun = Begun { url: url.clone(), state: Secret::new(""), verifier: Secret::new("v") };
        assert_eq!(code(&begun, &url).unwrap_err().kind(), ErrorKind::Authorisation);
    }

    #[test]
    fn a_refusal_is_told_in_words() {
        assert!(read("error=access_denied&state=abc").unwrap_err().message().contains("declined"));
        assert!(read("error=inva%0Alid&state=abc").unwrap_err().message().ends_with("invalid"));
        assert!(read("state=abc").unwrap_err().message().contains("no code"));
    }
}
