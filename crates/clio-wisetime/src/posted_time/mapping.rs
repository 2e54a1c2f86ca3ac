//! From posted time to a time entry. Pure.

use clio_core::{Id, Seconds};
use clio_model::TimeEntry;
use clio_sync::{Mapped, hub};

use crate::{Settings, directory::Directory, wire::TimeGroup};

/// The time entry that a posted group becomes.
///
/// What nobody could post is rejected with words for the user who posted it; what is not meant for Clio is skipped.
pub(crate) fn time_entry(group: &TimeGroup, directory: &Directory, settings: &Settings) -> Mapped {
    match draft(group, directory, settings) {
        Ok(draft) => {
            let tag = group.tags.first().map_or("", |tag| tag.name.as_str());
            let label = format!("{tag} {}", Seconds(group.total_duration_secs));
            hub::activity(&draft, label)
                .map_or_else(|error| Mapped::Reject(error.to_string()), Mapped::Create)
        }
        Err(other) => other,
    }
}

fn draft(group: &TimeGroup, directory: &Directory, settings: &Settings) -> Result<TimeEntry, Mapped> {
    let tag = match group.tags.as_slice() {
        [] => return Err(Mapped::Skip("no matter was tagged".into())),
        [tag] => tag,
        _ => return Err(Mapped::Reject("more than one matter was tagged".into())),
    };
    let matter = tag.external_id.as_deref().and_then(|id| id.parse().ok()).map(Id::new);
    let Some(matter) = matter else {
        return Err(Mapped::Skip(format!("the tag {} is not a matter of Clio's", tag.name)));
    };
    let Some(user) = directory.user(&group.user) else {
        let who =
            group.user.email.as_deref().or(group.user.external_id.as_deref()).unwrap_or("without an address");
        return Err(Mapped::Reject(format!(
            "Clio has no active user {who}: the user's e-mail address or external id at WiseTime must be the e-mail \
             address used in Clio"
        )));
    };
    let mut entry = TimeEntry::on(matter, group.local_date)
        .duration(Seconds(group.total_duration_secs))
        .user(user)
        .note(note(group));
    if let Some(charge_code) = &group.activity_type {
        let Some(category) = directory.category(charge_code) else {
            let name =
                charge_code.label.as_deref().or(charge_code.code.as_deref()).unwrap_or("without a name");
            return Err(Mapped::Reject(format!("Clio has no activity category {name}")));
        };
        if category.is_flat_rate() {
            let name = &category.name;
            return Err(Mapped::Reject(format!(
                "the category {name} would turn recorded time into a flat fee"
            )));
        }
        entry = entry.category(category.id).non_billable(settings.is_non_billable(&category.name));
    }
    Ok(entry)
}

