//! OAuth: the consent page, codes, tokens.

use std::{collections::HashMap, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_core::{Random, Secret, Token};
use http::{Response, StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::{Url, form_urlencoded};

use super::{
    ask::{Answered, Ask, Refusal, ok},
    behaviour::users,
    firm::Firm,
    pages,
};
use crate::{SeededRandom, calls::later};

/// How long a code can be redeemed.
const CODE_LIFE: Duration = Duration::from_secs(600);

#[derive(Debug)]
struct Code {
    redirect_uri: String,
    challenge: Option<String>,
    ends: DateTime<Utc>,
    user: i64,
}

#[derive(Debug)]
struct Access {
    ends: DateTime<Utc>,
    refresh: String,
    user: i64,
}

/// A refresh token, and whose it is.
#[derive(Debug)]
struct Refresh {
    text: String,
    user: i64,
}

/// Clients, codes and tokens.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    codes: HashMap<String, Code>,
    access: HashMap<String, Access>,
    refresh: Vec<Refresh>,
    /// The pairs that the world itself hands to tests, by user.
    own: HashMap<i64, Token>,
}

impl Tokens {
    pub(crate) fn register(&mut self, random: &SeededRandom) {
        self.client_id = random.plain_text(40);
        self.client_secret = random.text(40);
    }

    /// Whose token this is, if it works at `now`.
    pub(crate) fn user_of(&self, token: &str, now: DateTime<Utc>) -> Option<i64> {
        self.access.get(token).filter(|access| now < access.ends).map(|access| access.user)
    }

    /// The tokens that callers chose themselves.
    pub(crate) fn accepted(&self) -> impl Iterator<Item = &str> {
        let chosen = self.access.iter().filter(|(_, access)| access.refresh.is_empty());
        let mut chosen: Vec<_> = chosen.map(|(token, _)| token.as_str()).collect();
        // The front page is the same in every run of the same firm.
        chosen.sort_unstable();
        chosen.into_iter()
    }

    /// A token of the caller's choosing works from now on, for the longest time that a clock can show.
    pub(crate) fn accept(&mut self, token: &str, user: i64) {
        let (ends, refresh) = (DateTime::<Utc>::MAX_UTC, String::new());
        self.access.insert(token.to_owned(), Access { ends, refresh, user });
    }

    fn issue(
        &mut self,
        random: &SeededRandom,
        life: Duration,
        now: DateTime<Utc>,
        refresh: &str,
        user: i64,
    ) -> Token {
        let (text, ends) = (random.text(43), later(now, life));
        self.access.insert(text.clone(), Access { ends, refresh: refresh.to_owned(), user });
        Token {
            access: Secret::new(text),
            refresh: Some(Secret::new(refresh.to_owned())),
            expires_at: Some(ends),
        }
    }

    fn new_refresh(&mut self, random: &SeededRandom, user: i64) -> String {
        let text = random.text(43);
        self.refresh.push(Refresh { text: text.clone(), user });
        text
    }

    pub(crate) fn expire_access(&mut self) {
        self.access.clear();
    }

    pub(crate) fn revoke(&mut self) {
        self.access.clear();
        self.refresh.clear();
        self.codes.clear();
    }
}

impl Firm {
    /// A pair of a user's that works at `now`: the one handed out before, as long as it does.
    pub(crate) fn token(&mut self, user: i64, now: DateTime<Utc>) -> Token {
        if let Some(token) = self.tokens.own.get(&user)
            && self.tokens.user_of(token.access.expose(), now).is_some()
        {
            return token.clone();
        }
        let refresh = self.tokens.new_refresh(&self.random, user);
        let token = self.tokens.issue(&self.random, self.settings.token_life, now, &refresh, user);
        self.tokens.own.insert(user, token.clone());
        token
    }
}

/// What lies below `/oauth/`.
pub(crate) fn route(firm: &mut Firm, ask: &Ask<'_>, path: &str) -> Answered {
    match (ask.method(), path) {
        ("GET", "authorize") => authorize(firm, ask),
        ("GET", "approval") => Ok(pages::approval(ask)),
        ("POST", "token") => token(firm, ask),
        ("POST", "deauthorize") => deauthorize(firm, ask),
        _ => Err(Refusal::no_route()),
    }
}

/// The account owner, who is signed in, answers at once, or on a page where `consent_page` is set.
fn authorize(firm: &mut Firm, ask: &Ask<'_>) -> Answered {
    let refuse = |error: &str| Err(Refusal::plain(StatusCode::BAD_REQUEST, error));
    if ask.param("client_id") != Some(firm.tokens.client_id.as_str()) {
        return refuse("invalid_client");
    }
    if ask.param("response_type") != Some("code") {
        return refuse("unsupported_response_type");
    }
    let redirect_uri = ask.param("redirect_uri").unwrap_or_default().to_owned();
    let Ok(mut target) = Url::parse(&redirect_uri) else { return refuse("invalid_redirect_uri") };
    let declines = match ask.param("decision") {
        None if firm.settings.consent_page => return Ok(pages::consent(ask)),
        Some(decision) => decision != "allow",
        None => firm.settings.declines,
    };
    if declines {
        if ask.param("redirect_on_decline") != Some("true") {
            // The person stays on a page of Clio's.
            return Ok(pages::declined());
        }
        target.query_pairs_mut().append_pair("error", "access_denied");
    } else {
        let challenge = ask.param("code_challenge").map(str::to_owned);
        if challenge.is_some() && ask.param("code_challenge_method") != Some("S256") {
            return refuse("invalid_request");
        }
        let code = firm.random.text(32);
        target.query_pairs_mut().append_pair("code", &code);
        let (ends, user) = (later(ask.now, CODE_LIFE), users::owner(firm).map_or(0, |user| user.id));
        firm.tokens.codes.insert(code, Code { redirect_uri, challenge, ends, user });
    }
    if let Some(state) = ask.param("state") {
        target.query_pairs_mut().append_pair("state", state);
    }
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::FOUND;
    if let Ok(target) = http::HeaderValue::from_str(target.as_str()) {
        response.headers_mut().insert(header::LOCATION, target);
    }
    Ok(response)
}

fn token(firm: &mut Firm, ask: &Ask<'_>) -> Answered {
    let posted: HashMap<_, _> = form_urlencoded::parse(ask.body()).into_owned().collect();
    let get = |name: &str| posted.get(name).map(String::as_str).unwrap_or_default();
    let refuse = |error: &str| Err(Refusal::plain(StatusCode::BAD_REQUEST, error));
    if get("client_id") != firm.tokens.client_id || get("client_secret") != firm.tokens.client_secret {
        return Err(Refusal::plain(StatusCode::UNAUTHORIZED, "invalid_client"));
    }
    let (refresh, tell, user) = match get("grant_type") {
        "authorization_code" => {
            // A code is gone once it was shown, whatever comes of it.
            let Some(code) = firm.tokens.codes.remove(get("code")) else { return refuse("invalid_grant") };
            let proven = code.challenge.is_none_or(|challenge| s256(get("code_verifier")) == challenge);
            if ask.now >= code.ends || code.redirect_uri != get("redirect_uri") || !proven {
                return refuse("invalid_grant");
            }
            (firm.tokens.new_refresh(&firm.random, code.user), true, code.user)
        }
        "refresh_token" => {
            let old = get("refresh_token");
            let Some(at) = firm.tokens.refresh.iter().position(|known| known.text == old) else {
                return refuse("invalid_grant");
            };
            let user = firm.tokens.refresh[at].user;
            if firm.settings.rotate {
                firm.tokens.refresh.remove(at);
                (firm.tokens.new_refresh(&firm.random, user), true, user)
            } else {
                (old.to_owned(), false, user)
            }
        }
        _ => return refuse("unsupported_grant_type"),
    };
    let life = firm.settings.token_life;
    let token = firm.tokens.issue(&firm.random, life, ask.now, &refresh, user);
    let mut body = json!({
        "token_type": "bearer",
        "access_token": token.access.expose(),
        "expires_in": life.as_secs(),
    });
    if tell && let Value::Object(body) = &mut body {
        body.insert("refresh_token".to_owned(), Value::from(refresh));
    }
    Ok(ok(StatusCode::OK, &body))
}

/// Ends the authorisation: the access token of the form, and the refresh token that it came with.
fn deauthorize(firm: &mut Firm, ask: &Ask<'_>) -> Answered {
    let bearer = ask.bearer().unwrap_or_default();
    if firm.tokens.user_of(bearer, ask.now).is_none() {
        return Err(Refusal::invalid_token());
    }
    let posted: HashMap<_, _> = form_urlencoded::parse(ask.body()).into_owned().collect();
    let token = posted.get("token").map_or(bearer, String::as_str);
    // A token of the caller's choosing came with no refresh token: nothing else goes with it.
    if let Some(access) = firm.tokens.access.remove(token)
        && !access.refresh.is_empty()
    {
        firm.tokens.access.retain(|_, other| other.refresh != access.refresh);
        firm.tokens.refresh.retain(|known| known.text != access.refresh);
    }
    Ok(Response::new(Bytes::new()))
}

/// The challenge of a PKCE verifier: its SHA-256 in base64url without padding.
fn s256(verifier: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digest = Sha256::digest(verifier.as_bytes());
    let mut text = String::new();
    for piece in digest.chunks(3) {
        let bits = piece.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte))
            << (8 * (3 - piece.len()));
        for at in 0..=piece.len() {
            text.push(char::from(LETTERS[bits >> (18 - 6 * at) & 63]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_challenge_is_that_of_rfc_7636() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(super::s256(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
