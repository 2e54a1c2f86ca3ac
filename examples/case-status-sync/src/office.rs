//! The two sides, both fakes, and what they count.

use std::{collections::BTreeMap, sync::Arc};

use clio_api::{
    App, OAuth, Region, Token,
    http::{Request, header::LOCATION},
};
use clio_case_status::{Desk, Settings};
use clio_core::{Id, Limits, Payload};
use clio_fixtures::{ClioWorld, VirtualClock};
use clio_model::stages::StageKey;

use crate::Trouble;

pub(crate) const STATUSES: [&str; 3] = ["Opened", "Gathering evidence", "In court"];

pub(crate) const MATTERS: usize = 12;

#[derive(Debug)]
pub(crate) struct Office {
    pub(crate) clock: Arc<VirtualClock>,
    pub(crate) clio: ClioWorld,
    pub(crate) desk: Desk,
    seen: BTreeMap<i64, Option<&'static str>>,
    /// What each client is to be told, by Clio's own account: how the stage of each matter differs from sync to sync.
    pub(crate) due: BTreeMap<i64, Vec<String>>,
}

impl Office {
    pub(crate) fn open() -> Self {
        let clock = VirtualClock::new();
        let clio = ClioWorld::firm(7).matters(MATTERS).rate_limit(None).clock(clock.clone()).start();
        let desk = Desk::new(clock.clone()).statuses(STATUSES);
        Self { clock, clio, desk, seen: BTreeMap::new(), due: BTreeMap::new() }
    }

    pub(crate) fn matter(&self, at: usize) -> i64 {
        let matters = self.clio.matters();
        matters[at % matters.len()].id
    }

    /// A person of the firm logs into Clio and selects "Allow Access". The fake consents at once, so that one GET is all that a
    /// browser would do.
    pub(crate) async fn allow_access(&self) -> Result<(Region, App, Token), Trouble> {
        let region = Region::custom(&self.clio.host_url())?;
        let (id, secret) = self.clio.app();
        let app = App::new(id, secret);
        let oauth = OAuth::new(region.clone(), app.clone(), "http://127.0.0.1:8765/callback")?;
        let oauth = oauth.transport(self.clio.transport()).clock(self.clock.clone());
        let begun = oauth.begin();
        let page = Request::get(begun.url.as_str()).body(Payload::Empty)?;
        let answer = self.clio.transport().send(page, Limits::default()).await?;
        let location = answer.headers().get(LOCATION).ok_or("the fake does not authorise")?;
        let token = oauth.finish(&begun, &location.to_str()?.parse()?).await?;
        Ok((region, app, token))
    }

    /// The first three stages of each practice area are the three statuses.
    pub(crate) fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        for matter in self.clio.matters() {
            for (stage, status) in self.stages(matter.id).into_iter().zip(STATUSES) {
                settings.stages.set(StageKey::Id(Id::new(stage)), status.to_owned());
            }
        }
        settings
    }

    fn stages(&self, matter: i64) -> Vec<i64> {
        let area = self.clio.record("Matter", matter).and_then(|there| there["practice_area"]["id"].as_i64());
        let mut stages: Vec<_> = self.clio.records("MatterStage");
        stages.retain(|stage| stage["practice_area_id"].to_string().trim_matches('"').parse().ok() == area);
        stages.sort_by_key(|stage| stage["order"].as_i64());
        stages.iter().filter_map(|stage| stage["id"].as_i64()).collect()
    }

    /// Somebody moves a matter to the stage of this status.
    pub(crate) fn move_to(&self, matter: i64, status: usize) {
        if let Some(stage) = self.stages(matter).get(status) {
            self.clio.person("Ada").move_to_stage(matter, *stage);
        }
    }

    /// A sync is about to look: whose status differs from what the last one saw is to be told.
    pub(crate) fn about_to_sync(&mut self) {
        for matter in self.clio.matters() {
            let stage =
                self.clio.record("Matter", matter.id).and_then(|one| one["matter_stage"]["id"].as_i64());
            let at = self.stages(matter.id).iter().position(|one| Some(*one) == stage);
            let now = at.and_then(|at| STATUSES.get(at).copied());
            let before = self.seen.insert(matter.id, now);
            if let (Some(before), Some(now)) = (before, now)
                && before != Some(now)
            {
                self.due.entry(matter.id).or_default().push(now.to_owned());
            }
        }
    }

    /// What the client of a matter was told, as the desk has it.
    pub(crate) fn told(&self, matter: i64) -> Vec<String> {
        self.desk.case_of(&matter.to_string()).map(|case| self.desk.told(&case.id)).unwrap_or_default()
    }

    /// The texts that are filed in Clio, in order of the alphabet.
    pub(crate) fn filed(&self) -> Vec<String> {
        let all = self.clio.records("Communication").into_iter();
        let ours = all.filter(|one| one["subject"] == "Case Status Message");
        let mut texts: Vec<String> = ours.filter_map(|one| one["body"].as_str().map(str::to_owned)).collect();
        texts.sort();
        texts
    }

    /// The documents in Clio that clients uploaded.
    pub(crate) fn documents(&self) -> Vec<String> {
        let all = self.clio.records("Document").into_iter();
        let mut names: Vec<String> = all.filter_map(|one| one["name"].as_str().map(str::to_owned)).collect();
        names.retain(|name| name.starts_with("letter-"));
        names.sort();
        names
    }

    /// On how many evenings at a quarter past nine Clio was asked for matters.
    pub(crate) fn nights(&self) -> usize {
        let calls = self.clio.calls();
        let lists = calls.iter().filter(|call| call.path.ends_with("/matters.json"));
        let mut nights: Vec<String> = lists.map(|call| call.at.format("%F %H:%M").to_string()).collect();
        nights.retain(|at| at.ends_with(" 21:15"));
        nights.dedup();
        nights.len()
    }
}
