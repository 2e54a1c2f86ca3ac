//! What an activity is, with its quantity in the unit that it has.

use clio_core::{Amount, Known, Seconds, Takes, schema::objects::activity, values::ActivityType};
use rust_decimal::Decimal;

use super::{
    known,
    parts::{needed, unknown},
    rounding::seconds,
};
use crate::{Error, Result};

/// What an activity is. Clio has one number for seconds and for pieces; here they are two types, in variants of their own.
///
/// ```
/// use clio_core::Seconds;
/// use clio_model::activities::{BillableActivity, Work};
///
/// let json = r#"{"id":1,"etag":"e","type":"TimeEntry","quantity":1800.0,"price":300.0,"flat_rate":false}"#;
/// let read = clio_core::decode::<clio_core::schema::objects::Activity, BillableActivity>(json)?;
/// let Work::Time { duration, .. } = Work::of(&read)? else { panic!("it is time") };
/// assert_eq!(duration, Seconds(1_800));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A selection that does not ask for `flat_rate`, as [`Activity`](super::Activity), cannot tell the two kinds of time
/// apart:
///
/// ```compile_fail
/// # use clio_model::activities::{Activity, Work};
/// fn read(activity: &Activity) {
///     Work::of(activity);
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Work {
    /// Time by the hour.
    Time {
        /// How long it took, before it is rounded.
        duration: Seconds,
        /// The rate of an hour; `None` where Clio hides rates.
        price: Option<Amount>,
    },
    /// Work for a fee that does not depend on the time.
    FlatFee {
        /// How long it took.
        duration: Seconds,
        /// The fee; `None` where Clio hides rates.
        price: Option<Amount>,
    },
    /// Something that was paid for.
    Expense {
        /// Which of Clio's three kinds.
        kind: ExpenseKind,
        /// How many pieces.
        count: Amount,
        /// The price of one piece; `None` where Clio hides rates.
        price: Option<Amount>,
    },
}

/// Clio's kinds of expenses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExpenseKind {
    /// `ExpenseEntry`: of a firm that does not tell hard and soft costs apart.
    Expense,
    /// `HardCostEntry`: paid to somebody else.
    HardCost,
    /// `SoftCostEntry`: borne by the firm.
    SoftCost,
}

impl ExpenseKind {
    /// Clio's word for it.
    pub const fn activity_type(self) -> ActivityType {
        match self {
            Self::Expense => ActivityType::ExpenseEntry,
            Self::HardCost => ActivityType::HardCostEntry,
            Self::SoftCost => ActivityType::SoftCostEntry,
        }
    }
}

impl Work {
    /// What this activity is: [`BillableActivity`](super::BillableActivity), or a selection of your own with these
    /// fields.
    ///
    /// A hard cost whose quantity is not told counts as one piece: Clio's document calls its price the amount, and names a
    /// quantity for the others only.
    ///
    /// # Errors
    ///
    /// [`Unknown`](crate::ErrorKind::Unknown) where the quantity is hidden, or it is not told whether the rate is flat;
    /// [`Invalid`](crate::ErrorKind::Invalid) for a type that is not known here and for a part of a second.
    pub fn of<S>(read: &S) -> Result<Self>
    where
        S: Takes<activity::r#type, Value: Known<ActivityType>>
            + Takes<activity::quantity, Value: Known<Amount>>
            + Takes<activity::price, Value: Known<Amount>>
            + Takes<activity::flat_rate, Value: Known<bool>>,
    {
        let quantity = known::<activity::quantity, Amount, _>(read);
        let price = known::<activity::price, Amount, _>(read);
        let kind = match needed(known::<activity::r#type, _, _>(read), "type")? {
            ActivityType::TimeEntry => {
                let duration = seconds(needed(quantity, "duration")?)?;
                let flat = needed(known::<activity::flat_rate, bool, _>(read), "flat_rate")?;
                return Ok(if flat {
                    Self::FlatFee { duration, price }
                } else {
                    Self::Time { duration, price }
                });
            }
            ActivityType::ExpenseEntry => ExpenseKind::Expense,
            ActivityType::HardCostEntry => ExpenseKind::HardCost,
            ActivityType::SoftCostEntry => ExpenseKind::SoftCost,
            _ => return Err(Error::invalid("the activity is of a type that is not known here")),
        };
        let one = (kind == ExpenseKind::HardCost).then_some(Amount::new(Decimal::ONE));
        Ok(Self::Expense { kind, count: needed(quantity.or(one), "quantity")?, price })
    }

    /// The rate of an hour, the fee, or the price of one piece.
    ///
    /// # Errors
    ///
    /// [`Unknown`](crate::ErrorKind::Unknown) where Clio hides rates.
    pub fn price(&self) -> Result<Amount> {
        let (Self::Time { price, .. } | Self::FlatFee { price, .. } | Self::Expense { price, .. }) = self;
        price.ok_or_else(|| unknown("the activity's price"))
    }
}

impl std::fmt::Debug for Work {
    /// Shows what it is, and neither hours nor money.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Time { .. } => f.write_str("Time"),
            Self::FlatFee { .. } => f.write_str("FlatFee"),
            Self::Expense { kind, .. } => f.debug_tuple("Expense").field(kind).finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clio_core::{decode, schema::objects};

    use super::*;
    use crate::{ErrorKind, activities::BillableActivity};

    fn of(members: &str) -> Result<Work> {
        let json = format!(r#"{{"id":1,"etag":"e",{members}}}"#);
        Work::of(&decode::<objects::Activity, BillableActivity>(&json).unwrap())
    }

    #[test]
    fn every_type_has_its_unit() {
        let amount = |text: &str| text.parse::<Amount>().unwrap();
        let hour = Seconds(3_600);
        for (members, work) in [
            (
                r#""type":"TimeEntry","quantity":3600.0,"price":1.5,"flat_rate":false"#,
                Work::Time { duration: hour, price: Some(amount("1.5")) },
            ),
            (
                r#""type":"TimeEntry","quantity":3600,"price":null,"flat_rate":true"#,
                Work::FlatFee { duration: hour, price: None },
            ),
            (
                r#""type":"SoftCostEntry","quantity":2.5,"price":2,"flat_rate":null"#,
                Work::Expense { kind: ExpenseKind::SoftCost, count: amount("2.5"), price: Some(amount("2")) },
            ),
            (
                r#""type":"HardCostEntry","quantity":null,"price":2"#,
                Work::Expense { kind: ExpenseKind::HardCost, count: amount("1"), price: Some(amount("2")) },
            ),
        ] {
            assert!(of(members).unwrap() == work, "{members}");
        }
    }

    #[test]
    fn what_is_hidden_or_strange_is_an_error() {
        for (members, kind) in [
            (r#""type":"TimeEntry","quantity":null,"flat_rate":false"#, ErrorKind::Unknown),
            (r#""type":"TimeEntry","quantity":60,"flat_rate":null"#, ErrorKind::Unknown),
            (r#""type":"TimeEntry","quantity":0.5,"flat_rate":false"#, ErrorKind::Invalid),
            (r#""type":"TimeEntry","quantity":1e20,"flat_rate":false"#, ErrorKind::Overflow),
            (r#""type":"ExpenseEntry","quantity":null"#, ErrorKind::Unknown),
            (r#""type":"FixedFee","quantity":1"#, ErrorKind::Invalid),
        ] {
            assert_eq!(of(members).unwrap_err().kind(), kind, "{members}");
        }
        assert_eq!(
            of(r#""type":"ExpenseEntry","quantity":1"#).unwrap().price().unwrap_err().kind(),
            ErrorKind::Unknown
        );
    }
}
