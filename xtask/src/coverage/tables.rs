//! The tables of `clio-schema`, asked about the document's facts.

use clio_schema::{BodyField, BodyKind, Kind, ObjectInfo, OperationInfo, objects, operations};
use serde_json::Value;

use super::{
    Reach,
    walk::{Fact, What, named},
};

/// The tables.
#[derive(Debug, Clone, Copy)]
pub struct Tables;

impl Reach for Tables {
    fn name(&self) -> &'static str {
        "clio-schema"
    }

    fn reaches(&self, fact: &Fact) -> Result<(), String> {
        let missing = || format!("{} {} ({})", fact.owner, fact.name, fact.what);
        match fact.what {
            What::Operation => {
                let operation = operation(&fact.owner).ok_or_else(missing)?;
                let here = format!("{} {}", operation.method, operation.path);
                if here == fact.name {
                    Ok(())
                } else {
                    Err(format!("{}: {here} is not {}", fact.owner, fact.name))
                }
            }
            What::Parameter => {
                let operation = operation(&fact.owner).ok_or_else(missing)?;
                if fact.place == "header" {
                    return if operation.headers.contains(&fact.name.as_str()) {
                        Ok(())
                    } else {
                        Err(missing())
                    };
                }
                let list =
                    if fact.place == "path" { operation.path_parameters } else { operation.parameters };
                let parameter =
                    list.iter().find(|parameter| parameter.name == fact.name).ok_or_else(missing)?;
                fits(parameter.kind, &fact.schema).map_err(|wrong| format!("{}: {wrong}", missing()))
            }
            What::BodyField => {
                let operation = operation(&fact.owner).ok_or_else(missing)?;
                let kind = member(operation.body, &fact.name).ok_or_else(missing)?;
                body_fits(kind, &fact.schema).map_err(|wrong| format!("{}: {wrong}", missing()))
            }
            What::Object => object(&fact.owner).map(|_| ()).ok_or_else(missing),
            What::Field => {
                let field =
                    object(&fact.owner).and_then(|object| object.field(&fact.name)).ok_or_else(missing)?;
                fits(field.kind, &fact.schema).map_err(|wrong| format!("{}: {wrong}", missing()))
            }
        }
    }
}

fn operation(id: &str) -> Option<&'static OperationInfo> {
    operations::ALL.iter().find(|operation| operation.id == id).copied()
}

/// The table of a schema.
fn object(schema: &str) -> Option<&'static ObjectInfo> {
    let wanted = plain(schema);
    objects::ALL.iter().find(|object| plain(object.name) == wanted).copied()
}

/// The name by which a schema and its object are the same: the same letters, in whatever casing. The one schema whose name
/// is misspelled is respelled.
pub(super) fn plain(name: &str) -> String {
    name.replace('_', "").to_lowercase().replace("instace", "instance")
}

/// `rates.user.id` among the members of a body.
fn member(members: &'static [BodyField], path: &str) -> Option<BodyKind> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let found = members.iter().find(|member| member.name == first)?.kind;
    let Some(rest) = rest else { return Some(found) };
    let mut inner = found;
    loop {
        match inner {
            BodyKind::List(of) => inner = *of,
            BodyKind::Object(members) => return member(members, rest),
            _ => return None,
        }
    }
}

fn body_fits(kind: BodyKind, schema: &Value) -> Result<(), String> {
    match kind {
        BodyKind::Value(kind) => fits(kind, schema),
        BodyKind::Object(_) if schema["properties"].is_object() => Ok(()),
        BodyKind::List(kind) if schema["items"].is_object() => body_fits(*kind, &schema["items"]),
        other => Err(format!("{other:?} where the document has {}", schema["type"])),
    }
}

/// The kind can stand for the document's type.
fn fits(kind: Kind, schema: &Value) -> Result<(), String> {
    let (basic, format) = (schema["type"].as_str().unwrap_or_default(), schema["format"].as_str());
    let fits = match kind {
        Kind::Boolean => basic == "boolean",
        Kind::Integer => basic == "integer",
        Kind::Number | Kind::Seconds | Kind::Hours => basic == "number",
        // Ids are told by their names, money by hand.
        Kind::Id | Kind::Money => matches!(basic, "integer" | "number"),
        Kind::TextId => matches!(basic, "string" | "integer"),
        Kind::Date => format == Some("date"),
        Kind::DateTime => format == Some("date-time"),
        Kind::Text => basic == "string" && !matches!(format, Some("date" | "date-time")),
        Kind::Choice(words) => schema["enum"].as_array().is_some_and(|listed| listed.len() == words.len()),
        Kind::Object(table) => {
            named(schema).and_then(|name| object(&name)).is_some_and(|wanted| wanted.name == table.name)
        }
        Kind::List(kind) => {
            return if basic == "array" { fits_item(*kind, schema) } else { Err(told(schema)) };
        }
        Kind::Json => basic == "object" && schema["properties"].is_null(),
        _ => false,
    };
    if fits { Ok(()) } else { Err(told(schema)) }
}

fn fits_item(kind: Kind, schema: &Value) -> Result<(), String> {
    fits(kind, &schema["items"])
}

fn told(schema: &Value) -> String {
    format!("another kind than the document's {} {}", schema["type"], schema["format"])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_kind_that_is_not_the_documents_is_noticed() {
        assert!(fits(Kind::Date, &json!({"type": "string", "format": "date"})).is_ok());
        assert!(fits(Kind::Text, &json!({"type": "string", "format": "date"})).is_err());
        assert!(fits(Kind::Choice(&["a"]), &json!({"type": "string", "enum": ["a", "b"]})).is_err());
        let reference = json!({"$ref": "#/components/schemas/Contact_base"});
        assert!(fits(Kind::Object(&objects::CONTACT_BASE), &reference).is_ok());
        assert!(fits(Kind::Object(&objects::CONTACT), &reference).is_err());
    }

    #[test]
    fn members_are_found_at_any_depth() {
        let create = operation("Matter#create").unwrap();
        assert!(member(create.body, "custom_rate.rates.user.id").is_some());
        assert!(member(create.body, "custom_rate.rates.user.idd").is_none());
    }
}
