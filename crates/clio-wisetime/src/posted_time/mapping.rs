//! From posted time to a time entry. Pure.

use chrono::NaiveDate;
use clio_core::{Id, Seconds, schema::objects};
use clio_model::{TimeEntry, activities::TimeRounding};
use clio_sync::{Mapped, hub};

use super::{
    Posting, note,
    time::{NoTime, Time, time},
};
use crate::{
    Settings,
    directory::{Directory, Match},
    wire::{Tag, TimeGroup},
};

/// The time entry that a posted group becomes. The rules are those of the [table](super).
///
/// What nobody could post is rejected with words for the user who posted it; what is not meant for Clio is skipped.
pub(crate) fn time_entry(group: &TimeGroup, directory: &Directory, settings: &Settings) -> Mapped {
    match draft(group, directory, settings) {
        Ok((draft, time)) => {
            let tag = group.tags.first().map_or("", |tag| tag.name.as_str());
            hub::activity(&draft, label(tag, time, directory.rounding))
                .map_or_else(|error| Mapped::Reject(error.to_string()), Mapped::Create)
        }
        Err(other) => other,
    }
}

fn draft(group: &TimeGroup, directory: &Directory, settings: &Settings) -> Result<(TimeEntry, Time), Mapped> {
    let matter = matter(group)?;
    let user = user(group, directory)?;
    check_date(group, &settings.posting)?;
    let time = time(group, &settings.posting).map_err(|no| match no {
        NoTime::Refused(why) => Mapped::Reject(why),
        NoTime::LeftOut(why) => Mapped::Skip(why),
    })?;
    let note = note::note(group, time, &settings.posting, settings.add_summary_to_narrative)
        .map_err(Mapped::Reject)?;
    let entry = TimeEntry::on(matter, group.local_date).duration(Seconds(time.charged)).user(user).note(note);
    Ok((categorised(entry, group, directory, settings)?, time))
}

/// The matter that was tagged. Time without one, or with a tag that is none of Clio's, is not for Clio.
fn matter(group: &TimeGroup) -> Result<Id<objects::Matter>, Mapped> {
    let tag = match group.tags.as_slice() {
        [] => return Err(Mapped::Skip("no matter was tagged".into())),
        [tag] => tag,
        _ => return Err(Mapped::Reject("more than one matter was tagged: post a group for each".into())),
    };
    matter_id(tag).ok_or_else(|| Mapped::Skip(format!("the tag {} is not a matter of Clio's", tag.name)))
}

fn matter_id(tag: &Tag) -> Option<Id<objects::Matter>> {
    let id: i64 = tag.external_id.as_deref()?.trim().parse().ok()?;
    (id > 0).then_some(Id::new(id))
}

fn user(group: &TimeGroup, directory: &Directory) -> Result<Id<objects::User>, Mapped> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let (external, email) = (given(&group.user.external_id), given(&group.user.email));
    match directory.user(&group.user) {
        Match::One(user) => Ok(user),
        Match::Several => {
            let who = external.or(email).unwrap_or_default();
            Err(Mapped::Reject(format!(
                "Clio has several users with the e-mail address {who}: whose time it is cannot be told. Give each an address \
                 of their own in Clio, or another external id at WiseTime"
            )))
        }
        Match::None => {
            let who = match (email, external) {
                (Some(email), Some(external)) if email != external => format!("{email} or {external}"),
                (Some(one), _) | (None, Some(one)) => one,
                (None, None) => "without an address".to_owned(),
            };
            Err(Mapped::Reject(format!(
                "Clio has no active user {who}: the user's e-mail address or external id at WiseTime must be the e-mail \
                 address used in Clio"
            )))
        }
    }
}

/// The day is the user's own, and is taken as it is: nothing is counted from UTC. It is compared with the moment at which the
/// user posted, so that an outage makes no difference. A day more or less is that of the user's time zone.
fn check_date(group: &TimeGroup, posting: &Posting) -> Result<(), Mapped> {
    let Some(submitted) = group.submitted_at().map(|at| at.date_naive()) else { return Ok(()) };
    let date = group.local_date;
    let days = (date - submitted).num_days();
    let too_far = |far: i64, most: Option<u32>| most.is_some_and(|most| far > i64::from(most) + 1);
    let refuse = |what: &str, most: Option<u32>, submitted: NaiveDate| {
        let most = most.unwrap_or_default();
        Err(Mapped::Reject(format!(
            "the work is of {date}, more than {most} days {what} the day on which it was posted, {submitted}: is the date right?"
        )))
    };
    if too_far(-days, posting.days_back) {
        return refuse("before", posting.days_back, submitted);
    }
    if too_far(days, posting.days_ahead) {
        return refuse("after", posting.days_ahead, submitted);
    }
    Ok(())
}

/// The charge code is an activity category of Clio's.
fn categorised(
    entry: TimeEntry,
    group: &TimeGroup,
    directory: &Directory,
    settings: &Settings,
) -> Result<TimeEntry, Mapped> {
    let Some(charge_code) = &group.activity_type else { return Ok(entry) };
    let given = |text: &Option<String>| text.as_deref().map(str::trim).unwrap_or_default().to_owned();
    let (code, label) = (given(&charge_code.code), given(&charge_code.label));
    let name = if label.is_empty() { &code } else { &label };
    match directory.category(charge_code) {
        // An empty object is no charge code.
        Match::None if name.is_empty() => Ok(entry),
        Match::None => Err(Mapped::Reject(format!("Clio has no activity category {name}"))),
        Match::Several => {
            Err(Mapped::Reject(format!("Clio has several activity categories of the name {name}")))
        }
        Match::One(category) if category.is_flat_rate() => Err(Mapped::Reject(format!(
            "the category {} would turn recorded time into a flat fee",
            category.name
        ))),
        Match::One(category) => {
            Ok(entry.category(category.id).non_billable(settings.is_non_billable(&category.name)))
        }
    }
}

/// The matter and the time, for the line of the report. Both WiseTime and Clio may round up: what came of it is said.
fn label(tag: &str, time: Time, rounding: Option<TimeRounding>) -> String {
    let charged = Seconds(time.charged);
    let posted = (time.charged != time.posted).then(|| format!(", posted as {}", Seconds(time.posted)));
    let billed =
        rounding.and_then(|rounding| rounding.rounded(charged).ok()).filter(|billed| *billed != charged);
    let billed = billed.map(|billed| format!(", billed as {billed}"));
    format!("{tag} {charged}{}{}", posted.unwrap_or_default(), billed.unwrap_or_default())
}

#[cfg(test)]
mod tests;
