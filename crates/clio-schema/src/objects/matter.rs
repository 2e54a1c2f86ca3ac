//! `Matter`: its forms, their tables, and one marker a field.

#![allow(non_camel_case_types, reason = "a marker is spelled as the field is")]

use crate::{Field, FieldInfo, Has, Kind, Object, ObjectInfo, kind};

/// `Matter` as its own operations answer it: its own fields and its associations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matter;

impl Object for Matter {
    const INFO: &'static ObjectInfo = &MATTER;
}

/// `Matter` as it nests inside another object: its own fields, no associations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatterBase;

impl Object for MatterBase {
    const INFO: &'static ObjectInfo = &MATTER_BASE;
}

/// The table of [`Matter`], for work at run time.
pub static MATTER: ObjectInfo = ObjectInfo {
    name: "Matter",
    fields: &[
        FieldInfo { name: "billable", kind: Kind::Boolean },
        FieldInfo { name: "billing_method", kind: Kind::Choice(&["flat", "contingency", "hourly"]) },
        FieldInfo { name: "client", kind: Kind::Object(&crate::objects::CONTACT_BASE) },
        FieldInfo { name: "client_id", kind: Kind::Id },
        FieldInfo { name: "client_reference", kind: Kind::Text },
        FieldInfo { name: "close_date", kind: Kind::Date },
        FieldInfo { name: "created_at", kind: Kind::DateTime },
        FieldInfo { name: "custom_number", kind: Kind::Text },
        FieldInfo { name: "description", kind: Kind::Text },
        FieldInfo { name: "display_number", kind: Kind::Text },
        FieldInfo { name: "etag", kind: Kind::Text },
        FieldInfo { name: "has_tasks", kind: Kind::Boolean },
        FieldInfo { name: "id", kind: Kind::Id },
        FieldInfo { name: "last_activity_date", kind: Kind::Date },
        FieldInfo { name: "location", kind: Kind::Text },
        FieldInfo { name: "maildrop_address", kind: Kind::Text },
        FieldInfo { name: "matter_stage_updated_at", kind: Kind::DateTime },
        FieldInfo { name: "number", kind: Kind::Integer },
        FieldInfo { name: "open_date", kind: Kind::Date },
        FieldInfo { name: "originating_attorney", kind: Kind::Object(&crate::objects::USER_BASE) },
        FieldInfo { name: "pending_date", kind: Kind::Date },
        FieldInfo { name: "require_utbms_codes", kind: Kind::Boolean },
        FieldInfo { name: "responsible_attorney", kind: Kind::Object(&crate::objects::USER_BASE) },
        FieldInfo { name: "responsible_staff", kind: Kind::Object(&crate::objects::USER_BASE) },
        FieldInfo { name: "shared", kind: Kind::Boolean },
        FieldInfo { name: "status", kind: Kind::Choice(&["Pending", "Open", "Closed"]) },
        FieldInfo { name: "updated_at", kind: Kind::DateTime },
        FieldInfo { name: "user", kind: Kind::Object(&crate::objects::USER_BASE) },
    ],
};

/// The table of [`MatterBase`], for work at run time.
pub static MATTER_BASE: ObjectInfo = ObjectInfo {
    name: "MatterBase",
    fields: &[
        FieldInfo { name: "billable", kind: Kind::Boolean },
        FieldInfo { name: "billing_method", kind: Kind::Choice(&["flat", "contingency", "hourly"]) },
        FieldInfo { name: "client_id", kind: Kind::Id },
        FieldInfo { name: "client_reference", kind: Kind::Text },
        FieldInfo { name: "close_date", kind: Kind::Date },
        FieldInfo { name: "created_at", kind: Kind::DateTime },
        FieldInfo { name: "custom_number", kind: Kind::Text },
        FieldInfo { name: "description", kind: Kind::Text },
        FieldInfo { name: "display_number", kind: Kind::Text },
        FieldInfo { name: "etag", kind: Kind::Text },
        FieldInfo { name: "has_tasks", kind: Kind::Boolean },
        FieldInfo { name: "id", kind: Kind::Id },
        FieldInfo { name: "last_activity_date", kind: Kind::Date },
        FieldInfo { name: "location", kind: Kind::Text },
        FieldInfo { name: "maildrop_address", kind: Kind::Text },
        FieldInfo { name: "matter_stage_updated_at", kind: Kind::DateTime },
        FieldInfo { name: "number", kind: Kind::Integer },
        FieldInfo { name: "open_date", kind: Kind::Date },
        FieldInfo { name: "pending_date", kind: Kind::Date },
        FieldInfo { name: "require_utbms_codes", kind: Kind::Boolean },
        FieldInfo { name: "shared", kind: Kind::Boolean },
        FieldInfo { name: "status", kind: Kind::Choice(&["Pending", "Open", "Closed"]) },
        FieldInfo { name: "updated_at", kind: Kind::DateTime },
    ],
};

