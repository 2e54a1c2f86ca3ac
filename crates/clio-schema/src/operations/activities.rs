//! The operations of `activities`.

use crate::{BodyField, BodyKind, Kind, Operation, OperationInfo, ParameterInfo};

/// `GET /activities.json`: answers a list of [`Activity`](crate::objects::Activity).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListActivities;

impl Operation for ListActivities {
    type Object = crate::objects::Activity;
    const INFO: &'static OperationInfo = &OperationInfo {
        id: "Activity#index",
        method: "GET",
        path: "/activities.json",
        object: &crate::objects::ACTIVITY,
        page_size: Some(200),
        order_by_id: true,
        parameters: &[
            ParameterInfo { name: "activity_description_id", kind: Kind::Id },
            ParameterInfo { name: "calendar_entry_id", kind: Kind::Id },
            ParameterInfo { name: "communication_id", kind: Kind::Id },
            ParameterInfo { name: "contact_note_id", kind: Kind::Id },
            ParameterInfo { name: "created_since", kind: Kind::DateTime },
            ParameterInfo { name: "end_date", kind: Kind::DateTime },
            ParameterInfo { name: "expense_category_id", kind: Kind::Id },
            ParameterInfo { name: "fields", kind: Kind::Text },
            ParameterInfo { name: "flat_rate", kind: Kind::Boolean },
            ParameterInfo { name: "grant_id", kind: Kind::Id },
            ParameterInfo { name: "ids[]", kind: Kind::Id },
            ParameterInfo { name: "limit", kind: Kind::Integer },
            ParameterInfo { name: "matter_id", kind: Kind::Id },
            ParameterInfo { name: "matter_note_id", kind: Kind::Id },
            ParameterInfo { name: "only_unaccounted_for", kind: Kind::Boolean },
            ParameterInfo {
                name: "order",
                kind: Kind::Choice(&[
                    "id(asc)",
                    "id(desc)",
                    "display_number(asc)",
                    "display_number(desc)",
                    "user.name(asc)",
                    "user.name(desc)",
                    "price(asc)",
                    "price(desc)",
                    "total(asc)",
                    "total(desc)",
                    "type(asc)",
                    "type(desc)",
                    "date(asc)",
                    "date(desc)",
                    "note(asc)",
                    "note(desc)",
                    "updated_at(asc)",
                    "updated_at(desc)",
                    "vendor.name(asc)",
                    "vendor.name(desc)",
                    "expense_category.name(asc)",
                    "expense_category.name(desc)",
                    "non_billable(asc)",
                    "non_billable(desc)",
                    "non_billable_total(asc)",
                    "non_billable_total(desc)",
                ]),
            },
            ParameterInfo { name: "page_token", kind: Kind::Text },
            ParameterInfo { name: "query", kind: Kind::Text },
            ParameterInfo { name: "start_date", kind: Kind::DateTime },
            ParameterInfo {
                name: "status",
                kind: Kind::Choice(&[
                    "billed",
                    "draft",
                    "unbilled",
                    "non_billable",
                    "billable",
                    "written_off",
                ]),
            },
            ParameterInfo { name: "task_id", kind: Kind::Id },
            ParameterInfo {
                name: "type",
                kind: Kind::Choice(&["TimeEntry", "ExpenseEntry", "HardCostEntry", "SoftCostEntry"]),
            },
            ParameterInfo { name: "updated_since", kind: Kind::DateTime },
            ParameterInfo { name: "user_id", kind: Kind::Id },
        ],
        body: &[],
    };
}

/// `POST /activities.json`: answers [`Activity`](crate::objects::Activity).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreateActivity;

