//! What is mirrored: which lists, and which fields of their records.

use async_trait::async_trait;
use clio_api::{Selection, choices::ContactType};
use clio_sync::{Adapter, Flow, FlowKey, Pass, Result, hub::lists};

/// The lists, each a flow, with the path of its calls.
pub(crate) const LISTS: [(&str, &str); 6] = [
    ("matters", "/matters.json"),
    ("contacts", "/contacts.json"),
    ("activities", "/activities.json"),
    ("users", "/users.json"),
    ("practice-areas", "/practice_areas.json"),
    ("activity-categories", "/activity_descriptions.json"),
];

/// The adapter of the mirror: each flow keeps a copy of one list.
#[derive(Debug)]
pub(crate) struct Mirror;

#[async_trait]
impl Adapter for Mirror {
    fn name(&self) -> &'static str {
        "mirror"
    }

    fn flows(&self) -> Vec<Flow> {
        LISTS.iter().map(|(name, _)| Flow::new(*name)).collect()
    }

    async fn reconcile(&self, flow: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        let clio = pass.clio()?;
        match flow.flow.as_str() {
            "users" => pass.mirror(lists::users(&clio).as_text()).await,
            "practice-areas" => pass.mirror(lists::practice_areas(&clio).select::<Area>().as_text()).await,
            "activity-categories" => pass.mirror(lists::activity_descriptions(&clio).as_text()).await,
            "matters" => pass.mirror(lists::matters(&clio).as_text()).await,
            "contacts" => pass.mirror(lists::contacts(&clio).select::<Contact>().as_text()).await,
            _ => pass.mirror(lists::activities(&clio).as_text()).await,
        }
    }
}

/// A practice area.
#[derive(Selection)]
#[clio(object = "PracticeArea")]
struct Area {
    name: String,
    code: Option<String>,
}

/// A person or company.
#[derive(Selection)]
#[clio(object = "Contact")]
struct Contact {
    name: String,
    r#type: ContactType,
    primary_email_address: Option<String>,
    primary_phone_number: Option<String>,
}
