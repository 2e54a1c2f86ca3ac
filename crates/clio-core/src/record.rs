//! A record whose fields are known at run time only.

use std::{fmt, sync::Arc};

use chrono::{DateTime, FixedOffset, NaiveDate};
use clio_schema::{Object, ObjectInfo};
use serde::{Serialize, Serializer};

use crate::{
    Amount, Error, ErrorKind, FieldError, FieldTree, Id, Json, TextId, fields::association, values::Choice,
};

/// A record with the fields of a [`FieldTree`]: for mirrors, exports, and whatever a user configures.
///
/// The JSON is kept as it came, with the text of its numbers. A path names a field, or one of an association, or of one
/// element of a list: `client.name`, `custom_field_values.0.value`. Every getter answers `None` for null, also when
/// the association that the path leads through is null, and for what Clio left out.
///
/// ```
/// use std::sync::Arc;
/// use clio_core::{FieldTree, Id, Record, schema::objects::{MATTER, Matter}};
///
/// let asked = Arc::new(FieldTree::parse(&MATTER, "id,display_number,client{name}")?);
/// let json = r#"{"id":7,"display_number":"00007-Lovelace","client":{"name":"Ada"}}"#;
/// let record = Record::from_json(&asked, json)?;
///
/// assert_eq!(record.id::<Matter>("id")?, Some(Id::new(7)));
/// assert_eq!(record.text("client.name")?, Some("Ada"));
/// let error = record.text("client.nmae").unwrap_err();
/// assert_eq!(error.to_string(), "ContactBase has no field `nmae` at client.nmae");
/// let error = record.text("description").unwrap_err();
/// assert_eq!(error.to_string(), "the field was not asked for at description");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Of every getter: [`ErrorKind::Configuration`] for a path that was not asked for, [`ErrorKind::Decode`] for a value of
/// another kind; [`Error::path`] has the path.
#[derive(Clone)]
pub struct Record {
    asked: Arc<FieldTree>,
    json: Json,
}

impl Record {
    /// Reads one record.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] when it is no JSON object.
    pub fn from_json(asked: &Arc<FieldTree>, json: &str) -> Result<Self, Error> {
        let told = |e| Error::new(ErrorKind::Decode, "the record is not JSON").with_source(e);
        let json: Json = serde_json::from_str(json).map_err(told)?;
        if !matches!(json, Json::Object(_)) {
            return Err(Error::new(ErrorKind::Decode, format!("expected an object, found {}", json.kind())));
        }
        Ok(Self { asked: Arc::clone(asked), json })
    }

    /// The fields that were asked for.
    pub fn asked(&self) -> &FieldTree {
        &self.asked
    }

    /// The whole record.
    pub fn as_json(&self) -> &Json {
        &self.json
    }

    /// The whole record.
    pub fn into_json(self) -> Json {
        self.json
    }

    /// Clio has redacted the record for the user of the token: values are missing.
    pub fn is_redacted(&self) -> bool {
        self.json.get("redacted").and_then(Json::as_boolean) == Some(true)
    }

    /// Any value; see the type for the errors.
    pub fn json(&self, path: &str) -> Result<Option<&Json>, Error> {
        self.check(path)?;
        let mut at = &self.json;
        for name in path.split('.') {
            let next = match at {
                Json::Null => return Ok(None),
                Json::List(list) => {
                    let place: usize = name.parse().map_err(|_| {
                        Error::new(ErrorKind::Configuration, "a number has to say which element of the list")
                            .with_path(path)
                    })?;
                    list.get(place)
                }
                Json::Object(_) => at.get(name),
                other => return Err(wrong(path, "an object", other)),
            };
            match next {
                Some(next) => at = next,
                None => return Ok(None),
            }
        }
        Ok(Some(at).filter(|value| !value.is_null()))
    }

    /// Text.
    pub fn text(&self, path: &str) -> Result<Option<&str>, Error> {
        self.get(path, "text", |value| value.as_text())
    }

    /// Money, or any number, exact.
    pub fn amount(&self, path: &str) -> Result<Option<Amount>, Error> {
        self.get(path, "a number", |value| match value {
            Json::Text(text) => text.parse().ok(),
            value => value.as_amount(),
        })
    }

