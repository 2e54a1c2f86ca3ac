//! What really happened: counted in Clio and at WiseTime, never by the engine.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chrono::{DateTime, TimeDelta, Utc};
use clio_api::{Clio, Id};
use clio_fixtures::{ClioWorld, GroupState, GroupStatus, WiseTimeWorld, posted_time};
use clio_model::Activity;
use futures_util::TryStreamExt;

use crate::{
    day::{Content, Group},
    trouble::Trouble,
    worlds::Worlds,
};

/// A time entry that stands in Clio.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) id: i64,
    pub(crate) content: Content,
    pub(crate) non_billable: bool,
    /// It came into being during this run.
    pub(crate) is_new: bool,
}

/// Reads the account's time entries beside the engine, by a client of its own.
#[derive(Debug)]
pub(crate) struct Ledger {
    clio: Clio,
    since: DateTime<Utc>,
    before: BTreeSet<i64>,
}

impl Ledger {
    /// Notes what is there before anything happens.
    pub(crate) async fn open(clio: Clio) -> Result<Self, Trouble> {
        clio.users().who_am_i().await?;
        let now = clio.server_time().ok_or_else(|| {
            Trouble::new("Clio's answers carry no Date header: without it nothing can be looked for")
        })?;
        // The servers of one host need not agree on the second.
        let since = now - TimeDelta::minutes(1);
        let mut ledger = Self { clio, since, before: BTreeSet::new() };
        ledger.before = ledger.created().await?.into_iter().map(|activity| activity.id.get()).collect();
        Ok(ledger)
    }

    async fn created(&self) -> Result<Vec<Activity>, Trouble> {
        let list = self.clio.activities().list().created_since(self.since).select::<Activity>();
        Ok(list.items().try_collect().await?)
    }

    /// What stands there of this day: what is new, and what an earlier run with the same state file had written.
    pub(crate) async fn entries(
        &self,
        day: &[Group],
        wisetime: &WiseTimeWorld,
    ) -> Result<Vec<Entry>, Trouble> {
        let ours: BTreeSet<&Content> = day.iter().filter_map(|group| group.expected.as_ref()).collect();
        let named: BTreeSet<i64> = acknowledged(wisetime).into_values().collect();
        let mut found: Vec<(Activity, bool)> = Vec::new();
        for activity in self.created().await? {
            if !self.before.contains(&activity.id.get()) {
                found.push((activity, true));
            }
        }
        let known: BTreeSet<i64> = found.iter().map(|(activity, _)| activity.id.get()).collect();
        let earlier: Vec<_> = named.difference(&known).map(|id| Id::new(*id)).collect();
        if !earlier.is_empty() {
            let list = self.clio.activities().list().ids(earlier).select::<Activity>();
            let activities: Vec<Activity> = list.items().try_collect().await?;
            found.extend(activities.into_iter().map(|activity| (activity, false)));
        }
        let entries = found.into_iter().filter_map(|(activity, is_new)| entry(activity, is_new));
        // Others work in this account too: what we have not written is none of our business.
        Ok(entries.filter(|entry| named.contains(&entry.id) || ours.contains(&entry.content)).collect())
    }
}

fn entry(activity: Activity, is_new: bool) -> Option<Entry> {
    Some(Entry {
        id: activity.id.get(),
        content: Content {
            matter: activity.matter?.id.get(),
            user: activity.user?.id.get(),
            date: activity.date?,
            seconds: activity.quantity?.get().normalize().to_string().parse().ok()?,
            note: activity.note.unwrap_or_default().trim().to_owned(),
        },
        non_billable: activity.non_billable.unwrap_or_default(),
        is_new,
    })
}

/// The id in Clio that WiseTime was given for a group.
fn acknowledged(wisetime: &WiseTimeWorld) -> BTreeMap<String, i64> {
    let statuses = wisetime.statuses().into_iter();
    let successes = statuses.filter(|status| status.status == GroupStatus::Success);
    successes.filter_map(|status| Some((status.group_id, status.external_id?.parse().ok()?))).collect()
}

