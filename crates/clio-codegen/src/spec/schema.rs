//! Schemas: what a member holds, and which objects there are.

use std::borrow::Borrow;

use openapiv3::{
    ArrayType, ObjectType, OpenAPI, ReferenceOr, Schema, SchemaKind, Type, VariantOrUnknownOrEmpty,
};
use serde::Serialize;
use serde_json::Value;

use super::{Reader, raw};
use crate::{
    Error,
    ir::facts::{Basic, Extra, Member, Object, Shape},
};

impl Reader {
    /// Every schema of the document, in its order.
    pub(super) fn schemas(&mut self, typed: &OpenAPI, raw: &Value) -> Result<Vec<Object>, Error> {
        let Some(components) = &typed.components else { return Ok(Vec::new()) };
        let mut objects = Vec::new();
        for (name, schema) in &components.schemas {
            let ReferenceOr::Item(schema) = schema else {
                return Err(Error::Broken(format!("{name} is a reference")));
            };
            objects.push(self.object(name, schema, &raw["components"]["schemas"][name]));
        }
        for key in raw::unread(&raw["components"], &["schemas"]).into_keys() {
            self.cannot("components", &key);
        }
        Ok(objects)
    }

    fn object(&mut self, name: &str, schema: &Schema, raw: &Value) -> Object {
        let mut object = Object {
            name: name.to_owned(),
            bases: Vec::new(),
            members: Vec::new(),
            extra: raw::unread(raw, raw::SCHEMA_KEYS),
        };
        match &schema.schema_kind {
            SchemaKind::Type(Type::Object(own)) => object.members = self.members(&family(name), own, raw),
            SchemaKind::AllOf { all_of } => {
                for (at, part) in all_of.iter().enumerate() {
                    let raw_part = &raw["allOf"][at];
                    match part {
                        ReferenceOr::Reference { reference } => object.bases.push(target(reference)),
                        ReferenceOr::Item(part) => match &part.schema_kind {
                            SchemaKind::Type(Type::Object(own)) => {
                                object.members.extend(self.members(&family(name), own, raw_part));
                                object.extra.extend(raw::unread(raw_part, raw::SCHEMA_KEYS));
                            }
                            _ => self.cannot(name, "allOf with something that is not an object"),
                        },
                    }
                }
            }
            _ => self.cannot(name, "a schema that is not an object"),
        }
        object
    }

    /// The members of an object. `at` is the path by which overrides name them.
    pub(super) fn members(&mut self, at: &str, object: &ObjectType, raw: &Value) -> Vec<Member> {
        if object.additional_properties.is_some() {
            self.cannot(at, "additionalProperties");
        }
        object
            .properties
            .iter()
            .map(|(name, schema)| Member {
                name: name.clone(),
                required: object.required.contains(name),
                shape: self.shape(&format!("{at}.{name}"), schema, &raw["properties"][name]),
            })
            .collect()
    }

    /// What stands at `at`.
    pub(super) fn shape<S: Borrow<Schema>>(
        &mut self,
        at: &str,
        schema: &ReferenceOr<S>,
        raw: &Value,
    ) -> Shape {
        let mut shape = Shape {
            limits: raw::picked(raw, raw::LIMITS),
            extra: raw::unread(raw, &[raw::SCHEMA_KEYS, raw::LIMITS].concat()),
            ..Shape::default()
        };
        let schema = match schema {
            ReferenceOr::Reference { reference } => {
                return Shape { kind: Basic::Reference, to: Some(target(reference)), ..shape };
            }
            ReferenceOr::Item(schema) => schema.borrow(),
        };
        shape.default.clone_from(&schema.schema_data.default);
        shape.nullable = schema.schema_data.nullable;
        match &schema.schema_kind {
            SchemaKind::Type(kind) => self.typed(at, kind, raw, &mut shape),
            // The usual way to say more about a reference than a reference can.
            SchemaKind::AllOf { all_of } => match &all_of[..] {
                [ReferenceOr::Reference { reference }] => {
                    shape.kind = Basic::Reference;
                    shape.to = Some(target(reference));
                }
                _ => self.carried(at, "allOf", raw, &mut shape.extra),
            },
            // Nobody reads these keys, so they are among `extra` already.
            SchemaKind::OneOf { .. } => self.cannot(at, "oneOf"),
            SchemaKind::AnyOf { .. } => self.cannot(at, "anyOf"),
            SchemaKind::Not { .. } => self.cannot(at, "not"),
            SchemaKind::Any(_) => self.cannot(at, "no type"),
        }
        shape
    }

    fn typed(&mut self, at: &str, kind: &Type, raw: &Value, shape: &mut Shape) {
        match kind {
            Type::Boolean(_) => shape.kind = Basic::Boolean,
            Type::String(text) => {
                shape.kind = Basic::Text;
                shape.format = format(&text.format);
                shape.words = text.enumeration.iter().flatten().cloned().collect();
            }
            Type::Integer(number) => {
                shape.kind = Basic::Integer;
                shape.format = format(&number.format);
                shape.numbers = number.enumeration.iter().flatten().copied().collect();
                if !shape.numbers.is_empty() {
                    self.cannot(at, "a list of numbers");
                }
            }
            Type::Number(number) => {
                shape.kind = Basic::Number;
                shape.format = format(&number.format);
                if number.enumeration.iter().flatten().next().is_some() {
                    self.carried(at, "enum", raw, &mut shape.extra);
                }
            }
            Type::Object(object) => {
                shape.kind = Basic::Object;
                shape.members = self.members(at, object, raw);
            }
            Type::Array(ArrayType { items, .. }) => {
                shape.kind = Basic::List;
                if let Some(items) = items {
                    shape.items = Some(Box::new(self.shape(at, items, &raw["items"])));
                } else {
                    self.cannot(at, "a list of anything");
                }
            }
        }
    }

    /// Something that is known by name and has no counterpart: kept as it is, and listed.
    fn carried(&mut self, at: &str, what: &str, raw: &Value, extra: &mut Extra) {
        let mut holder = serde_json::Map::new();
        holder.insert("carried".to_owned(), serde_json::json!({ what: raw[what] }));
        if let Some(kept) = raw::unread(&Value::Object(holder), &[]).remove("carried") {
            extra.insert(what.to_owned(), kept[what].clone());
        }
        self.cannot(at, what);
    }
}

/// `Matter_base` and `Matter` are forms of one object: its name.
pub(crate) fn family(name: &str) -> String {
    name.strip_suffix("_base").unwrap_or(name).to_owned()
}

/// The name at the end of `#/components/schemas/Matter_base`.
pub(super) fn target(reference: &str) -> String {
    reference.rsplit('/').next().unwrap_or(reference).to_owned()
}

/// The text of a format, whether `openapiv3` knows it or not.
fn format<F: Serialize>(format: &VariantOrUnknownOrEmpty<F>) -> Option<String> {
    match format {
        VariantOrUnknownOrEmpty::Empty => None,
        VariantOrUnknownOrEmpty::Unknown(text) => Some(text.clone()),
        VariantOrUnknownOrEmpty::Item(known) => {
            serde_json::to_value(known).ok().and_then(|value| value.as_str().map(str::to_owned))
        }
    }
}
