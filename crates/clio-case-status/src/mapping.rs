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

#[cfg(test)]
mod tests {
    use clio_core::{Id, decode, schema::objects};
    use clio_model::stages::StageKey;
    use serde_json::json;

    use super::*;

    fn matter(change: impl FnOnce(&mut Value)) -> Matter {
        let mut matter = json!({
            "id": 7, "etag": "\"e\"", "display_number": " 00007-Brook ", "description": " Lease ",
            "open_date": "2026-03-01", "practice_area": {"id": 3, "name": "Family"},
            "responsible_attorney": {"email": "Ada@Firm.example"},
            "client": {"id": 1, "type": "Person", "name": "Ruth Brook", "first_name": "Ruth", "last_name": "Brook",
                "primary_email_address": "RUTH@client.example", "primary_phone_number": "(415) 555-2671"},
        });
        change(&mut matter);
        decode::<objects::Matter, _>(&matter.to_string()).unwrap()
    }

    fn staged(stage: i64) -> Matter {
        matter(|matter| {
            matter["matter_stage"] =
                json!({"id": stage, "name": "Stage", "order": 1, "practice_area_id": 3, "etag": "\"e\""});
        })
    }

    fn attempt(matter: Matter, written: Option<Content>) -> Attempt {
        Attempt { matter, phones: Vec::new(), written, how: How::Nightly }
    }

    fn written(mapped: Mapped) -> Write {
        match mapped {
            Mapped::Upsert(write) => write,
            other => panic!("{other:?}"),
        }
    }

    fn settings() -> Settings {
        let mut settings = Settings::default();
        for (stage, status) in [(11, "Opened"), (12, "In court"), (13, "In court")] {
            settings.stages.set(StageKey::Id(Id::new(stage)), status.to_owned());
        }
        settings
    }

    #[test]
    fn a_case_has_the_matter_s_title_with_its_number_and_its_client() {
        let write = written(case(&attempt(matter(|_| ()), None), &Settings::default()));
        let state: CaseState = serde_json::from_str(&write.payload).unwrap();
        assert_eq!(write.label, "Lease (00007-Brook)");
        assert_eq!(
            (state.fields.title.as_str(), state.fields.integration_id.as_str()),
            ("Lease (00007-Brook)", "7")
        );
        assert_eq!(state.fields.client.phone.as_deref(), Some("+14155552671"));
        assert_eq!(state.fields.client.email.as_deref(), Some("ruth@client.example"));
        assert_eq!(state.fields.attorney_email.as_deref(), Some("ada@firm.example"));
        let bare =
            written(case(&attempt(matter(|matter| matter["description"] = json!(" ")), None), &settings()));
        assert_eq!(bare.label, "00007-Brook", "without a description the number alone");
    }

    #[test]
    fn what_a_matter_lacks_is_told_all_at_once() {
        let mut all = Settings::default();
        all.required.extend([
            Required::ClientEmail,
            Required::Description,
            Required::PracticeArea,
            Required::Attorney,
        ]);
        let empty = matter(|matter| {
            for name in ["client", "description", "practice_area", "responsible_attorney"] {
                matter[name] = Value::Null;
            }
        });
        let Mapped::Reject(why) = case(&attempt(empty.clone(), None), &all) else { panic!("rejected") };
        assert_eq!(
            why,
            "the matter lacks the client's name and a phone number of the client and the client's e-mail address and a \
             description and a practice area and a responsible attorney"
        );
        // Whatever a firm requires, a case is for somebody.
        all.required.clear();
        let Mapped::Reject(why) = case(&attempt(empty, None), &all) else { panic!("rejected") };
        assert_eq!(why, "the matter lacks the client's name");
    }

    #[test]
    fn a_person_has_two_names_and_a_company_one() {
        let named = |client: Value| match case(
            &attempt(matter(|matter| matter["client"] = client), None),
            &Settings { required: Vec::new(), ..Settings::default() },
        ) {
            Mapped::Upsert(write) => {
                serde_json::from_str::<CaseState>(&write.payload).map(|state| state.fields.client.name).ok()
            }
            _ => None,
        };
        let company = named(json!({"id": 1, "type": "Company", "name": " Rail Ltd "}));
        assert!(company == Some(ClientName::Company("Rail Ltd".into())));
        assert!(
            named(json!({"id": 1, "type": "Person", "name": "Ruth", "first_name": "Ruth", "last_name": " "}))
                .is_none()
        );
        assert!(named(json!({"id": 1, "type": "Company", "name": ""})).is_none());
    }

    #[test]
    fn addresses_are_in_small_letters_or_none() {
        assert_eq!(email(" Ada@Firm.Example ").as_deref(), Some("ada@firm.example"));
        for none in ["", "ada", "ada@", "@firm.example", "a b@firm.example"] {
            assert_eq!(email(none), None, "{none}");
        }
    }

    /// Each step: the stage it is seen in, the status that follows, and whether the client is told.
    #[test]
    fn a_client_is_told_of_changes_that_were_seen_and_of_nothing_else() {
        let settings = settings();
        let mut before: Option<Content> = None;
        for (stage, status, told) in [
            (11, "Opened", Notify::Nobody),
            (11, "Opened", Notify::Nobody),
            (12, "In court", Notify::Client),
            (12, "In court", Notify::Client),
            (13, "In court", Notify::Client),
            (99, "In court", Notify::Client),
            (11, "Opened", Notify::Client),
        ] {
            let write = written(case(&attempt(staged(stage), before.take()), &settings));
            let state: CaseState = serde_json::from_str(&write.payload).unwrap();
            assert_eq!(
                state.standing,
                Standing { stage: Some(stage), status: Some(status.into()), notify: told }
            );
            before = Some(write.content);
        }
        // Mapped only now: the matter did not move.
        let unmapped = written(case(&attempt(staged(11), None), &Settings::default()));
        let write = written(case(&attempt(staged(11), Some(unmapped.content)), &settings));
        let state: CaseState = serde_json::from_str(&write.payload).unwrap();
        assert_eq!(
            (state.standing.status.as_deref(), state.standing.notify),
            (Some("Opened"), Notify::Nobody)
        );
    }

    #[test]
    fn a_matter_that_was_imported_singly_stays_in_step_and_others_stay_out() {
        let settings = Settings { all_matters: false, ..Settings::default() };
        let new = attempt(matter(|_| ()), None);
        assert!(matches!(case(&new, &settings), Mapped::Skip(_)));
        let single = Attempt { how: How::Single, ..new.clone() };
        let content = written(case(&single, &settings)).content;
        assert!(matches!(case(&attempt(new.matter, Some(content)), &settings), Mapped::Upsert(_)));
    }
}
