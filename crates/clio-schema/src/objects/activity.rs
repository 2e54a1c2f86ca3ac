//! `Activity`: its forms, their tables, and one marker a field.

#![allow(non_camel_case_types, reason = "a marker is spelled as the field is")]

use crate::{Field, FieldInfo, Has, Kind, Object, ObjectInfo, kind};

/// `Activity` as its own operations answer it: its own fields and its associations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity;

impl Object for Activity {
    const INFO: &'static ObjectInfo = &ACTIVITY;
}

/// `Activity` as it nests inside another object: its own fields, no associations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActivityBase;

impl Object for ActivityBase {
    const INFO: &'static ObjectInfo = &ACTIVITY_BASE;
}

/// The table of [`Activity`], for work at run time.
pub static ACTIVITY: ObjectInfo = ObjectInfo {
    name: "Activity",
    fields: &[
        FieldInfo {
            name: "activity_description",
            kind: Kind::Object(&crate::objects::ACTIVITY_DESCRIPTION_BASE),
        },
        FieldInfo { name: "billed", kind: Kind::Boolean },
        FieldInfo { name: "contingency_fee", kind: Kind::Boolean },
        FieldInfo { name: "created_at", kind: Kind::DateTime },
        FieldInfo { name: "date", kind: Kind::Date },
        FieldInfo { name: "etag", kind: Kind::Text },
        FieldInfo { name: "flat_rate", kind: Kind::Boolean },
        FieldInfo { name: "id", kind: Kind::Id },
        FieldInfo { name: "matter", kind: Kind::Object(&crate::objects::MATTER_BASE) },
        FieldInfo { name: "no_charge", kind: Kind::Boolean },
        FieldInfo { name: "non_billable", kind: Kind::Boolean },
        FieldInfo { name: "non_billable_total", kind: Kind::Money },
        FieldInfo { name: "note", kind: Kind::Text },
        FieldInfo { name: "on_bill", kind: Kind::Boolean },
        FieldInfo { name: "price", kind: Kind::Money },
        FieldInfo { name: "quantity", kind: Kind::Number },
        FieldInfo { name: "quantity_in_hours", kind: Kind::Number },
        FieldInfo { name: "quantity_redacted", kind: Kind::Boolean },
        FieldInfo { name: "reference", kind: Kind::Text },
        FieldInfo { name: "rounded_quantity", kind: Kind::Number },
        FieldInfo { name: "rounded_quantity_in_hours", kind: Kind::Number },
        FieldInfo {
            name: "tax_setting",
            kind: Kind::Choice(&["no_tax", "tax_1_only", "tax_2_only", "tax_1_and_tax_2"]),
        },
        FieldInfo { name: "total", kind: Kind::Money },
        FieldInfo {
            name: "type",
            kind: Kind::Choice(&["TimeEntry", "ExpenseEntry", "HardCostEntry", "SoftCostEntry"]),
        },
        FieldInfo { name: "updated_at", kind: Kind::DateTime },
        FieldInfo { name: "user", kind: Kind::Object(&crate::objects::USER_BASE) },
        FieldInfo { name: "vendor", kind: Kind::Object(&crate::objects::CONTACT_BASE) },
    ],
};

