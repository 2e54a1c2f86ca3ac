//! Where an account lives.

use std::{fmt, str::FromStr};

use clio_core::{Base, Error, ErrorKind};
use url::Url;

/// The host that an account lives on. Each region has its own accounts, its own app registrations and its own tokens: a
/// token of one is refused by the others.
///
/// `Display` and `FromStr` know `us`, `ca`, `eu`, `au`, and the address of anything else, for configuration files.
///
/// ```
/// use clio_api::Region;
///
/// assert_eq!(Region::Eu.api().url().as_str(), "https://eu.app.clio.com/api/v4");
/// assert_eq!("au".parse::<Region>()?, Region::Au);
///
/// let fake = Region::custom("http://127.0.0.1:1234")?;
/// assert_eq!(fake.token_url().as_str(), "http://127.0.0.1:1234/oauth/token");
/// # Ok::<(), clio_api::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Region {
    /// United States: app.clio.com.
    Us,
    /// Canada: ca.app.clio.com.
    Ca,
    /// Europe: eu.app.clio.com.
    Eu,
    /// Australia: au.app.clio.com.
    Au,
    /// Any other host; made by [`Region::custom`].
    Custom(CustomHost),
}

/// The host of [`Region::Custom`], checked when it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomHost {
    root: Base,
    api: Base,
}

impl Region {
    /// A host of one's own, such as a fake in a test: `http://127.0.0.1:1234`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for anything but the root of an https host; plain http is allowed for loopback
    /// addresses only.
    pub fn custom(root: &str) -> Result<Self, Error> {
        let base = Base::parse(root)?;
        let url = base.url();
        let is_root = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !is_root || !url.username().is_empty() || url.password().is_some() {
            return Err(Error::new(
                ErrorKind::Configuration,
                "the address of a region is the root of a host: no path, query or user",
            ));
        }
        let api = Base::parse(base.join("api/v4").as_str())?;
        Ok(Self::Custom(CustomHost { root: base, api }))
    }

    /// A host whose API is at an address of its own, such as a proxy or a mock: `http://127.0.0.1:4010`. The paths of
    /// operations are appended to `api` as it is; the pages of OAuth are looked for at the root of the same host, which is also what
    /// `Display` tells.
    ///
    /// ```
    /// use clio_api::Region;
    ///
    /// let mock = Region::custom_api("http://127.0.0.1:4010/clio")?;
    /// assert_eq!(mock.api().join("matters.json").as_str(), "http://127.0.0.1:4010/clio/matters.json");
    /// # Ok::<(), clio_api::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for anything but an https address without query or user; plain http is allowed for
    /// loopback addresses only.
    pub fn custom_api(api: &str) -> Result<Self, Error> {
        let api = Base::parse(api)?;
        let mut root = api.url().clone();
        if root.query().is_some()
            || root.fragment().is_some()
            || !root.username().is_empty()
            || root.password().is_some()
        {
            return Err(Error::new(
                ErrorKind::Configuration,
                "the address of an API has no query and no user",
            ));
        }
        root.set_path("/");
        let root = Base::parse(root.as_str())?;
        Ok(Self::Custom(CustomHost { root, api }))
    }

    /// The address that the API's paths are appended to: `https://app.clio.com/api/v4`.
    pub fn api(&self) -> Base {
        match self {
            Self::Us => fixed("https://app.clio.com/api/v4"),
            Self::Ca => fixed("https://ca.app.clio.com/api/v4"),
            Self::Eu => fixed("https://eu.app.clio.com/api/v4"),
            Self::Au => fixed("https://au.app.clio.com/api/v4"),
            Self::Custom(host) => host.api.clone(),
        }
    }

    /// Where a person is sent to allow an app.
    pub fn authorize_url(&self) -> Url {
        self.root().join("oauth/authorize")
    }

    /// Where codes and refresh tokens are exchanged.
    pub fn token_url(&self) -> Url {
        self.root().join("oauth/token")
    }

    /// Where an app gives its access back.
    pub fn deauthorize_url(&self) -> Url {
        self.root().join("oauth/deauthorize")
    }

    /// The page that shows a person the code of a native app.
    pub fn approval_url(&self) -> Url {
        self.root().join("oauth/approval")
    }

    fn root(&self) -> Base {
        match self {
            Self::Us => fixed("https://app.clio.com"),
            Self::Ca => fixed("https://ca.app.clio.com"),
            Self::Eu => fixed("https://eu.app.clio.com"),
            Self::Au => fixed("https://au.app.clio.com"),
            Self::Custom(host) => host.root.clone(),
        }
    }
}

/// Only for the addresses above, which a test reads all.
fn fixed(address: &'static str) -> Base {
    Base::parse(address).expect("a fixed address")
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Us => f.write_str("us"),
            Self::Ca => f.write_str("ca"),
            Self::Eu => f.write_str("eu"),
            Self::Au => f.write_str("au"),
            Self::Custom(host) => f.write_str(host.root.url().as_str().trim_end_matches('/')),
        }
    }
}

impl FromStr for Region {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "us" => Ok(Self::Us),
            "ca" => Ok(Self::Ca),
            "eu" => Ok(Self::Eu),
            "au" => Ok(Self::Au),
            address if address.contains("://") => Self::custom(address),
            _ => Err(Error::new(
                ErrorKind::Configuration,
                // The text is not told: a secret may have come here by mistake.
                "this is no region: use us, ca, eu, au or an address",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_its_addresses() {
        let hosts = [
            (Region::Us, "us", "https://app.clio.com"),
            (Region::Ca, "ca", "https://ca.app.clio.com"),
            (Region::Eu, "eu", "https://eu.app.clio.com"),
            (Region::Au, "au", "https://au.app.clio.com"),
        ];
        for (region, name, root) in hosts {
            assert_eq!(region.api().url().as_str(), format!("{root}/api/v4"));
            assert_eq!(region.authorize_url().as_str(), format!("{root}/oauth/authorize"));
            assert_eq!(region.token_url().as_str(), format!("{root}/oauth/token"));
            assert_eq!(region.deauthorize_url().as_str(), format!("{root}/oauth/deauthorize"));
            assert_eq!(region.approval_url().as_str(), format!("{root}/oauth/approval"));
            assert_eq!(region.to_string(), name);
            assert_eq!(name.parse::<Region>().unwrap(), region);
        }
    }

    #[test]
    fn a_custom_host_reads_back_as_itself() {
        let region = Region::custom("http://127.0.0.1:1234/").unwrap();
        assert_eq!(region.to_string(), "http://127.0.0.1:1234");
        assert_eq!(region.to_string().parse::<Region>().unwrap(), region);
    }

    #[test]
    fn a_custom_host_is_a_root_and_safe() {
        for bad in [
            "http://app.clio.com",
            "https://x.example/api/v4",
            "https://x.example/?q",
            "https://me@x.example",
            "mars",
        ] {
            assert_eq!(Region::custom(bad).unwrap_err().kind(), ErrorKind::Configuration, "{bad}");
        }
        assert_eq!("mars".parse::<Region>().unwrap_err().kind(), ErrorKind::Configuration);
    }
}
