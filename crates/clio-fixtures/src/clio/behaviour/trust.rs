//! Trust requests, which are bills of a kind of their own, and money that is protected.

use bytes::Bytes;
use clio_core::schema::OperationInfo;
use http::Response;
use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::{
    Behaviour, bill_making,
    bill_states::{LOCKED, is_open},
    bills::BILL,
    contacts::CONTACT,
    matters::MATTER,
    money::cents,
    users::USER,
};
use crate::clio::{
    access::Access,
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::{Rows, Write, decimal, list},
    store::{Record, Resource, Value, handles},
};

handles!(TRUST_LINE: TrustLineItem = trust_line_item { bill, client, date, matter, note, total });
handles!(PROTECTED: MatterProtectedFund = matter_protected_fund { matter_id });

pub(crate) struct TrustLineItems;

impl Behaviour for TrustLineItems {
    fn resource(&self) -> Option<Resource> {
        Some(TRUST_LINE.resource)
    }

    /// As with other line items: they change while the bill can be changed. Nobody says so of these.
    fn complete(&self, firm: &mut Firm, record: &mut Record, _write: &Write<'_>) -> Result<(), Refusal> {
        let bill = record.get(TRUST_LINE.bill).link().and_then(|id| firm.get(BILL.resource, id));
        let open = |bill: &Record| is_open(firm, bill) || bill.get(BILL.state).as_str() == Some("deleted");
        if !bill.is_none_or(open) {
            return Err(Refusal::unprocessable(LOCKED));
        }
        Ok(())
    }
}

pub(crate) struct TrustRequests;

impl Behaviour for TrustRequests {
    fn resource(&self) -> Option<Resource> {
        Resource::named("TrustRequest")
    }

    fn complete(&self, firm: &mut Firm, _record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        let client = write.data.get("client_id").and_then(Json::as_i64).unwrap_or(0);
        if firm.get(CONTACT.resource, client).is_none() {
            return Err(Refusal::unknown_reference(firm, &format!("Contact {client}")));
        }
        for (matter, _, _) in of_matters(write) {
            if firm.get(MATTER.resource, matter).is_none() {
                return Err(Refusal::unknown_reference(firm, &format!("Matter {matter}")));
            }
        }
        Ok(())
    }

    /// The request becomes a bill of the kind `trust_kind` with a trust line item for each matter, or one for the client. It
    /// awaits payment when it is approved at once (Clio's document has the words; that they go together so is our reading).
    fn written(&self, firm: &mut Firm, _id: i64, write: &Write<'_>) {
        let day = |name| write.text(name).and_then(|text| text.get(..10)?.parse::<chrono::NaiveDate>().ok());
        let (issued, due) = (day("issue_date"), day("due_date"));
        let client = write.data.get("client_id").and_then(Json::as_i64).unwrap_or(0);
        let total = write.data.get("trust_amount").and_then(decimal).unwrap_or_default();
        let note = write.text("note").unwrap_or_default().to_owned();
        let of_matters =
            if write.text("trust_type") == Some("matter") { of_matters(write) } else { Vec::new() };
        let number = bill_making::number(firm);
        let matters: Box<[i64]> = of_matters.iter().map(|(id, _, _)| *id).collect();
        let bill = firm.make(BILL.resource, write.now, write.by, |bill| {
            let state = if write.flag("approved") { "awaiting_payment" } else { "draft" };
            let kind = if matters.is_empty() { "ClientBill" } else { "MatterBill" };
            bill.set(BILL.kind, Value::Word("trust_kind"));
            bill.set(BILL.r#type, Value::Word(kind));
            bill.set(BILL.state, Value::Word(state));
            bill.set(BILL.number, number);
            bill.set(BILL.client, Value::Link(CONTACT.resource, client));
            bill.set(BILL.matters, Value::Links(MATTER.resource, matters));
            bill.set(BILL.issued_at, issued);
            bill.set(BILL.due_at, due);
            bill.set(BILL.user, Value::Link(USER.resource, write.user));
        });
        bill_making::in_the_firms_currency(firm, bill, write.now, write.by);
        let mut lines: Vec<(Option<i64>, String, Decimal)> =
            of_matters.into_iter().map(|(id, note, amount)| (Some(id), note, amount)).collect();
        if lines.is_empty() {
            lines.push((None, note, total));
        }
        for (matter, note, amount) in lines {
            firm.make(TRUST_LINE.resource, write.now, write.by, |line| {
                line.set(TRUST_LINE.bill, Value::Link(BILL.resource, bill));
                line.set(TRUST_LINE.client, Value::Link(CONTACT.resource, client));
                line.set(TRUST_LINE.matter, matter.map(|id| Value::Link(MATTER.resource, id)));
                line.set(TRUST_LINE.date, issued);
                line.set(TRUST_LINE.note, note);
                line.set(TRUST_LINE.total, cents(amount));
            });
        }
    }
}

/// Each matter of a request: its id, its note and its amount.
fn of_matters(write: &Write<'_>) -> Vec<(i64, String, Decimal)> {
    let items = write.data.get("matter").and_then(Json::as_array);
    let read = |item: &Json| {
        let note = item.get("note").and_then(Json::as_str).unwrap_or_default().to_owned();
        let amount = item.get("trust_amount").and_then(decimal).unwrap_or_default();
        Some((item.get("id")?.as_i64()?, note, amount))
    };
    items.into_iter().flatten().filter_map(read).collect()
}

/// `GET /matters/{id}/protected_funds`: those of the matter.
pub(crate) fn of_matter(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    let id = ids.first().copied().unwrap_or(0);
    let matter = firm.get(MATTER.resource, id).filter(|matter| access.sees(firm, MATTER.resource, matter));
    if matter.is_none() {
        return Err(Refusal::not_found(&format!("Matter {id}")));
    }
    let mine = |one: &&Record| one.get(PROTECTED.matter_id).as_whole() == Some(id);
    let rows = Rows::Made(firm.table(PROTECTED.resource).values().filter(mine).cloned().collect());
    list(View { firm, access, now: ask.now }, ask, operation, PROTECTED.resource, &rows)
}
