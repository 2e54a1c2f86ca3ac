//! Fakes of Clio Manage, WiseTime and Case Status, to test connectors against: with faults, virtual time, and an audit
//! at the end.
//!
//! A *world* is a state machine without I/O: a request and a time go in, an answer comes out. The same seed and the
//! same calls give the same world, so every run can be replayed.
//!
//! ```
//! use bytes::Bytes;
//! use clio_core::Clock;
//! use clio_fixtures::{ClioWorld, VirtualClock};
//!
//! let clock = VirtualClock::new();
//! let world = ClioWorld::firm(7).matters(50).clock(clock.clone()).start();
//! let request = http::Request::get("https://clio.test/api/v4/matters.json?fields=id,display_number&limit=2")
//!     .header("authorization", format!("Bearer {}", world.token().access.expose()))
//!     .body(Bytes::new())?;
//! let answer = world.handle(request, clock.now());
//! assert_eq!(answer.status(), 200);
//! assert_eq!(answer.headers()["x-ratelimit-remaining"], "49");
//! # Ok::<(), http::Error>(())
//! ```
//!
//! # The four things that matter
//!
//! - The worlds: [`ClioWorld`], which answers every operation of Clio's API, [`WiseTimeWorld`] and [`CaseStatusWorld`]. Each
//!   runs in memory (`transport()`, which
//!   fits virtual time), behind wiremock (`mount(&server)`), or on a socket (`serve()` and `serve_on(4020)`, for real
//!   clients, slow bodies and real broken connections). Calls of their own, to webhooks, are deliveries
//!   without I/O that go out over any transport ([`ClioWorld::deliver`], [`WiseTimeWorld::deliver`]).
//! - [`Fault`] and [`Faults`]: what goes wrong, at the n-th call, at the n-th call of a kind, always, in a window of
//!   time, or by chance. `calls()` tells afterwards what really happened.
//! - [`VirtualClock`] and [`SeededRandom`]: the seams for time and chance.
//! - [`posted_time`]: the [`Audit`] that counts what is doubled and lost, from the worlds alone.
//!
//! # A test
//!
//! The [`guide`] has whole ones to copy. In short: start the runtime paused, give both worlds and the code under test one [`VirtualClock`], set the faults, run, and
//! audit. With [`samples::group`] a user posts time, and a [`Member`] works, reviews
//! the day and posts it; [`ClioWorld::person`] does what people do in Clio meanwhile. Do
//! not mix paused time with sockets.

mod audit;
mod calls;
mod case_status;
mod clio;
mod clock;
mod fault;
/// How to test software that talks to Clio, with tests to copy.
pub mod guide {
    #![doc = include_str!("guide.md")]
}
mod faults;
mod random;
mod run;
pub mod samples;
mod wisetime;

pub use audit::{Audit, posted_time};
pub use calls::CallRecord;
pub use case_status::{
    CaseAuthor, CaseClient, CasePerson, CaseRecord, CaseStaff, CaseStatusFile, CaseStatusMessage,
    CaseStatusWorld, CaseStatusWorldBuilder,
};
pub use clio::{
    ActivityRecord, CategoryRecord, Change, ChangeKind, ClioWorld, ClioWorldBuilder, Delivery,
    DeliveryFaults, DeliveryOutcome, Disputed, KnobError, MatterRecord, NewBill, NewCommunication,
    NewMessage, NewTime, Origin, Party, Permissions, Person, UploadRecord, UploadedPart, UserRecord,
};
pub use clock::VirtualClock;
pub use fault::Fault;
pub use faults::Faults;
pub use random::SeededRandom;
pub use run::{LoopbackTransport, Poll, ServeOptions, Served, WorldResponder};
pub use wisetime::{
    ActivityTypeRecord, GroupRecord, GroupState, GroupStatus, HealthNotice, Member, PostError, StatusRecord,
    TagCategoryRecord, TagRecord, TimelineRow, Visibility, WiseTimeDelivery, WiseTimeWorld,
    WiseTimeWorldBuilder, Work,
};
