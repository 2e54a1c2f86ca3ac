//! The webhook of a team: who is called, with what, and what follows from the answer.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response, StatusCode, Uri, header};
use serde_json::{Value, json};

use super::{
    answer::{Answered, Fields, invalid, parse, refuse},
    records::{GroupState, GroupStatus, StatusRecord},
    team::{Connection, Team},
};
use crate::{calls::later, run::JSON};

/// One call of WiseTime's to the webhook that is due: what [`WiseTimeWorld::due_deliveries`] gives out.
///
/// [`WiseTimeWorld::due_deliveries`]: crate::WiseTimeWorld::due_deliveries
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WiseTimeDelivery {
    /// The `groupId` of the group, where that is a text.
    pub group_id: Option<String>,
    /// Counted from 1 for each group.
    pub attempt: u32,
    /// `POST` to the callback URL; the body is the time group, with the `callerKey` of the subscription in it.
    pub request: Request<Bytes>,
    /// Where the group stands in the world.
    group: usize,
}

impl Team {
    /// A team has one webhook or one fetch client.
    pub(crate) fn subscribe(&mut self, body: &[u8]) -> Answered {
        let body = parse(body).map_err(invalid)?;
        let fields = Fields::of(&body).map_err(invalid)?;
        let url = fields.required("callbackUrl").map_err(invalid)?;
        let caller_key = fields.text("callerKey").map_err(invalid)?.map(str::to_owned);
        let callback = url.parse::<Uri>().ok().filter(|uri| uri.scheme().is_some() && uri.host().is_some());
        let callback = callback.ok_or_else(|| invalid("callbackUrl is no URL".to_owned()))?;
        if self.connection != Connection::None {
            return Err(refuse(StatusCode::CONFLICT, "a webhook or fetch client is registered already"));
        }
        self.connection = Connection::Webhook { callback, caller_key };
        Ok(json!({}))
    }

    pub(crate) fn unsubscribe(&mut self) -> Answered {
        if !matches!(self.connection, Connection::Webhook { .. }) {
            return Err(refuse(StatusCode::NOT_FOUND, "there is no webhook"));
        }
        self.connection = Connection::None;
        Ok(json!({}))
    }

    /// Takes out what is due. Each is out until its answer is told, at most for the time of redelivery.
    pub(crate) fn take_deliveries(&mut self, now: DateTime<Utc>) -> Vec<WiseTimeDelivery> {
        let Connection::Webhook { callback, caller_key } = &self.connection else { return Vec::new() };
        let until = later(now, self.settings.redelivery);
        let due = self.groups.iter_mut().enumerate();
        due.filter(|(_, group)| group.open() && group.free_at <= now)
            .map(|(at, group)| {
                group.state = GroupState::HandedOut { until };
                group.free_at = until;
                group.attempts = group.attempts.saturating_add(1);
                let request = call(callback, caller_key.as_deref(), &group.json);
                WiseTimeDelivery { group_id: group.id.clone(), attempt: group.attempts, request, group: at }
            })
            .collect()
    }

    /// When the next delivery is due, if any is to be expected.
    pub(crate) fn next_delivery(&self) -> Option<DateTime<Utc>> {
        matches!(self.connection, Connection::Webhook { .. }).then_some(())?;
        self.groups.iter().filter(|group| group.open()).map(|group| group.free_at).min()
    }

    /// 2xx is a success, 400 final; everything else, silence included, is tried again, later and later.
    pub(crate) fn delivered(
        &mut self,
        delivery: &WiseTimeDelivery,
        answer: Option<&Response<Bytes>>,
        now: DateTime<Utc>,
    ) {
        let said = |answer: &Response<Bytes>| String::from_utf8_lossy(answer.body()).trim().to_owned();
        let message = answer.map(said).filter(|text| !text.is_empty());
        let (mut status, mut message) = match answer.map(Response::status) {
            Some(status) if status.is_success() => (GroupStatus::Success, None),
            Some(StatusCode::BAD_REQUEST) => (GroupStatus::Failure, message),
            _ => (GroupStatus::RetriableFailure, message),
        };
        if status == GroupStatus::RetriableFailure && delivery.attempt >= self.settings.webhook_attempts {
            status = GroupStatus::Failure;
            message = Some("the webhook was called too often in vain".to_owned());
        }
        let doublings = delivery.attempt.saturating_sub(1).min(16);
        let wait = self.settings.webhook_retry.saturating_mul(1 << doublings);
        let Some(group) = self.groups.get_mut(delivery.group).filter(|group| !group.ended()) else { return };
        group.state = match status {
            GroupStatus::Success => GroupState::Success,
            GroupStatus::Failure => GroupState::Failure,
            GroupStatus::RetriableFailure => GroupState::Retriable,
        };
        group.free_at = later(now, wait);
        let group_id = delivery.group_id.clone().unwrap_or_default();
        self.statuses.push(StatusRecord { group_id, status, message, external_id: None, at: now });
    }
}

fn call(callback: &Uri, caller_key: Option<&str>, group: &Value) -> Request<Bytes> {
    let mut group = group.clone();
    if let (Value::Object(members), Some(key)) = (&mut group, caller_key) {
        members.insert("callerKey".to_owned(), key.into());
    }
    let mut request = Request::new(Bytes::from(group.to_string()));
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = callback.clone();
    request.headers_mut().insert(header::CONTENT_TYPE, JSON);
    request
}