    /// A whole number.
    pub fn integer(&self, path: &str) -> Result<Option<i64>, Error> {
        self.get(path, "a whole number", whole)
    }

    /// The id of a record of object `O`.
    pub fn id<O: Object>(&self, path: &str) -> Result<Option<Id<O>>, Error> {
        self.of_object::<O>(path)?;
        self.get(path, "an id", |value| whole(value).map(Id::new))
    }

    /// The id of a record of object `O`, for the few objects whose ids are text.
    pub fn text_id<O: Object>(&self, path: &str) -> Result<Option<TextId<O>>, Error> {
        self.of_object::<O>(path)?;
        self.get(path, "an id that is text", |value| match value {
            Json::Text(text) => Some(TextId::new(text.as_str())),
            Json::Number(text) => Some(TextId::new(text.clone())),
            _ => None,
        })
    }

    /// True or false.
    pub fn boolean(&self, path: &str) -> Result<Option<bool>, Error> {
        self.get(path, "true or false", Json::as_boolean)
    }

    /// A date.
    pub fn date(&self, path: &str) -> Result<Option<NaiveDate>, Error> {
        self.get(path, "a date", |value| value.as_text()?.parse().ok())
    }

    /// A moment.
    pub fn date_time(&self, path: &str) -> Result<Option<DateTime<FixedOffset>>, Error> {
        self.get(path, "a moment", |value| DateTime::parse_from_rfc3339(value.as_text()?).ok())
    }

    /// A word of a list, as its enum, which keeps a word that it does not know.
    pub fn choice<C: Choice>(&self, path: &str) -> Result<Option<C>, Error> {
        self.get(path, "text", |value| value.as_text().map(C::from_wire))
    }

    /// A list.
    pub fn list(&self, path: &str) -> Result<Option<&[Json]>, Error> {
        self.get(path, "a list", Json::as_list)
    }

    fn get<'r, T>(
        &'r self,
        path: &str,
        expected: &str,
        read: impl FnOnce(&'r Json) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let Some(value) = self.json(path)? else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| wrong(path, expected, value))
    }

    /// The path was asked for: a mistake in it must not look like a null.
    fn check(&self, path: &str) -> Result<(), Error> {
        let mistake = |message: String| Err(Error::new(ErrorKind::Configuration, message).with_path(path));
        let (mut object, mut tree) = (self.asked.object(), Some(&*self.asked));
        let mut names = path.split('.').filter(|name| name.parse::<usize>().is_err()).peekable();
        while let Some(name) = names.next() {
            let Some(field) = object.field(name) else {
                return mistake(
                    FieldError::Unknown { object: object.name, field: name.to_owned() }.to_string(),
                );
            };
            // An association without braces answers what it likes, and an empty list asks for the default.
            if let Some(tree) = tree.filter(|tree| !tree.is_empty())
                && !tree.iter().any(|(asked, _)| asked.name == name)
            {
                return mistake("the field was not asked for".to_owned());
            }
            if names.peek().is_some() {
                let Some(inner) = association(field.kind) else {
                    return mistake(FieldError::NotAnObject { field: name.to_owned() }.to_string());
                };
                tree = tree
                    .and_then(|tree| tree.iter().find(|(asked, _)| asked.name == name))
                    .and_then(|(_, nested)| nested);
                object = inner;
            }
        }
        Ok(())
    }

    /// The `id` at this path is one of an `O`, as far as the tables say.
    fn of_object<O: Object>(&self, path: &str) -> Result<(), Error> {
        self.check(path)?;
        let names: Vec<_> = path.split('.').filter(|name| name.parse::<usize>().is_err()).collect();
        let Some((&"id", through)) = names.split_last() else { return Ok(()) };
        let mut object: Option<&ObjectInfo> = Some(self.asked.object());
        for name in through {
            object = object.and_then(|object| object.field(name)).and_then(|field| association(field.kind));
        }
        let main = |name: &'static str| name.strip_suffix("Base").unwrap_or(name);
        match object {
            // A form with a name of its own, such as one that only one object refers to, ends in that of its object.
            Some(object) if !main(object.name).ends_with(main(O::INFO.name)) => Err(Error::new(
                ErrorKind::Configuration,
                format!("the id is one of a {}, not of a {}", main(object.name), main(O::INFO.name)),
            )
            .with_path(path)),
            _ => Ok(()),
        }
    }
}

