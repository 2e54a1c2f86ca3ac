//! What an activity comes to.

use clio_core::{Amount, Known, Seconds, Takes, schema::objects::activity};

use super::{TimeRounding, Work, known, parts::unknown};
use crate::{Currency, Error, Money, Rate, Result, Rounding};

/// What activities come to, as Clio shows it: rounded time at the rate of an hour, a flat fee as it is, a count times the
/// price of one; in whole coins.
///
/// How money is rounded has to be named, since no source says how Clio does it.
///
/// ```
/// use clio_core::Seconds;
/// use clio_model::{Currency, Rounding, activities::{Charge, Pricing, TimeRounding, Work}};
///
/// let pricing = Pricing::new(TimeRounding::minutes(6)?, Rounding::HalfUp, Currency::USD);
/// let call = Work::Time { duration: Seconds(7 * 60), price: Some("300".parse()?) };
/// assert_eq!(pricing.total(&call, Charge::Billable)?.to_string(), "60.00 USD");
/// assert_eq!(pricing.total(&call, Charge::NonBillable)?.to_string(), "0.00 USD");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Pricing {
    time: TimeRounding,
    money: Rounding,
    currency: Currency,
    zero_hours: ZeroHours,
}

/// What a flat fee of no time comes to. A user saw that an entry of 0 hours totals nothing whatever its price; nobody says so
/// of flat fees alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ZeroHours {
    /// Nothing.
    #[default]
    EarnNothing,
    /// The fee.
    EarnFlatRates,
}

/// Whether an activity is charged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Charge {
    /// It is.
    Billable,
    /// It is kept off bills.
    NonBillable,
    /// It is shown on the bill, for nothing.
    NoCharge,
}

impl Charge {
    /// Of this activity: [`BillableActivity`](super::BillableActivity), or a selection of your own with these fields.
    ///
    /// Clio's document has `no_charge` show an activity that is not billable; so of one that is both, it is what counts.
    ///
    /// # Errors
    ///
    /// [`Unknown`](crate::ErrorKind::Unknown) where neither says that it is not charged, and one of them is not told.
    pub fn of<S>(read: &S) -> Result<Self>
    where
        S: Takes<activity::non_billable, Value: Known<bool>> + Takes<activity::no_charge, Value: Known<bool>>,
    {
        let non_billable = known::<activity::non_billable, bool, _>(read);
        match (non_billable, known::<activity::no_charge, bool, _>(read)) {
            (_, Some(true)) => Ok(Self::NoCharge),
            (Some(true), _) => Ok(Self::NonBillable),
            (Some(false), Some(false)) => Ok(Self::Billable),
            _ => Err(unknown("whether the activity is charged")),
        }
    }
}

impl Pricing {
    /// With the firm's rounding of time, a rounding of money, and the matter's currency.
    pub const fn new(time: TimeRounding, money: Rounding, currency: Currency) -> Self {
        Self { time, money, currency, zero_hours: ZeroHours::EarnNothing }
    }

    /// What a flat fee of no time comes to: nothing, unless said.
    pub const fn zero_hours(self, zero_hours: ZeroHours) -> Self {
        Self { zero_hours, ..self }
    }

    /// What it is worth, charged or not. Of one that is not billable this is Clio's `non_billable_total`.
    ///
    /// # Errors
    ///
    /// [`Unknown`](crate::ErrorKind::Unknown) where the price is hidden, [`Invalid`](crate::ErrorKind::Invalid) for a time below
    /// none, [`Overflow`](crate::ErrorKind::Overflow).
    pub fn worth(&self, work: &Work) -> Result<Money> {
        let price = self.money_of(work.price()?);
        match *work {
            Work::Time { duration, .. } => self.time.price_of(duration, Rate::per_hour(price), self.money),
            Work::FlatFee { duration, .. } if duration == Seconds(0) && self.earns_nothing() => {
                Ok(Money::zero(self.currency))
            }
            Work::FlatFee { duration, .. } if duration < Seconds(0) => {
                Err(Error::invalid("a time is negative"))
            }
            Work::FlatFee { .. } => Ok(price.rounded(self.money)),
            Work::Expense { count, .. } => price.times_rounded(count.get(), self.money),
        }
    }

    /// What it comes to on a bill: its worth, or nothing where it is not charged. Users report that Clio may answer null
    /// instead of 0 for what is not billable.
    ///
    /// # Errors
    ///
    /// As [`Pricing::worth`]; none for what is not charged.
    pub fn total(&self, work: &Work, charge: Charge) -> Result<Money> {
        if charge == Charge::Billable { self.worth(work) } else { Ok(Money::zero(self.currency)) }
    }

    fn earns_nothing(&self) -> bool {
        self.zero_hours == ZeroHours::EarnNothing
    }

    fn money_of(&self, amount: Amount) -> Money {
        Money::new(amount, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::{ErrorKind, activities::ExpenseKind};

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    fn pricing() -> Pricing {
        Pricing::new(TimeRounding::minutes(6).unwrap(), Rounding::HalfUp, Currency::USD)
    }

    #[test]
    fn each_kind_is_priced_in_its_way() {
        let time =
            |minutes: i64| Work::Time { duration: Seconds(minutes * 60), price: Some(amount("250.05")) };
        let fee = Work::FlatFee { duration: Seconds(60), price: Some(amount("1500")) };
        let pieces =
            Work::Expense { kind: ExpenseKind::SoftCost, count: amount("2.5"), price: Some(amount("0.25")) };
        for (work, worth) in [
            (time(0), "0.00 USD"),
            (time(5), "25.01 USD"),
            (time(7), "50.01 USD"),
            (time(45), "200.04 USD"),
            (fee, "1500.00 USD"),
            (pieces, "0.63 USD"),
        ] {
            assert_eq!(pricing().worth(&work).unwrap().to_string(), worth, "{work:?}");
            for free in [Charge::NonBillable, Charge::NoCharge] {
                assert!(pricing().total(&work, free).unwrap().is_zero());
            }
        }
    }

    #[test]
    fn a_fee_for_no_time_is_a_setting() {
        let fee = Work::FlatFee { duration: Seconds(0), price: Some(amount("10")) };
        let earn = pricing().zero_hours(ZeroHours::EarnFlatRates);
        assert_eq!(pricing().worth(&fee).unwrap().to_string(), "0.00 USD");
        assert_eq!(earn.worth(&fee).unwrap().to_string(), "10.00 USD");
        let hour = Work::Time { duration: Seconds(0), price: Some(amount("10")) };
        assert_eq!(earn.worth(&hour).unwrap().to_string(), "0.00 USD", "by the hour it is nothing both ways");
    }

    #[test]
    fn what_cannot_be_priced_is_an_error() {
        let of = |duration, price| pricing().worth(&Work::Time { duration: Seconds(duration), price });
        assert_eq!(of(60, None).unwrap_err().kind(), ErrorKind::Unknown);
        assert_eq!(of(-1, Some(amount("1"))).unwrap_err().kind(), ErrorKind::Invalid);
        let fee = Work::FlatFee { duration: Seconds(-1), price: Some(amount("1")) };
        assert_eq!(pricing().worth(&fee).unwrap_err().kind(), ErrorKind::Invalid);
        assert_eq!(of(60, Some(Amount::new(Decimal::MAX))).unwrap_err().kind(), ErrorKind::Overflow);
    }
}
