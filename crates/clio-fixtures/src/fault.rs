//! What can go wrong with a call.

use std::time::Duration;

/// One thing that goes wrong with one call.
///
/// Each is a way in which the world's state and what the caller learns fall apart. In memory a broken connection is a
/// [`TransportError`](clio_core::TransportError), and "never answered" is a future that stays pending, so that the
/// caller's own [`Deadline`](clio_core::Deadline) has to give up. On a socket the connection is closed or held open.
/// wiremock can neither break nor hold a connection: there both are an answer that comes after an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// No byte left: `not_sent(Connect)`. On a socket the connection is closed before the body is read.
    Refuse,
    /// The host has no address, so no byte left: `not_sent(Connect)`. A server cannot show that its own name is not
    /// found, so on a socket and behind wiremock it is the same as [`Fault::Refuse`].
    NoSuchHost,
    /// Applied; the connection breaks before the answer: `perhaps_sent(Interrupted)`.
    AnswerLost,
    /// Not applied; the connection breaks: `perhaps_sent(Interrupted)`, which looks the same as [`Fault::AnswerLost`].
    RequestLost,
    /// Applied; the connection is reset: `perhaps_sent(Interrupted)`. On a socket a TCP RST in place of the orderly end
    /// of [`Fault::AnswerLost`], which clients report in another way ("connection reset by peer").
    ResetApplied,
    /// Not applied; the connection is reset, as with [`Fault::ResetApplied`].
    ResetNotApplied,
    /// Never answered, and applied that much later. See [`ClioWorld`](crate::ClioWorld) for when it becomes visible.
    AppliedLate(Duration),
    /// Never applied, never answered.
    TimesOut,
    /// Applied at once, never answered.
    AppliedThenHangs,
    /// Applied; answered with status 500 and a page of HTML, as by something in front of the API.
    ServerErrorApplied,
    /// Not applied; answered with status 502 and a page of HTML.
    ServerErrorNotApplied,
    /// Not applied; answered with status 429.
    RateLimitedNotApplied,
    /// Applied; answered with status 429 all the same.
    RateLimitedApplied,
    /// Applied; the answer has a status of success and the first half of its body, and ends there in good order: as if
    /// something in between had cut it and counted again.
    Truncated,
    /// Applied; the status and `content-length` are right, and the connection breaks in the middle of the body:
    /// `perhaps_sent(Interrupted)` out of the body's stream. A body of less than two bytes breaks before its first.
    BodyBreaks,
    /// Applied; the answer has status 200 and no body.
    EmptyAnswer,
    /// Applied; the answer is right in everything, and its body takes this long: it comes in up to 16 pieces of about
    /// one length, with equal pauses. Whoever waits long enough has all of it. An empty body comes at once; wiremock
    /// gives the whole answer after that time.
    SlowDrip(Duration),
}

impl Fault {
    /// Every fault once, for tests that go through all of them. The late one comes 60 seconds late, the slow one takes
    /// 10 seconds.
    pub const ALL: &[Self] = &[
        Self::Refuse,
        Self::AnswerLost,
        Self::RequestLost,
        Self::AppliedLate(Duration::from_secs(60)),
        Self::TimesOut,
        Self::AppliedThenHangs,
        Self::ServerErrorApplied,
        Self::ServerErrorNotApplied,
        Self::RateLimitedNotApplied,
        Self::RateLimitedApplied,
        Self::Truncated,
        Self::EmptyAnswer,
        Self::NoSuchHost,
        Self::ResetApplied,
        Self::ResetNotApplied,
        Self::BodyBreaks,
        Self::SlowDrip(Duration::from_secs(10)),
    ];

    /// Whether the request is executed in spite of the fault, at once or late.
    pub fn applies(self) -> bool {
        self.sent()
            && !matches!(
                self,
                Self::RequestLost
                    | Self::ResetNotApplied
                    | Self::TimesOut
                    | Self::ServerErrorNotApplied
                    | Self::RateLimitedNotApplied
            )
    }

    /// Whether any byte of the request leaves the caller.
    pub fn sent(self) -> bool {
        !matches!(self, Self::Refuse | Self::NoSuchHost)
    }
}
