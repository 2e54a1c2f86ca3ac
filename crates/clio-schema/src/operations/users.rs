//! The operations of `users`.

use crate::{Kind, Operation, OperationInfo, ParameterInfo};

/// `GET /users/who_am_i.json`: answers [`User`](crate::objects::User).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WhoAmI;

impl Operation for WhoAmI {
    type Object = crate::objects::User;
    const INFO: &'static OperationInfo = &OperationInfo {
        id: "User#who_am_i",
        method: "GET",
        path: "/users/who_am_i.json",
        object: &crate::objects::USER,
        page_size: None,
        order_by_id: false,
        parameters: &[ParameterInfo { name: "fields", kind: Kind::Text }],
        body: &[],
    };
}

/// `GET /users.json`: answers a list of [`User`](crate::objects::User).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListUsers;

impl Operation for ListUsers {
    type Object = crate::objects::User;
    const INFO: &'static OperationInfo = &OperationInfo {
        id: "User#index",
        method: "GET",
        path: "/users.json",
        object: &crate::objects::USER,
        page_size: Some(2000),
        order_by_id: true,
        parameters: &[
            ParameterInfo { name: "created_since", kind: Kind::DateTime },
            ParameterInfo { name: "enabled", kind: Kind::Boolean },
            ParameterInfo { name: "fields", kind: Kind::Text },
            ParameterInfo { name: "ids[]", kind: Kind::Id },
            ParameterInfo { name: "include_co_counsel", kind: Kind::Boolean },
            ParameterInfo { name: "limit", kind: Kind::Integer },
            ParameterInfo { name: "name", kind: Kind::Text },
            ParameterInfo {
                name: "order",
                kind: Kind::Choice(&[
                    "enabled(asc)",
                    "enabled(desc)",
                    "id(asc)",
                    "id(desc)",
                    "name(asc)",
                    "name(desc)",
                    "first_name(asc)",
                    "first_name(desc)",
                    "last_name(asc)",
                    "last_name(desc)",
                    "initials(asc)",
                    "initials(desc)",
                    "subscription_type(asc)",
                    "subscription_type(desc)",
                ]),
            },
            ParameterInfo { name: "page_token", kind: Kind::Text },
            ParameterInfo { name: "pending_setup", kind: Kind::Boolean },
            ParameterInfo { name: "role", kind: Kind::Choice(&["admin", "accounts", "billing", "reports"]) },
            ParameterInfo { name: "subscription_type", kind: Kind::Choice(&["attorney", "nonattorney"]) },
            ParameterInfo { name: "updated_since", kind: Kind::DateTime },
        ],
        body: &[],
    };
}
