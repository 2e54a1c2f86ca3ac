//! From an answer to a record, a page, or an error. Pure functions over bytes.

use std::{fmt, marker::PhantomData, sync::Arc, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_schema::{Object, OperationInfo};
use http::{HeaderMap, StatusCode};
use serde::{
    Deserialize, Deserializer,
    de::{SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use serde_path_to_error::Segment;

use crate::{
    Base, Error, ErrorKind, FieldTree, Json, Page, PageToken, Record, Selection,
    derived::MISSING,
    headers, privacy,
    refusal::{Refusal, doubt},
};

/// An answer that has arrived completely.
#[derive(Clone)]
pub struct RawResponse {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl fmt::Debug for RawResponse {
    /// Shows the size of the body only: it holds client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.status)
            .field("body", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl RawResponse {
    /// The server's own time: its `Date` header.
    pub fn date(&self) -> Option<DateTime<Utc>> {
        headers::date(&self.headers)
    }

    /// How long the server asks to wait: `Retry-After` in seconds or as a date, else until the `X-RateLimit-Reset` of a
    /// limit that is used up.
    pub fn retry_after(&self) -> Option<Duration> {
        headers::retry_after(&self.headers)
    }

    /// The answer, if its status says that the operation succeeded.
    ///
    /// # Errors
    ///
    /// Otherwise the error that it stands for. A refusal that is surely Clio's own says that nothing was applied, and so
    /// does any failure of a read; an answer of something in front of Clio, a server error and a 429 leave that open.
    pub fn check(self, operation: &'static OperationInfo) -> Result<Self, Error> {
        match Refusal::of(&self) {
            Some(refusal) => Err(refusal.into_error(self, operation)),
            None => Ok(self),
        }
    }

    /// The answer is an error in Clio's own words, and not of something that stands in front of Clio. Only then does it
    /// prove that a write was refused.
    pub fn is_clios_refusal(&self) -> bool {
        !self.status.is_success() && Refusal::of(self).is_some_and(|refusal| refusal.is_clios())
    }

    /// Clio refuses the access token (401 `invalid_token`): with another one the same request may be sent again.
    pub fn refuses_token(&self) -> bool {
        !self.status.is_success() && Refusal::of(self).is_some_and(|refusal| refusal.is_of_token())
    }
}

/// Decodes the one record of an answer.
///
/// # Errors
///
/// [`ErrorKind::Decode`] with the path to where the answer breaks its promise. A write was perhaps applied then.
pub fn one<O: Object, S: Selection<O>>(
    answer: &RawResponse,
    operation: &'static OperationInfo,
) -> Result<S, Error> {
    if let Ok(envelope) = serde_json::from_slice::<Envelope<Decoded<O, S>>>(&answer.body) {
        return Ok(envelope.data.record);
    }
    one_by(answer, operation, record::<O, S>)
}

/// Takes the one record of an answer as a [`Record`] with the fields of `asked`.
///
/// # Errors
///
/// [`ErrorKind::Decode`] when there is none. A write was perhaps applied then.
pub fn one_record(
    answer: &RawResponse,
    operation: &'static OperationInfo,
    asked: &Arc<FieldTree>,
) -> Result<Record, Error> {
    one_by(answer, operation, |raw, at| Record::from_json(asked, raw.get()).map_err(|e| e.with_path(at)))
}

fn one_by<T>(
    answer: &RawResponse,
    operation: &'static OperationInfo,
    read: impl FnOnce(&RawValue, &str) -> Result<T, Error>,
) -> Result<T, Error> {
    let envelope: RawEnvelope<'_> =
        serde_json::from_slice(&answer.body).map_err(|e| undecodable(&e, "data", answer, operation))?;
    read(envelope.data, "data").map_err(|error| {
        if let Some(refusal) = Refusal::of(answer) {
            return refusal.into_error(answer.clone(), operation);
        }
        error.with_operation(operation.id).with_applied(doubt(operation)).with_answer(
            answer.status.as_u16(),
            None,
            None,
            answer.body.clone(),
        )
    })
}

/// Decodes one page of a list. A record that does not decode is an error of its own.
///
/// # Errors
///
/// [`ErrorKind::Decode`] when the page itself does not decode, [`ErrorKind::Paging`] when its `next` leads away.
pub fn list<O: Object, S: Selection<O>>(
    answer: &RawResponse,
    operation: &'static OperationInfo,
    base: &Base,
) -> Result<Page<S>, Error> {
    // All at once, straight from the bytes. Only if anything is wrong with any of them is each looked at by itself.
    if let Ok(page) = serde_json::from_slice::<Envelope<AllDecoded<O, S>>>(&answer.body) {
        return finish(page.data.records, page.meta, operation, base);
    }
    list_by(answer, operation, base, record::<O, S>)
}

/// Takes one page of a list as [`Record`]s with the fields of `asked`. A record that is no object is an error of its own.
///
/// # Errors
///
/// As for [`list`].
pub fn list_records(
    answer: &RawResponse,
    operation: &'static OperationInfo,
    base: &Base,
    asked: &Arc<FieldTree>,
) -> Result<Page<Record>, Error> {
    let read = |raw: &RawValue, at: &str| Record::from_json(asked, raw.get()).map_err(|e| e.with_path(at));
    list_by(answer, operation, base, read)
}

fn list_by<T>(
    answer: &RawResponse,
    operation: &'static OperationInfo,
    base: &Base,
    read: impl Fn(&RawValue, &str) -> Result<T, Error>,
) -> Result<Page<T>, Error> {
    let page: RawPage<'_> =
        serde_json::from_slice(&answer.body).map_err(|e| undecodable(&e, "data", answer, operation))?;
    let read = |(at, raw): (usize, &&RawValue)| {
        read(raw, &format!("data[{at}]")).map_err(|error| error.with_operation(operation.id))
    };
    finish(page.data.iter().enumerate().map(read).collect(), page.meta, operation, base)
}

fn finish<T>(
    records: Vec<Result<T, Error>>,
    meta: Meta,
    operation: &'static OperationInfo,
    base: &Base,
) -> Result<Page<T>, Error> {
    let next = match meta.paging.next {
        Some(link) => {
            Some(PageToken::from_link(base, &link).map_err(|error| error.with_operation(operation.id))?)
        }
        None => None,
    };
    Ok(Page { records, next, total: meta.records })
}

/// An answer whose `data` is decoded on the way.
#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
    #[serde(default)]
    meta: Meta,
}

#[derive(Deserialize)]
struct RawEnvelope<'a> {
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize)]
struct RawPage<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    #[serde(default)]
    meta: Meta,
}

#[derive(Deserialize, Default)]
struct Meta {
    records: Option<u64>,
    #[serde(default)]
    paging: Paging,
}

#[derive(Deserialize, Default)]
struct Paging {
    next: Option<String>,
}

/// Decodes one record: a part of an answer, the payload of a webhook, what a test makes up.
///
/// # Errors
///
/// [`ErrorKind::Decode`] with the path to where the record breaks its promise.
///
/// ```
/// use clio_core::{Stub, schema::objects::Matter};
///
/// let stub: Stub<Matter> = clio_core::decode(r#"{"id":7,"etag":"\"e\""}"#)?;
/// assert_eq!(stub.id.get(), 7);
/// let error = clio_core::decode::<Matter, Stub<Matter>>(r#"{"id":[],"etag":"e"}"#).unwrap_err();
/// assert_eq!(error.path(), Some("id"));
/// # Ok::<(), clio_core::Error>(())
/// ```
pub fn decode<O: Object, S: Selection<O>>(json: &str) -> Result<S, Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    match S::decode(&mut deserializer) {
        Ok(record) if deserializer.end().is_ok() => Ok(record),
        Ok(_) => Err(Error::new(ErrorKind::Decode, "something stands after the record")),
        Err(_) => why_not::<O, S>(json, ""),
    }
}

/// Decodes fast, and only when that fails once more with the path tracked.
fn record<O: Object, S: Selection<O>>(raw: &RawValue, at: &str) -> Result<S, Error> {
    match S::decode(&mut serde_json::Deserializer::from_str(raw.get())) {
        Ok(record) => Ok(record),
        Err(_) => why_not::<O, S>(raw.get(), at),
    }
}

/// Decodes a record that did not decode, to say where and why not.
#[cold]
fn why_not<O: Object, S: Selection<O>>(json: &str, at: &str) -> Result<S, Error> {
    let mut track = serde_path_to_error::Track::new();
    let mut slow = serde_json::Deserializer::from_str(json);
    let result = Decoded::<O, S>::deserialize(serde_path_to_error::Deserializer::new(&mut slow, &mut track));
    result.map(|decoded| decoded.record).map_err(|error| explain(json, at, &track.path(), &error.to_string()))
}

fn explain(json: &str, at: &str, path: &serde_path_to_error::Path, told: &str) -> Error {
    // serde_json's text ends in a position inside this one record, which would mislead.
    let told = told.split(" at line ").next().unwrap_or_default();
    // A field that is missing has no place in the JSON. It is the next step after the object that lacks it.
    let missing = told.strip_prefix(MISSING).and_then(|rest| rest.split('`').next());
    let inner = path.to_string();
    let steps = [at, if inner == "." { "" } else { &inner }, missing.unwrap_or_default()];
    let full: Vec<_> = steps.into_iter().filter(|step| !step.is_empty()).collect();
    let (value, object) = along(json, path);
    let told = match value {
        Some(Json::Null) => "null, where the selection takes no `Option`".into(),
        _ => privacy::without_value(told),
    };
    let redacted = object.get("redacted").and_then(Json::as_boolean) == Some(true);
    let redacted = if redacted { "; Clio has redacted the object for this user" } else { "" };
    Error::new(ErrorKind::Decode, format!("the answer does not decode: {told}{redacted}"))
        .with_path(full.join("."))
}

/// What stands at the end of the path, and the innermost object on the way.
fn along(json: &str, path: &serde_path_to_error::Path) -> (Option<Json>, Json) {
    let Ok(json) = serde_json::from_str::<Json>(json) else { return (None, Json::Null) };
    let (mut at, mut innermost) = (Some(&json), &json);
    for step in path {
        at = match (at, step) {
            (Some(object), Segment::Map { key }) => object.get(key),
            (Some(Json::List(list)), Segment::Seq { index }) => list.get(*index),
            _ => None,
        };
        if let Some(object @ Json::Object(_)) = at {
            innermost = object;
        }
    }
    (at.cloned(), innermost.clone())
}

/// What `Selection::decode` decodes, where serde wants a type.
struct Decoded<O, S> {
    record: S,
    object: PhantomData<fn() -> O>,
}

impl<'de, O: Object, S: Selection<O>> Deserialize<'de> for Decoded<O, S> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        S::decode(deserializer).map(|record| Self { record, object: PhantomData })
    }
}

