//! What a walk has handed out already, so that no record comes twice, and none is left out when it is taken up again.

use std::collections::{HashSet, VecDeque};

use clio_core::{Error, ErrorKind};
use serde::{Deserialize, Serialize};

use super::keys::Key;

/// How many records of the pages before are remembered across a suspension, where a list is not ordered by id.
const REMEMBERED: usize = 1_000;

/// How the records of a list are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// It is ordered by id: the last id is all there is to know.
    ById,
    /// In any order: every id is remembered.
    Other,
}

/// What was handed out.
#[derive(Debug)]
pub(super) struct Marks {
    how: How,
    /// The records of this page that were handed out and have no key.
    keyless: usize,
}

#[derive(Debug)]
enum How {
    ById {
        last: Option<i64>,
        /// The page is the one that was resumed at, and part of it may have been handed out.
        resumed: bool,
    },
    Other {
        seen: HashSet<Key>,
        /// What a position takes along.
        recent: VecDeque<Key>,
    },
}

/// The marks as they are stored.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stored {
    ById {
        #[serde(skip_serializing_if = "Option::is_none")]
        last: Option<i64>,
        keyless: usize,
    },
    Other {
        recent: Vec<Key>,
        keyless: usize,
    },
}

impl Stored {
    /// Nothing was handed out.
    pub(super) fn new(order: Order) -> Self {
        match order {
            Order::ById => Self::ById { last: None, keyless: 0 },
            Order::Other => Self::Other { recent: Vec::new(), keyless: 0 },
        }
    }
}

impl Marks {
    pub(super) fn load(stored: Stored) -> Self {
        match stored {
            Stored::ById { last, keyless } => Self { how: How::ById { last, resumed: true }, keyless },
            Stored::Other { recent, keyless } => {
                let how = How::Other { seen: recent.iter().cloned().collect(), recent: recent.into() };
                Self { how, keyless }
            }
        }
    }

    pub(super) fn store(&self) -> Stored {
        let keyless = self.keyless;
        match &self.how {
            How::ById { last, .. } => Stored::ById { last: *last, keyless },
            How::Other { recent, .. } => Stored::Other { recent: recent.iter().cloned().collect(), keyless },
        }
    }

    /// Which records of a page are new. Records without a key are, but for as many as were handed out of this page before.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Paging`] when the list is ordered by id, and an id is lower than one before it.
    pub(super) fn fresh(&mut self, keys: &[Option<Key>]) -> Result<Vec<bool>, Error> {
        let mut keyless = self.keyless;
        let mut new_without_key = || {
            let was_handed_out = keyless > 0;
            keyless = keyless.saturating_sub(1);
            !was_handed_out
        };
        match &mut self.how {
            How::ById { last, resumed } => {
                let mut highest = *last;
                let rises = |key: &Option<Key>| match (key, highest) {
                    (Some(Key::Number(id)), Some(before)) if *id <= before => {
                        if *id == before || *resumed && last.is_some_and(|last| *id < last) {
                            return Ok(false);
                        }
                        Err(Error::new(
                            ErrorKind::Paging,
                            "the list is ordered by id, and yet an id is lower than the one before it",
                        ))
                    }
                    (Some(Key::Number(id)), _) => {
                        highest = Some(*id);
                        Ok(true)
                    }
                    _ => Ok(new_without_key()),
                };
                keys.iter().map(rises).collect()
            }
            How::Other { seen, .. } => {
                let new = |key: &Option<Key>| match key {
                    Some(key) => seen.insert(key.clone()),
                    None => new_without_key(),
                };
                Ok(keys.iter().map(new).collect())
            }
        }
    }

    /// A record is handed out.
    pub(super) fn hand_out(&mut self, key: Option<Key>) {
        match (&mut self.how, key) {
            (How::ById { last, .. }, Some(Key::Number(id))) => *last = Some(id),
            (How::Other { recent, .. }, Some(key)) => recent.push_back(key),
            _ => self.keyless += 1,
        }
    }

    /// All of the page was handed out.
    pub(super) fn turn_page(&mut self) {
        self.keyless = 0;
        match &mut self.how {
            How::ById { resumed, .. } => *resumed = false,
            How::Other { recent, .. } => {
                let old = recent.len().saturating_sub(REMEMBERED);
                recent.drain(..old);
            }
        }
    }
}
