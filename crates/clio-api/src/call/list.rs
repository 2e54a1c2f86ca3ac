//! A call that answers a list.

use std::{borrow::Cow, fmt, marker::PhantomData, time::Duration};

use chrono::{DateTime, SecondsFormat, Utc};
use clio_core::{
    Error, ErrorKind, Id, Limits, Page, PageToken, RequestParts, Selection, Stub,
    response::{self, RawResponse},
    schema::{Operation, OperationInfo},
};
use futures_core::Stream;

use super::{BoxFuture, pages};
use crate::{CallOptions, Clio};

/// A call that answers a list, in pages. The setters are named as Clio's parameters are.
///
/// Await it for the first page, or walk through all of it: [`items`](Self::items) one record at a time,
/// [`pages`](Self::pages) one page at a time. A walk reads each page when it is asked for, one after another.
///
/// Where Clio can, lists are ordered by id, which has no upper bound on their length and no gaps when records are
/// added meanwhile.
#[must_use = "a call does nothing until it is awaited or walked through"]
pub struct List<Op: Operation, S = Stub<<Op as Operation>::Object>> {
    pub(super) clio: Clio,
    pub(super) query: Query,
    form: PhantomData<fn() -> (Op, S)>,
}

/// What a list asks for, whatever it decodes.
pub(super) struct Query {
    operation: &'static OperationInfo,
    fields: &'static str,
    /// Without parameters.
    bare: RequestParts,
    parameters: Vec<(Cow<'static, str>, String)>,
    limit: Option<u16>,
    resumed: Option<PageToken>,
    pub(super) options: CallOptions,
    wrong: Option<Error>,
}

impl<Op: Operation> List<Op> {
    pub(crate) fn new(clio: Clio) -> Self {
        let query = Query {
            operation: Op::INFO,
            fields: <Stub<Op::Object> as Selection<Op::Object>>::FIELDS,
            bare: RequestParts::new::<Op>(),
            parameters: Vec::new(),
            limit: Op::INFO.page_size,
            resumed: None,
            options: CallOptions::default(),
            wrong: None,
        };
        Self { clio, query, form: PhantomData }
    }
}

impl<Op: Operation, S> List<Op, S> {
    /// Asks for the fields of `T`, and answers `T`s.
    pub fn select<T: Selection<Op::Object>>(self) -> List<Op, T> {
        let query = Query { fields: T::FIELDS, ..self.query };
        List { clio: self.clio, query, form: PhantomData }
    }

    /// The most records in one page. Default, and upper bound: what the operation allows, mostly 200.
    pub fn limit(mut self, limit: u16) -> Self {
        self.query.limit = Some(limit.clamp(1, self.query.operation.page_size.unwrap_or(u16::MAX)));
        self
    }

    /// Sets any parameter of the operation by Clio's name for it, for those that have no setter yet.
    ///
    /// A name that the operation does not have is an error of kind [`ErrorKind::Configuration`] when the call is made:
    /// Clio itself would ignore it and answer the unfiltered list. `order` other than by id limits a list to 10,000
    /// records.
    pub fn parameter(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.checked(name, value.into());
        self
    }

    /// Goes on at this page. It stands for the whole query: setters count no more, and the selection has to be the one
    /// that the page was come by with.
    pub fn resume(mut self, page: PageToken) -> Self {
        self.query.resumed = Some(page);
        self
    }

    /// Limits of each request of this call, in place of the client's.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.query.options = self.query.options.with_limits(limits);
        self
    }

    /// No byte leaves after this moment of the clock's monotonic time, for no page.
    pub fn with_send_by(mut self, send_by: Duration) -> Self {
        self.query.options = self.query.options.with_send_by(send_by);
        self
    }

    /// Asks for the first page and gives the answer undecoded.
    ///
    /// # Errors
    ///
    /// As [`Clio::execute`].
    pub async fn raw(self) -> Result<RawResponse, Error> {
        first(self.clio, self.query).await
    }

