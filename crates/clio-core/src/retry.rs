//! Whether a request is sent once more, and when. A pure decision: nothing here sends, waits or counts.

use std::time::Duration;

use http::{Method, StatusCode};

use crate::{TransportError, TransportErrorKind};

/// How one attempt failed, as far as repeating it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// No byte left.
    NotSent,
    /// Some byte may have left, and no answer came, or not all of it.
    Lost,
    /// The server says that there were too many requests (429).
    Throttled,
    /// The server failed, or something in front of it answered in its place (500, 502, 503, 504).
    Server,
}

impl Failure {
    /// The failure that an answer of this status is, if asking again may help.
    pub fn of_status(status: StatusCode) -> Option<Self> {
        match status.as_u16() {
            429 => Some(Self::Throttled),
            500 | 502 | 503 | 504 => Some(Self::Server),
            _ => None,
        }
    }

    /// The failure that this error is, if asking again may help.
    pub fn of_error(error: &TransportError) -> Option<Self> {
        match (error.kind(), error.nothing_left()) {
            (TransportErrorKind::Connect | TransportErrorKind::Interrupted, true) => Some(Self::NotSent),
            (
                TransportErrorKind::Connect | TransportErrorKind::Timeout | TransportErrorKind::Interrupted,
                false,
            ) => Some(Self::Lost),
            // Among them a last moment to send that has passed: it does not come again.
            _ => None,
        }
    }
}

/// What to do after an attempt that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Let the failure stand.
    Stop(Stop),
    /// Send it once more, after this long.
    Again(Duration),
}

/// Why a request is not sent once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stop {
    /// It is a write, and may have been applied.
    PerhapsApplied,
    /// It was sent as often as it may be.
    Attempts,
    /// Its body comes as a stream, which can be sent once.
    BodyGone,
    /// It would come too late: after [`Limits::send_by`](crate::Limits::send_by).
    TooLate,
    /// The server asks to wait longer than [`RetryPolicy::longest_wait`].
    WaitTooLong,
}

/// How often a request is sent, and how long lies between.
///
/// One rule stands above all settings: *a write is sent again only when it surely was not applied.* A write is whatever
/// is not `GET`, `HEAD` or `OPTIONS`, and of all failures only [`Failure::NotSent`] proves that nothing was applied.
///
/// ```
/// use std::time::Duration;
/// use clio_core::{Decision, Failure, RetryPolicy, Stop};
/// use http::Method;
///
/// let policy = RetryPolicy::default();
/// // A read whose answer was lost: once more, after half a second to a second.
/// assert_eq!(policy.decide(&Method::GET, Failure::Lost, 1, None, 1.0), Decision::Again(Duration::from_secs(1)));
/// // A write whose answer was lost: never.
/// assert_eq!(policy.decide(&Method::POST, Failure::Lost, 1, None, 1.0), Decision::Stop(Stop::PerhapsApplied));
/// // A write of which no byte left: once more.
/// assert_eq!(policy.decide(&Method::POST, Failure::NotSent, 1, None, 0.0), Decision::Again(Duration::from_millis(500)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often a request is sent at most, the first time included. 1 is: never again.
    pub attempts: u32,
    /// The longest wait after the first attempt; it doubles with each that follows.
    pub backoff: Duration,
    /// The longest wait of all, also if a server asks for more: then the failure stands.
    pub longest_wait: Duration,
    /// A write that was answered 429 was surely not applied. No source says so of Clio, so this is `false` by default.
    pub throttled_is_refused: bool,
}

impl Default for RetryPolicy {
    /// Three attempts, a second after the first, at most two minutes: a window of Clio's rate limit is one minute long.
    fn default() -> Self {
        Self {
            attempts: 3,
            backoff: Duration::from_secs(1),
            longest_wait: Duration::from_secs(120),
            throttled_is_refused: false,
        }
    }
}

impl RetryPolicy {
    /// Everything is sent once.
    pub fn never() -> Self {
        Self { attempts: 1, ..Self::default() }
    }