/// The table of [`ActivityBase`], for work at run time.
pub static ACTIVITY_BASE: ObjectInfo = ObjectInfo {
    name: "ActivityBase",
    fields: &[
        FieldInfo { name: "billed", kind: Kind::Boolean },
        FieldInfo { name: "contingency_fee", kind: Kind::Boolean },
        FieldInfo { name: "created_at", kind: Kind::DateTime },
        FieldInfo { name: "date", kind: Kind::Date },
        FieldInfo { name: "etag", kind: Kind::Text },
        FieldInfo { name: "flat_rate", kind: Kind::Boolean },
        FieldInfo { name: "id", kind: Kind::Id },
        FieldInfo { name: "no_charge", kind: Kind::Boolean },
        FieldInfo { name: "non_billable", kind: Kind::Boolean },
        FieldInfo { name: "non_billable_total", kind: Kind::Money },
        FieldInfo { name: "note", kind: Kind::Text },
        FieldInfo { name: "on_bill", kind: Kind::Boolean },
        FieldInfo { name: "price", kind: Kind::Money },
        FieldInfo { name: "quantity", kind: Kind::Number },
        FieldInfo { name: "quantity_in_hours", kind: Kind::Number },
        FieldInfo { name: "quantity_redacted", kind: Kind::Boolean },
        FieldInfo { name: "reference", kind: Kind::Text },
        FieldInfo { name: "rounded_quantity", kind: Kind::Number },
        FieldInfo { name: "rounded_quantity_in_hours", kind: Kind::Number },
        FieldInfo {
            name: "tax_setting",
            kind: Kind::Choice(&["no_tax", "tax_1_only", "tax_2_only", "tax_1_and_tax_2"]),
        },
        FieldInfo { name: "total", kind: Kind::Money },
        FieldInfo {
            name: "type",
            kind: Kind::Choice(&["TimeEntry", "ExpenseEntry", "HardCostEntry", "SoftCostEntry"]),
        },
        FieldInfo { name: "updated_at", kind: Kind::DateTime },
    ],
};

/// `activity_description`: a [`ActivityDescriptionBase`](crate::objects::ActivityDescriptionBase).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct activity_description;
impl Field for activity_description {
    type Kind = kind::Object<crate::objects::ActivityDescriptionBase>;
    const NAME: &'static str = "activity_description";
}
impl Has<activity_description> for Activity {}

/// `billed`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct billed;
impl Field for billed {
    type Kind = kind::Boolean;
    const NAME: &'static str = "billed";
}
impl Has<billed> for Activity {}
impl Has<billed> for ActivityBase {}

/// `contingency_fee`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct contingency_fee;
impl Field for contingency_fee {
    type Kind = kind::Boolean;
    const NAME: &'static str = "contingency_fee";
}
impl Has<contingency_fee> for Activity {}
impl Has<contingency_fee> for ActivityBase {}

/// `created_at`: a time with offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct created_at;
impl Field for created_at {
    type Kind = kind::DateTime;
    const NAME: &'static str = "created_at";
}
impl Has<created_at> for Activity {}
impl Has<created_at> for ActivityBase {}

/// `date`: a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct date;
impl Field for date {
    type Kind = kind::Date;
    const NAME: &'static str = "date";
}
impl Has<date> for Activity {}
impl Has<date> for ActivityBase {}

/// `etag`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct etag;
impl Field for etag {
    type Kind = kind::Text;
    const NAME: &'static str = "etag";
}
impl Has<etag> for Activity {}
impl Has<etag> for ActivityBase {}

/// `flat_rate`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct flat_rate;
impl Field for flat_rate {
    type Kind = kind::Boolean;
    const NAME: &'static str = "flat_rate";
}
impl Has<flat_rate> for Activity {}
impl Has<flat_rate> for ActivityBase {}

/// `id`: an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct id;
impl Field for id {
    type Kind = kind::Id;
    const NAME: &'static str = "id";
}
impl Has<id> for Activity {}
impl Has<id> for ActivityBase {}

/// `matter`: a [`MatterBase`](crate::objects::MatterBase).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct matter;
impl Field for matter {
    type Kind = kind::Object<crate::objects::MatterBase>;
    const NAME: &'static str = "matter";
}
impl Has<matter> for Activity {}

/// `no_charge`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct no_charge;
impl Field for no_charge {
    type Kind = kind::Boolean;
    const NAME: &'static str = "no_charge";
}
impl Has<no_charge> for Activity {}
impl Has<no_charge> for ActivityBase {}

/// `non_billable`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct non_billable;
impl Field for non_billable {
    type Kind = kind::Boolean;
    const NAME: &'static str = "non_billable";
}
impl Has<non_billable> for Activity {}
impl Has<non_billable> for ActivityBase {}

/// `non_billable_total`: an amount of money, exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct non_billable_total;
impl Field for non_billable_total {
    type Kind = kind::Money;
    const NAME: &'static str = "non_billable_total";
}
impl Has<non_billable_total> for Activity {}
impl Has<non_billable_total> for ActivityBase {}

/// `note`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct note;
impl Field for note {
    type Kind = kind::Text;
    const NAME: &'static str = "note";
}
impl Has<note> for Activity {}
impl Has<note> for ActivityBase {}

