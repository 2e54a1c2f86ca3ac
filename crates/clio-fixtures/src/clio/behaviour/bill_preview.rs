//! A bill as a page.

use std::fmt::Write as _;

use bytes::Bytes;
use clio_core::schema::OperationInfo;
use http::{HeaderValue, Response, StatusCode, header};
use rust_decimal::Decimal;

use super::{
    activities::{self, ACTIVITY},
    bill_totals::{lines, totals, trust_lines},
    bills::{self, BILL},
    contacts,
    line_items::{self, LINE},
    matters::MATTER,
    trust::TRUST_LINE,
};
use crate::clio::{
    access::Access,
    ask::{Ask, Refusal},
    firm::Firm,
    store::Record,
};

/// What stands at the head of every page: it needs nothing from elsewhere (Clio's document).
const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><style>\
body{font:14px sans-serif;margin:2em}table{border-collapse:collapse;width:100%}\
td,th{border-bottom:1px solid #ccc;padding:4px;text-align:left;vertical-align:top}\
.amount{text-align:right}</style>";

/// `GET /bills/{id}/preview`: HTML, whatever the path says. Who takes nothing but JSON is answered 406 (users report).
pub(crate) fn preview(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    _operation: &'static OperationInfo,
    ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    let id = ids.first().copied().unwrap_or(0);
    let bill = firm.get(BILL.resource, id);
    let seen = |bill: &&Record| bills::matters(firm, bill).all(|one| access.sees(firm, MATTER.resource, one));
    let bill = bill.filter(seen).ok_or_else(|| Refusal::not_found(&format!("Bill {id}")))?;
    let accept = ask.header("accept").unwrap_or("*/*");
    if !["*/*", "text/*", "html"].iter().any(|kind| accept.contains(kind)) {
        let status = StatusCode::NOT_ACCEPTABLE;
        return Err(Refusal::new(status, "InvalidFormatError", "a preview is HTML"));
    }
    let mut response = Response::new(Bytes::from(page(firm, bill)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    Ok(response)
}

fn page(firm: &Firm, bill: &Record) -> String {
    let text = |slot| escaped(bill.get(slot).as_str().unwrap_or_default());
    let day = |slot| bill.get(slot).as_date().map(|day| day.to_string()).unwrap_or_default();
    let number = text(BILL.number);
    let client = escaped(&bills::client(firm, bill).map(contacts::name).unwrap_or_default());
    let mut html = format!(
        "{HEAD}<title>Bill {number}</title></head><body>\n<h1>Bill {number}</h1>\n<p>{client}</p>\n\
         <p>{}</p>\n<p>Issued {}, due {}</p>\n<table>\n\
         <tr><th>Date</th><th>Description</th><th class=\"amount\">Quantity</th><th class=\"amount\">Rate</th>\
         <th class=\"amount\">Total</th></tr>\n",
        text(BILL.subject),
        day(BILL.issued_at),
        day(BILL.due_at),
    );
    for line in lines(firm, bill.id) {
        row(&mut html, firm, bill, line);
    }
    for line in trust_lines(firm, bill.id) {
        let note = line.get(TRUST_LINE.note).as_str().unwrap_or_default();
        let total = line.get(TRUST_LINE.total).as_decimal().unwrap_or_default();
        cells(&mut html, &date_of(line.get(TRUST_LINE.date)), &paragraphs(note), "", "", total);
    }
    html.push_str("</table>\n<table>\n");
    let totals = totals(firm, bill);
    for (name, amount, always) in [
        ("Subtotal", totals.all.sub_total, true),
        ("Tax", totals.all.tax, false),
        ("Secondary tax", totals.all.secondary_tax, false),
        ("Interest", totals.interest, false),
        ("Discount", -totals.discount, false),
        ("Total", totals.due(), true),
        ("Payments", -totals.paid, false),
        ("Credits", -totals.credits, false),
        ("Balance due", totals.balance(), true),
    ] {
        if always || !amount.is_zero() {
            let amount = money(amount);
            let _ = writeln!(html, "<tr><th>{name}</th><td class=\"amount\">{amount}</td></tr>");
        }
    }
    html.push_str("</table>\n</body></html>\n");
    html
}

fn row(html: &mut String, firm: &Firm, bill: &Record, line: &Record) {
    let number = |slot| line.get(slot).as_decimal().unwrap_or_default();
    let name = line.get(LINE.description).as_str();
    let name = name.map(|name| format!("<strong>{}</strong>\n", escaped(name))).unwrap_or_default();
    let text = format!("{name}{}", paragraphs(line.get(LINE.note).as_str().unwrap_or_default()));
    let activity = line.get(LINE.activity).link().and_then(|id| firm.get(ACTIVITY.resource, id));
    let unit =
        if activity.is_some_and(|one| activities::is_time(one) && !one.get(ACTIVITY.flat_rate).is_true()) {
            " h"
        } else {
            ""
        };
    let quantity = format!("{}{unit}", number(LINE.quantity).round_dp(2).normalize());
    // Taxes are below, together: a row shows what the work costs.
    let net = line_items::amounts(firm, bill, line).net();
    cells(html, &date_of(line.get(LINE.date)), &text, &quantity, &money(number(LINE.price)), net);
}

fn cells(html: &mut String, date: &str, text: &str, quantity: &str, price: &str, total: Decimal) {
    let total = money(total);
    let _ = writeln!(
        html,
        "<tr><td>{date}</td><td>{text}</td><td class=\"amount\">{quantity}</td><td class=\"amount\">{price}</td>\
         <td class=\"amount\">{total}</td></tr>"
    );
}

fn date_of(value: &crate::clio::store::Value) -> String {
    value.as_date().map(|day| day.to_string()).unwrap_or_default()
}

/// A note as HTML: lines that begin with a bullet become a list, others paragraphs. How Clio lays notes out is not said.
fn paragraphs(note: &str) -> String {
    let mut html = String::new();
    let mut in_list = false;
    for line in note.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let bullet = ["- ", "* ", "• "].iter().find_map(|mark| line.strip_prefix(mark));
        if bullet.is_some() != in_list {
            html.push_str(if in_list { "</ul>" } else { "<ul>" });
            in_list = !in_list;
        }
        let tag = if in_list { "li" } else { "p" };
        let _ = write!(html, "<{tag}>{}</{tag}>", escaped(bullet.unwrap_or(line)));
    }
    if in_list {
        html.push_str("</ul>");
    }
    html
}

/// `1,234.50`.
fn money(amount: Decimal) -> String {
    let text = format!("{:.2}", amount.abs());
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if amount.is_sign_negative() && !amount.is_zero() { "-" } else { "" };
    format!("{sign}{grouped}.{cents}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
