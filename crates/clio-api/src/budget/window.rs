//! What is known of the window of the rate limit. A pure state: it is told the time and never asks for it.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode, header::DATE};

/// How long a window lasts, where the server does not let us find out.
const WINDOW: Duration = Duration::from_secs(60);

/// How much longer than a window we wait for its end: the shorter, the more of the next one is used.
const MARGIN: Duration = Duration::from_millis(250);

/// Whatever the server says, after this long it is asked again: one answer that is wrong must not stop the client for good.
const LONGEST_WINDOW: Duration = Duration::from_secs(300);

/// The same after a 429. Who waits for that long is told so; see `longest_wait`.
const LONGEST_BLOCK: Duration = Duration::from_secs(3600);

/// How far, in the server's seconds, the ends of windows may lie before the one that is known for an answer to be a late one.
const LATE: i64 = 120;

/// How long the first request of a window goes alone, if it is not answered sooner: one that is slow holds nobody up.
const PATIENCE: Duration = Duration::from_secs(1);

/// The longest wait after a 429 that does not say how long to wait.
const LONGEST_GUESS: Duration = WINDOW;

/// What is known of the window. Moments are of the clock's monotonic time.
#[derive(Debug, Default)]
pub(super) struct Window {
    told: Option<Told>,
    /// The server answers without the headers of a limit.
    silent: bool,
    /// After a 429.
    blocked_until: Option<Duration>,
    /// 429s in a row.
    refusals: u32,
    /// Permits that were given out and whose requests have no answer yet.
    out: u32,
    /// When one of them was sent last to find out about a window of which nothing is known yet.
    probed_at: Option<Duration>,
    /// How much later than it says the server ends its windows, as far as we had to learn.
    late: Duration,
    /// Before then nothing goes out in the background.
    next_background: Duration,
    /// The last `Date`, and what it says: many answers of one second carry the same.
    date: Option<(HeaderValue, i64)>,
}

/// What the server said of the window that it is in.
#[derive(Debug, Clone, Copy)]
struct Told {
    limit: u32,
    /// The least that was said to remain. It counts every request that has been answered: a window is only ever used up.
    remaining: u32,
    /// The end in the server's seconds, which tells one window from the next.
    reset: i64,
    /// The same in our time. Each answer says it up to a second too late; the earliest of them is the best.
    ends: Duration,
}

/// When a permit can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Now,
    /// Not before this moment, as far as is known.
    At(Duration),
}

impl Window {
    /// When a permit can be had. Background work takes at once what lies above half of the limit, and spreads the rest
    /// over the window, so that a person who comes in the middle of it need not wait for the next.
    pub(super) fn when(&self, now: Duration, background: bool) -> When {
        if let Some(until) = self.blocked_until.filter(|until| *until > now) {
            return When::At(until);
        }
        let Some(told) = self.current(now) else {
            // The first request of a window goes alone: its answer says what the window holds, for whatever limit holds
            // now, and whoever else uses it.
            let patient = self.probed_at.map(|at| at + PATIENCE).filter(|until| *until > now && !self.silent);
            return patient.map_or(When::Now, When::At);
        };
        if told.remaining <= self.out {
            return When::At(self.end(told));
        }
        if background && self.next_background > now { When::At(self.next_background) } else { When::Now }
    }

    /// Gives a permit out; [`when`](Self::when) said that it can be had.
    pub(super) fn give(&mut self, now: Duration, background: bool) -> Given {
        self.out += 1;
        if background && let Some(told) = self.current(now) {
            let left = told.remaining.saturating_sub(self.out);
            let spread = left < told.limit / 2;
            let gap = self.end(told).saturating_sub(now) / (left + 1);
            self.next_background = if spread { now + gap } else { now };
        }
        Given { probes: self.probe(now) }
    }

    /// A permit that was given out, perhaps in an earlier window, holds still: its request may go out now.
    pub(super) fn holds(&self, now: Duration) -> bool {
        let blocked = self.blocked_until.is_some_and(|until| until > now);
        !blocked && self.current(now).is_none_or(|told| told.remaining >= self.out)
    }

    /// A permit is used now: its request goes out.
    pub(super) fn sent(&mut self, now: Duration, given: Given) -> Given {
        Given { probes: self.probe(now) || given.probes }
    }

