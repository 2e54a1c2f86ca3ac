//! The walk: every operation once, in an order that a server with a memory can follow.
//!
//! It goes in four phases, and within each in the order of [`EVERY`]: by group, path and method. Only a bill goes after
//! everything else that is deleted.
//!
//! 1. **Creates**: a POST on a collection. The id that it answers is remembered.
//! 2. **Reads**: a GET. The ids in its path, and those in filters, are 1.
//! 3. **Updates**: a PATCH, and a POST on a record.
//! 4. **Deletes**: a DELETE. Nothing is read after it, so what stands inside of what is not deleted first.
//!
//! An update or a delete has the `{id}` of the record that the walk has created, where it creates one of that object, and
//! otherwise 1. The ids in bodies are always 1. So a server has to know a record 1 of every object beforehand, and loses
//! it only where it cannot be created.
//!
//! A list is asked for with all its parameters. Where that leaves nothing, or a record of which not everything can be seen,
//! it is asked for once more with those alone that it cannot do without; what is empty then as well has failed.
//!
//! An association may be null: a record that was just created has no bill yet. What Clio's document promises inside of it
//! has to be seen all the same, in the answer of some other operation.

use std::{collections::BTreeSet, fmt};

use clio_api::{Clio, Error, ErrorKind};
use clio_core::schema::OperationInfo;

use crate::{
    EVERY,
    calls::{Ids, Sample, Told},
    seen::{Seen, promised, promised_inside},
};

/// The phases, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// POST on a collection.
    Create,
    /// GET.
    Read,
    /// PATCH, and POST on a record.
    Update,
    /// DELETE.
    Delete,
}

impl Phase {
    /// The phase in which an operation is called.
    pub fn of(operation: &OperationInfo) -> Self {
        match operation.method {
            "GET" => Self::Read,
            "DELETE" => Self::Delete,
            "POST" if operation.path_parameters.is_empty() => Self::Create,
            _ => Self::Update,
        }
    }
}

/// Every operation, in the order of the walk.
pub fn in_order() -> Vec<Sample> {
    let mut samples = EVERY.to_vec();
    // What belongs to a bill can be changed as long as the bill can.
    samples.sort_by_key(|sample| (Phase::of(sample.operation), sample.operation.id == "Bill#destroy"));
    samples
}

/// What came of one operation. Its text is a line for people.
#[derive(Debug)]
pub struct Outcome {
    /// The operation.
    pub operation: &'static OperationInfo,
    /// What was seen.
    pub seen: Result<Seen, Error>,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OperationInfo { id, success, .. } = self.operation;
        match &self.seen {
            Err(error) => write!(f, "{id:<45} {error}"),
            Ok(seen) if seen.hidden.is_empty() => write!(f, "{id:<45} {success} {} fields", seen.fields),
            Ok(seen) => write!(
                f,
                "{id:<45} {success} {} of {} fields, none seen inside: {}",
                seen.fields,
                promised(self.operation),
                seen.hidden.join(", ")
            ),
        }
    }
}

/// What came of all of them. Its text is the last lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Total {
    /// The operations that were called.
    pub called: usize,
    /// Those that failed.
    pub failed: usize,
    /// The fields that were decoded.
    pub decoded: usize,
    /// The fields that Clio's document promises for these operations.
    pub promised: usize,
    /// The associations that nothing was seen inside of by any operation: `Matter.client`.
    pub never_seen: BTreeSet<String>,
}

impl Total {
    /// Nothing failed, and nothing that is promised was missing.
    pub fn is_good(&self) -> bool {
        self.failed == 0 && self.decoded >= self.promised
    }

    fn add(&mut self, outcome: &Outcome) {
        self.called += 1;
        self.promised += promised(outcome.operation);
        match &outcome.seen {
            Ok(seen) => self.decoded += seen.fields,
            Err(_) => self.failed += 1,
        }
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { called, failed, decoded, promised, never_seen } = self;
        for association in never_seen {
            writeln!(f, "nothing was seen inside of {association}")?;
        }
        writeln!(f, "{decoded} of {promised} fields that the document promises")?;
        write!(f, "{called} operations called, {failed} failed, {decoded} fields decoded")
    }
}

