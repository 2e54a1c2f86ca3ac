use std::{
    collections::{BTreeSet, HashSet},
    hash::BuildHasher,
};

use chrono::{Datelike, Days, NaiveDate, Weekday, WeekdaySet};

use crate::{Error, Result};

/// How many days are looked at in a row before a calendar is said to have no business days. A year and a day: nobody
/// says, our choice.
const LONGEST_BREAK: u32 = 366;

/// The days on which nobody works, besides weekends. A set of dates is one, and so is a function of a date:
///
/// ```
/// use chrono::{Datelike, NaiveDate};
/// use clio_model::calendar::BusinessDays;
///
/// let new_year = |day: NaiveDate| day.ordinal() == 1;
/// let office = BusinessDays::default().closed_on(new_year);
/// assert!(!office.is_business_day(NaiveDate::from_ymd_opt(2026, 1, 1).unwrap()));
/// ```
pub trait Holidays {
    /// The day is one of them.
    fn is_holiday(&self, day: NaiveDate) -> bool;
}

impl Holidays for BTreeSet<NaiveDate> {
    fn is_holiday(&self, day: NaiveDate) -> bool {
        self.contains(&day)
    }
}

impl<S: BuildHasher> Holidays for HashSet<NaiveDate, S> {
    fn is_holiday(&self, day: NaiveDate) -> bool {
        self.contains(&day)
    }
}

impl<F: Fn(NaiveDate) -> bool> Holidays for F {
    fn is_holiday(&self, day: NaiveDate) -> bool {
        self(day)
    }
}

/// No holidays at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NoHolidays;

impl Holidays for NoHolidays {
    fn is_holiday(&self, _day: NaiveDate) -> bool {
        false
    }
}

/// Which day is the first of a [deadline](BusinessDays::deadline).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Counting {
    /// The business day after the event: of an e-mail on Monday, Tuesday is day one. Our default.
    #[default]
    FromTheNextDay,
    /// The day of the event, if it is a business day, else the next one that is.
    FromTheSameDay,
}

/// The days on which a firm works: all but its weekends and holidays. Saturday and Sunday, and no holidays, unless told
/// otherwise.
///
/// Clio's help gives a firm three business days to review an import. It says neither which holidays count nor whether
/// the day of its e-mail does: the first is the caller's calendar, the second [`Counting`].
///
/// ```
/// use chrono::NaiveDate;
/// use clio_model::calendar::{BusinessDays, Counting};
///
/// let day = |n| NaiveDate::from_ymd_opt(2026, 3, n).unwrap();
/// let office = BusinessDays::default();
/// // An e-mail of Wednesday: Thursday, Friday, Monday.
/// assert_eq!(office.deadline(day(4), 3, Counting::FromTheNextDay)?, day(9));
/// assert_eq!(office.deadline(day(4), 3, Counting::FromTheSameDay)?, day(6));
/// assert_eq!(office.between(day(4), day(9)), 3);
/// # Ok::<(), clio_model::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessDays<H = NoHolidays> {
    weekend: WeekdaySet,
    holidays: H,
}

impl Default for BusinessDays {
    fn default() -> Self {
        Self { weekend: WeekdaySet::from_array([Weekday::Sat, Weekday::Sun]), holidays: NoHolidays }
    }
}

impl<H: Holidays> BusinessDays<H> {
    /// The weekdays on which nobody works, in place of Saturday and Sunday. None at all is fine.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) where no weekday is left to work on.
    pub fn weekend(self, days: impl IntoIterator<Item = Weekday>) -> Result<Self> {
        let weekend: WeekdaySet = days.into_iter().collect();
        if weekend == WeekdaySet::ALL {
            return Err(Error::invalid("a week of weekend days only leaves no business day"));
        }
        Ok(Self { weekend, ..self })
    }

    /// The holidays, in place of those given before.
    #[must_use]
    pub fn closed_on<G: Holidays>(self, holidays: G) -> BusinessDays<G> {
        BusinessDays { weekend: self.weekend, holidays }
    }

    /// Somebody works on that day.
    pub fn is_business_day(&self, day: NaiveDate) -> bool {
        !self.weekend.contains(day.weekday()) && !self.holidays.is_holiday(day)
    }

