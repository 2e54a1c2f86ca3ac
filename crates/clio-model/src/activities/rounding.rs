//! How a firm rounds the time that it bills.

use clio_core::{Amount, Hours, Known, Seconds, Takes, schema::objects::billing_setting as setting};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::known;
use crate::{Error, ErrorKind, Money, Rate, Result, Rounding};

/// Seconds of a minute.
const MINUTE: i64 = 60;
/// Seconds of a hundredth of an hour.
const HUNDREDTH: i64 = 36;
/// Seconds of an hour.
const HOUR: i64 = 3_600;

/// How a firm rounds the time that it bills: always up (Clio's help), to its increment of minutes or, where it says so, to a
/// hundredth of an hour (Clio's document, `BillingSetting`). The increment is 1 minute unless the firm sets another (Clio's
/// help).
///
/// ```
/// use clio_core::Seconds;
/// use clio_model::activities::TimeRounding;
///
/// let tenths = TimeRounding::minutes(6)?;
/// assert_eq!(tenths.rounded(Seconds(7 * 60))?, Seconds(12 * 60));
/// assert_eq!(tenths.billed(Seconds(45 * 60))?.to_string(), "0.8");
/// # Ok::<(), clio_model::Error>(())
/// ```
///
/// Two sources differ on what the hundredths do: Clio's document and help have them in place of the minutes, a vendor that
/// imports into Clio describes them as a second rounding after the minutes. The first is what [`TimeRounding::of`] reads;
/// [`TimeRounding::then_hundredths`] is the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeRounding {
    /// In seconds, more than none.
    step: i64,
    then_hundredths: bool,
}

impl Default for TimeRounding {
    /// Whole minutes: what a firm has that set nothing (Clio's help).
    fn default() -> Self {
        Self { step: MINUTE, then_hundredths: false }
    }
}

impl TimeRounding {
    /// Hundredths of an hour: what Clio calls decimal rounding.
    pub const HUNDREDTHS: Self = Self { step: HUNDREDTH, then_hundredths: false };

    /// An increment of so many minutes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] for none or fewer, [`ErrorKind::Overflow`] for more than can be counted in seconds.
    pub fn minutes(increment: i64) -> Result<Self> {
        if increment <= 0 {
            return Err(Error::invalid("an increment of time has to be a minute or more"));
        }
        let step = increment.checked_mul(MINUTE).ok_or_else(|| Error::overflow("an increment of time"))?;
        Ok(Self { step, then_hundredths: false })
    }

    /// The same, and what comes out once more up to a hundredth of an hour: how a vendor describes Clio's decimal rounding.
    /// Rounded twice, time can grow further: 1 second is a minute, that is 72 seconds, and those are two minutes.
    #[must_use]
    pub const fn then_hundredths(self) -> Self {
        Self { then_hundredths: true, ..self }
    }

    /// As the firm's billing settings say: [`TimeSettings`](super::TimeSettings), or a selection of your own with
    /// `rounding` and `use_decimal_rounding`.
    ///
    /// A setting that is null counts as never set, so that the default is in force. That is our choice: no source has such
    /// an answer.
    ///
    /// # Errors
    ///
    /// As [`TimeRounding::minutes`]. With decimal rounding the increment is not looked at.
    ///
    /// ```compile_fail
    /// # use clio_core::Selection;
    /// # use clio_model::activities::TimeRounding;
    /// #[derive(Selection)]
    /// #[clio(object = "BillingSetting")]
    /// struct TooLittle {
    ///     rounding: i64,
    /// }
    /// // Whether the firm rounds to hundredths is not asked for.
    /// TimeRounding::of(&TooLittle { rounding: 6 });
    /// ```
    pub fn of<S>(settings: &S) -> Result<Self>
    where
        S: Takes<setting::rounding, Value: Known<i64>>
            + Takes<setting::use_decimal_rounding, Value: Known<bool>>,
    {
        if known::<setting::use_decimal_rounding, bool, _>(settings) == Some(true) {
            return Ok(Self::HUNDREDTHS);
        }
        known::<setting::rounding, i64, _>(settings).map_or_else(|| Ok(Self::default()), Self::minutes)
    }

    /// The time that is billed, in seconds, which are whole: Clio's `rounded_quantity`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] for less than no time, [`ErrorKind::Overflow`].
    pub fn rounded(self, time: Seconds) -> Result<Seconds> {
        let rounded = up(time, self.step)?;
        if self.then_hundredths { up(rounded, HUNDREDTH) } else { Ok(rounded) }
    }

    /// The time that is billed, in hours: Clio's `rounded_quantity_in_hours` before it is cut to two decimal places.
    ///
    /// Thirds of a tenth have no end (a minute is `0.01666..`), so money is not counted with these: see
    /// [`TimeRounding::price_of`].
    ///
    /// # Errors
    ///
    /// As [`TimeRounding::rounded`].
    pub fn billed(self, time: Seconds) -> Result<Hours> {
        Ok(Hours::new(Decimal::from(self.rounded(time)?.0) / Decimal::from(HOUR)))
    }

    /// What this time costs: the time is rounded (Clio's document: the total comes from the rounded time), and the money once,
    /// at the end. Exact until then, also where the hours have no end: 50 minutes at 250.05 are 208.375, which is 208.38.
    ///
    /// # Errors
    ///
    /// As [`TimeRounding::rounded`].
    pub fn price_of(self, time: Seconds, rate: Rate, rounding: Rounding) -> Result<Money> {
        let hour = rate.price_of_an_hour();
        let hours_of_seconds = hour.times(self.rounded(time)?.0.into())?.amount().get();
        let amount = Amount::new(hours_of_seconds / Decimal::from(HOUR));
        Ok(Money::new(amount, hour.currency()).rounded(rounding))
    }
}

