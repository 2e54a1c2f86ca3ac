//! From a typed call to an `http::Request`.

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
};

use bytes::Bytes;
use clio_schema::{Answer, Object, Operation, OperationInfo};
use http::{
    HeaderName, HeaderValue,
    header::{ACCEPT, CONTENT_TYPE},
    uri::Authority,
};
use serde::{Deserialize as _, Deserializer};
use url::{Host, Url, form_urlencoded};

use crate::{Body, Error, ErrorKind, Json, PageToken, Payload, Selection};

/// The version of Clio's API that this library was made for, sent with every request (`X-API-VERSION`): what a field
/// means depends on it.
pub const API_VERSION: &str = "4.0.13";

/// The address that an API's paths are appended to: `https://app.clio.com/api/v4`.
#[derive(Clone, PartialEq, Eq)]
pub struct Base(Url);

impl fmt::Debug for Base {
    /// Shows no query: it may hold a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.clone();
        shown.set_query(None);
        shown.set_fragment(None);
        // An address that can have no user has none.
        let _ = shown.set_username("").and_then(|()| shown.set_password(None));
        f.debug_tuple("Base").field(&shown.as_str()).finish()
    }
}

impl Base {
    /// Reads the address of an API.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for anything but https; plain http is allowed for loopback addresses only.
    pub fn parse(text: &str) -> Result<Self, Error> {
        // The text is not told: it may hold a key, or be one in the wrong place.
        let url = Url::parse(text)
            .map_err(|e| Error::new(ErrorKind::Configuration, "this is no address").with_source(e))?;
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        };
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if loopback => Ok(Self(url)),
            "http" => {
                let host = url.host_str().unwrap_or("this address");
                Err(Error::new(
                    ErrorKind::Configuration,
                    format!("http is not allowed for {host}: use https"),
                ))
            }
            _ => Err(Error::new(ErrorKind::Configuration, "this is no address of https")),
        }
    }

    /// The address.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// The address with `path` appended.
    pub fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let path = format!("{}/{}", url.path().trim_end_matches('/'), path.trim_start_matches('/'));
        url.set_path(&path);
        url
    }

    /// The address leads to the same scheme, host and port, below the same path, and names no user: a token may travel
    /// there.
    pub fn covers(&self, url: &Url) -> bool {
        let path = format!("{}/", self.0.path().trim_end_matches('/'));
        let nobody = url.username().is_empty() && url.password().is_none();
        let same_host = self.0.origin() == url.origin() && self.0.scheme() == url.scheme();
        nobody && same_host && url.path().starts_with(&path)
    }

    /// As [`covers`](Self::covers), of the address that a request goes to.
    pub fn covers_uri(&self, uri: &http::Uri) -> bool {
        // The usual case letter by letter. Whatever is written in another way, dots in the path above all, is taken apart.
        let ours = self.0.as_str().trim_end_matches('/');
        let (scheme, authority) =
            (uri.scheme_str().unwrap_or_default(), uri.authority().map(Authority::as_str));
        let rest = ours.strip_prefix(scheme).and_then(|rest| rest.strip_prefix("://"));
        let path = rest.zip(authority).and_then(|(rest, authority)| rest.strip_prefix(authority));
        let plain = !uri.path().contains("..") && !uri.path().contains(['%', '\\']);
        let below = |path: &str| {
            (path.is_empty() || path.starts_with('/'))
                && uri.path().strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
        };
        plain && path.is_some_and(below) || Url::parse(&uri.to_string()).is_ok_and(|url| self.covers(&url))
    }
}

/// One request before it knows where to go: which operation, with which parameters and body. Pure data.
#[derive(Clone)]
pub struct RequestParts {
    operation: &'static OperationInfo,
    path: Vec<String>,
    query: Vec<(Cow<'static, str>, String)>,
    headers: Vec<(&'static str, String)>,
    body: Option<Bytes>,
    page: Option<PageToken>,
}

impl fmt::Debug for RequestParts {
    /// Names the operation only: parameters and bodies hold client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestParts").field("operation", &self.operation.id).finish_non_exhaustive()
    }
}

impl RequestParts {
    /// A request of the operation `Op`.
    pub fn new<Op: Operation>() -> Self {
        Self::of(Op::INFO)
    }

    /// A request of the operation with these facts.
    pub fn of(operation: &'static OperationInfo) -> Self {
        let (path, query, headers) = (Vec::new(), Vec::new(), Vec::new());
        Self { operation, path, query, headers, body: None, page: None }
    }

    /// The operation.
    pub fn operation(&self) -> &'static OperationInfo {
        self.operation
    }

