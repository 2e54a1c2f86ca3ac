//! An answer that never comes.

use std::time::Duration;

use clio_core::Clock;
use clio_sync::{Error, ErrorKind, Result};
use futures_util::{
    future::{Either, select},
    pin_mut,
};

/// Whoever reads waits no longer, so that a side without a deadline of its own does not hold up a firm for ever.
const MOST: Duration = Duration::from_secs(120);

/// What a read of Case Status's answers.
pub(crate) async fn answered<T>(clock: &dyn Clock, read: impl Future<Output = Result<T>>) -> Result<T> {
    pin_mut!(read);
    match select(read, clock.sleep(MOST)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(Error::new(ErrorKind::Transient, "Case Status did not answer")),
    }
}
