//! From a matter to a tag. Pure.

use chrono::{DateTime, NaiveDate, Utc};
use clio_core::values::MatterStatus;
use clio_model::Matter;
use clio_sync::{Content, Mapped, Write, fingerprint};
use serde::{Deserialize, Serialize};

use crate::{Settings, wire::UpsertTag};

/// Raised when the same matter becomes another tag than before: then every tag is sent again once.
const EDITION: u32 = 1;

/// In so many days each tag is sent once more, so that one which was lost at WiseTime comes back. WiseTime's own connectors
/// take 14 days; with 13 a night may fail.
const RENEWED_WITHIN: i64 = 13;

/// What the store keeps of a tag that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlannedTag {
    #[serde(flatten)]
    pub(crate) tag: UpsertTag,
    /// The how-many-th time that the tag is renewed. Not sent: a tag that differs in this alone is sent again.
    #[serde(default)]
    pub(crate) renewal: i64,
}

/// What a tag depends on, besides the matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mapping {
    /// Where Clio's pages are: `https://app.clio.com`.
    pub(crate) host: String,
    pub(crate) closed_too: bool,
    pub(crate) today: NaiveDate,
}

impl Mapping {
    pub(crate) fn new(host: &str, settings: &Settings, now: DateTime<Utc>) -> Self {
        let host = host.trim_end_matches('/').to_owned();
        Self { host, closed_too: settings.show_closed_cases, today: now.date_naive() }
    }

    /// Changes when all matters have to be mapped again. The day is not part of it: renewals come in portions.
    pub(crate) fn fingerprint(&self) -> String {
        let (edition, closed) = (EDITION.to_string(), self.closed_too.to_string());
        fingerprint([edition.as_str(), closed.as_str(), self.host.as_str()])[..16].to_owned()
    }

    /// The tag that a matter becomes.
    pub(crate) fn tag(&self, matter: &Matter) -> Mapped {
        if matter.status == MatterStatus::Closed && !self.closed_too {
            return Mapped::Delete(
                "the matter is closed: it has no tag any more; time that was tagged with it before can still be \
                 posted, if Clio takes time for closed matters"
                    .into(),
            );
        }
        let number = &matter.display_number;
        let client = matter.client.as_ref().and_then(|client| client.name.as_deref());
        let parts = [client, matter.description.as_deref()].into_iter().flatten().map(str::trim);
        let mut description = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
        if description.is_empty() {
            // An empty one would leave the old one standing.
            description.clone_from(number);
        }
        let tag = UpsertTag {
            name: number.clone(),
            description: Some(description),
            external_id: Some(matter.id.to_string()),
            url: Some(format!("{}/nc/#/matters/{}", self.host, matter.id)),
            additional_keywords: vec![number.clone()],
            ..UpsertTag::default()
        };
        let planned = PlannedTag { renewal: renewal(number, self.today), tag };
        match serde_json::to_string(&planned) {
            Ok(payload) => {
                let content = Content::from([("externalId".to_owned(), matter.id.to_string().into())]);
                Mapped::Upsert(Write { payload, content, label: number.clone() })
            }
            Err(error) => Mapped::Reject(error.to_string()),
        }
    }
}

/// Rises every [`RENEWED_WITHIN`] days, for each number on a day of its own. It hangs on the number and not on the matter, so
/// that two matters with one number are renewed together, and the same one of them has the tag each time.
fn renewal(number: &str, today: NaiveDate) -> i64 {
    let day = i64::from(chrono::Datelike::num_days_from_ce(&today));
    let letters = fingerprint([number]);
    let portion = i64::from_str_radix(&letters[..8], 16).unwrap_or_default();
    (day + portion % RENEWED_WITHIN) / RENEWED_WITHIN
}

#[cfg(test)]
mod tests {
    use clio_core::schema::objects;

    use super::*;