    pub(crate) fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.add(Cow::Borrowed(name), value.into());
        self
    }

    pub(crate) fn since(self, name: &'static str, moment: DateTime<Utc>) -> Self {
        self.set(name, moment.to_rfc3339_opts(SecondsFormat::Secs, true))
    }

    pub(crate) fn set_ids<O>(mut self, ids: impl IntoIterator<Item = Id<O>>) -> Self {
        let mut none = true;
        for id in ids {
            none = false;
            self.query.add(Cow::Borrowed("ids[]"), id.to_string());
        }
        if none {
            self.query.refuse("an empty list of ids would list everything");
        }
        self
    }

    /// Words in a list with commas.
    pub(crate) fn set_words<W: AsRef<str>>(
        mut self,
        name: &'static str,
        words: impl IntoIterator<Item = W>,
    ) -> Self {
        let words: Vec<W> = words.into_iter().collect();
        let list = words.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(",");
        if list.is_empty() {
            self.query.refuse("an empty list of words would list everything");
        }
        self.set(name, list)
    }
}

impl<Op: Operation, S: Selection<Op::Object>> List<Op, S> {
    /// All pages, each when it is asked for. The stream ends after the last page, or after an error.
    ///
    /// [`Page::next`] can be stored, to [`resume`](Self::resume) after that page later.
    pub fn pages(self) -> impl Stream<Item = Result<Page<S>, Error>> + Unpin {
        pages::pages::<Op, S>(self.clio, self.query)
    }

    /// All records of all pages. A record that does not decode is an error of its own, and the stream goes on; it ends
    /// after a page that failed. The two are told apart by [`ErrorKind::Decode`] with a path into `data[..]`.
    pub fn items(self) -> impl Stream<Item = Result<S, Error>> + Unpin {
        pages::items::<Op, S>(self.clio, self.query)
    }
}

impl<Op: Operation, S: Selection<Op::Object> + 'static> IntoFuture for List<Op, S> {
    type Output = Result<Page<S>, Error>;
    type IntoFuture = BoxFuture<Page<S>>;

    fn into_future(self) -> Self::IntoFuture {
        let base = self.clio.base().clone();
        let sending = first(self.clio, self.query);
        Box::pin(async move { response::list::<Op::Object, S>(&sending.await?, Op::INFO, &base) })
    }
}

impl<Op: Operation, S> fmt::Debug for List<Op, S> {
    /// Names the operation only: parameters hold client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List").field("operation", &Op::INFO.id).finish_non_exhaustive()
    }
}

impl Query {
    /// The request of the first page, and where it resumes, if it does.
    pub(super) fn into_request(self) -> Result<(RequestParts, Option<PageToken>), Error> {
        if let Some(error) = self.wrong {
            return Err(error.with_operation(self.operation.id));
        }
        if let Some(page) = self.resumed {
            return Ok((self.bare.page(page.clone()), Some(page)));
        }
        let ordered = self.parameters.iter().any(|(name, _)| name == "order");
        let mut parts = self.bare.query("fields", self.fields);
        if self.operation.order_by_id && !ordered {
            parts = parts.query("order", "id(asc)");
        }
        if let Some(limit) = self.limit {
            parts = parts.query("limit", limit.to_string());
        }
        let all = self.parameters.into_iter();
        Ok((all.fold(parts, |parts, (name, value)| parts.query(name, value)), None))
    }

    /// The request of any page but the first, before it knows the page.
    pub(super) fn bare(&self) -> RequestParts {
        self.bare.clone()
    }

    pub(super) fn operation(&self) -> &'static OperationInfo {
        self.operation
    }

    /// Adds a parameter of which only the name is known.
    fn checked(&mut self, name: &str, value: String) {
        match name {
            "fields" => self.refuse("the fields are chosen by select"),
            "page_token" => self.refuse("a page is gone on with by resume"),
            "limit" => match value.parse::<u16>() {
                Ok(limit) => self.limit = Some(limit),
                Err(_) => self.refuse("the limit is a number of records"),
            },
            _ if self.operation.parameters.iter().any(|parameter| parameter.name == name) => {
                self.add(Cow::Owned(name.to_owned()), value);
            }
            _ => self.refuse(&format!("this list has no parameter `{name}`")),
        }
    }

    /// The last value of a parameter counts, unless it may repeat.
    fn add(&mut self, name: Cow<'static, str>, value: String) {
        if !name.ends_with("[]") {
            self.parameters.retain(|(known, _)| *known != name);
        }
        self.parameters.push((name, value));
    }

    /// Keeps the first mistake for when the call is made.
    fn refuse(&mut self, why: &str) {
        self.wrong.get_or_insert_with(|| Error::new(ErrorKind::Configuration, why));
    }
}

async fn first(clio: Clio, query: Query) -> Result<RawResponse, Error> {
    let options = query.options;
    let (parts, _) = query.into_request()?;
    clio.execute(parts, options).await
}
