//! From a matter to a tag. Pure.

use clio_core::values::MatterStatus;
use clio_model::Matter;
use clio_sync::{Content, Mapped, Write};

use crate::{Settings, wire::UpsertTag};

/// The tag that a matter becomes.
pub(crate) fn tag(matter: &Matter, host: &str, settings: &Settings) -> Mapped {
    if matter.status == MatterStatus::Closed && !settings.show_closed_cases {
        return Mapped::Skip("the matter is closed".into());
    }
    let client = matter.client.as_ref().and_then(|client| client.name.as_deref());
    let description: Vec<&str> = [client, matter.description.as_deref()].into_iter().flatten().collect();
    let tag = UpsertTag {
        name: matter.display_number.clone(),
        description: (!description.is_empty()).then(|| description.join(": ")),
        external_id: matter.id.to_string(),
        url: format!("{}/nc/#/matters/{}", host.trim_end_matches('/'), matter.id),
        additional_keywords: vec![matter.display_number.clone()],
    };
    match serde_json::to_string(&tag) {
        Ok(payload) => {
            let content = Content::from([("externalId".to_owned(), tag.external_id.into())]);
            Mapped::Upsert(Write { payload, content, label: tag.name })
        }
        Err(error) => Mapped::Reject(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use clio_core::schema::objects;

    use super::*;

    #[test]
    fn closed_matters_are_tags_only_if_the_team_wants_them() {
        let json = r#"{"id":7,"etag":"e","display_number":"00007-Byron","description":"Will","status":"Closed",
            "client":{"id":1,"name":"Ada Byron"}}"#;
        let matter: Matter = clio_core::decode::<objects::Matter, _>(json).unwrap();
        assert!(matches!(tag(&matter, "https://app.clio.com", &Settings::default()), Mapped::Skip(_)));
        let all = Settings { show_closed_cases: true, ..Settings::default() };
        let Mapped::Upsert(write) = tag(&matter, "https://app.clio.com", &all) else { panic!("a tag") };
        let tag: UpsertTag = serde_json::from_str(&write.payload).unwrap();
        assert_eq!(tag.description.as_deref(), Some("Ada Byron: Will"));
        assert_eq!(tag.url, "https://app.clio.com/nc/#/matters/7");
    }
}
