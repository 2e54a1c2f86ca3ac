//! From Clio's activity categories to WiseTime's activity types. Pure.

use std::collections::BTreeMap;

use clio_model::ActivityCategory;
use clio_sync::{Content, Mapped, Write};

use crate::wire::SyncActivityType;

/// What becomes of all categories together.
pub(crate) fn activity_types(categories: &[ActivityCategory]) -> Mapped {
    let types = types(categories);
    if types.is_empty() {
        return Mapped::Reject(
            "Clio shows no activity category for time: the activity types at WiseTime stay as they are. Whoever has no \
             categories any more removes them in WiseTime's team settings"
                .into(),
        );
    }
    match serde_json::to_string(&types) {
        Ok(payload) => {
            let label = format!("{} activity types", types.len());
            Mapped::Upsert(Write { payload, content: Content::new(), label })
        }
        Err(error) => Mapped::Reject(error.to_string()),
    }
}

/// In the order of their ids, so that the order of the list is no change.
fn types(categories: &[ActivityCategory]) -> Vec<SyncActivityType> {
    let for_time = categories.iter().filter(|category| !category.is_flat_rate());
    let by_id: BTreeMap<i64, SyncActivityType> =
        for_time.map(|category| (category.id.get(), activity_type(category))).collect();
    by_id.into_values().collect()
}

fn activity_type(category: &ActivityCategory) -> SyncActivityType {
    let name = category.name.trim().to_owned();
    SyncActivityType {
        code: category.id.to_string(),
        // The description follows a category that is renamed; WiseTime keeps the first label.
        description: (!name.is_empty()).then(|| name.clone()),
        label: name,
        // A charge code of the firm's is there to be chosen; nobody should have to enable each one by hand.
        enable_if_new: true,
        // One that was removed in Clio and comes back was deleted by us. WiseTime does not tell it from one that a member
        // archived, which comes back too, whenever the list changes.
        reenable_if_archived: true,
    }
}

#[cfg(test)]
mod tests {
    use clio_core::{Etag, Id};
    use clio_model::CategoryRate;

    use super::*;

    fn category(id: i64, name: &str, kind: Option<&str>) -> ActivityCategory {
        let rate = Some(CategoryRate { kind: kind.map(str::to_owned) });
        ActivityCategory { id: Id::new(id), etag: Etag::new("e"), name: name.into(), rate }
    }

    #[test]
    fn categories_for_time_are_types_in_any_order() {
        let list = vec![
            category(12, " Marketing ", None),
            category(11, "Drafting", Some("User")),
            category(13, "Filing fee", Some("FlatRate")),
        ];
        let Mapped::Upsert(write) = activity_types(&list) else { panic!("types") };
        let types: Vec<SyncActivityType> = serde_json::from_str(&write.payload).unwrap();
        let codes: Vec<_> = types.iter().map(|one| (one.code.as_str(), one.label.as_str())).collect();
        assert_eq!(codes, [("11", "Drafting"), ("12", "Marketing")]);
        assert!(types.iter().all(|one| one.enable_if_new && one.reenable_if_archived));
        let turned: Vec<_> = list.into_iter().rev().collect();
        assert_eq!(activity_types(&turned), Mapped::Upsert(write));
    }

    #[test]
    fn an_empty_list_wipes_nothing() {
        for list in [Vec::new(), vec![category(13, "Filing fee", Some("FlatRate"))]] {
            assert!(matches!(activity_types(&list), Mapped::Reject(_)));
        }
    }
}
