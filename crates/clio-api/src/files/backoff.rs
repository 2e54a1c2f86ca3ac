//! Waiting before something is tried again.

use std::{sync::Arc, time::Duration};

use clio_core::{Clock, Error};

/// The longest wait before a repetition, whatever a server asks for.
const LONGEST: Duration = Duration::from_secs(300);

/// A bounded number of repetitions, each after twice the time: 1 second, 2, 4 and so on.
#[derive(Debug)]
pub(super) struct Backoff {
    clock: Arc<dyn Clock>,
    left: u32,
    wait: Duration,
}

impl Backoff {
    pub(super) fn new(clock: &Arc<dyn Clock>, repetitions: u32) -> Self {
        Self { clock: clock.clone(), left: repetitions, wait: Duration::from_secs(1) }
    }

    /// Waits, and for as long as the server asked for; gives the error back when it was the last.
    pub(super) async fn after(&mut self, error: Error) -> Result<(), Error> {
        self.left = match self.left.checked_sub(1) {
            Some(left) => left,
            None => return Err(error),
        };
        let wait = self.wait.max(error.retry_after().unwrap_or_default()).min(LONGEST);
        tracing::debug!(kind = ?error.kind(), status = error.status(), seconds = wait.as_secs(), "trying again");
        self.clock.sleep(wait).await;
        self.wait = self.wait.saturating_mul(2);
        Ok(())
    }
}