    /// The `n`th business day after `date`, or before it where `n` is negative. Zero is the day itself if it is a business
    /// day, else the next one that is.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) where the calendar has no business day in more than a year;
    /// [`Overflow`](crate::ErrorKind::Overflow) beyond the dates that there are.
    pub fn add(&self, date: NaiveDate, n: i64) -> Result<NaiveDate> {
        let way = if n < 0 { Way::Back } else { Way::On };
        if n == 0 {
            return if self.is_business_day(date) { Ok(date) } else { self.next(date, way) };
        }
        // Each business day takes a day: what cannot be is not searched for.
        if n.unsigned_abs() > way.days_left(date) {
            return Err(beyond());
        }
        (0..n.unsigned_abs()).try_fold(date, |day, _| self.next(day, way))
    }

    /// How many business days come after `from`, up to and with `to`. Where `to` is earlier: how many come before `from`,
    /// down to and with `to`, as a negative number. So if `to` is another day than `from` and a business day, it is the `n` by
    /// which [`BusinessDays::add`] comes to it.
    pub fn between(&self, from: NaiveDate, to: NaiveDate) -> i64 {
        let way = if to < from { Way::Back } else { Way::On };
        let (mut day, mut count) = (from, 0);
        while day != to {
            // A date that lies between two dates is one.
            let Some(next) = way.step(day) else { break };
            day = next;
            count += i64::from(self.is_business_day(day));
        }
        if to < from { -count } else { count }
    }

    /// The last day of a time of so many business days that an event starts.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) for a time of no days; else as [`BusinessDays::add`].
    pub fn deadline(&self, event: NaiveDate, days: u32, counting: Counting) -> Result<NaiveDate> {
        let Some(more) = days.checked_sub(1) else {
            return Err(Error::invalid("a time of no days has no last day"));
        };
        match counting {
            Counting::FromTheNextDay => self.add(event, days.into()),
            Counting::FromTheSameDay => self.add(self.add(event, 0)?, more.into()),
        }
    }

    fn next(&self, from: NaiveDate, way: Way) -> Result<NaiveDate> {
        let mut day = from;
        for _ in 0..LONGEST_BREAK {
            day = way.step(day).ok_or_else(beyond)?;
            if self.is_business_day(day) {
                return Ok(day);
            }
        }
        Err(Error::invalid("the calendar has no business day in more than a year"))
    }
}

/// Into the future, or the past.
#[derive(Clone, Copy)]
enum Way {
    On,
    Back,
}

impl Way {
    fn step(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::On => day.checked_add_days(Days::new(1)),
            Self::Back => day.checked_sub_days(Days::new(1)),
        }
    }

    fn days_left(self, day: NaiveDate) -> u64 {
        let left = match self {
            Self::On => NaiveDate::MAX - day,
            Self::Back => day - NaiveDate::MIN,
        };
        left.num_days().unsigned_abs()
    }
}