fn up(time: Seconds, step: i64) -> Result<Seconds> {
    if time.0 < 0 {
        return Err(Error::invalid("a time is negative"));
    }
    let missing = (step - time.0 % step) % step;
    time.0.checked_add(missing).map(Seconds).ok_or_else(|| Error::overflow("a time"))
}

/// Seconds, from the number that Clio's API has for them.
pub(super) fn seconds(number: Amount) -> Result<Seconds> {
    let whole = number.get().fract().is_zero().then(|| number.get().to_i64());
    let whole = whole.ok_or_else(|| Error::invalid("a time is no whole number of seconds"))?;
    whole.map(Seconds).ok_or_else(|| Error::new(ErrorKind::Overflow, "more seconds than there are"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::activities::TimeSettings;

    fn minutes(increment: i64) -> TimeRounding {
        TimeRounding::minutes(increment).unwrap()
    }

    #[test]
    fn the_cases_of_clios_help_come_out() {
        for (rounding, time, billed, hours) in [
            (minutes(6), 5 * 60, 6 * 60, "0.1"),
            (minutes(6), 6 * 60, 6 * 60, "0.1"),
            (minutes(6), 7 * 60, 12 * 60, "0.2"),
            (minutes(6), 9 * 60, 12 * 60, "0.2"),
            (minutes(6), 45 * 60, 48 * 60, "0.8"),
            (minutes(15), 1, 15 * 60, "0.25"),
            (TimeRounding::default(), 0, 0, "0"),
            (TimeRounding::default(), 1, 60, "0.0166666666666666666666666667"),
            (TimeRounding::default(), 45 * 60, 45 * 60, "0.75"),
            (TimeRounding::HUNDREDTHS, 1, 36, "0.01"),
            (TimeRounding::HUNDREDTHS, 7 * 60, 432, "0.12"),
            (TimeRounding::HUNDREDTHS, 45 * 60, 45 * 60, "0.75"),
            (TimeRounding::default().then_hundredths(), 1, 72, "0.02"),
            (minutes(6).then_hundredths(), 7 * 60, 12 * 60, "0.2"),
        ] {
            assert_eq!(rounding.rounded(Seconds(time)).unwrap(), Seconds(billed), "{time} {rounding:?}");
            assert_eq!(rounding.billed(Seconds(time)).unwrap().to_string(), hours, "{time} {rounding:?}");
        }
    }

    #[test]
    fn settings_are_read_and_nonsense_is_refused() {
        let of = |rounding, hundredths| {
            TimeRounding::of(&TimeSettings {
                rounding,
                use_decimal_rounding: hundredths,
                time_on_flat_rate_contingency_matters_is_non_billable: None,
            })
        };
        assert_eq!(of(Some(6), Some(false)).unwrap(), minutes(6));
        assert_eq!(of(Some(6), Some(true)).unwrap(), TimeRounding::HUNDREDTHS);
        assert_eq!(of(None, None).unwrap(), TimeRounding::default());
        for (increment, kind) in
            [(0, ErrorKind::Invalid), (-6, ErrorKind::Invalid), (i64::MAX, ErrorKind::Overflow)]
        {
            assert_eq!(of(Some(increment), None).unwrap_err().kind(), kind);
        }
        assert_eq!(minutes(1).rounded(Seconds(-1)).unwrap_err().kind(), ErrorKind::Invalid);
        assert_eq!(minutes(1).billed(Seconds(i64::MAX)).unwrap_err().kind(), ErrorKind::Overflow);
    }

    #[test]
    fn hours_without_an_end_cost_what_they_should() {
        let rate = Rate::per_hour("250.05 USD".parse().unwrap());
        let price = TimeRounding::default().price_of(Seconds(50 * 60), rate, Rounding::HalfUp).unwrap();
        assert_eq!(price.to_string(), "208.38 USD");
    }

    fn single() -> impl Strategy<Value = TimeRounding> {
        prop_oneof![(1..=120_i64).prop_map(minutes), Just(TimeRounding::HUNDREDTHS)]
    }

    fn any() -> impl Strategy<Value = TimeRounding> {
        prop_oneof![single(), single().prop_map(TimeRounding::then_hundredths)]
    }

    proptest! {
        #[test]
        fn never_less_than_the_time_and_less_than_one_increment_more(how in any(), time in 0..10_000_000_i64) {
            let rounded = how.rounded(Seconds(time)).unwrap().0;
            let most = how.step + if how.then_hundredths { HUNDREDTH } else { 0 };
            prop_assert!(rounded >= time && rounded < time + most);
        }

        #[test]
        fn what_was_rounded_stays(how in single(), time in 0..10_000_000_i64) {
            let once = how.rounded(Seconds(time)).unwrap();
            prop_assert_eq!(how.rounded(once).unwrap(), once);
        }

        #[test]
        fn more_time_is_never_billed_as_less(how in any(), time in 0..10_000_000_i64, more in 0..100_000_i64) {
            prop_assert!(how.rounded(Seconds(time)).unwrap() <= how.rounded(Seconds(time + more)).unwrap());
        }

        #[test]
        fn hundredths_have_two_decimal_places(time in 0..10_000_000_i64) {
            let hours = TimeRounding::HUNDREDTHS.billed(Seconds(time)).unwrap();
            prop_assert!(hours.get().normalize().scale() <= 2);
            prop_assert_eq!(hours.as_seconds(), Some(TimeRounding::HUNDREDTHS.rounded(Seconds(time)).unwrap()));
        }
    }
}
