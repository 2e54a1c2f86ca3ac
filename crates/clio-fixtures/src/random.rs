//! Randomness that can be replayed.

use std::sync::{Mutex, PoisonError};

use clio_core::Random;
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// A [`Random`] that gives the same bytes for the same seed. Fit for tests, unfit for secrets.
///
/// ```
/// use clio_core::Random;
/// use clio_fixtures::SeededRandom;
///
/// assert_eq!(SeededRandom::new(7).text(12), SeededRandom::new(7).text(12));
/// ```
#[derive(Debug)]
pub struct SeededRandom {
    state: Mutex<ChaCha8Rng>,
}

impl SeededRandom {
    /// The source of this seed.
    pub fn new(seed: u64) -> Self {
        Self { state: Mutex::new(ChaCha8Rng::seed_from_u64(seed)) }
    }

    /// A number below `end`; 0 when `end` is 0. The small bias does not matter for made-up data.
    pub(crate) fn below(&self, end: u64) -> u64 {
        let number = self.state.lock().unwrap_or_else(PoisonError::into_inner).next_u64();
        number.checked_rem(end).unwrap_or(0)
    }

    /// One of these; `None` only of an empty list.
    pub(crate) fn pick<'a, T>(&self, of: &'a [T]) -> Option<&'a T> {
        let at = self.below(of.len() as u64);
        of.get(usize::try_from(at).unwrap_or(0))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}
