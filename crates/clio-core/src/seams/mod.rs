//! Everything that makes a test slow or flaky comes in through one of these.

pub(crate) mod clock;
pub(crate) mod deadline;
pub(crate) mod random;
pub(crate) mod retry;
pub(crate) mod token;
pub(crate) mod traced;
pub(crate) mod transport;
