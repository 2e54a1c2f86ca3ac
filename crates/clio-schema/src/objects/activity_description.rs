//! `ActivityDescription`: its forms, their tables, and one marker a field.

#![allow(non_camel_case_types, reason = "a marker is spelled as the field is")]

use crate::{Field, FieldInfo, Has, Kind, Object, ObjectInfo, kind};

/// `ActivityDescription` as its own operations answer it: its own fields and its associations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActivityDescription;

impl Object for ActivityDescription {
    const INFO: &'static ObjectInfo = &ACTIVITY_DESCRIPTION;
}

/// `ActivityDescription` as it nests inside another object: its own fields, no associations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActivityDescriptionBase;

impl Object for ActivityDescriptionBase {
    const INFO: &'static ObjectInfo = &ACTIVITY_DESCRIPTION_BASE;
}

/// The table of [`ActivityDescription`], for work at run time.
pub static ACTIVITY_DESCRIPTION: ObjectInfo = ObjectInfo {
    name: "ActivityDescription",
    fields: &[
        FieldInfo { name: "accessible_to_user", kind: Kind::Boolean },
        FieldInfo { name: "category_type", kind: Kind::Text },
        FieldInfo { name: "created_at", kind: Kind::DateTime },
        FieldInfo { name: "default", kind: Kind::Boolean },
        FieldInfo { name: "description", kind: Kind::Text },
        FieldInfo { name: "etag", kind: Kind::Text },
        FieldInfo { name: "id", kind: Kind::Id },
        FieldInfo { name: "name", kind: Kind::Text },
        FieldInfo { name: "rate", kind: Kind::Object(&crate::objects::ACTIVITY_DESCRIPTION_RATE_BASE) },
        FieldInfo { name: "type", kind: Kind::Text },
        FieldInfo { name: "updated_at", kind: Kind::DateTime },
        FieldInfo { name: "utbms_activity_id", kind: Kind::Id },
        FieldInfo { name: "utbms_task_id", kind: Kind::Id },
        FieldInfo { name: "utbms_task_name", kind: Kind::Text },
        FieldInfo { name: "visible_to_co_counsel", kind: Kind::Boolean },
        FieldInfo { name: "xero_service_code", kind: Kind::Text },
    ],
};

/// The table of [`ActivityDescriptionBase`], for work at run time.
pub static ACTIVITY_DESCRIPTION_BASE: ObjectInfo = ObjectInfo {
    name: "ActivityDescriptionBase",
    fields: &[
        FieldInfo { name: "accessible_to_user", kind: Kind::Boolean },
        FieldInfo { name: "category_type", kind: Kind::Text },
        FieldInfo { name: "created_at", kind: Kind::DateTime },
        FieldInfo { name: "default", kind: Kind::Boolean },
        FieldInfo { name: "description", kind: Kind::Text },
        FieldInfo { name: "etag", kind: Kind::Text },
        FieldInfo { name: "id", kind: Kind::Id },
        FieldInfo { name: "name", kind: Kind::Text },
        FieldInfo { name: "type", kind: Kind::Text },
        FieldInfo { name: "updated_at", kind: Kind::DateTime },
        FieldInfo { name: "utbms_activity_id", kind: Kind::Id },
        FieldInfo { name: "utbms_task_id", kind: Kind::Id },
        FieldInfo { name: "utbms_task_name", kind: Kind::Text },
        FieldInfo { name: "visible_to_co_counsel", kind: Kind::Boolean },
        FieldInfo { name: "xero_service_code", kind: Kind::Text },
    ],
};

/// `accessible_to_user`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct accessible_to_user;
impl Field for accessible_to_user {
    type Kind = kind::Boolean;
    const NAME: &'static str = "accessible_to_user";
}
impl Has<accessible_to_user> for ActivityDescription {}
impl Has<accessible_to_user> for ActivityDescriptionBase {}

/// `category_type`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct category_type;
impl Field for category_type {
    type Kind = kind::Text;
    const NAME: &'static str = "category_type";
}
impl Has<category_type> for ActivityDescription {}
impl Has<category_type> for ActivityDescriptionBase {}

