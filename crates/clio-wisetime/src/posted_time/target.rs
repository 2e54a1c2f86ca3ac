//! Time entries at Clio, with words for what Clio refuses.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_api::{Clio, ErrorKind as CoreErrorKind, JsonBody, Limits, Permit, RetryPolicy, Selection};
use clio_core::{Applied, Etag, Id, schema::objects, values::MatterStatus};
use clio_model::Activity;
use clio_sync::{
    Action, Capabilities, Content, Error, ErrorKind, Found, Look, Outcome, Ready, Result, SendLimits,
    Sending, Target, hub,
};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Map, Value};

use crate::health::Standing;

/// How long to wait before Clio is asked again for what the connection has no right to.
const ASK_AGAIN: Duration = Duration::from_secs(60);

/// What a person has to do about a missing right.
pub(crate) const NO_RIGHT: &str = "Clio does not let the connection record this time: whoever authorised it needs the right to \
                                   record time for others, and the app that to write activities. It goes on by itself once \
                                   that is given";

/// Activities as the engine knows them, [`hub::activities`], but for two things: a missing right of the connection is no
/// fault of the record's, and what is refused is refused in words that say which matter it is about.
#[derive(Debug)]
pub(crate) struct TimeEntries {
    inner: hub::Activities,
    clio: Clio,
    standing: Arc<Standing>,
}

impl TimeEntries {
    pub(crate) fn new(clio: &Clio, standing: Arc<Standing>) -> Self {
        Self { inner: hub::activities(clio), clio: clio.clone(), standing }
    }

    async fn create(&self, sending: &Sending, limits: SendLimits, permit: Option<Permit>) -> Outcome {
        let answer_within = Limits { total: limits.answer_within, ..Limits::default() };
        let body = JsonBody::new(sending.write.payload.clone());
        // Whether it is sent again is for the engine to say.
        let call = self.clio.activities().create(body).select::<Echo>();
        let mut call = call.with_limits(answer_within).with_retry(RetryPolicy::never());
        call = match permit {
            Some(permit) => call.with_permit(permit).with_send_by(limits.send_by),
            None => call.with_send_by(limits.send_by),
        };
        match call.await {
            Ok(echo) => {
                self.standing.may_record();
                echo.applied()
            }
            Err(error) => self.outcome(sending, error).await,
        }
    }

    async fn outcome(&self, sending: &Sending, error: clio_core::Error) -> Outcome {
        use CoreErrorKind::{Conflict, Forbidden, Invalid, NotFound, RateLimited};
        match (error.kind(), error.applied()) {
            (Forbidden, Applied::No) => {
                let matter = self.matter(sending).await;
                if matter == Matter::Gone {
                    // That is about this matter alone, and keeps no other from being posted.
                    return Outcome::Refused(why(sending, matter, &error));
                }
                self.standing.may_not_record();
                let held = Error::new(ErrorKind::Transient, NO_RIGHT).with_retry_after(Some(ASK_AGAIN));
                Outcome::NotSent(held.with_source(error))
            }
            (Invalid | NotFound | Conflict, Applied::No) => {
                Outcome::Refused(why(sending, self.matter(sending).await, &error))
            }
            (RateLimited, Applied::Perhaps) => Outcome::RateLimited(error.retry_after()),
            (_, Applied::No) => Outcome::NotSent(error.into()),
            (_, Applied::Perhaps) => Outcome::Unknown(error.to_string()),
        }
    }

    /// How the matter of a refused entry is. Clio's own words are seldom more than that something is not found.
    async fn matter(&self, sending: &Sending) -> Matter {
        let Some(id) = sending.write.content.get("matter.id").and_then(Value::as_i64) else {
            return Matter::Unclear;
        };
        match self.clio.matters().get(Id::new(id)).select::<MatterState>().await {
            Ok(matter) if matter.status == MatterStatus::Closed => Matter::Closed,
            Err(error) if error.kind() == CoreErrorKind::NotFound => Matter::Gone,
            _ => Matter::Unclear,
        }
    }
}

/// Why Clio refused an entry, for the user.
fn why(sending: &Sending, matter: Matter, error: &clio_core::Error) -> String {
    let (label, words) = (&sending.write.label, error.message());
    match matter {
        Matter::Gone => format!(
            "{label}: the matter of this tag was deleted in Clio, or whoever authorised the connection does not see it"
        ),
        Matter::Closed => format!("{label}: the matter is closed, and Clio takes no time for it ({words})"),
        Matter::Unclear => format!("{label}: Clio refused this time ({words})"),
    }
}

/// How the matter of a refused entry is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Matter {
    /// It was deleted, or whoever authorised does not see it.
    Gone,
    /// It is closed.
    Closed,
    /// It is there, or nobody can say.
    Unclear,
}

/// The state of a matter.
#[derive(Debug, Selection)]
#[clio(object = "Matter")]
struct MatterState {
    status: MatterStatus,
}

#[async_trait]
impl Target for TimeEntries {
    fn kind(&self) -> &str {
        self.inner.kind()
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn monotonic(&self) -> Duration {
        self.inner.monotonic()
    }

    async fn prepare(&self, within: Duration) -> Result<Ready> {
        self.inner.prepare(within).await
    }

    async fn server_time(&self) -> Result<DateTime<Utc>> {
        self.inner.server_time().await
    }

    async fn send(&self, sendings: &[Sending], limits: SendLimits, ready: Ready) -> Vec<Outcome> {
        // One at a time: the target takes no more, and nothing but creations is planned for it.
        match sendings {
            [sending] if sending.action == Action::Create => {
                vec![self.create(sending, limits, ready.take()).await]
            }
            _ => self.inner.send(sendings, limits, ready).await,
        }
    }

    async fn look(&self, look: &Look) -> Result<Vec<Found>> {
        self.inner.look(look).await
    }

    async fn get(&self, remote_id: &str) -> Result<Option<Found>> {
        self.inner.get(remote_id).await
    }

    async fn finish(&self, sending: &Sending, found: &Found, limits: SendLimits, ready: Ready) -> Outcome {
        self.inner.finish(sending, found, limits, ready).await
    }
}

/// What Clio answers of an entry that it has created.
struct Echo {
    id: Id<objects::Activity>,
    fields: Map<String, Value>,
}

impl Selection<objects::Activity> for Echo {
    const FIELDS: &'static str = <Activity as Selection<objects::Activity>>::FIELDS;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let fields = Map::deserialize(deserializer)?;
        let id = fields.get("id").and_then(Value::as_i64).ok_or_else(|| D::Error::missing_field("id"))?;
        Ok(Self { id: Id::new(id), fields })
    }
}

impl Echo {
    fn applied(self) -> Outcome {
        let etag = self.fields.get("etag").and_then(Value::as_str).map(Etag::new);
        Outcome::Applied { remote_id: self.id.to_string(), etag, echo: self.content() }
    }

    /// The fields as the engine compares them: those of a draft that says the same.
    fn content(self) -> Option<Content> {
        let draft = JsonBody::new(Value::Object(self.fields).to_string());
        hub::activity(&draft, "").ok().map(|write| write.content)
    }
}