/// The count at the end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Entries that this run has brought into being.
    pub(crate) posted: usize,
    pub(crate) skipped: usize,
    pub(crate) rejected: usize,
    /// Times that activities were listed after the crash, by the engine.
    pub(crate) looks: usize,
    pub(crate) doubled: usize,
    pub(crate) lost: usize,
    pub(crate) parked: usize,
    /// Groups that WiseTime has heard nothing final of.
    pub(crate) waiting: usize,
    /// Groups for which WiseTime was given the id of something else.
    pub(crate) wrong: usize,
    /// Creates sent by the second pass.
    pub(crate) second_pass: usize,
}

impl Verdict {
    /// Measures both sides against the day.
    pub(crate) fn of(worlds: &Worlds, day: &[Group], entries: &[Entry]) -> Self {
        let wisetime = worlds.wisetime.world();
        let Some(fake) = &worlds.fake else { return Self::of_account(wisetime, day, entries) };
        let audit = posted_time(fake.world(), wisetime);
        Self {
            posted: audit.posted,
            doubled: audit.doubled,
            lost: audit.lost,
            wrong: audit.wrong_acknowledgements,
            ..Self::of_wisetime(wisetime)
        }
    }

    /// Where Clio is not ours, what it answers is compared, as multisets.
    fn of_account(wisetime: &WiseTimeWorld, day: &[Group], entries: &[Entry]) -> Self {
        let failed: BTreeSet<Option<String>> = wisetime
            .groups()
            .into_iter()
            .filter_map(|group| (group.state == GroupState::Failure).then_some(group.group_id))
            .collect();
        // A group that Clio itself has refused is not lost: its user was told.
        let wanted = day.iter().filter(|group| !failed.contains(&Some(group.id.clone())));
        let mut balance: BTreeMap<&Content, i64> = BTreeMap::new();
        for content in wanted.filter_map(|group| group.expected.as_ref()) {
            *balance.entry(content).or_default() -= 1;
        }
        for entry in entries {
            *balance.entry(&entry.content).or_default() += 1;
        }
        let sum = |sign: i64| balance.values().filter_map(|n| usize::try_from(n * sign).ok()).sum();
        let by_id: BTreeMap<i64, &Content> = entries.iter().map(|entry| (entry.id, &entry.content)).collect();
        let told = acknowledged(wisetime);
        let right = |group: &&Group| {
            told.get(&group.id).is_none_or(|id| by_id.get(id).copied() == group.expected.as_ref())
        };
        Self {
            posted: entries.iter().filter(|entry| entry.is_new).count(),
            doubled: sum(1),
            lost: sum(-1),
            wrong: day.iter().filter(|group| !right(group)).count(),
            ..Self::of_wisetime(wisetime)
        }
    }

    /// What WiseTime alone can tell: the audit, with a firm that has nothing.
    fn of_wisetime(wisetime: &WiseTimeWorld) -> Self {
        let audit = posted_time(&ClioWorld::firm(0).matters(0).start(), wisetime);
        Self {
            skipped: audit.skipped,
            rejected: audit.rejected,
            parked: audit.parked,
            waiting: audit.waiting,
            ..Self::default()
        }
    }

    /// Nothing went wrong. `must_look`: there was something to look for.
    pub(crate) fn is_good(&self, must_look: bool) -> bool {
        let wrong = [self.doubled, self.lost, self.parked, self.waiting, self.wrong, self.second_pass]
            .iter()
            .sum::<usize>();
        wrong == 0 && (self.looks >= 1 || !must_look)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { posted, skipped, rejected, looks, doubled, lost, parked, second_pass, .. } = self;
        write!(
            f,
            "posted {posted}, skipped {skipped}, rejected {rejected}; after the crash {looks} looks, {doubled} doubled, \
             {lost} lost, {parked} parked; second pass {second_pass} writes"
        )
    }
}
