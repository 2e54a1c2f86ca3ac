//! What the tables of the schema do not say: how Clio works fields out, what it refuses, what follows from a write.
//!
//! One file a resource, each rule with its source. A resource without a file has no rules beyond the tables.

pub(crate) mod activities;
pub(crate) mod attached;
pub(crate) mod bank;
pub(crate) mod bill_making;
pub(crate) mod bill_preview;
pub(crate) mod bill_states;
pub(crate) mod bill_totals;
pub(crate) mod bills;
pub(crate) mod calendar;
pub(crate) mod categories;
pub(crate) mod communications;
pub(crate) mod contacts;
pub(crate) mod conversations;
pub(crate) mod court_rules;
pub(crate) mod custody;
pub(crate) mod custom_fields;
pub(crate) mod documents;
pub(crate) mod events;
pub(crate) mod expense_categories;
pub(crate) mod external_properties;
pub(crate) mod folders;
pub(crate) mod groups;
pub(crate) mod interest;
pub(crate) mod jobs;
pub(crate) mod line_items;
pub(crate) mod matters;
pub(crate) mod money;
pub(crate) mod notes;
pub(crate) mod payments;
pub(crate) mod receivables;
pub(crate) mod reminders;
pub(crate) mod settings;
pub(crate) mod tasks;
pub(crate) mod taxes;
pub(crate) mod templates;
pub(crate) mod timers;
pub(crate) mod trash;
pub(crate) mod tree;
pub(crate) mod trust;
pub(crate) mod users;
pub(crate) mod webhooks;

use std::sync::LazyLock;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_core::schema::{ObjectInfo, OperationInfo};
use http::Response;
use serde_json::{Map, Value as Json};

use super::{
    access::Access,
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::{Test, Write},
    records::Origin,
    store::{Record, Resource, Value},
};

