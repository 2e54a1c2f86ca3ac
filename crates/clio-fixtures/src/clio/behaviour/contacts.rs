//! Contacts: people and companies.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_core::schema::{ObjectInfo, OperationInfo, objects};
use http::Response;
use serde_json::{Map, Value as Json};

use super::{
    Behaviour, Compute, activities, bank,
    custom_fields::{check_values, write_values},
    folders,
    matters::MATTER,
};
use crate::clio::{
    access::Access,
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::{Rows, Test, Write, list, show},
    records::Origin,
    store::{Part, Record, Resource, Value, handles},
};

handles!(CONTACT: Contact = contact {
    addresses,
    clio_connect_email,
    custom_field_values,
    email_addresses,
    first_name,
    last_name,
    middle_name,
    name,
    payment_profile,
    phone_numbers,
    r#type,
    web_sites,
});
handles!(RELATIONSHIP: Relationship = relationship { contact, description, matter });

/// Version 4.0.13 refuses more than 20 e-mail addresses, phone numbers or addresses with 422 (Clio's changelog).
const MOST_OF_EACH: usize = 20;

pub(crate) struct Contacts;

impl Behaviour for Contacts {
    fn resource(&self) -> Option<Resource> {
        Some(CONTACT.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        Some(match field {
            "account_balances" => bank::balances_of,
            "name" => |_, _, contact| Value::from(name(contact)),
            "folder" => folders::home,
            "initials" => |_, _, contact| {
                let name = name(contact);
                let initials = name.split_whitespace().filter_map(|word| word.chars().next());
                Value::from(initials.take(3).collect::<String>())
            },
            "is_client" => |view, _, contact| Value::Bool(is_client(view.firm, contact.id)),
            "primary_email_address" => |_, _, contact| primary(contact, CONTACT.email_addresses, "address"),
            "primary_phone_number" => |_, _, contact| primary(contact, CONTACT.phone_numbers, "number"),
            "primary_address" => |_, _, contact| first(contact, CONTACT.addresses, 0),
            "primary_web_site" => |_, _, contact| first(contact, CONTACT.web_sites, 0),
            "secondary_web_site" => |_, _, contact| first(contact, CONTACT.web_sites, 1),
            "secondary_address" => |_, _, contact| first(contact, CONTACT.addresses, 1),
            _ => return None,
        })
    }

    /// The document calls `name` required of everybody; in use it is of companies, and of people one of two names.
    fn requires(&self, member: &str, data: &Map<String, Json>) -> bool {
        member != "name" || data.get("type").is_some_and(|kind| kind == "Company")
    }

    fn complete(&self, firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        let person = record.get(CONTACT.r#type).as_str() == Some("Person");
        let empty = |slot| record.get(slot).as_str().is_none_or(|text| text.trim().is_empty());
        if person && empty(CONTACT.first_name) && empty(CONTACT.last_name) {
            return Err(Refusal::unprocessable("At least one of first name or last name must be provided"));
        }
        for (slot, what) in [
            (CONTACT.email_addresses, "email addresses"),
            (CONTACT.phone_numbers, "phone numbers"),
            (CONTACT.addresses, "addresses"),
        ] {
            if record.get(slot).parts().len() > MOST_OF_EACH {
                return Err(Refusal::unprocessable(&format!("a contact has at most {MOST_OF_EACH} {what}")));
            }
        }
        choose_primary(record, CONTACT.email_addresses, "default_email");
        choose_primary(record, CONTACT.phone_numbers, "default_number");
        choose_primary(record, CONTACT.addresses, "primary");
        check_values(
            firm,
            write.old.map_or(Value::null(), |old| old.get(CONTACT.custom_field_values)),
            write,
        )?;
        // The generic part took the values for parts: they are records.
        record.set(
            CONTACT.custom_field_values,
            write.old.map_or(Value::Null, |old| old.get(CONTACT.custom_field_values).clone()),
        );
        Ok(())
    }

    fn written(&self, firm: &mut Firm, id: i64, write: &Write<'_>) {
        write_values(firm, CONTACT.resource, id, CONTACT.custom_field_values, write);
    }

    /// A client of a matter: 422. With open bills: 409. As users report. (They
    /// report 422 for unbilled activities too: those are of a matter, whose client the contact then is.)
    fn delete(
        &self,
        firm: &mut Firm,
        record: &Record,
        now: DateTime<Utc>,
        by: &Origin,
    ) -> Result<(), Refusal> {
        if activities::owes_bills(firm, record.id) {
            return Err(Refusal::new(http::StatusCode::CONFLICT, "ConflictError", "Client has open bills"));
        }
        if is_client(firm, record.id) {
            return Err(Refusal::unprocessable("the contact is the client of a matter"));
        }
        firm.tables.remove(CONTACT.resource, record.id, now, by);
        Ok(())
    }

    fn filters(&self) -> &'static [&'static str] {
        &["client_only", "clio_connect_only", "email_only", "initial"]
    }

    fn filter(&self, _view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
        if parameter == "initial" {
            let initial = value.to_lowercase();
            return Some(Box::new(move |_, contact| name(contact).to_lowercase().starts_with(&initial)));
        }
        if !value.parse::<bool>().ok()? {
            return Some(Box::new(|_, _| true));
        }
        Some(match parameter {
            "client_only" => Box::new(|view, contact| is_client(view.firm, contact.id)),
            "clio_connect_only" => Box::new(|_, contact| !contact.get(CONTACT.clio_connect_email).is_null()),
            _ => Box::new(|_, contact| !contact.get(CONTACT.email_addresses).parts().is_empty()),
        })
    }

    fn searched(&self, _view: View<'_>, contact: &Record) -> Option<String> {
        let mut text = name(contact);
        for (slot, member) in [(CONTACT.email_addresses, "address"), (CONTACT.phone_numbers, "number")] {
            for part in contact.get(slot).parts() {
                text.push('\n');
                text.push_str(part.get(member).as_str().unwrap_or_default());
            }
        }
        Some(text)
    }
}

/// Of a company its name, of a person all names.
pub(crate) fn name(contact: &Record) -> String {
    if contact.get(CONTACT.r#type).as_str() == Some("Company") {
        return contact.get(CONTACT.name).as_str().unwrap_or_default().to_owned();
    }
    let names = [CONTACT.first_name, CONTACT.middle_name, CONTACT.last_name];
    let names: Vec<_> = names.iter().filter_map(|slot| contact.get(*slot).as_str()).collect();
    if names.is_empty() {
        contact.get(CONTACT.name).as_str().unwrap_or_default().to_owned()
    } else {
        names.join(" ")
    }
}

fn is_client(firm: &Firm, contact: i64) -> bool {
    firm.table(MATTER.resource).values().any(|matter| matter.get(MATTER.client).link() == Some(contact))
}

/// Marks one of the addresses as the primary one: the newest that was sent as the default, else the one that is, else the
/// first.
fn choose_primary(record: &mut Record, slot: u16, default: &str) {
    let mut parts = record.get(slot).parts().to_vec();
    let wanted = parts.iter().rposition(|part| part.get(default).is_true());
    let wanted = wanted.or_else(|| parts.iter().position(|part| part.get("primary").is_true())).unwrap_or(0);
    for (at, part) in parts.iter_mut().enumerate() {
        part.set("primary", Value::Bool(at == wanted));
    }
    if !parts.is_empty() {
        record.set(slot, Value::Parts(parts));
    }
}

/// The text of the primary one.
fn primary(contact: &Record, slot: u16, member: &str) -> Value {
    let parts = contact.get(slot).parts();
    let chosen = parts.iter().find(|part| part.get("primary").is_true()).or(parts.first());
    chosen.map_or(Value::Null, |part| part.get(member).clone())
}

fn first(contact: &Record, slot: u16, at: usize) -> Value {
    contact.get(slot).parts().get(at).map_or(Value::Null, |part| Value::Part(Box::new(part.clone())))
}

/// The contact in another form, whose fields are those of the contact and a few of its own.
fn as_form(view: View<'_>, form: Resource, contact: &Record) -> Record {
    let mut made = Record::new(contact.id, contact.stamp.created, contact.origin.clone());
    made.stamp = contact.stamp;
    for field in form.info().fields {
        if let Some(slot) = form.slot(field.name) {
            made.set(slot, super::value(view, CONTACT.resource, contact, field.name));
        }
    }
    let at = |name: &str| form.slot(name).unwrap_or(u16::MAX);
    made.set(at("contact_id"), contact.id);
    made.set(at("contact_created_at"), contact.stamp.created);
    made.set(at("contact_updated_at"), contact.stamp.updated);
    made
}

fn matter_of<'a>(firm: &'a Firm, access: &Access, ids: &[i64]) -> Result<&'a Record, Refusal> {
    let id = ids.first().copied().unwrap_or(0);
    let matter = firm.get(MATTER.resource, id).filter(|matter| access.sees(firm, MATTER.resource, matter));
    matter.ok_or_else(|| Refusal::not_found(&format!("Matter {id}")))
}