/// A list of what `Selection::decode` decodes, in the shape that a page wants, so that no record is moved once more.
struct AllDecoded<O, S> {
    records: Vec<Result<S, Error>>,
    object: PhantomData<fn() -> O>,
}

impl<'de, O: Object, S: Selection<O>> Deserialize<'de> for AllDecoded<O, S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each<O, S>(PhantomData<fn() -> (O, S)>);

        impl<'de, O: Object, S: Selection<O>> Visitor<'de> for Each<O, S> {
            type Value = Vec<Result<S, Error>>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of records")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut records = Vec::new();
                while let Some(decoded) = seq.next_element::<Decoded<O, S>>()? {
                    records.push(Ok(decoded.record));
                }
                Ok(records)
            }
        }

        let records = deserializer.deserialize_seq(Each::<O, S>(PhantomData))?;
        Ok(Self { records, object: PhantomData })
    }
}

fn undecodable(
    error: &serde_json::Error,
    path: &str,
    answer: &RawResponse,
    operation: &'static OperationInfo,
) -> Error {
    if let Some(refusal) = Refusal::of(answer) {
        return refusal.into_error(answer.clone(), operation);
    }
    // An answer that ends too early was cut off on its way; asking again may bring all of it.
    let told = if error.is_eof() {
        Error::new(ErrorKind::Interrupted, "the answer broke off")
    } else {
        let told = error.to_string();
        let told = privacy::without_value(told.split(" at line ").next().unwrap_or_default());
        let (line, column) = (error.line(), error.column());
        let why = format!("the answer does not decode: {told} (line {line}, column {column})");
        Error::new(ErrorKind::Decode, why).with_path(path)
    };
    told.with_applied(doubt(operation)).with_operation(operation.id).with_answer(
        answer.status.as_u16(),
        None,
        None,
        answer.body.clone(),
    )
}

