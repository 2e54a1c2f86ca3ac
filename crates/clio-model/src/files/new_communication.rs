use chrono::{DateTime, Utc};
use clio_core::{
    Field, Id, Members,
    schema::{choices::CommunicationType, objects},
};

use super::ExternalProperties;
use crate::{
    Result,
    body::{checked, given, not_blank, shows},
    people::ParticipantId,
};

/// A communication to be created: an e-mail or a phone call that took place, and is filed. Clio sends nothing.
///
/// Only phone calls have subscribers that are told (Clio's document): left out here.
///
/// ```
/// use clio_core::{Body, Id, schema::{objects::{Contact, Matter, User}, operations::CreateCommunication}};
/// use clio_model::files::NewCommunication;
///
/// let (client, lawyer): (Id<Contact>, Id<User>) = (Id::new(3), Id::new(4));
/// let at = "2026-03-02T09:00:00Z".parse()?;
/// let draft = NewCommunication::email("Case Status Message", "When is the hearing?", at)
///     .matter(Id::<Matter>::new(7))
///     .from(client)
///     .to(lawyer);
/// assert_eq!(
///     Body::<CreateCommunication>::json(&draft)?,
///     r#"{"type":"EmailCommunication","subject":"Case Status Message","body":"When is the hearing?","received_at":"2026-03-02T09:00:00Z","matter":{"id":7},"senders":[{"id":3,"type":"Contact"}],"receivers":[{"id":4,"type":"User"}]}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a draft does nothing before it is sent"]
pub struct NewCommunication {
    kind: CommunicationType,
    subject: String,
    body: String,
    received_at: DateTime<Utc>,
    matter: Option<Id<objects::Matter>>,
    senders: Vec<ParticipantId>,
    receivers: Vec<ParticipantId>,
    external_properties: ExternalProperties,
}

impl NewCommunication {
    /// An e-mail, or any other message in writing.
    pub fn email(subject: impl Into<String>, body: impl Into<String>, received_at: DateTime<Utc>) -> Self {
        Self::new(CommunicationType::EmailCommunication, subject.into(), body.into(), received_at)
    }

    /// A phone call; the body says what was spoken of.
    pub fn phone(subject: impl Into<String>, body: impl Into<String>, received_at: DateTime<Utc>) -> Self {
        Self::new(CommunicationType::PhoneCommunication, subject.into(), body.into(), received_at)
    }

    fn new(kind: CommunicationType, subject: String, body: String, received_at: DateTime<Utc>) -> Self {
        let (senders, receivers) = (Vec::new(), Vec::new());
        let external_properties = ExternalProperties::default();
        Self { kind, subject, body, received_at, matter: None, senders, receivers, external_properties }
    }

    /// The matter that it is filed under.
    pub const fn matter(mut self, matter: Id<objects::Matter>) -> Self {
        self.matter = Some(matter);
        self
    }

    /// One more sender. Who is named twice is sent once.
    pub fn from(mut self, sender: impl Into<ParticipantId>) -> Self {
        once(&mut self.senders, sender.into());
        self
    }

    /// One more receiver. Who is named twice is sent once.
    pub fn to(mut self, receiver: impl Into<ParticipantId>) -> Self {
        once(&mut self.receivers, receiver.into());
        self
    }

    /// Leaves a name and a value on it, to find it again.
    pub fn external_property(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.external_properties.add(name, value);
        self
    }

    /// Whether Clio would take it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) with more external properties than there can be, and for a
    /// blank subject: Clio's document requires one. It requires a body too, which may be blank here: a message may
    /// consist of a file alone.
    pub fn check(&self) -> Result<()> {
        not_blank("the subject of a communication", &self.subject)?;
        self.external_properties.check()
    }

    fn members(&self) -> Members {
        let people = |people: &[ParticipantId]| given((!people.is_empty()).then(|| people.to_vec()));
        let mut members = Members::default();
        members.set_word("type", Field::Value(self.kind.clone()), &[]);
        members.set("subject", Field::Value(self.subject.clone()));
        members.set("body", Field::Value(self.body.clone()));
        members.set("received_at", Field::Value(self.received_at));
        members.set_reference("matter", given(self.matter));
        members.set("senders", people(&self.senders));
        members.set("receivers", people(&self.receivers));
        self.external_properties.put(&mut members);
        members
    }
}

fn once(people: &mut Vec<ParticipantId>, one: ParticipantId) {
    if !people.contains(&one) {
        people.push(one);
    }
}

checked! { NewCommunication is the body of CreateCommunication; }
shows! { NewCommunication: kind, matter, senders, receivers; }

#[cfg(test)]
mod tests {
    use clio_core::Body;

    use super::*;

    fn call(subject: &str) -> NewCommunication {
        NewCommunication::phone(subject, "", "2026-03-02T09:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_call_has_people_once_and_what_others_leave_on_it() {
        let user = Id::<objects::User>::new(4);
        let json = call("Call").from(user).from(user).external_property("n", "v").json().unwrap();
        assert_eq!(
            json,
            concat!(
                r#"{"type":"PhoneCommunication","subject":"Call","body":"","received_at":"2026-03-02T09:00:00Z","#,
                r#""senders":[{"id":4,"type":"User"}],"external_properties":[{"name":"n","value":"v"}]}"#,
            ),
        );
    }

    #[test]
    fn what_clio_would_refuse_is_refused_here() {
        assert_eq!(call(" ").check().unwrap_err().to_string(), "the subject of a communication is blank");
        let many = |count| {
            (0..count).fold(call("Call"), |draft, at: i32| draft.external_property(at.to_string(), ""))
        };
        assert!(many(5).check().is_ok());
        assert_eq!(many(6).json().unwrap_err().kind(), clio_core::ErrorKind::Invalid);
    }

    #[test]
    fn no_word_of_it_is_shown() {
        assert!(!format!("{:?}", call("Divorce")).contains("Divorce"));
    }
}
