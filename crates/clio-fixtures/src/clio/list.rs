//! Lists: filters, order, pages.

use std::cmp::Ordering;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use clio_core::schema::{Kind, OperationInfo};
use http::{Response, StatusCode};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{
    ask::{Ask, Refusal, ok},
    render::{Field, Node},
    route::fields,
    state::{Firm, fnv},
};

/// The most records that a list without a cursor can skip.
const MOST_OFFSET: usize = 10_000;

/// One page of the records that the query lets through.
pub(crate) fn list<'a>(
    firm: &'a Firm,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    records: impl Iterator<Item = Node<'a>>,
) -> Result<Response<Bytes>, Refusal> {
    let tree = fields(ask, operation)?;
    let most = usize::from(operation.page_size.unwrap_or(200));
    let limit = ask.parsed("limit", |text| text.parse().ok().filter(|n| (1..=most).contains(n)))?;
    let limit = limit.unwrap_or(most);
    let (key, descending) = order(ask, operation)?;
    let filters = Filters::read(firm, ask)?;

    let mut found: Vec<_> = records.filter(|record| filters.let_through(firm, ask, *record)).collect();
    found.sort_by_cached_key(|record| record.id(firm));
    if key != "id" {
        found.sort_by(|a, b| compare(&a.at(firm, key), &b.at(firm, key)));
    }
    if descending {
        found.reverse();
    }
    let total = found.len();
    let cursor = key == "id" && !descending && ask.param("offset").is_none();
    let start = if let Some(token) = ask.param("page_token") {
        let after = token_after(ask, token)?;
        found.partition_point(|record| record.id(firm) <= after)
    } else {
        let most = MOST_OFFSET;
        ask.parsed("offset", |text| text.parse().ok().filter(|n| *n <= most))?.unwrap_or(0)
    };
    let page: Vec<_> = found.iter().skip(start).take(limit).copied().collect();
    let more = start + page.len() < total;
    let mut paging = serde_json::Map::new();
    if let (true, Some(last)) = (more, page.last()) {
        let next = if cursor {
            ("page_token", token_for(ask, last.id(firm)))
        } else {
            ("offset", (start + page.len()).to_string())
        };
        paging.insert("next".to_owned(), Value::from(link(ask, next)));
    }
    let data: Vec<_> = page.into_iter().map(|record| record.render(firm, tree.as_ref())).collect();
    Ok(ok(StatusCode::OK, &json!({"data": data, "meta": {"paging": paging, "records": total}})))
}

/// The `order` parameter, where the operation has one.
fn order<'q>(ask: &'q Ask<'_>, operation: &OperationInfo) -> Result<(&'q str, bool), Refusal> {
    let known = operation.parameters.iter().find(|parameter| parameter.name == "order");
    let (Some(text), Some(known)) = (ask.param("order"), known) else { return Ok(("id", false)) };
    if let Kind::Choice(words) = known.kind
        && !words.contains(&text)
    {
        return Err(Refusal::argument(&format!("order cannot be {text:?}")));
    }
    let (key, way) = text.split_once('(').unwrap_or((text, "asc)"));
    Ok((key, way == "desc)"))
}

fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a.as_f64().unwrap_or(0.0).total_cmp(&b.as_f64().unwrap_or(0.0))
        }
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        _ => a.to_string().cmp(&b.to_string()),
    }
}

/// A cursor belongs to its query: any other parameter changed makes it invalid.
fn query_hash(ask: &Ask<'_>) -> u64 {
    let mut params: Vec<_> = ask.params().iter().filter(|(key, _)| key != "page_token").collect();
    params.sort();
    fnv(format!("{}{params:?}", ask.path()).as_bytes())
}

fn token_for(ask: &Ask<'_>, last: i64) -> String {
    format!("{:016x}{last:016x}", query_hash(ask))
}

fn token_after(ask: &Ask<'_>, token: &str) -> Result<i64, Refusal> {
    let read = || {
        let (hash, last) = token.split_at_checked(16)?;
        let hash = u64::from_str_radix(hash, 16).ok()?;
        (hash == query_hash(ask)).then_some(())?;
        i64::from_str_radix(last, 16).ok()
    };
    read().ok_or_else(|| Refusal::argument("page_token is not one of this query"))
}

/// The same query with one parameter replaced, as an absolute address.
fn link(ask: &Ask<'_>, (name, value): (&str, String)) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(ask.params().iter().filter(|(key, _)| key != "page_token" && key != "offset"));
    query.append_pair(name, &value);
    format!("{}{}?{}", ask.origin(), ask.path(), query.finish())
}

