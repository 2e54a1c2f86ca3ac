use chrono::NaiveDate;
use clio_core::{
    Amount, Field, Id, Members,
    schema::{
        choices::{MatterBillingMethod, MatterCustomRateType},
        objects,
    },
};

use crate::{
    Error, Percent, Result,
    body::{given, shows},
};

/// How a matter is billed. Clio derives it from the type of the matter's [`CustomRate`], and takes no other word: what is
/// sent as `billing_method` is ignored, as users report.
pub type BillingMethod = MatterBillingMethod;

/// How a matter with this type of custom rate is billed; a matter without one is billed by the hour.
///
/// ```
/// use clio_core::schema::choices::MatterCustomRateType;
/// use clio_model::matters::{BillingMethod, billing_method};
///
/// assert_eq!(billing_method(Some(&MatterCustomRateType::FlatRate)), Some(BillingMethod::Flat));
/// assert_eq!(billing_method(None), Some(BillingMethod::Hourly));
/// assert_eq!(billing_method(Some(&MatterCustomRateType::Unknown("Barter".into()))), None);
/// ```
pub const fn billing_method(rate: Option<&MatterCustomRateType>) -> Option<BillingMethod> {
    match rate {
        None | Some(MatterCustomRateType::HourlyRate) => Some(BillingMethod::Hourly),
        Some(MatterCustomRateType::FlatRate) => Some(BillingMethod::Flat),
        Some(MatterCustomRateType::ContingencyFee) => Some(BillingMethod::Contingency),
        Some(_) => None,
    }
}

/// Whose rate it is: one of them has to be named, else Clio refuses the rate, as users report. (Clio's document asks for a
/// user even where it has a group.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RateFor {
    /// One person.
    User(Id<objects::User>),
    /// The people of a group.
    Group(Id<objects::Group>),
}

/// The rates of one matter, in place of those of its people and categories. Amounts are in the matter's currency.
///
/// **Sending another type than the matter has deletes the rates that it has** (Clio's document). A matter has many hourly
/// rates, but one flat rate or one contingency fee; and each is somebody's. So they can be drafted here in no other way.
///
/// ```
/// use clio_core::{Body, Id, schema::operations::UpdateMatter};
/// use clio_model::matters::{CustomRate, HourlyRate, MatterChange, RateFor};
///
/// let ada = RateFor::User(Id::new(5));
/// let rates = CustomRate::Hourly(vec![HourlyRate::new(ada, "333.50".parse()?)]);
/// let json = Body::<UpdateMatter>::json(&MatterChange::new().custom_rate(rates))?;
/// assert_eq!(json, r#"{"custom_rate":{"type":"HourlyRate","rates":[{"user":{"id":5},"rate":333.50}]}}"#);
/// # Ok::<(), clio_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CustomRate {
    /// By the hour; of a change: those to be added, changed or removed, while others stay.
    Hourly(Vec<HourlyRate>),
    /// One price for the whole matter.
    Flat(FlatRate),
    /// A part of what the matter yields.
    Contingency(ContingencyRate),
}

/// What an hour of somebody's costs on the matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HourlyRate(Line);

/// What the matter costs as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlatRate(Line);

/// Which part of what the matter yields is the fee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContingencyRate(Line);

impl HourlyRate {
    /// So much an hour.
    pub fn new(of: RateFor, rate: Amount) -> Self {
        Self(Line::new(of, rate))
    }

    /// Only for work of this category.
    #[must_use]
    pub const fn category(mut self, category: Id<objects::ActivityDescription>) -> Self {
        self.0.category = Some(category);
        self
    }

    /// Changes this rate of the matter, in place of adding one. For a [`MatterChange`](super::MatterChange) only.
    #[must_use]
    pub const fn existing(mut self, id: Id<objects::PolymorphicCustomRate>) -> Self {
        self.0.id = Some(id);
        self
    }

    /// Takes this rate off the matter. For a [`MatterChange`](super::MatterChange) only.
    pub fn removed(id: Id<objects::PolymorphicCustomRate>) -> Self {
        Self(Line { id: Some(id), removed: true, ..Line::default() })
    }
}

impl FlatRate {
    /// So much in all.
    pub fn new(of: RateFor, price: Amount) -> Self {
        Self(Line::new(of, price))
    }

    /// Changes this rate of the matter, in place of adding one: a second one is refused. For a
    /// [`MatterChange`](super::MatterChange) only.
    #[must_use]
    pub const fn existing(mut self, id: Id<objects::PolymorphicCustomRate>) -> Self {
        self.0.id = Some(id);
        self
    }
}

