use chrono::{DateTime, NaiveDate, Utc};
use clio_core::{
    Etag, Field, Id, Members, Reference, Selection,
    schema::{
        choices::{ParentType, TextType},
        objects,
    },
};

use crate::{
    Error, Result,
    body::{checked, given, shows},
};

/// A note on a matter or on a contact. Clio lists the two apart.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Note")]
pub struct Note {
    /// The note.
    pub id: Id<objects::Note>,
    /// The version of the record.
    pub etag: Etag,
    /// Whether it is on a matter or on a contact.
    #[clio(rename = "type")]
    pub kind: Option<ParentType>,
    /// What it is about.
    pub subject: Option<String>,
    /// What it says.
    pub detail: Option<String>,
    /// Whether that is plain text or has tags.
    pub detail_text_type: Option<TextType>,
    /// The day that it is for.
    pub date: Option<NaiveDate>,
    /// The matter that it is on.
    pub matter: Option<Reference<objects::Matter>>,
    /// The contact that it is on.
    pub contact: Option<Reference<objects::Contact>>,
    /// Who wrote it.
    pub author: Option<Reference<objects::User>>,
    /// It was created then.
    pub created_at: Option<DateTime<Utc>>,
    /// It was last changed then.
    pub updated_at: Option<DateTime<Utc>>,
}

/// A note to be created.
///
/// Clio's document requires a matter and a contact of every note, and says of each that it is required of its own kind
/// only. Users send the one that the kind names, and so does this.
///
/// ```
/// use clio_core::{Body, Id, schema::operations::CreateNote};
/// use clio_model::files::NewNote;
///
/// let draft = NewNote::on_matter(Id::new(7), "Called the court.").subject("Hearing");
/// assert_eq!(
///     Body::<CreateNote>::json(&draft)?,
///     r#"{"type":"Matter","matter":{"id":7},"subject":"Hearing","detail":"Called the court."}"#,
/// );
/// # Ok::<(), clio_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a draft does nothing before it is sent"]
pub struct NewNote {
    on: On,
    subject: Option<String>,
    detail: String,
    text_type: Option<TextType>,
    date: Option<NaiveDate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    Matter(Id<objects::Matter>),
    Contact(Id<objects::Contact>),
}

impl NewNote {
    /// A note on a matter.
    pub fn on_matter(matter: Id<objects::Matter>, detail: impl Into<String>) -> Self {
        Self::new(On::Matter(matter), detail.into())
    }

    /// A note on a contact.
    pub fn on_contact(contact: Id<objects::Contact>, detail: impl Into<String>) -> Self {
        Self::new(On::Contact(contact), detail.into())
    }

    const fn new(on: On, detail: String) -> Self {
        Self { on, subject: None, detail, text_type: None, date: None }
    }

    /// What it is about.
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// The day that it is for, in place of today.
    pub const fn date(mut self, date: NaiveDate) -> Self {
        self.date = Some(date);
        self
    }

    /// The text has tags such as `<b>` and `<p>`. Clio's document lists which.
    pub fn rich_text(mut self) -> Self {
        self.text_type = Some(TextType::RichText);
        self
    }

    /// Whether Clio would take it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for a note without a word. Nobody says that Clio refuses it:
    /// our choice.
    pub fn check(&self) -> Result<()> {
        let subject = self.subject.as_deref().unwrap_or_default();
        if subject.trim().is_empty() && self.detail.trim().is_empty() {
            return Err(Error::invalid("a note without a word"));
        }
        Ok(())
    }

    fn members(&self) -> Members {
        let mut members = Members::default();
        match self.on {
            On::Matter(id) => {
                members.set_word("type", Field::Value(ParentType::Matter), &[]);
                members.set_reference("matter", Field::Value(id));
            }
            On::Contact(id) => {
                members.set_word("type", Field::Value(ParentType::Contact), &[]);
                members.set_reference("contact", Field::Value(id));
            }
        }
        members.set("subject", given(self.subject.clone()));
        members.set("detail", Field::Value(self.detail.clone()));
        members.set_word("detail_text_type", given(self.text_type.clone()), &[]);
        members.set("date", given(self.date));
        members
    }
}

checked! { NewNote is the body of CreateNote; }
shows! {
    Note: id, kind;
    NewNote: on;
}

#[cfg(test)]
mod tests {
    use clio_core::Body;

    use super::*;

    #[test]
    fn a_note_names_the_one_that_it_is_on() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let json = NewNote::on_contact(Id::new(3), "<b>Deaf</b>").rich_text().date(day).json().unwrap();
        assert_eq!(
            json,
            concat!(
                r#"{"type":"Contact","contact":{"id":3},"detail":"<b>Deaf</b>","#,
                r#""detail_text_type":"rich_text","date":"2026-03-02"}"#,
            ),
        );
    }

    #[test]
    fn a_note_without_a_word_is_refused() {
        let empty = NewNote::on_matter(Id::new(7), " ").subject("");
        assert_eq!(empty.json().unwrap_err().kind(), clio_core::ErrorKind::Invalid);
        assert!(empty.subject("Hearing").check().is_ok());
    }
}