    fn matter(status: &str, more: &str) -> Matter {
        let json = format!(
            r#"{{"id":7,"etag":"e","display_number":"00007-Byron","status":"{status}","description":null,"client":null{more}}}"#
        );
        clio_core::decode::<objects::Matter, _>(&json).unwrap()
    }

    fn mapping(closed_too: bool) -> Mapping {
        let settings = Settings { show_closed_cases: closed_too, ..Settings::default() };
        Mapping::new("https://app.clio.com/", &settings, DateTime::UNIX_EPOCH)
    }

    #[track_caller]
    fn tag(mapped: Mapped) -> UpsertTag {
        let Mapped::Upsert(write) = mapped else { panic!("a tag, not {mapped:?}") };
        serde_json::from_str::<PlannedTag>(&write.payload).unwrap().tag
    }

    #[test]
    fn a_matter_is_a_tag_with_number_description_address_and_keyword() {
        let json = r#"{"id":7,"etag":"e","display_number":"00007-Byron","description":"Will","status":"Open",
            "client":{"id":1,"name":"Ada Byron"}}"#;
        let matter: Matter = clio_core::decode::<objects::Matter, _>(json).unwrap();
        let tag = tag(mapping(false).tag(&matter));
        assert_eq!((tag.name.as_str(), tag.external_id.as_deref()), ("00007-Byron", Some("7")));
        assert_eq!(tag.description.as_deref(), Some("Ada Byron: Will"));
        assert_eq!(tag.url.as_deref(), Some("https://app.clio.com/nc/#/matters/7"));
        assert_eq!(tag.additional_keywords, ["00007-Byron"]);
    }

    #[test]
    fn only_a_closed_matter_is_no_tag_and_only_unless_the_team_wants_it() {
        for (status, closed_too, expected) in [
            ("Open", false, true),
            ("Pending", false, true),
            ("Closed", false, false),
            ("Closed", true, true),
        ] {
            let mapped = mapping(closed_too).tag(&matter(status, ""));
            assert_eq!(matches!(mapped, Mapped::Upsert(_)), expected, "{status}, {closed_too}");
            assert_eq!(matches!(mapped, Mapped::Delete(_)), !expected, "{status}, {closed_too}");
        }
    }

    /// WiseTime would keep the old description if it were given none.
    #[test]
    fn a_matter_without_words_is_described_by_its_number() {
        assert_eq!(tag(mapping(false).tag(&matter("Open", ""))).description.as_deref(), Some("00007-Byron"));
    }

    #[test]
    fn a_tag_is_renewed_within_a_fortnight_and_not_all_on_one_day() {
        let days =
            || (0..200).map(|day| NaiveDate::from_ymd_opt(2026, 3, 2).unwrap() + chrono::Days::new(day));
        let mut portions = [0; 200];
        for number in (0..500).map(|number| format!("{number:05}-Byron")) {
            let renewals: Vec<i64> = days().map(|day| renewal(&number, day)).collect();
            let rises: Vec<usize> = (1..200).filter(|day| renewals[*day] != renewals[*day - 1]).collect();
            assert!(rises[0] <= 13 && rises.windows(2).all(|two| two[1] - two[0] == 13), "{rises:?}");
            for day in rises {
                portions[day] += 1;
            }
        }
        assert!(portions[1..].iter().all(|portion| (15..70).contains(portion)), "{portions:?}");
    }

    #[test]
    fn what_decides_is_in_the_fingerprint_and_the_day_is_not() {
        let (one, other) = (mapping(false), mapping(true));
        assert_ne!(one.fingerprint(), other.fingerprint());
        let elsewhere = Mapping { host: "https://eu.app.clio.com".into(), ..one.clone() };
        assert_ne!(one.fingerprint(), elsewhere.fingerprint());
        let tomorrow = Mapping { today: one.today.succ_opt().unwrap(), ..one.clone() };
        assert_eq!(one.fingerprint(), tomorrow.fingerprint());
    }
}
