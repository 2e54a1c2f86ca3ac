//! Activities as a target.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use clio_api::{Clio, JsonBody, Limits, Permit, RetryPolicy};
use clio_core::{
    Amount, Applied, Body, ErrorKind as ClioErrorKind, Id, Selection,
    schema::{objects, operations::CreateActivity},
};
use clio_model::Activity;
use futures_util::TryStreamExt;
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use serde_json::Value;

use crate::{
    Capabilities, Content, Error, ErrorKind, Fingerprint, Found, Outcome, Ready, Result, SendLimits, Target,
    Write,
};

/// The kind of this target.
const KIND: &str = "clio/activity";

/// An unlinked activity that agrees in one of these may be ours, changed by a person: they mend the note or the time, or
/// move the entry to the right matter.
const NEAR_MISS: &[&[&str]] = &[&["note"], &["matter.id", "user.id", "date"]];

/// Activities as a target.
pub fn activities(clio: &Clio) -> Activities {
    Activities { clio: clio.clone() }
}

/// The write that creates this activity. `label` is for people who read a report.
///
/// # Errors
///
/// What the draft itself reports.
pub fn activity(
    draft: &impl Body<CreateActivity>,
    label: impl Into<String>,
) -> Result<Write, clio_core::Error> {
    let payload = draft.json()?;
    let fields: Fields = serde_json::from_str(&payload).map_err(|e| {
        clio_core::Error::new(ClioErrorKind::Invalid, "the draft is no activity").with_source(e)
    })?;
    Ok(Write { payload, content: fields.content(), label: label.into() })
}

/// Activities as a target. Made by [`activities`].
#[derive(Debug, Clone)]
pub struct Activities {
    clio: Clio,
}

#[async_trait]
impl Target for Activities {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { fingerprint: Fingerprint::Content { near_miss: NEAR_MISS }, batch: 1 }
    }

    fn monotonic(&self) -> Duration {
        self.clio.clock().monotonic()
    }

    async fn prepare(&self, within: Duration) -> Result<Ready> {
        Ok(Ready::with(self.clio.reserve(within).await?))
    }

    async fn server_time(&self) -> Result<DateTime<Utc>> {
        if let Some(time) = self.clio.server_time() {
            return Ok(time);
        }
        self.clio.users().who_am_i().await?;
        self.clio.server_time().ok_or_else(|| {
            Error::new(ErrorKind::Protocol, "Clio's answers carry no Date header, so no look is safe")
        })
    }

    async fn send(&self, writes: &[Write], limits: SendLimits, ready: Ready) -> Vec<Outcome> {
        let mut permit = ready.take::<Permit>();
        let mut outcomes = Vec::with_capacity(writes.len());
        for write in writes {
            let mut call = self
                .clio
                .activities()
                .create(JsonBody::new(write.payload.clone()))
                .select::<Activity>()
                .with_limits(Limits { total: limits.answer_within, ..Limits::default() })
                .with_send_by(limits.send_by)
                // Whether it is sent again is for the engine to say, which has written down what was sent before.
                .with_retry(RetryPolicy::never());
            if let Some(permit) = permit.take() {
                call = call.with_permit(permit);
            }
            outcomes.push(match call.await {
                Ok(activity) => Outcome::Applied {
                    remote_id: activity.id.to_string(),
                    etag: Some(activity.etag.clone()),
                    echo: Some(Fields::from(activity).content()),
                },
                Err(error) => outcome(error),
            });
        }
        outcomes
    }

    async fn created_since(&self, floor: DateTime<Utc>) -> Result<Vec<Found>> {
        let list = self.clio.activities().list().created_since(floor).select::<Seen>();
        let found = list.items().map_ok(|seen| Found {
            remote_id: seen.id.to_string(),
            etag: None,
            content: seen.content(),
        });
        Ok(found.try_collect().await?)
    }
}

/// What an error says of the write.
fn outcome(error: clio_core::Error) -> Outcome {
    match (error.kind(), error.applied()) {
        (ClioErrorKind::RateLimited, Applied::Perhaps) => Outcome::RateLimited(error.retry_after()),
        (
            ClioErrorKind::Invalid
            | ClioErrorKind::NotFound
            | ClioErrorKind::Forbidden
            | ClioErrorKind::Conflict,
            Applied::No,
        ) => Outcome::Refused(error.message().to_owned()),
        (_, Applied::No) => Outcome::NotSent(error.into()),
        (_, Applied::Perhaps) => Outcome::Unknown(error.to_string()),
    }
}

/// An activity as a look sees it. Records of others are among them, and of those anything may be strange: what cannot be
/// read is not there, and so agrees with nothing.
struct Seen {
    id: Id<objects::Activity>,
    fields: serde_json::Map<String, Value>,
}

