//! Which form of fees works with a firm's Clio, by what was read back.

use std::fmt;

use clio_sync::{Content, FlowKey, forget_values};

use crate::{FeeForm, Project, Result, Session, adapter::NAME, target::MADE_OTHERWISE};

/// What is known of a form of fees at a firm.
///
/// Nothing is written down for it apart: every fee that stands was read back and was as it was sent, and why one was taken
/// away stands with the engine until a person has seen to it. So it lasts as long as the engine's store.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormRecord {
    /// The form.
    pub form: FeeForm,
    /// So many fees stand in this form.
    pub read_back: usize,
    /// What Clio made something else of, firm-wide: in words for people, oldest first.
    pub otherwise: Vec<String>,
}

impl FormRecord {
    /// Fees stand in this form, and Clio made something else of none.
    pub fn works(&self) -> bool {
        self.read_back > 0 && self.otherwise.is_empty()
    }
}

impl fmt::Display for FormRecord {
    /// A line, or two.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (form, count) = (self.form, self.read_back);
        let Some(newest) = self.otherwise.last() else {
            return if count == 0 {
                write!(f, "whether Clio keeps {form} as sent is not known yet")
            } else {
                write!(f, "Clio keeps {form} as sent: {count} read back")
            };
        };
        if count > 0 {
            writeln!(f, "Clio kept {form} as sent: {count} read back")?;
        }
        write!(f, "Clio made something else of {} in this form, lastly: {newest}", self.otherwise.len())
    }
}

impl fmt::Debug for FormRecord {
    /// Leaves the reasons out: they are in the words of others.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FormRecord")
            .field("form", &self.form)
            .field("read_back", &self.read_back)
            .field("otherwise", &self.otherwise.len())
            .finish()
    }
}

impl fmt::Display for FeeForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Category(category) => write!(f, "flat fees of category {category}"),
            Self::Expense => f.write_str("fees that are expenses"),
        }
    }
}

impl Session<'_> {
    /// What is known of the form that the firm chose, over all connected matters. It reads the projects of each from AltFee; a
    /// [`Confirmation`](crate::Confirmation) has the same for its own matter.
    ///
    /// # Errors
    ///
    /// What kept AltFee or the store from being read.
    pub async fn form(&self) -> Result<FormRecord> {
        let mut record = self.form_of(&[]).await?;
        for connection in self.altfee().connections().await? {
            record.read_back += self.read_back(&self.altfee().projects(&connection.matter).await?).await?;
        }
        Ok(record)
    }

    /// The same for these projects. What Clio made something else of counts firm-wide.
    pub(crate) async fn form_of(&self, projects: &[Project]) -> Result<FormRecord> {
        Ok(FormRecord {
            form: self.settings().form,
            read_back: self.read_back(projects).await?,
            otherwise: self.made_otherwise().await?,
        })
    }

    async fn read_back(&self, projects: &[Project]) -> Result<usize> {
        let mut count = 0;
        for project in projects {
            let linked = self.link(&project.id).await?;
            count += usize::from(linked.is_some_and(|linked| is_of(&linked.written, self.settings().form)));
        }
        Ok(count)
    }

    async fn made_otherwise(&self) -> Result<Vec<String>> {
        let form = self.settings().form;
        let told = |flow: &FlowKey, reason: &str| {
            let (_, told) = reason.split_once(MADE_OTHERWISE).filter(|_| flow.adapter == NAME)?;
            Some(told.to_owned())
        };
        let mut all = Vec::new();
        for letter in self.firm.dead_letters().await? {
            let Some(told) = told(&letter.flow, &letter.reason) else { continue };
            let intent = self.firm.explain(&letter).await?.intent;
            all.extend(intent.filter(|intent| is_of(&intent.write.content, form)).map(|_| told));
        }
        // Those that were found by looking, after an answer was lost.
        for intent in self.firm.parked().await? {
            let told = told(&intent.flow, intent.reason.as_deref().unwrap_or_default());
            all.extend(told.filter(|_| is_of(&intent.write.content, form)));
        }
        Ok(all)
    }
}

/// Whether this was written in that form. The store may have forgotten the values, but not which they were.
fn is_of(written: &Content, form: FeeForm) -> bool {
    let (name, value) = match form {
        FeeForm::Category(category) => ("activity_description.id", category.get().into()),
        FeeForm::Expense => ("type", "ExpenseEntry".into()),
    };
    let wanted = Content::from([(name.to_owned(), value)]);
    let is = |kept| Some(kept) == wanted.get(name) || Some(kept) == forget_values(&wanted).get(name);
    written.get(name).is_some_and(is)
}

#[cfg(test)]
mod tests {
    use clio_core::Id;

    use super::*;

    #[test]
    fn a_form_is_known_again_when_its_values_were_forgotten() {
        let written = Content::from([
            ("type".to_owned(), "TimeEntry".into()),
            ("activity_description.id".to_owned(), 9.into()),
        ]);
        for written in [forget_values(&written), written] {
            assert!(is_of(&written, FeeForm::Category(Id::new(9))));
            assert!(!is_of(&written, FeeForm::Category(Id::new(8))) && !is_of(&written, FeeForm::Expense));
        }
        assert!(!is_of(&Content::new(), FeeForm::Expense));
    }

    #[test]
    fn what_is_known_is_said_in_a_line() {
        let record = |read_back, otherwise: &[&str]| FormRecord {
            form: FeeForm::Category(Id::new(9)),
            read_back,
            otherwise: otherwise.iter().map(|text| (*text).to_owned()).collect(),
        };
        assert_eq!(
            record(0, &[]).to_string(),
            "whether Clio keeps flat fees of category 9 as sent is not known yet"
        );
        assert_eq!(record(12, &[]).to_string(), "Clio keeps flat fees of category 9 as sent: 12 read back");
        assert_eq!(
            record(1, &["it is no flat fee; it was taken away again"]).to_string(),
            "Clio kept flat fees of category 9 as sent: 1 read back\n\
             Clio made something else of 1 in this form, lastly: it is no flat fee; it was taken away again"
        );
        assert!(record(1, &[]).works() && !record(1, &["x"]).works() && !record(0, &[]).works());
    }
}
