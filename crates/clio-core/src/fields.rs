//! The dynamic road: a list of fields checked against the tables at run time.

use std::fmt;

use clio_schema::{FieldInfo, Kind, Object, ObjectInfo};

/// A list of fields of one object, with the fields of its associations: what the `fields` parameter says.
///
/// It is read from text, built name by name, or complete; and it is checked against the tables of the schema, so that it
/// never asks what Clio refuses. `Display` is the text of the parameter.
///
/// ```
/// use clio_core::{FieldTree, schema::objects::{MATTER, Matter}};
///
/// let read = FieldTree::parse(&MATTER, "id,client{id,name}")?;
/// let built = FieldTree::new::<Matter>().with("id")?.with("client.id")?.with("client.name")?;
/// assert_eq!(read.to_string(), built.to_string());
/// # Ok::<(), clio_core::FieldError>(())
/// ```
#[derive(Debug, Clone)]
pub struct FieldTree {
    object: &'static ObjectInfo,
    fields: Vec<Asked>,
}

#[derive(Debug, Clone)]
struct Asked {
    field: &'static FieldInfo,
    nested: Option<FieldTree>,
}

/// A list of fields that Clio would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldError {
    /// The object has no such field.
    Unknown {
        /// The object.
        object: &'static str,
        /// The name that was asked for.
        field: String,
    },
    /// Braces after a field that holds no object.
    NotAnObject {
        /// The field.
        field: String,
    },
    /// Braces inside braces: Clio answers one level of nesting.
    TooDeep {
        /// The field with the inner braces.
        field: String,
    },
    /// Not a list of names with at most one level of braces.
    Malformed {
        /// Where reading stopped, counted in bytes.
        at: usize,
    },
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { object, field } => write!(f, "{object} has no field `{field}`"),
            Self::NotAnObject { field } => write!(f, "`{field}` holds no object to choose fields of"),
            Self::TooDeep { field } => {
                write!(f, "fields of `{field}` cannot be chosen here: only one level of braces is answered")
            }
            Self::Malformed { at } => write!(f, "the list of fields breaks off at byte {at}"),
        }
    }
}

impl std::error::Error for FieldError {}

impl FieldTree {
    /// Reads `id,client{id,name}` against the table of `object`.
    ///
    /// # Errors
    ///
    /// What Clio would answer with 400: an unknown field, braces where nothing nests, broken syntax.
    ///
    /// ```
    /// use clio_core::{FieldError, FieldTree, schema::objects::MATTER};
    ///
    /// assert!(FieldTree::parse(&MATTER, "id,client{id,name}").is_ok());
    /// let error = FieldTree::parse(&MATTER, "id,cleint").unwrap_err();
    /// assert_eq!(error.to_string(), "Matter has no field `cleint`");
    /// ```
    pub fn parse(object: &'static ObjectInfo, text: &str) -> Result<Self, FieldError> {
        let mut rest = text;
        let tree = parse_list(object, &mut rest, text.len(), false)?;
        if rest.is_empty() { Ok(tree) } else { Err(FieldError::Malformed { at: text.len() - rest.len() }) }
    }

    /// A list without a field yet, of the object `O`. Clio answers an empty list with its default: id and etag.
    pub fn new<O: Object>() -> Self {
        Self::of(O::INFO)
    }

    /// A list without a field yet, of the object with this table.
    pub fn of(object: &'static ObjectInfo) -> Self {
        Self { object, fields: Vec::new() }
    }

    /// Every field that Clio answers in one request: those of the object, and those of each association; associations of
    /// an association come as their id and etag.
    ///
    /// ```
    /// use clio_core::{FieldTree, schema::objects::MATTER_BASE};
    ///
    /// assert!(FieldTree::everything(&MATTER_BASE).to_string().starts_with("billable,billing_method,"));
    /// ```
    pub fn everything(object: &'static ObjectInfo) -> Self {
        let fields = object.fields.iter().map(|field| {
            let nested = association(field.kind).filter(|inner| !inner.fields.is_empty()).map(|inner| {
                let fields = inner.fields.iter().map(|field| Asked { field, nested: None }).collect();
                Self { object: inner, fields }
            });
            Asked { field, nested }
        });
        Self { object, fields: fields.collect() }
    }

    /// Adds a field, or one of an association: `client.name`. One that is there already stays.
    ///
    /// # Errors
    ///
    /// What Clio would answer with 400, as for [`FieldTree::parse`].
    pub fn with(mut self, path: &str) -> Result<Self, FieldError> {
        self.add(path, false)?;
        Ok(self)
    }

    fn add(&mut self, path: &str, inside: bool) -> Result<(), FieldError> {
        let (name, inner) = path.split_once('.').map_or((path, None), |(name, inner)| (name, Some(inner)));
        let field = look_up(self.object, name)?;
        let there = self.fields.iter().position(|asked| asked.field.name == name);
        let at = there.unwrap_or(self.fields.len());
        if there.is_none() {
            self.fields.push(Asked { field, nested: None });
        }
        let Some(inner) = inner else { return Ok(()) };
        let object = chosen_of(field, inside)?;
        self.fields[at].nested.get_or_insert_with(|| Self::of(object)).add(inner, true)
    }

