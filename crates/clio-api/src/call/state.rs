//! What a call is made of. The same for every operation, so that it is compiled once.

use std::{borrow::Cow, fmt::Display, sync::Arc};

use chrono::{DateTime, SecondsFormat, Utc};
use clio_core::{
    Error, ErrorKind, Etag, FieldTree, Members, RequestParts,
    response::RawResponse,
    schema::{Answer, OperationInfo},
};

use super::{
    BoxFuture,
    cursor::{MOST_BY_OFFSET, stand},
    keys::MIXED,
    position::{At, Position, refused},
};
use crate::{CallOptions, Clio, Permit};

/// A call that has not been made yet.
pub(crate) struct Call {
    pub(crate) clio: Clio,
    pub(super) operation: &'static OperationInfo,
    /// The `fields` parameter; not sent when it is empty.
    pub(super) fields: Cow<'static, str>,
    pub(super) limit: Option<u16>,
    /// How many records to pass over; a list that says so is paged by offset.
    pub(super) offset: Option<u32>,
    pub(super) resumed: Option<Position>,
    pub(super) options: CallOptions,
    pub(super) permit: Option<Permit>,
    /// The members of the body that were set on the call itself.
    pub(crate) members: Members,
    path: Vec<String>,
    query: Vec<(Cow<'static, str>, String)>,
    /// The JSON of a body that was given whole.
    body: Option<String>,
    /// The headers by which the call depends on what the caller knows already.
    conditions: Vec<(&'static str, String)>,
    wrong: Option<Error>,
}

impl Call {
    pub(crate) fn new(clio: &Clio, operation: &'static OperationInfo) -> Self {
        Self {
            clio: clio.clone(),
            operation,
            fields: Cow::Borrowed(""),
            limit: None,
            offset: None,
            resumed: None,
            options: CallOptions::default(),
            permit: None,
            members: Members::default(),
            path: Vec::new(),
            query: Vec::new(),
            body: None,
            conditions: Vec::new(),
            wrong: None,
        }
    }

    /// Who will make the call.
    pub(crate) fn client(&self) -> &Clio {
        &self.clio
    }

    /// The value of the next parameter of the path.
    pub(crate) fn path(mut self, value: &dyn Display) -> Self {
        self.path.push(value.to_string());
        self
    }

    /// A parameter that the operation cannot do without.
    pub(crate) fn with(mut self, name: &'static str, value: String) -> Self {
        self.set(name, value);
        self
    }

    /// The whole body.
    pub(crate) fn with_body(mut self, json: Result<String, Error>) -> Self {
        match json {
            Ok(json) => self.body = Some(json),
            Err(error) => {
                self.wrong.get_or_insert(error);
            }
        }
        self
    }

    /// Sets a parameter. The last value counts.
    pub(crate) fn set(&mut self, name: impl Into<Cow<'static, str>>, value: String) {
        let name = name.into();
        self.query.retain(|(known, _)| *known != name);
        self.query.push((name, value));
    }

    /// Adds the values of a parameter that may repeat.
    pub(crate) fn repeat(&mut self, name: &'static str, values: Vec<String>) {
        self.some(name, &values);
        self.query.extend(values.into_iter().map(|value| (Cow::Borrowed(name), value)));
    }

    /// Sets a parameter to values with commas between them.
    pub(crate) fn commas(&mut self, name: &'static str, values: &[String]) {
        self.some(name, values);
        self.set(name, values.join(","));
    }

    pub(crate) fn if_match(&mut self, etag: &Etag) {
        self.condition("If-Match", etag.as_str().to_owned());
    }

    pub(crate) fn if_none_match(&mut self, etag: &Etag) {
        self.condition("If-None-Match", etag.as_str().to_owned());
    }

    /// HTTP has a spelling of its own for moments.
    pub(crate) fn if_modified_since(&mut self, at: DateTime<Utc>) {
        self.condition("If-Modified-Since", at.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
    }

    /// The last value counts.
    fn condition(&mut self, header: &'static str, value: String) {
        self.conditions.retain(|(known, _)| *known != header);
        self.conditions.push((header, value));
    }

    fn some(&mut self, name: &str, values: &[String]) {
        if values.is_empty() {
            self.refuse(&format!("an empty list of `{name}` would be none, and leave the call unfiltered"));
        }
    }

    /// Sets a parameter of which only the name is known.
    pub(super) fn checked(&mut self, name: &str, value: String) {
        match name {
            "fields" => self.refuse("the fields are chosen by select"),
            "page_token" if self.limit.is_some() => self.refuse("a page is gone on with by resume"),
            "limit" if self.limit.is_some() => match value.parse::<u16>() {
                Ok(limit) => self.limit(limit),
                Err(_) => self.refuse("the limit is a number of records"),
            },
            "offset" if self.limit.is_some() => match value.parse::<u32>() {
                Ok(offset) => self.offset(offset),
                Err(_) => self.refuse("the offset is a number of records"),
            },
            _ if !self.knows(name) => self.refuse(&format!("this operation has no parameter `{name}`")),
            _ if name.ends_with("[]") => self.query.push((Cow::Owned(name.to_owned()), value)),
            _ => self.set(name.to_owned(), value),
        }
    }

    /// `custom_field_values[7]` is a value of `custom_field_values`.
    fn knows(&self, name: &str) -> bool {
        let keyed =
            |(family, rest): (&str, &str)| rest.ends_with(']') && self.operation.parameter(family).is_some();
        self.operation.parameter(name).is_some() || name.split_once('[').is_some_and(keyed)
    }

    /// Asks for these fields, which are known at run time only.
    pub(super) fn ask(&mut self, fields: &Arc<FieldTree>) {
        if fields.object().name != self.operation.object.name {
            self.refuse(&format!(
                "fields of {} cannot be asked of an operation that answers {}",
                fields.object().name,
                self.operation.object.name
            ));
        }
        self.fields = Cow::Owned(fields.to_string());
    }

    /// The most records in one page, as far as the operation allows.
    pub(super) fn limit(&mut self, limit: u16) {
        let operation = self.operation;
        let limited = operation.parameter("limit").is_some();
        self.limit = limited.then(|| limit.clamp(1, operation.page_size.unwrap_or(u16::MAX)));
    }

    /// Passes over so many records.
    pub(super) fn offset(&mut self, offset: u32) {
        if self.operation.id == MIXED || self.operation.parameter("limit").is_none() {
            self.refuse("this list takes no offset");
        } else if u64::from(offset) >= MOST_BY_OFFSET {
            let why =
                "Clio passes over fewer than 10,000 records: walk in the order id(asc), without an offset";
            self.wrong.get_or_insert_with(|| refused(why));
        }
        self.offset = Some(offset);
    }

    /// Keeps the first mistake for when the call is made.
    fn refuse(&mut self, why: &str) {
        self.wrong.get_or_insert_with(|| Error::new(ErrorKind::Configuration, why));
    }

    /// # Errors
    ///
    /// The first mistake that was made in setting it up.
    pub(super) fn right(&mut self) -> Result<(), Error> {
        match self.wrong.take() {
            Some(error) => Err(error.with_operation(self.operation.id)),
            None => Ok(()),
        }
    }

    /// The request, of the first page where there are pages, or of the whole page that it resumes at.
    pub(super) fn into_request(mut self) -> Result<RequestParts, Error> {
        self.right()?;
        let bare = self.bare();
        if let Some(position) = &self.resumed {
            let stand = stand(position, &self.clio, self.operation, &self.fields, &bare);
            match stand.map_err(|error| error.with_operation(self.operation.id))?.at {
                At::Start => (),
                At::Page(page) => return Ok(bare.page(page)),
                At::End => return Err(refused("the walk is finished").with_operation(self.operation.id)),
            }
        }
        let mut parts = bare;
        if !self.fields.is_empty() {
            parts = parts.query("fields", self.fields);
        }
        let ordered = self.query.iter().any(|(name, _)| name == "order");
        if self.operation.order_by_id && !ordered {
            parts = parts.query("order", "id(asc)");
        }
        if let Some(limit) = self.limit {
            parts = parts.query("limit", limit.to_string());
        }
        if let Some(offset) = self.offset {
            parts = parts.query("offset", offset.to_string());
        }
        parts = self.query.into_iter().fold(parts, |parts, (name, value)| parts.query(name, value));
        parts = self.conditions.into_iter().fold(parts, |parts, (name, value)| parts.header(name, value));
        if let Some(json) = self.body {
            parts = parts.data(&json);
        } else if !self.members.is_empty() || self.operation.method == "PATCH" {
            parts = parts.data(&self.members.to_json());
        }
        Ok(parts)
    }

    /// The request without parameters, for a page that a token stands for.
    pub(super) fn bare(&self) -> RequestParts {
        self.path.iter().fold(RequestParts::of(self.operation), |parts, value| parts.path(value.clone()))
    }

    /// Sends it. In one box: what is made of it is small, whatever it is.
    pub(super) fn send(mut self) -> BoxFuture<RawResponse> {
        let (clio, operation, options) = (self.clio.clone(), self.operation, self.options);
        let permit = self.permit.take();
        let parts = self.into_request();
        Box::pin(
            async move { clio.run(parts?, options, permit).await.map(|answer| enveloped(answer, operation)) },
        )
    }
}

/// A moment as Clio reads it; fractions of a second are cut.
pub(crate) fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A few operations answer their record without the `data` around it, if Clio's document is right: both are read.
pub(super) fn enveloped(mut answer: RawResponse, operation: &OperationInfo) -> RawResponse {
    #[derive(serde::Deserialize)]
    struct Enveloped {
        #[serde(rename = "data")]
        _data: serde::de::IgnoredAny,
    }

    let bare = matches!(operation.answer, Answer::OneBare | Answer::ListBare);
    let object = answer.body.trim_ascii_start().first() == Some(&b'{');
    if bare && !(object && serde_json::from_slice::<Enveloped>(&answer.body).is_ok()) {
        let one = operation.answer == Answer::ListBare && object;
        let (before, after) = if one { ("{\"data\":[", "]}") } else { ("{\"data\":", "}") };
        answer.body = [before.as_bytes(), &answer.body, after.as_bytes()].concat().into();
    }
    answer
}
