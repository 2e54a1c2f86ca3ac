//! The token in use, and how a new one is bought: once for all who wait for it.

use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::TimeDelta;
use clio_core::{Clock, Error, ErrorKind, Hold, Secret, Token, TokenStore};
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
    failures: Mutex<Failures>,
}

type Refreshing = Pin<Box<dyn Future<Output = Result<Bought, (Token, Error)>> + Send>>;

/// How far a renewal has come. It stands behind the lock, not in the task that began it: when that task is dropped, the
/// next one goes on where it stopped, and a refresh token that was rotated meanwhile is not lost.
#[derive(Default)]
struct Renewal {
    running: Option<Refreshing>,
    unsaved: Option<Bought>,
}

/// A new token that is not in the store yet, and the one that it was bought with. Until it is, nobody else may try.
struct Bought {
    new: Token,
    old: Token,
    _hold: Hold,
}

/// The renewals that failed.
#[derive(Default)]
struct Failures {
    count: u64,
    /// What became of the last renewal, if that was a failure.
    last: Option<Error>,
}

impl Authoriser {
    pub(super) fn new(store: Arc<dyn TokenStore>, exchange: Option<Exchange>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            exchange,
            clock,
            cached: Mutex::default(),
            renewal: lock::Mutex::default(),
            failures: Mutex::default(),
        }
    }

    /// A token to send a request with.
    pub(super) async fn token(&self) -> Result<Secret, Error> {
        let token = self.current().await?;
        let usable = !self.ends_within(&token, MARGIN)
            // One that cannot be renewed is used up to its end.
            || (!self.can_renew(&token) && !self.ends_within(&token, Duration::ZERO));
        if usable {
            return Ok(token.access);
        }
        // What another task has bought meanwhile is good enough, however short it lives.
        match self.renew(&token.access, Duration::ZERO).await {
            // The next request tries again; this one need not fail.
            Err(error) if error.is_retryable() && !self.ends_within(&token, Duration::ZERO) => {
                Ok(token.access)
            }
            renewed => renewed,
        }
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
        self.cache(Some(&token));
        Ok(token)
    }

    /// One task renews; the others wait here and then find its token. If it fails, it has failed for all who waited: one
    /// after the other they would each wait as long again. Whoever comes later tries anew.
    async fn renew(&self, useless: &Secret, within: Duration) -> Result<Secret, Error> {
        let before = self.failures().count;
        let mut renewal = self.renewal.lock().await;
        if let Some(failure) = self.failures().since(before) {
            return Err(failure);
        }
        let outcome = self.take_turn(&mut renewal, useless, within).await;
        self.failures().note(outcome.as_ref().err());
        outcome
    }

    async fn take_turn(
        &self,
        renewal: &mut Renewal,
        useless: &Secret,
        within: Duration,
    ) -> Result<Secret, Error> {
        if renewal.running.is_none() && renewal.unsaved.is_none() {
            // Another task may have renewed it meanwhile.
            let stored = self.load().await?;
            if self.is_better(&stored, useless, within) {
                return Ok(stored.access);
            }
            self.exchange_for(&stored)?;
            let hold = self.store.hold().await?;
            // Or another process, while this one waited for it.
            let stored = self.load().await?;
            if self.is_better(&stored, useless, within) {
                return Ok(stored.access);
            }
            renewal.running = Some(refreshing(self.exchange_for(&stored)?, stored, hold));
        }
        if let Some(running) = &mut renewal.running {
            let outcome = running.await;
            renewal.running = None;
            match outcome {
                Ok(bought) => renewal.unsaved = Some(bought),
                Err((old, error)) => return self.after_refusal(&old, error).await,
            }
        }
        if let Some(bought) = &renewal.unsaved {
            // Before anybody uses it: the old refresh token may be dead already.
            self.save(&bought.new, &bought.old).await?;
            renewal.unsaved = None;
        }
        Ok(self.current().await?.access)
    }

    /// A store without a lock lets two processes renew at once. Where refresh tokens rotate the second is refused, while
    /// what the first has bought is in the store.
    async fn after_refusal(&self, refused: &Token, error: Error) -> Result<Secret, Error> {
        if error.kind() == ErrorKind::AuthorisationLost
            && let Some(stored) = self.store.load().await?
            && self.is_better(&stored, &refused.access, Duration::ZERO)
        {
            self.cache(Some(&stored));
            return Ok(stored.access);
        }
        Err(error)
    }

    /// Saves in place of the token that the new one was bought with. Another one was put there by a person who authorised
    /// again, perhaps for another account: it stays. Nor does one come back that was taken away.
    async fn save(&self, new: &Token, old: &Token) -> Result<(), Error> {
        let stored = self.store.load().await?;
        let is_old = |stored: &Token| (&stored.access, &stored.refresh) == (&old.access, &old.refresh);
        if stored.as_ref().is_some_and(is_old) {
            self.store.save(new).await?;
            self.cache(Some(new));
            tracing::debug!("the token was renewed");
        } else {
            self.cache(stored.as_ref());
            tracing::debug!("the token was replaced in the store while it was renewed");
        }
        Ok(())
    }

    /// Another token than the one that was of no use, and good for a while.
    fn is_better(&self, stored: &Token, useless: &Secret, within: Duration) -> bool {
        stored.access != *useless && !self.ends_within(stored, within)
    }

    fn exchange_for(&self, token: &Token) -> Result<Exchange, Error> {
        let exchange = self.exchange.clone().filter(|_| token.refresh.is_some());
        exchange.ok_or_else(|| lost("the token has ended and cannot be renewed"))
    }

    fn can_renew(&self, token: &Token) -> bool {
        self.exchange_for(token).is_ok()
    }

    fn ends_within(&self, token: &Token, within: Duration) -> bool {
        let Some(end) = token.expires_at else { return false };
        let within = TimeDelta::from_std(within).unwrap_or(TimeDelta::MAX);
        end.signed_duration_since(self.clock.now()) <= within
    }

    fn failures(&self) -> MutexGuard<'_, Failures> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cache(&self, token: Option<&Token>) {
        *self.cached.lock().unwrap_or_else(PoisonError::into_inner) = token.cloned();
    }
}

impl Failures {
    /// The outcome of the last renewal, if one has failed since there were so many failures, and none succeeded after it.
    fn since(&self, before: u64) -> Option<Error> {
        self.last.as_ref().filter(|_| self.count > before).map(twin)
    }

    fn note(&mut self, failure: Option<&Error>) {
        self.count += u64::from(failure.is_some());
        self.last = failure.map(twin);
    }
}

/// The same failure for another task, as far as it says what happened and what to do about it.
fn twin(error: &Error) -> Error {
    let mut twin = Error::new(error.kind(), error.message()).with_applied(error.applied());
    if let Some(wait) = error.retry_after() {
        twin = twin.with_retry_after(wait);
    }
    if let Some(status) = error.status() {
        twin = twin.with_status(status, error.clio_type().map(str::to_owned));
    }
    twin
}

fn refreshing(exchange: Exchange, old: Token, hold: Hold) -> Refreshing {
    Box::pin(async move {
        match exchange.refresh(&old).await {
            Ok(new) => Ok(Bought { new, old, _hold: hold }),
            Err(error) => Err((old, error)),
        }
    })
}

impl fmt::Debug for Authoriser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authoriser").finish_non_exhaustive()
    }
}

pub(super) fn lost(why: &str) -> Error {
    Error::new(ErrorKind::AuthorisationLost, format!("{why}: a person has to authorise again"))
}
