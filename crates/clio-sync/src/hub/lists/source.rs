//! One list of Clio as a source.

use std::{fmt, marker::PhantomData, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use clio_api::{Clio, List, PageToken};
use clio_core::{
    ErrorKind as CoreErrorKind, FieldTree, Selection, Stub,
    response::{self, RawResponse},
    schema::{Object as _, ObjectInfo, Operation},
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    Listing,
    keyed::{Keyed, Keys, Text, Typed},
};
use crate::{BadRecord, CursorPage, CursorSource, Error, ErrorKind, Incoming, JsonText, Result, fingerprint};

/// A list of Clio as a source, whose records are of the selection `S`. Made by the functions of [`lists`](super).
///
/// Id, etag and time of change are asked for and read besides the selection, which need not have them. A record that does
/// not decode is a [`BadRecord`] with the path to what is wrong; the others on its page are good.
pub struct Listed<Op: Listing, S = Stub<<Op as Operation>::Object>> {
    list: Lister<Op>,
    form: PhantomData<fn() -> S>,
}

/// A list of Clio as a source, whose records are JSON as Clio wrote it: for a [mirror](crate::Pass::mirror). Made by
/// [`Listed::as_text`].
pub struct ListedText<Op: Listing> {
    list: Lister<Op>,
}

impl<Op: Listing, S: Selection<Op::Object>> Listed<Op, S> {
    pub(super) fn new(clio: &Clio) -> Self {
        let fields = asked(Op::Object::INFO, S::FIELDS).map(Arc::new);
        Self { list: Lister { clio: clio.clone(), only: Arc::new(|list| list), fields }, form: PhantomData }
    }

    /// The same list with records of another selection: a struct. JSON as a whole is what [`as_text`](Self::as_text) is for.
    ///
    /// A flow that is given a selection with more fields does not read again what it has read, unless it says so by
    /// [`Pull::settings`](crate::Pull::settings).
    pub fn select<T: Selection<Op::Object>>(self) -> Listed<Op, T> {
        let fields = asked(Op::Object::INFO, T::FIELDS).map(Arc::new);
        Listed { list: Lister { fields, ..self.list }, form: PhantomData }
    }

    /// Only some of the records: `matters(&clio).only(|list| list.status([MatterStatus::Open]))`. All that can be set on
    /// the client's call can be set here.
    ///
    /// A record that leaves the filter is not told as a change: nothing is heard of it any more. And a flow whose filter
    /// changes does not read again what it has read, unless it says so by [`Pull::settings`](crate::Pull::settings).
    #[must_use]
    pub fn only(mut self, filter: impl Fn(List<Op>) -> List<Op> + Send + Sync + 'static) -> Self {
        let before = self.list.only;
        self.list.only = Arc::new(move |list| filter(before(list)));
        self
    }

    /// The records as JSON text with the fields of the selection, besides id, etag and time of change. The text is as Clio
    /// wrote it: whether it decodes is seen when it is decoded.
    pub fn as_text(self) -> ListedText<Op> {
        ListedText { list: self.list }
    }
}

#[async_trait]
impl<Op: Listing, S: Selection<Op::Object> + Send + 'static> CursorSource for Listed<Op, S> {
    type Record = S;

    fn kind(&self) -> &str {
        Op::KIND
    }

    fn reads_changes(&self) -> bool {
        Lister::<Op>::reads_changes()
    }

    async fn page(&self, since: Option<DateTime<Utc>>, position: Option<&str>) -> Result<CursorPage<S>> {
        self.list.page::<Typed<S>>(since, position).await
    }

    async fn one(&self, id: &str) -> Result<Option<Incoming<S>>> {
        self.list.one::<Typed<S>>(id).await
    }
}

#[async_trait]
impl<Op: Listing> CursorSource for ListedText<Op> {
    type Record = JsonText;

    fn kind(&self) -> &str {
        Op::KIND
    }

    fn reads_changes(&self) -> bool {
        Lister::<Op>::reads_changes()
    }

    async fn page(
        &self,
        since: Option<DateTime<Utc>>,
        position: Option<&str>,
    ) -> Result<CursorPage<JsonText>> {
        self.list.page::<Text>(since, position).await
    }

    async fn one(&self, id: &str) -> Result<Option<Incoming<JsonText>>> {
        self.list.one::<Text>(id).await
    }
}

/// What both kinds of source do.
struct Lister<Op: Listing> {
    clio: Clio,
    only: Arc<dyn Fn(List<Op>) -> List<Op> + Send + Sync>,
    /// What is asked for, if it is anything that Clio would answer.
    fields: Result<Arc<FieldTree>>,
}

impl<Op: Listing> Lister<Op> {
    fn reads_changes() -> bool {
        Op::INFO.parameter("updated_since").is_some()
    }

    fn fields(&self) -> Result<&Arc<FieldTree>> {
        self.fields.as_ref().map_err(|error| Error::new(error.kind(), error.to_string()))
    }

