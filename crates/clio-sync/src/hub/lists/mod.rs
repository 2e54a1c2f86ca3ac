//! The lists of Clio as sources.
//!
//! Each is read by the time of the last change, with records of your own selection:
//!
//! ```
//! # fn demo(clio: &clio_api::Clio) -> impl clio_sync::CursorSource {
//! use clio_api::{Selection, choices::MatterStatus, objects::Matter};
//! use clio_sync::hub::lists;
//!
//! #[derive(Selection)]
//! #[clio(object = "Matter")]
//! struct Numbered {
//!     display_number: String,
//! }
//!
//! lists::matters(clio).select::<Numbered>().only(|list| list.status([MatterStatus::Open]))
//! # }
//! ```
//!
//! Without a selection of yours a list has the ready one of `clio-model`, or id and etag. [`Listed::as_text`] makes it a
//! source for [`Pass::mirror`](crate::Pass::mirror).
//!
//! # What a list promises
//!
//! - Wherever Clio's list has `updated_since`, only what changed is read: [`CursorSource::reads_changes`] says so. All
//!   lists named here have it in Clio's document of today. One that has not is read as a whole each time.
//! - A record that is deleted, or leaves the filter, is not told by any list.
//! - The version of a record is its etag. Where Clio gives none it is a hash of the record's text.
//! - Clio gives at most 10,000 records of a list that has no order by id (line items, calendar entries, matter stages,
//!   activity categories, relationships, bank transactions). A walk that ends there is refused by the engine, because Clio says how many
//!   there are.
//!
//! [`CursorSource::reads_changes`]: crate::CursorSource::reads_changes

mod keyed;
mod source;

use std::{pin::Pin, sync::Arc};

use clio_api::{Clio, List, One, Selects};
use clio_core::{
    Error, ErrorKind, Etag, FieldTree, Id, Selection, Stub, TextId,
    response::RawResponse,
    schema::{choices::ParentType, objects, operations as op},
};
use clio_model::{Activity, ActivityCategory, Matter, User};
use serde::Deserialize;
use serde_json::value::RawValue;

pub use source::{Listed, ListedText};

/// One record on its way, undecoded.
pub type Getting = Pin<Box<dyn Future<Output = Result<RawResponse, Error>> + Send>>;

/// A list of Clio that is a source. Implement it for the marker of a list that is not named in [`lists`](self), and make
/// the source with [`listed`].
pub trait Listing: Selects + Sized {
    /// What the records are: `clio/matter`. Part of every key, so it never changes.
    const KIND: &'static str;

    /// The call that lists all of them.
    fn list(clio: &Clio) -> List<Self>;

    /// The call that reads one, with these fields. An error of kind [`ErrorKind::NotFound`] says that there is none; `None`
    /// that Clio cannot be asked.
    fn get(clio: &Clio, id: &str, fields: &Arc<FieldTree>) -> Option<Getting>;
}

/// The source of a list, for those that have no function here.
pub fn listed<Op: Listing>(clio: &Clio) -> Listed<Op> {
    Listed::new(clio)
}

macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident $(<$ready:ty>)?: $op:ident as $kind:literal, |$clio:ident, $id:ident, $fields:ident| $list:expr, $get:expr;)*) => {
        $(
            $(#[$doc])*
            pub fn $name(clio: &Clio) -> Listed<op::$op $(, $ready)?> {
                Listed::new(clio)
            }

            impl Listing for op::$op {
                const KIND: &'static str = $kind;

                fn list($clio: &Clio) -> List<Self> {
                    $list.select::<Stub<_>>()
                }

                fn get($clio: &Clio, $id: &str, $fields: &Arc<FieldTree>) -> Option<Getting> {
                    Some($get)
                }
            }
        )*

        /// Each with its kind.
        #[cfg(test)]
        const ALL: &[(&str, &clio_core::schema::OperationInfo)] = &[$((
            <op::$op as Listing>::KIND,
            <op::$op as clio_core::schema::Operation>::INFO,
        )),*];
    };
}

