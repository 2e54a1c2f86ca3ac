//! Chance that can be replayed.

use clio_fixtures::Fault;
use std::time::Duration;

/// Xorshift: the same everywhere and for ever.
#[derive(Debug)]
pub struct Rng(u64);

impl Rng {
    /// The numbers of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    /// A number below `n`, which is not 0.
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }

    /// A position in a list of this length, which is not 0.
    pub fn at(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("a position")
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.at(of.len())]
    }

    /// Yes, once in `n` times.
    pub fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// A time below this one, in milliseconds.
    pub fn time(&mut self, below: Duration) -> Duration {
        Duration::from_millis(self.below(u64::try_from(below.as_millis()).unwrap_or(u64::MAX).max(1)))
    }

    /// A fault whose late effects come within the default time to settle.
    pub fn fault(&mut self) -> Fault {
        match self.below(8) {
            0 => Fault::AppliedLate(Duration::from_millis(1000 * self.below(148) + 500)),
            // Just within the time that a request may still take effect.
            1 => Fault::AppliedLate(Duration::from_millis(146_000 + self.below(3500))),
            // Some within the time that a caller waits for a body, some beyond it.
            2 => Fault::SlowDrip(Duration::from_millis(1000 * self.below(60))),
            _ => self.pick(Fault::ALL),
        }
    }
}