    async fn page<K: Keyed<Op::Object>>(
        &self,
        since: Option<DateTime<Utc>>,
        position: Option<&str>,
    ) -> Result<CursorPage<K::Record>> {
        let since = since.filter(|_| Self::reads_changes());
        let base = self.clio.region().api();
        let mut list = (self.only)(Op::list(&self.clio));
        if let Some(since) = since {
            list = list.parameter("updated_since", since.to_rfc3339_opts(SecondsFormat::Secs, true));
        }
        if let Some(position) = position {
            list = list.resume(PageToken::from_link(&base, position)?);
        }
        let answer = list.raw_records(self.fields()?).await?;
        let page = response::list::<Op::Object, K>(&answer, Op::INFO, &base)?;
        let is_older = |record: &&K| since.is_some_and(|since| is_older(record.updated_at(), since));
        let older = page.records.iter().flatten().filter(is_older).count();
        let read: Vec<_> = page.records.into_iter().map(|record| record.map(K::split)).collect();
        let unsaid = read.iter().any(|record| !matches!(record, Ok((Keys { etag: Some(_), .. }, _))));
        let texts = if unsaid { texts(&answer) } else { Vec::new() };
        let text = |at| texts.get(at).map_or("", |text: &&RawValue| text.get());
        let records = read.into_iter().enumerate().map(|(at, record)| match record {
            Ok((keys, record)) => incoming(keys, record, text(at)),
            // Of a record that does not decode, what is no number is no id, and may be anything else.
            Err(error) => {
                let id = Keys::of(text(at)).id.filter(|id| id.parse::<i64>().is_ok());
                unreadable(id, &error)
            }
        });
        Ok(CursorPage {
            records: records.collect(),
            next: page.next.map(|token| token.as_str().to_owned()),
            server_time: answer.date(),
            total: page.total,
            older,
        })
    }

    async fn one<K: Keyed<Op::Object>>(&self, id: &str) -> Result<Option<Incoming<K::Record>>> {
        let Some(getting) = Op::get(&self.clio, id, self.fields()?) else {
            let message = format!("Clio cannot be asked for one {}", Op::KIND);
            return Err(Error::new(ErrorKind::Configuration, message));
        };
        let answer = match getting.await {
            Err(error) if error.kind() == CoreErrorKind::NotFound => return Ok(None),
            answer => answer?,
        };
        let text = || serde_json::from_slice::<One<'_>>(&answer.body).map_or("", |one| one.data.get());
        Ok(Some(match response::one::<Op::Object, K>(&answer, Op::INFO) {
            Ok(record) => {
                let (keys, record) = record.split();
                incoming(keys, record, text())
            }
            Err(error) if error.kind() == CoreErrorKind::Decode => unreadable(Some(id.to_owned()), &error),
            Err(error) => return Err(error.into()),
        }))
    }
}

/// What the selection asks for, with what a record is known by in front.
fn asked(object: &'static ObjectInfo, fields: &str) -> Result<FieldTree> {
    let mut all = String::new();
    for key in ["id", "etag", "updated_at"] {
        let at_top = FieldTree::parse(object, fields)
            .is_ok_and(|tree| tree.iter().any(|(field, _)| field.name == key));
        if object.field(key).is_some() && !at_top {
            all.push_str(key);
            all.push(',');
        }
    }
    all.push_str(fields);
    FieldTree::parse(object, all.trim_end_matches(',')).map_err(|error| {
        Error::new(ErrorKind::Configuration, format!("the selection cannot be asked for: {error}"))
    })
}

/// Clio cuts the fraction of a second off what it is asked.
fn is_older(updated_at: Option<DateTime<Utc>>, since: DateTime<Utc>) -> bool {
    updated_at.is_some_and(|updated_at| updated_at <= since - TimeDelta::seconds(1))
}

/// Without an etag the whole text is the version.
fn incoming<T>(keys: Keys, record: T, text: &str) -> Incoming<T> {
    let version = keys.etag.unwrap_or_else(|| fingerprint([text]));
    match keys.id {
        Some(id) => Incoming::new(id, version, record),
        None => nameless(version, BadRecord { reason: "the record has no id".into(), path: None }),
    }
}

fn unreadable<T>(id: Option<String>, error: &clio_core::Error) -> Incoming<T> {
    let reason = error.message().to_owned();
    let path = error.path().map(str::to_owned);
    let version = fingerprint([reason.as_str(), path.as_deref().unwrap_or_default()]);
    let bad = BadRecord { reason, path };
    match id {
        Some(id) => Incoming::bad(id, version, bad),
        None => nameless(version, bad),
    }
}

fn nameless<T>(version: String, bad: BadRecord) -> Incoming<T> {
    let id = fingerprint([version.as_str()]);
    Incoming::bad(format!("unreadable-{}", &id[..12]), version, bad)
}

#[derive(Deserialize)]
struct One<'a> {
    #[serde(borrow)]
    data: &'a RawValue,
}

/// The texts of the records of a page: a second look at its bytes, for where the records alone do not say enough.
fn texts(answer: &RawResponse) -> Vec<&RawValue> {
    #[derive(Deserialize)]
    struct Page<'a> {
        #[serde(borrow)]
        data: Vec<&'a RawValue>,
    }
    serde_json::from_slice::<Page<'_>>(&answer.body).map_or_else(|_| Vec::new(), |page| page.data)
}

impl<Op: Listing> Clone for Lister<Op> {
    fn clone(&self) -> Self {
        let fields = self.fields().cloned();
        Self { clio: self.clio.clone(), only: self.only.clone(), fields }
    }
}

impl<Op: Listing, S> Clone for Listed<Op, S> {
    fn clone(&self) -> Self {
        Self { list: self.list.clone(), form: PhantomData }
    }
}

impl<Op: Listing> Clone for ListedText<Op> {
    fn clone(&self) -> Self {
        Self { list: self.list.clone() }
    }
}

impl<Op: Listing, S> fmt::Debug for Listed<Op, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listed").field("kind", &Op::KIND).finish_non_exhaustive()
    }
}

impl<Op: Listing> fmt::Debug for ListedText<Op> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListedText").field("kind", &Op::KIND).finish_non_exhaustive()
    }
}
