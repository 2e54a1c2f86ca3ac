//! A transport that answers by a script and remembers what it was asked, and a clock under paused time.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_api::{
    App, Clio, ClioBuilder, Clock, Error, Limits, Payload, Region, RetryPolicy, Secret, Sleep, Token,
    TokenStore, Transport, TransportError, TransportErrorKind,
};

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) bearer: Option<String>,
    pub(crate) if_match: Option<String>,
    pub(crate) if_none_match: Option<String>,
    pub(crate) if_modified_since: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) body: String,
}

impl Asked {
    /// The value of a member of a form body.
    pub(crate) fn form(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.body.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }
}

/// One answer of the script.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    after: Duration,
    fails: bool,
}

impl Answer {
    pub(crate) fn new(status: u16, body: &str) -> Self {
        Self { status, headers: Vec::new(), body: body.to_owned(), after: Duration::ZERO, fails: false }
    }

    pub(crate) fn ok(body: &str) -> Self {
        Self::new(200, body)
    }

    /// A 401 as Clio gives it.
    pub(crate) fn refused_token() -> Self {
        Self::new(401, r#"{"error":"invalid_token","error_description":"expired"}"#)
    }

    /// A token as the token endpoint gives it.
    pub(crate) fn token(access: &str, refresh: Option<&str>) -> Self {
        let refresh = refresh.map_or(String::new(), |refresh| format!(r#","refresh_token":"{refresh}""#));
        Self::ok(&format!(
            r#"{{"token_type":"bearer","access_token":"{access}","expires_in":3600{refresh}}}"#
        ))
    }

    pub(crate) fn lost() -> Self {
        Self { fails: true, ..Self::ok("") }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    pub(crate) fn after(mut self, delay: Duration) -> Self {
        self.after = delay;
        self
    }
}

/// The script. Everything that happens is also written to `events`.
#[derive(Debug)]
pub(crate) struct Script {
    answers: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<Asked>>,
    /// A bearer that is always refused, after a second.
    refused: Option<&'static str>,
    pub(crate) events: Events,
}

/// What happened, in order, over transport and store.
pub(crate) type Events = Arc<Mutex<Vec<String>>>;

impl Script {
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Arc<Self> {
        Arc::new(Self {
            answers: Mutex::new(answers.into_iter().collect()),
            asked: Mutex::default(),
            refused: None,
            events: Events::default(),
        })
    }

    /// A script for all but the requests with this bearer, which is refused.
    pub(crate) fn refusing(bearer: &'static str, answers: impl IntoIterator<Item = Answer>) -> Arc<Self> {
        let script = Arc::into_inner(Self::new(answers)).expect("nobody else has it");
        Arc::new(Self { refused: Some(bearer), ..script })
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn bearers(&self) -> Vec<Option<String>> {
        self.asked().into_iter().map(|asked| asked.bearer).collect()
    }
}

#[async_trait]
#[expect(clippy::disallowed_methods, reason = "a slow server under paused time")]
impl Transport for Script {
    async fn send(
        &self,
        request: http::Request<Payload>,
        _: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        let (head, body) = request.into_parts();
        let header = |name| head.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let bearer = header("authorization").map(|value| value.strip_prefix("Bearer ").unwrap().to_owned());
        let asked = Asked {
            method: head.method.to_string(),
            url: head.uri.to_string(),
            version: header("x-api-version"),
            if_match: header("if-match"),
            if_none_match: header("if-none-match"),
            if_modified_since: header("if-modified-since"),
            bearer: bearer.clone(),
            body: String::from_utf8(body.into_bytes(u64::MAX).await.unwrap().to_vec()).unwrap(),
        };
        self.events.lock().unwrap().push(format!("{} {}", asked.method, head.uri.path()));
        self.asked.lock().unwrap().push(asked);
        let answer = if self.refused.is_some() && self.refused == bearer.as_deref() {
            Answer::refused_token().after(Duration::from_secs(1))
        } else {
            self.answers.lock().unwrap().pop_front().expect("one more request than the script has")
        };
        tokio::time::sleep(answer.after).await;
        if answer.fails {
            return Err(TransportError::perhaps_sent(TransportErrorKind::Interrupted, "lost"));
        }
        let mut response = http::Response::builder().status(answer.status);
        for (name, value) in answer.headers {
            response = response.header(name, value);
        }
        Ok(response.body(Payload::Bytes(answer.body.into())).unwrap())
    }
}

/// Paused time, beginning on a day of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TestClock(tokio::time::Instant);

#[expect(clippy::disallowed_methods, reason = "a test clock under paused time")]
impl TestClock {
    pub(crate) fn start() -> Self {
        Self(tokio::time::Instant::now())
    }
}

#[expect(clippy::disallowed_methods, reason = "a test clock under paused time")]
impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        start_of_time() + self.0.elapsed()
    }
    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// The wall time when a [`TestClock`] starts.
pub(crate) fn start_of_time() -> DateTime<Utc> {
    "2026-03-14T09:00:00Z".parse().unwrap()
}

/// A store that writes down when it saves, and can fail to.
#[derive(Debug)]
pub(crate) struct WatchedStore {
    pub(crate) slot: Mutex<Option<Token>>,
    pub(crate) events: Events,
    pub(crate) failures: Mutex<u32>,
}

#[async_trait]
impl TokenStore for WatchedStore {
    async fn load(&self) -> Result<Option<Token>, Error> {
        Ok(self.slot.lock().unwrap().clone())
    }
    async fn save(&self, token: &Token) -> Result<(), Error> {
        let refresh = token.refresh.as_ref().map_or("-", Secret::expose).to_owned();
        {
            let mut failures = self.failures.lock().unwrap();
            if *failures > 0 {
                *failures -= 1;
                return Err(Error::new(clio_api::ErrorKind::TokenStore, "the disk is full"));
            }
        }
        self.events.lock().unwrap().push(format!("save {} {refresh}", token.access.expose()));
        *self.slot.lock().unwrap() = Some(token.clone());
        Ok(())
    }
    async fn clear(&self) -> Result<(), Error> {
        *self.slot.lock().unwrap() = None;
        Ok(())
    }
}

/// A token `old`/`refresh-1` that ends at this many seconds of the test clock.
pub(crate) fn token_ending_at(seconds: i64) -> Token {
    Token {
        access: Secret::new("old"),
        refresh: Some(Secret::new("refresh-1")),
        expires_at: Some(start_of_time() + chrono::TimeDelta::seconds(seconds)),
    }
}

/// A builder over the script, with an app and a token that is good for a day. It sends everything once.
pub(crate) fn builder(script: &Arc<Script>) -> ClioBuilder {
    Clio::builder(Region::Us)
        .app(App::new("key", "s3cret"))
        .token(token_ending_at(86_400))
        .transport(script.clone())
        .clock(Arc::new(TestClock::start()))
        .retry(RetryPolicy::never())
}

pub(crate) fn clio(script: &Arc<Script>) -> Clio {
    builder(script).build().unwrap()
}

/// A store that writes to the script's events.
pub(crate) fn watched(script: &Arc<Script>, token: Token) -> Arc<WatchedStore> {
    Arc::new(WatchedStore {
        slot: Mutex::new(Some(token)),
        events: script.events.clone(),
        failures: Mutex::new(0),
    })
}

/// A page of a list of five, with these records.
pub(crate) fn list_page(records: &str, next: Option<&str>) -> Answer {
    let paging = next.map_or(String::new(), |next| format!(r#""next":"{next}""#));
    Answer::ok(&format!(r#"{{"data":[{records}],"meta":{{"records":5,"paging":{{{paging}}}}}}}"#))
}

/// A record that is no more than its id.
pub(crate) fn record(id: i64) -> String {
    format!(r#"{{"id":{id},"etag":"e{id}"}}"#)
}

pub(crate) fn records(ids: impl IntoIterator<Item = i64>) -> String {
    ids.into_iter().map(record).collect::<Vec<_>>().join(",")
}
