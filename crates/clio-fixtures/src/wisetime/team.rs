//! The state of a team and what each path does with it.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response, StatusCode, header};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::records::{GroupState, GroupStatus, StatusRecord, TagRecord};
use crate::{
    Poll,
    calls::later,
    run::{JSON, http_date},
};

/// The most groups of one fetch, and the most tags of one batch.
const MOST_GROUPS: usize = 25;
const MOST_TAGS: usize = 2000;

/// The key that every call has to bring.
pub(crate) const API_KEY: &str = "wt-5d1c6f0b8e3a4977";

#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) id: Option<String>,
    pub(crate) json: Value,
    pub(crate) state: GroupState,
    /// When it may be handed out, unless it has ended.
    pub(crate) free_at: DateTime<Utc>,
}

impl Group {
    fn ended(&self) -> bool {
        matches!(self.state, GroupState::Success | GroupState::Failure)
    }
}

#[derive(Debug)]
pub(crate) struct Team {
    pub(crate) hold: Duration,
    pub(crate) redelivery: Duration,
    pub(crate) tags: Vec<TagRecord>,
    pub(crate) groups: Vec<Group>,
    pub(crate) statuses: Vec<StatusRecord>,
    pub(crate) registered: bool,
}

type Answered = Result<Value, (StatusCode, Value)>;

