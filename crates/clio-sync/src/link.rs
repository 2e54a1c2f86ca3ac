//! What belongs to what, and what happens when others change it.

use std::{collections::HashSet, fmt};

use clio_core::Etag;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Content, FlowKey, fingerprint};

/// The record at the target that belongs to a record of the source.
#[derive(Clone, PartialEq, Eq)]
pub struct Linked {
    /// Its id at the target.
    pub remote_id: String,
    /// The version that we know of.
    pub etag: Option<Etag>,
    /// The fields that we wrote last: those that are ours. What others keep in other fields is theirs.
    pub written: Content,
}

impl Linked {
    /// This field was last written with this value, as far as the store remembers it: of what was written long ago it may keep
    /// a digest alone.
    pub fn wrote(&self, field: &str, value: &Value) -> bool {
        is_as_written(self.written.get(field), Some(value))
    }
}

impl fmt::Debug for Linked {
    /// Leaves the values out: they are client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Linked")
            .field("remote_id", &id_alone(&self.remote_id))
            .field("etag", &self.etag)
            .finish_non_exhaustive()
    }
}

/// As much of an id at a target as `Debug` may show: where a target knows its records by a name, that stands behind a blank.
pub(crate) fn id_alone(remote_id: &str) -> &str {
    remote_id.split(' ').next().unwrap_or_default()
}

/// What happens when somebody has changed a field of ours at the target, and the source wants it otherwise.
///
/// A field that is not ours, or that others set to what we want anyway, is no conflict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConflictPolicy {
    /// The write waits for a person, with all values.
    #[default]
    Report,
    /// Ours is written.
    Ours,
    /// Theirs is left, and held to be ours until the source changes again.
    Theirs,
}

/// Fields of ours that others have changed, and that are wanted otherwise.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The fields.
    pub fields: Vec<ConflictField>,
    /// The version of the record that was compared.
    pub etag: Option<String>,
}

/// One field of a [`Conflict`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictField {
    /// Its name.
    pub name: String,
    /// What we wrote last.
    pub base: Option<Value>,
    /// What we want now; `None` if the record is to be deleted.
    pub ours: Option<Value>,
    /// What stands there.
    pub theirs: Option<Value>,
}

impl Conflict {
    /// Compares field by field. `None` where nothing stands against writing `ours`.
    ///
    /// `ours` is `None` for a deletion: that conflicts with any change of a field of ours.
    pub(crate) fn between(
        base: &Content,
        ours: Option<&Content>,
        theirs: &Content,
        etag: Option<&Etag>,
        but_for: impl Fn(&str) -> bool,
    ) -> Option<Self> {
        let names = ours.unwrap_or(base).keys().filter(|name| !but_for(name));
        let fields: Vec<ConflictField> = names
            .map(|name| ConflictField {
                name: name.clone(),
                base: base.get(name).cloned(),
                ours: ours.and_then(|ours| ours.get(name).cloned()),
                theirs: theirs.get(name).cloned(),
            })
            .filter(|field| !is_as_written(field.base.as_ref(), field.theirs.as_ref()))
            .filter(|field| ours.is_none() || field.theirs != field.ours)
            // A field that we never wrote was theirs all along: taking it over is no conflict.
            .filter(|field| field.base.is_some())
            .collect();
        let etag = etag.map(|etag| etag.as_str().to_owned());
        (!fields.is_empty()).then_some(Self { fields, etag })
    }

    /// What stands there, laid over what we wrote last.
    pub fn theirs(&self, written: &Content) -> Content {
        let mut content = written.clone();
        for field in &self.fields {
            match &field.theirs {
                Some(value) => content.insert(field.name.clone(), value.clone()),
                None => content.remove(&field.name),
            };
        }
        content
    }
}

impl fmt::Display for Conflict {
    /// Each field with all values: for people who may see them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |value: &Option<Value>| match value {
            Some(Value::String(text)) => text.clone(),
            Some(value) if digest_in(value).is_some() => "something else".to_owned(),
            Some(value) => value.to_string(),
            None => "nothing".to_owned(),
        };
        for (at, field) in self.fields.iter().enumerate() {
            let comma = if at == 0 { "" } else { "; " };
            let ours = if field.ours.is_none() { "deleted".to_owned() } else { text(&field.ours) };
            write!(
                f,
                "{comma}{}: {} was written, {} is there now, {ours} is wanted",
                field.name,
                text(&field.base),
                text(&field.theirs)
            )?;
        }
        Ok(())
    }
}

impl fmt::Debug for Conflict {
    /// Leaves the values out: they are client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.fields.iter().map(|field| &field.name)).finish()
    }
}

impl fmt::Debug for ConflictField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConflictField").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What the value of a field becomes when the store forgets what was written, as retention has it: enough to see whether
/// others have changed it.
///
/// ```
/// let written = clio_sync::Content::from([("note".to_owned(), "Draft will of Ada".into())]);
/// assert!(!format!("{:?}", clio_sync::forget_values(&written)).contains("Ada"));
/// ```
pub fn forget_values(written: &Content) -> Content {
    let forget = |value: &Value| {
        if digest_in(value).is_some() { value.clone() } else { json!({DIGEST: digest(value)}) }
    };
    written.iter().map(|(name, value)| (name.clone(), forget(value))).collect()
}

