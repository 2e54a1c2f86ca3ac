//! What has to be written for each record of an answer.

use clio_core::{
    FieldTree,
    schema::{FieldInfo, Kind, ObjectInfo},
};

use crate::clio::{
    behaviour::{self, Compute},
    store::Resource,
};

/// The fields of one record, in the order in which they were asked for.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    /// `"name":`, as it is written.
    pub(crate) key: Box<str>,
    pub(crate) source: Source,
    pub(crate) kind: Kind,
    pub(crate) nested: Nested,
}

/// Where a field's value comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    Id,
    Etag,
    Created,
    Updated,
    Stored(u16),
    Computed(Compute),
    /// The record has nothing of this name.
    Absent,
}

/// How an association goes on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nested {
    /// A plan for each resource that it may lead to.
    pub(crate) records: Vec<(Resource, Plan)>,
    /// The plan of a part.
    pub(crate) part: Option<Box<Plan>>,
}

impl Nested {
    pub(crate) fn of(&self, resource: Resource) -> Option<&Plan> {
        self.records.iter().find(|(known, _)| *known == resource).map(|(_, plan)| plan)
    }
}

impl Plan {
    /// The plan of one form of a record of `resource`. Without a tree, what Clio gives unasked.
    pub(crate) fn record(tree: Option<&FieldTree>, form: &'static ObjectInfo, resource: Resource) -> Self {
        let asked = asked(tree, form, Some(resource));
        let steps =
            asked.into_iter().map(|(info, nested)| step(info, source(form, resource, info.name), nested));
        Self { steps: steps.collect() }
    }

    /// The plan of a part, whose fields are found by name.
    fn part(tree: Option<&FieldTree>, form: &'static ObjectInfo) -> Self {
        let asked = asked(tree, form, None);
        let steps = asked.into_iter().map(|(info, nested)| step(info, Source::Absent, nested));
        Self { steps: steps.collect() }
    }
}

type Asked<'a> = Vec<(&'static FieldInfo, Option<&'a FieldTree>)>;

/// What was asked for, or else the default: id and etag, and of bills number and state as some users see them. A part
/// without an id comes with all its plain fields; which ones Clio gives is not known.
fn asked<'a>(
    tree: Option<&'a FieldTree>,
    form: &'static ObjectInfo,
    resource: Option<Resource>,
) -> Asked<'a> {
    if let Some(tree) = tree {
        // A member that was asked for twice is written once: JSON with a member twice is read differently by different readers.
        // The last one counts, as in most of them, at the place of the first.
        let mut fields: Asked<'_> = Vec::new();
        for (info, nested) in tree.iter() {
            match fields.iter_mut().find(|(known, _)| known.name == info.name) {
                Some(known) => *known = (info, nested),
                None => fields.push((info, nested)),
            }
        }
        return fields;
    }
    let bill = resource.is_some_and(|resource| resource.name() == "Bill");
    let names: &[&str] = if bill { &["id", "etag", "number", "state"] } else { &["id", "etag"] };
    let default: Asked<'_> =
        names.iter().filter_map(|name| form.field(name)).map(|info| (info, None)).collect();
    if default.is_empty() {
        let plain = |info: &&FieldInfo| match info.kind {
            Kind::Object(_) => false,
            // The headers of a part of an upload: nobody could ask for them there, and nothing can be put without them.
            Kind::List(Kind::Object(form)) => form.field("id").is_none(),
            _ => true,
        };
        return form.fields.iter().filter(plain).map(|info| (info, None)).collect();
    }
    default
}

fn source(form: &'static ObjectInfo, resource: Resource, name: &str) -> Source {
    if let Some(compute) = behaviour::computed(form, resource, name) {
        return Source::Computed(compute);
    }
    match name {
        "id" => Source::Id,
        "etag" => Source::Etag,
        "created_at" => Source::Created,
        "updated_at" => Source::Updated,
        _ => resource.slot(name).map_or(Source::Absent, Source::Stored),
    }
}

fn step(info: &'static FieldInfo, source: Source, tree: Option<&FieldTree>) -> Step {
    let nested = match info.kind {
        Kind::Object(form) => nested(tree, form),
        Kind::List(Kind::Object(form)) => nested(tree, form),
        _ => Nested::default(),
    };
    Step { name: info.name, key: format!("\"{}\":", info.name).into(), source, kind: info.kind, nested }
}

fn nested(tree: Option<&FieldTree>, form: &'static ObjectInfo) -> Nested {
    let records = Resource::of_form(form).iter();
    let records = records.map(|resource| (*resource, Plan::record(tree, form, *resource))).collect();
    Nested { records, part: Some(Box::new(Plan::part(tree, form))) }
}
