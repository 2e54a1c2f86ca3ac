//! What members of the team do, and what a test sees of it all.

use serde_json::Value;

use super::{
    ActivityTypeRecord, GroupRecord, GroupState, HealthNotice, StatusRecord, TagCategoryRecord, TagRecord,
    WiseTimeWorld, posted::Group, team::Connection,
};
use crate::run::Machine;

impl WiseTimeWorld {
    /// A user posts a group: any JSON, handed out as it is, even when it is malformed. Its id is its `groupId` where
    /// that is a text; a group without an id cannot be acknowledged. A held fetch is answered at once.
    pub fn post(&self, group: Value) {
        let now = self.clock().now();
        let id = group.get("groupId").and_then(Value::as_str).map(str::to_owned);
        let mut team = self.settled();
        let recorded = team.settings.records_always || team.connection != Connection::None;
        team.groups.push(Group {
            id,
            json: group,
            state: GroupState::Pending,
            free_at: now,
            recorded,
            attempts: 0,
        });
        drop(team);
        self.bell().notify_waiters();
    }

    /// The same in WiseTime's own pages, which show the notice of an unhealthy connector instead.
    ///
    /// # Errors
    ///
    /// The notice that stands; nothing was posted then.
    pub fn try_post(&self, group: Value) -> Result<(), HealthNotice> {
        if let Some(notice) = self.health() {
            return Err(notice);
        }
        self.post(group);
        Ok(())
    }

    /// A member archives an activity type: it cannot be chosen until it is enabled again. `false` when there is none of
    /// this code.
    pub fn archive_activity_type(&self, code: &str) -> bool {
        let mut team = self.settled();
        let found = team.activity_types.iter_mut().find(|kind| kind.record.code == code);
        found.map(|kind| kind.record.enabled = false).is_some()
    }

    /// The team changes its plan: it has room for so many tags from now on. Those that it has stay, however many they are.
    pub fn change_plan(&self, most_tags: Option<usize>) {
        self.settled().settings.tag_limit = most_tags;
    }

    /// The next sync session that is begun is forgotten after so many batches, as WiseTime's document says that it may not be
    /// there (any more). Called again, it says the same of the one after.
    pub fn forget_session_after(&self, batches: usize) {
        self.settled().forgetful.push_back(batches);
    }

    /// An administrator replaces the API key: the old one is refused from now on, [`WiseTimeWorld::api_key`] is the new
    /// one.
    pub fn replace_api_key(&self) {
        let mut team = self.settled();
        team.count += 1;
        team.key = format!("wt-{:016x}", 0x5d1c_6f0b_8e3a_4977_u64.wrapping_add(team.count));
    }

    /// Every tag, in the order in which they were created.
    pub fn tags(&self) -> Vec<TagRecord> {
        self.settled().tags.clone()
    }

    /// Every tag category, in the order in which they were created.
    pub fn tag_categories(&self) -> Vec<TagCategoryRecord> {
        self.settled().categories.clone()
    }

    /// Every activity type, in the order in which they were created, the deleted ones included.
    pub fn activity_types(&self) -> Vec<ActivityTypeRecord> {
        self.settled().activity_types.iter().map(|kind| kind.record.clone()).collect()
    }

    /// Every update of a status, in the order in which they came: over the API, or by the answer of a webhook.
    pub fn statuses(&self) -> Vec<StatusRecord> {
        self.settled().statuses.clone()
    }

    /// Every posted group, in the order in which they were posted.
    pub fn groups(&self) -> Vec<GroupRecord> {
        let team = self.settled();
        let record = |group: &Group| GroupRecord {
            group_id: group.id.clone(),
            json: group.json.clone(),
            state: group.state,
        };
        team.groups.iter().map(record).collect()
    }

    /// The failure that the connector has reported and not rescinded.
    pub fn health(&self) -> Option<HealthNotice> {
        self.health_notices().into_iter().rfind(|notice| notice.rescinded_at.is_none())
    }

    /// Every failure that was reported, in the order in which they came.
    pub fn health_notices(&self) -> Vec<HealthNotice> {
        self.settled().health.clone()
    }
}
