//! The operations of `activity_descriptions`.

use crate::{Kind, Operation, OperationInfo, ParameterInfo};

/// `GET /activity_descriptions.json`: answers a list of [`ActivityDescription`](crate::objects::ActivityDescription).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListActivityDescriptions;

impl Operation for ListActivityDescriptions {
    type Object = crate::objects::ActivityDescription;
    const INFO: &'static OperationInfo = &OperationInfo {
        id: "ActivityDescription#index",
        method: "GET",
        path: "/activity_descriptions.json",
        object: &crate::objects::ACTIVITY_DESCRIPTION,
        page_size: Some(200),
        order_by_id: false,
        parameters: &[
            ParameterInfo { name: "created_since", kind: Kind::DateTime },
            ParameterInfo { name: "fields", kind: Kind::Text },
            ParameterInfo { name: "flat_rate", kind: Kind::Boolean },
            ParameterInfo { name: "ids[]", kind: Kind::Id },
            ParameterInfo { name: "limit", kind: Kind::Integer },
            ParameterInfo { name: "page_token", kind: Kind::Text },
            ParameterInfo { name: "rate_for[matter_id]", kind: Kind::Id },
            ParameterInfo { name: "rate_for[user_id]", kind: Kind::Id },
            ParameterInfo { name: "type", kind: Kind::Choice(&["utbms", "clio"]) },
            ParameterInfo { name: "updated_since", kind: Kind::DateTime },
            ParameterInfo { name: "user_id", kind: Kind::Id },
        ],
        body: &[],
    };
}
