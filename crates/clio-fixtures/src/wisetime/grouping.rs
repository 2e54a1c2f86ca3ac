//! From the rows that a member has chosen to the groups that are posted.

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde_json::{Value, json};

use super::{
    records::TagRecord,
    team::Team,
    timeline::{Colleague, Row},
};
use crate::samples::hours;

impl Team {
    /// The groups of these rows, in the order of their first rows; the rows are marked as posted.
    pub(super) fn put_together(&mut self, colleague: usize, rows: &[u64], now: DateTime<Utc>) -> Vec<Value> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mine = &self.colleagues[colleague].rows;
        for (at, row) in mine.iter().enumerate().filter(|(_, row)| rows.contains(&row.id)) {
            match groups.iter_mut().find(|group| together(&mine[group[0]], row)) {
                Some(group) => group.push(at),
                None => groups.push(vec![at]),
            }
        }
        groups
            .into_iter()
            .map(|rows| {
                self.count += 1;
                let id = format!("wt-group-{}", self.count);
                for at in &rows {
                    self.colleagues[colleague].rows[*at].group = Some(id.clone());
                }
                let person = &self.colleagues[colleague];
                let rows: Vec<&Row> = rows.into_iter().map(|at| &person.rows[at]).collect();
                self.group(&id, person, &rows, now)
            })
            .collect()
    }

    /// A group in WiseTime's wire format. There is at least one row.
    fn group(&self, id: &str, person: &Colleague, rows: &[&Row], now: DateTime<Utc>) -> Value {
        let first = rows[0];
        let seconds: i64 = rows.iter().map(|row| row.work.seconds).sum();
        let mut group = json!({
            "groupId": id,
            "description": first.description.clone().unwrap_or_default(),
            "totalDurationSecs": seconds,
            "totalDurationHours": hours(seconds),
            "tzOffsetMins": person.offset_minutes,
            "localDate": first.work.date.to_string(),
            "timestamp": rows.iter().map(|row| person.began(&row.work)).min().map(|at| at.timestamp_millis()),
            "narrativeType": "NARRATIVE_AND_TIME_ROW_ACTIVITY_DESCRIPTIONS",
            "status": "PENDING",
            "submissionTime": now.timestamp_millis(),
            "tags": first.tag.iter().map(as_posted).collect::<Value>(),
            "timeRows": rows.iter().map(|row| time_row(person, row)).collect::<Value>(),
            "user": user(person),
        });
        // "Default activity type code is applied to time entry with this tag": by the document.
        let of_tag = first.tag.as_ref().and_then(|tag| tag.default_activity_type_code.as_ref());
        if let (Value::Object(members), Some(code)) = (&mut group, first.activity_type.as_ref().or(of_tag)) {
            let known = self.activity_types.iter().find(|kind| kind.record.code == *code);
            let mut kind = json!({ "code": code });
            if let (Value::Object(kind), Some(known)) = (&mut kind, known) {
                kind.insert("label".to_owned(), known.record.label.clone().into());
            }
            members.insert("activityType".to_owned(), kind);
        }
        group
    }
}

/// They go as one group.
fn together(one: &Row, other: &Row) -> bool {
    let name = |row: &Row| row.tag.as_ref().map(|tag| tag.name.clone());
    one.work.date == other.work.date
        && name(one) == name(other)
        && one.description == other.description
        && one.activity_type == other.activity_type
}

fn as_posted(tag: &TagRecord) -> Value {
    let mut json = json!({"name": tag.name, "path": tag.path});
    if let Value::Object(members) = &mut json {
        for (name, text) in [("description", &tag.description), ("externalId", &tag.external_id)] {
            if let Some(text) = text {
                members.insert(name.to_owned(), text.clone().into());
            }
        }
    }
    json
}

fn time_row(person: &Colleague, row: &Row) -> Value {
    let at = person.began(&row.work);
    let day = i64::from(at.year()) * 10_000 + i64::from(at.month()) * 100 + i64::from(at.day());
    json!({
        "activity": row.work.program,
        "description": row.work.title,
        "activityHour": day * 100 + i64::from(at.hour()),
        "firstObservedInHour": at.minute(),
        "durationSecs": row.work.seconds,
        "source": "WT_DESKTOP",
        "timezone_name": person.zone,
        "timezone_offset_min": person.offset_minutes,
    })
}

fn user(person: &Colleague) -> Value {
    let mut json = json!({
        "userId": person.email,
        "name": person.name,
        "email": person.email,
        "experienceWeightingPercent": 100,
    });
    if let (Value::Object(members), Some(id)) = (&mut json, &person.external_id) {
        members.insert("externalId".to_owned(), id.clone().into());
    }
    json
}
