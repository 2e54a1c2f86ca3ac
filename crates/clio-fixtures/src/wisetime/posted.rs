//! Posted time: fetched by a long poll, listed, acknowledged.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{
    answer::{Answered, Fields, Refusal, invalid, parse, refuse},
    records::{GroupState, GroupStatus, StatusRecord},
    team::{Connection, Team},
};
use crate::calls::later;

/// The most groups of one fetch, unless the settings say that more can be had.
const MOST_GROUPS: usize = 25;

/// The most groups of one list, and how many without a limit.
const MOST_LISTED: usize = 500;
const LISTED: usize = 100;

#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) id: Option<String>,
    pub(crate) json: Value,
    pub(crate) state: GroupState,
    /// When it may be handed out, unless it has ended.
    pub(crate) free_at: DateTime<Utc>,
    /// Somebody was registered when it was posted, or WiseTime keeps time without that.
    pub(crate) recorded: bool,
    /// How often a webhook was called with it.
    pub(crate) attempts: u32,
}

impl Group {
    pub(crate) fn ended(&self) -> bool {
        matches!(self.state, GroupState::Success | GroupState::Failure)
    }

    /// It can be handed out, now or later.
    pub(crate) fn open(&self) -> bool {
        self.recorded && !self.ended()
    }

    fn submitted(&self) -> i64 {
        self.json.get("submissionTime").and_then(Value::as_i64).unwrap_or(0)
    }
}

impl Team {
    /// What can be handed out now; `None` while the call is to be held.
    pub(crate) fn fetch(
        &mut self,
        request: &Request<Bytes>,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Option<Value>, Refusal> {
        let most = if self.settings.large_fetches { usize::MAX } else { MOST_GROUPS };
        let limit = match param(request, "limit") {
            None => MOST_GROUPS,
            Some(text) => text
                .parse::<usize>()
                .ok()
                .filter(|limit| *limit >= 1)
                .ok_or_else(|| invalid("the limit cannot be smaller than 1".to_owned()))?
                .min(most),
        };
        self.not_by_webhook()?;
        self.connection = Connection::Fetch;
        let until = later(now, self.settings.redelivery);
        let free = self.groups.iter_mut().filter(|group| group.open() && group.free_at <= now).take(limit);
        let groups: Vec<_> = free
            .map(|group| {
                group.state = GroupState::HandedOut { until };
                group.free_at = until;
                group.json.clone()
            })
            .collect();
        let over = now >= later(since, self.settings.hold);
        Ok((over || !groups.is_empty()).then_some(Value::Array(groups)))
    }

    /// The first moment up to `end` at which a group becomes available.
    pub(crate) fn next_event(&self, end: DateTime<Utc>) -> DateTime<Utc> {
        let open = self.groups.iter().filter(|group| group.open()).map(|group| group.free_at);
        open.fold(end, DateTime::min)
    }

    /// Pending and successful groups, the newest first. Of equal times the one that was posted later comes first.
    pub(crate) fn list_posted(&self, request: &Request<Bytes>) -> Answered {
        let number = |name: &str| match param(request, name) {
            None => Ok(None),
            Some(text) => text.parse::<i64>().map(Some).map_err(|_| invalid(format!("{name} is no number"))),
        };
        let limit = match number("limit")? {
            None => LISTED,
            Some(limit) => usize::try_from(limit)
                .ok()
                .filter(|limit| (1..=MOST_LISTED).contains(limit))
                .ok_or_else(|| invalid(format!("the limit lies between 1 and {MOST_LISTED}")))?,
        };
        let before = number("submittedBefore")?.unwrap_or(i64::MAX);
        let listed = |group: &&Group| group.state != GroupState::Failure && group.submitted() < before;
        let mut groups: Vec<&Group> = self.groups.iter().rev().filter(listed).collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.submitted()));
        Ok(groups.into_iter().take(limit).map(as_listed).collect())
    }

    pub(crate) fn register_fetch(&mut self, body: &[u8]) -> Answered {
        parse(body).and_then(|body| Fields::of(&body).map(|_| ())).map_err(invalid)?;
        if self.connection != Connection::None {
            return Err(refuse(StatusCode::CONFLICT, "a fetch client or webhook is registered already"));
        }
        self.connection = Connection::Fetch;
        Ok(json!({}))
    }

    pub(crate) fn unregister_fetch(&mut self) -> Answered {
        self.not_by_webhook()?;
        if self.connection == Connection::None {
            return Err(refuse(StatusCode::NOT_FOUND, "no fetch client is registered"));
        }
        self.connection = Connection::None;
        Ok(json!({}))
    }

    /// Every update is kept; only the first that ends a group changes its state.
    pub(crate) fn update_status(&mut self, body: &[u8], now: DateTime<Utc>) -> Answered {
        let body = parse(body).map_err(invalid)?;
        let fields = Fields::of(&body).map_err(invalid)?;
        let group_id = fields.required("timeGroupId").map_err(invalid)?.to_owned();
        let text = |name| fields.full(name).map(|text| text.map(str::to_owned)).map_err(invalid);
        let (message, external_id) = (text("message")?, text("externalId")?);
        let status = match fields.text("status").map_err(invalid)? {
            Some("SUCCESS") => GroupStatus::Success,
            Some("FAILURE") => GroupStatus::Failure,
            Some("RETRIABLE_FAILURE") => GroupStatus::RetriableFailure,
            _ => return Err(invalid("there is no such status".to_owned())),
        };
        self.not_by_webhook()?;
        let free_at = later(now, self.settings.redelivery);
        if !self.settle_group(&group_id, status, free_at) {
            return Err(refuse(StatusCode::NOT_FOUND, "there is no such time group"));
        }
        self.statuses.push(StatusRecord { group_id, status, message, external_id, at: now });
        Ok(json!({}))
    }

    /// Puts every group of this id into the state that follows from a status. `false` when there is none.
    pub(crate) fn settle_group(&mut self, id: &str, status: GroupStatus, free_at: DateTime<Utc>) -> bool {
        let state = match status {
            GroupStatus::Success => GroupState::Success,
            GroupStatus::Failure => GroupState::Failure,
            GroupStatus::RetriableFailure => GroupState::Retriable,
        };
        let mut known = false;
        for group in self.groups.iter_mut().filter(|group| group.id.as_deref() == Some(id)) {
            known = true;
            if !group.ended() {
                group.state = state;
                group.free_at = free_at;
            }
        }
        known
    }

    fn not_by_webhook(&self) -> Result<(), Refusal> {
        if matches!(self.connection, Connection::Webhook { .. }) {
            let text = "the team has a webhook for posted time: switching to a fetch client is required";
            return Err(refuse(StatusCode::CONFLICT, text));
        }
        Ok(())
    }
}

/// A group with its present status, where it is an object.
fn as_listed(group: &Group) -> Value {
    let mut json = group.json.clone();
    if let Value::Object(members) = &mut json {
        let status = if group.state == GroupState::Success { "SUCCESS" } else { "PENDING" };
        members.insert("status".to_owned(), status.into());
    }
    json
}

fn param(request: &Request<Bytes>, name: &str) -> Option<String> {
    let query = request.uri().query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