fn beyond() -> Error {
    Error::overflow("a date")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ErrorKind;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn us_2026() -> BusinessDays<BTreeSet<NaiveDate>> {
        BusinessDays::default().closed_on(BTreeSet::from([day(2026, 7, 3), day(2026, 12, 25)]))
    }

    #[test]
    fn weekends_and_holidays_are_passed_over() {
        let office = us_2026();
        assert_eq!(office.add(day(2026, 7, 2), 1).unwrap(), day(2026, 7, 6), "Friday is a holiday");
        assert_eq!(office.add(day(2026, 7, 6), -1).unwrap(), day(2026, 7, 2));
        assert_eq!(office.add(day(2026, 7, 4), 0).unwrap(), day(2026, 7, 6));
        assert_eq!(office.add(day(2026, 7, 6), 0).unwrap(), day(2026, 7, 6));
        assert_eq!(office.between(day(2026, 7, 6), day(2026, 7, 6)), 0);
        // To a day off it is the number of the business day before it.
        let to_sunday = office.between(day(2026, 7, 6), day(2026, 7, 12));
        assert_eq!((to_sunday, office.add(day(2026, 7, 6), to_sunday).unwrap()), (4, day(2026, 7, 10)));
    }

    #[test]
    fn a_weekend_can_be_another() {
        let gulf = BusinessDays::default().weekend([Weekday::Fri, Weekday::Sat]).unwrap();
        assert!(gulf.is_business_day(day(2026, 3, 8)) && !gulf.is_business_day(day(2026, 3, 6)));
        let none = BusinessDays::default().weekend([]).unwrap();
        assert!(none.is_business_day(day(2026, 3, 7)));
    }

    #[test]
    fn the_day_of_the_event_counts_only_if_it_is_told_to() {
        let office = BusinessDays::default();
        let saturday = day(2026, 3, 7);
        for (counting, from_monday, from_saturday) in
            [(Counting::FromTheNextDay, 5, 11), (Counting::FromTheSameDay, 4, 11)]
        {
            assert_eq!(office.deadline(day(2026, 3, 2), 3, counting).unwrap(), day(2026, 3, from_monday));
            assert_eq!(office.deadline(saturday, 3, counting).unwrap(), day(2026, 3, from_saturday));
            assert_eq!(office.deadline(saturday, 0, counting).unwrap_err().kind(), ErrorKind::Invalid);
        }
    }

    #[test]
    fn a_calendar_without_business_days_is_an_error() {
        let all: Vec<_> = (0..7).map(|n| Weekday::try_from(n).unwrap()).collect();
        assert_eq!(BusinessDays::default().weekend(all).unwrap_err().kind(), ErrorKind::Invalid);
        let closed = BusinessDays::default().closed_on(|_: NaiveDate| true);
        for n in [-1, 0, 1, 1_000_000] {
            assert_eq!(closed.add(day(2026, 3, 2), n).unwrap_err().kind(), ErrorKind::Invalid, "{n}");
        }
        assert_eq!(closed.between(day(2026, 1, 1), day(2027, 1, 1)), 0);
    }

    #[test]
    fn the_end_of_all_dates_is_an_error() {
        let office = BusinessDays::default();
        for n in [i64::MIN, i64::MAX, 100_000_000, -200_000_000] {
            assert_eq!(office.add(day(2026, 3, 2), n).unwrap_err().kind(), ErrorKind::Overflow, "{n}");
        }
        assert_eq!(office.add(NaiveDate::MAX, 1).unwrap_err().kind(), ErrorKind::Overflow);
        assert_eq!(office.add(NaiveDate::MIN, -1).unwrap_err().kind(), ErrorKind::Overflow);
        assert_eq!(office.between(NaiveDate::MAX, NaiveDate::MAX), 0);
    }

    fn calendar() -> impl Strategy<Value = BusinessDays<BTreeSet<NaiveDate>>> {
        let weekend = prop::collection::vec(0_u8..6, 0..5);
        let holidays = prop::collection::btree_set(0_u64..400, 0..120);
        (weekend, holidays).prop_map(|(weekend, holidays)| {
            let weekend = weekend.into_iter().map(|n| Weekday::try_from(n).unwrap());
            let holidays: BTreeSet<_> =
                holidays.into_iter().map(|n| day(2026, 1, 1) + Days::new(n)).collect();
            BusinessDays::default().weekend(weekend).unwrap().closed_on(holidays)
        })
    }

    /// All dates of some years, each looked at by itself.
    fn naive(office: &BusinessDays<BTreeSet<NaiveDate>>) -> Vec<NaiveDate> {
        day(2020, 1, 1).iter_days().take(365 * 14).filter(|day| office.is_business_day(*day)).collect()
    }

    proptest! {
        #[test]
        fn counts_as_one_who_goes_day_by_day(office in calendar(), from in 0_u64..400, n in -90_i64..90) {
            let from = day(2026, 1, 1) + Days::new(from);
            let all = naive(&office);
            let found = office.add(from, n).unwrap();
            let after = all.partition_point(|day| *day <= from);
            let before = all.partition_point(|day| *day < from);
            let expected = match n {
                0 => all[before],
                1.. => all[after + usize::try_from(n - 1).unwrap()],
                _ => all[before - usize::try_from(-n).unwrap()],
            };
            prop_assert_eq!(found, expected);
            if n != 0 {
                prop_assert_eq!(office.between(from, found), n);
            }
        }

        #[test]
        fn what_is_between_adds_up(office in calendar(), mut days in prop::array::uniform3(0_u64..400)) {
            days.sort_unstable();
            let [a, b, c] = days.map(|n| day(2026, 1, 1) + Days::new(n));
            prop_assert_eq!(office.between(a, b) + office.between(b, c), office.between(a, c));
            let expected = naive(&office).iter().filter(|day| **day > a && **day <= b).count();
            prop_assert_eq!(office.between(a, b), i64::try_from(expected).unwrap());
            let back = naive(&office).iter().filter(|day| **day >= a && **day < b).count();
            prop_assert_eq!(office.between(b, a), if a == b { 0 } else { -i64::try_from(back).unwrap() });
        }
    }
}