impl Operation for CreateActivity {
    type Object = crate::objects::Activity;
    const INFO: &'static OperationInfo = &OperationInfo {
        id: "Activity#create",
        method: "POST",
        path: "/activities.json",
        object: &crate::objects::ACTIVITY,
        page_size: None,
        order_by_id: false,
        parameters: &[ParameterInfo { name: "fields", kind: Kind::Text }],
        body: &[
            BodyField {
                name: "activity_description",
                kind: BodyKind::Object(&[
                    BodyField { name: "id", kind: BodyKind::Value(Kind::Id), required: false },
                    BodyField { name: "utbms_activity_id", kind: BodyKind::Value(Kind::Id), required: false },
                    BodyField { name: "utbms_task_id", kind: BodyKind::Value(Kind::Id), required: false },
                ]),
                required: false,
            },
            BodyField {
                name: "calendar_entry",
                kind: BodyKind::Object(&[BodyField {
                    name: "id",
                    kind: BodyKind::Value(Kind::Id),
                    required: false,
                }]),
                required: false,
            },
            BodyField {
                name: "client_portal",
                kind: BodyKind::Object(&[BodyField {
                    name: "id",
                    kind: BodyKind::Value(Kind::Id),
                    required: false,
                }]),
                required: false,
            },
            BodyField {
                name: "communication",
                kind: BodyKind::Object(&[BodyField {
                    name: "id",
                    kind: BodyKind::Value(Kind::Id),
                    required: false,
                }]),
                required: false,
            },
            BodyField {
                name: "contact_note",
                kind: BodyKind::Object(&[BodyField {
                    name: "id",
                    kind: BodyKind::Value(Kind::Id),
                    required: false,
                }]),
                required: false,
            },
            BodyField { name: "date", kind: BodyKind::Value(Kind::Date), required: true },
            BodyField {
                name: "expense_category",
                kind: BodyKind::Object(&[BodyField {
                    name: "id",
                    kind: BodyKind::Value(Kind::Id),
                    required: false,
                }]),
                required: false,
            },
            BodyField {
                name: "input_tax_settings",
                kind: BodyKind::List(&BodyKind::Object(&[
                    BodyField { name: "order", kind: BodyKind::Value(Kind::Integer), required: true },
                    BodyField {
                        name: "rule",
                        kind: BodyKind::Value(Kind::Choice(&["Pre", "Post"])),
                        required: false,
                    },
                    BodyField {
                        name: "tax_rate_configuration_id",
                        kind: BodyKind::Value(Kind::Id),
                        required: true,
                    },
                ])),
                required: false,
            },
            BodyField {
                name: "matter",
                kind: BodyKind::Object(&[BodyField {
                    name: "id",
                    kind: BodyKind::Value(Kind::Id),
                    required: false,
                }]),
                required: false,
            },
            BodyField {
                name: "matter_note",
                kind: BodyKind::Object(&[BodyField {
                    name: "id",
                    kind: BodyKind::Value(Kind::Id),
                    required: false,
                }]),
                required: false,
            },
            BodyField { name: "no_charge", kind: BodyKind::Value(Kind::Boolean), required: false },
            BodyField { name: "non_billable", kind: BodyKind::Value(Kind::Boolean), required: false },
            BodyField { name: "note", kind: BodyKind::Value(Kind::Text), required: false },
            BodyField { name: "price", kind: BodyKind::Value(Kind::Money), required: false },
            BodyField { name: "quantity", kind: BodyKind::Value(Kind::Number), required: false },
            BodyField { name: "reference", kind: BodyKind::Value(Kind::Text), required: false },
            BodyField { name: "start_timer", kind: BodyKind::Value(Kind::Boolean), required: false },
            BodyField {
                name: "task",
                kind: BodyKind::Object(&[BodyField {
                    name: "id",
                    kind: BodyKind::Value(Kind::Id),
                    required: false,
                }]),
                required: false,
            },
            BodyField {
                name: "tax_setting",
                kind: BodyKind::Value(Kind::Choice(&[
                    "no_tax",
                    "tax_1_only",
                    "tax_2_only",
                    "tax_1_and_tax_2",
                ])),
                required: false,
            },
            BodyField {
                name: "tax_settings",
                kind: BodyKind::List(&BodyKind::Object(&[
                    BodyField { name: "order", kind: BodyKind::Value(Kind::Integer), required: true },
                    BodyField {
                        name: "rule",
                        kind: BodyKind::Value(Kind::Choice(&["Pre", "Post"])),
                        required: false,
                    },
                    BodyField {
                        name: "tax_rate_configuration_id",
                        kind: BodyKind::Value(Kind::Id),
                        required: true,
                    },
                ])),
                required: false,
            },
            BodyField {
                name: "text_message_conversation",
                kind: BodyKind::Object(&[BodyField {
                    name: "id",
                    kind: BodyKind::Value(Kind::Id),
                    required: false,
                }]),
                required: false,
            },
            BodyField {
                name: "type",
                kind: BodyKind::Value(Kind::Choice(&[
                    "TimeEntry",
                    "ExpenseEntry",
                    "HardCostEntry",
                    "SoftCostEntry",
                ])),
                required: true,
            },
            BodyField {
                name: "user",
                kind: BodyKind::Object(&[BodyField {
                    name: "id",
                    kind: BodyKind::Value(Kind::Id),
                    required: false,
                }]),
                required: false,
            },
            BodyField {
                name: "utbms_expense",
                kind: BodyKind::Object(&[BodyField {
                    name: "id",
                    kind: BodyKind::Value(Kind::Id),
                    required: false,
                }]),
                required: false,
            },
            BodyField {
                name: "vendor",
                kind: BodyKind::Object(&[BodyField {
                    name: "id",
                    kind: BodyKind::Value(Kind::Id),
                    required: false,
                }]),
                required: false,
            },
        ],
    };
}
