//! Lists in pages, of which a poll reads no more than it has to.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use clio_sync::{Error, ErrorKind, Result};
use serde_json::Value;

use super::{Answer, Http, Order, rows};

/// How each page of a list that was read began. In memory alone: a new process reads the list once from its beginning.
#[derive(Debug, Default)]
pub(super) struct Seen(Mutex<Vec<Start>>);

/// How a page began.
#[derive(Debug, Clone)]
struct Start {
    id: String,
    at: DateTime<Utc>,
}

impl Seen {
    fn lock(&self) -> MutexGuard<'_, Vec<Start>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The page to begin at, so that all that is as new as this is on it or after it; and with which row it began.
    fn begin(&self, since: Option<DateTime<Utc>>) -> (usize, Option<String>) {
        let starts = self.lock();
        let at = since.and_then(|since| starts.iter().rposition(|start| start.at < since));
        at.map_or((1, None), |at| (at + 1, Some(starts[at].id.clone())))
    }

    fn forget(&self) {
        self.lock().clear();
    }

    /// Notes how a page began. Pages after a gap are not noted: what is before them was not seen.
    fn note(&self, number: usize, page: &[Value]) {
        let mut starts = self.lock();
        let first = page.first().and_then(|row| Some(Start { id: rows::id(row)?, at: rows::moment(row)? }));
        let Some(at) = number.checked_sub(1).filter(|at| *at <= starts.len()) else { return };
        match first {
            Some(start) if at < starts.len() => starts[at] = start,
            Some(start) => starts.push(start),
            None => starts.truncate(at),
        }
    }
}

/// A page of a list.
pub(super) struct Rows {
    pub(super) all: Vec<Value>,
    pub(super) next: Option<String>,
    pub(super) at: Option<DateTime<Utc>>,
}

impl Http {
    /// The next page of messages or files.
    pub(super) async fn list(
        &self,
        path: &str,
        seen: &Seen,
        since: Option<DateTime<Utc>>,
        position: Option<&str>,
    ) -> Result<Rows> {
        let number = position.map(|position| position.parse().ok().filter(|number| *number >= 1));
        let Some(number) = number.unwrap_or(Some(1)) else {
            return Err(Error::new(ErrorKind::Protocol, "this is no place in a list of Case Status's"));
        };
        if self.order == Order::NewestFirst {
            let page = self.in_order(path, number).await?;
            let ends = page.all.last().and_then(rows::moment);
            let is_end = ends.zip(since).is_some_and(|(ends, since)| ends < since);
            return Ok(self.followed(page, number, is_end));
        }
        let (mut number, began_with) = if position.is_some() { (number, None) } else { seen.begin(since) };
        let mut page = self.in_order(path, number).await?;
        if began_with.is_some() && page.all.first().and_then(rows::id) != began_with {
            // Something before it is gone or new, so that pages are not what they were.
            seen.forget();
            number = 1;
            page = self.in_order(path, number).await?;
        }
        seen.note(number, &page.all);
        Ok(self.followed(page, number, false))
    }

    async fn in_order(&self, path: &str, number: usize) -> Result<Rows> {
        let page = self.numbered(path, number).await?;
        check(self.order, &page.all)?;
        Ok(page)
    }

    fn followed(&self, page: Rows, number: usize, is_end: bool) -> Rows {
        let more = !is_end && page.all.len() >= self.rows;
        Rows { next: more.then(|| (number + 1).to_string()), ..page }
    }

    pub(super) async fn numbered(&self, path: &str, number: usize) -> Result<Rows> {
        let Answer { body, at } = self.get(path, &format!("page%5Bnumber%5D={number}")).await?;
        match body {
            Value::Array(rows) => Ok(Rows { all: rows, next: None, at }),
            _ => Err(Error::new(ErrorKind::Protocol, "Case Status's answer is no list")),
        }
    }

    /// A page of a report.
    pub(super) async fn report(&self, path: &str, query: &str) -> Result<Vec<Value>> {
        let mut answer = self.get(path, query).await?;
        match answer.body.get_mut("results").map(Value::take) {
            Some(Value::Array(rows)) => Ok(rows),
            _ => Err(Error::new(ErrorKind::Protocol, "Case Status's answer has no `results`")),
        }
    }
}

/// # Errors
///
/// Of a page that surely is in the other order, whichever of its times it is ordered by.
fn check(order: Order, page: &[Value]) -> Result<()> {
    let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(()) };
    let all = |is: fn(&DateTime<Utc>, &DateTime<Utc>) -> bool| {
        let is = |first: Option<DateTime<Utc>>, last| {
            first.zip(last).is_some_and(|(first, last)| is(&first, &last))
        };
        is(rows::created(first), rows::created(last)) && is(rows::moment(first), rows::moment(last))
    };
    let told = match order {
        Order::OldestFirst if all(DateTime::gt) => "newest: set the order to Order::NewestFirst",
        Order::NewestFirst if all(DateTime::lt) => "oldest: set the order to Order::OldestFirst",
        _ => return Ok(()),
    };
    let words = format!("Case Status's lists begin with what is {told}");
    Err(Error::new(ErrorKind::Configuration, words))
}
