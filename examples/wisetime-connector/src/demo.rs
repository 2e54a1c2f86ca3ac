//! A day at a firm and a team that are none. Members work, WiseTime tags what it recognises, they review their day and post
//! what they choose; the connector runs beside them on its own schedules. Time is virtual: a day takes a second.

#![expect(clippy::print_stdout, reason = "this is a story for people at a terminal")]

mod day;

use std::{sync::Arc, time::Duration};

use clio_api::{Clio, Region};
use clio_core::Clock;
use clio_fixtures::{ActivityTypeRecord, ClioWorld, GroupState, VirtualClock, WiseTimeWorld};
use clio_wisetime::Client;
use futures_util::future::join;
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::{
    accounts,
    connector::{Connector, Plan},
    totals::Totals,
    trouble::Trouble,
};
use day::Colleague;

/// The longest that anything in this story takes, in virtual time.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// From four o'clock in the afternoon, when the clock starts, until the members look back on their day.
const UNTIL_EVENING: Duration = Duration::from_secs(60 * 60);

/// The category whose time the team does not bill: `ACTIVITY_TYPES_NON_BILLABLE`.
const NON_BILLABLE: &str = "Marketing";

/// How many of the firm's people use WiseTime.
const MEMBERS: usize = 3;

/// Both sides, and what a connector between them keeps.
pub(crate) struct Worlds {
    pub(crate) clio: ClioWorld,
    pub(crate) wisetime: WiseTimeWorld,
    clock: Arc<VirtualClock>,
    folder: TempDir,
}

/// Plays the day, and answers whether both sides agree.
pub(crate) async fn run() -> Result<bool, Trouble> {
    let worlds = Worlds::found()?;
    let totals = worlds.play().await?;
    println!("\n{totals}");
    Ok(totals.agree())
}

