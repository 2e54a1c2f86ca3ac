//! The draft of a time entry.

use chrono::NaiveDate;
use clio_core::{
    Amount, Body, Field, Id, Known, Members, Reference, Seconds, Takes,
    schema::{
        objects::{self, activity},
        operations::CreateActivity,
    },
    values::ActivityType,
};

use super::{
    known,
    parts::{Category, UtbmsCodes, given_if, needed, refuse, refuse_negative, refuse_negative_time},
    rounding::seconds,
};
use crate::{
    Result,
    body::{given, shows},
};

/// A time entry to be created.
///
/// The duration is in seconds, which is what Clio's activities count; a line item of a bill counts hours, and is another
/// type. What is not said is left to Clio: the user is whoever authorised, the price follows the firm's rates.
///
/// Clio's document asks for a type and a date only; that a time entry needs a matter is what users report, and so does this.
/// No source gives a longest note, so there is none here.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a draft does nothing before it is sent"]
pub struct TimeEntry {
    matter: Id<objects::Matter>,
    date: NaiveDate,
    duration: Seconds,
    note: Option<String>,
    user: Option<Id<objects::User>>,
    category: Category,
    non_billable: bool,
    price: Option<Amount>,
    no_charge: bool,
    start_timer: bool,
    task: Option<Id<objects::Task>>,
    communication: Option<Id<objects::Communication>>,
}

impl TimeEntry {
    /// A draft for work on this matter, on this day.
    pub const fn on(matter: Id<objects::Matter>, date: NaiveDate) -> Self {
        Self {
            matter,
            date,
            duration: Seconds(0),
            note: None,
            user: None,
            category: Category::Unsaid,
            non_billable: false,
            price: None,
            no_charge: false,
            start_timer: false,
            task: None,
            communication: None,
        }
    }

    /// A draft of the same content as this activity: [`Activity`](super::Activity), or a selection of your own with these
    /// fields. A price that is hidden is left to Clio, which may find another. Whether it is shown without charge, its task and
    /// its communication are not read: say them where they are to stay.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) where it is no time entry, [`Unknown`](crate::ErrorKind::Unknown) where the date,
    /// the duration or the matter is not told.
    pub fn like<S>(read: &S) -> Result<Self>
    where
        S: Takes<activity::r#type, Value: Known<ActivityType>>
            + Takes<activity::date, Value: Known<NaiveDate>>
            + Takes<activity::quantity, Value: Known<Amount>>
            + Takes<activity::price, Value: Known<Amount>>
            + Takes<activity::note, Value: Known<String>>
            + Takes<activity::non_billable, Value: Known<bool>>
            + Takes<activity::matter, Value: Known<Reference<objects::Matter>>>
            + Takes<activity::user, Value: Known<Reference<objects::User>>>
            + Takes<activity::activity_description, Value: Known<Reference<objects::ActivityDescription>>>,
    {
        let kind: ActivityType = needed(known::<activity::r#type, _, _>(read), "type")?;
        refuse(!matches!(kind, ActivityType::TimeEntry), "time entry", "the activity is none")?;
        let matter: Reference<objects::Matter> = needed(known::<activity::matter, _, _>(read), "matter")?;
        let date = needed(known::<activity::date, _, _>(read), "date")?;
        let user: Option<Reference<objects::User>> = known::<activity::user, _, _>(read);
        let category: Option<Reference<_>> = known::<activity::activity_description, _, _>(read);
        Ok(Self {
            duration: seconds(needed(known::<activity::quantity, _, _>(read), "duration")?)?,
            note: known::<activity::note, _, _>(read),
            user: user.map(|user| user.id),
            category: category.map_or(Category::Unsaid, |category| Category::Own(category.id)),
            non_billable: known::<activity::non_billable, _, _>(read).unwrap_or(false),
            price: known::<activity::price, _, _>(read),
            ..Self::on(matter.id, date)
        })
    }

    /// How long the work took.
    pub const fn duration(mut self, duration: Seconds) -> Self {
        self.duration = duration;
        self
    }

    /// What was done, as the bill will show it.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Who did it. Naming another user takes the right to do so.
    pub const fn user(mut self, user: Id<objects::User>) -> Self {
        self.user = Some(user);
        self
    }

    /// The activity category. One with a flat rate makes the entry a flat fee: see [`FlatFee`](super::FlatFee). It takes the
    /// place of codes that were said before.
    pub const fn category(mut self, category: Id<objects::ActivityDescription>) -> Self {
        self.category = Category::Own(category);
        self
    }

    /// The codes that a matter with `require_utbms_codes` wants of every billable entry (Clio's document). They take the place
    /// of a category that was said before.
    pub const fn utbms(mut self, codes: UtbmsCodes) -> Self {
        self.category = Category::Utbms(codes);
        self
    }

    /// Keeps the entry off bills.
    pub const fn non_billable(mut self, non_billable: bool) -> Self {
        self.non_billable = non_billable;
        self
    }

    /// Shows the entry on the bill, for nothing: a line without a charge. Clio's document says it of non-billable entries;
    /// whether one has to be [`TimeEntry::non_billable`] as well it does not say.
    pub const fn no_charge(mut self, no_charge: bool) -> Self {
        self.no_charge = no_charge;
        self
    }

    /// The rate of an hour, in place of the one that Clio would find.
    pub const fn price(mut self, price: Amount) -> Self {
        self.price = Some(price);
        self
    }

    /// Starts the user's timer on the entry. Not for flat fees, and there is one timer a user (Clio's document).
    pub const fn start_timer(mut self) -> Self {
        self.start_timer = true;
        self
    }

    /// The task that was worked on.
    pub const fn task(mut self, task: Id<objects::Task>) -> Self {
        self.task = Some(task);
        self
    }

    /// The e-mail or the call that was worked on.
    pub const fn communication(mut self, communication: Id<objects::Communication>) -> Self {
        self.communication = Some(communication);
        self
    }

    fn check(&self) -> Result<()> {
        refuse_negative_time("time entry", Some(self.duration))?;
        refuse_negative("time entry", "price", self.price)
    }
}

shows! { TimeEntry: matter, user; }

impl Body<CreateActivity> for TimeEntry {
    fn json(&self) -> std::result::Result<String, clio_core::Error> {
        self.check()?;
        let mut members = Members::default();
        members.set_word("type", Field::Value(ActivityType::TimeEntry), &[]);
        members.set("date", Field::Value(self.date));
        members.set("quantity", Field::Value(self.duration.0));
        members.set_reference("matter", Field::Value(self.matter));
        members.set("note", given(self.note.clone()));
        members.set_reference("user", given(self.user));
        self.category.write(&mut members);
        members.set("non_billable", given_if(self.non_billable));
        members.set("price", given(self.price));
        members.set("no_charge", given_if(self.no_charge));
        members.set("start_timer", given_if(self.start_timer));
        members.set_reference("task", given(self.task));
        members.set_reference("communication", given(self.communication));
        Ok(members.to_json())
    }
}

#[cfg(test)]
mod tests {
    use clio_core::ErrorKind;

