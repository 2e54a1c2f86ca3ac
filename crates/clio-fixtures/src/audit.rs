//! The oracle: what should have happened, compared with what did.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde_json::Value;

use crate::{ActivityRecord, ClioWorld, GroupState, GroupStatus, Origin, WiseTimeWorld};

/// The state of a Clio world measured against what a WiseTime team posted. Nothing of it comes from a connector's own
/// counters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Audit {
    /// Groups that have to be an activity: well-formed, with exactly one tag, which is a matter, and with a known user.
    pub expected: usize,
    /// Activities that came in over the API.
    pub posted: usize,
    /// Groups that ended in `SUCCESS` without an external id: acknowledged, and posted nowhere.
    pub skipped: usize,
    /// Groups that ended in `FAILURE`.
    pub rejected: usize,
    /// Groups that have not ended.
    pub waiting: usize,
    /// Groups among the waiting ones whose newest status is `RETRIABLE_FAILURE`.
    pub parked: usize,
    /// Activities over the API beyond the expected ones of the same matter, user, day and seconds.
    pub doubled: usize,
    /// Expected groups without an activity, whether or not they are still waiting.
    pub lost: usize,
    /// Times that a `SUCCESS` names an external id which is no activity over the API, or is named for two groups, or
    /// is an activity of other content than the group.
    pub wrong_acknowledgements: usize,
}

/// What makes two pieces of work the same.
type Content = (i64, i64, NaiveDate, i64);

/// Audits a Clio world against a WiseTime world.
///
/// A group is well-formed when `groupId` is a text, `totalDurationSecs` a whole number of at least 0, `localDate` a date,
/// and the `durationSecs` of each of its `timeRows` a whole number. Its user is the Clio user whose address equals `user.externalId` or else `user.email`, without regard to
/// case. A group that was posted twice under one id is one piece of work.
pub fn posted_time(clio: &ClioWorld, wisetime: &WiseTimeWorld) -> Audit {
    let firm = Firm::of(clio);
    let (groups, statuses) = (wisetime.groups(), wisetime.statuses());
    let mut audit = Audit::default();

    let mut wanted: HashMap<String, Content> = HashMap::new();
    for group in &groups {
        if let (Some(id), Some(content)) = (&group.group_id, firm.content(&group.json)) {
            wanted.entry(id.clone()).or_insert(content);
        }
    }
    let ours: HashMap<i64, ActivityRecord> = clio
        .activities()
        .into_iter()
        .filter(|activity| matches!(activity.origin, Origin::Token { .. }))
        .map(|activity| (activity.id, activity))
        .collect();
    audit.expected = wanted.len();
    audit.posted = ours.len();

    let mut balance: HashMap<Option<Content>, i64> = HashMap::new();
    for content in wanted.values() {
        *balance.entry(Some(*content)).or_default() -= 1;
    }
    for activity in ours.values() {
        *balance.entry(content_of(activity)).or_default() += 1;
    }
    for difference in balance.into_values() {
        let count = usize::try_from(difference.unsigned_abs()).unwrap_or(usize::MAX);
        *(if difference > 0 { &mut audit.doubled } else { &mut audit.lost }) += count;
    }

    let mut seen = HashSet::new();
    for group in groups.iter().filter(|group| group.group_id.is_none() || seen.insert(&group.group_id)) {
        let mut said = statuses.iter().filter(|status| Some(&status.group_id) == group.group_id.as_ref());
        match group.state {
            GroupState::Success => {
                let end = said.find(|status| status.status == GroupStatus::Success);
                audit.skipped += usize::from(end.is_some_and(|status| status.external_id.is_none()));
            }
            GroupState::Failure => audit.rejected += 1,
            GroupState::Pending | GroupState::HandedOut { .. } | GroupState::Retriable => {
                audit.waiting += 1;
                let newest = said.next_back();
                audit.parked +=
                    usize::from(newest.is_some_and(|status| status.status == GroupStatus::RetriableFailure));
            }
        }
    }

    let mut named: HashMap<&str, HashSet<&str>> = HashMap::new();
    for status in statuses.iter().filter(|status| status.status == GroupStatus::Success) {
        if let Some(external) = &status.external_id {
            named.entry(external).or_default().insert(&status.group_id);
        }
    }
    for (external, groups) in named {
        let content = external.parse().ok().and_then(|id| ours.get(&id)).and_then(content_of);
        let right = |group: &&str| content.is_some() && wanted.get(*group) == content.as_ref();
        let shared = groups.len() > 1;
        audit.wrong_acknowledgements += groups.iter().filter(|group| shared || !right(group)).count();
    }
    audit
}

fn content_of(activity: &ActivityRecord) -> Option<Content> {
    Some((activity.matter?, activity.user, activity.date, activity.quantity_seconds))
}

struct Firm {
    matters: HashSet<i64>,
    users: HashMap<String, i64>,
}

impl Firm {
    fn of(clio: &ClioWorld) -> Self {
        Self {
            matters: clio.matters().into_iter().map(|matter| matter.id).collect(),
            users: clio.users().into_iter().map(|user| (user.email.to_lowercase(), user.id)).collect(),
        }
    }

    /// The activity that a group has to become, if it has to become one.
    fn content(&self, group: &Value) -> Option<Content> {
        let seconds = group.get("totalDurationSecs")?.as_i64().filter(|seconds| *seconds >= 0)?;
        let date = group.get("localDate")?.as_str()?.parse().ok()?;
        let mut rows = group.get("timeRows").and_then(Value::as_array).into_iter().flatten();
        if !rows.all(|row| row.get("durationSecs").is_some_and(Value::is_i64)) {
            return None;
        }
        let [tag] = group.get("tags")?.as_array()?.as_slice() else { return None };
        let matter = tag.get("externalId")?.as_str()?.parse().ok().filter(|id| self.matters.contains(id))?;
        let user = group.get("user")?;
        let known = |member: &str| self.users.get(&user.get(member)?.as_str()?.to_lowercase()).copied();
        Some((matter, known("externalId").or_else(|| known("email"))?, date, seconds))
    }
}

#[cfg(test)]
mod tests;