impl Team {
    pub(crate) fn step(
        &mut self,
        request: &Request<Bytes>,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Poll {
        let Some(path) = request.uri().path().strip_prefix("/connect/api/") else {
            return reply(Err(refuse(StatusCode::NOT_FOUND, "there is nothing at this path")), now);
        };
        if request.headers().get("x-api-key").is_none_or(|key| key != API_KEY) {
            return reply(Err(refuse(StatusCode::UNAUTHORIZED, "a valid API key is required")), now);
        }
        let method = request.method().as_str();
        if (method, path) == ("GET", "postedtime") {
            return match self.fetch(request, since, now) {
                Ok(None) => Poll::Held { until: self.next_event(later(since, self.hold)) },
                Ok(Some(groups)) => reply(Ok(groups), now),
                Err(refusal) => reply(Err(refusal), now),
            };
        }
        reply(self.route(method, path, request.body(), now), now)
    }

    fn route(&mut self, method: &str, path: &str, body: &[u8], now: DateTime<Utc>) -> Answered {
        match (method, path) {
            ("GET", "team/info") => Ok(json!({"teamName": "Byron & Partners"})),
            ("POST", "tag") => {
                let tag = parse(body)?;
                if name(&tag).is_none() {
                    return Err(refuse(StatusCode::BAD_REQUEST, "the tag has no name"));
                }
                self.upsert(&tag);
                Ok(json!({}))
            }
            ("POST", "tag/batch") => self.upsert_all(&parse(body)?),
            ("POST", "tag/delete") => {
                let body = parse(body)?;
                let name =
                    name(&body).ok_or_else(|| refuse(StatusCode::BAD_REQUEST, "the tag has no name"))?;
                let at = self.tags.iter().position(|tag| tag.name == name);
                self.tags.remove(at.ok_or_else(|| refuse(StatusCode::NOT_FOUND, "there is no such tag"))?);
                Ok(json!({}))
            }
            ("POST", "postedtime/status") => self.status(&parse(body)?, now),
            ("POST", "postedtime/registerfetchclient") => {
                if std::mem::replace(&mut self.registered, true) {
                    return Err(refuse(StatusCode::CONFLICT, "a fetch client is registered already"));
                }
                Ok(json!({}))
            }
            ("POST", "postedtime/unregisterfetchclient") => {
                if !std::mem::replace(&mut self.registered, false) {
                    return Err(refuse(StatusCode::NOT_FOUND, "no fetch client is registered"));
                }
                Ok(json!({}))
            }
            _ => Err(refuse(StatusCode::NOT_FOUND, "there is nothing at this path")),
        }
    }

    /// What can be handed out now; `None` while the call is to be held.
    fn fetch(
        &mut self,
        request: &Request<Bytes>,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Option<Value>, (StatusCode, Value)> {
        let query = request.uri().query().unwrap_or_default();
        let limit = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "limit");
        let limit = match limit {
            None => MOST_GROUPS,
            Some((_, text)) => text
                .parse::<usize>()
                .ok()
                .filter(|limit| *limit >= 1)
                .ok_or_else(|| refuse(StatusCode::BAD_REQUEST, "the limit cannot be smaller than 1"))?
                .min(MOST_GROUPS),
        };
        self.registered = true;
        let until = later(now, self.redelivery);
        let free = self.groups.iter_mut().filter(|group| !group.ended() && group.free_at <= now).take(limit);
        let groups: Vec<_> = free
            .map(|group| {
                group.state = GroupState::HandedOut { until };
                group.free_at = until;
                group.json.clone()
            })
            .collect();
        let over = now >= later(since, self.hold);
        Ok((over || !groups.is_empty()).then_some(Value::Array(groups)))
    }

    /// The first moment up to `end` at which a group becomes available.
    fn next_event(&self, end: DateTime<Utc>) -> DateTime<Utc> {
        let open = self.groups.iter().filter(|group| !group.ended()).map(|group| group.free_at);
        open.fold(end, DateTime::min)
    }

    fn upsert_all(&mut self, body: &Value) -> Answered {
        let tags = body.get("tags").and_then(Value::as_array);
        let tags = tags.ok_or_else(|| refuse(StatusCode::BAD_REQUEST, "the body has no list of tags"))?;
        if tags.len() > MOST_TAGS {
            return Err(refuse(StatusCode::BAD_REQUEST, "a batch has at most 2000 tags"));
        }
        let nameless = tags.iter().enumerate().filter(|(_, tag)| name(tag).is_none());
        let errors: Vec<_> = nameless
            .map(|(index, _)| json!({"index": index, "errorDescription": "the tag has no name"}))
            .collect();
        if !errors.is_empty() {
            return Err((StatusCode::BAD_REQUEST, json!({ "errors": errors })));
        }
        for tag in tags {
            self.upsert(tag);
        }
        Ok(json!({"errors": []}))
    }

    /// Creates or updates by name. What is empty or absent stays as it was; keywords only grow.
    fn upsert(&mut self, tag: &Value) {
        let Some(name) = name(tag) else { return };
        let at = self.tags.iter().position(|known| known.name == name).unwrap_or_else(|| {
            let bare = tag.get("excludeTagNameKeyword").and_then(Value::as_bool).unwrap_or(false);
            let keywords = if bare { Vec::new() } else { vec![name.to_owned()] };
            let name = name.to_owned();
            self.tags.push(TagRecord { name, description: None, external_id: None, url: None, keywords });
            self.tags.len() - 1
        });
        let known = &mut self.tags[at];
        for (member, slot) in [
            ("description", &mut known.description),
            ("externalId", &mut known.external_id),
            ("url", &mut known.url),
        ] {
            if let Some(text) = text(tag, member) {
                *slot = Some(text);
            }
        }
        let more = tag.get("additionalKeywords").and_then(Value::as_array).into_iter().flatten();
        for keyword in more.filter_map(Value::as_str) {
            if !known.keywords.iter().any(|one| one == keyword) {
                known.keywords.push(keyword.to_owned());
            }
        }
    }

    /// Every update is kept; only the first that ends a group changes its state.
    fn status(&mut self, body: &Value, now: DateTime<Utc>) -> Answered {
        let group_id = text(body, "timeGroupId");
        let group_id = group_id.ok_or_else(|| refuse(StatusCode::BAD_REQUEST, "no timeGroupId"))?;
        let (status, state) = match body.get("status").and_then(Value::as_str) {
            Some("SUCCESS") => (GroupStatus::Success, GroupState::Success),
            Some("FAILURE") => (GroupStatus::Failure, GroupState::Failure),
            Some("RETRIABLE_FAILURE") => (GroupStatus::RetriableFailure, GroupState::Retriable),
            _ => return Err(refuse(StatusCode::BAD_REQUEST, "there is no such status")),
        };
        let free_at = later(now, self.redelivery);
        let mut known = false;
        for group in self.groups.iter_mut().filter(|group| group.id.as_ref() == Some(&group_id)) {
            known = true;
            if !group.ended() {
                group.state = state;
                group.free_at = free_at;
            }
        }
        if !known {
            return Err(refuse(StatusCode::NOT_FOUND, "there is no such time group"));
        }
        let (message, external_id) = (text(body, "message"), text(body, "externalId"));
        self.statuses.push(StatusRecord { group_id, status, message, external_id, at: now });
        Ok(json!({}))
    }
}

fn parse(body: &[u8]) -> Answered {
    serde_json::from_slice(body).map_err(|_| refuse(StatusCode::BAD_REQUEST, "the body is not JSON"))
}

/// A member that is a text with something in it.
fn text(object: &Value, member: &str) -> Option<String> {
    object.get(member).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn name(tag: &Value) -> Option<&str> {
    tag.get("name").and_then(Value::as_str).filter(|name| !name.trim().is_empty())
}

fn refuse(status: StatusCode, message: &str) -> (StatusCode, Value) {
    (status, json!({ "message": message }))
}

fn reply(answer: Answered, now: DateTime<Utc>) -> Poll {
    let (status, body) = answer.map_or_else(|refusal| refusal, |body| (StatusCode::OK, body));
    Poll::Ready(response(status, &body, now))
}

pub(crate) fn response(status: StatusCode, body: &Value, now: DateTime<Utc>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response.headers_mut().insert(header::DATE, http_date(now));
    response
}
