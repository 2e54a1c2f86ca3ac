//! Links to the pages before and after.

use url::form_urlencoded;

use crate::clio::{
    ask::{Ask, Refusal},
    store::fnv,
};

/// A cursor belongs to its query: any other parameter changed makes it invalid. Its link has no offset.
fn query_hash(ask: &Ask<'_>) -> u64 {
    let mut params: Vec<_> =
        ask.params().iter().filter(|(key, _)| key != "page_token" && key != "offset").collect();
    params.sort();
    fnv(format!("{}{params:?}", ask.path()).as_bytes())
}

pub(super) fn token_for(ask: &Ask<'_>, last: i64) -> String {
    format!("{:016x}{last:016x}", query_hash(ask))
}

pub(super) fn token_after(ask: &Ask<'_>, token: &str) -> Result<i64, Refusal> {
    let read = || {
        let (hash, last) = token.split_at_checked(16)?;
        let hash = u64::from_str_radix(hash, 16).ok()?;
        (hash == query_hash(ask)).then_some(())?;
        i64::from_str_radix(last, 16).ok()
    };
    read().ok_or_else(|| Refusal::argument("page_token is not one of this query"))
}

/// The same query with one parameter replaced, as an absolute address.
pub(super) fn link(ask: &Ask<'_>, name: &str, value: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(ask.params().iter().filter(|(key, _)| key != "page_token" && key != "offset"));
    query.append_pair(name, value);
    format!("{}{}?{}", ask.origin(), ask.path(), query.finish())
}
