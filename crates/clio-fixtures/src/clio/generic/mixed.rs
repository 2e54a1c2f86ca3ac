//! A list of records of several resources.

use clio_core::schema::OperationInfo;

use super::{
    filter::Filters,
    list::{enclose, limit},
    one::fields,
    order::Order,
    paging::{link, token_after, token_for},
};
use crate::clio::{
    answer::{Plan, View},
    ask::{Answered, Ask, Refusal},
    store::{Record, Resource},
};

/// One page of the records that the query lets through, by cursor in every order. By id the cursor is a record, by anything
/// else a place in the list, which is our choice.
pub(crate) fn mixed(
    view: View<'_>,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    resources: &[Resource],
) -> Answered {
    let tree = fields(ask, operation)?;
    let limit = limit(ask, operation)?;
    let order = Order::read(ask, operation)?;
    let mut found: Vec<(Resource, &Record)> = Vec::new();
    for resource in resources {
        let filters = Filters::read(view, ask, operation, *resource)?;
        let records = view.firm.table(*resource).values().filter(|record| filters.let_through(view, record));
        found.extend(records.map(|record| (*resource, record)));
    }
    order.sort_mixed(view, &mut found);
    let start = start(ask, &order, &found)?;
    let end = (start + limit).min(found.len());
    let page = &found[start.min(end)..end];

    let plans: Vec<_> = resources
        .iter()
        .map(|resource| (*resource, Plan::record(tree.as_ref(), operation.object, *resource)))
        .collect();
    let mut text = b"{\"data\":[".to_vec();
    for (at, (resource, record)) in page.iter().enumerate() {
        if at > 0 {
            text.push(b',');
        }
        if let Some((_, plan)) = plans.iter().find(|(known, _)| known == resource) {
            view.record(&mut text, plan, *resource, record);
        }
    }
    let token = |last: &(Resource, &Record)| {
        let place = i64::try_from(end).unwrap_or(i64::MAX);
        token_for(ask, if order.key == "id" { rank(last) } else { place })
    };
    let next = page.last().filter(|_| end < found.len()).map(|last| link(ask, "page_token", &token(last)));
    text.push(b']');
    Ok(enclose(text, next, None, found.len()))
}

/// Where the page begins.
fn start(ask: &Ask<'_>, order: &Order<'_>, found: &[(Resource, &Record)]) -> Result<usize, Refusal> {
    let Some(token) = ask.param("page_token") else { return Ok(0) };
    let after = token_after(ask, token)?;
    if order.key != "id" {
        return Ok(usize::try_from(after).unwrap_or(0));
    }
    Ok(found.partition_point(|one| if order.descending { rank(one) >= after } else { rank(one) <= after }))
}

/// The place of a record among all: two resources may have the same id.
fn rank((resource, record): &(Resource, &Record)) -> i64 {
    record.id * 256 + i64::try_from(resource.index()).unwrap_or(0)
}