    /// Decides about a request of this method, of which attempt number `attempt` (from 1) failed like this.
    ///
    /// `hint` is how long the server asks to wait. `jitter`, from 0 to 1, spreads what many clients do: a wait is
    /// between half of the backoff and all of it. A hint is kept as it is.
    pub fn decide(
        &self,
        method: &Method,
        failure: Failure,
        attempt: u32,
        hint: Option<Duration>,
        jitter: f64,
    ) -> Decision {
        let harmless = is_read(method)
            || failure == Failure::NotSent
            || (failure == Failure::Throttled && self.throttled_is_refused);
        if !harmless {
            return Decision::Stop(Stop::PerhapsApplied);
        }
        if attempt >= self.attempts {
            return Decision::Stop(Stop::Attempts);
        }
        match hint {
            Some(hint) if hint > self.longest_wait => Decision::Stop(Stop::WaitTooLong),
            Some(hint) => Decision::Again(hint),
            None => {
                let doubled = self.backoff.saturating_mul(1 << attempt.saturating_sub(1).min(16));
                let most = doubled.min(self.longest_wait);
                let jitter = if jitter.is_nan() { 1.0 } else { jitter.clamp(0.0, 1.0) };
                Decision::Again(most.mul_f64(0.5 + 0.5 * jitter))
            }
        }
    }
}

/// The method changes nothing at the server, so that a request may be sent any number of times.
pub fn is_read(method: &Method) -> bool {
    *method == Method::GET || *method == Method::HEAD || *method == Method::OPTIONS
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILURES: [Failure; 4] = [Failure::NotSent, Failure::Lost, Failure::Throttled, Failure::Server];

    #[test]
    fn a_write_is_repeated_only_when_no_byte_left() {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            for failure in FAILURES {
                let decision = RetryPolicy::default().decide(&method, failure, 1, None, 0.5);
                let again = matches!(decision, Decision::Again(_));
                assert_eq!(again, failure == Failure::NotSent, "{method} {failure:?}");
            }
        }
        let told = RetryPolicy { throttled_is_refused: true, ..RetryPolicy::default() };
        let hint = Some(Duration::from_secs(7));
        let decide = |failure| told.decide(&Method::POST, failure, 1, hint, 0.0);
        assert_eq!(decide(Failure::Throttled), Decision::Again(Duration::from_secs(7)));
        assert_eq!(decide(Failure::Server), Decision::Stop(Stop::PerhapsApplied));
    }

    #[test]
    fn a_read_is_repeated_until_its_attempts_are_used_up() {
        let policy = RetryPolicy::default();
        for failure in FAILURES {
            let decide = |attempt| policy.decide(&Method::GET, failure, attempt, None, 1.0);
            assert_eq!(decide(1), Decision::Again(Duration::from_secs(1)));
            assert_eq!(decide(2), Decision::Again(Duration::from_secs(2)));
            assert_eq!(decide(3), Decision::Stop(Stop::Attempts));
        }
        let never = RetryPolicy::never().decide(&Method::GET, Failure::Lost, 1, None, 1.0);
        assert_eq!(never, Decision::Stop(Stop::Attempts));
    }

    #[test]
    fn waits_are_bounded_whatever_the_numbers() {
        let policy = RetryPolicy { attempts: u32::MAX, ..RetryPolicy::default() };
        for (attempt, jitter) in [(0, f64::NAN), (1, -3.0), (40, 1.0), (u32::MAX - 1, 9.0)] {
            let Decision::Again(wait) = policy.decide(&Method::GET, Failure::Lost, attempt, None, jitter)
            else {
                panic!("again")
            };
            assert!(wait >= policy.backoff / 2 && wait <= policy.longest_wait, "{wait:?}");
        }
        let hint = Some(Duration::from_secs(121));
        let decision = policy.decide(&Method::GET, Failure::Throttled, 1, hint, 0.0);
        assert_eq!(decision, Decision::Stop(Stop::WaitTooLong));
    }

    #[test]
    fn what_can_be_asked_again_is_told_from_what_cannot() {
        let status = |status| Failure::of_status(StatusCode::from_u16(status).unwrap());
        assert_eq!((status(429), status(503)), (Some(Failure::Throttled), Some(Failure::Server)));
        for final_status in [200, 303, 304, 400, 401, 403, 404, 409, 410, 412, 422, 501] {
            assert_eq!(status(final_status), None, "{final_status}");
        }
        let too_late = TransportError::not_sent(TransportErrorKind::Timeout, "too late");
        assert_eq!(Failure::of_error(&too_late), None);
        let too_large = TransportError::perhaps_sent(TransportErrorKind::TooLarge, "too large");
        assert_eq!(Failure::of_error(&too_large), None);
    }
}
