//! Which rate an activity gets.

use clio_core::{
    Amount, Known, Selection, Takes,
    schema::{choices::ActivityDescriptionRateType as RateType, objects::activity_description_rate as rate},
};

use super::{
    known,
    parts::{needed, unknown},
};
use crate::{Error, Result, body::shows};

/// What is known of the rates that could apply to one entry.
///
/// A rate is known or it is not there: who cannot see the firm's rates cannot say what an entry will cost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownRates {
    /// The price that the entry was given.
    pub own: Option<Amount>,
    /// What the entry's activity category says.
    pub category: Option<CategoryCharge>,
    /// The matter's custom hourly rates. Those of a matter with a flat rate or a contingency fee do not belong here: they are
    /// not for hours.
    pub matter: CustomRates,
    /// The client's rates.
    pub client: CustomRates,
    /// The default rate of the user.
    pub user: Option<Amount>,
}

/// How an activity category charges: Clio's `ActivityDescriptionRate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CategoryCharge {
    /// `FlatRate`: so much for the whole.
    Flat(Amount),
    /// `Custom`: so much an hour.
    Hourly(Amount),
    /// `User`: what the user's rates say. An amount beside it is ignored (Clio's document).
    User,
}

/// The rate of an activity category, for [`CategoryCharge::of`]. It nests: `rate: Option<CategoryPrice>` in a selection of
/// an activity description.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "ActivityDescriptionRateBase")]
pub struct CategoryPrice {
    /// How entries in the category are charged.
    #[clio(rename = "type")]
    pub kind: Option<RateType>,
    /// So much an hour, or for the whole.
    pub amount: Option<Amount>,
}

shows! { CategoryPrice: kind; }

impl CategoryCharge {
    /// As the rate of this category says: [`CategoryPrice`], or a selection of your own with these fields.
    ///
    /// # Errors
    ///
    /// [`Unknown`](crate::ErrorKind::Unknown) where the type is not told or an amount that counts is hidden,
    /// [`Invalid`](crate::ErrorKind::Invalid) for a type that is not known here.
    pub fn of<S>(read: &S) -> Result<Self>
    where
        S: Takes<rate::r#type, Value: Known<RateType>> + Takes<rate::amount, Value: Known<Amount>>,
    {
        let amount = || needed(known::<rate::amount, Amount, _>(read), "rate in its category");
        match needed(known::<rate::r#type, RateType, _>(read), "kind of category")? {
            RateType::User => Ok(Self::User),
            RateType::FlatRate => amount().map(Self::Flat),
            RateType::Custom => amount().map(Self::Hourly),
            _ => Err(Error::invalid("the category is charged in a way that is not known here")),
        }
    }
}

/// The rates of a matter or a client that apply to the user of the entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomRates {
    /// The user's own.
    pub of_user: Option<Amount>,
    /// Those of the groups that the user is in, and those for everybody. The highest counts (Clio's help, of groups).
    pub of_groups: Vec<Amount>,
}

impl CustomRates {
    /// The user's own before those of groups. That is how matters are described; of clients nobody says, so that the same
    /// holds for them is our choice.
    fn found(&self) -> Option<Amount> {
        self.of_user.or_else(|| self.of_groups.iter().max().copied())
    }
}

/// The rate that an entry gets, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Priced {
    /// So much an hour or, where it is flat, for the whole.
    pub price: Amount,
    /// Which rule gave the price.
    pub rule: RateRule,
    /// The price is for the whole: the category has a flat rate, also where the entry has a price of its own.
    pub flat: bool,
}

/// Where the price of an entry comes from, from high to low (Clio's help on the hierarchy of rates).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RateRule {
    /// The entry's own price.
    Entry,
    /// The flat rate of its activity category.
    FlatCategory,
    /// The matter's custom rate.
    Matter,
    /// The client's rate.
    Client,
    /// The hourly rate of its activity category.
    HourlyCategory,
    /// The default rate of the user.
    User,
}