    /// The object that the fields are of.
    pub fn object(&self) -> &'static ObjectInfo {
        self.object
    }

    /// No field has been added yet.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The fields, each with the list that was asked of it, if it is an association with braces.
    pub fn iter(&self) -> impl Iterator<Item = (&'static FieldInfo, Option<&FieldTree>)> {
        self.fields.iter().map(|asked| (asked.field, asked.nested.as_ref()))
    }
}

impl fmt::Display for FieldTree {
    /// The text of the `fields` parameter: `id,client{id,name}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (field, nested)) in self.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(f, "{comma}{}", field.name)?;
            if let Some(nested) = nested {
                write!(f, "{{{nested}}}")?;
            }
        }
        Ok(())
    }
}

fn look_up(object: &'static ObjectInfo, name: &str) -> Result<&'static FieldInfo, FieldError> {
    object.field(name).ok_or_else(|| FieldError::Unknown { object: object.name, field: name.to_owned() })
}

/// The object whose fields are chosen in braces after `field`.
fn chosen_of(field: &FieldInfo, inside: bool) -> Result<&'static ObjectInfo, FieldError> {
    match association(field.kind) {
        None => Err(FieldError::NotAnObject { field: field.name.to_owned() }),
        Some(_) if inside => Err(FieldError::TooDeep { field: field.name.to_owned() }),
        Some(object) => Ok(object),
    }
}

/// Reads names until the end or a closing brace, which is left in `rest`.
fn parse_list(
    object: &'static ObjectInfo,
    rest: &mut &str,
    length: usize,
    inside: bool,
) -> Result<FieldTree, FieldError> {
    let mut fields = Vec::new();
    loop {
        let end = rest.find([',', '{', '}']).unwrap_or(rest.len());
        let name = rest[..end].trim();
        if name.is_empty() {
            return Err(FieldError::Malformed { at: length - rest.len() });
        }
        let field = look_up(object, name)?;
        *rest = &rest[end..];
        let mut nested = None;
        if rest.starts_with('{') {
            let inner = chosen_of(field, inside)?;
            *rest = &rest[1..];
            nested = Some(parse_list(inner, rest, length, true)?);
            *rest = rest.strip_prefix('}').ok_or(FieldError::Malformed { at: length - rest.len() })?;
        }
        fields.push(Asked { field, nested });
        match rest.strip_prefix(',') {
            Some(more) => *rest = more,
            None => return Ok(FieldTree { object, fields }),
        }
    }
}

/// The object in a field, or each one in a list.
pub(crate) fn association(kind: Kind) -> Option<&'static ObjectInfo> {
    match kind {
        Kind::Object(object) => Some(object),
        Kind::List(Kind::Object(object)) => Some(object),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use clio_schema::objects::{MATTER, Matter};

    use super::*;

    static INNER: ObjectInfo = ObjectInfo {
        name: "Inner",
        fields: &[FieldInfo { name: "matter", kind: Kind::Object(&MATTER), nullable: false }],
    };
    static OUTER: ObjectInfo = ObjectInfo {
        name: "Outer",
        fields: &[FieldInfo { name: "inner", kind: Kind::Object(&INNER), nullable: false }],
    };

    #[test]
    fn refuses_what_clio_refuses() {
        let error = |text| FieldTree::parse(&MATTER, text).unwrap_err();
        assert_eq!(
            error("id,client{user}"),
            FieldError::Unknown { object: "ContactBase", field: "user".into() }
        );
        assert_eq!(error("id{x}"), FieldError::NotAnObject { field: "id".into() });
        assert_eq!(error("id,"), FieldError::Malformed { at: 3 });
        assert_eq!(error("client{id"), FieldError::Malformed { at: 9 });
        assert_eq!(error("id}"), FieldError::Malformed { at: 2 });
        assert_eq!(error(""), FieldError::Malformed { at: 0 });
    }

    #[test]
    fn braces_do_not_nest() {
        let too_deep = FieldError::TooDeep { field: "matter".into() };
        assert_eq!(FieldTree::parse(&OUTER, "inner{matter{id}}").unwrap_err(), too_deep);
        assert_eq!(FieldTree::of(&OUTER).with("inner.matter.id").unwrap_err(), too_deep);
        assert_eq!(FieldTree::parse(&OUTER, "inner{matter}").unwrap().to_string(), "inner{matter}");
        assert_eq!(FieldTree::everything(&OUTER).to_string(), "inner{matter}");
    }

    #[test]
    fn what_is_built_is_what_is_read() {
        let tree = FieldTree::new::<Matter>()
            .with("client")
            .and_then(|tree| tree.with("id"))
            .and_then(|tree| tree.with("client.name"))
            .and_then(|tree| tree.with("id"))
            .unwrap();
        assert_eq!(tree.to_string(), "client{name},id");
        assert_eq!(FieldTree::parse(&MATTER, &tree.to_string()).unwrap().to_string(), tree.to_string());
        let error = |path| FieldTree::new::<Matter>().with(path).unwrap_err();
        assert_eq!(error("id.x"), FieldError::NotAnObject { field: "id".into() });
        assert_eq!(error("client."), FieldError::Unknown { object: "ContactBase", field: String::new() });
    }

    #[test]
    fn everything_reads_back() {
        for object in clio_schema::objects::ALL {
            let text = FieldTree::everything(object).to_string();
            if !text.is_empty() {
                assert_eq!(FieldTree::parse(object, &text).unwrap().to_string(), text, "{}", object.name);
            }
        }
    }
}
