//! The day of work in `day.json`: what WiseTime's users posted, and what has to stand in Clio afterwards.

use chrono::NaiveDate;
use clio_api::{Clio, MatterStatus};
use clio_model::{ActivityCategory, Matter, User};
use futures_util::TryStreamExt;
use serde_json::{Map, Value};

use crate::trouble::Trouble;

/// What the placeholders of the day stand for.
#[derive(Debug)]
pub(crate) struct Account {
    /// The open ones.
    pub(crate) matters: Vec<Matter>,
    /// Those who may log in and have an address.
    pub(crate) users: Vec<User>,
    /// Those that take time: a flat rate would turn it into a fee.
    pub(crate) categories: Vec<ActivityCategory>,
}

impl Account {
    pub(crate) async fn read(clio: &Clio) -> Result<Self, Trouble> {
        let matters: Vec<Matter> =
            clio.matters().list().status([MatterStatus::Open]).select().items().try_collect().await?;
        let mut users: Vec<User> = clio.users().list().enabled(true).select().items().try_collect().await?;
        users.retain(|user| {
            user.enabled && user.email.as_deref().is_some_and(|email| !email.trim().is_empty())
        });
        let mut categories: Vec<ActivityCategory> =
            clio.activity_descriptions().list().select().items().try_collect().await?;
        categories.retain(|category| !category.is_flat_rate());
        if matters.is_empty() {
            return Err(Trouble::new(
                "the Clio account has no open matter to post time to: open one, then try again",
            ));
        }
        if users.is_empty() {
            return Err(Trouble::new(
                "the Clio account shows no user with an e-mail address: use another token",
            ));
        }
        Ok(Self { matters, users, categories })
    }

    /// What the inside of `{{..}}` stands for. Numbers count from 1, and from the beginning again where the account has
    /// fewer. `None` is a category that the account does not have.
    fn meaning(&self, inside: &str) -> Result<Option<String>, Trouble> {
        let unknown = || Trouble::new(format!("day.json: there is no placeholder {{{{{inside}}}}}"));
        if let Some(name) = inside.strip_prefix("category ") {
            let known =
                self.categories.iter().find(|category| category.name.trim().eq_ignore_ascii_case(name));
            return Ok(known.map(|category| category.id.to_string()));
        }
        let mut words = inside.split(' ');
        let (kind, number, detail) = (words.next(), words.next(), words.next());
        let number: usize = number.and_then(|number| number.parse().ok()).ok_or_else(unknown)?;
        let at = number.checked_sub(1).ok_or_else(unknown)?;
        let matter = &self.matters[at % self.matters.len()];
        let user = &self.users[at % self.users.len()];
        match (kind, detail) {
            (Some("matter"), None) => Ok(Some(matter.id.to_string())),
            (Some("matter"), Some("number")) => Ok(Some(matter.display_number.clone())),
            (Some("matter"), Some("description")) => Ok(Some(matter.description.clone().unwrap_or_default())),
            (Some("user"), None) => Ok(Some(user.email.clone().unwrap_or_default())),
            (Some("user"), Some("name")) => Ok(Some(user.name.clone())),
            _ => Err(unknown()),
        }
    }
}

/// A time entry, as far as two of them are the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Content {
    pub(crate) matter: i64,
    pub(crate) user: i64,
    pub(crate) date: NaiveDate,
    pub(crate) seconds: i64,
    pub(crate) note: String,
}

/// A group of the day, with its placeholders resolved.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) id: String,
    /// As WiseTime sends it.
    pub(crate) json: Value,
    /// What has to stand in Clio for it, read out of the JSON here, without the connector. `None`: nothing may.
    pub(crate) expected: Option<Content>,
}

/// The day for this account.
pub(crate) fn groups(account: &Account) -> Result<Vec<Group>, Trouble> {
    let day: Vec<Value> = serde_json::from_str(include_str!("../day.json"))
        .map_err(|error| Trouble::new(format!("day.json cannot be read: {error}")))?;
    day.iter()
        .map(|group| {
            let json = resolve(group, account)?.unwrap_or_default();
            let id = json["groupId"].as_str().unwrap_or_default().to_owned();
            let expected = expected(&json, account);
            Ok(Group { id, json, expected })
        })
        .collect()
}

/// Puts the meaning in the place of every text that is a placeholder. An object that holds one without a meaning is left
/// out: a charge code that the account does not know.
fn resolve(value: &Value, account: &Account) -> Result<Option<Value>, Trouble> {
    match value {
        Value::String(text) => match text.strip_prefix("{{").and_then(|text| text.strip_suffix("}}")) {
            Some(inside) => Ok(account.meaning(inside)?.map(Value::String)),
            None => Ok(Some(value.clone())),
        },
        Value::Array(items) => {
            let items: Vec<Option<Value>> =
                items.iter().map(|item| resolve(item, account)).collect::<Result<_, _>>()?;
            Ok(Some(items.into_iter().flatten().collect()))
        }
        Value::Object(members) => {
            let mut resolved = Map::new();
            for (name, member) in members {
                match resolve(member, account)? {
                    Some(member) => _ = resolved.insert(name.clone(), member),
                    None if member.is_object() => {}
                    None => return Ok(None),
                }
            }
            Ok(Some(Value::Object(resolved)))
        }
        _ => Ok(Some(value.clone())),
    }
}

