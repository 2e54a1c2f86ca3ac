//! WiseTime's webhook, received in whatever web framework.

mod answer;
mod queue;

use std::{fmt, pin::pin, sync::Arc, time::Duration};

use clio_core::{Error as CoreError, ErrorKind as CoreErrorKind, Secret};
use clio_sync::{ErrorKind, Firm};
use futures_util::future::{Either, select};
use serde::Deserialize;
use subtle::ConstantTimeEq;

pub use answer::Answer;
pub(crate) use queue::{Called, Queue};

use crate::{Client, adapter::POSTED_TIME, posted_time::Raw};

/// The largest body that is read, unless said. A day of rows takes a hundredth of it.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// How long a call waits for others, unless said.
const PATIENCE: Duration = Duration::from_secs(20);

/// Between two tries while another run, or another engine, is at work.
const TRY_AGAIN: Duration = Duration::from_millis(250);

/// The fewest letters of a caller key: it is all by which WiseTime is known.
const SHORTEST_KEY: usize = 16;

/// Receives what WiseTime calls with for each group that a user posts, in place of the long poll. It takes the body and
/// gives the answer, and does no I/O but that of the firm's own flow.
///
/// ```no_run
/// # async fn demo(store: impl clio_sync::Store + 'static, clio: clio_api::Clio, body: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
/// use clio_sync::Engine;
/// use clio_wisetime::{Client, Settings, Webhook, WiseTime};
///
/// let wisetime = Client::builder("the team's API key").build()?;
/// let webhook = Webhook::new(&wisetime, "a long random text of yours")?;
/// let firm = Engine::new(store).firm("acme-law", clio);
/// firm.attach(WiseTime::connect(wisetime, Settings::default()).by_webhook(&webhook));
/// webhook.subscribe("https://connector.example/wisetime").await?;
///
/// // In the handler of POST /wisetime:
/// let answer = webhook.handle(&firm, body).await;
/// # let _ = (answer.status, answer.text);
/// # Ok(())
/// # }
/// ```
///
/// A call is answered by what became of its group: [`Answer`] has the statuses. A group whose outcome is not known (yet) is
/// answered 500, and WiseTime calls again; the engine knows it by its id, so that it becomes one entry however often it
/// comes, and whichever way: the long poll and the webhook are two ways of one flow, `wisetime/posted-time`, and a team that
/// switches from one to the other posts nothing twice. A crash loses nothing, since WiseTime calls until it has an answer
/// that is final. How long it waits for an answer, and how often it calls, its document does not say.
///
/// Let the future of [`handle`](Self::handle) come to its end, in a task of its own where the framework drops what belongs to a
/// connection that was closed: dropping it in the middle of a write is as a crash to the engine, which then waits some
/// minutes before it looks what became of the write.
///
/// One receiver is for one firm. A clone is the same.
#[derive(Clone)]
pub struct Webhook {
    key: Secret,
    client: Client,
    queue: Queue,
    /// One run at a time, for all who wait.
    turn: Arc<futures_util::lock::Mutex<()>>,
    max_body: usize,
    patience: Duration,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("max_body", &self.max_body).finish_non_exhaustive()
    }
}

impl Webhook {
    /// A receiver that takes a call for WiseTime's if it has this key: a random text of at least 16 letters, that nobody else
    /// knows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](CoreErrorKind::Configuration) for a shorter key.
    pub fn new(client: &Client, caller_key: impl Into<String>) -> Result<Self, CoreError> {
        let key: String = caller_key.into();
        if key.len() < SHORTEST_KEY {
            let message =
                format!("a caller key has at least {SHORTEST_KEY} letters, so that nobody guesses it");
            return Err(CoreError::new(CoreErrorKind::Configuration, message));
        }
        Ok(Self {
            key: Secret::new(key),
            client: client.clone(),
            queue: Queue::default(),
            turn: Arc::default(),
            max_body: MAX_BODY,
            patience: PATIENCE,
        })
    }

