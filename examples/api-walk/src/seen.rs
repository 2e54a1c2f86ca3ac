//! What an answer holds, against what Clio's document promises.

use clio_api::{Error, ErrorKind, FieldTree, Json, PageToken, Record};
use clio_core::schema::{Answer, OperationInfo};

/// What was seen in an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The fields that were asked for and are there, those inside of associations included.
    pub fields: usize,
    /// The associations that are null or empty, so that nothing inside them could be seen.
    pub hidden: Vec<String>,
    /// The associations that something could be seen inside of.
    pub open: Vec<String>,
    /// The record itself.
    pub record: Option<Json>,
    /// It is a list without a record.
    pub empty: bool,
    /// Where the list goes on.
    pub next: Option<PageToken>,
}

impl Seen {
    /// Looks for everything that was asked for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] for a field that is not there: Clio answers null, not nothing.
    pub fn of(record: &Record) -> Result<Self, Error> {
        let mut seen = Self { record: Some(record.as_json().clone()), ..Self::default() };
        seen.look(record.asked(), record.as_json(), "")?;
        Ok(seen)
    }

    pub(crate) fn empty_list() -> Self {
        Self { empty: true, ..Self::default() }
    }

    fn look(&mut self, asked: &FieldTree, json: &Json, at: &str) -> Result<(), Error> {
        for (field, nested) in asked.iter() {
            let path = format!("{at}{}", field.name);
            let Some(value) = json.get(field.name) else {
                return Err(Error::new(
                    ErrorKind::Decode,
                    format!("`{path}` was asked for and is not there"),
                ));
            };
            self.fields += 1;
            let Some(nested) = nested else { continue };
            let first = if let Json::List(list) = value { list.first() } else { Some(value) };
            match first.filter(|value| !value.is_null()) {
                Some(value) => {
                    self.look(nested, value, &format!("{path}."))?;
                    self.open.push(path);
                }
                None => self.hidden.push(path),
            }
        }
        Ok(())
    }
}

/// The fields that Clio's document promises in one answer of an operation: all that can be asked for, where fields can.
pub fn promised(operation: &OperationInfo) -> usize {
    let record = matches!(operation.answer, Answer::One | Answer::List | Answer::OneBare | Answer::ListBare);
    if operation.selects() && record { count(&FieldTree::everything(operation.object)) } else { 0 }
}

/// The fields that it promises inside of an association.
pub(crate) fn promised_inside(operation: &OperationInfo, association: &str) -> usize {
    let tree = FieldTree::everything(operation.object);
    let found = tree.iter().find(|(field, _)| field.name == association);
    found.and_then(|(_, nested)| nested).map_or(0, count)
}

fn count(tree: &FieldTree) -> usize {
    tree.iter().map(|(_, nested)| 1 + nested.map_or(0, count)).sum()
}
