//! The dynamic road: a list of fields checked against the tables at run time.

use std::fmt;

use clio_schema::{FieldInfo, Kind, ObjectInfo};

/// A list of fields of one object, with the fields of its associations: what the `fields` parameter says.
#[derive(Debug, Clone)]
pub struct FieldTree {
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
        let tree = parse_list(object, &mut rest, text.len())?;
        if rest.is_empty() { Ok(tree) } else { Err(FieldError::Malformed { at: text.len() - rest.len() }) }
    }

    /// The fields, each with the list that was asked of it, if it is an association with braces.
    pub fn iter(&self) -> impl Iterator<Item = (&'static FieldInfo, Option<&FieldTree>)> {
        self.fields.iter().map(|asked| (asked.field, asked.nested.as_ref()))
    }
}

/// Reads names until the end or a closing brace, which is left in `rest`.
fn parse_list(object: &'static ObjectInfo, rest: &mut &str, length: usize) -> Result<FieldTree, FieldError> {
    let mut fields = Vec::new();
    loop {
        let end = rest.find([',', '{', '}']).unwrap_or(rest.len());
        let name = rest[..end].trim();
        if name.is_empty() {
            return Err(FieldError::Malformed { at: length - rest.len() });
        }
        let field = object
            .field(name)
            .ok_or_else(|| FieldError::Unknown { object: object.name, field: name.to_owned() })?;
        *rest = &rest[end..];
        let mut nested = None;
        if rest.starts_with('{') {
            let inner =
                association(field.kind).ok_or_else(|| FieldError::NotAnObject { field: name.to_owned() })?;
            *rest = &rest[1..];
            nested = Some(parse_list(inner, rest, length)?);
            *rest = rest.strip_prefix('}').ok_or(FieldError::Malformed { at: length - rest.len() })?;
        }
        fields.push(Asked { field, nested });
        match rest.strip_prefix(',') {
            Some(more) => *rest = more,
            None => return Ok(FieldTree { fields }),
        }
    }
}

fn association(kind: Kind) -> Option<&'static ObjectInfo> {
    match kind {
        Kind::Object(object) => Some(object),
        Kind::List(Kind::Object(object)) => Some(object),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use clio_schema::objects::MATTER;

    use super::*;

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
}