lists! {
    /// Every matter that the token can see.
    matters<Matter>: ListMatters as "clio/matter",
        |clio, id, fields| clio.matters().list(), by_id(id, |id| clio.matters().get(id), fields);
    /// Contacts: people and companies.
    contacts: ListContacts as "clio/contact",
        |clio, id, fields| clio.contacts().list(), by_id(id, |id| clio.contacts().get(id), fields);
    /// Activities: time entries and expenses.
    activities<Activity>: ListActivities as "clio/activity",
        |clio, id, fields| clio.activities().list(), by_id(id, |id| clio.activities().get(id), fields);
    /// Bills.
    bills: ListBills as "clio/bill",
        |clio, id, fields| clio.bills().list(), by_id(id, |id| clio.bills().get(id), fields);
    /// The line items of bills.
    line_items: ListLineItems as "clio/line-item",
        |clio, id, fields| clio.line_items().list(),
        in_list(id, |id| clio.line_items().list().ids([id]), fields);
    /// Documents.
    documents: ListDocuments as "clio/document",
        |clio, id, fields| clio.documents().list(), by_id(id, |id| clio.documents().get(id), fields);
    /// Folders.
    folders: ListFolders as "clio/folder",
        |clio, id, fields| clio.folders().list(), by_id(id, |id| clio.folders().get(id), fields);
    /// Communications: logged emails and phone calls.
    communications: ListCommunications as "clio/communication",
        |clio, id, fields| clio.communications().list(), by_id(id, |id| clio.communications().get(id), fields);
    /// Calendar entries. Their ids are texts.
    calendar_entries<CalendarEntryStub>: ListCalendarEntries as "clio/calendar-entry",
        |clio, id, fields| clio.calendar_entries().list(),
        getting(clio.calendar_entries().get(&TextId::new(id)), fields);
    /// Tasks.
    tasks: ListTasks as "clio/task",
        |clio, id, fields| clio.tasks().list(), by_id(id, |id| clio.tasks().get(id), fields);
    /// The notes of matters. Those of contacts: `notes(&clio).only(|list| list.parameter("type", "Contact"))`.
    notes: ListNotes as "clio/note",
        |clio, id, fields| clio.notes().list(ParentType::Matter), by_id(id, |id| clio.notes().get(id), fields);
    /// The users of the firm.
    users<User>: ListUsers as "clio/user",
        |clio, id, fields| clio.users().list(), by_id(id, |id| clio.users().get(id), fields);
    /// Practice areas.
    practice_areas: ListPracticeAreas as "clio/practice-area",
        |clio, id, fields| clio.practice_areas().list(), by_id(id, |id| clio.practice_areas().get(id), fields);
    /// The stages that matters go through.
    matter_stages: ListMatterStages as "clio/matter-stage",
        |clio, id, fields| clio.matter_stages().list(),
        in_list(id, |id| clio.matter_stages().list().ids([id]), fields);
    /// Activity categories, which Clio's API calls activity descriptions.
    activity_descriptions<ActivityCategory>: ListActivityDescriptions as "clio/activity-description",
        |clio, id, fields| clio.activity_descriptions().list(),
        by_id(id, |id| clio.activity_descriptions().get(id), fields);
    /// The definitions of custom fields.
    custom_fields: ListCustomFields as "clio/custom-field",
        |clio, id, fields| clio.custom_fields().list(), by_id(id, |id| clio.custom_fields().get(id), fields);
    /// Who has to do with which matter.
    relationships: ListRelationships as "clio/relationship",
        |clio, id, fields| clio.relationships().list(), by_id(id, |id| clio.relationships().get(id), fields);
    /// Bank accounts.
    bank_accounts: ListBankAccounts as "clio/bank-account",
        |clio, id, fields| clio.bank_accounts().list(), by_id(id, |id| clio.bank_accounts().get(id), fields);
    /// Transactions of bank accounts, those of trust accounts among them.
    bank_transactions: ListBankTransactions as "clio/bank-transaction",
        |clio, id, fields| clio.bank_transactions().list(),
        by_id(id, |id| clio.bank_transactions().get(id), fields);
}

/// A calendar entry, if nothing else is asked for: its id is a text.
#[derive(Debug, Clone, PartialEq, Eq, Selection)]
#[clio(object = "CalendarEntry")]
pub struct CalendarEntryStub {
    /// The calendar entry.
    pub id: TextId<objects::CalendarEntry>,
    /// Its version.
    pub etag: Etag,
}

fn getting<Op: Selects, S: 'static>(one: One<Op, S>, fields: &Arc<FieldTree>) -> Getting {
    let fields = fields.clone();
    Box::pin(async move { one.raw_record(&fields).await })
}

fn by_id<T, Op: Selects, S: 'static>(
    id: &str,
    get: impl FnOnce(Id<T>) -> One<Op, S>,
    fields: &Arc<FieldTree>,
) -> Getting {
    match id.parse() {
        Ok(number) => getting(get(Id::new(number)), fields),
        Err(_) => Box::pin(async { Err(none()) }),
    }
}

/// Where Clio has no call for one, the list with one id does as well.
fn in_list<T, Op: Selects, S: 'static>(
    id: &str,
    list: impl FnOnce(Id<T>) -> List<Op, S>,
    fields: &Arc<FieldTree>,
) -> Getting {
    #[derive(Deserialize)]
    struct Page<'a> {
        #[serde(borrow)]
        data: Vec<&'a RawValue>,
    }
    let Ok(number) = id.parse() else { return Box::pin(async { Err(none()) }) };
    let (list, fields) = (list(Id::new(number)), fields.clone());
    Box::pin(async move {
        let mut answer = list.raw_records(&fields).await?;
        let page: Page<'_> = serde_json::from_slice(&answer.body)
            .map_err(|_| Error::new(ErrorKind::Decode, "the answer does not decode: not a list"))?;
        let one = page.data.first().ok_or_else(none)?;
        answer.body = format!("{{\"data\":{one}}}").into();
        Ok(answer)
    })
}

fn none() -> Error {
    Error::new(ErrorKind::NotFound, "there is no such record")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_module_says_of_its_lists_holds() {
        assert_eq!(ALL.len(), 19);
        for (kind, info) in ALL {
            assert!(kind.starts_with("clio/") && ALL.iter().filter(|(other, _)| other == kind).count() == 1);
            assert!(info.parameter("updated_since").is_some(), "{kind} is read by the time of change");
            assert!(info.object.field("etag").is_some(), "{kind} has versions");
        }
        let unordered: Vec<_> =
            ALL.iter().filter(|(_, info)| !info.order_by_id).map(|(kind, _)| *kind).collect();
        let said = [
            "line-item",
            "calendar-entry",
            "matter-stage",
            "activity-description",
            "relationship",
            "bank-transaction",
        ];
        assert_eq!(unordered, said.map(|kind| format!("clio/{kind}")));
    }
}
