//! The adapter.

use std::time::Duration;

use async_trait::async_trait;
use clio_sync::{Adapter, Error, ErrorKind, Flow, FlowKey, Pass, Result, hub};

use crate::{
    Client, Settings,
    posted_time::{self, PostedTime, Received},
    tags::{self, Tags},
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
            // The poll itself waits for up to a minute.
            Flow::new("posted-time").every(Duration::from_secs(1)),
        ]
    }

    async fn reconcile(&self, flow: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        let clio = pass.clio()?;
        match flow.flow.as_str() {
            "matter-tags" => {
                let host = clio.region().api().url().origin().ascii_serialization();
                pass.pull(hub::matters(&clio), |matter| tags::tag(matter, &host, &self.settings))
                    .into(Tags { client: self.client.clone() })
                    .await
            }
            "posted-time" => {
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
