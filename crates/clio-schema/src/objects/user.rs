//! `User`: its forms, their tables, and one marker a field.

#![allow(non_camel_case_types, reason = "a marker is spelled as the field is")]

use crate::{Field, FieldInfo, Has, Kind, Object, ObjectInfo, kind};

/// `User` as its own operations answer it: its own fields and its associations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct User;

impl Object for User {
    const INFO: &'static ObjectInfo = &USER;
}

/// `User` as it nests inside another object: its own fields, no associations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserBase;

impl Object for UserBase {
    const INFO: &'static ObjectInfo = &USER_BASE;
}

/// The table of [`User`], for work at run time.
pub static USER: ObjectInfo = ObjectInfo {
    name: "User",
    fields: &[
        FieldInfo { name: "account", kind: Kind::Object(&crate::objects::ACCOUNT_BASE) },
        FieldInfo { name: "account_owner", kind: Kind::Boolean },
        FieldInfo { name: "clio_connect", kind: Kind::Boolean },
        FieldInfo { name: "contact", kind: Kind::Object(&crate::objects::CONTACT_BASE) },
        FieldInfo { name: "court_rules_default_attendee", kind: Kind::Boolean },
        FieldInfo { name: "created_at", kind: Kind::DateTime },
        FieldInfo {
            name: "default_activity_description",
            kind: Kind::Object(&crate::objects::ACTIVITY_DESCRIPTION_BASE),
        },
        FieldInfo { name: "default_calendar_id", kind: Kind::Id },
        FieldInfo { name: "email", kind: Kind::Text },
        FieldInfo { name: "enabled", kind: Kind::Boolean },
        FieldInfo { name: "etag", kind: Kind::Text },
        FieldInfo { name: "first_name", kind: Kind::Text },
        FieldInfo { name: "id", kind: Kind::Id },
        FieldInfo { name: "initials", kind: Kind::Text },
        FieldInfo { name: "last_name", kind: Kind::Text },
        FieldInfo { name: "locale", kind: Kind::Text },
        FieldInfo { name: "name", kind: Kind::Text },
        FieldInfo { name: "phone_number", kind: Kind::Text },
        FieldInfo { name: "rate", kind: Kind::Money },
        FieldInfo { name: "roles", kind: Kind::List(&Kind::Text) },
        FieldInfo { name: "subscription_type", kind: Kind::Choice(&["Attorney", "NonAttorney"]) },
        FieldInfo { name: "time_zone", kind: Kind::Text },
        FieldInfo { name: "updated_at", kind: Kind::DateTime },
    ],
};

/// The table of [`UserBase`], for work at run time.
pub static USER_BASE: ObjectInfo = ObjectInfo {
    name: "UserBase",
    fields: &[
        FieldInfo { name: "account_owner", kind: Kind::Boolean },
        FieldInfo { name: "clio_connect", kind: Kind::Boolean },
        FieldInfo { name: "court_rules_default_attendee", kind: Kind::Boolean },
        FieldInfo { name: "created_at", kind: Kind::DateTime },
        FieldInfo { name: "default_calendar_id", kind: Kind::Id },
        FieldInfo { name: "email", kind: Kind::Text },
        FieldInfo { name: "enabled", kind: Kind::Boolean },
        FieldInfo { name: "etag", kind: Kind::Text },
        FieldInfo { name: "first_name", kind: Kind::Text },
        FieldInfo { name: "id", kind: Kind::Id },
        FieldInfo { name: "initials", kind: Kind::Text },
        FieldInfo { name: "last_name", kind: Kind::Text },
        FieldInfo { name: "locale", kind: Kind::Text },
        FieldInfo { name: "name", kind: Kind::Text },
        FieldInfo { name: "phone_number", kind: Kind::Text },
        FieldInfo { name: "rate", kind: Kind::Money },
        FieldInfo { name: "roles", kind: Kind::List(&Kind::Text) },
        FieldInfo { name: "subscription_type", kind: Kind::Choice(&["Attorney", "NonAttorney"]) },
        FieldInfo { name: "time_zone", kind: Kind::Text },
        FieldInfo { name: "updated_at", kind: Kind::DateTime },
    ],
};

/// `account`: a [`AccountBase`](crate::objects::AccountBase).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct account;
impl Field for account {
    type Kind = kind::Object<crate::objects::AccountBase>;
    const NAME: &'static str = "account";
}
impl Has<account> for User {}

/// `account_owner`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct account_owner;
impl Field for account_owner {
    type Kind = kind::Boolean;
    const NAME: &'static str = "account_owner";
}
impl Has<account_owner> for User {}
impl Has<account_owner> for UserBase {}

/// `clio_connect`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct clio_connect;
impl Field for clio_connect {
    type Kind = kind::Boolean;
    const NAME: &'static str = "clio_connect";
}
impl Has<clio_connect> for User {}
impl Has<clio_connect> for UserBase {}

