//! What a place holds.

use super::Resolver;
use crate::{
    Error,
    ir::{
        facts::{Basic, Member, Shape},
        model::{self, Kind, MemberKind},
        overrides::SimpleKind,
    },
    names,
};

impl Resolver<'_> {
    /// The kind of a field or of a parameter. `name` is what it is called, without the path to it.
    pub(super) fn kind(&self, at: &str, name: &str, shape: &Shape) -> Result<Kind, Error> {
        if let Some(items) = &shape.items {
            return Ok(Kind::List(Box::new(self.kind(at, name, items)?)));
        }
        if let Some(kind) = self.overrides.find(&self.overrides.kinds, at) {
            return Ok(match kind {
                SimpleKind::Id => Kind::Id,
                SimpleKind::TextId => Kind::TextId,
                SimpleKind::Integer => Kind::Integer,
                SimpleKind::Number => Kind::Number,
                SimpleKind::Text => Kind::Text,
                SimpleKind::Json => Kind::Json,
            });
        }
        if matches!(shape.kind, Basic::Number | Basic::Integer)
            && self.overrides.names(&self.overrides.money, at)
        {
            return Ok(Kind::Money);
        }
        if matches!(shape.kind, Basic::Number)
            && let Some(kind) = self.time(at)
        {
            return Ok(kind);
        }
        if let Some(name) = self.choices.at(at) {
            return Ok(Kind::Choice { name: name.to_owned(), words: self.respelled(&shape.words) });
        }
        Ok(match shape.kind {
            Basic::Boolean => Kind::Boolean,
            Basic::Integer if is_id(name) => Kind::Id,
            Basic::Integer => Kind::Integer,
            Basic::Number => Kind::Number,
            Basic::Text => match shape.format.as_deref() {
                Some("date") => Kind::Date,
                Some("date-time") => Kind::DateTime,
                _ if name == "id" => Kind::TextId,
                _ => Kind::Text,
            },
            Basic::Reference => Kind::Object(self.form_name(shape.to.as_deref().unwrap_or_default())),
            // A field with members of its own, without a schema that names them, is left as JSON.
            Basic::Any | Basic::List | Basic::Object => Kind::Json,
        })
    }

    /// The unit of a decimal number that is a time.
    fn time(&self, at: &str) -> Option<Kind> {
        let seconds = self.overrides.names(&self.overrides.seconds, at);
        let hours = self.overrides.names(&self.overrides.hours, at);
        match (seconds, hours) {
            (true, _) => Some(Kind::Seconds),
            (_, true) => Some(Kind::Hours),
            _ => None,
        }
    }

    /// The words of a place, without the document's misspellings.
    pub(super) fn respelled(&self, words: &[String]) -> Vec<String> {
        let right =
            |word: &String| self.overrides.find(&self.overrides.respelled, word).unwrap_or(word).clone();
        words.iter().map(right).collect()
    }

    /// The members of a body, sorted by name.
    pub(super) fn members(&self, at: &str, members: &[Member]) -> Result<Vec<model::Member>, Error> {
        let mut resolved = members
            .iter()
            .map(|member| {
                let at = format!("{at}.{}", member.name);
                Ok(model::Member {
                    name: member.name.clone(),
                    ident: names::identifier(&member.name),
                    required: member.required,
                    kind: self.member(&at, &member.name, &member.shape)?,
                    note: self.note(&at),
                })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        resolved.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(resolved)
    }

    fn member(&self, at: &str, name: &str, shape: &Shape) -> Result<MemberKind, Error> {
        if let Some(items) = &shape.items {
            return Ok(MemberKind::List(Box::new(self.member(at, name, items)?)));
        }
        if shape.members.is_empty() {
            return Ok(MemberKind::Value(self.kind(at, name, shape)?));
        }
        Ok(MemberKind::Object(self.members(at, &shape.members)?))
    }
}

/// `id`, `matter_id`, `ids[]`, `rate_for[user_id]`.
fn is_id(name: &str) -> bool {
    let name = name.trim_end_matches(['[', ']']);
    let last = name.rsplit(['[', '.', '_']).next().unwrap_or(name);
    matches!(last, "id" | "ids")
}
