//! What a test sees of deliveries.

use bytes::Bytes;
use chrono::{DateTime, Utc};

/// One request of a webhook, as it was sent, or was lost instead.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// The number of what it tells, from 1. The tries of one have the same number, and so has a doubled one.
    pub number: u64,
    /// The id of the webhook.
    pub webhook: i64,
    /// The event, such as `updated`; `None` of a handshake.
    pub event: Option<&'static str>,
    /// Where it went.
    pub url: String,
    /// Its headers, by lowercase name: `x-hook-signature` of an event, `x-hook-secret` of a handshake.
    pub headers: Vec<(&'static str, String)>,
    /// Its body, JSON.
    pub body: Bytes,
    /// The number of the try, from 1.
    pub attempt: u32,
    /// When it was sent, by the clock of the world.
    pub at: DateTime<Utc>,
    /// What came of it.
    pub outcome: DeliveryOutcome,
}

/// What came of a request of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeliveryOutcome {
    /// The receiver took it, with this status.
    Taken(u16),
    /// The receiver did not take it, with this status.
    Refused(u16),
    /// No answer came in time.
    Unanswered,
    /// It was never sent: [`DeliveryFaults::lost`].
    Lost,
}

/// How many of 100 deliveries go wrong on the firm's own side, by a chance that follows from the seed. Clio promises neither
/// that each event arrives, nor that it arrives once, nor an order.
///
/// ```
/// use clio_fixtures::{ClioWorld, DeliveryFaults};
///
/// let faults = DeliveryFaults::none().lost(5).doubled(10).reordered(20);
/// let world = ClioWorld::firm(7).delivery_faults(faults).start();
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryFaults {
    pub(super) lost: u8,
    pub(super) doubled: u8,
    pub(super) reordered: u8,
}

impl DeliveryFaults {
    /// Every event is sent, once, in the order of happening.
    pub fn none() -> Self {
        Self::default()
    }

    /// So many of 100 events are never sent.
    #[must_use]
    pub fn lost(mut self, percent: u8) -> Self {
        self.lost = percent;
        self
    }

    /// So many of 100 events are sent twice.
    #[must_use]
    pub fn doubled(mut self, percent: u8) -> Self {
        self.doubled = percent;
        self
    }

    /// So many of 100 events wait for up to two minutes, so that later ones pass them.
    #[must_use]
    pub fn reordered(mut self, percent: u8) -> Self {
        self.reordered = percent;
        self
    }
}