    /// Reads bodies of this many bytes at most. Default: 4 MiB.
    #[must_use]
    pub fn with_max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// How long a call waits while other runs are at work. Default: 20 seconds. Its own run takes what it takes.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    pub(crate) fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Has WiseTime call this address with the receiver's key. A fetch client, or another webhook, is taken away.
    ///
    /// # Errors
    ///
    /// What WiseTime answered.
    pub async fn subscribe(&self, callback_url: &str) -> Result<(), CoreError> {
        self.client.switch_to_webhook(callback_url, &self.key).await
    }

    /// Takes one call: the body as it came. Runs the firm's flow for it, and answers by what became of the group.
    ///
    /// Calls for several groups, or several for one, may come at once.
    pub async fn handle(&self, firm: &Firm, body: &[u8]) -> Answer {
        if body.len() > self.max_body {
            return Answer::new(413, "the group is larger than this connection takes");
        }
        let text = String::from_utf8_lossy(body);
        match self.is_wisetime(&text) {
            // It may have been cut off on its way: as a failure for good, it would be lost.
            None => return Answer::later("what came is not JSON"),
            Some(false) => return Answer::new(401, "the caller key is missing, or another"),
            Some(true) => {}
        }
        match self.queue.put(Raw::read(&text), body.len()) {
            Some(call) => self.answer(firm, &call).await,
            None => Answer::later("too much is waiting already"),
        }
    }

    /// `None` if nobody can tell.
    fn is_wisetime(&self, text: &str) -> Option<bool> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Keyed {
            caller_key: Option<Secret>,
        }
        let given = match serde_json::from_str(text) {
            Ok(Keyed { caller_key }) => caller_key,
            Err(error) if error.is_data() => None,
            Err(_) => return None,
        };
        let same = |given: Secret| given.expose().as_bytes().ct_eq(self.key.expose().as_bytes()).into();
        Some(given.is_some_and(same))
    }

    async fn answer(&self, firm: &Firm, call: &queue::Call) -> Answer {
        let clock = self.client.clock();
        let give_up = clock.monotonic() + self.patience;
        loop {
            let left = give_up.saturating_sub(clock.monotonic());
            let turn = match select(self.turn.lock(), clock.sleep(left)).await {
                Either::Left((turn, _)) => turn,
                Either::Right(_) => {
                    return call.answer().unwrap_or_else(|| Answer::later("others are before it"));
                }
            };
            // The run of the one before may have been for this one, too.
            if let Some(answer) = call.answer() {
                return answer;
            }
            let ran = pin!(firm.run(POSTED_TIME)).await;
            if let Some(answer) = call.answer() {
                return answer;
            }
            let why = match ran {
                Ok(_) if !call.is_waiting() => {
                    return Answer::later("whether Clio has taken this time is not known yet");
                }
                Ok(_) => "the connection is not set to receive by webhook".to_owned(),
                Err(error) if matches!(error.kind(), ErrorKind::Busy | ErrorKind::Fenced) => {
                    error.to_string()
                }
                Err(error) => return Answer::later(&error.to_string()),
            };
            drop(turn);
            if clock.monotonic() >= give_up {
                return Answer::later(&why);
            }
            clock.sleep(TRY_AGAIN).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_tells_who_calls() {
        let client = Client::builder("k").build().unwrap();
        assert!(Webhook::new(&client, "too short").is_err());
        let webhook = Webhook::new(&client, "a long random text").unwrap();
        let is = |body: &str| webhook.is_wisetime(body);
        assert_eq!(is(r#"{"groupId": "g", "callerKey": "a long random text"}"#), Some(true));
        for wrong in [
            r#"{"callerKey": "a long random texT"}"#,
            r#"{"callerKey": ""}"#,
            r#"{"callerKey": "a long random text2"}"#,
        ] {
            assert_eq!(is(wrong), Some(false), "{wrong}");
        }
        for none in ["{}", "[]", "7", r#"{"callerKey": 7}"#, r#"{"callerKey": null}"#] {
            assert_eq!(is(none), Some(false), "{none}");
        }
        assert_eq!(is(r#"{"groupId": "g", "callerK"#), None, "cut off");
        assert!(!format!("{webhook:?}").contains("random"));
    }
}
