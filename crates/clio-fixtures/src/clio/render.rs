//! Records as the caller asked for them.

use chrono::{DateTime, SecondsFormat, Utc};
use clio_core::FieldTree;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::state::{Activity, Category, Firm, Matter, Rate, User};

/// A record, with everything that it leads to in reach.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Node<'a> {
    Activity(&'a Activity),
    Matter(&'a Matter),
    User(&'a User),
    Category(&'a Category),
    /// The category's rate.
    Rate(&'a Category),
    /// The matter's client.
    Client(&'a Matter),
    /// The firm itself.
    Account,
}

/// What a field holds.
pub(crate) enum Field<'a> {
    Value(Value),
    Node(Option<Node<'a>>),
}

impl<'a> Node<'a> {
    pub(crate) fn id(self, firm: &Firm) -> i64 {
        match self {
            Self::Activity(one) => one.id,
            Self::Matter(one) => one.id,
            Self::User(one) => one.id,
            Self::Category(one) | Self::Rate(one) => one.id,
            Self::Client(matter) => matter.client.id,
            Self::Account => firm.account,
        }
    }

    /// The record with these fields; without a list, with the ones that Clio gives unasked.
    pub(crate) fn render(self, firm: &'a Firm, tree: Option<&FieldTree>) -> Value {
        let mut object = Map::new();
        let Some(tree) = tree else {
            let names: &[&str] =
                if matches!(self, Self::Rate(_)) { &["amount", "type"] } else { &["id", "etag"] };
            for name in names {
                if let Field::Value(value) = self.field(firm, name) {
                    object.insert((*name).to_owned(), value);
                }
            }
            return Value::Object(object);
        };
        for (info, nested) in tree.iter() {
            let value = match self.field(firm, info.name) {
                Field::Value(value) => value,
                Field::Node(None) => Value::Null,
                Field::Node(Some(node)) => node.render(firm, nested),
            };
            object.insert(info.name.to_owned(), value);
        }
        Value::Object(object)
    }

    /// The plain value at `user.name` or `date`, for orders.
    pub(crate) fn at(self, firm: &'a Firm, path: &str) -> Value {
        let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
        match (self.field(firm, name), rest) {
            (Field::Value(value), _) => value,
            (Field::Node(Some(node)), Some(rest)) => node.at(firm, rest),
            (Field::Node(_), _) => Value::Null,
        }
    }

    /// A field that the tables know and the fake does not is null.
    pub(crate) fn field(self, firm: &'a Firm, name: &str) -> Field<'a> {
        match self {
            Self::Activity(one) => activity(firm, one, name),
            Self::Matter(one) => matter(firm, one, name),
            Self::User(one) => user(one, name),
            Self::Category(one) => category(one, name),
            Self::Rate(one) => Field::Value(rate(one, name)),
            Self::Client(one) => Field::Value(client(one, name)),
            Self::Account => Field::Value(match name {
                "id" => json!(firm.account),
                "etag" => json!(firm.founded.etag("Account", firm.account)),
                "name" => json!("Byron & Partners"),
                "country" => json!("US"),
                "created_at" => time(firm.founded.created),
                "updated_at" => time(firm.founded.updated),
                _ => Value::Null,
            }),
        }
    }
}

fn activity<'a>(firm: &'a Firm, one: &'a Activity, name: &str) -> Field<'a> {
    let hours = |quantity: Decimal| number((quantity / Decimal::from(3600)).round_dp(2));
    let billable = !one.non_billable && !one.no_charge;
    Field::Value(match name {
        "matter" => return Field::Node(one.matter.and_then(|id| firm.matter(id)).map(Node::Matter)),
        "user" => return Field::Node(firm.user(one.user).map(Node::User)),
        "activity_description" => {
            return Field::Node(one.category.and_then(|id| firm.category(id)).map(Node::Category));
        }
        "vendor" => return Field::Node(None),
        "display_number" => {
            json!(one.matter.and_then(|id| firm.matter(id)).map(|matter| &matter.display_number))
        }
        "id" => json!(one.id),
        "etag" => json!(one.stamp.etag("Activity", one.id)),
        "type" => json!(one.kind),
        "date" => json!(one.date.to_string()),
        "note" => json!(one.note),
        "reference" => json!(one.reference),
        "quantity" => number(one.quantity),
        "rounded_quantity" => number(one.rounded()),
        "quantity_in_hours" => hours(one.quantity),
        "rounded_quantity_in_hours" => hours(one.rounded()),
        "price" => number(one.price),
        "total" => number(if billable { one.worth() } else { Decimal::ZERO }),
        "non_billable_total" => number(if one.non_billable { one.worth() } else { Decimal::ZERO }),
        "flat_rate" => json!(one.flat_rate),
        "non_billable" => json!(one.non_billable),
        "no_charge" => json!(one.no_charge),
        "billed" | "on_bill" | "contingency_fee" | "quantity_redacted" => json!(false),
        "tax_setting" => json!("no_tax"),
        "created_at" => time(one.stamp.created),
        "updated_at" => time(one.stamp.updated),
        _ => Value::Null,
    })
}

fn matter<'a>(firm: &'a Firm, one: &'a Matter, name: &str) -> Field<'a> {
    Field::Value(match name {
        "client" => return Field::Node(Some(Node::Client(one))),
        "responsible_attorney" | "originating_attorney" | "user" => {
            return Field::Node(firm.user(one.attorney).map(Node::User));
        }
        "responsible_staff" => return Field::Node(None),
        "id" => json!(one.id),
        "etag" => json!(one.stamp.etag("Matter", one.id)),
        "number" => json!(one.number),
        "display_number" => json!(one.display_number),
        "description" => json!(one.description),
        "status" => json!(one.status),
        "client_id" => json!(one.client.id),
        "billable" => json!(true),
        "billing_method" => json!("hourly"),
        "open_date" => json!(one.opened.to_string()),
        "close_date" => json!(one.closed.map(|day| day.to_string())),
        "has_tasks" | "require_utbms_codes" | "shared" => json!(false),
        "last_activity_date" => {
            let last = firm.activities.values().filter(|a| a.matter == Some(one.id)).map(|a| a.date).max();
            json!(last.map(|day| day.to_string()))
        }
        "created_at" => time(one.stamp.created),
        "updated_at" => time(one.stamp.updated),
        _ => Value::Null,
    })
}

fn user<'a>(one: &User, name: &str) -> Field<'a> {
    Field::Value(match name {
        "account" => return Field::Node(Some(Node::Account)),
        "contact" | "default_activity_description" => return Field::Node(None),
        "id" => json!(one.id),
        "etag" => json!(one.stamp.etag("User", one.id)),
        "name" => json!(one.name()),
        "first_name" => json!(one.first),
        "last_name" => json!(one.last),
        "initials" => {
            json!([&one.first, &one.last].map(|part| part.chars().take(1).collect::<String>()).concat())
        }
        "email" => json!(one.email),
        "enabled" => json!(true),
        "account_owner" => json!(one.owner),
        "roles" => json!(if one.owner { &["Admin"][..] } else { &[] }),
        "rate" => number(one.rate),
        "subscription_type" => json!("Attorney"),
        "time_zone" => json!("America/New_York"),
        "locale" => json!("en"),
        "clio_connect" | "court_rules_default_attendee" => json!(false),
        "default_calendar_id" => json!(one.id + 1_000_000),
        "created_at" => time(one.stamp.created),
        "updated_at" => time(one.stamp.updated),
        _ => Value::Null,
    })
}

fn category<'a>(one: &'a Category, name: &str) -> Field<'a> {
    Field::Value(match name {
        "rate" => return Field::Node(Some(Node::Rate(one))),
        "id" => json!(one.id),
        "etag" => json!(one.stamp.etag("ActivityDescription", one.id)),
        "name" => json!(one.name),
        "type" => json!("ActivityDescription"),
        "accessible_to_user" => json!(true),
        "default" | "visible_to_co_counsel" => json!(false),
        "created_at" => time(one.stamp.created),
        "updated_at" => time(one.stamp.updated),
        _ => Value::Null,
    })
}

fn rate(one: &Category, name: &str) -> Value {
    match (name, &one.rate) {
        ("type", Rate::User) => json!("User"),
        ("type", Rate::Flat(_)) => json!("FlatRate"),
        ("hierarchy", Rate::User) => json!("Default"),
        ("hierarchy", Rate::Flat(_)) => json!("Activity"),
        ("amount", Rate::Flat(amount)) => number(*amount),
        _ => Value::Null,
    }
}

fn client(matter: &Matter, name: &str) -> Value {
    let one = &matter.client;
    match name {
        "id" => json!(one.id),
        "etag" => json!(matter.stamp.etag("Contact", one.id)),
        "name" => json!(format!("{} {}", one.first, one.last)),
        "first_name" => json!(one.first),
        "last_name" => json!(one.last),
        "type" => json!("Person"),
        "is_client" => json!(true),
        "created_at" => time(matter.stamp.created),
        "updated_at" => time(matter.stamp.updated),
        _ => Value::Null,
    }
}

fn time(moment: DateTime<Utc>) -> Value {
    Value::from(moment.to_rfc3339_opts(SecondsFormat::Secs, false))
}

/// A JSON number that is always written with a decimal point, as Clio writes these.
fn number(value: Decimal) -> Value {
    let text = value.normalize().to_string();
    let text = if text.contains('.') { text } else { text + ".0" };
    serde_json::from_str(&text).unwrap_or(Value::Null)
}
