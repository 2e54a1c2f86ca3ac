//! A firm's own words for notes.

use std::fmt;

use minijinja::{Environment, UndefinedBehavior, Value};

use super::SettingError;

/// The steps that one note may take, so that a template without end ends: a note of a thousand rows takes a tenth of it.
const FUEL: u64 = 500_000;

/// What a note says, as a template of the Jinja language (by the crate `minijinja`).
///
/// | name | what |
/// |---|---|
/// | `narrative` | the note as it were without a template |
/// | `description` | the user's own words |
/// | `formatted_narrative` | what WiseTime has made of them |
/// | `group_name` | the group's name |
/// | `tag`, `tag_description` | the matter's number; what stands beside it |
/// | `charge_code`, `charge_code_id` | the charge code |
/// | `user`, `email`, `role` | who posted it |
/// | `date` | the day: `2026-03-02` |
/// | `seconds`, `duration` | the time that goes to Clio, as a number and as `1:30:00` |
/// | `worked_seconds`, `worked` | the time that was recorded, in the same two ways |
/// | `rows` | what was recorded, each with `activity`, `description`, `seconds`; none where the user does not want it used |
///
/// What WiseTime does not tell is an empty text. A name that does not stand here is an error when the template is made.
///
/// ```
/// use clio_wisetime::posted_time::Template;
///
/// let template = Template::new("{{ narrative }}{% if charge_code %} ({{ charge_code }}){% endif %}")?;
/// assert!(Template::new("{{ matter_number }}").is_err());
/// # Ok::<(), clio_wisetime::posted_time::SettingError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    source: String,
}

impl fmt::Debug for Template {
    /// Shows the template: it is the firm's, and holds nothing of a client's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Template").field(&self.source).finish()
    }
}

/// What a template may name.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) narrative: String,
    pub(super) description: String,
    pub(super) formatted_narrative: String,
    pub(super) group_name: String,
    pub(super) tag: String,
    pub(super) tag_description: String,
    pub(super) charge_code: String,
    pub(super) charge_code_id: String,
    pub(super) user: String,
    pub(super) email: String,
    pub(super) role: String,
    pub(super) date: String,
    pub(super) seconds: i64,
    pub(super) duration: String,
    pub(super) worked_seconds: i64,
    pub(super) worked: String,
    pub(super) rows: Vec<Row>,
}

/// One row, as a template sees it.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) activity: String,
    pub(super) description: String,
    pub(super) seconds: i64,
}

impl Words {
    fn value(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            let texts = [("activity", &row.activity), ("description", &row.description)];
            let texts = texts.map(|(name, text)| (name, Value::from(text.as_str())));
            Value::from_pairs(texts.into_iter().chain([("seconds", Value::from(row.seconds))]))
        });
        let texts = [
            ("narrative", &self.narrative),
            ("description", &self.description),
            ("formatted_narrative", &self.formatted_narrative),
            ("group_name", &self.group_name),
            ("tag", &self.tag),
            ("tag_description", &self.tag_description),
            ("charge_code", &self.charge_code),
            ("charge_code_id", &self.charge_code_id),
            ("user", &self.user),
            ("email", &self.email),
            ("role", &self.role),
            ("date", &self.date),
            ("duration", &self.duration),
            ("worked", &self.worked),
        ];
        let others = [
            ("seconds", Value::from(self.seconds)),
            ("worked_seconds", Value::from(self.worked_seconds)),
            ("rows", rows.collect()),
        ];
        Value::from_pairs(
            texts.map(|(name, text)| (name, Value::from(text.as_str()))).into_iter().chain(others),
        )
    }
}

impl Template {
    /// Reads a template, and tries it.
    ///
    /// # Errors
    ///
    /// [`SettingError::Template`] when it cannot be read, or names what a group does not have.
    pub fn new(source: impl Into<String>) -> Result<Self, SettingError> {
        let template = Self { source: source.into() };
        let sample = Words { rows: vec![Row::default()], ..Words::default() };
        template.render(&sample).map_err(|error| SettingError::Template {
            reason: error.detail().map_or_else(|| error.kind().to_string(), str::to_owned),
            line: error.line(),
        })?;
        Ok(template)
    }

    /// The template's text.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// What it makes of a group. It reads nothing but these words.
    pub(super) fn render(&self, words: &Words) -> Result<String, minijinja::Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.render_str(&self.source, words.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_work_is_told_before_anything_is_posted() {
        let refused = |source: &str| match Template::new(source) {
            Err(SettingError::Template { reason, line }) => (reason, line),
            other => panic!("a refusal, not {other:?}"),
        };
        assert_eq!(refused("{{ narrative }}\n{{ narrative ").1, Some(2));
        assert_eq!(refused("a\nb\n{{ matter }}").1, Some(3));
        assert_eq!(refused("{% for row in rows %}{{ row.client }}{% endfor %}").1, Some(1));
        // A file of the machine's is none of a template's business.
        refused("{% include '/etc/passwd' %}");
    }

    #[test]
    fn one_without_an_end_ends() {
        assert!(
            Template::new("{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}")
                .is_err()
        );
    }

    #[test]
    fn nothing_is_escaped() {
        let template = Template::new("{{ narrative }} & {{ tag }}").unwrap();
        let words = Words { narrative: "<a> \"b\"".into(), tag: "1-O'Neil".into(), ..Words::default() };
        assert_eq!(template.render(&words).unwrap(), "<a> \"b\" & 1-O'Neil");
    }
}
