//! Where a walk stands, and where it may go. The same for every list, so that it is compiled once.

use std::{borrow::Cow, mem};

use clio_core::{Error, ErrorKind, PageToken, RequestParts, Walk, schema::OperationInfo};
use url::Url;

use super::{
    keys::{Key, MIXED, tells_apart, with_keys},
    marks::{Marks, Order, Stored},
    position::{At, Position, Read, Stand, refused},
    state::Call,
};
use crate::{CallOptions, Clio, Permit};

/// Clio gives no more records than this of a list that is not walked by cursor.
pub(super) const MOST_BY_OFFSET: u64 = 10_000;

/// So many pages without a new record, one after another, are no list.
const MOST_IDLE: u32 = 100;

/// A walk between two pages, or in the middle of one.
pub(super) struct Cursor {
    pub(super) clio: Clio,
    pub(super) operation: &'static OperationInfo,
    pub(super) options: CallOptions,
    /// For the first page.
    pub(super) permit: Option<Permit>,
    /// What the caller asked for.
    fields: Cow<'static, str>,
    bare: RequestParts,
    /// The page that is read or handed out.
    here: At,
    step: Step,
    guard: Walk,
    marks: Marks,
    /// The records of this page that were not handed out yet, and what comes after them.
    waiting: usize,
    then: Then,
    /// The records on the pages before, and on this one.
    passed: u64,
    length: u64,
    capped: bool,
    total: Option<u64>,
    idle: u32,
    /// The position that the walk was to resume at, and could not.
    useless: Option<Position>,
}

/// What comes next when the stream is asked.
enum Step {
    Ask(Box<RequestParts>),
    Tell(Error),
    Over,
}

/// What comes after this page.
enum Then {
    Page(PageToken),
    End,
    Wrong(Error),
}

impl Cursor {
    pub(super) fn new(mut call: Call) -> Self {
        let (operation, fields) = (call.operation, call.fields.clone());
        call.fields = with_keys(operation, mem::take(&mut call.fields));
        let mut cursor = Self {
            clio: call.clio.clone(),
            operation,
            options: call.options,
            permit: call.permit.take(),
            bare: call.bare(),
            here: At::Start,
            step: Step::Over,
            guard: Walk::new(),
            marks: Marks::load(Stored::new(Order::Other)),
            waiting: 0,
            then: Then::End,
            passed: 0,
            length: 0,
            capped: false,
            total: None,
            idle: 0,
            useless: None,
            fields,
        };
        let resumed = call.resumed.clone();
        if let Err(error) = cursor.start(call) {
            cursor.step = Step::Tell(error.with_operation(operation.id));
            cursor.useless = resumed;
        }
        cursor
    }

    /// At the beginning, or where the walk was suspended.
    fn start(&mut self, mut call: Call) -> Result<(), Error> {
        call.right()?;
        let resumed = call.resumed.take();
        let stand = match &resumed {
            Some(position) => Some(stand(position, &self.clio, self.operation, &self.fields, &self.bare)?),
            None => None,
        };
        let Some(stand) = stand.filter(|stand| stand.at != At::Start) else { return self.begin(call) };
        self.marks = Marks::load(stand.marks);
        (self.passed, self.capped, self.total) = (stand.passed, stand.capped, stand.total);
        self.here = stand.at;
        if let At::Page(page) = &self.here {
            // So that a circle back to the page that was resumed is seen.
            self.guard.step(Some(page.clone()))?;
            self.step = Step::Ask(Box::new(self.bare.clone().page(page.clone())));
        }
        Ok(())
    }

    fn begin(&mut self, call: Call) -> Result<(), Error> {
        self.passed = call.offset.unwrap_or(0).into();
        let parts = call.into_request()?;
        let page = parts.link(self.clio.base())?;
        let query = Query::of(&page, &self.clio)?;
        self.marks = Marks::load(Stored::new(query.order(self.operation)));
        self.capped = query.capped(self.operation);
        self.guard.step(Some(page.clone()))?;
        self.here = At::Page(page);
        self.step = Step::Ask(Box::new(parts));
        Ok(())
    }

    /// The request of the next page; `None` after the last. An error leaves nothing to go on with.
    pub(super) fn ask(&mut self) -> Option<Result<RequestParts, Error>> {
        match mem::replace(&mut self.step, Step::Over) {
            Step::Ask(parts) => Some(Ok(*parts)),
            Step::Tell(error) => Some(Err(error)),
            Step::Over => None,
        }
    }

    /// A page could not be read. The walk stays before it.
    pub(super) fn failed(&self, error: Error) -> Error {
        let refused = error.kind() == ErrorKind::Invalid && self.capped;
        // How Clio words this nobody knows; that the page reaches beyond the bound is known.
        if refused && self.passed + self.page_length() > MOST_BY_OFFSET {
            return too_many().with_operation(self.operation.id).with_source(error);
        }
        error
    }

    /// A page has come, whose records have these keys. Answers which of them are new.
    pub(super) fn take(
        &mut self,
        keys: &[Option<Key>],
        next: Option<PageToken>,
        total: Option<u64>,
    ) -> Result<Vec<bool>, Error> {
        let fresh = self.marks.fresh(keys).map_err(|error| error.with_operation(self.operation.id))?;
        self.total = total.or(self.total);
        self.length = keys.len() as u64;
        self.waiting = fresh.iter().filter(|new| **new).count();
        self.idle = if self.waiting == 0 { self.idle + 1 } else { 0 };
        // What is wrong with the next page is told after the records of this one.
        self.then = match self.follow(next) {
            Ok(Some(page)) => Then::Page(page),
            Ok(None) => Then::End,
            Err(error) => Then::Wrong(error.with_operation(self.operation.id)),
        };
        if self.waiting == 0 {
            self.turn_page();
        }
        Ok(fresh)
    }