/// `GET /matters/{matter_id}/client`. It takes the permission of matters and of contacts (Clio's page on permissions).
pub(crate) fn client_of_matter(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    access.allows(CONTACT.resource, false)?;
    let view = View { firm, access, now: ask.now };
    let matter = matter_of(firm, access, ids)?;
    let client = matter.get(MATTER.client).link().and_then(|id| firm.get(CONTACT.resource, id));
    let client = client.ok_or_else(|| Refusal::not_found("Client"))?;
    let form = Resource::named(objects::CLIENT.name).unwrap_or(Resource::NONE);
    let mut made = as_form(view, form, client);
    made.set(form.slot("is_matter_client").unwrap_or(u16::MAX), true);
    show(view, ask, operation, form, &made)
}

/// `GET /matters/{matter_id}/contacts`: the client, and whoever has a relationship with the matter.
pub(crate) fn of_matter(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    contacts_of(firm, access, ask, operation, ids, true)
}

/// `GET /matters/{matter_id}/related_contacts`: whoever has a relationship with the matter.
pub(crate) fn related(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    contacts_of(firm, access, ask, operation, ids, false)
}

fn contacts_of(
    firm: &Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    ids: &[i64],
    with_client: bool,
) -> Result<Response<Bytes>, Refusal> {
    access.allows(CONTACT.resource, false)?;
    let view = View { firm, access, now: ask.now };
    let matter = matter_of(firm, access, ids)?;
    let form = Resource::named(operation.object.name).unwrap_or(Resource::NONE);
    let at = |name: &str| form.slot(name).unwrap_or(u16::MAX);
    let client = matter.get(MATTER.client).link();
    let mut made: Vec<Record> = Vec::new();
    if let Some(contact) = client.filter(|_| with_client).and_then(|id| firm.get(CONTACT.resource, id)) {
        made.push(as_form(view, form, contact));
    }
    for relationship in firm.table(RELATIONSHIP.resource).values() {
        if relationship.get(RELATIONSHIP.matter).link() != Some(matter.id) {
            continue;
        }
        let contact = relationship.get(RELATIONSHIP.contact).link();
        let Some(contact) = contact.and_then(|id| firm.get(CONTACT.resource, id)) else { continue };
        let known = made.iter_mut().find(|record| record.id == contact.id);
        let mut record = known.map_or_else(|| as_form(view, form, contact), |record| record.clone());
        record.set(at("relationship"), Value::Link(RELATIONSHIP.resource, relationship.id));
        record.set(at("description"), relationship.get(RELATIONSHIP.description).clone());
        record.set(at("relationship_name"), relationship.get(RELATIONSHIP.description).clone());
        made.retain(|other| other.id != record.id);
        made.push(record);
    }
    for record in &mut made {
        record.set(at("is_client"), client == Some(record.id));
        record.set(at("is_matter_client"), client == Some(record.id));
        record.set(at("matter_id"), matter.id);
        record.set(at("matter_number"), matter.get(MATTER.display_number).clone());
    }
    made.sort_by_key(|record| record.id);
    list(view, ask, operation, form, &Rows::Made(made))
}