/// What the bill will say: the user's own words, else the team's template, else what was recorded.
fn note(group: &TimeGroup) -> String {
    let written = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    if let Some(text) = written(&group.description).or_else(|| written(&group.formatted_narrative)) {
        return text;
    }
    if group.is_narrative_only() {
        return String::new();
    }
    let rows =
        group.time_rows.iter().filter_map(|row| written(&row.description).or_else(|| written(&row.activity)));
    let mut titles: Vec<String> = Vec::new();
    for title in rows {
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    titles.join(", ")
}

#[cfg(test)]
mod tests {
    use clio_core::{Etag, schema::objects};
    use clio_model::{ActivityCategory, CategoryRate, User};
    use clio_sync::Content;

    use super::*;

    fn directory() -> Directory {
        let user = |id, email: &str, enabled| User {
            id: Id::new(id),
            etag: Etag::new("e"),
            name: "n".into(),
            email: Some(email.into()),
            enabled,
        };
        let category = |id, name: &str, kind: &str| ActivityCategory {
            id: Id::<objects::ActivityDescription>::new(id),
            etag: Etag::new("e"),
            name: name.into(),
            rate: Some(CategoryRate { kind: Some(kind.into()) }),
        };
        Directory {
            users: vec![
                user(1, "ada@firm.example", true),
                user(2, "ben@firm.example", true),
                user(3, "old@x.example", false),
            ],
            categories: vec![
                category(11, "Drafting", "User"),
                category(12, "Marketing", "User"),
                category(13, "Filing fee", "FlatRate"),
            ],
        }
    }

    fn group(changes: serde_json::Value) -> TimeGroup {
        let mut json = serde_json::json!({
            "groupId": "g", "description": "Draft SHA", "totalDurationSecs": 1800, "localDate": "2026-03-02",
            "tags": [{"name": "00001-Byron", "externalId": "7"}],
            "user": {"name": "Ada", "email": "ada@firm.example"},
        });
        if let (Some(json), serde_json::Value::Object(changes)) = (json.as_object_mut(), changes) {
            json.extend(changes);
        }
        serde_json::from_value(json).unwrap()
    }

    fn mapped(changes: serde_json::Value) -> Mapped {
        let settings =
            Settings { activity_types_non_billable: vec![" marketing".into()], ..Settings::default() };
        time_entry(&group(changes), &directory(), &settings)
    }

    #[track_caller]
    fn content(mapped: Mapped) -> Content {
        match mapped {
            Mapped::Create(write) => write.content,
            other => panic!("a create, not {other:?}"),
        }
    }

    #[test]
    fn a_group_becomes_one_time_entry() {
        let content = content(mapped(serde_json::json!({})));
        let expected = serde_json::json!({
            "type": "TimeEntry", "date": "2026-03-02", "quantity": "1800", "note": "Draft SHA", "matter.id": 7, "user.id": 1
        });
        assert_eq!(serde_json::to_value(content).unwrap(), expected);
    }

    #[test]
    fn the_external_id_comes_before_the_address_and_falls_through_to_it() {
        let user = |external: &str| {
            let user = serde_json::json!({"user": {"email": "ada@firm.example", "externalId": external}});
            content(mapped(user))["user.id"].clone()
        };
        assert_eq!(user("BEN@firm.example"), 2);
        assert_eq!(user("nobody@firm.example"), 1);
        assert_eq!(user(" "), 1);
    }

    #[test]
    fn what_cannot_be_posted_is_said_in_words() {
        let reason = |changes| match mapped(changes) {
            Mapped::Reject(reason) => reason,
            other => panic!("a rejection, not {other:?}"),
        };
        assert!(
            reason(serde_json::json!({"user": {"email": "x@y.example"}}))
                .contains("no active user x@y.example")
        );
        assert!(reason(serde_json::json!({"user": {"email": "old@x.example"}})).contains("no active user"));
        assert!(
            reason(serde_json::json!({"activityType": {"code": "99", "label": "Gone"}})).contains("Gone")
        );
        assert!(reason(serde_json::json!({"activityType": {"code": "13"}})).contains("flat fee"));
        assert!(reason(serde_json::json!({"totalDurationSecs": -1})).contains("negative"));
    }

    #[test]
    fn untagged_and_foreign_time_is_left_out() {
        assert!(matches!(mapped(serde_json::json!({"tags": []})), Mapped::Skip(_)));
        assert!(matches!(mapped(serde_json::json!({"tags": [{"name": "Lunch"}]})), Mapped::Skip(_)));
    }

    #[test]
    fn a_charge_code_is_found_by_id_or_name_and_may_be_non_billable() {
        let by = |code: &str, label: &str| {
            content(mapped(serde_json::json!({"activityType": {"code": code, "label": label}})))
        };
        assert_eq!(by("11", "renamed")["activity_description.id"], 11);
        assert_eq!(by("x", "drafting ")["activity_description.id"], 11);
        assert_eq!(by("12", "")["non_billable"], true);
        assert_eq!(by("11", "").get("non_billable"), None);
    }

    #[test]
    fn the_note_is_the_users_words_first() {
        let note = |changes| content(mapped(changes))["note"].clone();
        let rows = serde_json::json!([
            {"activity": "Word", "description": "SHA.docx", "durationSecs": 60},
            {"activity": "Word", "description": "SHA.docx", "durationSecs": 60},
            {"activity": "Phone", "durationSecs": 60}
        ]);
        assert_eq!(note(serde_json::json!({"description": "", "timeRows": rows})), "SHA.docx, Phone");
        assert_eq!(
            note(serde_json::json!({"description": " ", "formattedNarrative": "N", "timeRows": rows})),
            "N"
        );
        let private =
            serde_json::json!({"description": null, "narrativeType": "NARRATIVE_ONLY", "timeRows": rows});
        assert_eq!(note(private), "", "what the user does not want shown stays out");
    }
}