/// `billable`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct billable;
impl Field for billable {
    type Kind = kind::Boolean;
    const NAME: &'static str = "billable";
}
impl Has<billable> for Matter {}
impl Has<billable> for MatterBase {}

/// `billing_method`: one of `flat`, `contingency`, `hourly`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct billing_method;
impl Field for billing_method {
    type Kind = kind::Choice;
    const NAME: &'static str = "billing_method";
}
impl Has<billing_method> for Matter {}
impl Has<billing_method> for MatterBase {}

/// `client`: a [`ContactBase`](crate::objects::ContactBase).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct client;
impl Field for client {
    type Kind = kind::Object<crate::objects::ContactBase>;
    const NAME: &'static str = "client";
}
impl Has<client> for Matter {}

/// `client_id`: an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct client_id;
impl Field for client_id {
    type Kind = kind::Id;
    const NAME: &'static str = "client_id";
}
impl Has<client_id> for Matter {}
impl Has<client_id> for MatterBase {}

/// `client_reference`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct client_reference;
impl Field for client_reference {
    type Kind = kind::Text;
    const NAME: &'static str = "client_reference";
}
impl Has<client_reference> for Matter {}
impl Has<client_reference> for MatterBase {}

/// `close_date`: a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct close_date;
impl Field for close_date {
    type Kind = kind::Date;
    const NAME: &'static str = "close_date";
}
impl Has<close_date> for Matter {}
impl Has<close_date> for MatterBase {}

/// `created_at`: a time with offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct created_at;
impl Field for created_at {
    type Kind = kind::DateTime;
    const NAME: &'static str = "created_at";
}
impl Has<created_at> for Matter {}
impl Has<created_at> for MatterBase {}

/// `custom_number`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct custom_number;
impl Field for custom_number {
    type Kind = kind::Text;
    const NAME: &'static str = "custom_number";
}
impl Has<custom_number> for Matter {}
impl Has<custom_number> for MatterBase {}

/// `description`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct description;
impl Field for description {
    type Kind = kind::Text;
    const NAME: &'static str = "description";
}
impl Has<description> for Matter {}
impl Has<description> for MatterBase {}

/// `display_number`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct display_number;
impl Field for display_number {
    type Kind = kind::Text;
    const NAME: &'static str = "display_number";
}
impl Has<display_number> for Matter {}
impl Has<display_number> for MatterBase {}

/// `etag`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct etag;
impl Field for etag {
    type Kind = kind::Text;
    const NAME: &'static str = "etag";
}
impl Has<etag> for Matter {}
impl Has<etag> for MatterBase {}

/// `has_tasks`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct has_tasks;
impl Field for has_tasks {
    type Kind = kind::Boolean;
    const NAME: &'static str = "has_tasks";
}
impl Has<has_tasks> for Matter {}
impl Has<has_tasks> for MatterBase {}

/// `id`: an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct id;
impl Field for id {
    type Kind = kind::Id;
    const NAME: &'static str = "id";
}
impl Has<id> for Matter {}
impl Has<id> for MatterBase {}