/// `GET /contacts/{contact_id}/email_addresses`.
pub(crate) fn email_addresses(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    parts_of(firm, access, ask, operation, ids, &objects::EMAIL_ADDRESS, CONTACT.email_addresses)
}

/// `GET /contacts/{contact_id}/phone_numbers`.
pub(crate) fn phone_numbers(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    parts_of(firm, access, ask, operation, ids, &objects::PHONE_NUMBER, CONTACT.phone_numbers)
}

fn parts_of(
    firm: &Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    ids: &[i64],
    form: &ObjectInfo,
    slot: u16,
) -> Result<Response<Bytes>, Refusal> {
    access.allows(CONTACT.resource, false)?;
    let form = Resource::named(form.name).unwrap_or(Resource::NONE);
    let id = ids.first().copied().unwrap_or(0);
    let contact = firm.get(CONTACT.resource, id);
    let contact = contact.ok_or_else(|| Refusal::not_found(&format!("Contact {id}")))?;
    let made = contact.get(slot).parts().iter().map(|part| record_of(form, part, contact));
    let mut made: Vec<_> = made.collect();
    made.sort_by_key(|record| record.id);
    list(View { firm, access, now: ask.now }, ask, operation, form, &Rows::Made(made))
}

fn record_of(form: Resource, part: &Part, contact: &Record) -> Record {
    let mut made = Record::new(part.id().unwrap_or(0), contact.stamp.created, contact.origin.clone());
    for field in form.info().fields {
        if let Some(slot) = form.slot(field.name) {
            made.set(slot, part.get(field.name).clone());
        }
    }
    made
}
