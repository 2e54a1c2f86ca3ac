use rust_decimal::{Decimal, RoundingStrategy};

/// How a number is brought to fewer decimal places. Named at every place where money is rounded, so that nobody has to
/// guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rounding {
    /// To the nearest, halves away from zero: what invoices do unless they say otherwise.
    HalfUp,
    /// To the nearest, halves to the even digit.
    HalfEven,
    /// Away from zero: what Clio does to time.
    Up,
    /// Towards zero.
    Down,
}

impl Rounding {
    /// The number with so many decimal places.
    pub fn apply(self, number: Decimal, decimals: u32) -> Decimal {
        number.round_dp_with_strategy(
            decimals,
            match self {
                Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
                Self::HalfEven => RoundingStrategy::MidpointNearestEven,
                Self::Up => RoundingStrategy::AwayFromZero,
                Self::Down => RoundingStrategy::ToZero,
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rounds_as_it_is_called() {
        let decimal = |text: &str| text.parse::<Decimal>().unwrap();
        for (number, half_up, half_even, up, down) in [
            ("0.125", "0.13", "0.12", "0.13", "0.12"),
            ("0.135", "0.14", "0.14", "0.14", "0.13"),
            ("-0.125", "-0.13", "-0.12", "-0.13", "-0.12"),
            ("0.1201", "0.12", "0.12", "0.13", "0.12"),
            ("0.12", "0.12", "0.12", "0.12", "0.12"),
        ] {
            for (rounding, rounded) in [
                (Rounding::HalfUp, half_up),
                (Rounding::HalfEven, half_even),
                (Rounding::Up, up),
                (Rounding::Down, down),
            ] {
                assert_eq!(rounding.apply(decimal(number), 2), decimal(rounded), "{number} {rounding:?}");
            }
        }
    }
}