impl ContingencyRate {
    /// So many percent.
    pub fn new(of: RateFor, part: Percent) -> Self {
        Self(Line::new(of, Amount::new(part.get())))
    }

    /// Changes this fee of the matter, in place of adding one: a second one is refused. For a
    /// [`MatterChange`](super::MatterChange) only.
    #[must_use]
    pub const fn existing(mut self, id: Id<objects::PolymorphicCustomRate>) -> Self {
        self.0.id = Some(id);
        self
    }

    /// What the matter yielded.
    #[must_use]
    pub const fn award(mut self, award: Amount) -> Self {
        self.0.award = Award::Given(award);
        self
    }

    /// Takes the award back: Clio takes an empty text for it.
    #[must_use]
    pub const fn unawarded(mut self) -> Self {
        self.0.award = Award::TakenBack;
        self
    }

    /// The day of the award.
    #[must_use]
    pub const fn date(mut self, date: NaiveDate) -> Self {
        self.0.date = Some(date);
        self
    }

    /// Details of the award.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.0.note = Some(note.into());
        self
    }
}

impl CustomRate {
    /// How a matter with these rates is billed.
    pub const fn billing_method(&self) -> BillingMethod {
        match self {
            Self::Hourly(_) => BillingMethod::Hourly,
            Self::Flat(_) => BillingMethod::Flat,
            Self::Contingency(_) => BillingMethod::Contingency,
        }
    }

    fn kind(&self) -> MatterCustomRateType {
        match self {
            Self::Hourly(_) => MatterCustomRateType::HourlyRate,
            Self::Flat(_) => MatterCustomRateType::FlatRate,
            Self::Contingency(_) => MatterCustomRateType::ContingencyFee,
        }
    }

    fn lines(&self) -> Vec<&Line> {
        match self {
            Self::Hourly(rates) => rates.iter().map(|rate| &rate.0).collect(),
            Self::Flat(rate) => vec![&rate.0],
            Self::Contingency(rate) => vec![&rate.0],
        }
    }

    /// The member `custom_rate`. A matter that is to be created has no rates yet that could be changed.
    pub(super) fn members(&self, creates: bool) -> Result<Members> {
        for line in self.lines() {
            if creates && line.id.is_some() {
                return Err(Error::invalid("a new matter has no rate that could be changed"));
            }
            line.check(matches!(self, Self::Contingency(_)))?;
        }
        let mut members = Members::default();
        members.set_word("type", self.kind().into(), &[]);
        members.set("rates", Field::Value(self.lines().into_iter().map(Line::members).collect::<Vec<_>>()));
        Ok(members)
    }
}

#[derive(Clone, Default, PartialEq, Eq)]
struct Line {
    id: Option<Id<objects::PolymorphicCustomRate>>,
    removed: bool,
    of: Option<RateFor>,
    category: Option<Id<objects::ActivityDescription>>,
    rate: Option<Amount>,
    award: Award,
    date: Option<NaiveDate>,
    note: Option<String>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Award {
    #[default]
    Untold,
    Given(Amount),
    TakenBack,
}

impl Line {
    fn new(of: RateFor, rate: Amount) -> Self {
        Self { of: Some(of), rate: Some(rate), ..Self::default() }
    }

    /// No source says that Clio refuses these: our choice, as no bill could be made of them.
    fn check(&self, percent: bool) -> Result<()> {
        let rate = self.rate.unwrap_or_default().get();
        if rate.is_sign_negative() && !rate.is_zero() {
            return Err(Error::invalid("a rate is not negative"));
        }
        if percent && rate > Percent::ALL.get() {
            return Err(Error::invalid("a contingency fee is at most all of what the matter yields"));
        }
        Ok(())
    }

    fn members(&self) -> Members {
        let mut members = Members::default();
        members.set("id", given(self.id));
        members.set("_destroy", given(self.removed.then_some(true)));
        match self.of {
            Some(RateFor::User(user)) => members.set_reference("user", Field::Value(user)),
            Some(RateFor::Group(group)) => members.set_reference("group", Field::Value(group)),
            None => {}
        }
        members.set_reference("activity_description", given(self.category));
        members.set("rate", given(self.rate));
        match self.award {
            Award::Untold => {}
            Award::Given(award) => members.set("award", Field::Value(award)),
            Award::TakenBack => members.set("award", Field::Value(String::new())),
        }
        members.set("date", given(self.date));
        members.set("note", given(self.note.clone()));
        members
    }
}

shows! { Line: id, of; }
