//! The suite for adapters, for both flows: twice, by two engines, as a plan, and cut off wherever it waits.

use std::sync::Arc;

use async_trait::async_trait;
use clio_sync::{Firm, Store, conformance};

use crate::bench::Bench;
use crate::office::{TAGS, TYPES};

struct Harness {
    office: Bench,
    flow: &'static str,
    /// Calls to WiseTime that change anything for good.
    writes: &'static str,
}

#[async_trait]
impl conformance::AdapterBench for Harness {
    fn store(&self) -> Arc<dyn Store> {
        Arc::new(self.office.store())
    }

    fn firm(&self) -> Firm {
        self.office.firm()
    }

    fn flow(&self) -> String {
        self.flow.to_owned()
    }

    async fn standing(&self) -> Vec<String> {
        let tags = self.office.wisetime.tags().into_iter();
        let types = self.office.wisetime.activity_types().into_iter();
        let tags = tags.map(|tag| format!("{} {:?} {:?}", tag.name, tag.external_id, tag.description));
        let types = types.map(|one| format!("{} {} {} {}", one.code, one.label, one.enabled, one.deleted));
        tags.chain(types).collect()
    }

    fn writes(&self) -> usize {
        self.office.wisetime.calls().iter().filter(|call| call.path.ends_with(self.writes)).count()
    }
}

#[tokio::test(start_paused = true)]
async fn tags_are_a_flow_of_an_adapter() {
    conformance::adapter(|| async { Harness { office: Bench::new(), flow: TAGS, writes: "/tag/batch" } })
        .await;
}

/// A session that was cut off is begun again, so that what counts is that it is completed.
#[tokio::test(start_paused = true)]
async fn activity_types_are_a_flow_of_an_adapter() {
    let fresh = || async { Harness { office: Bench::new(), flow: TYPES, writes: "/sync/complete" } };
    conformance::adapter(fresh).await;
}
