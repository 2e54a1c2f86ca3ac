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
    mark: String,
}

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl SeededRandom {
    /// The source of this seed.
    pub fn new(seed: u64) -> Self {
        Self { state: Mutex::new(ChaCha8Rng::seed_from_u64(seed)), mark: String::new() }
    }

    /// Letters and digits without the mark, for what is no secret.
    pub(crate) fn plain_text(&self, length: usize) -> String {
        let mut bytes = vec![0; length];
        self.fill(&mut bytes);
        bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte & 63)])).collect()
    }

    /// Every random text begins with this, as far as it has room.
    pub(crate) fn marked(self, mark: &str) -> Self {
        Self { mark: mark.to_owned(), ..self }
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

    fn text(&self, length: usize) -> String {
        let random = self.plain_text(length);
        self.mark.chars().chain(random.chars().skip(self.mark.chars().count())).take(length).collect()
    }
}
