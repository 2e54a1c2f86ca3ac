//! The tokens of one authorised account, and where they are kept.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Error;

/// A text that must not reach a log. `Debug` shows only that there is one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// What an authorisation gave: the right to act for one user of one account.
///
/// It serialises with its secrets in clear text, for stores to encrypt as they see fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Sent with every request.
    pub access: Secret,
    /// Buys a new access token. `None` for a token that was pasted in.
    pub refresh: Option<Secret>,
    /// When the access token ends, by our clock. `None` when the server did not say.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Token {
    /// An access token alone: it cannot be refreshed.
    pub fn access_only(access: impl Into<String>) -> Self {
        Self { access: Secret::new(access), refresh: None, expires_at: None }
    }
}

/// Where the token of one account is kept between requests, and between runs.
///
/// A store is one slot. The client loads it before its first request and again before each refresh, because another
/// process may have refreshed meanwhile; it saves a new token *before* using it, so that a rotated refresh token is
/// never lost.
#[async_trait]
pub trait TokenStore: fmt::Debug + Send + Sync {
    /// The token, if there is one.
    async fn load(&self) -> Result<Option<Token>, Error>;

    /// Replaces the token. When this returns, the token is safe.
    async fn save(&self, token: &Token) -> Result<(), Error>;

    /// Forgets the token.
    async fn clear(&self) -> Result<(), Error>;

    /// Waits until nobody else renews the token, and keeps all others from it until the [`Hold`] is dropped. The client
    /// takes it around each renewal, from loading to saving.
    ///
    /// A store that other processes share should have it: where refresh tokens rotate, two renewals at once cost the
    /// authorisation. The default holds nothing, which is right for a store of one process: its tasks take turns anyway.
    ///
    /// # Errors
    ///
    /// Whatever keeps the store from being held. It must not wait for ever: a process that holds it may hang.
    async fn hold(&self) -> Result<Hold, Error> {
        Ok(Hold::nothing())
    }
}

/// Keeps others from renewing the token of a store, for as long as it lives.
///
/// The client drops it when the new token is saved or the renewal has failed. When the call that renews is itself dropped
/// midway, as by a timeout around it, the renewal waits for the next call of the same client, because no task of its own
/// drives it on; so does the hold, since the answer may bring a refresh token that must not be lost. Until that call
/// comes, or the client is dropped, others cannot renew. A program that drops calls and shares the store should let each
/// call of its own come to its end in a task, or soon make another.
#[must_use = "it ends when it is dropped"]
pub struct Hold {
    _guard: Option<Box<dyn Send>>,
}

impl Hold {
    /// Holds nothing.
    pub fn nothing() -> Self {
        Self { _guard: None }
    }

    /// Holds until this guard is dropped: a locked file, or a connection with a lock. It is never shared between threads.
    ///
    /// ```
    /// let connection = std::cell::RefCell::new("some are not `Sync`");
    /// let hold = clio_core::Hold::by(connection);
    /// # drop(hold);
    /// ```
    pub fn by(guard: impl Send + 'static) -> Self {
        Self { _guard: Some(Box::new(guard)) }
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hold(..)")
    }
}

/// A token store that lives as long as the process.
#[derive(Debug, Default)]
pub struct MemoryTokenStore {
    slot: Mutex<Option<Token>>,
}

impl MemoryTokenStore {
    /// A store that holds this token.
    pub fn new(token: Token) -> Self {
        Self { slot: Mutex::new(Some(token)) }
    }
}

#[async_trait]
impl TokenStore for MemoryTokenStore {
    async fn load(&self) -> Result<Option<Token>, Error> {
        Ok(self.slot.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    async fn save(&self, token: &Token) -> Result<(), Error> {
        *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        Ok(())
    }

    async fn clear(&self) -> Result<(), Error> {
        *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }
}
