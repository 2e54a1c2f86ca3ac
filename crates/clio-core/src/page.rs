//! Lists come in pages; a walk follows them and can be put down and taken up again.

use std::{collections::HashSet, fmt};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Base, Error, ErrorKind};

/// One page of a list.
///
/// A record that does not decode is an error of its own: the others on the page are good.
#[derive(Debug)]
pub struct Page<T> {
    /// The records, in the order of the server.
    pub records: Vec<Result<T, Error>>,
    /// Where the next page is; `None` on the last one.
    pub next: Option<PageToken>,
    /// The number of records in the whole list, where the server says so.
    pub total: Option<u64>,
}

/// Where a walk through a list goes on. It can be stored and used after a restart.
///
/// It holds the server's own `next` link, because a link that was rebuilt from its parts is refused. The link repeats what
/// the list was filtered by, which may be data of clients.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageToken(String);

impl fmt::Debug for PageToken {
    /// Shows no link: it may hold client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageToken(..)")
    }
}

impl PageToken {
    /// Takes the server's link.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Paging`] when it leads to another scheme, host, port or path than `base`, or names a user: a bearer
    /// token must not travel there.
    pub fn from_link(base: &Base, link: &str) -> Result<Self, Error> {
        let token = Self(link.to_owned());
        token.url_below(base)?;
        Ok(token)
    }

    /// Takes a link that was stored. Where it leads is looked at when it is used.
    pub fn from_text(link: impl Into<String>) -> Self {
        Self(link.into())
    }

    /// The link, for a store that keeps texts.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address, if it lies below `base`.
    ///
    /// # Errors
    ///
    /// As [`PageToken::from_link`]: a token that was stored may be used with another base.
    pub fn url_below(&self, base: &Base) -> Result<Url, Error> {
        let url = base.url().join(&self.0).map_err(|e| {
            Error::new(ErrorKind::Paging, "the link to the next page is not an address").with_source(e)
        })?;
        if base.covers(&url) {
            Ok(url)
        } else {
            Err(Error::new(
                ErrorKind::Paging,
                "the link to the next page leads away from the configured host",
            ))
        }
    }
}

/// Follows the pages of one list and refuses to go in circles.
#[derive(Debug, Default)]
pub struct Walk {
    seen: HashSet<PageToken>,
}

impl Walk {
    /// A walk that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Steps on to the next page.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Paging`] when that page was read already: the list would never end.
    pub fn step(&mut self, next: Option<PageToken>) -> Result<Option<PageToken>, Error> {
        match next {
            Some(token) if !self.seen.insert(token.clone()) => Err(Error::new(
                ErrorKind::Paging,
                "the link to the next page leads back to a page that was read",
            )),
            next => Ok(next),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_travels_to_another_host() {
        let base = Base::parse("https://app.clio.com/api/v4").unwrap();
        assert!(PageToken::from_link(&base, "https://app.clio.com/api/v4/matters.json?page_token=x").is_ok());
        for bad in [
            "https://evil.example/api/v4/matters.json",
            "http://app.clio.com/api/v4/matters.json",
            "https://app.clio.com:8443/api/v4/matters.json",
            "https://app.clio.com@evil.example/api/v4/matters.json",
            "https://ada@app.clio.com/api/v4/matters.json",
            "https://:secret@app.clio.com/api/v4/matters.json",
            "https://app.clio.com/api/v4/../v3/matters.json",
            "https://app.clio.com/api/v44/matters.json",
            "https://app.clio.com/elsewhere",
            "//evil.example/api/v4/matters.json",
        ] {
            assert_eq!(PageToken::from_link(&base, bad).unwrap_err().kind(), ErrorKind::Paging, "{bad}");
        }
    }

    #[test]
    fn a_walk_does_not_go_in_circles() {
        let token = |name: &str| Some(PageToken(name.to_owned()));
        let mut walk = Walk::new();
        assert!(walk.step(token("a")).is_ok());
        assert!(walk.step(token("b")).is_ok());
        assert_eq!(walk.step(token("a")).unwrap_err().kind(), ErrorKind::Paging);
    }
}