/// `created_at`: a time with offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct created_at;
impl Field for created_at {
    type Kind = kind::DateTime;
    const NAME: &'static str = "created_at";
}
impl Has<created_at> for ActivityDescription {}
impl Has<created_at> for ActivityDescriptionBase {}

/// `default`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct default;
impl Field for default {
    type Kind = kind::Boolean;
    const NAME: &'static str = "default";
}
impl Has<default> for ActivityDescription {}
impl Has<default> for ActivityDescriptionBase {}

/// `description`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct description;
impl Field for description {
    type Kind = kind::Text;
    const NAME: &'static str = "description";
}
impl Has<description> for ActivityDescription {}
impl Has<description> for ActivityDescriptionBase {}

/// `etag`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct etag;
impl Field for etag {
    type Kind = kind::Text;
    const NAME: &'static str = "etag";
}
impl Has<etag> for ActivityDescription {}
impl Has<etag> for ActivityDescriptionBase {}

/// `id`: an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct id;
impl Field for id {
    type Kind = kind::Id;
    const NAME: &'static str = "id";
}
impl Has<id> for ActivityDescription {}
impl Has<id> for ActivityDescriptionBase {}

/// `name`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct name;
impl Field for name {
    type Kind = kind::Text;
    const NAME: &'static str = "name";
}
impl Has<name> for ActivityDescription {}
impl Has<name> for ActivityDescriptionBase {}

/// `rate`: a [`ActivityDescriptionRateBase`](crate::objects::ActivityDescriptionRateBase).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct rate;
impl Field for rate {
    type Kind = kind::Object<crate::objects::ActivityDescriptionRateBase>;
    const NAME: &'static str = "rate";
}
impl Has<rate> for ActivityDescription {}

/// `type`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct r#type;
impl Field for r#type {
    type Kind = kind::Text;
    const NAME: &'static str = "type";
}
impl Has<r#type> for ActivityDescription {}
impl Has<r#type> for ActivityDescriptionBase {}

/// `updated_at`: a time with offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct updated_at;
impl Field for updated_at {
    type Kind = kind::DateTime;
    const NAME: &'static str = "updated_at";
}
impl Has<updated_at> for ActivityDescription {}
impl Has<updated_at> for ActivityDescriptionBase {}

/// `utbms_activity_id`: an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct utbms_activity_id;
impl Field for utbms_activity_id {
    type Kind = kind::Id;
    const NAME: &'static str = "utbms_activity_id";
}
impl Has<utbms_activity_id> for ActivityDescription {}
impl Has<utbms_activity_id> for ActivityDescriptionBase {}

/// `utbms_task_id`: an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct utbms_task_id;
impl Field for utbms_task_id {
    type Kind = kind::Id;
    const NAME: &'static str = "utbms_task_id";
}
impl Has<utbms_task_id> for ActivityDescription {}
impl Has<utbms_task_id> for ActivityDescriptionBase {}

/// `utbms_task_name`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct utbms_task_name;
impl Field for utbms_task_name {
    type Kind = kind::Text;
    const NAME: &'static str = "utbms_task_name";
}
impl Has<utbms_task_name> for ActivityDescription {}
impl Has<utbms_task_name> for ActivityDescriptionBase {}

/// `visible_to_co_counsel`: true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct visible_to_co_counsel;
impl Field for visible_to_co_counsel {
    type Kind = kind::Boolean;
    const NAME: &'static str = "visible_to_co_counsel";
}
impl Has<visible_to_co_counsel> for ActivityDescription {}
impl Has<visible_to_co_counsel> for ActivityDescriptionBase {}

/// `xero_service_code`: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct xero_service_code;
impl Field for xero_service_code {
    type Kind = kind::Text;
    const NAME: &'static str = "xero_service_code";
}
impl Has<xero_service_code> for ActivityDescription {}
impl Has<xero_service_code> for ActivityDescriptionBase {}
