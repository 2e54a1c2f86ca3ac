//! Users. The API reads them only.

use bytes::Bytes;
use clio_core::schema::OperationInfo;
use http::Response;

use super::{Behaviour, Compute};
use crate::clio::{
    access::Access,
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::{Test, show},
    store::{Record, Resource, Value, handles},
};

handles!(USER: User = user {
    account,
    account_owner,
    default_calendar_id,
    email,
    enabled,
    first_name,
    last_name,
    rate,
    roles,
    subscription_type,
    time_zone,
});

pub(crate) struct Users;

impl Behaviour for Users {
    fn resource(&self) -> Option<Resource> {
        Some(USER.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        Some(match field {
            "name" => |_, _, user| Value::from(full_name(user)),
            "initials" => |_, _, user| {
                let initial = |slot| user.get(slot).as_str().and_then(|name| name.chars().next());
                Value::from(
                    [USER.first_name, USER.last_name].into_iter().filter_map(initial).collect::<String>(),
                )
            },
            _ => return None,
        })
    }

    fn filters(&self) -> &'static [&'static str] {
        &["name", "role", "include_co_counsel"]
    }

    fn filter(&self, _view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
        let wanted = value.to_lowercase();
        Some(match parameter {
            "name" => Box::new(move |_, user| full_name(user).to_lowercase().contains(&wanted)),
            "role" => Box::new(move |_, user| {
                let Value::List(roles) = user.get(USER.roles) else { return false };
                roles.iter().any(|role| role.as_str().is_some_and(|role| role.to_lowercase() == wanted))
            }),
            // No user of the firm is co-counsel.
            _ => Box::new(|_, _| true),
        })
    }
}

pub(crate) fn full_name(user: &Record) -> String {
    let name = |slot| user.get(slot).as_str().unwrap_or_default();
    format!("{} {}", name(USER.first_name), name(USER.last_name)).trim().to_owned()
}

/// The account owner, who is also the first to consent.
pub(crate) fn owner(firm: &Firm) -> Option<&Record> {
    let users = firm.table(USER.resource);
    users.values().find(|user| user.get(USER.account_owner).is_true()).or_else(|| users.values().next())
}

/// `GET /users/who_am_i`: whoever the token is of.
pub(crate) fn who_am_i(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    _ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    let user = firm.get(USER.resource, access.user).ok_or_else(|| Refusal::not_found("User"))?;
    show(View { firm, access, now: ask.now }, ask, operation, USER.resource, user)
}
