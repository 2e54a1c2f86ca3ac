//! Activities as a target.

mod content;

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_api::{Clio, JsonBody};
use clio_core::{
    Body, ErrorKind as ClioErrorKind, Id,
    schema::{
        objects,
        operations::{CreateActivity, UpdateActivity},
    },
};
use clio_model::Activity;
use futures_util::TryStreamExt;
use serde_json::Value;

use super::sending::{Sender, outcome, outcome_upon, remote};
use crate::{
    Action, Capabilities, Fingerprint, Found, Look, NearMiss, Outcome, Ready, Result, SendLimits, Sending,
    Target, Write,
};
use content::{Fields, Seen, marked, marker_in};

/// The kind of this target.
const KIND: &str = "clio/activity";

/// An unlinked activity that agrees in one of these may be ours, changed by a person: they mend the note or the time, or
/// move the entry to the right matter.
const NEAR_MISS: NearMiss = &[&["note"], &["matter.id", "user.id", "date"]];

/// Activities as a target, recognised by their content: nothing is added to an invoice.
pub fn activities(clio: &Clio) -> Activities {
    Activities { clio: clio.clone(), marking: Marking::None }
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
    marking: Marking,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marking {
    None,
    Note,
    Strict,
}

impl Activities {
    /// Adds a short code to each note, ` [#7K3Q9V0XJ2M4B8TC]`, by which a record is recognised exactly, whatever else is
    /// equal. It stands on the invoice too, unless a person takes it out.
    #[must_use]
    pub fn with_markers(mut self) -> Self {
        self.marking = Marking::Note;
        self
    }

    /// With markers, and never two on a bill, even if a request takes effect later than any should: an activity is created
    /// non-billable, and the one with the lowest id is made billable under its version. Takes three requests instead of
    /// one; for moments a non-billable entry is seen. What is to be non-billable anyway takes one.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.marking = Marking::Strict;
        self
    }

    async fn create(&self, sending: &Sending, sender: &mut Sender) -> Outcome {
        let inert = self.is_inert(&sending.write);
        let payload = match self.marking {
            Marking::None => Ok(sending.write.payload.clone()),
            _ => with_marker(&sending.write.payload, &sending.marker(), inert),
        };
        let payload = match payload {
            Ok(payload) => payload,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        let call = self.clio.activities().create(JsonBody::new(payload)).select::<Activity>();
        let created = match sender.dress(call).await {
            Ok(activity) => activity,
            Err(error) => return outcome(error),
        };
        if inert {
            return self.activate(sending, Some(&created), sender).await;
        }
        applied(created)
    }

    /// Nothing is billed before it is finished.
    fn is_inert(&self, write: &Write) -> bool {
        self.marking == Marking::Strict && write.content.get("non_billable") != Some(&Value::Bool(true))
    }

    /// Makes the lowest of all that carry this marker billable, and takes away what an earlier attempt has left beside it.
    async fn activate(&self, sending: &Sending, created: Option<&Activity>, sender: &mut Sender) -> Outcome {
        let mut there = match self.marked(&sending.marker()).await {
            Ok(there) => there,
            Err(error) => return Outcome::Unknown(error.to_string()),
        };
        // A search may lag behind.
        let own = created.map(|own| (own.id, own.etag.clone()));
        if let Some((id, etag)) = own
            && !there.iter().any(|(other, ..)| *other == id)
        {
            there.push((id, etag, true));
        }
        there.sort_by_key(|(id, ..)| *id);
        let Some((id, etag, inert)) = there.first().cloned() else {
            return Outcome::Unknown("it is not found yet".into());
        };
        let settled = if inert {
            let call = self.clio.activities().update(id).non_billable(false).if_match(&etag);
            match sender.dress(call.select::<Activity>()).await {
                Ok(activity) => applied(activity),
                // Somebody was quicker, or it is unknown: the record tells.
                Err(error) => return Outcome::Unknown(error.to_string()),
            }
        } else {
            Outcome::Applied { remote_id: id.to_string(), etag: Some(etag), echo: None }
        };
        for (late, _, inert) in &there[1..] {
            if *inert {
                // One that cannot be deleted bills nothing, and an audit tells of it.
                let _ = sender.dress_done(self.clio.activities().delete(*late)).await;
            }
        }
        settled
    }

    /// All that carry this marker: id, version, and whether it is non-billable.
    async fn marked(
        &self,
        marker: &str,
    ) -> Result<Vec<(Id<objects::Activity>, clio_core::Etag, bool)>, clio_core::Error> {
        let list = self.clio.activities().list().query(marker).select::<Activity>().items();
        let ours =
            |activity: &Activity| activity.note.as_deref().and_then(marker_in).as_deref() == Some(marker);
        let all: Vec<Activity> = list.try_collect().await?;
        let one = |activity: Activity| (activity.id, activity.etag, activity.non_billable == Some(true));
        Ok(all.into_iter().filter(ours).map(one).collect())
    }

    async fn update(
        &self,
        sending: &Sending,
        id: &str,
        etag: Option<&clio_core::Etag>,
        sender: &mut Sender,
    ) -> Outcome {
        let Some(id) = remote(id) else { return Outcome::Gone };
        let mut payload = sender.body_of::<UpdateActivity>(&sending.write.payload);
        if self.marking != Marking::None && payload.contains_key("note") {
            // The code of its creation stays in the note.
            let standing = match self.clio.activities().get(id).select::<Activity>().await {
                Ok(activity) => activity.note.as_deref().and_then(marker_in),
                Err(error) => return outcome_upon(error),
            };
            if let (Some(marker), Some(Value::String(note))) = (standing, payload.get_mut("note")) {
                *note = marked(note, &marker);
            }
        }
        let mut call =
            self.clio.activities().update(id).with_body(JsonBody::new(Value::Object(payload).to_string()));
        if let Some(etag) = etag {
            call = call.if_match(etag);
        }
        match sender.dress(call.select::<Activity>()).await {
            Ok(activity) => applied(activity),
            Err(error) => outcome_upon(error),
        }
    }

    async fn delete(&self, id: &str, sender: &mut Sender) -> Outcome {
        let Some(id) = remote::<objects::Activity>(id) else { return Outcome::Gone };
        match sender.dress_done(self.clio.activities().delete(id)).await {
            Ok(()) => Outcome::Applied { remote_id: id.to_string(), etag: None, echo: None },
            Err(error) => outcome_upon(error),
        }
    }
}

fn applied(activity: Activity) -> Outcome {
    Outcome::Applied {
        remote_id: activity.id.to_string(),
        etag: Some(activity.etag.clone()),
        echo: Some(Fields::from(activity).content()),
    }
}

/// The payload with the marker in its note, non-billable for the time being if it is to be inert.
fn with_marker(payload: &str, marker: &str, inert: bool) -> Result<String, serde_json::Error> {
    let mut fields: serde_json::Map<String, Value> = serde_json::from_str(payload)?;
    let note = fields.get("note").and_then(Value::as_str).unwrap_or_default();
    fields.insert("note".into(), marked(note, marker).into());
    if inert {
        fields.insert("non_billable".into(), true.into());
    }
    Ok(Value::Object(fields).to_string())
}

#[async_trait]
impl Target for Activities {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn capabilities(&self) -> Capabilities {
        let fingerprint = match self.marking {
            Marking::None => Fingerprint::Content { near_miss: NEAR_MISS },
            // Whoever takes the marker out may change the rest, too.
            _ => Fingerprint::NoteMarker { near_miss: NEAR_MISS },
        };
        let capabilities = Capabilities::new(fingerprint).updates().deletes();
        if self.marking == Marking::Strict { capabilities.inert_create() } else { capabilities }
    }

    fn monotonic(&self) -> Duration {
        self.clio.clock().monotonic()
    }

    async fn prepare(&self, within: Duration) -> Result<Ready> {
        Ok(Ready::with(self.clio.reserve(within).await?))
    }

    async fn server_time(&self) -> Result<DateTime<Utc>> {
        super::sending::server_time(&self.clio).await
    }

    async fn send(&self, sendings: &[Sending], limits: SendLimits, ready: Ready) -> Vec<Outcome> {
        let mut sender = Sender::new(limits, ready);
        let mut outcomes = Vec::with_capacity(sendings.len());
        for sending in sendings {
            outcomes.push(match &sending.action {
                Action::Create => self.create(sending, &mut sender).await,
                Action::Update { remote_id, etag } => {
                    self.update(sending, remote_id, etag.as_ref(), &mut sender).await
                }
                Action::Delete { remote_id } => self.delete(remote_id, &mut sender).await,
            });
        }
        outcomes
    }

    /// By what appeared since, in the order of ids: a search may lag behind, and people change notes.
    async fn look(&self, look: &Look) -> Result<Vec<Found>> {
        let list = self.clio.activities().list().created_since(look.since).select::<Seen>();
        let mut found: Vec<Found> = list.items().map_ok(Seen::found).try_collect().await?;
        if self.marking == Marking::Strict {
            for record in &mut found {
                let write = look.sought.iter().find(|sought| Some(sought.marker()) == record.marker);
                let inert = record.content.get("non_billable") == Some(&Value::Bool(true));
                record.complete = !(inert && write.is_some_and(|sought| self.is_inert(&sought.write)));
            }
        }
        Ok(found)
    }

    async fn get(&self, remote_id: &str) -> Result<Option<Found>> {
        let Some(id) = remote(remote_id) else { return Ok(None) };
        match self.clio.activities().get(id).select::<Seen>().await {
            Ok(seen) => Ok(Some(seen.found())),
            Err(error) if error.kind() == ClioErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn finish(&self, sending: &Sending, _found: &Found, limits: SendLimits, ready: Ready) -> Outcome {
        self.activate(sending, None, &mut Sender::new(limits, ready)).await
    }
}
