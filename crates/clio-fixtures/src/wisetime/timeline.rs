//! A member's timeline: what was done, and what the member has said about it so far. Private until it is posted.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use clio_model::matters::Matcher;

use super::{
    records::{TagRecord, Visibility},
    team::Team,
};

/// A stretch of work, as WiseTime's program on a member's machine notices it: five minutes in a word processor at nine in
/// the morning, unless said.
///
/// ```
/// use clio_fixtures::Work;
///
/// let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
/// let work = Work::on(day).at(10, 30).minutes(25).with("Outlook").titled("RE: 00012-Byron, your letter");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Work {
    pub(super) date: NaiveDate,
    pub(super) time: NaiveTime,
    pub(super) seconds: i64,
    pub(super) program: String,
    pub(super) title: String,
}

impl Work {
    /// Work on this day, in the member's own time zone.
    pub fn on(date: NaiveDate) -> Self {
        let time = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default();
        Self { date, time, seconds: 300, program: "Microsoft Word".to_owned(), title: String::new() }
    }

    /// When it began, by the member's clock. A time that is none leaves what was there.
    pub fn at(mut self, hour: u32, minute: u32) -> Self {
        self.time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(self.time);
        self
    }

    /// How long it was, in minutes.
    pub fn minutes(self, minutes: i64) -> Self {
        self.seconds(minutes.saturating_mul(60))
    }

    /// How long it was, in seconds.
    pub fn seconds(mut self, seconds: i64) -> Self {
        self.seconds = seconds;
        self
    }

    /// The program: the `activity` of a row.
    pub fn with(mut self, program: impl Into<String>) -> Self {
        self.program = program.into();
        self
    }

    /// The title of the window, with the document's name or the subject: the `description` of a row.
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }
}

/// A row of a timeline, as its member sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimelineRow {
    /// Names the row.
    pub id: u64,
    /// What was done.
    pub work: Work,
    /// The name of its tag.
    pub tag: Option<String>,
    /// WiseTime has found the tag in the title, and the member has left it.
    pub tagged_by_title: bool,
    /// What the member wrote about it.
    pub description: Option<String>,
    /// The code of the activity type that the member chose.
    pub activity_type: Option<String>,
    /// The group in which it was posted, unless that has failed: then it can be posted again.
    pub posted: Option<String>,
}

impl TimelineRow {
    /// When the work began, by the member's clock.
    pub fn time(&self) -> NaiveTime {
        self.work.time
    }

    /// How long it was, in seconds.
    pub fn seconds(&self) -> i64 {
        self.work.seconds
    }

    /// The title of the window.
    pub fn title(&self) -> &str {
        &self.work.title
    }
}

/// A member of the team, whose timeline nobody else sees.
#[derive(Debug)]
pub(super) struct Colleague {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) external_id: Option<String>,
    pub(super) zone: String,
    pub(super) offset_minutes: i32,
    pub(super) rows: Vec<Row>,
}

#[derive(Debug)]
pub(super) struct Row {
    pub(super) id: u64,
    pub(super) work: Work,
    /// As it was when it was put on: what becomes of the tag later does not change the row.
    pub(super) tag: Option<TagRecord>,
    /// The member has said which tag, or that there is none.
    pub(super) decided: bool,
    pub(super) description: Option<String>,
    pub(super) activity_type: Option<String>,
    pub(super) group: Option<String>,
}

impl Colleague {
    pub(super) fn new(name: &str, email: &str) -> Self {
        Self {
            name: name.to_owned(),
            email: email.to_owned(),
            external_id: None,
            zone: "Europe/London".to_owned(),
            offset_minutes: 0,
            rows: Vec::new(),
        }
    }

    /// When the work began.
    pub(super) fn began(&self, work: &Work) -> DateTime<Utc> {
        (work.date.and_time(work.time) - TimeDelta::minutes(self.offset_minutes.into())).and_utc()
    }

    /// A private tag is for those who are assigned to it.
    fn sees(&self, tag: &TagRecord) -> bool {
        let assigned = |id: &String| tag.assignee_external_ids.contains(id);
        tag.visibility == Visibility::Public || self.external_id.as_ref().is_some_and(assigned)
    }
}

impl Team {
    /// WiseTime looks at the titles of what has no tag yet, and leaves alone what the member has decided.
    pub(super) fn tag_by_title(&mut self, colleague: usize) {
        let Some(person) = self.colleagues.get_mut(colleague) else { return };
        let open = |row: &Row| row.tag.is_none() && !row.decided && row.group.is_none();
        if !person.rows.iter().any(open) {
            return;
        }
        let seen = self.tags.iter().enumerate().filter(|(_, tag)| person.sees(tag));
        let words = seen.flat_map(|(at, tag)| tag.keywords.iter().map(move |word| (at, word)));
        // Too many words for memory: nothing is recognised.
        let Ok(matcher) = Matcher::new(words) else { return };
        for row in person.rows.iter_mut().filter(|row| open(row)) {
            row.tag = matcher.find(&row.work.title).map(|at| self.tags[*at].clone());
        }
    }
}
