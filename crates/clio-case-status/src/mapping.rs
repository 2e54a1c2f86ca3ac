//! From a matter to a case. Pure.

use clio_core::schema::choices::ContactType;
use clio_model::stages::{Mapping, Stage, StageMap};
use clio_sync::{Content, Mapped, Write};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    CaseClient, CaseFields, ClientName, Notify, Required, Settings,
    matter::{Attempt, Client, How, Matter},
    phone,
};

/// What is written of a case: its fields, and where it stands.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CaseState {
    #[serde(flatten)]
    pub(crate) fields: CaseFields,
    #[serde(flatten)]
    pub(crate) standing: Standing,
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Standing {
    /// The stage in Clio in which it was seen last; nothing is known of one in none.
    pub(crate) stage: Option<i64>,
    /// The status that follows; `None` as long as no stage was mapped.
    pub(crate) status: Option<String>,
    /// Whether the client is told of this status.
    pub(crate) notify: Notify,
}

impl Standing {
    fn of(written: &Content) -> Option<Self> {
        let part = |name: &str| written.get(name).cloned().unwrap_or(Value::Null);
        Some(Self {
            stage: serde_json::from_value(part("stage")).ok()?,
            status: serde_json::from_value(part("status")).ok()?,
            notify: serde_json::from_value(part("notify")).ok()?,
        })
    }
}

/// The case that a matter becomes, or why it becomes none.
pub(crate) fn case(attempt: &Attempt, settings: &Settings) -> Mapped {
    if attempt.how != How::Single && attempt.written.is_none() && !settings.all_matters {
        return Mapped::Skip("only matters that were imported singly are kept in step".into());
    }
    let matter = &attempt.matter;
    let fields = match fields(attempt, settings) {
        Ok(fields) => fields,
        Err(lacks) => return Mapped::Reject(said(&lacks)),
    };
    let label = fields.title.clone();
    let before = attempt.written.as_ref().and_then(Standing::of);
    let standing = match before {
        Some(before) if attempt.how != How::Nightly && !settings.manual_moves_statuses => before,
        before => standing(matter, before, &settings.stages),
    };
    let state = CaseState { fields, standing };
    match (serde_json::to_string(&state), serde_json::to_value(&state)) {
        (Ok(payload), Ok(Value::Object(content))) => {
            Mapped::Upsert(Write { payload, content: content.into_iter().collect(), label })
        }
        _ => Mapped::Reject("the case cannot be written as JSON".into()),
    }
}

/// The fields of a case.
///
/// # Errors
///
/// All that the matter lacks.
fn fields(attempt: &Attempt, settings: &Settings) -> Result<CaseFields, Vec<Required>> {
    let matter = &attempt.matter;
    let name = matter.client.as_ref().and_then(client_name);
    let client = matter.client.as_ref();
    let phone = client.and_then(|client| phone::of(client, &attempt.phones, settings));
    let email = client.and_then(|client| email(client.primary_email_address.as_deref()?));
    let description = text(matter.description.as_deref());
    let practice_area = matter.practice_area.as_ref().and_then(|area| text(area.name.as_deref()));
    let attorney_email =
        matter.responsible_attorney.as_ref().and_then(|attorney| email_of(attorney.email.as_deref()));
    let lacks = |what: &Required| match what {
        Required::ClientName => name.is_none(),
        Required::ClientPhone => phone.is_none(),
        Required::ClientEmail => email.is_none(),
        Required::Description => description.is_none(),
        Required::PracticeArea => practice_area.is_none(),
        Required::Attorney => matter.responsible_attorney.is_none(),
    };
    let lacking: Vec<Required> = settings.required.iter().copied().filter(lacks).collect();
    let Some(name) = name.filter(|_| lacking.is_empty()) else {
        // A case without anybody whom it is for cannot be, whatever a firm requires.
        return Err(if lacking.is_empty() { vec![Required::ClientName] } else { lacking });
    };
    let number = matter.display_number.trim();
    Ok(CaseFields {
        title: description.as_ref().map_or_else(|| number.to_owned(), |text| format!("{text} ({number})")),
        integration_id: matter.id.to_string(),
        client: CaseClient { name, phone, email },
        practice_area,
        description,
        opened_on: matter.open_date,
        attorney_email,
    })
}

fn said(lacks: &[Required]) -> String {
    let words: Vec<&str> = lacks.iter().map(|one| one.words()).collect();
    format!("the matter lacks {}", words.join(" and "))
}

fn client_name(client: &Client) -> Option<ClientName> {
    let (first, last) = (text(client.first_name.as_deref()), text(client.last_name.as_deref()));
    match (&client.kind, first, last) {
        (Some(ContactType::Company), ..) => text(client.name.as_deref()).map(ClientName::Company),
        (_, Some(first), Some(last)) => Some(ClientName::Person { first, last }),
        _ => None,
    }
}

fn text(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn email_of(address: Option<&str>) -> Option<String> {
    address.and_then(email)
}

/// The address in small letters; `None` if it is none.
pub(crate) fn email(address: &str) -> Option<String> {
    let address: email_address::EmailAddress = address.trim().parse().ok()?;
    Some(address.as_str().to_lowercase())
}

/// Where the case stands now, given where it stood when it was written last.
///
/// A client is told of a status only when the matter was seen in another stage before: not of where a matter was when it was
/// imported, and not of a stage that has only been mapped.
fn standing(matter: &Matter, before: Option<Standing>, stages: &StageMap<String>) -> Standing {
    let stage = matter.matter_stage.as_ref().map(|stage| stage.id.get());
    let status = placed(matter).and_then(|stage| stages.get(&stage).target().cloned());
    let Some(before) = before else { return Standing { stage, status, notify: Notify::Nobody } };
    match status {
        // What was told stays told, and what was not stays so.
        Some(status) if Some(&status) == before.status.as_ref() => Standing { stage, ..before },
        Some(status) if stage == before.stage => {
            Standing { stage, status: Some(status), notify: Notify::Nobody }
        }
        Some(status) => Standing { stage, status: Some(status), notify: Notify::Client },
        // What no rule is about leaves the case where it is.
        None => Standing { stage, ..before },
    }
}

/// The stage that a matter is in, with its practice area.
fn placed(matter: &Matter) -> Option<Stage> {
    let stage = matter.matter_stage.as_ref()?;
    let practice_area =
        stage.practice_area_id.map(|area| area.0).or(matter.practice_area.as_ref().map(|area| area.id))?;
    Some(Stage { id: stage.id, practice_area, name: stage.name.clone(), order: stage.order })
}

/// The stage of a matter, if no rule is about it.
pub(crate) fn unmapped(matter: &Matter, stages: &StageMap<String>) -> Option<Stage> {
    placed(matter).filter(|stage| stages.get(stage) == Mapping::Unmapped)
}
