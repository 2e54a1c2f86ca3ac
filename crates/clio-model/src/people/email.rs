use clio_core::{
    Field, Members,
    schema::choices::{Choice, EmailAddressName},
};

use crate::{
    Error, Result,
    body::{given, known_word, shows},
};

/// The labels that Clio's document lists for writing. Users report that one in another casing is refused.
const LABELS: &[&str] = &["Work", "Home", "Other"];

/// An e-mail address of a contact, to be written.
///
/// ```
/// use clio_core::schema::choices::EmailAddressName;
/// use clio_model::people::EmailAddress;
///
/// let address = EmailAddress::new("ada@lovelace.example")?.label(EmailAddressName::Work)?.primary();
/// assert!(EmailAddress::new("ada at lovelace").is_err());
/// # Ok::<(), clio_model::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress {
    address: String,
    label: Option<EmailAddressName>,
    primary: Option<bool>,
}

impl EmailAddress {
    /// This address. Blanks at the ends are taken off.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if there is no `@` with something on both sides, a blank
    /// within, or one of `<>,;`, by which a name or a second address is written. Nobody says what Clio refuses: our choice.
    pub fn new(address: &str) -> Result<Self> {
        let address = address.trim();
        let no_address = |c: char| c.is_whitespace() || c.is_control() || "<>,;".contains(c);
        let (name, host) = address.rsplit_once('@').unwrap_or_default();
        if name.is_empty() || host.is_empty() || address.contains(no_address) {
            return Err(Error::invalid("not an e-mail address, such as `ada@lovelace.example`"));
        }
        Ok(Self { address: address.to_owned(), label: None, primary: None })
    }

    /// What kind of address it is: `Work`, `Home` or `Other`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for another word: Clio's document lists these.
    pub fn label(mut self, label: EmailAddressName) -> Result<Self> {
        known_word("the label of an e-mail address", &label, LABELS)?;
        self.label = Some(label);
        Ok(self)
    }

    /// The contact's default address.
    #[must_use]
    pub const fn primary(mut self) -> Self {
        self.primary = Some(true);
        self
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    pub(super) const fn is_primary(&self) -> bool {
        matches!(self.primary, Some(true))
    }

    pub(super) fn label_text(&self) -> Option<&str> {
        self.label.as_ref().map(Choice::read_name)
    }

    pub(super) fn members(&self) -> Members {
        let mut members = Members::default();
        members.set("address", Field::Value(self.address.clone()));
        members.set_word("name", given(self.label.clone()), LABELS);
        members.set("default_email", given(self.primary));
        members
    }
}

shows! { EmailAddress: label, primary; }

/// Both are one address: casing and the blanks at the ends do not count, and everything else does.
///
/// Mail systems may tell casings of the part before the `@` apart, and hardly any does. Nobody says how Clio compares:
/// our choice. Clio has no filter for an exact address: search with `query`, and compare with this.
///
/// ```
/// use clio_model::people::same_email;
///
/// assert!(same_email("Ada@Lovelace.example ", "ada@lovelace.EXAMPLE"));
/// assert!(!same_email("ada+work@lovelace.example", "ada@lovelace.example"));
/// assert!(!same_email("", ""), "no address is nobody's");
/// ```
pub fn same_email(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim(), b.trim());
    !a.is_empty() && a.to_lowercase() == b.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "ada",
            "@x.example",
            "ada@",
            "ada lovelace@x.example",
            "ada@x example",
            "Ada<ada@x.example>",
            "a@x.example,b@x.example",
        ] {
            assert!(EmailAddress::new(text).is_err(), "{text}");
        }
        assert_eq!(EmailAddress::new(" ada@x.example ").unwrap().as_str(), "ada@x.example");
    }

    #[test]
    fn a_label_is_written_as_clio_lists_it() {
        let address = EmailAddress::new("ada@x.example").unwrap();
        assert!(address.clone().label(EmailAddressName::Unknown("home".into())).is_err());
        assert_eq!(
            address.label(EmailAddressName::Home).unwrap().members().to_json(),
            r#"{"address":"ada@x.example","name":"Home"}"#,
        );
    }
}
