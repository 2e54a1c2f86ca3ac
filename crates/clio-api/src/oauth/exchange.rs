//! The requests to the authorisation server, over any transport.

use std::{fmt, pin::Pin, sync::Arc};

use chrono::TimeDelta;
use clio_core::{
    Applied, Clock, Error, ErrorKind, Limits, Payload, Secret, Token, Transport, response::RawResponse,
};
use http::{
    HeaderValue, Method,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use oauth2::{
    AsyncHttpClient, AuthType, AuthorizationCode, Client, ClientId, ClientSecret, HttpRequest, HttpResponse,
    PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, TokenResponse, TokenUrl,
    basic::{BasicErrorResponse, BasicErrorResponseType},
};

use super::{
    App,
    answer::{Answer, TokenClient},
    callback::printable,
};
use crate::Region;

type Refusal = RequestTokenError<Error, BasicErrorResponse>;

/// Exchanges codes and refresh tokens for tokens.
#[derive(Clone)]
pub(crate) struct Exchange {
    region: Region,
    app: App,
    http: Http,
    clock: Arc<dyn Clock>,
}

impl Exchange {
    /// `transport` keeps its limits already.
    pub(crate) fn new(
        region: Region,
        app: App,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { region, app, http: Http(transport), clock }
    }

    pub(super) async fn code(
        &self,
        code: AuthorizationCode,
        redirect: RedirectUrl,
        verifier: &Secret,
    ) -> Result<Token, Error> {
        let answer = self
            .client()
            .set_redirect_uri(redirect)
            .exchange_code(code)
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()))
            .request_async(&self.http)
            .await
            .map_err(|e| in_our_terms(e, ErrorKind::Authorisation, "Clio refused the code"))?;
        self.token(&answer, None)
    }

    /// The new token, with the old refresh token unless there is a new one. Whatever fails, no record was changed.
    pub(crate) async fn refresh(&self, token: &Token) -> Result<Token, Error> {
        let refresh = token.refresh.as_ref().ok_or_else(|| {
            Error::new(
                ErrorKind::AuthorisationLost,
                "the token cannot be refreshed: a person has to authorise again",
            )
        })?;
        let renewed = self
            .client()
            .exchange_refresh_token(&RefreshToken::new(refresh.expose().to_owned()))
            .request_async(&self.http)
            .await
            .map_err(|e| {
                let refused = "Clio refused to refresh the token: a person has to authorise again";
                in_our_terms(e, ErrorKind::AuthorisationLost, refused)
            })
            .and_then(|answer| self.token(&answer, Some(refresh)));
        renewed.map_err(|e| e.with_applied(Applied::No))
    }

    pub(super) async fn deauthorise(&self, token: &Token) -> Result<(), Error> {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token.access.expose())
            .finish();
        let mut request = http::Request::new(Payload::Bytes(form.into()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.region.deauthorize_url().as_str().parse().map_err(|e| {
            Error::new(ErrorKind::Configuration, "the region's address cannot be sent to").with_source(e)
        })?;
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, bearer(&token.access)?);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        let answer = self.http.exchange(request).await?;
        if answer.status.is_success() {
            return Ok(());
        }
        let (kind, message) = match answer.status.as_u16() {
            401 => (ErrorKind::AuthorisationLost, "the access token has ended already".to_owned()),
            429 => (ErrorKind::RateLimited, "too many requests".to_owned()),
            status => (ErrorKind::Server, format!("the authorisation server answered {status}")),
        };
        Err(with_wait(Error::new(kind, message).with_applied(Applied::Perhaps), &answer))
    }

    fn client(&self) -> TokenClient {
        Client::new(ClientId::new(self.app.client_id.clone()))
            .set_client_secret(ClientSecret::new(self.app.client_secret.expose().to_owned()))
            .set_auth_type(AuthType::RequestBody)
            .set_token_uri(TokenUrl::from_url(self.region.token_url()))
    }

    fn token(&self, answer: &Answer, old_refresh: Option<&Secret>) -> Result<Token, Error> {
        if !answer.is_usable() {
            return Err(no_token());
        }
        // A lifetime beyond the calendar means as much as none.
        let lifetime = answer.expires_in().and_then(|lifetime| TimeDelta::from_std(lifetime).ok());
        let refresh = answer.refresh_token().map(|refresh| Secret::new(refresh.secret()));
        Ok(Token {
            access: Secret::new(answer.access_token().secret()),
            refresh: refresh.or_else(|| old_refresh.cloned()),
            expires_at: lifetime.and_then(|lifetime| self.clock.now().checked_add_signed(lifetime)),
        })
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("region", &self.region).finish_non_exhaustive()
    }
}

/// The header that carries an access token; no log shows it.
pub(crate) fn bearer(access: &Secret) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", access.expose())).map_err(|_| {
        Error::new(ErrorKind::Configuration, "the access token holds characters that no header may hold")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// The oauth2 crate's HTTP client, over our transport.
#[derive(Clone)]
struct Http(Arc<dyn Transport>);

impl Http {
    async fn exchange(&self, request: http::Request<Payload>) -> Result<RawResponse, Error> {
        // A token is small; whatever is larger is not one.
        let limits = Limits { max_body: 1024 * 1024, ..Limits::default() };
        let (head, body) = self.0.send(request, limits).await?.into_parts();
        let body = body.into_bytes(limits.max_body).await?;
        Ok(RawResponse { status: head.status, headers: head.headers, body })
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = self.exchange(request.map(|body| Payload::Bytes(body.into()))).await?;
            let status = answer.status.as_u16();
            // Only these are an authorisation server's own refusals. All else says nothing about the token.
            if !answer.status.is_success() && !matches!(status, 400 | 401 | 403) {
                let (kind, message) = match status {
                    429 => (ErrorKind::RateLimited, "too many requests for a token".to_owned()),
                    _ => (ErrorKind::Server, format!("the authorisation server answered {status}")),
                };
                return Err(with_wait(Error::new(kind, message).with_applied(Applied::Perhaps), &answer));
            }
            let mut response = HttpResponse::new(answer.body.to_vec());
            *response.status_mut() = answer.status;
            *response.headers_mut() = answer.headers;
            Ok(response)
        })
    }
}

fn with_wait(error: Error, answer: &RawResponse) -> Error {
    match answer.retry_after() {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    }
}

/// The crate's error holds whole bodies, and so tokens: nothing of it goes on but the name of the refusal. A description
/// could say again what was sent.
fn in_our_terms(error: Refusal, refused_kind: ErrorKind, refused: &str) -> Error {
    match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::ServerResponse(told) => {
            let name = printable(told.error().as_ref());
            if is_transient(told.error()) {
                return Error::new(ErrorKind::Server, "the authorisation server failed")
                    .with_words(&name)
                    .with_applied(Applied::Perhaps);
            }
            Error::new(refused_kind, refused).with_words(&name)
        }
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => no_token(),
    }
}

fn no_token() -> Error {
    Error::new(ErrorKind::Server, "the authorisation server answered something that is no token")
        .with_applied(Applied::Perhaps)
}

fn is_transient(error: &BasicErrorResponseType) -> bool {
    let BasicErrorResponseType::Extension(name) = error else { return false };
    matches!(name.as_str(), "server_error" | "temporarily_unavailable")
}