    /// Asks for the fields of a selection.
    #[must_use]
    pub fn select<O: Object, S: Selection<O>>(self) -> Self {
        self.query("fields", S::FIELDS)
    }

    /// The value of the next parameter of the path.
    ///
    /// ```
    /// use clio_core::{Base, RequestParts, schema::operations::GetMatter};
    ///
    /// let request = RequestParts::new::<GetMatter>().path("7").into_http(&Base::parse("https://app.clio.com/api/v4")?)?;
    /// assert_eq!(request.uri(), "https://app.clio.com/api/v4/matters/7.json");
    /// # Ok::<(), clio_core::Error>(())
    /// ```
    #[must_use]
    pub fn path(mut self, value: impl Into<String>) -> Self {
        self.path.push(value.into());
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds a query parameter. A name that ends in `[]` may be added more than once.
    #[must_use]
    pub fn query(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Sends this body.
    ///
    /// # Errors
    ///
    /// What the body itself reports.
    pub fn body<Op: Operation>(self, body: &impl Body<Op>) -> Result<Self, Error> {
        let json = body.json().map_err(|error| error.with_operation(self.operation.id))?;
        Ok(self.data(&json))
    }

    /// Sends this JSON as the body's `data` member.
    #[must_use]
    pub fn data(mut self, json: &str) -> Self {
        self.body = Some(Bytes::from(format!("{{\"data\":{json}}}")));
        self
    }

    /// Continues a list at this page, in place of all parameters.
    #[must_use]
    pub fn page(mut self, page: PageToken) -> Self {
        self.page = Some(page);
        self
    }

    /// The address of the request, as a place where a list can be gone on with.
    ///
    /// # Errors
    ///
    /// As [`RequestParts::into_http`].
    pub fn link(&self, base: &Base) -> Result<PageToken, Error> {
        PageToken::from_link(base, &self.address(base)?)
    }

    /// The request to a server.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Paging`] when the page leads outside `base`; [`ErrorKind::Configuration`] when the path lacks the value
    /// of a parameter.
    pub fn into_http(self, base: &Base) -> Result<http::Request<Payload>, Error> {
        const VERSION: HeaderName = HeaderName::from_static("x-api-version");
        let accept = if self.operation.answer == Answer::Html { "*/*" } else { "application/json" };
        let mut request = http::Request::builder()
            .method(self.operation.method)
            .uri(self.address(base)?)
            .header(ACCEPT, HeaderValue::from_static(accept))
            .header(VERSION, HeaderValue::from_static(API_VERSION));
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        let payload = match self.body {
            Some(body) => {
                request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                Payload::Bytes(body)
            }
            None => Payload::Empty,
        };
        request.body(payload).map_err(|e| {
            Error::new(ErrorKind::Configuration, "the request cannot be written down")
                .with_operation(self.operation.id)
                .with_source(e)
        })
    }

    fn address(&self, base: &Base) -> Result<String, Error> {
        if let Some(page) = &self.page {
            return Ok(page.url_below(base)?.into());
        }
        let path = filled(self.operation, &self.path)?;
        let base = base.url().as_str().trim_end_matches('/');
        // As long as most get, so that it is made in one piece.
        let query: usize = self.query.iter().map(|(name, value)| name.len() + value.len() * 2 + 2).sum();
        let mut address = String::with_capacity(base.len() + path.len() + query + 2);
        address.extend([base, "/", path.trim_start_matches('/')]);
        if !self.query.is_empty() {
            address.push('?');
            let start = address.len();
            let mut query = form_urlencoded::Serializer::for_suffix(address, start);
            address = query.extend_pairs(&self.query).finish();
        }
        Ok(address)
    }
}

/// Whatever Clio answers when no field is asked for.
///
/// ```
/// use clio_core::{Json, Selection, schema::objects::EventMetrics};
///
/// assert_eq!(<Json as Selection<EventMetrics>>::FIELDS, "");
/// ```
impl<O: Object> Selection<O> for Json {
    const FIELDS: &'static str = "";

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

/// The path with a value for each of its parameters.
fn filled(operation: &'static OperationInfo, values: &[String]) -> Result<String, Error> {
    let mut path = String::with_capacity(operation.path.len() + 16);
    let mut rest = operation.path;
    let mut values = values.iter().filter(|value| !value.is_empty());
    while let Some((before, after)) = rest.split_once('{') {
        let (Some((_, after)), Some(value)) = (after.split_once('}'), values.next()) else {
            return Err(Error::new(ErrorKind::Configuration, "a parameter of the path has no value")
                .with_operation(operation.id));
        };
        path.push_str(before);
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                path.push(byte.into());
            } else {
                let _ = write!(path, "%{byte:02X}");
            }
        }
        rest = after;
    }
    path.push_str(rest);
    Ok(path)
}

#[cfg(test)]
mod tests {
    use clio_schema::operations::{CreateActivity, GetCalendarEntry, GetJurisdictionsToTrigger, ListMatters};

