//! One call of one operation, and how it is waited for.

mod cursor;
mod done;
mod keys;
mod list;
mod marks;
mod one;
mod pages;
mod position;
mod state;

use std::pin::Pin;

use clio_core::{Error, schema::Operation};

pub use done::{Done, Html, Redirect};
pub use list::List;
pub use one::One;
pub use pages::{Items, Pages};
pub use position::Position;
pub(crate) use state::{Call, moment};

type BoxFuture<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// An operation that takes `fields`: a selection says what it answers.
#[diagnostic::on_unimplemented(
    message = "the fields of what `{Self}` answers cannot be chosen",
    label = "takes no selection",
    note = "Clio takes no `fields` for this operation; `raw` gives its answer undecoded"
)]
pub trait Selects: Operation {}

/// What every kind of call can be told. Each has `call`, of type [`Call`].
macro_rules! every_call {
    ($name:ident<$($form:ident),+>) => {
        impl<$($form),+> $name<$($form),+>
        where
            Op: clio_core::schema::Operation,
        {
            /// Sets any parameter of the operation by Clio's name for it.
            ///
            /// A name that the operation does not have is an error of kind
            /// [`ErrorKind::Configuration`](clio_core::ErrorKind::Configuration) when the call is made: Clio itself would
            /// ignore it and, for a list, answer everything.
            pub fn parameter(mut self, name: &str, value: impl Into<String>) -> Self {
                self.call.checked(name, value.into());
                self
            }

            /// Limits of each request of this call, in place of the client's.
            pub fn with_limits(mut self, limits: clio_core::Limits) -> Self {
                self.call.options = self.call.options.with_limits(limits);
                self
            }

            /// No byte leaves after this moment of the clock's monotonic time.
            pub fn with_send_by(mut self, send_by: std::time::Duration) -> Self {
                self.call.options = self.call.options.with_send_by(send_by);
                self
            }

            /// How this call is repeated when it fails for a while, in place of the client's policy. A write is repeated only
            /// when it surely was not applied, whatever is said here.
            pub fn with_retry(mut self, retry: clio_core::RetryPolicy) -> Self {
                self.call.options = self.call.options.with_retry(retry);
                self
            }

            /// Who waits first, where the rate limit is scarce.
            pub fn with_priority(mut self, priority: crate::Priority) -> Self {
                self.call.options = self.call.options.with_priority(priority);
                self
            }

            /// The longest wait for the rate limit, in place of the client's.
            pub fn with_longest_wait(mut self, longest_wait: std::time::Duration) -> Self {
                self.call.options = self.call.options.with_longest_wait(longest_wait);
                self
            }

            /// Sends the first request of this call with a permit that was [reserved](crate::Clio::reserve).
            pub fn with_permit(mut self, permit: crate::Permit) -> Self {
                self.call.permit = Some(permit);
                self
            }

            /// Sends the call, of a list for its first page, and gives the answer undecoded.
            ///
            /// # Errors
            ///
            /// As [`Clio::execute`](crate::Clio::execute).
            pub async fn raw(self) -> Result<clio_core::response::RawResponse, clio_core::Error> {
                self.call.send().await
            }
        }

        impl<$($form),+> std::fmt::Debug for $name<$($form),+>
        where
            Op: clio_core::schema::Operation,
        {
            /// Names the operation only: parameters and bodies hold client data.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).field("operation", &Op::INFO.id).finish_non_exhaustive()
            }
        }
    };
}

use every_call;
