//! Whether both sides agree, counted by the fakes and not by the connector.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use clio_fixtures::{ActivityRecord, Audit, ClioWorld, GroupStatus, Origin, WiseTimeWorld, posted_time};

/// What each side has in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Totals {
    /// What members have posted.
    pub(crate) chosen: Side,
    /// What WiseTime was told is done.
    pub(crate) wisetime: Side,
    /// The time entries that came in over Clio's API.
    pub(crate) clio: Side,
    /// Groups whose description is not in the note of their entry.
    pub(crate) unsaid: usize,
    /// Entries that are billed although their charge code is not to be, or the other way round.
    pub(crate) misbilled: usize,
    /// What the oracle of the fakes finds besides.
    pub(crate) audit: Audit,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Side {
    pub(crate) count: usize,
    pub(crate) seconds: i64,
}

impl Side {
    fn of(seconds: impl Iterator<Item = i64>) -> Self {
        seconds.fold(Self::default(), |side, seconds| Self {
            count: side.count + 1,
            seconds: side.seconds + seconds,
        })
    }
}

impl Totals {
    /// Time whose charge code has the label `non_billable` is not to be billed, and all other time is.
    pub(crate) fn count(clio: &ClioWorld, wisetime: &WiseTimeWorld, non_billable: &str) -> Self {
        let entries: HashMap<String, ActivityRecord> = clio
            .activities()
            .into_iter()
            .filter(|entry| matches!(entry.origin, Origin::Token { .. }))
            .map(|entry| (entry.id.to_string(), entry))
            .collect();
        let groups = wisetime.groups();
        let seconds = |group: &serde_json::Value| group["totalDurationSecs"].as_i64().unwrap_or_default();

        let mut done = HashSet::new();
        let (mut unsaid, mut misbilled) = (0, 0);
        for status in wisetime.statuses().iter().filter(|status| status.status == GroupStatus::Success) {
            let group = groups.iter().find(|group| group.group_id.as_ref() == Some(&status.group_id));
            let entry = status.external_id.as_ref().and_then(|id| entries.get(id));
            let wanted = group.and_then(|group| group.json["description"].as_str()).unwrap_or_default();
            unsaid += usize::from(entry.is_none_or(|entry| !entry.note.contains(wanted)));
            let free = group.is_some_and(|group| group.json["activityType"]["label"] == non_billable);
            misbilled += usize::from(entry.is_some_and(|entry| entry.non_billable != free));
            done.insert(status.group_id.clone());
        }
        let is_done = |id: Option<&String>| id.is_some_and(|id| done.contains(id));
        Self {
            chosen: Side::of(groups.iter().map(|group| seconds(&group.json))),
            wisetime: Side::of(
                groups
                    .iter()
                    .filter(|group| is_done(group.group_id.as_ref()))
                    .map(|group| seconds(&group.json)),
            ),
            clio: Side::of(entries.values().map(|entry| entry.quantity_seconds)),
            unsaid,
            misbilled,
            audit: posted_time(clio, wisetime),
        }
    }

    pub(crate) fn agree(&self) -> bool {
        let audit = &self.audit;
        let faults = [audit.doubled, audit.lost, audit.rejected, audit.waiting, audit.wrong_acknowledgements];
        self.chosen == self.wisetime
            && self.chosen == self.clio
            && self.unsaid + self.misbilled == 0
            && faults == [0; 5]
    }
}

impl fmt::Display for Totals {
    /// `posted 12 groups, 6.5 h: WiseTime and Clio agree`, or what each side has.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "posted {} groups, {} h: ", self.chosen.count, hours(self.chosen))?;
        if self.agree() {
            return f.write_str("WiseTime and Clio agree");
        }
        write!(
            f,
            "WiseTime was told of {} ({} h), Clio has {} ({} h), {} without their description, {} billed wrongly; {:?}",
            self.wisetime.count,
            hours(self.wisetime),
            self.clio.count,
            hours(self.clio),
            self.unsaid,
            self.misbilled,
            self.audit,
        )
    }
}

/// Hours with at most two decimals, cut off.
fn hours(side: Side) -> String {
    let hundredths = side.seconds / 36;
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_short() {
        let told = [0, 23_400, 36_000, 90].map(|seconds| hours(Side { count: 1, seconds }));
        assert_eq!(told, ["0", "6.5", "10", "0.02"]);
    }
}
