//! What was written and said before the world began.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clio::{
    behaviour::{communications::COMMUNICATION, contacts::CONTACT, matters::MATTER, users::USER},
    firm::Firm,
    records::Origin,
    store::{Record, Value},
};

/// Subjects and texts.
const LETTERS: &[(&str, &str)] = &[
    ("Documents for signature", "Please find the papers attached. Two of the pages need your initials."),
    ("Meeting on Thursday", "Half past ten suits us. Bring the correspondence with the other side."),
    ("Your question about costs", "The next bill goes out at the end of the month and covers the hearing."),
    ("Answer of the other side", "They offer to settle. We advise not to accept before the report is in."),
    ("Date of the hearing", "The court has moved the hearing by two weeks. Nothing else changes."),
];

/// So many e-mails and calls.
pub(super) fn letters(firm: &mut Firm, count: usize, now: DateTime<Utc>) {
    let ids = |resource| firm.table(resource).keys().copied().collect::<Vec<_>>();
    let (matters, users) = (ids(MATTER.resource), ids(USER.resource));
    for _ in 0..count {
        letter(firm, &matters, &users, now);
    }
}

/// One between a user and the client of a matter, some day of the last sixty.
fn letter(firm: &mut Firm, matters: &[i64], users: &[i64], now: DateTime<Utc>) {
    let matter = firm.random.pick(matters).copied();
    let user = firm.random.pick(users).copied().unwrap_or(0);
    let client = matter.and_then(|id| firm.get(MATTER.resource, id)?.get(MATTER.client).link());
    let by_phone = firm.random.below(4) == 0;
    let (subject, body) = firm.random.pick(LETTERS).copied().unwrap_or_default();
    let minutes = i64::try_from(1 + firm.random.below(60 * 24 * 60)).unwrap_or(1);
    let at = now.checked_sub_signed(TimeDelta::minutes(minutes)).unwrap_or(now);
    let ours = Value::List(vec![Value::Link(USER.resource, user)]);
    let theirs = Value::List(client.map(|id| Value::Link(CONTACT.resource, id)).into_iter().collect());
    let (from, to) = if firm.random.below(2) == 0 { (ours, theirs) } else { (theirs, ours) };
    let mut record = Record::new(firm.next_id(), at, Origin::Seed);
    let kind = if by_phone { "PhoneCommunication" } else { "EmailCommunication" };
    record.set(COMMUNICATION.r#type, Value::Word(kind));
    record.set(COMMUNICATION.subject, subject);
    record.set(COMMUNICATION.body, body);
    record.set(COMMUNICATION.senders, from);
    record.set(COMMUNICATION.receivers, to);
    record.set(COMMUNICATION.matter, matter.map(|id| Value::Link(MATTER.resource, id)));
    record.set(COMMUNICATION.received_at, at);
    record.set(COMMUNICATION.date, at.date_naive());
    record.set(COMMUNICATION.user, Value::Link(USER.resource, user));
    firm.tables.seed(COMMUNICATION.resource, record);
}
