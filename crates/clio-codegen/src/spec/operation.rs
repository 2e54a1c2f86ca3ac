//! Operations: parameters, bodies, paging.

use openapiv3::{
    Operation as TypedOperation, Parameter as TypedParameter, ParameterSchemaOrContent, PathItem,
    ReferenceOr, RequestBody, SchemaKind, Type,
};
use serde_json::{Value, json};

use super::{Reader, raw};
use crate::{
    Error,
    ir::facts::{Body, Extra, Object, Operation, Paging, Parameter, Place, Shape},
};

impl Reader {
    pub(super) fn operation(
        &mut self,
        path: &str,
        method: &str,
        item: &PathItem,
        typed: &TypedOperation,
        raw: &Value,
        schemas: &[Object],
    ) -> Result<Operation, Error> {
        let method = method.to_ascii_uppercase();
        let Some(id) = typed.operation_id.clone() else {
            return Err(Error::Broken(format!("{method} {path} has no operationId")));
        };
        if !item.parameters.is_empty() {
            self.cannot(path, "parameters of a path");
        }
        let group = match &typed.tags[..] {
            [only] => only.clone(),
            tags => {
                self.cannot(&id, &format!("{} tags", tags.len()));
                tags.first().cloned().unwrap_or_else(|| "Others".to_owned())
            }
        };
        let mut parameters = Vec::new();
        for (at, parameter) in typed.parameters.iter().enumerate() {
            let raw = &raw["parameters"][at];
            match parameter {
                ReferenceOr::Item(parameter) => parameters.extend(self.parameter(&id, parameter, raw)),
                ReferenceOr::Reference { .. } => self.cannot(&id, "a parameter by reference"),
            }
        }
        let body = match &typed.request_body {
            None => None,
            Some(ReferenceOr::Item(body)) => Some(self.body(&id, body, &raw["requestBody"])),
            Some(ReferenceOr::Reference { .. }) => {
                self.cannot(&id, "a body by reference");
                None
            }
        };
        let (statuses, answer) = self.answer(&id, &typed.responses, schemas)?;
        let mut extra = raw::unread(raw, raw::OPERATION_KEYS);
        let answers = raw["responses"].as_object().into_iter().flatten();
        let answers = answers.map(|(status, answer)| (status, raw::unread(answer, raw::RESPONSE_KEYS)));
        let answers: Extra = answers
            .filter(|(_, rest)| !rest.is_empty())
            .map(|(status, rest)| (status.clone(), json!(rest)))
            .collect();
        if !answers.is_empty() {
            extra.insert("responses".to_owned(), json!(answers));
        }
        Ok(Operation {
            paging: paging(&parameters, &raw["parameters"]),
            id,
            method,
            path: path.to_owned(),
            group,
            parameters,
            body,
            statuses,
            answer,
            extra,
        })
    }

    fn parameter(&mut self, operation: &str, typed: &TypedParameter, raw: &Value) -> Option<Parameter> {
        let data = typed.parameter_data_ref();
        let at = format!("{operation}?{}", data.name);
        let place = match typed {
            TypedParameter::Path { .. } => Place::Path,
            TypedParameter::Query { .. } => Place::Query,
            TypedParameter::Header { .. } => Place::Header,
            TypedParameter::Cookie { .. } => {
                self.cannot(&at, "a cookie");
                return None;
            }
        };
        let shape = match &data.format {
            ParameterSchemaOrContent::Schema(schema) => self.shape(&at, schema, &raw["schema"]),
            ParameterSchemaOrContent::Content(_) => {
                self.cannot(&at, "a parameter with a media type");
                Shape::default()
            }
        };
        let name = data.name.clone();
        Some(Parameter {
            name,
            place,
            required: data.required,
            shape,
            extra: raw::unread(raw, raw::PARAMETER_KEYS),
        })
    }

    /// Every body of Clio's is `{"data": {..}}`, the same in each media type.
    fn body(&mut self, operation: &str, typed: &RequestBody, raw: &Value) -> Body {
        let mut body = Body {
            required: typed.required,
            media: typed.content.keys().cloned().collect(),
            data: Vec::new(),
            extra: raw::unread(raw, raw::BODY_KEYS),
        };
        let mut schemas = typed.content.values().map(|media| &media.schema);
        let first = schemas.next();
        if schemas.any(|schema| Some(schema) != first) {
            self.cannot(operation, "bodies that differ by media type");
        }
        let Some((media, typed)) = typed.content.iter().next() else { return body };
        let raw = &raw["content"][media]["schema"];
        let data = match &typed.schema {
            Some(ReferenceOr::Item(schema)) => match &schema.schema_kind {
                SchemaKind::Type(Type::Object(envelope)) if envelope.properties.len() == 1 => {
                    envelope.properties.get("data").cloned().map(ReferenceOr::unbox)
                }
                _ => None,
            },
            _ => None,
        };
        let Some(ReferenceOr::Item(data)) = data else {
            self.cannot(operation, "a body without the one member `data`");
            return body;
        };
        let SchemaKind::Type(Type::Object(data)) = &data.schema_kind else {
            self.cannot(operation, "a body whose `data` is no object");
            return body;
        };
        body.data = self.members(operation, data, &raw["properties"]["data"]);
        body.extra.extend(raw::unread(&raw["properties"]["data"], raw::SCHEMA_KEYS));
        body
    }
}

/// The sizes of pages stand in prose only: "between 1 and 200. Default: `200`".
fn paging(parameters: &[Parameter], raw: &Value) -> Option<Paging> {
    let at = parameters.iter().position(|parameter| parameter.name == "limit")?;
    if !parameters.iter().any(|parameter| parameter.name == "page_token") {
        return None;
    }
    let told = raw[at]["description"].as_str().unwrap_or_default();
    let limits = &parameters[at].shape.limits;
    let stated = limits.get("maximum").and_then(Value::as_u64).and_then(|most| u16::try_from(most).ok());
    let order = parameters.iter().find(|parameter| parameter.name == "order");
    Some(Paging {
        default_size: number_after(told, "Default: `"),
        largest_size: stated.or_else(|| number_after(told, "between 1 and ")),
        order_by_id: order.is_some_and(|order| order.shape.words.iter().any(|word| word == "id(asc)")),
    })
}

fn number_after(text: &str, mark: &str) -> Option<u16> {
    let (_, rest) = text.split_once(mark)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}
