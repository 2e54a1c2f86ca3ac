//! Wakes one who waits for any change.

use std::{
    future::poll_fn,
    sync::atomic::{AtomicU64, Ordering},
    task::Poll,
};

use futures_util::task::AtomicWaker;

/// Rung by every change from outside. Whoever goes to sleep first notes how often it had rung before he looked, and so does
/// not sleep through a change that came in between. One may wait at a time.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rung: AtomicU64,
    waiting: AtomicWaker,
}

impl Bell {
    pub(crate) fn ring(&self) {
        self.rung.fetch_add(1, Ordering::SeqCst);
        self.waiting.wake();
    }

    /// How often it has rung.
    pub(crate) fn rung(&self) -> u64 {
        self.rung.load(Ordering::SeqCst)
    }

    /// Waits until it has rung more often than this.
    pub(crate) async fn rings(&self, seen: u64) {
        poll_fn(|context| {
            self.waiting.register(context.waker());
            // A change before the waker stood there has woken nobody.
            if self.rung() == seen { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
    }
}
