//! A call that answers a list.

use std::{borrow::Cow, marker::PhantomData, sync::Arc};

use clio_core::{Error, FieldTree, Page, PageToken, Record, Selection, Stub, response, schema::Operation};
use futures_core::Stream;

use super::{BoxFuture, Call, Selects, every_call, pages};

/// A call that answers a list, in pages. The setters are named as Clio's parameters are.
///
/// Await it for the first page, or walk through all of it: [`items`](Self::items) one record at a time,
/// [`pages`](Self::pages) one page at a time. A walk reads each page when it is asked for, one after another.
///
/// Where Clio can, lists are ordered by id, which has no upper bound on their length and no gaps when records are
/// added meanwhile. Another `order` limits a list to 10,000 records.
#[must_use = "a call does nothing until it is awaited or walked through"]
pub struct List<Op: Operation, S = Stub<<Op as Operation>::Object>> {
    pub(crate) call: Call,
    form: PhantomData<fn() -> (Op, S)>,
}

every_call!(List<Op, S>);

impl<Op: Operation, S> List<Op, S> {
    /// A call whose records decode as `S`, asked for with `fields`.
    pub(crate) fn new(mut call: Call, fields: &'static str) -> Self {
        call.fields = Cow::Borrowed(fields);
        call.limit = call.limit.or(call.operation.page_size);
        Self { call, form: PhantomData }
    }

    /// The most records in one page. Default, and upper bound: what the operation allows, mostly 200. A list that does
    /// not page takes no heed of it.
    pub fn limit(mut self, limit: u16) -> Self {
        let operation = self.call.operation;
        let limited = operation.parameter("limit").is_some();
        self.call.limit = limited.then(|| limit.clamp(1, operation.page_size.unwrap_or(u16::MAX)));
        self
    }

    /// Goes on at this page. It stands for the whole query: setters count no more, and the selection has to be the one
    /// that the page was come by with.
    pub fn resume(mut self, page: PageToken) -> Self {
        self.call.resumed = Some(page);
        self
    }
}

impl<Op: Selects, S> List<Op, S> {
    /// Asks for the fields of `T`, and answers `T`s.
    pub fn select<T: Selection<Op::Object>>(self) -> List<Op, T> {
        List::new(self.call, T::FIELDS)
    }

    /// Asks for fields that are known at run time only; answers the first page, or the one to [`resume`](Self::resume) at.
    ///
    /// # Errors
    ///
    /// As awaiting it.
    pub async fn records(mut self, fields: &Arc<FieldTree>) -> Result<Page<Record>, Error> {
        self.call.ask(fields);
        let base = self.call.clio.base().clone();
        response::list_records(&self.call.send().await?, Op::INFO, &base, fields)
    }
}

impl<Op: Operation, S: Selection<Op::Object>> List<Op, S> {
    /// All pages, each when it is asked for. The stream ends after the last page, or after an error.
    ///
    /// [`Page::next`] can be stored, to [`resume`](Self::resume) after that page later.
    pub fn pages(self) -> impl Stream<Item = Result<Page<S>, Error>> + Unpin {
        pages::pages::<Op, S>(self.call)
    }

    /// All records of all pages. A record that does not decode is an error of its own, and the stream goes on; it ends
    /// after a page that failed. The two are told apart by [`ErrorKind::Decode`](clio_core::ErrorKind::Decode) with a path
    /// into `data[..]`.
    pub fn items(self) -> impl Stream<Item = Result<S, Error>> + Unpin {
        pages::items::<Op, S>(self.call)
    }
}

impl<Op: Operation, S: Selection<Op::Object> + 'static> IntoFuture for List<Op, S> {
    type Output = Result<Page<S>, Error>;
    type IntoFuture = BoxFuture<Page<S>>;

    fn into_future(self) -> Self::IntoFuture {
        let base = self.call.clio.base().clone();
        let sending = self.call.send();
        Box::pin(async move { response::list::<Op::Object, S>(&sending.await?, Op::INFO, &base) })
    }
}
