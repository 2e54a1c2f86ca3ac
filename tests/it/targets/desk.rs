//! An adapter that writes what it is given to one target at Clio.

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_api::Clio;
use clio_core::Clock;
use clio_sync::{
    Acknowledgement, Adapter, Capabilities, Flow, FlowKey, Found, InboxBatch, InboxSource, Incoming, Look,
    Mapped, Outcome, Pass, Ready, Report, Result, SendLimits, Sending, Target,
};
use simulation::{Scene, Setup};

/// The flow of the desk.
pub(super) const FLOW: &str = "desk/x";

/// Makes the target out of the firm's client.
pub(super) type MakeTarget = fn(&Clio) -> Arc<dyn Target>;

/// A scene with a desk, whose records are given to a target.
pub(super) struct Desk {
    pub(super) scene: Scene,
    tray: Tray,
}

#[derive(Debug, Clone, Default)]
struct Tray(Arc<Mutex<Vec<(String, String, Mapped)>>>);

impl Desk {
    pub(super) fn new(
        mut scene: Scene,
        target: impl Fn(&Clio) -> Arc<dyn Target> + Send + Sync + 'static,
    ) -> Self {
        let tray = Tray::default();
        let (own, target) = (tray.clone(), Arc::new(target));
        scene.attach.push(Arc::new(move |_, _, firm| {
            firm.attach(Clerk { tray: own.clone(), target: target.clone() });
        }));
        Self { scene, tray }
    }

    /// Hands a record in.
    pub(super) fn put(&self, id: &str, version: u32, mapped: Mapped) {
        self.tray.0.lock().unwrap().push((id.to_owned(), version.to_string(), mapped));
    }

    /// Runs until nothing is open any more, whatever goes wrong; two hours at most.
    pub(super) async fn settle(&self) -> Report {
        self.settle_in(self.scene.setup()).await
    }

    pub(super) async fn settle_in(&self, setup: Setup) -> Report {
        let firm = setup.firm();
        let end = self.scene.clock.monotonic() + Duration::from_secs(7200);
        let mut lines = Vec::new();
        loop {
            let result = firm.run_to_rest(FLOW).await;
            let late = self.scene.clock.monotonic() > end;
            match result {
                Ok(mut report) if report.pending == 0 || late => {
                    lines.append(&mut report.lines);
                    report.lines = lines;
                    return report;
                }
                Ok(report) => lines.extend(report.lines),
                Err(error) => assert!(!late, "{error}"),
            }
            self.scene.clock.sleep(Duration::from_secs(30)).await;
        }
    }
}

struct Clerk {
    tray: Tray,
    target: Arc<Making>,
}

type Making = dyn Fn(&Clio) -> Arc<dyn Target> + Send + Sync;

impl fmt::Debug for Clerk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clerk")
    }
}

#[async_trait]
impl Adapter for Clerk {
    fn name(&self) -> &'static str {
        "desk"
    }

    fn flows(&self) -> Vec<Flow> {
        vec![Flow::new("x")]
    }

    async fn reconcile(&self, _flow: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        let target = Any((self.target)(&pass.clio()?));
        pass.receive(self.tray.clone(), Mapped::clone).into(target).await
    }
}

#[async_trait]
impl InboxSource for Tray {
    type Record = Mapped;

    fn kind(&self) -> &'static str {
        "test/desk"
    }

    async fn fetch(&self) -> Result<InboxBatch<Mapped>> {
        let incoming =
            |(id, version, mapped): &(String, String, Mapped)| Incoming::new(id, version, mapped.clone());
        Ok(InboxBatch { records: self.0.lock().unwrap().iter().map(incoming).collect(), more: false })
    }

    async fn acknowledge(&self, acknowledgement: &Acknowledgement) -> Result<()> {
        self.0.lock().unwrap().retain(|(id, ..)| *id != acknowledgement.id);
        Ok(())
    }
}

/// Whichever target it is.
struct Any(Arc<dyn Target>);

#[async_trait]
impl Target for Any {
    fn kind(&self) -> &str {
        self.0.kind()
    }
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }
    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }
    async fn prepare(&self, within: Duration) -> Result<Ready> {
        self.0.prepare(within).await
    }
    async fn server_time(&self) -> Result<DateTime<Utc>> {
        self.0.server_time().await
    }
    async fn send(&self, sendings: &[Sending], limits: SendLimits, ready: Ready) -> Vec<Outcome> {
        self.0.send(sendings, limits, ready).await
    }
    async fn look(&self, look: &Look) -> Result<Vec<Found>> {
        self.0.look(look).await
    }
    async fn get(&self, remote_id: &str) -> Result<Option<Found>> {
        self.0.get(remote_id).await
    }
    async fn finish(&self, sending: &Sending, found: &Found, limits: SendLimits, ready: Ready) -> Outcome {
        self.0.finish(sending, found, limits, ready).await
    }
}
