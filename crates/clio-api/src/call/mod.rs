//! One call of one operation, and how it is waited for.

mod list;
mod pages;

use std::{fmt, marker::PhantomData, pin::Pin, time::Duration};

use clio_core::{
    Body, Error, Limits, RequestParts, Selection, Stub,
    response::{self, RawResponse},
    schema::Operation,
};

use crate::{CallOptions, Clio};

pub use list::List;

type BoxFuture<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// A call that answers one record. Await it, or choose the fields of the answer first with [`select`](Self::select).
#[must_use = "a call does nothing until it is awaited"]
pub struct One<Op: Operation, S = Stub<<Op as Operation>::Object>> {
    clio: Clio,
    fields: &'static str,
    parts: Result<RequestParts, Error>,
    options: CallOptions,
    form: PhantomData<fn() -> (Op, S)>,
}

impl<Op: Operation> One<Op> {
    pub(crate) fn new(clio: Clio) -> Self {
        Self::with_parts(clio, Ok(RequestParts::new::<Op>()))
    }

    pub(crate) fn with_body(clio: Clio, body: &impl Body<Op>) -> Self {
        Self::with_parts(clio, RequestParts::new::<Op>().body(body))
    }

    fn with_parts(clio: Clio, parts: Result<RequestParts, Error>) -> Self {
        let fields = <Stub<Op::Object> as Selection<Op::Object>>::FIELDS;
        Self { clio, fields, parts, options: CallOptions::default(), form: PhantomData }
    }
}

impl<Op: Operation, S> One<Op, S> {
    /// Asks for the fields of `T`, and answers a `T`.
    pub fn select<T: Selection<Op::Object>>(self) -> One<Op, T> {
        One {
            clio: self.clio,
            fields: T::FIELDS,
            parts: self.parts,
            options: self.options,
            form: PhantomData,
        }
    }

    /// Limits of this call, in place of the client's.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.options = self.options.with_limits(limits);
        self
    }

    /// No byte leaves after this moment of the clock's monotonic time.
    pub fn with_send_by(mut self, send_by: Duration) -> Self {
        self.options = self.options.with_send_by(send_by);
        self
    }

    /// Sends the call and gives the answer undecoded.
    ///
    /// # Errors
    ///
    /// As [`Clio::execute`].
    pub async fn raw(self) -> Result<RawResponse, Error> {
        send_one(self.clio, self.parts, self.fields, self.options).await
    }
}

async fn send_one(
    clio: Clio,
    parts: Result<RequestParts, Error>,
    fields: &'static str,
    options: CallOptions,
) -> Result<RawResponse, Error> {
    clio.execute(parts?.query("fields", fields), options).await
}

impl<Op: Operation, S: Selection<Op::Object> + 'static> IntoFuture for One<Op, S> {
    type Output = Result<S, Error>;
    type IntoFuture = BoxFuture<S>;

    fn into_future(self) -> Self::IntoFuture {
        let sending = send_one(self.clio, self.parts, self.fields, self.options);
        Box::pin(async move { response::one::<Op::Object, S>(&sending.await?, Op::INFO) })
    }
}

impl<Op: Operation, S> fmt::Debug for One<Op, S> {
    /// Names the operation only: parameters and bodies hold client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("One").field("operation", &Op::INFO.id).finish_non_exhaustive()
    }
}