fn whole(value: &Json) -> Option<i64> {
    match value {
        Json::Text(text) => text.parse().ok(),
        Json::Number(text) => text.parse().ok().or_else(|| {
            let amount = value.as_amount()?.get();
            if amount.fract().is_zero() { amount.trunc().to_string().parse().ok() } else { None }
        }),
        _ => None,
    }
}

fn wrong(path: &str, expected: &str, found: &Json) -> Error {
    let found = match found.kind() {
        // A date that is none is text as well.
        same if same == expected => "another spelling of it",
        kind => kind,
    };
    Error::new(ErrorKind::Decode, format!("expected {expected}, found {found}")).with_path(path)
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(serializer)
    }
}

impl fmt::Debug for Record {
    /// Shows names and kinds only: values are client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Record").field(&self.json).finish()
    }
}

#[cfg(test)]
mod tests {
    use clio_schema::objects::{ACTIVITY, Matter, User};

    use super::*;
    use crate::values::ActivityType;

    fn record(json: &str) -> Record {
        let fields = "id,type,date,created_at,quantity,price,total,note,billed,matter{id,number},user";
        Record::from_json(&Arc::new(FieldTree::parse(&ACTIVITY, fields).unwrap()), json).unwrap()
    }

    #[test]
    fn every_kind_is_read() {
        let record = record(
            r#"{"id":"5","type":"Odd","date":"2026-03-14","created_at":"2026-03-14T09:26:53Z","quantity":1800.0,
                "price":123456789012345678.25,"total":null,"billed":true,"matter":{"id":7,"number":3.0},"user":{"id":4}}"#,
        );
        assert_eq!(record.integer("id").unwrap(), Some(5));
        assert_eq!(record.choice::<ActivityType>("type").unwrap(), Some(ActivityType::Unknown("Odd".into())));
        assert_eq!(record.date("date").unwrap(), NaiveDate::from_ymd_opt(2026, 3, 14));
        assert_eq!(record.date_time("created_at").unwrap().unwrap().timestamp(), 1_773_480_413);
        assert_eq!(record.integer("quantity").unwrap(), Some(1800));
        assert_eq!(record.amount("price").unwrap().unwrap().to_string(), "123456789012345678.25");
        assert_eq!((record.amount("total").unwrap(), record.text("note").unwrap()), (None, None));
        assert_eq!(record.boolean("billed").unwrap(), Some(true));
        assert_eq!(record.id::<Matter>("matter.id").unwrap(), Some(Id::new(7)));
        assert_eq!(record.integer("matter.number").unwrap(), Some(3));
        assert_eq!(record.id::<User>("user.id").unwrap(), Some(Id::new(4)));
    }

    #[test]
    fn null_on_the_way_is_null() {
        assert_eq!(record(r#"{"matter":null}"#).id::<Matter>("matter.id").unwrap(), None);
        assert_eq!(record("{}").id::<Matter>("matter.id").unwrap(), None);
    }

    #[test]
    fn a_mistake_is_told() {
        let record = record(r#"{"id":1,"date":"soon","matter":{"id":7,"number":"x"},"user":{"id":4}}"#);
        let told = |error: Error| (error.kind(), error.to_string());
        let (configuration, decode) = (ErrorKind::Configuration, ErrorKind::Decode);
        assert_eq!(
            told(record.id::<User>("matter.id").unwrap_err()),
            (configuration, "the id is one of a Matter, not of a User at matter.id".to_owned())
        );
        assert_eq!(
            told(record.text("matter.description").unwrap_err()),
            (configuration, "the field was not asked for at matter.description".to_owned())
        );
        assert_eq!(
            told(record.text("date.year").unwrap_err()),
            (configuration, "`date` holds no object to choose fields of at date.year".to_owned())
        );
        assert_eq!(
            told(record.date("date").unwrap_err()),
            (decode, "expected a date, found text at date".to_owned())
        );
        assert_eq!(
            told(record.integer("matter.number").unwrap_err()),
            (decode, "expected a whole number, found text at matter.number".to_owned())
        );
    }

    #[test]
    fn debug_shows_no_value() {
        let record = record(r#"{"note":"Ada","price":5}"#);
        assert_eq!(format!("{record:?}"), r#"Record({"note": text, "price": a number})"#);
    }
}
