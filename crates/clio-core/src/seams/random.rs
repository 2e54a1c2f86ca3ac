//! Randomness: PKCE verifiers, OAuth states, names of lease holders.

use std::fmt;

/// Where random bytes come from. A test gives a seeded one, so that a run can be replayed.
pub trait Random: fmt::Debug + Send + Sync {
    /// Fills `bytes`. A production source must be fit for secrets.
    fn fill(&self, bytes: &mut [u8]);

    /// `length` random letters and digits of the alphabet that OAuth and PKCE allow. 32 of them hold 190 bits.
    fn text(&self, length: usize) -> String {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut bytes = vec![0; length];
        self.fill(&mut bytes);
        bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte & 63)])).collect()
    }
}

/// The operating system's random source.
#[cfg(feature = "system")]
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

#[cfg(feature = "system")]
impl Random for SystemRandom {
    /// # Panics
    ///
    /// When the operating system has no random source: nothing that follows would be safe.
    #[expect(clippy::disallowed_methods, reason = "this is the production random source")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system's random source");
    }
}
