//! Members of the team: they work, review their day, and post what they choose.

use std::fmt;

use chrono::NaiveDate;

use super::{
    GroupState, HealthNotice, WiseTimeWorld,
    team::{Connection, Team},
    timeline::{Colleague, Row, TimelineRow, Work},
};
use crate::run::Machine;

/// A member of a fake team, at WiseTime's own pages.
///
/// What is done stands in a private timeline, which no operation of the API shows. WiseTime puts a tag on a row whose title
/// speaks of one ([`clio_model::matters::Matcher`], over the names and keywords of the tags that the member sees), when it
/// notices the work or, where there was no such tag yet, when the member looks. The member reviews the day, puts other tags
/// on, writes descriptions, and posts what is to go. Rows of one day with the same tag, description and activity type go as
/// one group, so a group has at most one tag.
///
/// These are our choices, where WiseTime's document says nothing: a tag that is deleted stays on the rows that have it, and a
/// group that failed can be posted again, as another group.
///
/// ```
/// use chrono::NaiveDate;
/// use clio_fixtures::{WiseTimeWorld, Work};
///
/// let world = WiseTimeWorld::team().start();
/// let ada = world.member("Ada Byron", "ada@firm.example");
/// let day = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
/// let row = ada.works(Work::on(day).minutes(30).titled("Draft.docx"));
/// assert_eq!(ada.timeline(day)[0].tag, None);
/// assert!(world.groups().is_empty(), "it is hers alone");
///
/// ada.describe(&[row], "Draft of the will")?;
/// ada.post(&[row])?;
/// assert_eq!(world.groups()[0].json["description"], "Draft of the will");
/// # Ok::<(), clio_fixtures::PostError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Member {
    world: WiseTimeWorld,
    at: usize,
}

/// Why a member cannot do it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PostError {
    /// No row of this member has this id.
    NoSuchRow(u64),
    /// It was posted, and not refused.
    Posted(u64),
    /// The team has no tag of this name.
    NoSuchTag,
    /// No activity type of this code can be chosen.
    NoSuchActivityType,
    /// The team takes no time without a tag while it is connected: [`WiseTimeWorldBuilder::requires_tags`].
    ///
    /// [`WiseTimeWorldBuilder::requires_tags`]: super::WiseTimeWorldBuilder::requires_tags
    Untagged(u64),
    /// The connector has reported a failure, which the member reads instead.
    Unhealthy(HealthNotice),
}

impl fmt::Display for PostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchRow(id) => write!(f, "there is no row {id} in this timeline"),
            Self::Posted(id) => write!(f, "row {id} was posted already"),
            Self::NoSuchTag => f.write_str("there is no such tag"),
            Self::NoSuchActivityType => f.write_str("there is no such activity type to choose"),
            Self::Untagged(id) => write!(f, "row {id} has no tag, and the team takes no time without one"),
            Self::Unhealthy(notice) => write!(f, "the connection is down: {}", notice.error_type),
        }
    }
}

impl std::error::Error for PostError {}

impl WiseTimeWorld {
    /// The member with this address, who joins the team if nobody has it yet.
    pub fn member(&self, name: &str, email: &str) -> Member {
        let mut team = self.settled();
        let known = team.colleagues.iter().position(|colleague| colleague.email == email);
        let at = known.unwrap_or_else(|| {
            team.colleagues.push(Colleague::new(name, email));
            team.colleagues.len() - 1
        });
        Member { world: self.clone(), at }
    }
}

impl Member {
    /// An administrator says who the member is in the connected system.
    pub fn set_external_id(&self, id: &str) {
        self.world.settled().colleagues[self.at].external_id = Some(id.to_owned());
    }

    /// Where the member works from now on: the IANA name and the minutes that its clock is ahead of UTC.
    pub fn set_zone(&self, name: &str, offset_minutes: i32) {
        let mut team = self.world.settled();
        let me = &mut team.colleagues[self.at];
        (me.zone, me.offset_minutes) = (name.to_owned(), offset_minutes);
    }

    /// WiseTime notices some work. The answer is the id of its row.
    pub fn works(&self, work: Work) -> u64 {
        let mut team = self.world.settled();
        team.count += 1;
        let id = team.count;
        team.colleagues[self.at].rows.push(Row {
            id,
            work,
            tag: None,
            decided: false,
            description: None,
            activity_type: None,
            group: None,
        });
        team.tag_by_title(self.at);
        id
    }

    /// The member looks at a day: every row, posted or not, in the order of the day.
    pub fn timeline(&self, date: NaiveDate) -> Vec<TimelineRow> {
        let mut team = self.world.settled();
        team.tag_by_title(self.at);
        let rows = team.colleagues[self.at].rows.iter().filter(|row| row.work.date == date);
        let mut shown: Vec<TimelineRow> = rows.map(|row| team.shown(row)).collect();
        shown.sort_by_key(|row| (row.work.time, row.id));
        shown
    }