/// `contact`: a [`ContactBase`](crate::objects::ContactBase).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct contact;
impl Field for contact {
    type Kind = kind::Object<crate::objects::ContactBase>;
    const NAME: &'static str = "contact";
}
impl Has<contact> for User {}

/// `court_rules_default_attendee`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct court_rules_default_attendee;
impl Field for court_rules_default_attendee {
    type Kind = kind::Boolean;
    const NAME: &'static str = "court_rules_default_attendee";
}
impl Has<court_rules_default_attendee> for User {}
impl Has<court_rules_default_attendee> for UserBase {}

/// `created_at`: a time with offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct created_at;
impl Field for created_at {
    type Kind = kind::DateTime;
    const NAME: &'static str = "created_at";
}
impl Has<created_at> for User {}
impl Has<created_at> for UserBase {}

/// `default_activity_description`: a [`ActivityDescriptionBase`](crate::objects::ActivityDescriptionBase).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct default_activity_description;
impl Field for default_activity_description {
    type Kind = kind::Object<crate::objects::ActivityDescriptionBase>;
    const NAME: &'static str = "default_activity_description";
}
impl Has<default_activity_description> for User {}

/// `default_calendar_id`: an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct default_calendar_id;
impl Field for default_calendar_id {
    type Kind = kind::Id;
    const NAME: &'static str = "default_calendar_id";
}
impl Has<default_calendar_id> for User {}
impl Has<default_calendar_id> for UserBase {}

/// `email`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct email;
impl Field for email {
    type Kind = kind::Text;
    const NAME: &'static str = "email";
}
impl Has<email> for User {}
impl Has<email> for UserBase {}

/// `enabled`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct enabled;
impl Field for enabled {
    type Kind = kind::Boolean;
    const NAME: &'static str = "enabled";
}
impl Has<enabled> for User {}
impl Has<enabled> for UserBase {}

/// `etag`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct etag;
impl Field for etag {
    type Kind = kind::Text;
    const NAME: &'static str = "etag";
}
impl Has<etag> for User {}
impl Has<etag> for UserBase {}

/// `first_name`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct first_name;
impl Field for first_name {
    type Kind = kind::Text;
    const NAME: &'static str = "first_name";
}
impl Has<first_name> for User {}
impl Has<first_name> for UserBase {}

/// `id`: an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct id;
impl Field for id {
    type Kind = kind::Id;
    const NAME: &'static str = "id";
}
impl Has<id> for User {}
impl Has<id> for UserBase {}

/// `initials`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct initials;
impl Field for initials {
    type Kind = kind::Text;
    const NAME: &'static str = "initials";
}
impl Has<initials> for User {}
impl Has<initials> for UserBase {}

/// `last_name`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct last_name;
impl Field for last_name {
    type Kind = kind::Text;
    const NAME: &'static str = "last_name";
}
impl Has<last_name> for User {}
impl Has<last_name> for UserBase {}

/// `locale`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct locale;
impl Field for locale {
    type Kind = kind::Text;
    const NAME: &'static str = "locale";
}
impl Has<locale> for User {}
impl Has<locale> for UserBase {}

/// `name`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct name;
impl Field for name {
    type Kind = kind::Text;
    const NAME: &'static str = "name";
}
impl Has<name> for User {}
impl Has<name> for UserBase {}

/// `phone_number`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct phone_number;
impl Field for phone_number {
    type Kind = kind::Text;
    const NAME: &'static str = "phone_number";
}
impl Has<phone_number> for User {}
impl Has<phone_number> for UserBase {}

/// `rate`: an amount of money, exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct rate;
impl Field for rate {
    type Kind = kind::Money;
    const NAME: &'static str = "rate";
}
impl Has<rate> for User {}
impl Has<rate> for UserBase {}

/// `roles`: a list, each text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct roles;
impl Field for roles {
    type Kind = kind::List<kind::Text>;
    const NAME: &'static str = "roles";
}
impl Has<roles> for User {}
impl Has<roles> for UserBase {}

/// `subscription_type`: one of `Attorney`, `NonAttorney`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct subscription_type;
impl Field for subscription_type {
    type Kind = kind::Choice;
    const NAME: &'static str = "subscription_type";
}
impl Has<subscription_type> for User {}
impl Has<subscription_type> for UserBase {}

/// `time_zone`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct time_zone;
impl Field for time_zone {
    type Kind = kind::Text;
    const NAME: &'static str = "time_zone";
}
impl Has<time_zone> for User {}
impl Has<time_zone> for UserBase {}

/// `updated_at`: a time with offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct updated_at;
impl Field for updated_at {
    type Kind = kind::DateTime;
    const NAME: &'static str = "updated_at";
}
impl Has<updated_at> for User {}
impl Has<updated_at> for UserBase {}
