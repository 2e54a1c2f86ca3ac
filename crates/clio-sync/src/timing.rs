//! How long the engine waits before it believes something about a write.

use std::time::Duration;

use crate::{Error, ErrorKind, Result};

/// The times and counts of the write algorithm. The defaults are careful; tests and demonstrations shorten them.
///
/// What is *not* known of Clio is how long a request may still be carried out after its answer was lost; `settle` is
/// the bound that the promise "written once" rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// S: a write leaves within this time after it was recorded as being sent, or not at all.
    pub send_within: Duration,
    /// T: an answer comes within this time, or counts as lost.
    pub answer_within: Duration,
    /// D: after that, the longest a request may still take effect, and become visible.
    pub settle: Duration,
    /// Between the first look that finds nothing and the second, after the first attempt. After each further attempt
    /// thirty times as long, an hour by default: a target that takes no writes for a while must not use up the attempts.
    pub look_again_after: Duration,
    /// How far a look reaches back before the server's own time at the first attempt.
    pub floor_margin: Duration,
    /// A: after so many attempts of unknown outcome a write waits for a person.
    pub attempts: u32,
    /// How long after it was found a write of several attempts is looked at once more, for a double that landed late.
    pub audit_after: Duration,
    /// How long an engine may be silent before another takes its firm over. Longer than `send_within`.
    pub lease: Duration,
    /// How far a cursor source is read again, before the server's time at which the last pass began.
    pub overlap: Duration,
    /// State that a 429 is given before anything is executed, as Clio's documentation suggests but does not promise. Then a
    /// write that got one is simply sent again.
    pub rate_limit_precedes_execution: bool,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            send_within: Duration::from_secs(15),
            answer_within: Duration::from_secs(30),
            settle: Duration::from_secs(120),
            look_again_after: Duration::from_secs(120),
            floor_margin: Duration::from_secs(300),
            attempts: 3,
            audit_after: Duration::from_secs(24 * 60 * 60),
            lease: Duration::from_secs(60),
            overlap: Duration::from_secs(300),
            rate_limit_precedes_execution: false,
        }
    }
}

impl Timing {
    pub(crate) fn check(&self) -> Result<()> {
        let refuse = |what: &str| Err(Error::new(ErrorKind::Configuration, format!("timing: {what}")));
        if self.send_within.is_zero() || self.answer_within.is_zero() {
            return refuse("send_within and answer_within must be longer than nothing");
        }
        if self.lease <= self.send_within {
            return refuse("lease must be longer than send_within, or another engine could send in between");
        }
        if self.lease > Duration::from_secs(60 * 60) {
            return refuse(
                "lease must not be longer than an hour, or nobody could take over from an engine that died",
            );
        }
        let longest = Duration::from_secs(7 * 24 * 60 * 60);
        let waits =
            [self.send_within, self.answer_within, self.settle, self.look_again_after, self.floor_margin];
        if waits.into_iter().any(|wait| wait > longest) {
            return refuse("no wait of a write may be longer than a week");
        }
        if self.attempts == 0 {
            return refuse("attempts must be at least 1");
        }
        Ok(())
    }

    /// Between the two looks after this attempt.
    pub(crate) fn look_again_after(&self, attempt: u32) -> Duration {
        if attempt > 1 { self.look_again_after.saturating_mul(30) } else { self.look_again_after }
    }

    /// From the moment a write may have left until a look can be trusted.
    pub(crate) fn until_settled(&self) -> Duration {
        self.answer_within + self.settle
    }
}
