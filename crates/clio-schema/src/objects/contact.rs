//! `Contact`: its forms, their tables, and one marker a field.

#![allow(non_camel_case_types, reason = "a marker is spelled as the field is")]

use crate::{Field, FieldInfo, Has, Kind, Object, ObjectInfo, kind};

/// `Contact` as it nests inside another object: its own fields, no associations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactBase;

impl Object for ContactBase {
    const INFO: &'static ObjectInfo = &CONTACT_BASE;
}

/// The table of [`ContactBase`], for work at run time.
pub static CONTACT_BASE: ObjectInfo = ObjectInfo {
    name: "ContactBase",
    fields: &[
        FieldInfo { name: "client_connect_user_id", kind: Kind::Id },
        FieldInfo { name: "clio_connect_email", kind: Kind::Text },
        FieldInfo { name: "created_at", kind: Kind::DateTime },
        FieldInfo { name: "date_of_birth", kind: Kind::Date },
        FieldInfo { name: "etag", kind: Kind::Text },
        FieldInfo { name: "first_name", kind: Kind::Text },
        FieldInfo { name: "has_clio_for_clients_permission", kind: Kind::Boolean },
        FieldInfo { name: "id", kind: Kind::Id },
        FieldInfo { name: "initials", kind: Kind::Text },
        FieldInfo { name: "is_bill_recipient", kind: Kind::Boolean },
        FieldInfo { name: "is_client", kind: Kind::Boolean },
        FieldInfo { name: "is_clio_for_client_user", kind: Kind::Boolean },
        FieldInfo { name: "is_co_counsel", kind: Kind::Boolean },
        FieldInfo { name: "last_name", kind: Kind::Text },
        FieldInfo { name: "ledes_client_id", kind: Kind::Text },
        FieldInfo { name: "locked_clio_connect_email", kind: Kind::Boolean },
        FieldInfo { name: "middle_name", kind: Kind::Text },
        FieldInfo { name: "name", kind: Kind::Text },
        FieldInfo { name: "prefix", kind: Kind::Text },
        FieldInfo { name: "primary_email_address", kind: Kind::Text },
        FieldInfo { name: "primary_phone_number", kind: Kind::Text },
        FieldInfo { name: "require_utbms_codes", kind: Kind::Boolean },
        FieldInfo { name: "sales_tax_number", kind: Kind::Text },
        FieldInfo { name: "secondary_email_address", kind: Kind::Text },
        FieldInfo { name: "secondary_phone_number", kind: Kind::Text },
        FieldInfo { name: "title", kind: Kind::Text },
        FieldInfo { name: "type", kind: Kind::Choice(&["Company", "Person"]) },
        FieldInfo { name: "updated_at", kind: Kind::DateTime },
    ],
};

/// `client_connect_user_id`: an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct client_connect_user_id;
impl Field for client_connect_user_id {
    type Kind = kind::Id;
    const NAME: &'static str = "client_connect_user_id";
}
impl Has<client_connect_user_id> for ContactBase {}

/// `clio_connect_email`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct clio_connect_email;
impl Field for clio_connect_email {
    type Kind = kind::Text;
    const NAME: &'static str = "clio_connect_email";
}
impl Has<clio_connect_email> for ContactBase {}

/// `created_at`: a time with offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct created_at;
impl Field for created_at {
    type Kind = kind::DateTime;
    const NAME: &'static str = "created_at";
}
impl Has<created_at> for ContactBase {}

/// `date_of_birth`: a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct date_of_birth;
impl Field for date_of_birth {
    type Kind = kind::Date;
    const NAME: &'static str = "date_of_birth";
}
impl Has<date_of_birth> for ContactBase {}

/// `etag`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct etag;
impl Field for etag {
    type Kind = kind::Text;
    const NAME: &'static str = "etag";
}
impl Has<etag> for ContactBase {}

/// `first_name`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct first_name;
impl Field for first_name {
    type Kind = kind::Text;
    const NAME: &'static str = "first_name";
}
impl Has<first_name> for ContactBase {}

/// `has_clio_for_clients_permission`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct has_clio_for_clients_permission;
impl Field for has_clio_for_clients_permission {
    type Kind = kind::Boolean;
    const NAME: &'static str = "has_clio_for_clients_permission";
}
impl Has<has_clio_for_clients_permission> for ContactBase {}

/// `id`: an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct id;
impl Field for id {
    type Kind = kind::Id;
    const NAME: &'static str = "id";
}
impl Has<id> for ContactBase {}

