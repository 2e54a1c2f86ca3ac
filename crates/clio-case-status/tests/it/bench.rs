//! A firm with both systems.

use std::{sync::Arc, time::Duration};

use clio_api::{Clio, Region, http::Method};
use clio_case_status::{CaseId, CaseStatus, Desk, Integration, Session, Settings};
use clio_core::{Clock, Transport};
use clio_fixtures::{ClioWorld, ClioWorldBuilder, VirtualClock};
use clio_model::stages::StageKey;
use clio_sync::{Engine, Firm, Report};
use clio_sync_sqlite::SqliteStore;
use serde_json::json;

pub(crate) struct Bench {
    pub(crate) clock: Arc<VirtualClock>,
    pub(crate) world: ClioWorld,
    pub(crate) desk: Desk,
    pub(crate) clio: Clio,
    pub(crate) engine: Engine,
    pub(crate) firm: Firm,
    pub(crate) integration: Integration,
    settings: Settings,
    folder: tempfile::TempDir,
}

/// A day.
pub(crate) const DAY: Duration = Duration::from_secs(86_400);

/// The statuses of the desk, in the order of the stages that are mapped to them.
pub(crate) const STATUSES: [&str; 3] = ["Opened", "Gathering evidence", "In court"];

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(|world| world.matters(6), |_, _| ()).await
    }

    #[expect(clippy::unused_async, reason = "a bench is awaited wherever it is made")]
    pub(crate) async fn with(
        build: impl FnOnce(ClioWorldBuilder) -> ClioWorldBuilder,
        set: impl FnOnce(&mut Settings, &ClioWorld),
    ) -> Self {
        let clock = VirtualClock::new();
        let world =
            build(ClioWorld::firm(7).rate_limit(None).token_life(400 * DAY).clock(clock.clone())).start();
        let desk = Desk::new(clock.clone()).statuses(STATUSES);
        let mut settings = Settings::default();
        set(&mut settings, &world);
        let folder = tempfile::tempdir().expect("a folder");
        let (clio, engine, firm, integration) = Self::programme(
            &clock,
            &world,
            Arc::new(desk.clone()),
            &settings,
            folder.path(),
            world.transport(),
        );
        Self { clock, world, desk, clio, engine, firm, integration, settings, folder }
    }

    fn programme(
        clock: &Arc<VirtualClock>,
        world: &ClioWorld,
        side: Arc<dyn CaseStatus>,
        settings: &Settings,
        folder: &std::path::Path,
        transport: Arc<dyn Transport>,
    ) -> (Clio, Engine, Firm, Integration) {
        let clio = Clio::builder(Region::custom(&world.host_url()).expect("an address"))
            .transport(transport)
            .clock(clock.clone())
            .token(world.token())
            .build()
            .expect("a client");
        let store = SqliteStore::options().clock(clock.clone()).inline();
        let engine = Engine::new(store.open(folder.join("state")).expect("a store"));
        let engine = engine.with_clock(clock.clone());
        let firm = engine.firm("acme-law", clio.clone());
        let integration = Integration::new(side, settings.clone());
        firm.attach(integration.clone());
        (clio, engine, firm, integration)
    }

    /// The same programme started anew, over the same file: nothing that was only in memory is left.
    pub(crate) fn restart(&mut self) {
        self.restart_over(self.world.transport());
    }

    /// The same, over another way to Clio.
    pub(crate) fn restart_over(&mut self, transport: Arc<dyn Transport>) {
        let folder = self.folder.path();
        let side = Arc::new(self.desk.clone());
        let made = Self::programme(&self.clock, &self.world, side, &self.settings, folder, transport);
        (self.clio, self.engine, self.firm, self.integration) = made;
    }

    /// The same, with another side in the place of the desk.
    pub(crate) fn restart_at(&mut self, side: Arc<dyn CaseStatus>) {
        let (folder, transport) = (self.folder.path(), self.world.transport());
        let made = Self::programme(&self.clock, &self.world, side, &self.settings, folder, transport);
        (self.clio, self.engine, self.firm, self.integration) = made;
    }

    /// The same with other settings.
    pub(crate) fn restart_with(&mut self, set: impl FnOnce(&mut Settings, &ClioWorld)) {
        set(&mut self.settings, &self.world);
        self.restart();
    }

    pub(crate) fn session(&self) -> Session<'_> {
        self.integration.session(&self.firm)
    }

    /// The nightly sync.
    pub(crate) async fn night(&self) -> Report {
        self.firm.run("case-status/matters").await.expect("a sync")
    }

    /// A poll of the messages.
    pub(crate) async fn poll(&self) -> Report {
        self.firm.run("case-status/messages").await.expect("a poll")
    }

    /// Changes a record of Clio's by its API, as a person would.
    pub(crate) async fn change(&self, path: &str, body: serde_json::Value) {
        let request = self.clio.raw(Method::PATCH, path).json(&json!({ "data": body }));
        request.send().await.expect("a change");
    }

    /// Creates a record of Clio's by its API, as a person would, and answers its id.
    pub(crate) async fn create(&self, path: &str, body: serde_json::Value) -> i64 {
        let request = self.clio.raw(Method::POST, path).json(&json!({ "data": body }));
        let answer = request.send().await.expect("a creation");
        let answer: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
        answer["data"]["id"].as_i64().expect("an id")
    }

    /// Deletes a record of Clio's by its API; Clio may refuse it.
    pub(crate) async fn try_delete(&self, path: &str) {
        let _ = self.clio.raw(Method::DELETE, path).send().await;
    }

    /// The id of a matter's client.
    pub(crate) fn client(&self, matter: i64) -> i64 {
        let there = self.world.record("Matter", matter).expect("a matter");
        there["client"]["id"].as_i64().expect("a client")
    }

    pub(crate) async fn pass(&self, time: Duration) {
        self.clock.sleep(time).await;
    }

    pub(crate) fn matter(&self, at: usize) -> i64 {
        self.world.matters()[at].id
    }

    pub(crate) fn case(&self, matter: i64) -> CaseId {
        self.desk.case_of(&matter.to_string()).expect("a case").id
    }

    /// What the client of a matter was told.
    pub(crate) fn told(&self, matter: i64) -> Vec<String> {
        self.desk.told(&self.case(matter))
    }

    pub(crate) fn status(&self, matter: i64) -> Option<String> {
        self.desk.case_of(&matter.to_string()).and_then(|case| case.status)
    }

    /// The stages of the practice area of a matter, in their order.
    pub(crate) fn stages(&self, matter: i64) -> Vec<i64> {
        stages_of(&self.world, matter)
    }

    pub(crate) fn move_to(&self, matter: i64, stage: i64) {
        assert!(self.world.person("Ada").move_to_stage(matter, stage), "stage {stage}");
    }
}

fn stages_of(world: &ClioWorld, matter: i64) -> Vec<i64> {
    let there = world.record("Matter", matter).expect("a matter");
    let area = there["practice_area"]["id"].as_i64().expect("a practice area");
    let of_area = |stage: &serde_json::Value| {
        stage["practice_area_id"].as_i64() == Some(area)
            || stage["practice_area_id"].as_str() == Some(&area.to_string())
    };
    let mut stages: Vec<_> = world.records("MatterStage").into_iter().filter(of_area).collect();
    stages.sort_by_key(|stage| stage["order"].as_i64());
    stages.iter().map(|stage| stage["id"].as_i64().expect("an id")).collect()
}

/// The first three stages of every practice area are the three statuses.
pub(crate) fn map_stages(settings: &mut Settings, world: &ClioWorld) {
    for matter in world.matters() {
        for (stage, status) in stages_of(world, matter.id).into_iter().zip(STATUSES) {
            settings.stages.set(StageKey::Id(clio_core::Id::new(stage)), status.to_owned());
        }
    }
}