    /// One of the new records is handed out.
    pub(super) fn hand_out(&mut self, key: Option<Key>) {
        self.marks.hand_out(key);
        self.waiting = self.waiting.saturating_sub(1);
        if self.waiting == 0 {
            self.turn_page();
        }
    }

    pub(super) fn total(&self) -> Option<u64> {
        self.total
    }

    pub(super) fn position(&self) -> Position {
        if let Some(position) = &self.useless {
            return position.clone();
        }
        let here = Stand::new(self.operation.id, &self.fields, self.here.clone(), self.marks.store());
        Position::write(&Stand { passed: self.passed, capped: self.capped, total: self.total, ..here })
    }

    /// Where the page leads, if it may lead there.
    fn follow(&mut self, next: Option<PageToken>) -> Result<Option<PageToken>, Error> {
        let end = self.passed + self.length;
        let Some(page) = next else {
            let short = self.capped && end >= MOST_BY_OFFSET && self.total.is_none_or(|total| total > end);
            return if short { Err(too_many()) } else { Ok(None) };
        };
        same_list(&page, &self.clio, &self.bare)?;
        self.guard.step(Some(page.clone()))?;
        let offset = Query::of(&page, &self.clio)?.number("offset");
        self.capped |= offset.is_some();
        if self.capped && offset.unwrap_or(end) >= MOST_BY_OFFSET {
            return Err(too_many());
        }
        if self.idle >= MOST_IDLE {
            return Err(refused(&format!("{MOST_IDLE} pages in a row brought no new record")));
        }
        Ok(Some(page))
    }

    /// All of this page was handed out.
    fn turn_page(&mut self) {
        let page = match mem::replace(&mut self.then, Then::End) {
            Then::Page(page) => page,
            Then::End => {
                self.here = At::End;
                return;
            }
            // Here is where the walk can be taken up: the page is read again, and may lead elsewhere then.
            Then::Wrong(error) => {
                self.step = Step::Tell(error);
                return;
            }
        };
        self.passed += self.length;
        self.marks.turn_page();
        self.step = Step::Ask(Box::new(self.bare.clone().page(page.clone())));
        self.here = At::Page(page);
    }

    fn page_length(&self) -> u64 {
        let asked = match &self.here {
            At::Page(page) => Query::of(page, &self.clio).ok().and_then(|query| query.number("limit")),
            _ => None,
        };
        asked.unwrap_or_else(|| self.operation.default_page_size.unwrap_or(1).into())
    }
}

/// What a position says, if it belongs to this list.
pub(super) fn stand<'a>(
    position: &'a Position,
    clio: &Clio,
    operation: &'static OperationInfo,
    fields: &str,
    bare: &RequestParts,
) -> Result<Stand<'a>, Error> {
    let stand = match position.read()? {
        Read::Stand(stand) => stand,
        Read::Link(page) => {
            let query = Query::of(&page, clio)?;
            let (passed, capped) = (query.number("offset").unwrap_or(0), query.capped(operation));
            let marks = Stored::new(query.order(operation));
            let here = Stand::new(operation.id, "", At::Page(page), marks);
            Stand { fields: fields.to_owned().into(), passed, capped, ..here }
        }
    };
    stand.belongs_to(operation.id, fields)?;
    if let At::Page(page) = &stand.at {
        same_list(page, clio, bare)?;
    }
    Ok(stand)
}

/// The link leads to the list itself: the same path, whether or not the server's links end in `.json`.
fn same_list(page: &PageToken, clio: &Clio, bare: &RequestParts) -> Result<(), Error> {
    let there = page.url_below(clio.base())?;
    let list = bare.link(clio.base())?.url_below(clio.base())?;
    let path = |url: &Url| url.path().trim_end_matches('/').trim_end_matches(".json").to_owned();
    if path(&there) == path(&list) { Ok(()) } else { Err(refused("the link leads to another list")) }
}

fn too_many() -> Error {
    refused(
        "Clio gives no more than 10,000 records of a list that is not walked in the order id(asc), and this one goes on: \
         ask in that order and without an offset, or for fewer by a filter",
    )
}

/// The parameters of a link.
struct Query(Vec<(String, String)>);

impl Query {
    fn of(page: &PageToken, clio: &Clio) -> Result<Self, Error> {
        Ok(Self(page.url_below(clio.base())?.query_pairs().into_owned().collect()))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }

    /// How records are told apart. A list of two kinds, each with its own ids, promises nothing about both.
    fn order(&self, operation: &OperationInfo) -> Order {
        let asked = self.get("order") == Some("id(asc)") && self.get("offset").is_none();
        if asked && operation.order_by_id && operation.id != MIXED && tells_apart(operation) {
            Order::ById
        } else {
            Order::Other
        }
    }

    /// Clio pages it by offset, as far as is known: the list of folders and documents never is.
    fn capped(&self, operation: &OperationInfo) -> bool {
        let ordered = self.get("order").is_some_and(|order| order != "id(asc)");
        operation.id != MIXED && (ordered || self.get("offset").is_some())
    }
}