    /// The member puts another tag on rows, in place of the one that they have.
    ///
    /// # Errors
    ///
    /// [`PostError`]; nothing was changed then.
    pub fn assign(&self, rows: &[u64], tag: &str) -> Result<(), PostError> {
        let mut team = self.world.settled();
        let tag = team.tags.iter().find(|known| known.name == tag).cloned().ok_or(PostError::NoSuchTag)?;
        team.change(self.at, rows, |row| (row.tag, row.decided) = (Some(tag.clone()), true))
    }

    /// The member takes the tag off.
    ///
    /// # Errors
    ///
    /// As of [`Member::assign`].
    pub fn unassign(&self, rows: &[u64]) -> Result<(), PostError> {
        self.world.settled().change(self.at, rows, |row| (row.tag, row.decided) = (None, true))
    }

    /// The member writes what was done; a blank text takes it back.
    ///
    /// # Errors
    ///
    /// As of [`Member::assign`].
    pub fn describe(&self, rows: &[u64], text: &str) -> Result<(), PostError> {
        let text = Some(text.to_owned()).filter(|text| !text.trim().is_empty());
        self.world.settled().change(self.at, rows, |row| row.description.clone_from(&text))
    }

    /// The member chooses an activity type, by its code.
    ///
    /// # Errors
    ///
    /// As of [`Member::assign`].
    pub fn charge(&self, rows: &[u64], code: &str) -> Result<(), PostError> {
        let mut team = self.world.settled();
        let known = team.activity_types.iter().any(|kind| {
            let kind = &kind.record;
            kind.code == code && kind.enabled && !kind.deleted
        });
        if !known {
            return Err(PostError::NoSuchActivityType);
        }
        team.change(self.at, rows, |row| row.activity_type = Some(code.to_owned()))
    }

    /// The member posts these rows, and no others: all of them or none. The answer is the ids of the groups.
    ///
    /// # Errors
    ///
    /// [`PostError`]; nothing was posted then.
    pub fn post(&self, rows: &[u64]) -> Result<Vec<String>, PostError> {
        if let Some(notice) = self.world.health() {
            return Err(PostError::Unhealthy(notice));
        }
        let now = self.world.clock().now();
        let mut team = self.world.settled();
        team.tag_by_title(self.at);
        team.free(self.at, rows)?;
        if team.settings.requires_tags && team.connection != Connection::None {
            let untagged = |row: &&Row| rows.contains(&row.id) && row.tag.is_none();
            if let Some(row) = team.colleagues[self.at].rows.iter().find(untagged) {
                return Err(PostError::Untagged(row.id));
            }
        }
        let groups = team.put_together(self.at, rows, now);
        drop(team);
        let id = |group: &serde_json::Value| group["groupId"].as_str().unwrap_or_default().to_owned();
        let ids = groups.iter().map(id).collect();
        for group in groups {
            self.world.post(group);
        }
        Ok(ids)
    }
}

impl Team {
    /// Changes rows of which none is posted.
    fn change(&mut self, colleague: usize, rows: &[u64], change: impl Fn(&mut Row)) -> Result<(), PostError> {
        self.free(colleague, rows)?;
        let mine = self.colleagues[colleague].rows.iter_mut();
        mine.filter(|row| rows.contains(&row.id)).for_each(change);
        Ok(())
    }

    /// All of them are this member's, and not posted.
    fn free(&self, colleague: usize, rows: &[u64]) -> Result<(), PostError> {
        for id in rows {
            let row = self.colleagues[colleague].rows.iter().find(|row| row.id == *id);
            if self.posted(row.ok_or(PostError::NoSuchRow(*id))?).is_some() {
                return Err(PostError::Posted(*id));
            }
        }
        Ok(())
    }

    /// The group of a row, unless it has failed.
    fn posted(&self, row: &Row) -> Option<String> {
        let failed = |id: &String| {
            let group = self.groups.iter().find(|group| group.id.as_ref() == Some(id));
            group.is_some_and(|group| group.state == GroupState::Failure)
        };
        row.group.clone().filter(|id| !failed(id))
    }

    fn shown(&self, row: &Row) -> TimelineRow {
        TimelineRow {
            id: row.id,
            work: row.work.clone(),
            tag: row.tag.as_ref().map(|tag| tag.name.clone()),
            tagged_by_title: row.tag.is_some() && !row.decided,
            description: row.description.clone(),
            activity_type: row.activity_type.clone(),
            posted: self.posted(row),
        }
    }
}
