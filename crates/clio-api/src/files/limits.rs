//! How long a transfer may take.

use std::time::Duration;

use clio_core::Limits;

/// How slow a transfer of a file may be before it is given up. It counts for one exchange with the storage host: a file,
/// or a part of one.
///
/// ```
/// use std::time::Duration;
/// use clio_api::files::TransferLimits;
///
/// let limits = TransferLimits { least_rate: 100_000, ..TransferLimits::default() };
/// assert_eq!(limits.total(3_000_000), Duration::from_secs(60 + 30));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferLimits {
    /// The most time in which nothing comes of a download.
    pub idle: Duration,
    /// The time that every transfer may take, however small.
    pub base: Duration,
    /// Bytes a second, on the average of a transfer, below which it is given up.
    pub least_rate: u64,
}

impl Default for TransferLimits {
    /// 30 seconds without a byte, 60 seconds for any transfer, 16 KiB a second.
    fn default() -> Self {
        Self { idle: Duration::from_secs(30), base: Duration::from_secs(60), least_rate: 16 * 1024 }
    }
}

impl TransferLimits {
    /// How long a transfer of so many bytes may take. A download counts the time in which it waits for bytes, not the time
    /// in which its reader does something else.
    pub fn total(&self, bytes: u64) -> Duration {
        self.base.saturating_add(Duration::from_secs(bytes / self.least_rate.max(1)))
    }

    /// Of a request that sends so many bytes. The answer is short.
    #[cfg(feature = "documents")]
    pub(super) fn of_put(&self, bytes: u64) -> Limits {
        Limits { total: self.total(bytes), idle: Some(self.idle), ..Limits::default() }
    }

    /// Of a request whose answer is of unknown length: the reader of the body looks after the total.
    pub(super) fn of_get(&self) -> Limits {
        Limits { total: Duration::MAX, idle: Some(self.idle), max_body: u64::MAX, ..Limits::default() }
    }
}
