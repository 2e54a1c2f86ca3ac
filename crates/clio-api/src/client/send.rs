//! The one road of every request. From outside in: authorisation here, and below it, as wrappers around the transport,
//! retries, the rate budget, tracing of each attempt, and the deadline.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use clio_core::{
    Applied, Error, ErrorKind, Limits, Payload, Resent, Route, Secret, TransportError, TransportErrorKind,
    is_read, resendable, response::RawResponse,
};
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{AUTHORIZATION, CONTENT_ENCODING},
};
use tracing::Instrument;

use super::{CallOptions, Clio, authoriser::lost};
use crate::{Permit, budget::Wanted, oauth::bearer};

/// The header that names the version of the API.
const VERSION: HeaderName = HeaderName::from_static("x-api-version");

/// What a request is called where it is told about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named {
    /// Its operation, by its id in Clio's document.
    pub(crate) operation: &'static str,
    /// The template of its path.
    pub(crate) route: Option<&'static str>,
}

/// How a request is sent.
#[derive(Debug, Clone, Copy)]
struct How {
    route: Option<&'static str>,
    options: CallOptions,
    limits: Limits,
}

impl Clio {
    /// Sends `request` and answers whatever the server did, unless that is a 401 which renewing the token did not cure.
    pub(crate) async fn send(
        &self,
        named: Named,
        request: http::Request<Payload>,
        options: CallOptions,
        permit: Option<Permit>,
    ) -> Result<RawResponse, Error> {
        let span = tracing::debug_span!("clio", clio.operation = named.operation);
        async {
            let read = is_read(request.method());
            let how = How { route: named.route, options, limits: self.limits(options) };
            let result = self.authorised(request, how, permit).await;
            let result = result.and_then(|answer| self.must_be_of_our_version(answer, read));
            match &result {
                Ok(answer) => tracing::debug!(status = answer.status.as_u16(), "answered"),
                Err(error) => {
                    tracing::debug!(kind = ?error.kind(), applied = ?error.applied(), "not answered");
                }
            }
            result.map_err(|error| error.with_operation(named.operation))
        }
        .instrument(span)
        .await
    }

    /// Gives the request all that the wrappers want to know.
    fn dress(&self, request: &mut http::Request<Payload>, how: How, permit: Option<Permit>) {
        request.headers_mut().insert(VERSION, self.inner.version.clone());
        let mut lane = self.lane.clone();
        lane.priority = how.options.priority.unwrap_or(lane.priority);
        let extensions = request.extensions_mut();
        extensions.insert(Wanted {
            lane,
            longest_wait: how.options.longest_wait.unwrap_or(self.inner.longest_wait),
            reserved: permit.map(|permit| Arc::new(Mutex::new(Some(permit)))),
        });
        if let Some(retry) = how.options.retry {
            extensions.insert(retry);
        }
        if let Some(route) = how.route {
            extensions.insert(Route(route));
        }
    }

    fn limits(&self, options: CallOptions) -> Limits {
        let limits = options.limits.unwrap_or(self.inner.limits);
        Limits { send_by: options.send_by.or(limits.send_by), ..limits }
    }

    async fn authorised(
        &self,
        request: http::Request<Payload>,
        how: How,
        permit: Option<Permit>,
    ) -> Result<RawResponse, Error> {
        self.must_be_ours(&request)?;
        // The deadline looks again, last of all; this spares a renewal for a request that is too late anyway.
        self.must_be_in_time(how.limits.send_by)?;
        let token = self.inner.authoriser.token().await?;
        let read = is_read(request.method());
        let again = resendable(&request);
        let answer = self.exchange(request, &token, how, permit).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        // In a box of its own, because it is rare, and the future of every request would have room for it.
        Box::pin(self.refused(answer, again, &token, read, how)).await
    }

