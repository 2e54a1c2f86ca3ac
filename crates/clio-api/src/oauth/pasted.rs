//! What a person pastes who was sent to the page that shows a code.

use clio_core::Error;
use oauth2::AuthorizationCode;
use url::Url;

use super::{
    Begun,
    callback::{belongs, code_in, refused, value},
};

/// Longer than any code; a person may paste anything.
const MOST: usize = 4096;

/// The code in `text`: the address of the page, its title (`Success code=..`), or the code alone.
pub(super) fn code(begun: &Begun, page: &Url, text: &str) -> Result<AuthorizationCode, Error> {
    let text = text.trim();
    if text.len() > MOST {
        return Err(refused("what was pasted is too long to be a code"));
    }
    if text.contains("://") {
        return code_of_address(begun, page, text);
    }
    let code = match text.split_once("code=") {
        Some((_, rest)) => {
            rest.split(|letter: char| letter == '&' || letter.is_whitespace()).next().unwrap_or("")
        }
        None => text,
    };
    if code.is_empty() || !code.chars().all(|letter| letter.is_ascii_graphic()) {
        return Err(refused("there is no code in what was pasted"));
    }
    Ok(AuthorizationCode::new(code.to_owned()))
}

fn code_of_address(begun: &Begun, page: &Url, text: &str) -> Result<AuthorizationCode, Error> {
    let address = Url::parse(text).map_err(|_| refused("what was pasted is no address"))?;
    if (address.origin(), address.path()) != (page.origin(), page.path()) {
        return Err(refused("what was pasted is the address of another page"));
    }
    // The page may leave the state out; one that is there has to be ours.
    if value(&address, "state").is_some() && !belongs(begun, &address) {
        return Err(refused("the state is not the one that this flow was begun with"));
    }
    code_in(&address)
}

#[cfg(test)]
mod tests {
    use clio_core::{ErrorKind, Secret};

    use super::*;

    const PAGE: &str = "https://eu.app.clio.com/oauth/approval";

    fn read(text: &str) -> Result<String, Error> {
        let page = Url::parse(PAGE).unwrap();
        let begun = Begun { url: page.clone(), state: Secret::new("abc"), verifier: Secret::new("v") };
        code(&begun, &page, text).map(|code| code.secret().clone())
    }

    #[test]
    fn a_code_is_found_in_whatever_a_person_copies() {
        for pasted in [
            "c0de-1",
            "  c0de-1\n",
            "Success code=c0de-1",
            "Success code=c0de-1&state=abc - Clio",
            &format!("{PAGE}?code=c0de-1"),
            &format!("{PAGE}?code=c0de-1&state=abc"),
        ] {
            assert_eq!(read(pasted).unwrap(), "c0de-1", "{pasted}");
        }
    }

    #[test]
    fn what_holds_no_code_of_ours_is_refused() {
        for pasted in [
            "",
            "two words",
            "Success code=",
            &format!("{PAGE}?state=abc"),
            &format!("{PAGE}?code=c&state=other"),
            &format!("{PAGE}?error=access_denied&state=abc"),
            "https://app.clio.com/oauth/approval?code=c",
            "https://eu.app.clio.com/oauth/authorize?code=c",
            "http://eu.app.clio.com/oauth/approval?code=c",
            "https://",
            &"x".repeat(4097),
        ] {
            assert_eq!(read(pasted).unwrap_err().kind(), ErrorKind::Authorisation, "{pasted}");
        }
    }
}
