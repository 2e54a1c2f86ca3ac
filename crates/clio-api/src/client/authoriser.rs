//! The token in use, and how a new one is bought: once for all who wait for it.

use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::TimeDelta;
use clio_core::{Clock, Error, ErrorKind, Secret, Token, TokenStore};
use futures_util::lock;

use crate::oauth::Exchange;

/// A token that ends within this time is renewed before it is used.
const MARGIN: Duration = Duration::from_secs(60);

pub(super) struct Authoriser {
    store: Arc<dyn TokenStore>,
    /// Without an app there is none.
    exchange: Option<Exchange>,
    clock: Arc<dyn Clock>,
    cached: Mutex<Option<Token>>,
    renewal: lock::Mutex<Renewal>,
}

type Refreshing = Pin<Box<dyn Future<Output = Result<Token, Error>> + Send>>;

/// How far a renewal has come. It stands behind the lock, not in the task that began it: when that task is dropped, the
/// next one goes on where it stopped, and a refresh token that was rotated meanwhile is not lost.
#[derive(Default)]
struct Renewal {
    running: Option<Refreshing>,
    unsaved: Option<Token>,
}

impl Authoriser {
    pub(super) fn new(store: Arc<dyn TokenStore>, exchange: Option<Exchange>, clock: Arc<dyn Clock>) -> Self {
        Self { store, exchange, clock, cached: Mutex::default(), renewal: lock::Mutex::default() }
    }

    /// A token to send a request with.
    pub(super) async fn token(&self) -> Result<Secret, Error> {
        let token = self.current().await?;
        let usable = !self.ends_within(&token, MARGIN)
            // One that cannot be renewed is used up to its end.
            || (!self.can_renew(&token) && !self.ends_within(&token, Duration::ZERO));
        if usable { Ok(token.access) } else { self.renew(&token.access, MARGIN).await }
    }

    /// Makes the token good for `within` at least.
    pub(super) async fn good_for(&self, within: Duration) -> Result<(), Error> {
        let token = self.current().await?;
        if self.ends_within(&token, within) {
            self.renew(&token.access, within).await?;
        }
        Ok(())
    }

    /// A token in place of one that was refused.
    pub(super) async fn replace(&self, refused: &Secret) -> Result<Secret, Error> {
        self.renew(refused, Duration::ZERO).await
    }

    async fn current(&self) -> Result<Token, Error> {
        let cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match cached {
            Some(token) => Ok(token),
            None => self.load().await,
        }
    }

    async fn load(&self) -> Result<Token, Error> {
        let token = self.store.load().await?.ok_or_else(|| lost("there is no token in the store"))?;
        self.cache(&token);
        Ok(token)
    }

    /// One task renews; the others wait here and then find its token.
    async fn renew(&self, useless: &Secret, within: Duration) -> Result<Secret, Error> {
        let mut renewal = self.renewal.lock().await;
        if renewal.running.is_none() && renewal.unsaved.is_none() {
            // Another task or another process may have renewed it meanwhile.
            let stored = self.load().await?;
            if stored.access != *useless && !self.ends_within(&stored, within) {
                return Ok(stored.access);
            }
            renewal.running = Some(self.begin(stored)?);
        }
        if let Some(running) = &mut renewal.running {
            let outcome = running.await;
            renewal.running = None;
            renewal.unsaved = Some(outcome?);
        }
        if let Some(token) = renewal.unsaved.clone() {
            // Before anybody uses it: the old refresh token may be dead already.
            self.store.save(&token).await?;
            renewal.unsaved = None;
            self.cache(&token);
            tracing::debug!("the token was renewed");
        }
        Ok(self.current().await?.access)
    }

    fn begin(&self, token: Token) -> Result<Refreshing, Error> {
        let Some(exchange) = self.exchange.clone().filter(|_| token.refresh.is_some()) else {
            return Err(lost("the token has ended and cannot be renewed"));
        };
        Ok(Box::pin(async move { exchange.refresh(&token).await }))
    }

    fn can_renew(&self, token: &Token) -> bool {
        self.exchange.is_some() && token.refresh.is_some()
    }

    fn ends_within(&self, token: &Token, within: Duration) -> bool {
        let Some(end) = token.expires_at else { return false };
        let within = TimeDelta::from_std(within).unwrap_or(TimeDelta::MAX);
        end.signed_duration_since(self.clock.now()) <= within
    }

    fn cache(&self, token: &Token) {
        *self.cached.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
    }
}

impl fmt::Debug for Authoriser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authoriser").finish_non_exhaustive()
    }
}

pub(super) fn lost(why: &str) -> Error {
    Error::new(ErrorKind::AuthorisationLost, format!("{why}: a person has to authorise again"))
}