/// `initials`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct initials;
impl Field for initials {
    type Kind = kind::Text;
    const NAME: &'static str = "initials";
}
impl Has<initials> for ContactBase {}

/// `is_bill_recipient`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct is_bill_recipient;
impl Field for is_bill_recipient {
    type Kind = kind::Boolean;
    const NAME: &'static str = "is_bill_recipient";
}
impl Has<is_bill_recipient> for ContactBase {}

/// `is_client`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct is_client;
impl Field for is_client {
    type Kind = kind::Boolean;
    const NAME: &'static str = "is_client";
}
impl Has<is_client> for ContactBase {}

/// `is_clio_for_client_user`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct is_clio_for_client_user;
impl Field for is_clio_for_client_user {
    type Kind = kind::Boolean;
    const NAME: &'static str = "is_clio_for_client_user";
}
impl Has<is_clio_for_client_user> for ContactBase {}

/// `is_co_counsel`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct is_co_counsel;
impl Field for is_co_counsel {
    type Kind = kind::Boolean;
    const NAME: &'static str = "is_co_counsel";
}
impl Has<is_co_counsel> for ContactBase {}

/// `last_name`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct last_name;
impl Field for last_name {
    type Kind = kind::Text;
    const NAME: &'static str = "last_name";
}
impl Has<last_name> for ContactBase {}

/// `ledes_client_id`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ledes_client_id;
impl Field for ledes_client_id {
    type Kind = kind::Text;
    const NAME: &'static str = "ledes_client_id";
}
impl Has<ledes_client_id> for ContactBase {}

/// `locked_clio_connect_email`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct locked_clio_connect_email;
impl Field for locked_clio_connect_email {
    type Kind = kind::Boolean;
    const NAME: &'static str = "locked_clio_connect_email";
}
impl Has<locked_clio_connect_email> for ContactBase {}

/// `middle_name`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct middle_name;
impl Field for middle_name {
    type Kind = kind::Text;
    const NAME: &'static str = "middle_name";
}
impl Has<middle_name> for ContactBase {}

/// `name`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct name;
impl Field for name {
    type Kind = kind::Text;
    const NAME: &'static str = "name";
}
impl Has<name> for ContactBase {}

/// `prefix`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct prefix;
impl Field for prefix {
    type Kind = kind::Text;
    const NAME: &'static str = "prefix";
}
impl Has<prefix> for ContactBase {}

/// `primary_email_address`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct primary_email_address;
impl Field for primary_email_address {
    type Kind = kind::Text;
    const NAME: &'static str = "primary_email_address";
}
impl Has<primary_email_address> for ContactBase {}

/// `primary_phone_number`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct primary_phone_number;
impl Field for primary_phone_number {
    type Kind = kind::Text;
    const NAME: &'static str = "primary_phone_number";
}
impl Has<primary_phone_number> for ContactBase {}

/// `require_utbms_codes`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct require_utbms_codes;
impl Field for require_utbms_codes {
    type Kind = kind::Boolean;
    const NAME: &'static str = "require_utbms_codes";
}
impl Has<require_utbms_codes> for ContactBase {}

/// `sales_tax_number`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct sales_tax_number;
impl Field for sales_tax_number {
    type Kind = kind::Text;
    const NAME: &'static str = "sales_tax_number";
}
impl Has<sales_tax_number> for ContactBase {}

/// `secondary_email_address`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct secondary_email_address;
impl Field for secondary_email_address {
    type Kind = kind::Text;
    const NAME: &'static str = "secondary_email_address";
}
impl Has<secondary_email_address> for ContactBase {}

/// `secondary_phone_number`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct secondary_phone_number;
impl Field for secondary_phone_number {
    type Kind = kind::Text;
    const NAME: &'static str = "secondary_phone_number";
}
impl Has<secondary_phone_number> for ContactBase {}

/// `title`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct title;
impl Field for title {
    type Kind = kind::Text;
    const NAME: &'static str = "title";
}
impl Has<title> for ContactBase {}

/// `type`: one of `Company`, `Person`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct r#type;
impl Field for r#type {
    type Kind = kind::Choice;
    const NAME: &'static str = "type";
}
impl Has<r#type> for ContactBase {}

/// `updated_at`: a time with offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct updated_at;
impl Field for updated_at {
    type Kind = kind::DateTime;
    const NAME: &'static str = "updated_at";
}
impl Has<updated_at> for ContactBase {}