impl Selection<objects::Activity> for Seen {
    const FIELDS: &'static str = <Activity as Selection<objects::Activity>>::FIELDS;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = serde_json::Map::deserialize(deserializer)?;
        let id = fields.get("id").and_then(Value::as_i64).ok_or_else(|| D::Error::missing_field("id"))?;
        Ok(Self { id: Id::new(id), fields })
    }
}

impl Seen {
    fn content(self) -> Content {
        let mut fields = self.fields;
        let mut take = |name: &str| fields.remove(name);
        Fields {
            r#type: read(take("type")),
            date: read(take("date")),
            quantity: read(take("quantity")),
            price: read(take("price")),
            note: read(take("note")),
            non_billable: read(take("non_billable")),
            matter: read(take("matter")),
            user: read(take("user")),
            activity_description: read(take("activity_description")),
        }
        .content()
    }
}

/// The value, if it is one of this kind. By way of its text, which is exact for what Clio sends.
fn read<T: DeserializeOwned>(value: Option<Value>) -> Option<T> {
    serde_json::from_str(&value?.to_string()).ok()
}

/// The fields of an activity that are written and read back alike.
#[derive(Deserialize)]
struct Fields {
    r#type: Option<String>,
    date: Option<NaiveDate>,
    quantity: Option<Amount>,
    price: Option<Amount>,
    note: Option<String>,
    non_billable: Option<bool>,
    matter: Option<Ref>,
    user: Option<Ref>,
    activity_description: Option<Ref>,
}

#[derive(Deserialize)]
struct Ref {
    id: i64,
}

impl From<Activity> for Fields {
    fn from(activity: Activity) -> Self {
        Self {
            r#type: Some(activity.kind.to_string()),
            date: activity.date,
            quantity: activity.quantity,
            price: activity.price,
            note: activity.note,
            non_billable: activity.non_billable,
            matter: activity.matter.map(|matter| Ref { id: matter.id.get() }),
            user: activity.user.map(|user| Ref { id: user.id.get() }),
            activity_description: activity.activity_description.map(|category| Ref { id: category.id.get() }),
        }
    }
}

impl Fields {
    /// Only what is there: a field that was not written is not compared.
    fn content(self) -> Content {
        // 1800 and 1800.0 are one number.
        let number = |number: Amount| number.get().normalize().to_string();
        let id = |reference: Ref| reference.id.into();
        let fields = [
            ("type", self.r#type.map(Into::into)),
            ("date", self.date.map(|date| date.to_string().into())),
            ("quantity", self.quantity.map(number).map(Into::into)),
            ("price", self.price.map(number).map(Into::into)),
            // Blanks are not what makes a note: some systems trim them, and a lost note must be found all the same.
            ("note", self.note.map(|note| note.split_whitespace().collect::<Vec<_>>().join(" ").into())),
            ("non_billable", self.non_billable.map(Into::into)),
            ("matter.id", self.matter.map(id)),
            ("user.id", self.user.map(id)),
            ("activity_description.id", self.activity_description.map(id)),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use clio_core::{Id, Seconds};
    use clio_model::TimeEntry;

    use super::*;

    #[test]
    fn what_is_written_compares_with_what_is_read_back() {
        let draft = TimeEntry::on(Id::new(7), NaiveDate::from_ymd_opt(2026, 3, 2).unwrap())
            .duration(Seconds(1_800))
            .note("n")
            .user(Id::new(3));
        let written = activity(&draft, "n").unwrap().content;
        let echo = r#"{"id":1,"etag":"e","type":"TimeEntry","date":"2026-03-02","quantity":1800.0,"price":250.0,
            "note":"n","non_billable":false,"matter":{"id":7},"user":{"id":3},"activity_description":null}"#;
        let echo = Fields::from(clio_core::decode::<objects::Activity, Activity>(echo).unwrap()).content();
        for (name, value) in &written {
            assert_eq!(echo.get(name), Some(value), "{name}");
        }
        assert!(!written.contains_key("price"), "a price that Clio finds is not compared");
    }

    #[test]
    fn only_a_clear_refusal_is_one() {
        let error = |kind, applied| clio_core::Error::new(kind, "x").with_applied(applied);
        let refused = outcome(error(ClioErrorKind::Invalid, Applied::No));
        assert!(matches!(refused, Outcome::Refused(_)));
        let proxy = outcome(error(ClioErrorKind::Forbidden, Applied::Perhaps));
        assert!(matches!(proxy, Outcome::Unknown(_)));
        let lost = outcome(error(ClioErrorKind::AuthorisationLost, Applied::No));
        assert!(matches!(lost, Outcome::NotSent(error) if error.kind() == ErrorKind::AuthorisationLost));
        let ours = outcome(error(ClioErrorKind::RateLimited, Applied::No));
        assert!(matches!(ours, Outcome::NotSent(error) if error.kind() == ErrorKind::RateLimited));
        let clios = outcome(error(ClioErrorKind::RateLimited, Applied::Perhaps));
        assert!(matches!(clios, Outcome::RateLimited(_)));
    }
}
