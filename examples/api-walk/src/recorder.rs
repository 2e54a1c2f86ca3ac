//! The calls without a server: the requests that they would send.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use clio_api::{
    Clio, Error, ErrorKind, FieldTree, Limits, Payload, Record, Region, Token, Transport, TransportError,
    objects,
};
use clio_core::schema::{FieldInfo, OperationInfo};
use http::{HeaderName, HeaderValue, header::AUTHORIZATION};
use serde::Serialize;
use serde_json::value::RawValue;
use url::Url;

use crate::{
    EVERY,
    calls::{Ids, Told},
    seen::Seen,
};

/// A request as it would leave, without its token.
#[derive(Debug, Clone, Serialize)]
pub struct Asked {
    /// The id of the operation: `Matter#create`.
    pub operation: &'static str,
    /// Its method.
    pub method: String,
    /// Its path below the address of the API.
    pub path: String,
    /// Its parameters, in their order.
    pub query: Vec<(String, String)>,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its JSON.
    pub body: Option<Box<RawValue>>,
}

/// The requests that the typed calls of all operations, or those of the group `only`, build: for each with everything that it takes, for one that looks
/// at conditions once more with those, and for a list once more for its second page.
///
/// # Errors
///
/// When a call cannot be built.
pub async fn requests(only: Option<&str>) -> Result<Vec<Asked>, Error> {
    let recorder = Arc::new(Recorder::default());
    let clio = Clio::builder(Region::custom_api(BASE)?)
        .token(Token::access_only("none"))
        .transport(recorder.clone())
        .build()?;
    let mut requests = Vec::new();
    for sample in EVERY.iter().filter(|sample| only.is_none_or(|only| only == sample.operation.group)) {
        let mut told = vec![Told::Everything];
        if sample.operation.headers.iter().any(|header| header.to_ascii_lowercase().starts_with("if-")) {
            told.push(Told::Conditions);
        }
        while let Some(now) = told.pop() {
            // The answer is that of a list, and decodes as nothing else: it is the request that counts.
            let seen = (sample.call)(&clio, &Ids::default(), &now).await;
            let Some(request) = recorder.take() else {
                let why = "the call was not sent";
                return Err(seen.err().unwrap_or_else(|| Error::new(ErrorKind::Configuration, why)));
            };
            requests.push(request.into_asked(sample.operation)?);
            if let (Ok(Seen { next: Some(page), .. }), Told::Everything) = (seen, now) {
                told.push(Told::Page(page));
            }
        }
    }
    Ok(requests)
}

/// The fields of an object, by their names on the wire.
#[derive(Debug, Clone, Serialize)]
pub struct Fields {
    /// The object, or the form of it that nests: `MatterBase`.
    pub object: &'static str,
    /// Its fields.
    pub fields: Vec<&'static str>,
}

/// The fields that can be asked for at run time and read from a record, of every object.
pub fn fields() -> impl Iterator<Item = Fields> {
    objects::ALL.iter().map(|object| {
        let readable = |field: &&FieldInfo| {
            let asked = FieldTree::of(object).with(field.name).map(Arc::new);
            let json = format!(r#"{{"{}":1}}"#, field.name);
            let record = asked.ok().and_then(|asked| Record::from_json(&asked, &json).ok());
            record.is_some_and(|record| matches!(record.json(field.name), Ok(Some(_))))
        };
        let fields = object.fields.iter().filter(readable).map(|field| field.name).collect();
        Fields { object: object.name, fields }
    })
}

const BASE: &str = "http://localhost/api/v4";

/// Keeps the last request, and answers that it succeeded.
#[derive(Debug, Default)]
struct Recorder(Mutex<Option<Request>>);

#[derive(Debug)]
struct Request {
    method: http::Method,
    uri: http::Uri,
    headers: http::HeaderMap,
    body: Bytes,
}

impl Request {
    /// The token is no part of what was asked.
    fn into_asked(self, operation: &'static OperationInfo) -> Result<Asked, Error> {
        let broken = |error: String| Error::new(ErrorKind::Configuration, error).with_operation(operation.id);
        let url = Url::parse(&self.uri.to_string()).map_err(|error| broken(error.to_string()))?;
        let header = |(name, value): (&HeaderName, &HeaderValue)| {
            Some((name.to_string(), value.to_str().ok()?.to_owned())).filter(|_| *name != AUTHORIZATION)
        };
        let body = (!self.body.is_empty()).then(|| serde_json::from_slice(&self.body)).transpose();
        Ok(Asked {
            operation: operation.id,
            method: self.method.to_string(),
            path: url.path().strip_prefix("/api/v4").unwrap_or(url.path()).to_owned(),
            query: url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect(),
            headers: self.headers.iter().filter_map(header).collect(),
            body: body.map_err(|error| broken(error.to_string()))?,
        })
    }
}

impl Recorder {
    fn take(&self) -> Option<Request> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[async_trait]
impl Transport for Recorder {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        let (head, body) = request.into_parts();
        let body = body.into_bytes(limits.max_body).await?;
        let next = format!("http://localhost{}?page_token=next", head.uri.path());
        let answer = format!(r#"{{"data":[],"meta":{{"paging":{{"next":"{next}"}}}}}}"#);
        let request = Request { method: head.method, uri: head.uri, headers: head.headers, body };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
        Ok(http::Response::new(Payload::Bytes(answer.into())))
    }
}