    use super::*;

    fn entry() -> TimeEntry {
        TimeEntry::on(Id::new(7), NaiveDate::from_ymd_opt(2026, 3, 2).unwrap())
    }

    #[test]
    fn money_is_written_to_the_digit() {
        let json = entry().price(Amount::new("250.10".parse().unwrap())).json().unwrap();
        assert!(json.contains(r#""price":250.10"#), "{json}");
    }

    #[test]
    fn what_clio_would_refuse_is_refused_here() {
        for wrong in [entry().duration(Seconds(-1)), entry().price("-0.01".parse().unwrap())] {
            let error = wrong.json().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid);
            assert!(error.to_string().contains("negative"), "{error}");
        }
    }

    #[test]
    fn nothing_is_not_negative_however_it_is_written() {
        assert!(entry().price("-0.00".parse().unwrap()).json().unwrap().ends_with(r#""price":0.00}"#));
    }

    #[test]
    fn all_of_it_is_written_in_this_order() {
        let json = entry()
            .duration(Seconds(60))
            .note("n \"n\"")
            .user(Id::new(3))
            .category(Id::new(4))
            .utbms(UtbmsCodes { activity: Id::new(5), task: Id::new(6) })
            .non_billable(true)
            .no_charge(true)
            .start_timer()
            .task(Id::new(8))
            .communication(Id::new(9))
            .price("1.50".parse().unwrap())
            .json()
            .unwrap();
        assert_eq!(
            json,
            "{\"type\":\"TimeEntry\",\"date\":\"2026-03-02\",\"quantity\":60,\"matter\":{\"id\":7},\
             \"note\":\"n \\\"n\\\"\",\"user\":{\"id\":3},\
             \"activity_description\":{\"utbms_activity_id\":5,\"utbms_task_id\":6},\"non_billable\":true,\
             \"price\":1.50,\"no_charge\":true,\"start_timer\":true,\"task\":{\"id\":8},\"communication\":{\"id\":9}}"
        );
    }
}
