//! The walk through a list, as streams.

use std::{
    collections::VecDeque,
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll, ready},
};

use clio_core::{
    Error, Page, PageToken, Selection,
    response::{self, RawResponse},
    schema::Operation,
};
use futures_core::Stream;

use super::{
    BoxFuture,
    cursor::Cursor,
    keys::{Key, keys},
    position::Position,
    state::{Call, enveloped},
};

/// The pages of a list, each read when it is asked for. Made by [`List::pages`](super::List::pages).
///
/// It ends after the last page, or after an error.
#[must_use = "a stream reads nothing until it is polled"]
pub struct Pages<Op: Operation, S> {
    reader: Reader<Op, S>,
}

/// The records of a list, whose pages are read when they are asked for. Made by [`List::items`](super::List::items).
///
/// A record that does not decode is an error of its own, and the stream goes on; it ends after the last record, or after a
/// page that failed.
#[must_use = "a stream reads nothing until it is polled"]
pub struct Items<Op: Operation, S> {
    reader: Reader<Op, S>,
    /// The rest of the page.
    rest: VecDeque<Known<S>>,
}

impl<Op: Operation, S> Pages<Op, S> {
    pub(super) fn new(call: Call) -> Self {
        Self { reader: Reader::new(call) }
    }

    /// Where the walk stands: after the page that was yielded last. After an error it stands before the page that failed.
    ///
    /// Given to [`List::resume`](super::List::resume), the walk goes on there, after a restart as well.
    pub fn suspend(&self) -> Position {
        self.reader.cursor.position()
    }

    /// The number of records in the whole list, as the last page has said it; `None` before the first, and where Clio does
    /// not say.
    pub fn total(&self) -> Option<u64> {
        self.reader.cursor.total()
    }
}

impl<Op: Operation, S> Items<Op, S> {
    pub(super) fn new(call: Call) -> Self {
        Self { reader: Reader::new(call), rest: VecDeque::new() }
    }

    /// Where the walk stands: after the record that was yielded last, which may be in the middle of a page. After the error
    /// of a page it stands before that page; after that of a record, behind that record.
    ///
    /// Given to [`List::resume`](super::List::resume), the walk goes on there, after a restart as well.
    pub fn suspend(&self) -> Position {
        self.reader.cursor.position()
    }

    /// The number of records in the whole list, as the last page has said it; `None` before the first, and where Clio does
    /// not say.
    pub fn total(&self) -> Option<u64> {
        self.reader.cursor.total()
    }
}

impl<Op: Operation, S: Selection<Op::Object>> Stream for Pages<Op, S> {
    type Item = Result<Page<S>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let reader = &mut self.reader;
        let Some(read) = ready!(reader.poll_read(cx)) else { return Poll::Ready(None) };
        Poll::Ready(Some(read.map(|sifted| {
            let hand_out = |(key, record)| {
                reader.cursor.hand_out(key);
                record
            };
            let records = sifted.records.into_iter().map(hand_out).collect();
            Page { records, next: sifted.next, total: sifted.total }
        })))
    }
}

impl<Op: Operation, S: Selection<Op::Object>> Stream for Items<Op, S> {
    type Item = Result<S, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some((key, record)) = this.rest.pop_front() {
                this.reader.cursor.hand_out(key);
                return Poll::Ready(Some(record));
            }
            match ready!(this.reader.poll_read(cx)) {
                Some(Ok(sifted)) => this.rest = sifted.records,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

// The records are handed out by value, and nothing here is pinned.
impl<Op: Operation, S> Unpin for Items<Op, S> {}

impl<Op: Operation, S> fmt::Debug for Pages<Op, S> {
    /// Names the operation only: links and records hold client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("operation", &Op::INFO.id).finish_non_exhaustive()
    }
}

impl<Op: Operation, S> fmt::Debug for Items<Op, S> {
    /// Names the operation only: links and records hold client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("operation", &Op::INFO.id).finish_non_exhaustive()
    }
}

/// A record, and what it is known by.
type Known<S> = (Option<Key>, Result<S, Error>);

/// The new records of a page.
struct Sifted<S> {
    records: VecDeque<Known<S>>,
    next: Option<PageToken>,
    total: Option<u64>,
}

/// Reads one page after another.
struct Reader<Op, S> {
    cursor: Cursor,
    reading: Option<BoxFuture<RawResponse>>,
    form: PhantomData<fn() -> (Op, S)>,
}

impl<Op: Operation, S> Reader<Op, S> {
    fn new(call: Call) -> Self {
        Self { cursor: Cursor::new(call), reading: None, form: PhantomData }
    }
}

impl<Op: Operation, S: Selection<Op::Object>> Reader<Op, S> {
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Sifted<S>, Error>>> {
        let mut reading = match self.reading.take() {
            Some(reading) => reading,
            None => match self.cursor.ask() {
                Some(Ok(parts)) => {
                    let (clio, options) = (self.cursor.clio.clone(), self.cursor.options);
                    let permit = self.cursor.permit.take();
                    Box::pin(async move { clio.run(parts, options, permit).await })
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            },
        };
        match reading.as_mut().poll(cx) {
            Poll::Ready(answer) => Poll::Ready(Some(
                answer.map_err(|e| self.cursor.failed(e)).and_then(|answer| self.sift(answer)),
            )),
            Poll::Pending => {
                self.reading = Some(reading);
                Poll::Pending
            }
        }
    }

    fn sift(&mut self, answer: RawResponse) -> Result<Sifted<S>, Error> {
        let answer = enveloped(answer, Op::INFO);
        let page = response::list::<Op::Object, S>(&answer, Op::INFO, self.cursor.clio.base())?;
        let keys = keys(Op::INFO, &answer.body, page.records.len());
        let fresh = self.cursor.take(&keys, page.next.clone(), page.total)?;
        let known = keys.into_iter().zip(page.records).zip(fresh);
        let records = known.filter_map(|(record, new)| new.then_some(record)).collect();
        Ok(Sifted { records, next: page.next, total: page.total })
    }
}
