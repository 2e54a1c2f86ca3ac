//! `Account`: its forms, their tables, and one marker a field.

#![allow(non_camel_case_types, reason = "a marker is spelled as the field is")]

use crate::{Field, FieldInfo, Has, Kind, Object, ObjectInfo, kind};

/// `Account` as it nests inside another object: its own fields, no associations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountBase;

impl Object for AccountBase {
    const INFO: &'static ObjectInfo = &ACCOUNT_BASE;
}

/// The table of [`AccountBase`], for work at run time.
pub static ACCOUNT_BASE: ObjectInfo = ObjectInfo {
    name: "AccountBase",
    fields: &[
        FieldInfo { name: "address", kind: Kind::Text },
        FieldInfo { name: "city", kind: Kind::Text },
        FieldInfo { name: "country", kind: Kind::Text },
        FieldInfo { name: "created_at", kind: Kind::DateTime },
        FieldInfo { name: "etag", kind: Kind::Text },
        FieldInfo { name: "fax", kind: Kind::Text },
        FieldInfo { name: "id", kind: Kind::Id },
        FieldInfo { name: "name", kind: Kind::Text },
        FieldInfo { name: "phone", kind: Kind::Text },
        FieldInfo { name: "postal_code", kind: Kind::Text },
        FieldInfo { name: "province", kind: Kind::Text },
        FieldInfo { name: "state", kind: Kind::Text },
        FieldInfo { name: "updated_at", kind: Kind::DateTime },
    ],
};

/// `address`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct address;
impl Field for address {
    type Kind = kind::Text;
    const NAME: &'static str = "address";
}
impl Has<address> for AccountBase {}

/// `city`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct city;
impl Field for city {
    type Kind = kind::Text;
    const NAME: &'static str = "city";
}
impl Has<city> for AccountBase {}

/// `country`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct country;
impl Field for country {
    type Kind = kind::Text;
    const NAME: &'static str = "country";
}
impl Has<country> for AccountBase {}

/// `created_at`: a time with offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct created_at;
impl Field for created_at {
    type Kind = kind::DateTime;
    const NAME: &'static str = "created_at";
}
impl Has<created_at> for AccountBase {}

/// `etag`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct etag;
impl Field for etag {
    type Kind = kind::Text;
    const NAME: &'static str = "etag";
}
impl Has<etag> for AccountBase {}

/// `fax`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct fax;
impl Field for fax {
    type Kind = kind::Text;
    const NAME: &'static str = "fax";
}
impl Has<fax> for AccountBase {}

/// `id`: an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct id;
impl Field for id {
    type Kind = kind::Id;
    const NAME: &'static str = "id";
}
impl Has<id> for AccountBase {}

/// `name`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct name;
impl Field for name {
    type Kind = kind::Text;
    const NAME: &'static str = "name";
}
impl Has<name> for AccountBase {}

/// `phone`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct phone;
impl Field for phone {
    type Kind = kind::Text;
    const NAME: &'static str = "phone";
}
impl Has<phone> for AccountBase {}

/// `postal_code`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct postal_code;
impl Field for postal_code {
    type Kind = kind::Text;
    const NAME: &'static str = "postal_code";
}
impl Has<postal_code> for AccountBase {}

/// `province`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct province;
impl Field for province {
    type Kind = kind::Text;
    const NAME: &'static str = "province";
}
impl Has<province> for AccountBase {}

/// `state`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct state;
impl Field for state {
    type Kind = kind::Text;
    const NAME: &'static str = "state";
}
impl Has<state> for AccountBase {}

/// `updated_at`: a time with offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct updated_at;
impl Field for updated_at {
    type Kind = kind::DateTime;
    const NAME: &'static str = "updated_at";
}
impl Has<updated_at> for AccountBase {}