    use super::*;
    use crate::JsonBody;

    fn base() -> Base {
        Base::parse("https://eu.app.clio.com/api/v4").unwrap()
    }

    #[test]
    fn parameters_are_encoded_and_the_version_is_pinned() {
        let request = RequestParts::new::<ListMatters>()
            .query("ids[]", "1")
            .query("ids[]", "2")
            .query("updated_since", "2026-01-01T00:00:00+00:00")
            .into_http(&base())
            .unwrap();
        assert_eq!(
            request.uri(),
            "https://eu.app.clio.com/api/v4/matters.json?ids%5B%5D=1&ids%5B%5D=2&updated_since=2026-01-01T00%3A00%3A00%2B00%3A00"
        );
        assert_eq!(request.headers()["x-api-version"], "4.0.13");
    }

    #[test]
    fn the_path_takes_its_parameters_in_order() {
        let address = |parts: RequestParts| parts.into_http(&base()).map(|request| request.uri().to_string());
        let two = RequestParts::new::<GetJurisdictionsToTrigger>().path("3").path("4");
        let below = "https://eu.app.clio.com/api/v4/";
        assert_eq!(address(two).unwrap(), format!("{below}court_rules/jurisdictions/3/triggers/4.json"));
        let odd = RequestParts::new::<GetCalendarEntry>().path("../é?#");
        assert_eq!(address(odd).unwrap(), format!("{below}calendar_entries/..%2F%C3%A9%3F%23.json"));
        for lacking in
            [RequestParts::new::<GetCalendarEntry>(), RequestParts::new::<GetCalendarEntry>().path("")]
        {
            assert_eq!(address(lacking).unwrap_err().kind(), ErrorKind::Configuration);
        }
    }

    #[test]
    fn a_body_stands_in_its_envelope() {
        let request = RequestParts::new::<CreateActivity>()
            .body::<CreateActivity>(&JsonBody::new(r#"{"type":"TimeEntry"}"#))
            .unwrap()
            .into_http(&base())
            .unwrap();
        assert_eq!(request.method(), "POST");
        let Payload::Bytes(body) = request.body() else { panic!("a body in memory") };
        assert_eq!(&body[..], br#"{"data":{"type":"TimeEntry"}}"#);
    }

    #[test]
    fn an_address_is_covered_as_it_is_understood_not_as_it_is_written() {
        for base in ["https://app.clio.com/api/v4", "https://app.clio.com/api/v4/", "https://app.clio.com"] {
            let base = Base::parse(base).unwrap();
            for good in [
                "https://app.clio.com/api/v4/matters.json",
                "https://APP.clio.com/api/v4/matters/%C3%A9.json?q=..",
                "https://app.clio.com:443/api/v4/x",
            ] {
                assert!(base.covers_uri(&good.parse().unwrap()), "{good}");
            }
            for bad in [
                "http://app.clio.com/api/v4/x",
                "https://app.clio.com.evil.example/api/v4/x",
                "https://app.clio.com@evil.example/api/v4/x",
                "https://me@app.clio.com/api/v4/x",
                "https://app.clio.com:8443/api/v4/x",
                "https://evil.example/api/v4/x",
                "/api/v4/x",
            ] {
                assert!(!base.covers_uri(&bad.parse().unwrap()), "{bad}");
            }
        }
        let base = Base::parse("https://app.clio.com/api/v4").unwrap();
        for bad in
            ["/api/v4/../x", "/api/v4/%2e%2E/x", "/api/v4/.%2e/x", "/api/v45/x", "/api/v4", "/oauth/token"]
        {
            assert!(!base.covers_uri(&format!("https://app.clio.com{bad}").parse().unwrap()), "{bad}");
        }
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        for good in ["http://127.0.0.1:9", "http://[::1]:9/api", "http://localhost/api", "https://x.example"]
        {
            assert!(Base::parse(good).is_ok(), "{good}");
        }
        for bad in ["http://app.clio.com", "http://localhost.evil.example", "ftp://127.0.0.1", "nonsense"] {
            assert_eq!(Base::parse(bad).unwrap_err().kind(), ErrorKind::Configuration, "{bad}");
        }
    }
}
