//! The connector: a firm, an adapter, a state file, and an engine that runs the flows on their schedules.

use std::{future::Future, path::PathBuf, pin::pin, sync::Arc, time::Duration};

use clio_api::Clio;
use clio_core::Clock;
use clio_model::ActivityCategory;
use clio_sync::{Engine, Event, Firm, FlowKey, LocalExecutor, Progress};
use clio_sync_sqlite::SqliteStore;
use clio_wisetime::{Client, Settings, Webhook, WiseTime};
use futures_util::{
    TryStreamExt,
    future::{Either, select},
};

use crate::trouble::Trouble;

/// How long runs under way have to end after the program was told to stop. A poll is held for a minute; whatever is broken
/// off, the next start goes on with.
const GRACE: Duration = Duration::from_secs(10);

/// All that a connector is made of.
pub(crate) struct Plan {
    pub(crate) firm: String,
    pub(crate) clio: Clio,
    pub(crate) wisetime: Client,
    pub(crate) settings: Settings,
    /// `None`: posted time is fetched.
    pub(crate) hook: Option<Hook>,
    pub(crate) state: PathBuf,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Where WiseTime calls, and by what it is known.
pub(crate) struct Hook {
    pub(crate) url: String,
    pub(crate) caller_key: String,
}

pub(crate) struct Connector {
    engine: Engine,
    firm: Firm,
    receiver: Option<Receiver>,
    executor: LocalExecutor,
    clock: Arc<dyn Clock>,
}

/// WiseTime's webhook, and where it is reached.
struct Receiver {
    webhook: Webhook,
    url: String,
}

impl Receiver {
    fn new(wisetime: &Client, hook: Hook) -> Result<Self, Trouble> {
        Ok(Self { webhook: Webhook::new(wisetime, hook.caller_key)?, url: hook.url })
    }
}

impl Connector {
    /// Opens the state, asks both sides who they are, and says with which settings it will run. Nothing is written yet.
    pub(crate) async fn start(plan: Plan) -> Result<Self, Trouble> {
        let store = SqliteStore::open(&plan.state)?;
        let team = plan.wisetime.team_name().await?;
        tell_settings(&plan.settings, &plan.clio).await?;

        let engine = Engine::new(store).with_clock(plan.clock.clone()).with_progress(Arc::new(Log));
        // Refuses another account than this state file knows.
        let firm = engine.connect(&plan.firm, plan.clio).await?;
        let receiver = plan.hook.map(|hook| Receiver::new(&plan.wisetime, hook)).transpose()?;
        let adapter = WiseTime::connect(plan.wisetime, plan.settings);
        // A team has one way by which posted time leaves it: the one that was asked for here.
        firm.attach(match &receiver {
            Some(receiver) => adapter.by_webhook(&receiver.webhook),
            None => adapter.taking_over(),
        });
        tracing::info!(firm = plan.firm, team, webhook = receiver.is_some(), "connected");
        let executor = LocalExecutor::new().with_clock(plan.clock.clone());
        Ok(Self { engine, firm, receiver, executor, clock: plan.clock })
    }

    pub(crate) fn firm(&self) -> &Firm {
        &self.firm
    }

    /// What takes WiseTime's calls, if there is to be any.
    pub(crate) fn webhook(&self) -> Option<Webhook> {
        self.receiver.as_ref().map(|receiver| receiver.webhook.clone())
    }

    /// Has WiseTime call, if it is to. To be done once calls can be taken.
    pub(crate) async fn subscribe(&self) -> Result<(), Trouble> {
        if let Some(receiver) = &self.receiver {
            receiver.webhook.subscribe(&receiver.url).await?;
        }
        Ok(())
    }

    /// Runs the flows on their schedules until `stop` ends.
    pub(crate) async fn serve(&self, stop: impl Future<Output = ()>) -> Result<(), Trouble> {
        let serving = pin!(self.engine.serve(&self.executor));
        let stopping = pin!(async {
            stop.await;
            tracing::info!("told to stop: no run begins any more");
            self.executor.stop();
            self.clock.sleep(GRACE).await;
        });
        match select(serving, stopping).await {
            Either::Left((ended, _)) => ended?,
            Either::Right(_) => {
                tracing::warn!("what is still under way is broken off: the next start goes on with it");
            }
        }
        tracing::info!("stopped");
        Ok(())
    }
}

/// Every setting with its value, and names that Clio does not know: time would be billed that was not to be.
async fn tell_settings(settings: &Settings, clio: &Clio) -> Result<(), Trouble> {
    for (name, value, is_default) in settings.describe() {
        tracing::info!(name, value, is_default, "a setting");
    }
    let categories: Vec<ActivityCategory> =
        clio.activity_descriptions().list().select().items().try_collect().await?;
    for name in settings.check(&categories) {
        tracing::warn!(name, "ACTIVITY_TYPES_NON_BILLABLE: Clio has no activity category of this name");
    }
    Ok(())
}

/// Says what became of each record, without a word of what it is.
#[derive(Debug)]
struct Log;

impl Progress for Log {
    fn event(&self, flow: &FlowKey, event: &Event) {
        match event {
            Event::Settled(line) => {
                let (outcome, remote_id) = (line.outcome, line.remote_id.as_deref());
                tracing::info!(%flow, id = line.id, ?outcome, remote_id, "settled");
            }
            Event::Uncertain => tracing::warn!(%flow, "a write without an answer: it will be looked for"),
            other => tracing::debug!(%flow, event = ?other, "progress"),
        }
    }
}