impl Worlds {
    pub(crate) fn found() -> Result<Self, Trouble> {
        let afternoon = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).and_then(|day| day.and_hms_opt(16, 0, 0));
        let clock = VirtualClock::starting_at(afternoon.unwrap_or_default().and_utc());
        let clio = ClioWorld::firm(8).users(4).matters(12).clock(clock.clone()).start();
        let team = WiseTimeWorld::team().configuration("ACTIVITY_TYPES_NON_BILLABLE", NON_BILLABLE);
        let wisetime = team.clock(clock.clone()).start();
        let folder = tempfile::tempdir();
        let folder = folder.map_err(|error| Trouble::new(format!("no temporary folder: {error}")))?;
        Ok(Self { clio, wisetime, clock, folder })
    }

    /// The connector and the people side by side, until the people are done.
    pub(crate) async fn play(&self) -> Result<Totals, Trouble> {
        let plan = self.plan().await?;
        println!("The settings of the team:\n{}\n", indented(&plan.settings.to_string()));
        let connector = Connector::start(plan).await?;
        let (stop, stopped) = oneshot::channel::<()>();
        let people = async {
            let told = self.people().await;
            // The connector may have ended by itself, and then there is nobody to tell.
            let _ = stop.send(());
            told
        };
        let (served, told) = join(connector.serve(async { stopped.await.unwrap_or(()) }), people).await;
        served.and(told)?;
        Ok(self.count())
    }

    fn count(&self) -> Totals {
        Totals::count(&self.clio, &self.wisetime, NON_BILLABLE)
    }

    /// As `accounts` makes it for real ones.
    async fn plan(&self) -> Result<Plan, Trouble> {
        let base = format!("{}/connect/api", self.wisetime.host_url());
        let wisetime =
            Client::builder(self.wisetime.api_key()).base(base).transport(self.wisetime.transport());
        let wisetime = wisetime.clock(self.clock.clone()).build()?;
        let clio = Clio::builder(Region::custom(&self.clio.host_url())?).token(self.clio.token());
        Ok(Plan {
            firm: "demonstration".to_owned(),
            clio: clio.transport(self.clio.transport()).clock(self.clock.clone()).build()?,
            settings: accounts::of_the_team(&wisetime).await?,
            wisetime,
            hook: None,
            state: self.folder.path().join("state.sqlite"),
            clock: self.clock.clone(),
        })
    }

    async fn people(&self) -> Result<(), Trouble> {
        self.until("the matters are tags", || !self.wisetime.tags().is_empty()).await?;
        let numbers: Vec<String> = self.wisetime.tags().into_iter().map(|tag| tag.name).collect();
        let is_marketing = |kind: &ActivityTypeRecord| kind.label == NON_BILLABLE;
        self.until("the categories are activity types", || {
            self.wisetime.activity_types().iter().any(is_marketing)
        })
        .await?;
        let types = self.wisetime.activity_types();
        let marketing = types.iter().find(|kind| is_marketing(kind)).map(|kind| kind.code.clone());
        let marketing = marketing.unwrap_or_default();
        println!(
            "{}: {} matters have become tags, and {} categories activity types.",
            self.time(),
            numbers.len(),
            types.len()
        );

        let date = self.clock.now().date_naive();
        println!("\nMembers work until five o'clock, as they have since nine.");
        self.clock.sleep(UNTIL_EVENING).await;
        let users = self.clio.users();
        for (user, matters) in users.iter().zip(numbers.chunks_exact(3)).take(MEMBERS) {
            let colleague = Colleague::new(self.wisetime.member(&user.name, &user.email), date, matters);
            colleague.works();
            println!("\n{}: what {} sees of the day, and nobody else:", self.time(), user.name);
            for line in colleague.timeline() {
                println!("  {line}");
            }
            let groups =
                colleague.reviews_and_posts(&marketing).map_err(|error| Trouble::new(error.to_string()))?;
            println!(
                "  Two rows are tagged by hand, four described, one is {NON_BILLABLE}; {groups} groups are posted, and one \
                 row stays private."
            );
            // Colleagues do not go home at the same moment.
            self.clock.sleep(Duration::from_secs(600)).await;
        }
        let ended = |state: GroupState| matches!(state, GroupState::Success | GroupState::Failure);
        self.until("all groups are settled", || {
            self.wisetime.groups().iter().all(|group| ended(group.state))
        })
        .await?;
        println!("\n{}: everything is in Clio, or refused.", self.time());
        let free = self.clio.activities().into_iter().filter(|entry| entry.non_billable).count();
        println!("{free} entries are non-billable, because {NON_BILLABLE} is.");
        Ok(())
    }

    fn time(&self) -> String {
        self.clock.now().format("%H:%M:%S").to_string()
    }

    async fn until(&self, what: &str, done: impl Fn() -> bool) -> Result<(), Trouble> {
        let end = self.clock.monotonic() + PATIENCE;
        while !done() {
            if self.clock.monotonic() > end {
                return Err(Trouble::new(format!("the demonstration waited in vain until {what}")));
            }
            self.clock.sleep(Duration::from_secs(1)).await;
        }
        Ok(())
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn both_sides_agree_until_somebody_takes_an_entry_away() {
        let worlds = Worlds::found().unwrap();
        let totals = worlds.play().await.unwrap();
        assert!(totals.agree(), "{totals}");
        assert_eq!(totals.chosen.count, 4 * MEMBERS);

        let entry =
            worlds.clio.activities().into_iter().rfind(|entry| entry.note.contains(day::MORNING)).unwrap();
        assert!(worlds.clio.person("Ada").delete_activity(entry.id));
        let totals = worlds.count();
        assert!(!totals.agree() && totals.to_string().contains("Clio has"), "{totals}");
    }

    /// What nobody posted has left no trace on either side.
    #[tokio::test(start_paused = true)]
    async fn what_is_not_posted_stays_private() {
        let worlds = Worlds::found().unwrap();
        worlds.play().await.unwrap();
        let groups: String = worlds.wisetime.groups().iter().map(|group| group.json.to_string()).collect();
        let notes: String = worlds.clio.activities().into_iter().map(|entry| entry.note).collect();
        assert!(groups.contains("_contract_v3.pdf"));
        assert!(!groups.contains(day::PRIVATE) && !notes.contains(day::PRIVATE));
    }
}