/// `on_bill`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct on_bill;
impl Field for on_bill {
    type Kind = kind::Boolean;
    const NAME: &'static str = "on_bill";
}
impl Has<on_bill> for Activity {}
impl Has<on_bill> for ActivityBase {}

/// `price`: an amount of money, exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct price;
impl Field for price {
    type Kind = kind::Money;
    const NAME: &'static str = "price";
}
impl Has<price> for Activity {}
impl Has<price> for ActivityBase {}

/// `quantity`: a number, exact. Seconds for a `TimeEntry` (since version 4.0.4), a count for an expense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct quantity;
impl Field for quantity {
    type Kind = kind::Number;
    const NAME: &'static str = "quantity";
}
impl Has<quantity> for Activity {}
impl Has<quantity> for ActivityBase {}

/// `quantity_in_hours`: a number, exact. Hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct quantity_in_hours;
impl Field for quantity_in_hours {
    type Kind = kind::Number;
    const NAME: &'static str = "quantity_in_hours";
}
impl Has<quantity_in_hours> for Activity {}
impl Has<quantity_in_hours> for ActivityBase {}

/// `quantity_redacted`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct quantity_redacted;
impl Field for quantity_redacted {
    type Kind = kind::Boolean;
    const NAME: &'static str = "quantity_redacted";
}
impl Has<quantity_redacted> for Activity {}
impl Has<quantity_redacted> for ActivityBase {}

/// `reference`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct reference;
impl Field for reference {
    type Kind = kind::Text;
    const NAME: &'static str = "reference";
}
impl Has<reference> for Activity {}
impl Has<reference> for ActivityBase {}

/// `rounded_quantity`: a number, exact. As `quantity`, after the rounding of the billing settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct rounded_quantity;
impl Field for rounded_quantity {
    type Kind = kind::Number;
    const NAME: &'static str = "rounded_quantity";
}
impl Has<rounded_quantity> for Activity {}
impl Has<rounded_quantity> for ActivityBase {}

/// `rounded_quantity_in_hours`: a number, exact. Hours, rounded by the billing settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct rounded_quantity_in_hours;
impl Field for rounded_quantity_in_hours {
    type Kind = kind::Number;
    const NAME: &'static str = "rounded_quantity_in_hours";
}
impl Has<rounded_quantity_in_hours> for Activity {}
impl Has<rounded_quantity_in_hours> for ActivityBase {}

/// `tax_setting`: one of `no_tax`, `tax_1_only`, `tax_2_only`, `tax_1_and_tax_2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct tax_setting;
impl Field for tax_setting {
    type Kind = kind::Choice;
    const NAME: &'static str = "tax_setting";
}
impl Has<tax_setting> for Activity {}
impl Has<tax_setting> for ActivityBase {}

/// `total`: an amount of money, exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct total;
impl Field for total {
    type Kind = kind::Money;
    const NAME: &'static str = "total";
}
impl Has<total> for Activity {}
impl Has<total> for ActivityBase {}

/// `type`: one of `TimeEntry`, `ExpenseEntry`, `HardCostEntry`, `SoftCostEntry`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct r#type;
impl Field for r#type {
    type Kind = kind::Choice;
    const NAME: &'static str = "type";
}
impl Has<r#type> for Activity {}
impl Has<r#type> for ActivityBase {}

/// `updated_at`: a time with offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct updated_at;
impl Field for updated_at {
    type Kind = kind::DateTime;
    const NAME: &'static str = "updated_at";
}
impl Has<updated_at> for Activity {}
impl Has<updated_at> for ActivityBase {}

/// `user`: a [`UserBase`](crate::objects::UserBase).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct user;
impl Field for user {
    type Kind = kind::Object<crate::objects::UserBase>;
    const NAME: &'static str = "user";
}
impl Has<user> for Activity {}

/// `vendor`: a [`ContactBase`](crate::objects::ContactBase).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct vendor;
impl Field for vendor {
    type Kind = kind::Object<crate::objects::ContactBase>;
    const NAME: &'static str = "vendor";
}
impl Has<vendor> for Activity {}
