//! From a person's consent to a token.

mod answer;
mod callback;
mod exchange;
mod file_store;
mod loopback;
mod pasted;

use std::{fmt, sync::Arc};

use clio_core::{
    Clock, Deadline, Error, ErrorKind, Random, Retry, RetryPolicy, Secret, SystemClock, SystemRandom, Token,
    Traced, Transport,
};
use oauth2::{
    AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, basic::BasicClient,
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Region, ReqwestTransport};

pub use file_store::FileTokenStore;
pub use loopback::LoopbackReceiver;

pub(crate) use exchange::{Exchange, bearer};

/// An app as it is registered with Clio, in the region where it is used.
#[derive(Debug, Clone)]
pub struct App {
    client_id: String,
    client_secret: Secret,
}

impl App {
    /// The app's key and secret, from the developer portal of its region.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<String>) -> Self {
        Self { client_id: client_id.into(), client_secret: Secret::new(client_secret) }
    }
}

/// The authorisation-code flow, with PKCE and a checked state.
///
/// ```no_run
/// # async fn example() -> Result<(), clio_api::Error> {
/// use clio_api::{App, OAuth, Region};
///
/// let oauth = OAuth::new(Region::Us, App::new("key", "secret"), "http://127.0.0.1:8080/callback")?;
/// let begun = oauth.begin();
/// // Send the person to `begun.url` and keep `begun` in their session. Clio sends them back to:
/// # let callback = begun.url.clone();
/// let token = oauth.finish(&begun, &callback).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct OAuth {
    region: Region,
    app: App,
    redirect: RedirectUrl,
    transport: Option<Arc<dyn Transport>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

/// A flow that has begun. A web application keeps it in the session of the person, where others cannot read it.
///
/// It serialises with its secrets in clear text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// Where to send the person.
    pub url: Url,
    /// What Clio has to send back unchanged.
    pub state: Secret,
    /// What proves that the one who finishes is the one who began.
    pub verifier: Secret,
}

impl OAuth {
    /// The flow of `app`. Clio sends people back to `redirect_uri`, which must be registered with the app letter by letter.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] when `redirect_uri` is not an address.
    pub fn new(region: Region, app: App, redirect_uri: impl Into<String>) -> Result<Self, Error> {
        let redirect = RedirectUrl::new(redirect_uri.into()).map_err(|e| {
            Error::new(ErrorKind::Configuration, "the redirect URI is not an address").with_source(e)
        })?;
        Ok(Self::to(region, app, redirect))
    }

    /// The flow of a native app: Clio shows the person a page with the code
    /// ([`Region::approval_url`]), which they bring back by hand, or which the app reads off a web view. Finish it with
    /// [`finish_pasted`](Self::finish_pasted). The address of that page must be registered with the app.
    ///
    /// Where the app can listen on a port, a [`LoopbackReceiver`] is easier for the person and checks the state.
    pub fn native(region: Region, app: App) -> Self {
        let page = RedirectUrl::from_url(region.approval_url());
        Self::to(region, app, page)
    }

    fn to(region: Region, app: App, redirect: RedirectUrl) -> Self {
        Self {
            region,
            app,
            redirect,
            transport: None,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        }
    }

    /// Sends over this transport. Default: a [`ReqwestTransport`].
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Takes time from this clock. Default: the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Takes state and PKCE verifier from this source. Default: the operating system's.
    #[must_use]
    pub fn random(mut self, random: Arc<dyn Random>) -> Self {
        self.random = random;
        self
    }

    /// Begins: makes the secrets of one flow and the address to send the person to. Sends nothing.
    pub fn begin(&self) -> Begun {
        // 32 and 64 letters of 6 bits each; PKCE wants 43 to 128.
        let state = self.random.text(32);
        let verifier = PkceCodeVerifier::new(self.random.text(64));
        let (url, state) = BasicClient::new(ClientId::new(self.app.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(self.region.authorize_url()))
            .set_redirect_uri(self.redirect.clone())
            .authorize_url(|| CsrfToken::new(state))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            // Else a person who declines stays on a page of Clio's and the app never hears of it.
            .add_extra_param("redirect_on_decline", "true")
            .url();
        Begun { url, state: Secret::new(state.into_secret()), verifier: Secret::new(verifier.into_secret()) }
    }

    /// Finishes: reads the address that Clio sent the person back to, and exchanges its code for a token. The code lives
    /// for 10 minutes and works once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Authorisation`] when the person declined, when the state is not the one that was begun with, or when
    /// Clio refuses the code. [`ErrorKind::Configuration`] when the flow was begun in another region. Otherwise what the transport reports.
    pub async fn finish(&self, begun: &Begun, callback_url: &Url) -> Result<Token, Error> {
        self.must_be_begun_here(begun)?;
        let code = callback::code(begun, callback_url)?;
        self.exchange()?.code(code, self.redirect.clone(), &begun.verifier).await
    }

    /// Finishes a [`native`](Self::native) flow with what the person pasted: the address of the page, its title, or the
    /// code alone.
    ///
    /// A code alone brings no state back, so nothing tells that it is the answer to this flow but PKCE: a code that was
    /// given to another flow is refused by Clio, if Clio checks the verifier, which its documentation does not promise.
    ///
    /// # Errors
    ///
    /// As those of [`finish`](Self::finish), and [`ErrorKind::Authorisation`] when there is no code in `text`.
    pub async fn finish_pasted(&self, begun: &Begun, text: &str) -> Result<Token, Error> {
        self.must_be_begun_here(begun)?;
        let code = pasted::code(begun, self.redirect.url(), text)?;
        self.exchange()?.code(code, self.redirect.clone(), &begun.verifier).await
    }

    /// A code of one region, and the secret of another's app, travel to neither.
    fn must_be_begun_here(&self, begun: &Begun) -> Result<(), Error> {
        if begun.url.origin() == self.region.authorize_url().origin() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Configuration, "the flow was begun in another region"))
    }

    /// Buys a new access token. The answer keeps the old refresh token unless Clio gave a new one; store it before use.
    /// [`Clio`](crate::Clio) does this by itself.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AuthorisationLost`] when there is no refresh token or Clio refuses it: a person has to authorise
    /// again. Otherwise what the transport reports.
    pub async fn refresh(&self, token: &Token) -> Result<Token, Error> {
        self.exchange()?.refresh(token).await
    }

    /// Gives the access back: the token and its refresh token end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AuthorisationLost`] when the access token has ended already: refresh it first, if you can. Otherwise
    /// what the server or the transport reports.
    pub async fn deauthorise(&self, token: &Token) -> Result<(), Error> {
        self.exchange()?.deauthorise(token).await
    }

    fn exchange(&self) -> Result<Exchange, Error> {
        let transport = match &self.transport {
            Some(transport) => transport.clone(),
            None => Arc::new(ReqwestTransport::new()?),
        };
        let one_attempt = Arc::new(Traced::new(Arc::new(Deadline::new(transport, self.clock.clone()))));
        // Only what surely was not sent is repeated: a refresh token may work once.
        let (clock, random) = (self.clock.clone(), self.random.clone());
        let transport = Arc::new(Retry::new(one_attempt, clock, random, RetryPolicy::default()));
        Ok(Exchange::new(self.region.clone(), self.app.clone(), transport, self.clock.clone()))
    }
}

impl fmt::Debug for Begun {
    /// Leaves the query out: it holds the state.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut url = self.url.clone();
        url.set_query(None);
        f.debug_struct("Begun").field("url", &url.as_str()).finish_non_exhaustive()
    }
}