/// A well-formed group with one tag that is a matter, by a known user.
fn expected(group: &Value, account: &Account) -> Option<Content> {
    let [tag] = group["tags"].as_array()?.as_slice() else { return None };
    let matter: i64 = tag["externalId"].as_str()?.parse().ok()?;
    let address = group["user"]["email"].as_str()?;
    let user = account.users.iter().find(|user| user.email.as_deref() == Some(address))?.id.get();
    let rows = group["timeRows"].as_array()?;
    if !rows.iter().all(|row| row["durationSecs"].is_i64()) {
        return None;
    }
    let written =
        |text: &Value| text.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let note =
        written(&group["description"]).or_else(|| written(&group["formattedNarrative"])).unwrap_or_else(
            || rows.iter().filter_map(|row| written(&row["description"])).collect::<Vec<_>>().join(", "),
        );
    let date = group["localDate"].as_str()?.parse().ok()?;
    Some(Content { matter, user, date, seconds: group["totalDurationSecs"].as_i64()?, note })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clio_core::decode;
    use serde_json::json;

    use super::*;

    /// An account that has everything the day names, or only part of it.
    fn account(matters: i64, users: i64, categories: &[&str]) -> Account {
        let matter =
            |n| json!({"id": 100 + n, "etag": "e", "display_number": format!("0000{n}-X"), "status": "Open"});
        let user = |n| json!({"id": 10 + n, "etag": "e", "name": "U", "email": format!("u{n}@x.example"), "enabled": true});
        let category = |(n, name): (usize, &&str)| json!({"id": n, "etag": "e", "name": name});
        Account {
            matters: (1..=matters).map(|n| decode(&matter(n).to_string()).unwrap()).collect(),
            users: (1..=users)
                .map(|n| decode::<clio_api::objects::User, _>(&user(n).to_string()).unwrap())
                .collect(),
            categories: categories
                .iter()
                .enumerate()
                .map(|one| decode(&category(one).to_string()).unwrap())
                .collect(),
        }
    }

    fn whole() -> Vec<Group> {
        groups(&account(8, 4, &["Drafting", "Research", "Court appearance", "Marketing"])).unwrap()
    }

    #[test]
    fn the_day_is_as_large_and_as_mixed_as_promised() {
        let day = whole();
        assert_eq!(day.len(), 44);
        assert_eq!(day.iter().map(|group| &group.id).collect::<BTreeSet<_>>().len(), 44, "ids are unique");
        let expected: Vec<&Content> = day.iter().filter_map(|group| group.expected.as_ref()).collect();
        assert_eq!(expected.len(), 40);
        assert_eq!(expected.iter().map(|content| content.user).collect::<BTreeSet<_>>().len(), 4);
        assert_eq!(expected.iter().map(|content| content.matter).collect::<BTreeSet<_>>().len(), 8);
        assert!(day.iter().all(|group| group.json["localDate"] == "2026-03-12"));
        assert!(day.iter().any(|group| group.json["tags"] == json!([])), "an untagged one");
        assert!(day.iter().any(|group| group.json["activityType"]["label"] == "Marketing"));
        let bad = day.iter().find(|group| group.json["timeRows"][1]["durationSecs"].is_string()).unwrap();
        assert!(bad.expected.is_none() && !bad.id.is_empty());
        assert!(expected.iter().all(|content| !content.note.is_empty() && content.seconds > 0));
    }

    #[test]
    fn two_groups_are_equal_in_all_but_the_id() {
        let bare = |group: &Group| {
            let mut json = group.json.clone();
            json["groupId"] = Value::Null;
            json.to_string()
        };
        let day = whole();
        let distinct: BTreeSet<String> = day.iter().map(bare).collect();
        assert_eq!(distinct.len(), day.len() - 1);
    }

    #[test]
    fn every_placeholder_is_resolved_in_any_account() {
        for account in [account(8, 4, &["Drafting"]), account(1, 1, &[]), account(300, 30, &["drafting "])] {
            let day = groups(&account).unwrap();
            assert!(day.iter().all(|group| !group.json.to_string().contains("{{")));
            assert_eq!(day.iter().filter(|group| group.expected.is_some()).count(), 40);
            let coded = day.iter().filter(|group| group.json.get("activityType").is_some()).count();
            assert_eq!(coded == 0, account.categories.is_empty(), "unknown charge codes are left out");
        }
    }

    #[test]
    fn a_small_account_is_gone_through_again() {
        let account = account(3, 2, &[]);
        let meaning = |inside| account.meaning(inside).unwrap().unwrap();
        assert_eq!(meaning("matter 4"), meaning("matter 1"));
        assert_eq!(meaning("user 4"), meaning("user 2"));
        for wrong in ["matter", "matter 0", "matter x", "user 1 shoe", "bill 1"] {
            assert!(account.meaning(wrong).is_err(), "{wrong}");
        }
    }
}