#[cfg(test)]
mod tests {
    use clio_schema::{
        Operation,
        objects::Matter,
        operations::{CreateActivity, ListMatters},
    };

    use super::*;
    use crate::{Amount, Applied, Id};

    #[derive(Debug, Deserialize)]
    struct Row {
        id: Id<Matter>,
        client: Option<Client>,
        #[allow(dead_code, reason = "decoded to be refused")]
        total: Option<Amount>,
    }
    #[derive(Debug, Deserialize)]
    struct Client {
        name: String,
    }
    impl Selection<Matter> for Row {
        const FIELDS: &'static str = "id,client{name}";
        fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Self::deserialize(deserializer)
        }
    }

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &'static str) -> RawResponse {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        RawResponse { status: StatusCode::from_u16(status).unwrap(), headers: map, body: body.into() }
    }

    #[test]
    fn a_bad_record_is_an_error_of_its_own_with_its_path() {
        let body = r#"{"data":[{"id":1,"client":{"name":"Ada"}},{"id":2,"client":{"name":null}},{"id":3}],
                       "meta":{"records":3,"paging":{"next":"https://x.example/api/v4/matters.json?page_token=p"}}}"#;
        let base = Base::parse("https://x.example/api/v4").unwrap();
        let page = list::<Matter, Row>(&answer(200, &[], body), ListMatters::INFO, &base).unwrap();
        let first = page.records[0].as_ref().unwrap();
        assert_eq!((first.id.get(), first.client.as_ref().unwrap().name.as_str()), (1, "Ada"));
        assert_eq!(page.records[1].as_ref().unwrap_err().path(), Some("data[1].client.name"));
        assert!(page.records[2].is_ok());
        assert_eq!((page.total, page.next.is_some()), (Some(3), true));
    }

    #[test]
    fn money_keeps_its_path_too() {
        let error =
            one::<Matter, Row>(&answer(201, &[], r#"{"data":{"id":1,"total":"x"}}"#), CreateActivity::INFO)
                .unwrap_err();
        assert_eq!((error.path(), error.applied()), (Some("data.total"), Applied::Perhaps));
    }

    #[test]
    fn debug_shows_no_body() {
        let error = answer(422, &[], r#"{"error":{"type":"X","message":"m"},"secret":"Ada"}"#)
            .check(CreateActivity::INFO)
            .unwrap_err();
        assert!(!format!("{error:?}").contains("Ada"));
        assert!(error.body().is_some());
    }
}
