//! Activity types: upserted by code, and swept by sync sessions.

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    answer::{Answered, Fields, Read, Refusal, faulty_items, invalid, parse, refuse},
    records::ActivityTypeRecord,
    team::{MOST_ITEMS, Team},
};

/// An activity type, and when it was last sent.
#[derive(Debug)]
pub(crate) struct ActivityType {
    pub(crate) record: ActivityTypeRecord,
    /// Counted with the sessions: a time could be the same for both.
    touched: u64,
}

/// A sync session that is neither completed nor cancelled.
#[derive(Debug)]
pub(crate) struct Session {
    id: String,
    started: u64,
    /// After so many batches it is forgotten.
    forgotten_after: Option<usize>,
}

impl Team {
    pub(crate) fn start_session(&mut self) -> Value {
        self.count += 1;
        let forgotten_after = self.forgetful.pop_front();
        let session = Session { id: format!("sync-{}", self.count), started: self.count, forgotten_after };
        let id = session.id.clone();
        if session.forgotten_after != Some(0) {
            self.sessions.push(session);
        }
        json!({ "syncSessionId": id })
    }

    /// Every type that was not sent since the session began is deleted.
    pub(crate) fn complete_session(&mut self, body: &[u8]) -> Answered {
        let session = self.end_session(body)?;
        for kind in self.activity_types.iter_mut().filter(|kind| kind.touched < session.started) {
            kind.record.deleted = true;
        }
        Ok(json!({}))
    }

    pub(crate) fn cancel_session(&mut self, body: &[u8]) -> Answered {
        self.end_session(body).map(|_| json!({}))
    }

    /// The document has no 400 here: a body that names no session is 404, like one that names none that is open.
    fn end_session(&mut self, body: &[u8]) -> Result<Session, Refusal> {
        let body = parse(body).unwrap_or_default();
        let id = body.get("syncSessionId").and_then(Value::as_str).unwrap_or_default();
        let at = self.sessions.iter().position(|session| session.id == id);
        let at = at.ok_or_else(|| refuse(StatusCode::NOT_FOUND, "there is no such open sync session"))?;
        Ok(self.sessions.remove(at))
    }

    pub(crate) fn upsert_activity_types(&mut self, body: &[u8]) -> Answered {
        let body = parse(body).map_err(invalid)?;
        let fields = Fields::of(&body).map_err(invalid)?;
        let list = fields.list("activityTypes").map_err(invalid)?;
        let list = list.ok_or_else(|| invalid("the body has no list of activityTypes".to_owned()))?;
        if list.len() > MOST_ITEMS {
            return Err(invalid(format!("a batch has at most {MOST_ITEMS} activity types")));
        }
        if let Some(id) = fields.full("syncSessionId").map_err(invalid)?
            && !self.sessions.iter().any(|session| session.id == id)
        {
            return Err(invalid("there is no such open sync session".to_owned()));
        }
        let (mut good, mut errors) = (Vec::new(), Vec::new());
        for (index, one) in list.iter().enumerate() {
            match Upsert::read(one) {
                Ok(kind) => good.push(kind),
                Err(reason) => errors.push((index, reason)),
            }
        }
        if !errors.is_empty() {
            return Err(faulty_items(&errors));
        }
        self.count += 1;
        for kind in &good {
            self.upsert_activity_type(kind);
        }
        if let Some(id) = fields.full("syncSessionId").map_err(invalid)? {
            self.sessions.retain_mut(|session| {
                let left = session.forgotten_after.filter(|_| session.id == id).map(|left| left - 1);
                session.forgotten_after = left.or(session.forgotten_after);
                left != Some(0)
            });
        }
        Ok(json!({"errors": []}))
    }

    fn upsert_activity_type(&mut self, upsert: &Upsert<'_>) {
        let touched = self.count;
        let known = self.activity_types.iter_mut().find(|kind| kind.record.code == upsert.code);
        let Some(known) = known else {
            let record = ActivityTypeRecord {
                code: upsert.code.to_owned(),
                label: upsert.label.to_owned(),
                description: upsert.description.map(str::to_owned),
                enabled: upsert.enable_if_new || upsert.reenable,
                deleted: false,
            };
            self.activity_types.push(ActivityType { record, touched });
            return;
        };
        known.touched = touched;
        // The label in the console is the team's from the first sync on.
        if let Some(description) = upsert.description {
            known.record.description = Some(description.to_owned());
        }
        if upsert.reenable {
            (known.record.enabled, known.record.deleted) = (true, false);
        }
    }
}

struct Upsert<'a> {
    code: &'a str,
    label: &'a str,
    description: Option<&'a str>,
    enable_if_new: bool,
    reenable: bool,
}

impl<'a> Upsert<'a> {
    fn read(value: &'a Value) -> Read<Self> {
        let fields = Fields::of(value)?;
        Ok(Self {
            code: fields.required("code")?,
            label: fields.required("label")?,
            description: fields.full("description")?,
            enable_if_new: fields.flag("enableIfNew")?,
            reenable: fields.flag("reenableIfArchived")?,
        })
    }
}
