//! What people changed in Clio.

use std::fmt;

use clio_core::{Id, schema::objects};
use clio_sync::Target;
use serde_json::Value;

use crate::{MatterId, ProjectId, Result, Session, mapping, target::Fees};

/// A fee that somebody has changed in Clio. It is reported, and not overwritten: if the same is changed at AltFee as well, the
/// write waits for a person ([`Became::Waits`](crate::Became::Waits)).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edited {
    /// The project.
    pub project: ProjectId,
    /// Its activity.
    pub activity: Id<objects::Activity>,
    /// What was changed.
    pub fields: Vec<EditedField>,
}

/// A field that somebody has changed in Clio.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EditedField {
    /// Its name in Clio's API.
    pub name: String,
    /// What AltFee says. White space of texts is made plain.
    pub altfee: Option<Value>,
    /// What stands at Clio, likewise.
    pub clio: Option<Value>,
}

impl fmt::Debug for EditedField {
    /// Leaves the values out: they are client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EditedField").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Display for EditedField {
    /// Both values: for people who may see them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |value: &Option<Value>| match value {
            None => "nothing".to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        write!(f, "{}: {} at AltFee, {} in Clio", self.name, plain(&self.altfee), plain(&self.clio))
    }
}

impl Session<'_> {
    /// The fees of a connected matter that stand otherwise in Clio than AltFee has them, with both values. A change at AltFee
    /// that was not sent yet is among them.
    ///
    /// # Errors
    ///
    /// [`Error::NotConnected`](crate::Error::NotConnected), and what kept a system from being read.
    pub async fn edited(&self, matter: &MatterId) -> Result<Vec<Edited>> {
        let connection = self.connection(matter).await?;
        let fees = Fees::new(self.clio, self.settings().currency);
        let mut all = Vec::new();
        for project in self.altfee().projects(matter).await? {
            let Ok(wanted) = mapping::write(&project, &connection, self.settings()) else { continue };
            let Some(linked) = self.link(&project.id).await? else { continue };
            let Some(found) = fees.get(&linked.remote_id).await? else { continue };
            let differs = |(name, ours): (&String, &Value)| {
                let clio = found.content.get(name);
                (clio != Some(ours)).then(|| EditedField {
                    name: name.clone(),
                    altfee: Some(ours.clone()),
                    clio: clio.cloned(),
                })
            };
            let fields: Vec<EditedField> = wanted.content.iter().filter_map(differs).collect();
            if let (false, Ok(id)) = (fields.is_empty(), linked.remote_id.parse()) {
                all.push(Edited { project: project.id, activity: Id::new(id), fields });
            }
        }
        Ok(all)
    }
}
