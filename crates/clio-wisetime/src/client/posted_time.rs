//! Posted time: fetched, listed, acknowledged, and which way it comes.
//!
//! A team has one way by which posted time leaves it: a fetch client, which polls, or a webhook, which is called. The calls
//! of the other way are refused with 409; the error says what to do.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_core::{Error, ErrorKind, Limits, Secret};
use http::{Method, StatusCode};
use serde_json::json;

use super::{Answer, Client, decode, encode};
use crate::wire::{TimeGroup, TimeGroupStatus};

/// The longest that WiseTime holds an empty poll is 60 seconds.
const LONG_POLL: Duration = Duration::from_secs(75);

/// The most groups that one poll hands out.
pub(crate) const GROUPS_AT_ONCE: u32 = 25;

/// The most groups of one list.
const LISTED_AT_ONCE: u32 = 500;

/// What to do about a webhook that is in the way of fetching.
const HAS_WEBHOOK: &str = "the WiseTime team has a webhook for posted time: receive by it, or unsubscribe it and register \
                           a fetch client (Client::switch_to_fetch does both)";

/// What to do about whatever is in the way of registering.
const HAS_ANOTHER: &str = "the WiseTime team already has a webhook or a fetch client for posted time: take that away first \
                           (Client::switch_to_fetch and Client::switch_to_webhook do)";

impl Client {
    /// Time that waits to be taken, at most `limit` groups of it: 1 to 25. Held open by WiseTime for up to a minute when
    /// there is none. What is not [acknowledged](Self::update_status) is handed out again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for another limit, [`ErrorKind::Conflict`] while the team has a webhook.
    pub async fn posted_time(&self, limit: u32) -> Result<Vec<TimeGroup>, Error> {
        decode("fetch-posted-time", &self.posted_time_json(limit).await?)
    }

    /// The same as it stands on the wire, so that one group which cannot be read does not hide the others.
    pub(crate) async fn posted_time_json(&self, limit: u32) -> Result<Bytes, Error> {
        let operation = "fetch-posted-time";
        within(operation, limit, GROUPS_AT_ONCE)?;
        let path = format!("postedtime?limit={limit}");
        let limits = Limits { total: LONG_POLL, ..Limits::default() };
        let answer = self.call(operation, Method::GET, &path, None, limits).await?;
        unless_in_the_way(operation, answer, HAS_WEBHOOK)
    }

    /// What was posted, pending or done, the newest first: at most `limit` groups, 1 to 500, and only those that were
    /// submitted before this moment. It is for looking back: nothing is handed out by it. Several groups may have been
    /// submitted at one moment.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for another limit.
    pub async fn list_posted_time(
        &self,
        limit: u32,
        submitted_before: Option<DateTime<Utc>>,
    ) -> Result<Vec<TimeGroup>, Error> {
        let operation = "list-posted-time";
        within(operation, limit, LISTED_AT_ONCE)?;
        let before = submitted_before.map(|at| format!("&submittedBefore={}", at.timestamp_millis()));
        let path = format!("postedtime/list?limit={limit}{}", before.unwrap_or_default());
        let answer = self.call(operation, Method::GET, &path, None, Limits::default()).await?;
        decode(operation, &answer.succeeded(operation)?)
    }

    /// Says what became of a group that was fetched.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when WiseTime does not know the group (any more), [`ErrorKind::Conflict`] while the team has
    /// a webhook.
    pub async fn update_status(&self, status: &TimeGroupStatus) -> Result<(), Error> {
        let operation = "update-posted-time-status";
        let body = Some(encode(operation, status)?);
        let answer = self.call(operation, Method::POST, "postedtime/status", body, Limits::default()).await?;
        unless_in_the_way(operation, answer, HAS_WEBHOOK).map(drop)
    }

    /// Registers a fetch client: WiseTime begins to keep what is posted. The first fetch does so by itself.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] when the team has a fetch client or a webhook already.
    pub async fn register_fetch_client(&self) -> Result<(), Error> {
        self.way("register-for-fetch", "registerfetchclient", &json!({})).await
    }

    /// Takes the fetch client away: WiseTime ceases to keep what is posted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when there is none, [`ErrorKind::Conflict`] when the team has a webhook.
    pub async fn unregister_fetch_client(&self) -> Result<(), Error> {
        self.way("unregister-from-fetch", "unregisterfetchclient", &json!({})).await
    }

    /// Has WiseTime call this address for each group that is posted, with this key in the body: by it the receiver knows who
    /// calls.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] when the team has a webhook or a fetch client already, [`ErrorKind::Invalid`] when the
    /// address is none.
    pub async fn subscribe(&self, callback_url: &str, caller_key: &Secret) -> Result<(), Error> {
        let body = json!({"callbackUrl": callback_url, "callerKey": caller_key.expose()});
        self.way("post-subscribe", "subscribe", &body).await
    }

    /// Takes the webhook away.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when there is none.
    pub async fn unsubscribe(&self) -> Result<(), Error> {
        self.way("delete-webhook", "unsubscribe", &json!({})).await
    }

    /// From now on posted time is fetched: takes a webhook away, if there is one, and registers a fetch client, unless there
    /// is one. Doing it again changes nothing.
    pub async fn switch_to_fetch(&self) -> Result<(), Error> {
        none_there(self.unsubscribe().await)?;
        match self.register_fetch_client().await {
            // It is a fetch client: the webhook is gone.
            Err(error) if error.kind() == ErrorKind::Conflict => Ok(()),
            other => other,
        }
    }

    /// From now on WiseTime calls this address: takes a fetch client or another webhook away, and subscribes this one.
    pub async fn switch_to_webhook(&self, callback_url: &str, caller_key: &Secret) -> Result<(), Error> {
        none_there(self.unsubscribe().await)?;
        none_there(self.unregister_fetch_client().await)?;
        self.subscribe(callback_url, caller_key).await
    }

    async fn way(&self, operation: &'static str, name: &str, body: &serde_json::Value) -> Result<(), Error> {
        let (path, body) = (format!("postedtime/{name}"), Some(encode(operation, body)?));
        let answer = self.call(operation, Method::POST, &path, body, Limits::default()).await?;
        unless_in_the_way(operation, answer, HAS_ANOTHER).map(drop)
    }
}

fn within(operation: &'static str, limit: u32, most: u32) -> Result<(), Error> {
    if (1..=most).contains(&limit) {
        return Ok(());
    }
    let message = format!("the limit lies between 1 and {most}, and not at {limit}");
    Err(Error::new(ErrorKind::Configuration, message).with_operation(operation))
}

/// What is in the way is known better here than from the status alone.
fn unless_in_the_way(operation: &'static str, answer: Answer, words: &str) -> Result<Bytes, Error> {
    if answer.status == StatusCode::CONFLICT {
        return Err(Error::new(ErrorKind::Conflict, words).with_operation(operation));
    }
    answer.succeeded(operation)
}

/// What is to go may be gone.
fn none_there(result: Result<(), Error>) -> Result<(), Error> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
