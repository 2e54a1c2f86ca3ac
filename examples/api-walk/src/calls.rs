//! What the generated calls are made of: what they are told, and how each kind of call is sent.

use std::{collections::BTreeMap, pin::Pin, sync::Arc};

use clio_api::{
    Clio, Done, Error, FieldTree, Html, Id, Json, List, One, PageToken, Redirect, Selection, Selects, TextId,
};
use clio_core::schema::{Operation, OperationInfo};
use futures_util::TryStreamExt;

use crate::seen::Seen;

/// A call on its way, and what was seen in its answer.
pub type Sending = Pin<Box<dyn Future<Output = Result<Seen, Error>> + Send>>;

/// An operation, and its call.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// The facts of the operation.
    pub operation: &'static OperationInfo,
    /// Builds the call. Nothing is sent before it is awaited.
    pub call: fn(&Clio, &Ids, &Told) -> Sending,
}

/// How much a call is told. Bodies are always whole, and every field that Clio's nesting rule allows is always asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Every parameter.
    Everything,
    /// Of a list only those parameters that it cannot do without: filters by everything at once may leave nothing.
    Required,
    /// Every parameter, and every header that makes the call depend on a version.
    Conditions,
    /// Of a list the page to go on at, which stands for all its parameters.
    Page(PageToken),
    /// As `Required`, and every page of a list, each of one record. Clio's own choice of fields is all that is seen of it.
    Walk,
}

impl Told {
    pub(crate) fn with_all(&self) -> bool {
        matches!(self, Self::Everything | Self::Conditions)
    }

    pub(crate) fn with_conditions(&self) -> bool {
        *self == Self::Conditions
    }
}

/// The records that were created, by the object that an operation's id begins with: `Matter`.
#[derive(Debug, Clone, Default)]
pub struct Ids(BTreeMap<&'static str, Json>);

impl Ids {
    /// Keeps what `operation` has created.
    pub fn learn(&mut self, operation: &'static OperationInfo, record: Json) {
        self.0.insert(about(operation), record);
    }

    /// The id of the record that was created, or 1.
    pub(crate) fn id<O>(&self, about: &str) -> Id<O> {
        self.id_at(about, "id")
    }

    /// The same for an object whose ids are text.
    pub(crate) fn text_id<O>(&self, about: &str) -> TextId<O> {
        self.text_id_at(about, "id")
    }

    /// The id of something inside the record that was created: `addresses.id`, of a list the first one's. Or 1.
    pub(crate) fn id_at<O>(&self, about: &str, path: &str) -> Id<O> {
        Id::new(self.at(about, path).and_then(|id| id.parse().ok()).unwrap_or(1))
    }

    /// The same where ids are text.
    pub(crate) fn text_id_at<O>(&self, about: &str, path: &str) -> TextId<O> {
        TextId::new(self.text_at(about, path))
    }

    /// The same where the document does not say whose id a number is.
    pub(crate) fn number_at(&self, about: &str, path: &str) -> i64 {
        self.at(about, path).and_then(|id| id.parse().ok()).unwrap_or(1)
    }

    /// A text inside the record that was created, or `1`.
    pub(crate) fn text_at(&self, about: &str, path: &str) -> String {
        self.at(about, path).unwrap_or_else(|| "1".to_owned())
    }

    fn at(&self, about: &str, path: &str) -> Option<String> {
        let step = |json: &'_ Json, name: &str| match json {
            Json::List(list) => list.first()?.get(name).cloned(),
            json => json.get(name).cloned(),
        };
        let found = path.split('.').try_fold(self.0.get(about)?.clone(), |json, name| step(&json, name));
        id_text(&found?)
    }
}

/// `Matter` of `Matter#create`.
fn about(operation: &'static OperationInfo) -> &'static str {
    operation.id.split('#').next().unwrap_or_default()
}

pub(crate) fn list<Op: Selects, S: 'static>(call: List<Op, S>, told: &Told) -> Sending {
    if *told == Told::Walk {
        let items = call.select::<Json>().limit(1).items();
        return Box::pin(async move {
            let records: Vec<Json> = items.try_collect().await?;
            Ok(Seen { empty: records.is_empty(), record: Some(Json::List(records)), ..Seen::default() })
        });
    }
    let fields = Arc::new(FieldTree::everything(Op::INFO.object));
    let call = if let Told::Page(page) = told { call.resume(page.clone()) } else { call };
    Box::pin(async move {
        let page = call.records(&fields).await?;
        let first = page.records.into_iter().next().transpose()?;
        let seen = first.map(|record| Seen::of(&record)).transpose()?;
        Ok(Seen { next: page.next, ..seen.unwrap_or_else(Seen::empty_list) })
    })
}

pub(crate) fn one<Op: Selects, S: 'static>(call: One<Op, S>) -> Sending {
    let fields = Arc::new(FieldTree::everything(Op::INFO.object));
    Box::pin(async move { Seen::of(&call.record(&fields).await?) })
}

/// A record whose fields cannot be chosen.
pub(crate) fn plain<Op: Operation, S: Selection<Op::Object> + 'static>(call: One<Op, S>) -> Sending {
    let sending = call.into_future();
    Box::pin(async move { sending.await.map(|_| Seen::default()) })
}

pub(crate) fn done<Op: Operation>(call: Done<Op>) -> Sending {
    let sending = call.into_future();
    Box::pin(async move { sending.await.map(|()| Seen::default()) })
}

/// A mock that is made from Clio's document answers 303 without an address, because the document names none: the status
/// has to do.
pub(crate) fn redirect<Op: Operation>(call: Redirect<Op>) -> Sending {
    Box::pin(async move { call.raw().await.map(|_| Seen::default()) })
}

pub(crate) fn html<Op: Operation>(call: Html<Op>) -> Sending {
    let sending = call.into_future();
    Box::pin(async move { sending.await.map(|_| Seen::default()) })
}

/// The text of an id, whichever kind it is of.
pub(crate) fn id_text(id: &Json) -> Option<String> {
    match id {
        Json::Number(text) => Some(text.to_string()),
        Json::Text(text) => Some(text.clone()),
        _ => None,
    }
}