/// The filters, read once. A parameter that none of these is, is ignored, as Clio does.
struct Filters {
    ids: Vec<i64>,
    updated: Option<DateTime<Utc>>,
    created: Option<DateTime<Utc>>,
    inclusive: bool,
    matter: Option<i64>,
    user: Option<i64>,
    category: Option<i64>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    flat_rate: Option<bool>,
    enabled: Option<bool>,
    query: Option<String>,
    name: Option<String>,
}

impl Filters {
    fn read(firm: &Firm, ask: &Ask<'_>) -> Result<Self, Refusal> {
        let moment = |text: &str| {
            let exact = DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc());
            exact.or_else(|| Some(text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?.and_utc()))
        };
        let day = |text: &str| text.get(..10)?.parse::<NaiveDate>().ok();
        let id = |text: &str| text.parse::<i64>().ok();
        let flag = |text: &str| text.parse::<bool>().ok();
        let ids = ask.params().iter().filter(|(key, _)| key == "ids[]");
        let ids = ids.map(|(_, text)| text.parse()).collect::<Result<Vec<_>, _>>();
        Ok(Self {
            ids: ids.map_err(|_| Refusal::argument("ids[] takes ids"))?,
            updated: ask.parsed("updated_since", moment)?,
            created: ask.parsed("created_since", moment)?,
            inclusive: firm.settings.since_inclusive,
            matter: ask.parsed("matter_id", id)?,
            user: ask.parsed("user_id", id)?,
            category: ask.parsed("activity_description_id", id)?,
            from: ask.parsed("start_date", day)?,
            to: ask.parsed("end_date", day)?,
            flat_rate: ask.parsed("flat_rate", flag)?,
            enabled: ask.parsed("enabled", flag)?,
            query: ask.param("query").map(str::to_lowercase),
            name: ask.param("name").map(str::to_lowercase),
        })
    }

    fn let_through(&self, firm: &Firm, ask: &Ask<'_>, record: Node<'_>) -> bool {
        let since = |floor: Option<DateTime<Utc>>, at: DateTime<Utc>| {
            floor.is_none_or(|floor| at > floor || (self.inclusive && at == floor))
        };
        let stamp = match record {
            Node::Activity(one) => &one.stamp,
            Node::Matter(one) => &one.stamp,
            Node::User(one) => &one.stamp,
            Node::Category(one) => &one.stamp,
            Node::Rate(_) | Node::Client(_) | Node::Account => return true,
        };
        let common = (self.ids.is_empty() || self.ids.contains(&record.id(firm)))
            && since(self.updated, stamp.updated)
            && since(self.created, stamp.created);
        common
            && match record {
                Node::Activity(one) => {
                    self.matter.is_none_or(|id| one.matter == Some(id))
                        && self.user.is_none_or(|id| one.user == id)
                        && self.category.is_none_or(|id| one.category == Some(id))
                        && self.from.is_none_or(|day| one.date >= day)
                        && self.to.is_none_or(|day| one.date <= day)
                        && self.flat_rate.is_none_or(|flat| one.flat_rate == flat)
                        && ask.param("type").is_none_or(|kind| one.kind == kind)
                        && ask.param("status").is_none_or(|status| match status {
                            "non_billable" => one.non_billable,
                            "billable" | "unbilled" => !one.non_billable,
                            _ => false,
                        })
                        && self.finds(&one.note)
                }
                Node::Matter(one) => {
                    let statuses = ask.param("status");
                    statuses.is_none_or(|list| list.split(',').any(|s| one.status.to_lowercase() == s.trim()))
                        && self.finds(&format!(
                            "{}\n{}\n{}",
                            one.display_number, one.description, one.client.last
                        ))
                }
                Node::User(_) => {
                    let name = record.at(firm, "name").as_str().unwrap_or_default().to_lowercase();
                    self.enabled.is_none_or(|enabled| enabled)
                        && self.name.as_ref().is_none_or(|part| name.contains(part))
                }
                Node::Category(one) => self.flat_rate.is_none_or(|flat| {
                    let Field::Value(kind) = Node::Rate(one).field(firm, "type") else { return false };
                    (kind == "FlatRate") == flat
                }),
                Node::Rate(_) | Node::Client(_) | Node::Account => true,
            }
    }

    fn finds(&self, text: &str) -> bool {
        self.query.as_ref().is_none_or(|part| text.to_lowercase().contains(part))
    }
}
