//! A call that answers one record.

use std::{borrow::Cow, marker::PhantomData, sync::Arc};

use clio_core::{
    Body, Error, FieldTree, Record, Selection, Stub,
    response::{self, RawResponse},
    schema::Operation,
};

use super::{BoxFuture, Call, Selects, every_call};

/// A call that answers one record. Await it, or choose the fields of the answer first with [`select`](Self::select).
///
/// An update has a setter for each member of its body too.
#[must_use = "a call does nothing until it is awaited"]
pub struct One<Op: Operation, S = Stub<<Op as Operation>::Object>> {
    pub(crate) call: Call,
    form: PhantomData<fn() -> (Op, S)>,
}

every_call!(One<Op, S>);

impl<Op: Operation, S> One<Op, S> {
    /// A call whose answer decodes as `S`, asked for with `fields`.
    pub(crate) fn new(mut call: Call, fields: &'static str) -> Self {
        call.fields = Cow::Borrowed(fields);
        Self { call, form: PhantomData }
    }

    /// Sends this body whole, in place of the members that were set on the call.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a body is given away; a caller that keeps it can clone it"
    )]
    pub fn with_body(self, body: impl Body<Op>) -> Self {
        Self { call: self.call.with_body(body.json()), form: PhantomData }
    }
}

impl<Op: Selects, S> One<Op, S> {
    /// Asks for the fields of `T`, and answers a `T`.
    pub fn select<T: Selection<Op::Object>>(self) -> One<Op, T> {
        One::new(self.call, T::FIELDS)
    }

    /// Asks for fields that are known at run time only.
    ///
    /// # Errors
    ///
    /// As awaiting it.
    pub async fn record(mut self, fields: &Arc<FieldTree>) -> Result<Record, Error> {
        self.call.ask(fields);
        response::one_record(&self.call.send().await?, Op::INFO, fields)
    }

    /// Asks for fields that are known at run time only; gives the answer undecoded.
    ///
    /// # Errors
    ///
    /// As [`raw`](Self::raw).
    pub async fn raw_record(mut self, fields: &Arc<FieldTree>) -> Result<RawResponse, Error> {
        self.call.ask(fields);
        self.call.send().await
    }
}

impl<Op: Operation, S: Selection<Op::Object> + 'static> IntoFuture for One<Op, S> {
    type Output = Result<S, Error>;
    type IntoFuture = BoxFuture<S>;

    fn into_future(self) -> Self::IntoFuture {
        let sending = self.call.send();
        Box::pin(async move { response::one::<Op::Object, S>(&sending.await?, Op::INFO) })
    }
}
