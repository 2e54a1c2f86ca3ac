//! Webhooks: which changes are told to whom, and the sending.
//!
//! The rules of the records themselves are in `behaviour::webhooks`.

mod delivery;
pub(crate) mod model;
mod notice;
mod send;
mod sign;

pub use delivery::{Delivery, DeliveryFaults, DeliveryOutcome};
pub(crate) use notice::{greet, notice};
pub(crate) use send::deliver;

use std::collections::HashMap;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use crate::SeededRandom;

/// What the firm still has to tell, and has told.
#[derive(Debug)]
pub(crate) struct Hooks {
    /// How far the history was read.
    read: usize,
    next: u64,
    queue: Vec<Waiting>,
    log: Vec<Delivery>,
    /// What each webhook was last told of each record: a hash of the fields that it watches.
    told: HashMap<(i64, i64), u64>,
    pub(crate) faults: DeliveryFaults,
    random: SeededRandom,
}

/// A request that is to be sent.
#[derive(Debug, Clone)]
struct Waiting {
    number: u64,
    webhook: i64,
    event: Event,
    body: Bytes,
    due: DateTime<Utc>,
    /// How often it was sent before.
    tries: u32,
}

/// What a request tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Handshake,
    Of(&'static str),
}

impl Hooks {
    pub(crate) fn new(seed: u64, faults: DeliveryFaults) -> Self {
        Self {
            read: 0,
            next: 1,
            queue: Vec::new(),
            log: Vec::new(),
            told: HashMap::new(),
            faults,
            // Its own, so that faults of deliveries change nothing else in the firm.
            random: SeededRandom::new(seed ^ 0x7765_6268_6f6f_6b73),
        }
    }

    pub(crate) fn log(&self) -> &[Delivery] {
        &self.log
    }

    fn number(&mut self) -> u64 {
        let number = self.next;
        self.next += 1;
        number
    }

    fn chance(&self, percent: u8) -> bool {
        percent > 0 && self.random.below(100) < u64::from(percent)
    }
}
