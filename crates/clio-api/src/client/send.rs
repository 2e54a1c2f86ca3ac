//! The one road of every request: tracing, authorisation, deadline.

use std::time::Duration;

use clio_core::{
    Applied, Error, ErrorKind, Limits, Payload, Secret, TransportError, TransportErrorKind,
    response::RawResponse,
};
use http::{StatusCode, header::AUTHORIZATION};
use tracing::Instrument;
use url::Url;

use super::{CallOptions, Clio, authoriser::lost};
use crate::oauth::bearer;

impl Clio {
    /// Sends `request` and answers whatever the server did, unless that is a 401 which renewing the token did not cure.
    pub(crate) async fn send(
        &self,
        operation: &'static str,
        request: http::Request<Payload>,
        options: CallOptions,
    ) -> Result<RawResponse, Error> {
        let span = tracing::debug_span!("clio", operation);
        async {
            let result = self.authorised(request, self.limits(options)).await;
            match &result {
                Ok(answer) => tracing::debug!(status = answer.status.as_u16(), "answered"),
                Err(error) => {
                    tracing::debug!(kind = ?error.kind(), applied = ?error.applied(), "not answered");
                }
            }
            result.map_err(|error| error.with_operation(operation))
        }
        .instrument(span)
        .await
    }

    fn limits(&self, options: CallOptions) -> Limits {
        let limits = options.limits.unwrap_or(self.0.limits);
        Limits { send_by: options.send_by.or(limits.send_by), ..limits }
    }

    async fn authorised(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<RawResponse, Error> {
        self.must_be_ours(&request)?;
        // The deadline looks again, last of all; this spares a renewal for a request that is too late anyway.
        self.must_be_in_time(limits.send_by)?;
        let token = self.0.authoriser.token().await?;
        let again = copy(&request);
        let answer = self.exchange(request, &token, limits).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        // Refused, so surely not applied: it may be sent again, even a write. Once.
        let token = self.0.authoriser.replace(&token).await?;
        let Some(again) = again else {
            return Err(Error::new(
                ErrorKind::Interrupted,
                "the token had to be renewed, and this body can be sent only once: call again",
            ));
        };
        let answer = self.exchange(again, &token, limits).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            return Err(lost("Clio refuses even a token that was renewed"));
        }
        Ok(answer)
    }

    async fn exchange(
        &self,
        mut request: http::Request<Payload>,
        token: &Secret,
        limits: Limits,
    ) -> Result<RawResponse, Error> {
        request.headers_mut().insert(AUTHORIZATION, bearer(token)?);
        let (head, body) = self.0.transport.send(request, limits).await?.into_parts();
        match body.into_bytes(limits.max_body).await {
            Ok(body) => Ok(RawResponse { status: head.status, headers: head.headers, body }),
            // A refused token needs no body to be understood.
            Err(_) if head.status == StatusCode::UNAUTHORIZED => {
                Ok(RawResponse { status: head.status, headers: head.headers, body: bytes::Bytes::new() })
            }
            // The head came, so bytes had left, whatever the body's stream says of itself.
            Err(error) => Err(Error::from(error).with_applied(Applied::Perhaps)),
        }
    }

    /// The token goes nowhere but to the API.
    fn must_be_ours(&self, request: &http::Request<Payload>) -> Result<(), Error> {
        let ours = Url::parse(&request.uri().to_string()).is_ok_and(|url| self.0.base.covers(&url));
        if ours {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Configuration, "the request leads outside the API: the token stays here"))
    }

    fn must_be_in_time(&self, send_by: Option<Duration>) -> Result<(), Error> {
        if send_by.is_some_and(|send_by| self.0.clock.monotonic() > send_by) {
            let late =
                TransportError::not_sent(TransportErrorKind::Timeout, "the last moment to send has passed");
            return Err(late.into());
        }
        Ok(())
    }
}

/// The same request once more, when its body is one that can be sent again.
fn copy(request: &http::Request<Payload>) -> Option<http::Request<Payload>> {
    let mut copy = http::Request::new(request.body().try_clone()?);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    Some(copy)
}
