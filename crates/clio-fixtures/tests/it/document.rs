//! Clio's document as JSON Schema: the document itself where it lies beside the project, else the facts that the generator
//! keeps of it.

use clio_core::{FieldTree, schema::Kind};
use serde_json::{Map, Value, json};

/// The schemas of the document, by their names without underscores and in lower case.
pub(crate) struct Document {
    schemas: Map<String, Value>,
    /// Which of the two was read.
    pub(crate) name: &'static str,
}

impl Document {
    pub(crate) fn read() -> Self {
        let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let published = here.join("../../../shared/specs/clio-manage-v4.openapi.json");
        if let Ok(text) = std::fs::read_to_string(published) {
            let document: Value = serde_json::from_str(&text).expect("the document is JSON");
            let all = document["components"]["schemas"].as_object().expect("schemas").clone();
            return Self::of(all, "Clio's document");
        }
        let kept = here.join("../clio-codegen/schema/clio-manage-v4.json");
        let text = std::fs::read_to_string(kept).expect("the generator's facts");
        let facts: Value = serde_json::from_str(&text).expect("JSON");
        let objects = facts["objects"].as_array().expect("objects").iter();
        let all =
            objects.map(|object| (object["name"].as_str().expect("a name").to_owned(), of_facts(object)));
        Self::of(all.collect(), "the generator's facts")
    }

    fn of(all: Map<String, Value>, name: &'static str) -> Self {
        Self { schemas: all.into_iter().map(|(name, schema)| (plain(&name), schema)).collect(), name }
    }

    /// The schema of one record of this object, asked with these fields: all of them have to be there.
    pub(crate) fn record(&self, object: &str, asked: &FieldTree, null: &dyn Fn(&str) -> bool) -> Value {
        let properties = self.properties(&json!({"$ref": format!("#/{object}")}));
        self.build(&properties, asked, "", null)
    }

    fn build(
        &self,
        properties: &Map<String, Value>,
        asked: &FieldTree,
        within: &str,
        null: &dyn Fn(&str) -> bool,
    ) -> Value {
        let mut built = Map::new();
        let mut required = Vec::new();
        for (field, nested) in asked.iter() {
            let at = format!("{within}{}", field.name);
            let told = properties.get(field.name).cloned().unwrap_or_else(|| json!({}));
            let inner = |item: &Value| match nested {
                Some(nested) => self.build(&self.properties(item), nested, &format!("{at}."), null),
                // Without braces an association comes in its default form: which fields that has is not told.
                None if item.get("$ref").is_some() => json!({"type": "object"}),
                None => item.clone(),
            };
            let mut schema = match told.get("items") {
                Some(item) => json!({"type": "array", "items": inner(item)}),
                None => inner(&told),
            };
            // Words may be added, and the document itself lists some in another casing than Clio answers.
            schema.as_object_mut().expect("a schema").remove("enum");
            schema.as_object_mut().expect("a schema").remove("example");
            // Money has cents, whatever the document calls it.
            if matches!(field.kind, Kind::Money) {
                schema = json!({"type": "number"});
            }
            if matches!(field.kind, Kind::TextId) {
                schema = json!({"type": "string"});
            }
            let schema = if null(&at) { json!({"anyOf": [schema, {"type": "null"}]}) } else { schema };
            built.insert(field.name.to_owned(), schema);
            required.push(field.name);
        }
        json!({"type": "object", "properties": built, "required": required})
    }

    /// The properties of a schema, with those of the schemas that it is made of.
    fn properties(&self, schema: &Value) -> Map<String, Value> {
        let named = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next());
        let schema = named.and_then(|name| self.schemas.get(&plain(name))).unwrap_or(schema);
        let mut all = Map::new();
        for part in schema["allOf"].as_array().into_iter().flatten() {
            all.extend(self.properties(part));
        }
        all.extend(schema["properties"].as_object().cloned().unwrap_or_default());
        all
    }
}

fn plain(name: &str) -> String {
    name.replace('_', "").to_lowercase().replace("instace", "instance")
}

/// The generator's form of an object, as the document would write it.
fn of_facts(object: &Value) -> Value {
    let bases = object["bases"].as_array().into_iter().flatten();
    let mut all: Vec<Value> = bases.map(|base| json!({"$ref": base})).collect();
    let members = object["members"].as_array().into_iter().flatten();
    let properties: Map<String, Value> = members
        .map(|member| (member["name"].as_str().unwrap_or_default().to_owned(), of_shape(&member["shape"])))
        .collect();
    all.push(json!({"properties": properties}));
    json!({"allOf": all})
}

fn of_shape(shape: &Value) -> Value {
    match shape["kind"].as_str() {
        Some("reference") => json!({"$ref": shape["to"]}),
        Some("list") => json!({"type": "array", "items": of_shape(&shape["items"])}),
        Some("text") => match shape["format"].as_str() {
            Some(format) => json!({"type": "string", "format": format}),
            None => json!({"type": "string"}),
        },
        Some("object") => json!({"type": "object"}),
        Some(kind) => json!({"type": kind}),
        None => json!({}),
    }
}