/// The rate that a time entry gets when it is created, or when its category, matter or user changes without a price.
///
/// ```
/// use clio_model::activities::{CustomRates, KnownRates, RateRule, rate_of};
///
/// let rates = KnownRates {
///     matter: CustomRates { of_user: None, of_groups: vec!["300".parse()?, "350".parse()?] },
///     user: Some("220".parse()?),
///     ..KnownRates::default()
/// };
/// let found = rate_of(&rates)?;
/// assert_eq!((found.price, found.rule), ("350".parse()?, RateRule::Matter));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`Unknown`](crate::ErrorKind::Unknown) where no rate applies: nobody says what Clio does for a user without a default rate.
pub fn rate_of(known: &KnownRates) -> Result<Priced> {
    let (flat_rate, hourly_rate) = match known.category {
        Some(CategoryCharge::Flat(amount)) => (Some(amount), None),
        Some(CategoryCharge::Hourly(amount)) => (None, Some(amount)),
        Some(CategoryCharge::User) | None => (None, None),
    };
    let by_rule = [
        (known.own, RateRule::Entry),
        (flat_rate, RateRule::FlatCategory),
        (known.matter.found(), RateRule::Matter),
        (known.client.found(), RateRule::Client),
        (hourly_rate, RateRule::HourlyCategory),
        (known.user, RateRule::User),
    ];
    let found = by_rule.into_iter().find_map(|(price, rule)| Some((price?, rule)));
    let (price, rule) = found.ok_or_else(|| unknown("a rate of the entry"))?;
    Ok(Priced { price, rule, flat: flat_rate.is_some() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn amount(number: i64) -> Amount {
        Amount::new(number.into())
    }

    /// Everything is there; then the highest goes, and so on.
    #[test]
    fn each_rule_gives_way_to_the_one_above() {
        let mut known = KnownRates {
            own: Some(amount(1)),
            category: Some(CategoryCharge::Flat(amount(2))),
            matter: CustomRates { of_user: Some(amount(3)), of_groups: vec![amount(4), amount(5)] },
            client: CustomRates { of_user: Some(amount(6)), of_groups: vec![amount(7)] },
            user: Some(amount(9)),
        };
        let found = |known: &KnownRates| rate_of(known).map(|found| (found.price, found.rule, found.flat));
        assert_eq!(found(&known).unwrap(), (amount(1), RateRule::Entry, true));
        known.own = None;
        assert_eq!(found(&known).unwrap(), (amount(2), RateRule::FlatCategory, true));
        known.category = Some(CategoryCharge::Hourly(amount(8)));
        assert_eq!(found(&known).unwrap(), (amount(3), RateRule::Matter, false));
        known.matter.of_user = None;
        assert_eq!(found(&known).unwrap(), (amount(5), RateRule::Matter, false));
        known.matter.of_groups.clear();
        assert_eq!(found(&known).unwrap(), (amount(6), RateRule::Client, false));
        known.client = CustomRates::default();
        assert_eq!(found(&known).unwrap(), (amount(8), RateRule::HourlyCategory, false));
        known.category = Some(CategoryCharge::User);
        assert_eq!(found(&known).unwrap(), (amount(9), RateRule::User, false));
        known.user = None;
        assert_eq!(found(&known).unwrap_err().kind(), ErrorKind::Unknown);
    }

    #[test]
    fn a_category_is_read() {
        let hidden = CategoryPrice { kind: Some(RateType::Custom), amount: Some(amount(123)) };
        assert!(!format!("{hidden:?}").contains("123"), "a rate is data of the firm");
        let of = |json: &str| {
            let read = clio_core::decode::<clio_core::schema::objects::ActivityDescriptionRateBase, _>(json);
            CategoryCharge::of::<CategoryPrice>(&read.unwrap()).map_err(|error| error.kind())
        };
        for (json, charge) in [
            (r#"{"type":"FlatRate","amount":5}"#, Ok(CategoryCharge::Flat(amount(5)))),
            (r#"{"type":"Custom","amount":5}"#, Ok(CategoryCharge::Hourly(amount(5)))),
            (r#"{"type":"User","amount":5}"#, Ok(CategoryCharge::User)),
            (r#"{"type":"FlatRate","amount":null}"#, Err(ErrorKind::Unknown)),
            (r#"{"amount":5}"#, Err(ErrorKind::Unknown)),
            (r#"{"type":"Tiered","amount":5}"#, Err(ErrorKind::Invalid)),
        ] {
            assert_eq!(of(json), charge, "{json}");
        }
    }
}
