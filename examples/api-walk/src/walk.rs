//! What becomes of a call: each is told to ask for every field, and what comes back is counted.

use std::{pin::Pin, sync::Arc};

use clio_api::{
    Done, Error, ErrorKind, FieldTree, Html, Json, List, One, Record, Redirect, Selection, Selects,
};
use clio_core::schema::{Operation, OperationInfo};

/// The fields that a call decoded.
type Sending = Pin<Box<dyn Future<Output = Result<usize, Error>>>>;

/// The calls that are to be made.
#[derive(Default)]
pub(crate) struct Calls(pub(crate) Vec<Call>);

/// One of them.
pub(crate) struct Call {
    pub(crate) operation: &'static OperationInfo,
    pub(crate) sending: Sending,
}

impl Calls {
    pub(crate) fn list<Op: Selects, S: 'static>(&mut self, _: &str, call: List<Op, S>) {
        let fields = Arc::new(FieldTree::everything(Op::INFO.object));
        self.add(Op::INFO, async move {
            let mut records = call.records(&fields).await?.records;
            // A list that is empty where the walk begins has nothing to show.
            if records.is_empty() {
                return Err(Error::new(
                    ErrorKind::Decode,
                    "the list is empty: none of its fields can be seen",
                ));
            }
            count(&records.remove(0)?)
        });
    }

    pub(crate) fn one<Op: Selects, S: 'static>(&mut self, _: &str, call: One<Op, S>) {
        let fields = Arc::new(FieldTree::everything(Op::INFO.object));
        self.add(Op::INFO, async move { count(&call.record(&fields).await?) });
    }

    pub(crate) fn plain<Op: Operation, S: Selection<Op::Object> + 'static>(
        &mut self,
        _: &str,
        call: One<Op, S>,
    ) {
        self.add(Op::INFO, async move { call.await.map(|_| 0) });
    }

    pub(crate) fn done<Op: Operation>(&mut self, _: &str, call: Done<Op>) {
        self.add(Op::INFO, async move { call.await.map(|()| 0) });
    }

    /// A mock that is made from Clio's document answers 303 without an address, because the document names none: the
    /// status has to do.
    pub(crate) fn redirect<Op: Operation>(&mut self, _: &str, call: Redirect<Op>) {
        self.add(Op::INFO, async move { call.raw().await.map(|_| 0) });
    }

    pub(crate) fn html<Op: Operation>(&mut self, _: &str, call: Html<Op>) {
        self.add(Op::INFO, async move { call.await.map(|_| 0) });
    }

    fn add(
        &mut self,
        operation: &'static OperationInfo,
        sending: impl Future<Output = Result<usize, Error>> + 'static,
    ) {
        self.0.push(Call { operation, sending: Box::pin(sending) });
    }
}

/// The fields that were asked for and are there. One that is not is an error: Clio answers null, not nothing.
fn count(record: &Record) -> Result<usize, Error> {
    inside(record.asked(), record.as_json(), "")
}

fn inside(asked: &FieldTree, json: &Json, at: &str) -> Result<usize, Error> {
    let mut decoded = 0;
    for (field, nested) in asked.iter() {
        let path = format!("{at}{}", field.name);
        let Some(value) = json.get(field.name) else {
            return Err(Error::new(ErrorKind::Decode, format!("`{path}` was asked for and is not there")));
        };
        decoded += 1;
        if let Some(nested) = nested {
            let first = if let Json::List(list) = value { list.first() } else { Some(value) };
            if let Some(value) = first.filter(|value| !value.is_null()) {
                decoded += inside(nested, value, &format!("{path}."))?;
            }
        }
    }
    Ok(decoded)
}