/// How a field is worked out that is not kept.
pub(crate) type Compute = fn(View<'_>, Resource, &Record) -> Value;

/// An operation that is not a plain list, look, write or delete.
pub(crate) type Handler =
    fn(&mut Firm, &Access, &Ask<'_>, &'static OperationInfo, &[i64]) -> Result<Response<Bytes>, Refusal>;

/// The rules of one resource. Every one of them has a default: none.
pub(crate) trait Behaviour: Sync {
    /// How this field is worked out, if it is not kept.
    fn computed(&self, _field: &str) -> Option<Compute> {
        None
    }

    /// Puts what was sent into the form that the document has for it, before it is checked.
    fn prepare(&self, _data: &mut Map<String, Json>) {}

    /// The members of a body that [`Behaviour::complete`] puts into the record, because the generic way would not fit.
    fn by_hand(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether a member that the document calls required is so in use.
    fn requires(&self, _member: &str, _data: &Map<String, Json>) -> bool {
        true
    }

    /// Refuses what Clio refuses, and fills in what it fills in. The plain members are in the record already. Nothing but
    /// the record may be changed here: the write may still be refused.
    fn complete(&self, _firm: &mut Firm, _record: &mut Record, _write: &Write<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    /// What follows from a write that was applied.
    fn written(&self, _firm: &mut Firm, _id: i64, _write: &Write<'_>) {}

    /// Deletes the record, or refuses to.
    fn delete(
        &self,
        firm: &mut Firm,
        record: &Record,
        now: DateTime<Utc>,
        by: &Origin,
    ) -> Result<(), Refusal> {
        if let Some(resource) = self.resource() {
            firm.tables.remove(resource, record.id, now, by);
        }
        Ok(())
    }

    /// The resource; `None` for the rules that all plain resources share.
    fn resource(&self) -> Option<Resource>;

    /// Refuses a list that is asked for in a way that Clio refuses.
    fn admits(&self, _ask: &Ask<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    /// The parameters of its list that [`Behaviour::filter`] or [`Behaviour::listed`] knows.
    fn filters(&self) -> &'static [&'static str] {
        &[]
    }

    /// The test that such a parameter asks for; `None` when the value cannot be read.
    fn filter(&self, _view: View<'_>, _parameter: &str, _value: &str) -> Option<Test> {
        None
    }

    /// What its list leaves out unasked.
    fn listed(&self, _view: View<'_>, _ask: &Ask<'_>) -> Option<Test> {
        None
    }

    /// The text that `query` searches; all texts of the record without one.
    fn searched(&self, _view: View<'_>, _record: &Record) -> Option<String> {
        None
    }
}

/// A resource without rules.
struct Plain(Resource);

impl Behaviour for Plain {
    fn resource(&self) -> Option<Resource> {
        Some(self.0)
    }
}

static ALL: LazyLock<Vec<Box<dyn Behaviour + Send>>> =
    LazyLock::new(|| Resource::all().map(by_name).collect());

fn by_name(resource: Resource) -> Box<dyn Behaviour + Send> {
    match resource.name() {
        "Activity" => Box::new(activities::Activities),
        "ActivityDescription" => Box::new(categories::Categories),
        "Allocation" => Box::new(payments::Allocations),
        "BankAccount" => Box::new(bank::BankAccounts),
        "BankTransaction" => Box::new(bank::BankTransactions),
        "Bill" => Box::new(bills::Bills),
        "BillableClient" | "BillableMatter" => Box::new(receivables::Billable(resource.name())),
        "BillingSetting" => Box::new(settings::BillingSettings),
        "Calendar" => Box::new(calendar::Calendars),
        "CalendarEntry" => Box::new(calendar::Entries),
        "Communication" => Box::new(communications::Communications),
        "Contact" => Box::new(contacts::Contacts),
        "Conversation" => Box::new(conversations::Conversations),
        "ConversationMessage" => Box::new(conversations::Messages),
        "CustomField" => Box::new(custom_fields::Fields),
        "CustomFieldValue" => Box::new(custom_fields::Values),
        "Document" => Box::new(documents::Documents),
        "DocumentArchive" => Box::new(jobs::Archives),
        "DocumentAutomation" => Box::new(jobs::Automations),
        "DocumentTemplate" => Box::new(templates::Templates),
        "DocumentVersion" => Box::new(documents::versions::Versions),
        "ExpenseCategory" => Box::new(expense_categories::ExpenseCategories),
        "Folder" => Box::new(folders::Folders),
        "Note" => Box::new(notes::Notes),
        "Reminder" => Box::new(reminders::Reminders),
        "SafeCustodyRecordState" => Box::new(custody::States),
        "Task" => Box::new(tasks::Tasks),
        "TaskTemplate" => Box::new(tasks::Templates),
        "TaskTemplateList" => Box::new(tasks::Lists),
        "Timer" => Box::new(timers::Timers),
        "Report" => Box::new(jobs::Reports),
        "InterestCharge" => Box::new(interest::InterestCharges),
        "LineItem" => Box::new(line_items::LineItems),
        "Matter" => Box::new(matters::Matters),
        "OutstandingClientBalance" => Box::new(receivables::Outstanding),
        "TaxRateConfiguration" => Box::new(taxes::TaxRates),
        "TrustLineItem" => Box::new(trust::TrustLineItems),
        "TrustRequest" => Box::new(trust::TrustRequests),
        "User" => Box::new(users::Users),
        "Webhook" => Box::new(webhooks::Webhooks),
        _ => Box::new(Plain(resource)),
    }
}

/// The rules of a resource.
pub(crate) fn of(resource: Resource) -> &'static dyn Behaviour {
    static NONE: Plain = Plain(Resource::NONE);
    ALL.get(resource.index()).map_or(&NONE, |behaviour| &**behaviour)
}

/// What answers an operation that is not a plain list, look, write or delete.
pub(crate) fn handler(operation: &OperationInfo) -> Option<Handler> {
    Some(match operation.id {
        "EventMetrics#index" => events::metrics,
        "JurisdictionsToTrigger#index" => court_rules::triggers,
        "JurisdictionsToTrigger#show" => court_rules::trigger,
        "MatterDocket#preview" => court_rules::preview,
        "SafeCustodyRecord#state_changes" => custody::change_state,
        "TaskTemplateList#copy" => tasks::copy,
        "Timer#create" => timers::start,
        "Timer#destroy" => timers::stop,
        "Timer#show" => timers::running,
        "User#who_am_i" => users::who_am_i,
        "Bill#preview" => bill_preview::preview,
        "BillableClient#index" => receivables::billable_clients,
        "BillableMatter#ids" => receivables::billable_ids,
        "BillableMatter#index" => receivables::billable_matters,
        "BillingSetting#show" => settings::show_settings,
        "Client#show" => contacts::client_of_matter,
        "OutstandingClientBalance#index" => receivables::outstanding,
        "MatterProtectedFund#index" => trust::of_matter,
        "MatterContacts#index" => contacts::of_matter,
        "RelatedContacts#index" => contacts::related,
        "Document#copy" => documents::copy::copy,
        "Document#create" => documents::create,
        "Document#download" => documents::download::document,
        "DocumentArchive#download" | "DocumentTemplate#download" | "Report#download" => {
            documents::download::of_record
        }
        "DocumentVersion#index" => documents::versions::index,
        "DocumentVersion#save_as_latest_version" => documents::versions::save_as_latest,
        "EmailAddress#index" => contacts::email_addresses,
        "Folder#list" => folders::contents,
        "PhoneNumber#index" => contacts::phone_numbers,
        "ReportPreset#generate_report" => jobs::generate_report,
        _ => return None,
    })
}

/// How a field of a form is worked out.
pub(crate) fn computed(form: &ObjectInfo, resource: Resource, field: &str) -> Option<Compute> {
    let several = Resource::of_form(form).len() > 1;
    match field {
        // Clio's document: who takes part is a `User`, a `Person` or a `Company`.
        "type" if several && form.name.contains("Participant") && resource == contacts::CONTACT.resource => {
            return Some(|_, _, contact| contact.get(contacts::CONTACT.r#type).clone());
        }
        "type" if several => return Some(|_, resource, _| Value::Word(resource.name())),
        "identifier" if several => return Some(identifier),
        "name" if several && resource.slot("name").is_none() => return Some(identifier),
        _ => {}
    }
    of(resource).computed(field)
}

/// What a person knows the record by.
fn identifier(view: View<'_>, resource: Resource, record: &Record) -> Value {
    let names = ["display_number", "name", "number", "subject", "summary", "filename", "description", "note"];
    let found = names.iter().map(|name| value(view, resource, record, name));
    found.into_iter().find(|value| value.as_str().is_some()).unwrap_or_default()
}

/// A field of a record, whether kept or worked out.
pub(crate) fn value(view: View<'_>, resource: Resource, record: &Record, field: &str) -> Value {
    if let Some(compute) = of(resource).computed(field) {
        return compute(view, resource, record);
    }
    match field {
        "id" => Value::Whole(record.id),
        "created_at" => Value::Moment(record.stamp.created),
        "updated_at" => Value::Moment(record.stamp.updated),
        _ => resource.slot(field).map_or(Value::Null, |slot| record.get(slot).clone()),
    }
}

/// The text that `query` searches.
pub(crate) fn searched(view: View<'_>, resource: Resource, record: &Record) -> String {
    of(resource).searched(view, record).unwrap_or_else(|| {
        let texts = record.stored().filter_map(|(_, value)| match value {
            Value::Text(text) => Some(&**text),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    })
}
