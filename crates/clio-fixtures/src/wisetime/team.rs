//! The state of a team, and which part of it each path leads to.

use std::collections::VecDeque;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, StatusCode, Uri};
use serde_json::{Value, json};

use super::{
    activity_types::{ActivityType, Session},
    answer::{Answered, Refusal, refuse, reply},
    posted::Group,
    records::{HealthNotice, StatusRecord, TagCategoryRecord, TagRecord},
    settings::Settings,
    timeline::Colleague,
};
use crate::{Poll, calls::later};

/// The most tags, categories or activity types of one batch.
pub(crate) const MOST_ITEMS: usize = 2000;

/// How posted time leaves the team.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Connection {
    None,
    Fetch,
    Webhook { callback: Uri, caller_key: Option<String> },
}

#[derive(Debug)]
pub(crate) struct Team {
    pub(crate) settings: Settings,
    pub(crate) key: String,
    /// Counts everything that needs a number of its own.
    pub(crate) count: u64,
    pub(crate) connection: Connection,
    pub(crate) tags: Vec<TagRecord>,
    pub(crate) categories: Vec<TagCategoryRecord>,
    pub(crate) activity_types: Vec<ActivityType>,
    pub(crate) sessions: Vec<Session>,
    /// After how many batches the next sessions are forgotten.
    pub(crate) forgetful: VecDeque<usize>,
    pub(crate) groups: Vec<Group>,
    pub(crate) statuses: Vec<StatusRecord>,
    pub(crate) health: Vec<HealthNotice>,
    pub(super) colleagues: Vec<Colleague>,
    /// The calls of the last minute, where there is a limit.
    pub(crate) recent: Vec<(u64, DateTime<Utc>)>,
}

impl Team {
    pub(crate) fn new(settings: Settings) -> Self {
        let key = settings.api_key.clone().unwrap_or_else(|| "wt-5d1c6f0b8e3a4977".to_owned());
        Self {
            settings,
            key,
            count: 0,
            connection: Connection::None,
            tags: Vec::new(),
            categories: Vec::new(),
            activity_types: Vec::new(),
            sessions: Vec::new(),
            forgetful: VecDeque::new(),
            groups: Vec::new(),
            statuses: Vec::new(),
            health: Vec::new(),
            colleagues: Vec::new(),
            recent: Vec::new(),
        }
    }

    pub(crate) fn step(
        &mut self,
        call: u64,
        request: &Request<Bytes>,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Poll {
        let Some(path) = request.uri().path().strip_prefix("/connect/api/") else {
            return reply(Err(nothing_here()), now);
        };
        if let Err(refusal) = self.authorise(request, path).and_then(|()| self.within_rate(call, now)) {
            return reply(Err(refusal), now);
        }
        let method = request.method().as_str();
        if (method, path) == ("GET", "postedtime") {
            return match self.fetch(request, since, now) {
                Ok(None) => Poll::Held { until: self.next_event(later(since, self.settings.hold)) },
                Ok(Some(groups)) => reply(Ok(groups), now),
                Err(refusal) => reply(Err(refusal), now),
            };
        }
        reply(self.route(method, path, request, now), now)
    }

    fn route(&mut self, method: &str, path: &str, request: &Request<Bytes>, now: DateTime<Utc>) -> Answered {
        let body = request.body();
        match (method, path) {
            ("GET", "team/info") => Ok(json!({"teamName": "Byron & Partners"})),
            ("POST", "tag") => self.upsert_tag(body),
            ("POST", "tag/batch") => self.upsert_tags(body),
            ("POST", "tag/delete") => self.delete_tag(body),
            ("POST", "tag/metadata/delete") => self.delete_metadata(body),
            ("POST", "tag/keyword") => self.add_keywords(body),
            ("POST", "tag/keyword/delete") => self.delete_keyword(body),
            ("POST", "tagcategory/batch") => self.upsert_categories(body),
            ("POST", "tagcategory/delete") => self.delete_category(body),
            ("POST", "activitytype/sync/start") => Ok(self.start_session()),
            ("POST", "activitytype/sync/complete") => self.complete_session(body),
            ("POST", "activitytype/sync/cancel") => self.cancel_session(body),
            ("POST", "activitytype/batch") => self.upsert_activity_types(body),
            ("GET", "postedtime/list") => self.list_posted(request),
            ("POST", "postedtime/registerfetchclient") => self.register_fetch(body),
            ("POST", "postedtime/unregisterfetchclient") => self.unregister_fetch(),
            ("POST", "postedtime/status") => self.update_status(body, now),
            ("POST", "postedtime/subscribe") => self.subscribe(body),
            ("POST", "postedtime/unsubscribe") => self.unsubscribe(),
            ("POST", "team/managed/config") => self.managed_config(body, now),
            ("POST", "healthcheck/failure/notify") => self.notify_failure(body, now),
            ("POST", "healthcheck/failure/rescind") => {
                self.rescind(now);
                Ok(Value::Null)
            }
            _ => Err(nothing_here()),
        }
    }

    fn authorise(&self, request: &Request<Bytes>, path: &str) -> Result<(), Refusal> {
        if request.headers().get("x-api-key").is_some_and(|key| key.as_bytes() == self.key.as_bytes()) {
            return Ok(());
        }
        let status = if path == "tagcategory/delete" && self.settings.hides_categories {
            StatusCode::NOT_FOUND
        } else if self.settings.forbids_bad_keys {
            StatusCode::FORBIDDEN
        } else {
            StatusCode::UNAUTHORIZED
        };
        Err(refuse(status, "a valid API key is required"))
    }

    /// A call that is held counts once.
    fn within_rate(&mut self, call: u64, now: DateTime<Utc>) -> Result<(), Refusal> {
        let Some(limit) = self.settings.rate_limit else { return Ok(()) };
        self.recent.retain(|(one, at)| *one == call || now - *at < TimeDelta::minutes(1));
        if self.recent.iter().any(|(one, _)| *one == call) {
            return Ok(());
        }
        if self.recent.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
            return Err(too_many());
        }
        self.recent.push((call, now));
        Ok(())
    }
}

fn nothing_here() -> Refusal {
    refuse(StatusCode::NOT_FOUND, "there is nothing at this path")
}

pub(crate) fn too_many() -> Refusal {
    refuse(StatusCode::TOO_MANY_REQUESTS, "too many requests")
}