    /// The token was refused: a new one, and the request once more, if it may be.
    async fn refused(
        &self,
        answer: RawResponse,
        again: Option<http::Request<Payload>>,
        token: &Secret,
        read: bool,
        how: How,
    ) -> Result<RawResponse, Error> {
        if !read && !answer.is_clios_refusal() {
            // Something in front of Clio may have said so after Clio did what was asked.
            return Ok(answer);
        }
        let refused = read || answer.refuses_token();
        let token = self.inner.authoriser.replace(token).await?;
        // Refused because of the token, so surely not applied: it may be sent again, even a write. Once.
        let Some(mut again) = again.filter(|_| refused) else {
            return Err(Error::new(
                ErrorKind::Interrupted,
                "the token was refused and had to be renewed, and this request is not sent twice: call again",
            ));
        };
        again.extensions_mut().insert(Resent(1));
        let answer = self.exchange(again, &token, how, None).await?;
        if answer.status == StatusCode::UNAUTHORIZED && (read || answer.is_clios_refusal()) {
            return Err(lost("Clio refuses even a token that was renewed"));
        }
        Ok(answer)
    }

    async fn exchange(
        &self,
        mut request: http::Request<Payload>,
        token: &Secret,
        how: How,
        permit: Option<Permit>,
    ) -> Result<RawResponse, Error> {
        let limits = how.limits;
        self.dress(&mut request, how, permit);
        request.headers_mut().insert(AUTHORIZATION, bearer(token)?);
        // Whatever becomes of a read, it has changed nothing.
        let doubt = if is_read(request.method()) { Applied::No } else { Applied::Perhaps };
        let known = |error: TransportError| {
            let applied = if error.nothing_left() { Applied::No } else { doubt };
            Error::from(error).with_applied(applied)
        };
        let (head, body) = self.inner.api.send(request, limits).await.map_err(known)?.into_parts();
        if head.status.is_success() && is_compressed(&head.headers) {
            let why = "the answer is compressed, which was not asked for: it is not unpacked";
            let error = Error::new(ErrorKind::Decode, why).with_status(head.status.as_u16(), None);
            return Err(error.with_applied(doubt));
        }
        match body.into_bytes(limits.max_body).await {
            Ok(body) => Ok(RawResponse { status: head.status, headers: head.headers, body }),
            // The head came, so bytes had left, whatever the body's stream says of itself.
            Err(error) => Err(Error::from(error).with_applied(doubt)),
        }
    }

    /// The token goes nowhere but to the API.
    fn must_be_ours(&self, request: &http::Request<Payload>) -> Result<(), Error> {
        if self.inner.base.covers_uri(request.uri()) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Configuration, "the request leads outside the API: the token stays here"))
    }

    fn must_be_in_time(&self, send_by: Option<Duration>) -> Result<(), Error> {
        if send_by.is_some_and(|send_by| self.inner.clock.monotonic() > send_by) {
            let late =
                TransportError::not_sent(TransportErrorKind::Timeout, "the last moment to send has passed");
            return Err(late.into());
        }
        Ok(())
    }

    /// Clio tells by which version it answers. Another one may mean something else by the same field: hours for seconds.
    fn must_be_of_our_version(&self, answer: RawResponse, read: bool) -> Result<RawResponse, Error> {
        let told = answer.headers.get(VERSION).filter(|_| answer.status.is_success());
        if told.is_none_or(|told| *told == self.inner.version) {
            return Ok(answer);
        }
        let version = |value: &HeaderValue| {
            value
                .to_str()
                .unwrap_or("?")
                .chars()
                .filter(|c| c.is_ascii_digit() || *c == '.')
                .take(16)
                .collect::<String>()
        };
        let message = format!(
            "Clio answered by version {} of its API, not by {}: the same fields may mean something else",
            told.map(version).unwrap_or_default(),
            version(&self.inner.version),
        );
        Err(Error::new(ErrorKind::VersionMismatch, message).with_applied(if read {
            Applied::No
        } else {
            Applied::Perhaps
        }))
    }
}

/// A few bytes that come compressed may be gigabytes.
fn is_compressed(headers: &HeaderMap) -> bool {
    headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}
