//! The walk through a list.

use clio_core::{
    Error, Page, PageToken, RequestParts, Selection, Walk,
    response::{self, RawResponse},
    schema::{Operation, OperationInfo},
};
use futures_core::Stream;
use futures_util::{StreamExt, future, stream};

use super::state::{Call, enveloped};
use crate::{CallOptions, Clio, Permit};

pub(super) fn pages<Op: Operation, S: Selection<Op::Object>>(
    call: Call,
) -> impl Stream<Item = Result<Page<S>, Error>> + Unpin {
    Box::pin(stream::unfold(Cursor::new(call), |mut cursor| async move {
        let page = match cursor.fetch().await? {
            Ok(answer) => response::list::<Op::Object, S>(&answer, Op::INFO, cursor.clio.base()),
            Err(error) => Err(error),
        };
        if let Ok(page) = &page {
            cursor.advance(page.next.clone());
        }
        Some((page, cursor))
    }))
}

pub(super) fn items<Op: Operation, S: Selection<Op::Object>>(
    call: Call,
) -> impl Stream<Item = Result<S, Error>> + Unpin {
    pages::<Op, S>(call).flat_map(|page| match page {
        Ok(page) => stream::iter(page.records).left_stream(),
        Err(error) => stream::once(future::ready(Err(error))).right_stream(),
    })
}

/// Where a walk stands. The same for every list.
struct Cursor {
    clio: Clio,
    operation: &'static OperationInfo,
    continued: RequestParts,
    options: CallOptions,
    /// For the first page.
    permit: Option<Permit>,
    walk: Walk,
    next: Option<Result<RequestParts, Error>>,
}

impl Cursor {
    fn new(mut call: Call) -> Self {
        let mut walk = Walk::new();
        let (clio, operation, options) = (call.clio.clone(), call.operation, call.options);
        let (continued, permit) = (call.bare(), call.permit.take());
        let first = call.into_request().and_then(|(parts, resumed)| {
            // So that a circle back to the page that was resumed is seen.
            walk.step(resumed)?;
            Ok(parts)
        });
        Self { clio, operation, continued, options, permit, walk, next: Some(first) }
    }

    /// The next answer; `None` after the last. An error leaves nothing to go on with.
    async fn fetch(&mut self) -> Option<Result<RawResponse, Error>> {
        let parts = match self.next.take()? {
            Ok(parts) => parts,
            Err(error) => return Some(Err(error.with_operation(self.operation.id))),
        };
        let answer = self.clio.run(parts, self.options, self.permit.take()).await;
        Some(answer.map(|answer| enveloped(answer, self.operation)))
    }

    /// A circle is the next page's error: the page that leads there is good.
    fn advance(&mut self, next: Option<PageToken>) {
        let step = self.walk.step(next).transpose();
        self.next = step.map(|token| token.map(|token| self.continued.clone().page(token)));
    }
}
