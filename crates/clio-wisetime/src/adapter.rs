//! The adapter.

use std::time::Duration;

use async_trait::async_trait;
use clio_sync::{Adapter, Error, ErrorKind, Flow, FlowKey, Pass, Result, hub};

use crate::{
    Client, Settings, activity_types,
    posted_time::{self, PostedTime, Received},
    tags,
};

/// WiseTime for one firm.
#[derive(Debug)]
pub struct WiseTime {
    client: Client,
    settings: Settings,
}

impl WiseTime {
    /// Connects a WiseTime team to the firm that this is attached to.
    pub fn connect(client: Client, settings: Settings) -> Self {
        Self { client, settings }
    }
}

#[async_trait]
impl Adapter for WiseTime {
    fn name(&self) -> &'static str {
        "wisetime"
    }

    fn flows(&self) -> Vec<Flow> {
        vec![
            Flow::new("matter-tags").every(Duration::from_secs(60)),
            nightly(Flow::new("matter-tags-sweep")),
            Flow::new("activity-types").every(Duration::from_secs(5 * 60)),
            // The poll itself waits for up to a minute.
            Flow::new("posted-time").every(Duration::from_secs(1)),
        ]
    }

    async fn reconcile(&self, flow: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        match flow.flow.as_str() {
            "matter-tags" => tags::reconcile(pass, &self.client, &self.settings, false).await,
            "matter-tags-sweep" => tags::reconcile(pass, &self.client, &self.settings, true).await,
            "activity-types" => activity_types::reconcile(pass, &self.client).await,
            "posted-time" => {
                let clio = pass.clio()?;
                let map = |posting: &Received| {
                    posted_time::time_entry(&posting.group, &posting.directory, &self.settings)
                };
                let inbox = PostedTime { client: self.client.clone(), clio: clio.clone() };
                pass.receive(inbox, map).into(hub::activities(&clio)).await
            }
            other => Err(Error::new(ErrorKind::UnknownFlow, format!("WiseTime has no flow {other}"))),
        }
    }
}

/// While people sleep: it reads every matter.
fn nightly(flow: Flow) -> Flow {
    let daily = flow.clone().every(Duration::from_secs(24 * 60 * 60));
    flow.cron("40 2 * * *").unwrap_or(daily)
}
