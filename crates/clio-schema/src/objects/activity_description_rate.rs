//! `ActivityDescriptionRate`: its forms, their tables, and one marker a field.

#![allow(non_camel_case_types, reason = "a marker is spelled as the field is")]

use crate::{Field, FieldInfo, Has, Kind, Object, ObjectInfo, kind};

/// `ActivityDescriptionRate` as it nests inside another object: its own fields, no associations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActivityDescriptionRateBase;

impl Object for ActivityDescriptionRateBase {
    const INFO: &'static ObjectInfo = &ACTIVITY_DESCRIPTION_RATE_BASE;
}

/// The table of [`ActivityDescriptionRateBase`], for work at run time.
pub static ACTIVITY_DESCRIPTION_RATE_BASE: ObjectInfo = ObjectInfo {
    name: "ActivityDescriptionRateBase",
    fields: &[
        FieldInfo { name: "amount", kind: Kind::Money },
        FieldInfo {
            name: "hierarchy",
            kind: Kind::Choice(&["Default", "Activity", "Matter", "Client", "Rate Table"]),
        },
        FieldInfo { name: "non_billable_amount", kind: Kind::Money },
        FieldInfo { name: "rate_table_category_name", kind: Kind::Text },
        FieldInfo { name: "rate_table_name", kind: Kind::Text },
        FieldInfo { name: "type", kind: Kind::Choice(&["User", "FlatRate", "Custom"]) },
    ],
};

/// `amount`: an amount of money, exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct amount;
impl Field for amount {
    type Kind = kind::Money;
    const NAME: &'static str = "amount";
}
impl Has<amount> for ActivityDescriptionRateBase {}

/// `hierarchy`: one of `Default`, `Activity`, `Matter`, `Client`, `Rate Table`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct hierarchy;
impl Field for hierarchy {
    type Kind = kind::Choice;
    const NAME: &'static str = "hierarchy";
}
impl Has<hierarchy> for ActivityDescriptionRateBase {}

/// `non_billable_amount`: an amount of money, exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct non_billable_amount;
impl Field for non_billable_amount {
    type Kind = kind::Money;
    const NAME: &'static str = "non_billable_amount";
}
impl Has<non_billable_amount> for ActivityDescriptionRateBase {}

/// `rate_table_category_name`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct rate_table_category_name;
impl Field for rate_table_category_name {
    type Kind = kind::Text;
    const NAME: &'static str = "rate_table_category_name";
}
impl Has<rate_table_category_name> for ActivityDescriptionRateBase {}

/// `rate_table_name`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct rate_table_name;
impl Field for rate_table_name {
    type Kind = kind::Text;
    const NAME: &'static str = "rate_table_name";
}
impl Has<rate_table_name> for ActivityDescriptionRateBase {}

/// `type`: one of `User`, `FlatRate`, `Custom`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct r#type;
impl Field for r#type {
    type Kind = kind::Choice;
    const NAME: &'static str = "type";
}
impl Has<r#type> for ActivityDescriptionRateBase {}
