//! The adapter.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use clio_api::Clio;
use clio_sync::{Adapter, Error, ErrorKind, Flow, FlowKey, Pass, Result};

use crate::{
    Client, Settings, Webhook, activity_types,
    directory::Directories,
    health::{self, CheckUp, Finding, Notices, Standing},
    posted_time::{self, NO_RIGHT, Polled, Received, TimeEntries},
    tags,
    webhook::{Called, Queue},
};

/// The flow by which posted time becomes time entries, whichever way it comes.
pub(crate) const POSTED_TIME: &str = "wisetime/posted-time";

/// WiseTime for one firm.
#[derive(Debug)]
pub struct WiseTime {
    client: Client,
    settings: Settings,
    way: Way,
    directories: Arc<Directories>,
    standing: Arc<Standing>,
}

/// How posted time comes.
#[derive(Debug)]
enum Way {
    /// By asking for it, and taking a webhook away that is in the way if one may.
    Poll { takes_over: bool },
    /// By being called.
    Webhook(Queue),
}

impl WiseTime {
    /// Connects a WiseTime team to the firm that this is attached to. Posted time is fetched by a long poll.
    pub fn connect(client: Client, settings: Settings) -> Self {
        let way = Way::Poll { takes_over: false };
        Self { client, settings, way, directories: Arc::default(), standing: Arc::default() }
    }

    /// Takes a webhook away that keeps posted time from being fetched, and fetches. Without this, the flow stops and says so.
    #[must_use]
    pub fn taking_over(mut self) -> Self {
        self.way = Way::Poll { takes_over: true };
        self
    }

    /// Posted time is received by this webhook, and not fetched. The groups, their keys and the flow are the same, so that a
    /// team may switch between the two at any time.
    #[must_use]
    pub fn by_webhook(mut self, webhook: &Webhook) -> Self {
        self.way = Way::Webhook(webhook.queue().clone());
        self
    }

    async fn posted_time(&self, clio: &Clio, pass: &mut Pass<'_>) -> Result<()> {
        let map =
            |posting: &Received| posted_time::time_entry(&posting.group, &posting.directory, &self.settings);
        let (clio, directories) = (clio.clone(), self.directories.clone());
        let target = TimeEntries::new(&clio, self.standing.clone());
        let done = match &self.way {
            Way::Webhook(queue) => {
                let called = Called { queue: queue.clone(), clio, directories };
                pass.receive(called, map).into(target).await
            }
            Way::Poll { takes_over } => {
                let (client, takes_over) = (self.client.clone(), *takes_over);
                let polled = Polled { client, clio, directories, takes_over, open: Arc::default() };
                let done = pass.receive(polled.clone(), map).into(target).await;
                if done.is_err() && self.standing.lacks_right() {
                    // If even that cannot be told: they are handed out again all the same.
                    let _ = polled.tell_waiting(NO_RIGHT).await;
                }
                done
            }
        };
        if done.is_ok() {
            self.standing.nothing_waits();
        }
        done
    }

    async fn health(&self, clio: &Clio, pass: &mut Pass<'_>) -> Result<()> {
        let finding = Finding::default();
        let standing = self.standing.clone();
        let check_up = CheckUp { clio: clio.clone(), standing, finding: finding.clone() };
        pass.pull(check_up, health::notice).into(Notices { client: self.client.clone() }).await?;
        let found = finding.lock().unwrap_or_else(PoisonError::into_inner).take();
        found.map_or(Ok(()), Err)
    }
}

#[async_trait]
impl Adapter for WiseTime {
    fn name(&self) -> &'static str {
        "wisetime"
    }

    fn flows(&self) -> Vec<Flow> {
        let posted_time = match self.way {
            // The poll itself waits for up to a minute.
            Way::Poll { .. } => Duration::from_secs(1),
            // A call runs it at once; this is for what was not known then.
            Way::Webhook(_) => Duration::from_secs(60),
        };
        vec![
            Flow::new("matter-tags").every(Duration::from_secs(60)),
            nightly(Flow::new("matter-tags-sweep")),
            Flow::new("activity-types").every(Duration::from_secs(5 * 60)),
            Flow::new("posted-time").every(posted_time),
            Flow::new("health").every(Duration::from_secs(60)),
        ]
    }

    async fn reconcile(&self, flow: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        match flow.flow.as_str() {
            "matter-tags" => tags::reconcile(pass, &self.client, &self.settings, false).await,
            "matter-tags-sweep" => tags::reconcile(pass, &self.client, &self.settings, true).await,
            "activity-types" => activity_types::reconcile(pass, &self.client).await,
            "posted-time" => self.posted_time(&pass.clio()?, pass).await,
            "health" => self.health(&pass.clio()?, pass).await,
            other => Err(Error::new(ErrorKind::UnknownFlow, format!("WiseTime has no flow {other}"))),
        }
    }
}

/// While people sleep: it reads every matter.
fn nightly(flow: Flow) -> Flow {
    let daily = flow.clone().every(Duration::from_secs(24 * 60 * 60));
    flow.cron("40 2 * * *").unwrap_or(daily)
}
