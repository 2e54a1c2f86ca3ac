//! How the connection is doing, as WiseTime is told: the flow `wisetime/health`, each minute.
//!
//! While something is wrong that no retry heals, members of the team read so when they try to post time, and know what to do;
//! it is told once, and withdrawn once when it is over. What was posted before waits, and goes on by itself.
//!
//! | what is seen | what WiseTime is told |
//! |---|---|
//! | Clio does not accept the token, and it cannot be renewed | `TARGET_AUTH_FAILURE`, at once |
//! | Clio does not answer, or something else does in its place, at three checks in a row | `TARGET_UNREACHABLE` |
//! | Clio does not let whoever authorised record time for others, or the app write activities (403 to a new entry), or read users | `TARGET_PERMISSIONS_FAILURE`, at once |
//! | Clio answers 402 | `TARGET_SUBSCRIPTION_FAILURE` |
//! | Clio does not serve our version of its API any more | `UNKNOWN`, with a message |
//! | Clio answers | what was told before is rescinded |
//!
//! No source says how Clio tells that a subscription has ended. 402 is the status that HTTP has for it; if Clio refuses the
//! token instead, or the call, that is told as lost authorisation or a missing right.
//!
//! A check is one request, and none if an entry was taken within the last minute. The state that was told last is kept in the
//! engine's store, so that a notice which was left standing by a crash is withdrawn by whoever comes after. The flow runs
//! while Clio is down and while the authorisation is lost; of a firm that a person has
//! [disconnected](clio_sync::Firm::disconnect) nothing runs, and nothing is told.

mod check;
mod standing;
mod target;

pub(crate) use check::{CheckUp, Finding, notice};
pub(crate) use standing::Standing;
pub(crate) use target::Notices;
