//! The escape hatch.

use std::fmt;

use bytes::Bytes;
use clio_core::{Base, Error, ErrorKind, Payload, response::RawResponse};
use http::{
    HeaderName, HeaderValue, Method,
    header::{ACCEPT, CONTENT_TYPE},
};
use serde::Serialize;

use crate::{CallOptions, Clio, Permit, client::Named};

/// A request that no typed call covers, made by [`Clio::raw`].
#[must_use = "a request does nothing until it is sent"]
pub struct Raw {
    clio: Clio,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Option<Result<Bytes, Error>>,
    options: CallOptions,
    permit: Option<Permit>,
}

impl Clio {
    /// A request of your own to a path below the address of the API, such as `/bills.json`. It is authorised, limited and
    /// repeated no more than any other is; its parameters and its answer are not checked.
    ///
    /// ```no_run
    /// # async fn example(clio: clio_api::Clio) -> Result<(), clio_api::Error> {
    /// use clio_api::Method;
    ///
    /// let answer = clio.raw(Method::GET, "/bills.json").query("state", "draft").send().await?;
    /// if answer.status.is_success() { /* answer.body */ }
    /// # Ok(())
    /// # }
    /// ```
    pub fn raw(&self, method: Method, path: impl Into<String>) -> Raw {
        Raw {
            clio: self.clone(),
            method,
            path: path.into(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            options: CallOptions::default(),
            permit: None,
        }
    }
}

impl Raw {
    /// Adds a query parameter.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Sets a header, in place of one of this name. The token is always the client's.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends this as the whole body; Clio wants `{"data": {..}}`.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.body = Some(serde_json::to_vec(body).map(Bytes::from).map_err(|e| {
            Error::new(ErrorKind::Configuration, "the body cannot be written as JSON").with_source(e)
        }));
        self
    }

    /// How this request differs from the client's settings.
    pub fn with_options(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    /// Sends with a permit that was [reserved](Clio::reserve).
    pub fn with_permit(mut self, permit: Permit) -> Self {
        self.permit = Some(permit);
        self
    }

    /// Sends it and reads the answer, *whatever its status*.
    ///
    /// # Errors
    ///
    /// What kept an answer from coming; [`ErrorKind::AuthorisationLost`] when the token is refused for good;
    /// [`ErrorKind::Configuration`] when the path leads outside the API, the body is no JSON or a header cannot be written.
    pub async fn send(self) -> Result<RawResponse, Error> {
        let mut request = request(self.clio.base(), self.method, &self.path, &self.query, self.body)?;
        for (name, value) in self.headers {
            let (name, value) = header(&name, &value)?;
            request.headers_mut().insert(name, value);
        }
        let named = Named { operation: "raw", route: None };
        self.clio.send(named, request, self.options, self.permit).await
    }
}

impl fmt::Debug for Raw {
    /// Shows method and path only: parameters and bodies hold client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.split('?').next();
        f.debug_struct("Raw").field("method", &self.method).field("path", &path).finish_non_exhaustive()
    }
}

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Error> {
    let unfit = || Error::new(ErrorKind::Configuration, format!("the header `{name}` cannot be written"));
    let mut value = HeaderValue::from_str(value).map_err(|_| unfit())?;
    // It may be a secret.
    value.set_sensitive(true);
    Ok((HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit())?, value))
}

fn request(
    base: &Base,
    method: Method,
    path: &str,
    query: &[(String, String)],
    body: Option<Result<Bytes, Error>>,
) -> Result<http::Request<Payload>, Error> {
    let mut url = base.join(path);
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    let mut request = http::Request::new(Payload::Empty);
    *request.method_mut() = method;
    *request.uri_mut() = url.as_str().parse().map_err(|e| {
        Error::new(ErrorKind::Configuration, "the path cannot be written in a request").with_source(e)
    })?;
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    if let Some(body) = body {
        *request.body_mut() = Payload::Bytes(body?);
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Ok(request)
}