    /// What is sent now finds out about a window of which nothing is known.
    fn probe(&mut self, now: Duration) -> bool {
        let probes = self.current(now).is_none() && !self.silent;
        if probes {
            self.probed_at = Some(now);
        }
        probes
    }

    /// A permit came back unused, or its request was surely not sent after all.
    pub(super) fn returned(&mut self, given: Given) {
        self.out = self.out.saturating_sub(1);
        if given.probes {
            self.probed_at = None;
        }
    }

    /// A request was given up without an answer. The server may have counted it.
    pub(super) fn unanswered(&mut self, given: Given) {
        self.returned(given);
        if let Some(told) = &mut self.told {
            told.remaining = told.remaining.saturating_sub(1);
        }
    }

    /// The head of an answer came. `wait` is how long the server asks to wait.
    pub(super) fn answered(&mut self, now: Duration, given: Given, status: StatusCode, headers: &HeaderMap) {
        self.returned(given);
        self.read(now, status, headers);
        if status == StatusCode::TOO_MANY_REQUESTS {
            self.refused(now, given.probes, clio_core::retry_after(headers));
        } else if status.is_success() {
            self.refusals = 0;
        }
    }

    fn read(&mut self, now: Duration, status: StatusCode, headers: &HeaderMap) {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
        let (Some(remaining), Some(reset)) = (number("x-ratelimit-remaining"), number("x-ratelimit-reset"))
        else {
            // What answers in Clio's place knows no limit; that says nothing.
            self.silent |= self.told.is_none() && (status.is_success() || status.is_redirection());
            return;
        };
        self.silent = false;
        let remaining = u32::try_from(remaining.max(0)).unwrap_or(u32::MAX);
        let limit = number("x-ratelimit-limit").and_then(|limit| u32::try_from(limit).ok());
        let limit = limit.unwrap_or(remaining).max(remaining);
        let ends = match self.date(headers) {
            Some(date) => now + Duration::from_secs(u64::try_from(reset.saturating_sub(date)).unwrap_or(0)),
            // Our own clock may be off by hours: better wait for a whole window, whose end is told in whole seconds.
            None => now + WINDOW + Duration::from_secs(1),
        };
        let ends = ends.min(now + LONGEST_WINDOW);
        match &mut self.told {
            // An answer of a window that is over, which comes late.
            Some(told) if reset < told.reset && told.reset.saturating_sub(LATE) <= reset => {}
            Some(told) if reset == told.reset && limit == told.limit => {
                told.remaining = told.remaining.min(remaining);
                told.ends = told.ends.min(ends);
            }
            told => {
                *told = Some(Told { limit, remaining, reset, ends });
                self.next_background = now;
            }
        }
    }

    fn date(&mut self, headers: &HeaderMap) -> Option<i64> {
        let value = headers.get(DATE)?;
        if let Some((_, date)) = self.date.as_ref().filter(|(known, _)| known == value) {
            return Some(*date);
        }
        let date = clio_core::date_of(value)?.timestamp();
        self.date = Some((value.clone(), date));
        Some(date)
    }

    fn refused(&mut self, now: Duration, was_new: bool, wait: Option<Duration>) {
        self.refusals += 1;
        let guess = Duration::from_secs(1 << self.refusals.min(6)).min(LONGEST_GUESS);
        let wait = wait.unwrap_or(guess).min(LONGEST_BLOCK);
        let until = now + wait;
        self.blocked_until = Some(self.blocked_until.map_or(until, |known| known.max(until)));
        if was_new && wait <= Duration::from_secs(2) {
            // We thought that the window was over. Next time we wait for this server a little longer.
            self.late = wait.max(self.late);
        }
        if let Some(told) = &mut self.told {
            told.remaining = 0;
        }
    }

    /// The window that is known and not over.
    fn current(&self, now: Duration) -> Option<Told> {
        self.told.filter(|told| self.end(*told) > now)
    }

    fn end(&self, told: Told) -> Duration {
        told.ends + MARGIN + self.late
    }
}

/// A permit that is out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given {
    /// Its request finds out about a window of which nothing is known.
    probes: bool,
}
