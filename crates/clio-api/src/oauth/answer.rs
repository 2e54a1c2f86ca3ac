//! What the token endpoint answers.

use std::time::Duration;

use oauth2::{
    AccessToken, Client, EndpointNotSet, EndpointSet, RefreshToken, Scope, StandardRevocableToken,
    TokenResponse,
    basic::{
        BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
    },
};
use serde::{Deserialize, Deserializer, Serialize};

/// The crate's client with our answer, and with a token address.
pub(super) type TokenClient = Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// A token. Clio's sample of an answer to a refresh has no `token_type`, which the standard type insists on. An odd
/// lifetime is as good as none: the rest of the answer may be all that is left of a rotated refresh token.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    access_token: AccessToken,
    #[serde(default = "bearer")]
    token_type: BasicTokenType,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    #[serde(default)]
    refresh_token: Option<RefreshToken>,
}

fn bearer() -> BasicTokenType {
    BasicTokenType::Bearer
}

/// A number, or one in quotes.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_u64().or_else(|| value.as_str()?.parse().ok()))
}

impl Answer {
    /// There is a token in it, of the only type that we know how to use.
    pub(super) fn is_usable(&self) -> bool {
        let is_bearer = match &self.token_type {
            BasicTokenType::Bearer => true,
            BasicTokenType::Mac => false,
            BasicTokenType::Extension(name) => name.eq_ignore_ascii_case("bearer"),
        };
        is_bearer && !self.access_token.secret().is_empty()
    }
}

impl TokenResponse for Answer {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }
    fn token_type(&self) -> &BasicTokenType {
        &self.token_type
    }
    fn expires_in(&self) -> Option<Duration> {
        self.expires_in.map(Duration::from_secs)
    }
    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref().filter(|token| !token.secret().is_empty())
    }
    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}
