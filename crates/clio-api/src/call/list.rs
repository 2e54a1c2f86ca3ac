//! A call that answers a list.

use std::{borrow::Cow, marker::PhantomData, mem, sync::Arc};

use clio_core::{
    Error, FieldTree, Page, Record, Selection, Stub,
    response::{self, RawResponse},
    schema::Operation,
};
use futures_util::StreamExt;

use super::{BoxFuture, Call, Items, Pages, Position, Selects, every_call, keys::with_keys};

/// A call that answers a list, in pages. The setters are named as Clio's parameters are.
///
/// Await it for the first page, or walk through all of it: [`items`](Self::items) one record at a time,
/// [`pages`](Self::pages) one page at a time. A walk reads each page when it is asked for, one after another.
///
/// # What a walk promises
///
/// Clio lists records while people add and delete others. What comes of that depends on the order:
///
/// - **By id**, which is what a list is asked for wherever Clio has it: every record that is there during the whole walk comes
///   exactly once, however many there are. What is added meanwhile comes at the end, or not any more. The walk keeps
///   one id, and ends with [`ErrorKind::Paging`](clio_core::ErrorKind::Paging) when an id is lower than the one before it.
/// - **In another order**, of your own choice or because the list has none (some 40, such as line items and calendar
///   entries): no record comes twice, because the walk remembers each id (up to 40 bytes each, and the text where an id is text), but a record may be
///   missed when others before it are deleted or moved meanwhile.
/// - **Without ids**: events, and the contacts of a matter, which may be related to it twice, come as Clio lists them.
///
/// In an order of your own, and with an [`offset`](Self::offset), Clio gives the first 10,000 records. A walk that would need
/// more ends with [`ErrorKind::Paging`](clio_core::ErrorKind::Paging) after them; it is never silently short.
///
/// A selection without `id` is asked for with it, for the walk to know the records by.
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
        self.call.limit(limit);
        self
    }

    /// Passes over so many records, and pages by offset from there on.
    ///
    /// Clio gives the first 10,000 records in this way, passed over ones included: an offset of as many is an error of kind
    /// [`ErrorKind::Paging`](clio_core::ErrorKind::Paging). Records that are deleted meanwhile make the walk miss others.
    /// Without it, a list in the order of ids has neither bound nor gaps. The list of folders and documents takes no offset.
    pub fn offset(mut self, offset: u32) -> Self {
        self.call.offset(offset);
        self
    }

    /// Goes on where a walk was suspended, or at the page of a [`PageToken`](clio_core::PageToken). It stands for the whole
    /// query: setters count no more.
    ///
    /// In the order of ids the walk goes on after the last record that was handed out, whatever was added or deleted since.
    /// In another order it reads the page once more and leaves out what was handed out of it, and of the 1,000 records
    /// before it.
    ///
    /// A position of another operation, path, selection, host or version is an error of kind
    /// [`ErrorKind::Paging`](clio_core::ErrorKind::Paging) when the call is made. How long Clio knows a page by its link is
    /// not documented: one that it refuses is an error of kind [`ErrorKind::Invalid`](clio_core::ErrorKind::Invalid), and the
    /// walk has to begin anew.
    pub fn resume(mut self, position: impl Into<Position>) -> Self {
        self.call.resumed = Some(position.into());
        self
    }
}

impl<Op: Selects, S> List<Op, S> {
    /// Asks for the fields of `T`, and answers `T`s.
    pub fn select<T: Selection<Op::Object>>(self) -> List<Op, T> {
        List::new(self.call, T::FIELDS)
    }

    /// Asks for fields that are known at run time only; answers the first page, or the whole of the one to
    /// [`resume`](Self::resume) at.
    ///
    /// # Errors
    ///
    /// As awaiting it.
    pub async fn records(mut self, fields: &Arc<FieldTree>) -> Result<Page<Record>, Error> {
        self.call.ask(fields);
        let base = self.call.clio.base().clone();
        response::list_records(&self.call.send().await?, Op::INFO, &base, fields)
    }

    /// Asks for fields that are known at run time only; gives the first page, or the whole of the one to
    /// [`resume`](Self::resume) at, undecoded.
    ///
    /// # Errors
    ///
    /// As [`raw`](Self::raw).
    pub async fn raw_records(mut self, fields: &Arc<FieldTree>) -> Result<RawResponse, Error> {
        self.call.ask(fields);
        self.call.send().await
    }
}

impl<Op: Operation, S: Selection<Op::Object>> List<Op, S> {
    /// All pages, each when it is asked for. The stream ends after the last page, or after an error.
    ///
    /// [`Pages::suspend`] gives the place to go on at later.
    pub fn pages(self) -> Pages<Op, S> {
        Pages::new(self.call)
    }

    /// All records of all pages. A record that does not decode is an error of its own, and the stream goes on; it ends
    /// after a page that failed. The two are told apart by [`ErrorKind::Decode`](clio_core::ErrorKind::Decode) with a path
    /// into `data[..]`.
    ///
    /// [`Items::suspend`] gives the place to go on at later.
    pub fn items(self) -> Items<Op, S> {
        Items::new(self.call)
    }
}

/// The first page, or the rest of the one to [`resume`](List::resume) at; an empty one when that walk is finished.
impl<Op: Operation, S: Selection<Op::Object> + 'static> IntoFuture for List<Op, S> {
    type Output = Result<Page<S>, Error>;
    type IntoFuture = BoxFuture<Page<S>>;

    fn into_future(mut self) -> Self::IntoFuture {
        if self.call.resumed.is_none() {
            // One page alone is no walk, which would look at its records twice. But a walk may go on at its `next`.
            self.call.fields = with_keys(Op::INFO, mem::take(&mut self.call.fields));
            let base = self.call.clio.base().clone();
            let sending = self.call.send();
            return Box::pin(
                async move { response::list::<Op::Object, S>(&sending.await?, Op::INFO, &base) },
            );
        }
        let mut pages = self.pages();
        Box::pin(async move {
            let first = pages.next().await;
            first.unwrap_or_else(|| Ok(Page { records: Vec::new(), next: None, total: pages.total() }))
        })
    }
}
