//! What goes wrong, in one line that says what to do.

use std::fmt;

use clio_core::ErrorKind;

/// The run cannot go on. `Display` is the one line that the user reads.
#[derive(Debug)]
pub(crate) struct Trouble(String);

impl Trouble {
    pub(crate) fn new(text: impl AsRef<str>) -> Self {
        // Texts of servers are in here, and they may have lines of their own.
        Self(text.as_ref().split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// What a first call to this host tells about the host itself, the region and the token.
    pub(crate) fn at_host(host: &str, error: &clio_core::Error) -> Self {
        let is_clios_own = error.clio_type().is_some();
        Self::new(match error.kind() {
            ErrorKind::Connect => {
                format!("no connection to {host}: check the address in --clio-url, and your network")
            }
            ErrorKind::Timeout | ErrorKind::Interrupted => {
                format!(
                    "{host} does not answer ({error}): try again later, or check the address in --clio-url"
                )
            }
            ErrorKind::AuthorisationLost => format!(
                "{host} does not accept the token: it has ended, or was given for another region. Authorise again, and \
                 name the host that the account lives on (app, ca.app, eu.app or au.app .clio.com)"
            ),
            ErrorKind::Forbidden if is_clios_own => format!(
                "{host} accepts the token, but it does not allow this ({error}): authorise an app with access to users, \
                 matters and activities"
            ),
            ErrorKind::RateLimited => {
                format!("{host} says that there were too many requests: wait a minute, then try again")
            }
            ErrorKind::Configuration => format!("{error}"),
            _ if is_clios_own => format!("{host} refuses: {error}"),
            ErrorKind::Server if error.status().is_some_and(|status| status >= 500) => {
                format!("{host} fails just now ({error}): try again later")
            }
            _ => format!(
                "what answers at {host} is not Clio, unless a proxy or a firewall answers in its place: --clio-url takes the \
                 root of the host that the account lives on, such as https://app.clio.com"
            ),
        })
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "quickstart: {}", self.0)
    }
}

impl From<clio_core::Error> for Trouble {
    fn from(error: clio_core::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// The store's errors say themselves what to do; those of the flow may pass.
impl From<clio_sync::Error> for Trouble {
    fn from(error: clio_sync::Error) -> Self {
        match error.kind() {
            clio_sync::ErrorKind::Transient | clio_sync::ErrorKind::RateLimited => Self::new(format!(
                "{error}: try again later; with the same --state it goes on where it stopped"
            )),
            _ => Self::new(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_one_line() {
        assert_eq!(Trouble::new("a\n  b\r\n").to_string(), "quickstart: a b");
    }
}