/// Calls every operation, or those of the group `only`, and tells of each as soon as it is answered.
pub async fn walk(clio: &Clio, only: Option<&str>, mut tell: impl FnMut(&Outcome)) -> Total {
    let mut ids = Ids::default();
    let mut total = Total::default();
    let mut associations = Associations::default();
    for sample in
        in_order().into_iter().filter(|sample| only.is_none_or(|only| only == sample.operation.group))
    {
        let seen = call(clio, &ids, sample).await;
        if let (Phase::Create, Ok(Seen { record: Some(record), .. })) = (Phase::of(sample.operation), &seen) {
            ids.learn(sample.operation, record.clone());
        }
        let outcome = Outcome { operation: sample.operation, seen };
        total.add(&outcome);
        associations.add(&outcome);
        tell(&outcome);
    }
    total.promised -= associations.seen_elsewhere();
    total.never_seen = associations.never_seen();
    total
}

/// What is empty on good grounds wherever an operation answers it: addresses of bytes, which are there only while the bytes
/// are awaited, and the versions of a document that is done have theirs.
const EMPTY: &[(&str, &str)] = &[("DocumentVersion", "multiparts"), ("DocumentVersion", "put_headers")];

/// The associations that were seen by some operation and not by others.
#[derive(Default)]
struct Associations {
    open: BTreeSet<(&'static str, String)>,
    hidden: Vec<(&'static OperationInfo, String)>,
}

impl Associations {
    fn add(&mut self, outcome: &Outcome) {
        let Ok(seen) = &outcome.seen else { return };
        let object = outcome.operation.object.name;
        self.open.extend(seen.open.iter().map(|association| (object, association.clone())));
        self.hidden.extend(seen.hidden.iter().map(|association| (outcome.operation, association.clone())));
    }

    /// How many fields were hidden in one answer, and are known from another or empty on good grounds.
    fn seen_elsewhere(&self) -> usize {
        let known = self.hidden.iter().filter(|(operation, name)| self.knows(operation, name));
        known.map(|(operation, name)| promised_inside(operation, name)).sum()
    }

    fn never_seen(&self) -> BTreeSet<String> {
        let unknown = self.hidden.iter().filter(|(operation, name)| !self.knows(operation, name));
        unknown.map(|(operation, name)| format!("{}.{name}", operation.object.name)).collect()
    }

    fn knows(&self, operation: &OperationInfo, association: &str) -> bool {
        let object = operation.object.name;
        self.open.contains(&(object, association.to_owned())) || EMPTY.contains(&(object, association))
    }
}

async fn call(clio: &Clio, ids: &Ids, sample: Sample) -> Result<Seen, Error> {
    let seen = (sample.call)(clio, ids, &Told::Everything).await?;
    let list = sample.operation.page_size.is_some();
    if !seen.empty && (seen.hidden.is_empty() || !list) {
        return Ok(seen);
    }
    let again = (sample.call)(clio, ids, &Told::Required).await?;
    match (seen.empty, again.empty) {
        (true, true) => {
            Err(Error::new(ErrorKind::Decode, "the list is empty: none of its fields can be seen"))
        }
        (false, true) => Ok(seen),
        (false, false) if seen.fields > again.fields => Ok(seen),
        _ => Ok(again),
    }
}

#[cfg(test)]
mod tests {
    use clio_core::schema::{Operation, operations};

    use super::*;

    fn outcome(operation: &'static OperationInfo, hidden: &[&str], open: &[&str]) -> Outcome {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let seen = Seen { hidden: names(hidden), open: names(open), ..Seen::default() };
        Outcome { operation, seen: Ok(seen) }
    }

    #[test]
    fn what_is_null_in_one_answer_may_be_seen_in_another() {
        let (create, show) = (operations::CreateMatter::INFO, operations::GetMatter::INFO);
        let mut associations = Associations::default();
        associations.add(&outcome(create, &["client", "user"], &[]));
        assert_eq!(associations.never_seen().len(), 2);
        associations.add(&outcome(show, &[], &["client"]));
        assert_eq!(associations.never_seen().into_iter().collect::<Vec<_>>(), ["Matter.user"]);
        assert_eq!(associations.seen_elsewhere(), promised_inside(create, "client"));
    }
}