const DIGEST: &str = "sha256";

fn digest(value: &Value) -> String {
    fingerprint([value.to_string().as_str()])
}

fn digest_in(value: &Value) -> Option<&str> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    object.get(DIGEST)?.as_str()
}

/// The field has the value that we wrote, as far as the store remembers it.
fn is_as_written(written: Option<&Value>, now: Option<&Value>) -> bool {
    match (written.and_then(digest_in), now) {
        (Some(kept), Some(now)) => kept == digest(now),
        _ => written == now,
    }
}

/// Stops a mass deletion: whoever loses his rights at a source sees it empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brake {
    /// So many records may always go at once.
    pub count: usize,
    /// And this share of all of them, in per cent.
    pub percent: u8,
}

impl Default for Brake {
    /// Ten records, or a twentieth of all.
    fn default() -> Self {
        Self { count: 10, percent: 5 }
    }
}

impl Brake {
    /// Lets everything go: for a person who has looked.
    pub const OFF: Self = Self { count: usize::MAX, percent: 100 };

    /// Whether so many of so many may go.
    pub fn allows(self, gone: usize, of: usize) -> bool {
        gone <= self.count || (gone as u128) * 100 <= (of as u128) * u128::from(self.percent)
    }
}

/// The end of a complete sweep: every record of the source was seen.
#[derive(Debug, Clone)]
pub struct SweepEnd {
    /// The flow.
    pub flow: FlowKey,
    /// The kind of its source.
    pub source: String,
    /// The kind of its target.
    pub target: String,
    /// The ids of all records that the source handed out.
    pub seen: HashSet<String>,
    /// How many may go at once.
    pub brake: Brake,
    /// So many complete sweeps have to miss a record before it counts as gone. Two, unless a test says otherwise.
    pub strikes: u32,
    /// Why what is gone is deleted, for people.
    pub reason: String,
}

/// What a complete sweep showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// Records that were missed, but not often enough yet.
    pub missed: usize,
    /// Records that are gone: their deletion is planned, unless the brake held it.
    pub gone: Vec<String>,
    /// Too many are gone at once: nothing was planned.
    pub braked: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(fields: &[(&str, i64)]) -> Content {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect()
    }

    fn conflicts(base: &Content, ours: Option<&Content>, theirs: &Content) -> Vec<String> {
        let conflict = Conflict::between(base, ours, theirs, None, |_| false).unwrap_or_default();
        conflict.fields.into_iter().map(|field| field.name).collect()
    }

    #[test]
    fn only_a_field_of_ours_that_others_set_otherwise_is_a_conflict() {
        let base = content(&[("a", 1), ("b", 1)]);
        let wanted = content(&[("a", 2), ("b", 1), ("c", 5)]);
        let none: Vec<String> = Vec::new();
        assert_eq!(conflicts(&base, Some(&wanted), &base), none);
        assert_eq!(conflicts(&base, Some(&wanted), &content(&[("a", 1), ("b", 1), ("x", 9)])), none);
        assert_eq!(conflicts(&base, Some(&wanted), &content(&[("a", 2), ("b", 1)])), none);
        assert_eq!(conflicts(&base, Some(&wanted), &content(&[("a", 1), ("b", 1), ("c", 7)])), none);
        assert_eq!(conflicts(&base, Some(&wanted), &content(&[("a", 3), ("b", 1)])), ["a"]);
        assert_eq!(conflicts(&base, Some(&wanted), &content(&[("a", 3)])), ["a", "b"]);
        assert_eq!(conflicts(&base, None, &content(&[("a", 1), ("b", 3)])), ["b"]);
        assert_eq!(conflicts(&base, None, &base), none);
    }

    #[test]
    fn what_is_forgotten_still_tells_a_change() {
        let base = forget_values(&content(&[("a", 1)]));
        assert_eq!(forget_values(&base), base);
        assert_eq!(
            conflicts(&base, Some(&content(&[("a", 2)])), &content(&[("a", 1)])),
            Vec::<String>::new()
        );
        assert_eq!(conflicts(&base, Some(&content(&[("a", 2)])), &content(&[("a", 3)])), ["a"]);
        for written in [base, content(&[("a", 1)])] {
            let linked = Linked { remote_id: "7".into(), etag: None, written };
            let wrote =
                [("a", 1), ("a", 2), ("b", 1)].map(|(field, value)| linked.wrote(field, &value.into()));
            assert_eq!(wrote, [true, false, false]);
        }
    }

    #[test]
    fn a_brake_lets_a_few_go_or_a_small_share() {
        let brake = Brake::default();
        assert!(brake.allows(10, 10));
        assert!(!brake.allows(11, 100));
        assert!(brake.allows(11, 220));
        assert!(!brake.allows(12, 220));
        assert!(Brake::OFF.allows(5_000, 5_000));
    }
}