/// `last_activity_date`: a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct last_activity_date;
impl Field for last_activity_date {
    type Kind = kind::Date;
    const NAME: &'static str = "last_activity_date";
}
impl Has<last_activity_date> for Matter {}
impl Has<last_activity_date> for MatterBase {}

/// `location`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct location;
impl Field for location {
    type Kind = kind::Text;
    const NAME: &'static str = "location";
}
impl Has<location> for Matter {}
impl Has<location> for MatterBase {}

/// `maildrop_address`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct maildrop_address;
impl Field for maildrop_address {
    type Kind = kind::Text;
    const NAME: &'static str = "maildrop_address";
}
impl Has<maildrop_address> for Matter {}
impl Has<maildrop_address> for MatterBase {}

/// `matter_stage_updated_at`: a time with offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct matter_stage_updated_at;
impl Field for matter_stage_updated_at {
    type Kind = kind::DateTime;
    const NAME: &'static str = "matter_stage_updated_at";
}
impl Has<matter_stage_updated_at> for Matter {}
impl Has<matter_stage_updated_at> for MatterBase {}

/// `number`: an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct number;
impl Field for number {
    type Kind = kind::Integer;
    const NAME: &'static str = "number";
}
impl Has<number> for Matter {}
impl Has<number> for MatterBase {}

/// `open_date`: a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct open_date;
impl Field for open_date {
    type Kind = kind::Date;
    const NAME: &'static str = "open_date";
}
impl Has<open_date> for Matter {}
impl Has<open_date> for MatterBase {}

/// `originating_attorney`: a [`UserBase`](crate::objects::UserBase).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct originating_attorney;
impl Field for originating_attorney {
    type Kind = kind::Object<crate::objects::UserBase>;
    const NAME: &'static str = "originating_attorney";
}
impl Has<originating_attorney> for Matter {}

/// `pending_date`: a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct pending_date;
impl Field for pending_date {
    type Kind = kind::Date;
    const NAME: &'static str = "pending_date";
}
impl Has<pending_date> for Matter {}
impl Has<pending_date> for MatterBase {}

/// `require_utbms_codes`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct require_utbms_codes;
impl Field for require_utbms_codes {
    type Kind = kind::Boolean;
    const NAME: &'static str = "require_utbms_codes";
}
impl Has<require_utbms_codes> for Matter {}
impl Has<require_utbms_codes> for MatterBase {}

/// `responsible_attorney`: a [`UserBase`](crate::objects::UserBase).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct responsible_attorney;
impl Field for responsible_attorney {
    type Kind = kind::Object<crate::objects::UserBase>;
    const NAME: &'static str = "responsible_attorney";
}
impl Has<responsible_attorney> for Matter {}

/// `responsible_staff`: a [`UserBase`](crate::objects::UserBase).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct responsible_staff;
impl Field for responsible_staff {
    type Kind = kind::Object<crate::objects::UserBase>;
    const NAME: &'static str = "responsible_staff";
}
impl Has<responsible_staff> for Matter {}

/// `shared`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct shared;
impl Field for shared {
    type Kind = kind::Boolean;
    const NAME: &'static str = "shared";
}
impl Has<shared> for Matter {}
impl Has<shared> for MatterBase {}

/// `status`: one of `Pending`, `Open`, `Closed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct status;
impl Field for status {
    type Kind = kind::Choice;
    const NAME: &'static str = "status";
}
impl Has<status> for Matter {}
impl Has<status> for MatterBase {}

/// `updated_at`: a time with offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct updated_at;
impl Field for updated_at {
    type Kind = kind::DateTime;
    const NAME: &'static str = "updated_at";
}
impl Has<updated_at> for Matter {}
impl Has<updated_at> for MatterBase {}

/// `user`: a [`UserBase`](crate::objects::UserBase).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct user;
impl Field for user {
    type Kind = kind::Object<crate::objects::UserBase>;
    const NAME: &'static str = "user";
}
impl Has<user> for Matter {}
