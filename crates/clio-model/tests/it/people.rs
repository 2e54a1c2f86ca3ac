//! People, files, calendars and bank accounts: the fake Clio takes each draft, and what it answers reads back as written.

mod firm;

use clio_core::{
    Amount, ErrorKind, Id, JsonBody, Reference, RequestParts, Selection, Stub,
    schema::{
        choices::{
            CommunicationType, ContactType, EmailAddressName, ParentType, PhoneNumberName, Priority,
            TaskStatus,
        },
        objects, operations as op,
    },
};
use clio_model::{
    Currency, Matter, Money, User,
    banking::{
        BankAccount, BankAccountKind, BankTransaction, MatterShare, NewBankAccount, NewTrustRequest, balance,
        movement,
    },
    calendar::{
        AttendeeId, Calendar, CalendarEntry, CalendarEntryChange, NewCalendarEntry, NewTask, Task, TaskChange,
    },
    files::{
        Communication, Conversation, ConversationMessage, Document, DocumentVersion, Folder,
        NewCommunication, NewDocument, NewFolder, NewNote, Note,
    },
    people::{
        CompanyName, Contact, ContactChange, ContactName, EmailAddress, Group, NewContact, ParticipantId,
        PersonName, PhoneMatch, PhoneNumber, UserDetail,
    },
};

use firm::{Firm, person};

fn mail(address: &str) -> EmailAddress {
    EmailAddress::new(address).unwrap()
}

/// With the whole name and without: Clio's document asks for it, users do without.
#[tokio::test(start_paused = true)]
async fn a_contact_reads_back_as_written() {
    let firm = Firm::new();
    let quill = NewContact::new(CompanyName::new("Quill Ltd").unwrap());
    let quill = firm.create::<op::CreateContact, objects::Contact, Contact>(&quill);
    assert_eq!(quill.kind, Some(ContactType::Company));
    assert_eq!(ContactName::of(&quill).unwrap().full(), "Quill Ltd");
    for send_full_name in [false, true] {
        let name = person("Ida").with_prefix("Dr.").with_middle("B.");
        let draft = NewContact::new(name.clone())
            .send_full_name(send_full_name)
            .title("Clerk")
            .company(quill.id)
            .email(mail("ida@x.example").label(EmailAddressName::Home).unwrap())
            .email(mail("osei@x.example").label(EmailAddressName::Work).unwrap().primary())
            .phone(PhoneNumber::new("+1 555 123 4567").unwrap().label(PhoneNumberName::Mobile).unwrap())
            .clio_connect_email(mail("ida@x.example"));
        let ida = firm.create::<op::CreateContact, objects::Contact, Contact>(&draft);
        assert_eq!(ContactName::of(&ida), Ok(name.into()));
        assert_eq!((ida.title.as_deref(), ida.is_client), (Some("Clerk"), Some(false)));
        assert_eq!(ida.company.as_ref().map(|company| company.id), Some(quill.id));
        assert_eq!(ida.primary_email_address.as_deref(), Some("osei@x.example"));
        assert_eq!(ida.clio_connect_email.as_deref(), Some("ida@x.example"));
        assert!(ida.has_email("IDA@x.example") && !ida.has_email("ada@x.example"));
        assert_eq!(ida.compare_phone("(555) 123-4567"), PhoneMatch::Likely);
        assert_eq!(ida.phone_numbers.unwrap()[0].name, Some(PhoneNumberName::Mobile));
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_of_a_contact_reads_back_as_written() {
    let firm = Firm::new();
    let draft = NewContact::new(person("Ida")).email(mail("a@x.example")).email(mail("b@x.example"));
    let ida = firm.create::<op::CreateContact, objects::Contact, Contact>(&draft);
    let mails = ida.email_addresses.clone().unwrap();
    let wanted = ContactChange::new()
        .name(PersonName::new("Ida", "Byron").unwrap())
        .title("Partner")
        .remove_email(mails[0].id)
        .change_email(mails[1].id, mail("bb@x.example"))
        .add_email(mail("c@x.example").label(EmailAddressName::Work).unwrap().primary())
        .add_phone(PhoneNumber::new("555 1234").unwrap().label(PhoneNumberName::Mobile).unwrap());
    let change = wanted.clone().relative_to(&ida).unwrap();
    let id = ida.id.to_string();
    let changed = firm.update::<op::UpdateContact, objects::Contact, Contact>(&id, &change);
    assert_eq!(ContactName::of(&changed).unwrap().full(), "Ida Byron");
    assert_eq!(changed.title.as_deref(), Some("Partner"));
    let mails: Vec<_> =
        changed.email_addresses.as_ref().unwrap().iter().map(|one| one.address.as_deref()).collect();
    assert_eq!(mails, [Some("bb@x.example"), Some("c@x.example")]);
    assert_eq!(changed.compare_phone("555-1234"), PhoneMatch::Same);
    assert!(wanted.relative_to(&changed).unwrap().is_empty(), "what was done is not done again");
}

#[tokio::test(start_paused = true)]
async fn files_read_back_as_written() {
    let firm = Firm::new();
    let folder = NewFolder::new("Evidence", firm.matter()).external_property("case-status", "f-1");
    let folder = firm.create::<op::CreateFolder, objects::Folder, Folder>(&folder);
    assert_eq!(folder.name.as_deref(), Some("Evidence"));
    assert_eq!(folder.matter.map(|matter| matter.id), Some(firm.matter()));
    let property = &folder.external_properties.unwrap()[0];
    assert_eq!((property.name.as_deref(), property.value.as_deref()), (Some("case-status"), Some("f-1")));

    let received = "2026-03-01T08:30:00Z".parse().unwrap();
    let document = NewDocument::new("Deed", folder.id).filename("deed.pdf").received_at(received);
    let document = firm.create::<op::CreateDocument, objects::Document, Document>(&document);
    assert_eq!((document.name.as_deref(), document.received_at), (Some("Deed"), Some(received)));
    assert_eq!(document.parent.map(|parent| parent.id.get()), Some(folder.id.get()));
    assert_eq!(document.latest_document_version.unwrap().fully_uploaded, Some(false));
}

#[tokio::test(start_paused = true)]
async fn communications_read_back_as_written() {
    let firm = Firm::new();
    let client = firm.contact("Ida").id;
    let at = "2026-03-01T08:30:00Z".parse().unwrap();
    let draft = NewCommunication::email("Case Status Message", "When is the hearing?", at)
        .matter(firm.matter())
        .from(client)
        .to(firm.user())
        .external_property("case-status", "m-1");
    let filed = firm.create::<op::CreateCommunication, objects::Communication, Communication>(&draft);
    assert_eq!(filed.kind, Some(CommunicationType::EmailCommunication));
    assert_eq!((filed.subject.as_deref(), filed.received_at), (Some("Case Status Message"), Some(at)));
    assert_eq!(filed.matter.map(|matter| matter.id), Some(firm.matter()));
    assert_eq!(filed.senders.unwrap()[0].participant_id(), Some(ParticipantId::Contact(client)));
    assert_eq!(filed.receivers.unwrap()[0].participant_id(), Some(ParticipantId::User(firm.user())));
    let call = NewCommunication::phone("Call", "", at);
    let call = firm.create::<op::CreateCommunication, objects::Communication, Communication>(&call);
    assert_eq!(call.kind, Some(CommunicationType::PhoneCommunication));
}

#[tokio::test(start_paused = true)]
async fn notes_read_back_as_written() {
    let firm = Firm::new();
    let day = "2026-03-01".parse().unwrap();
    let on_matter = NewNote::on_matter(firm.matter(), "Called the court.").subject("Hearing").date(day);
    let on_matter = firm.create::<op::CreateNote, objects::Note, Note>(&on_matter);
    assert_eq!((on_matter.kind, on_matter.date), (Some(ParentType::Matter), Some(day)));
    assert_eq!(on_matter.detail.as_deref(), Some("Called the court."));
    assert_eq!(on_matter.matter.map(|matter| matter.id), Some(firm.matter()));
    let contact = firm.contact("Ida").id;
    let on_contact = NewNote::on_contact(contact, "Deaf.");
    let on_contact = firm.create::<op::CreateNote, objects::Note, Note>(&on_contact);
    assert_eq!(on_contact.contact.map(|contact| contact.id), Some(contact));
    for kind in ["Matter", "Contact"] {
        let asked = RequestParts::new::<op::ListNotes>().query("type", kind);
        assert!(!firm.list::<op::ListNotes, objects::Note, Note>(asked).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn an_entry_and_its_change_read_back_as_written() {
    let firm = Firm::new();
    let (calendar, contact) = (firm.calendar(), firm.contact("Ida").id);
    let at = |text: &str| text.parse().unwrap();
    let (start, end) = (at("2026-03-10T09:00:00Z"), at("2026-03-10T10:00:00Z"));
    let draft = NewCalendarEntry::new(calendar, "Hearing", start, end)
        .matter(firm.matter())
        .location("Room 2")
        .attendee(contact)
        .external_property("portal", "e-1");
    let entry = firm.create::<op::CreateCalendarEntry, objects::CalendarEntry, CalendarEntry>(&draft);
    assert_eq!((entry.summary.as_deref(), entry.location.as_deref()), (Some("Hearing"), Some("Room 2")));
    assert_eq!((entry.start_at, entry.end_at), (Some(start), Some(end)));
    assert_eq!(entry.calendar_owner.map(|owner| owner.id), Some(calendar));
    assert_eq!(entry.attendees.as_ref().unwrap()[0].attendee_id(), Some(AttendeeId::Contact(contact)));

    let change = CalendarEntryChange::new()
        .summary("Hearing")
        .end(at("2026-03-10T11:00:00Z"))
        .matter(None)
        .remove_attendee(contact)
        .relative_to(&entry)
        .unwrap();
    let changed = firm
        .update::<op::UpdateCalendarEntry, objects::CalendarEntry, CalendarEntry>(entry.id.as_str(), &change);
    assert_eq!((changed.start_at, changed.end_at), (Some(start), Some(at("2026-03-10T11:00:00Z"))));
    assert_eq!((changed.matter, changed.attendees.map(|all| all.len())), (None, Some(0)));
    assert!(
        change
            .relative_to(&firm.get::<op::GetCalendarEntry, objects::CalendarEntry, _>(entry.id.as_str()))
            .is_ok()
    );
}

#[tokio::test(start_paused = true)]
async fn a_task_and_its_change_read_back_as_written() {
    let firm = Firm::new();
    let day = "2026-03-31".parse().unwrap();
    let draft = NewTask::new("File the deed", "At the registry", firm.user())
        .matter(firm.matter())
        .due(day)
        .priority(Priority::High);
    let task = firm.create::<op::CreateTask, objects::Task, Task>(&draft);
    assert_eq!((task.name.as_deref(), task.due_at), (Some("File the deed"), Some(day)));
    assert_eq!((&task.priority, &task.status), (&Some(Priority::High), &Some(TaskStatus::Pending)));
    let assignee = task.assignee.as_ref().unwrap().participant_id();
    assert_eq!(assignee, Some(ParticipantId::User(firm.user())));

    let contact = firm.contact("Ida").id;
    let change = TaskChange::new().due(day).status(TaskStatus::Complete).assignee(contact).relative_to(&task);
    let done = firm.update::<op::UpdateTask, objects::Task, Task>(&task.id.to_string(), &change);
    assert_eq!((done.due_at, &done.status), (Some(day), &Some(TaskStatus::Complete)));
    assert!(done.completed_at.is_some());
    assert_eq!(done.assignee.as_ref().unwrap().participant_id(), Some(ParticipantId::Contact(contact)));
    assert!(change.relative_to(&done).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_bank_account_reads_back_as_written() {
    let firm = Firm::new();
    for kind in [BankAccountKind::Operating, BankAccountKind::Trust] {
        let opened = "1200.50 CAD".parse().unwrap();
        let draft = NewBankAccount::new(kind, "Second", Currency::CAD).balance(opened).institution("Bank");
        let account = firm.create::<op::CreateBankAccount, objects::BankAccount, BankAccount>(&draft);
        assert_eq!(balance(&account), Ok(opened));
        assert_eq!((account.name.as_deref(), account.institution.as_deref()), (Some("Second"), Some("Bank")));
        assert_eq!(BankAccountKind::of(account.kind.as_ref().unwrap()), Some(kind));
        let asked = RequestParts::new::<op::ListBankAccounts>().query("type", kind.as_filter().to_string());
        let listed = firm.list::<op::ListBankAccounts, objects::BankAccount, BankAccount>(asked);
        assert!(listed.contains(&account) && listed.iter().all(|one| one.kind == account.kind));
    }
}

/// What was asked for a matter, on the bill that Clio makes of a request.
#[derive(Debug, PartialEq, Selection)]
#[clio(object = "TrustLineItem")]
struct Line {
    total: Option<Amount>,
    note: Option<String>,
    matter: Option<Reference<objects::Matter>>,
}

/// Whole numbers for matters, as Clio's document has it. Parts of one are sent if it is said: the fake holds to the document.
#[tokio::test(start_paused = true)]
async fn a_trust_request_becomes_a_bill() {
    let firm = Firm::new();
    let client = firm.contact("Ida").id;
    let (issued, due) = ("2026-03-02".parse().unwrap(), "2026-03-31".parse().unwrap());
    let amount = |text: &str| text.parse::<Amount>().unwrap();
    let of_matter = |text: &str| {
        let share = MatterShare::new(firm.matter(), amount(text)).note("Costs");
        NewTrustRequest::for_matters(client, [share], issued, due)
    };
    for draft in [NewTrustRequest::for_client(client, amount("1500.50"), issued, due), of_matter("500")] {
        firm.create::<op::CreateTrustRequest, objects::TrustRequest, Stub<objects::TrustRequest>>(&draft);
    }
    let lines = firm.all::<op::ListTrustLineItems, objects::TrustLineItem, Line>();
    let line = |text, note: &str, matter: Option<Id<_>>| {
        let matter = matter.map(|id| Reference { id });
        Line { total: Some(amount(text)), note: Some(note.to_owned()), matter }
    };
    assert!(lines.contains(&line("1500.50", "", None)), "{lines:?}");
    assert!(lines.contains(&line("500", "Costs", Some(firm.matter()))), "{lines:?}");

    let coins = of_matter("500.50").send_coins_of_matters(true);
    let parts = RequestParts::new::<op::CreateTrustRequest>().body::<op::CreateTrustRequest>(&coins).unwrap();
    assert_eq!(firm.try_send(parts).unwrap_err().kind(), ErrorKind::Invalid);
}

/// The other ready selections, over what a firm begins with.
#[tokio::test(start_paused = true)]
async fn ready_selections_read_the_lists_of_a_firm() {
    let firm = Firm::new();
    assert!(!firm.all::<op::ListMatters, objects::Matter, Matter>().is_empty());
    let users: Vec<User> = firm.all::<op::ListUsers, objects::User, _>();
    let details: Vec<UserDetail> = firm.all::<op::ListUsers, objects::User, _>();
    assert!(users.iter().zip(&details).all(|(one, two)| one.id == two.id && one.email == two.email));
    assert!(!firm.all::<op::ListContacts, objects::Contact, Contact>().is_empty());
    assert!(!firm.all::<op::ListCalendars, objects::Calendar, Calendar>().is_empty());
    assert!(!firm.all::<op::ListGroups, objects::Group, Group>().is_empty());
    assert!(!firm.all::<op::ListFolders, objects::Folder, Folder>().is_empty());
}

#[tokio::test(start_paused = true)]
async fn money_that_moved_reads_with_its_sign() {
    let firm = Firm::new();
    let account = &firm.all::<op::ListBankAccounts, objects::BankAccount, BankAccount>()[0];
    for amount in ["50.25", "-20"] {
        let body =
            format!(r#"{{"amount":{amount},"date":"2026-03-02","bank_account":{{"id":{}}}}}"#, account.id);
        let body = JsonBody::new(body);
        let one = firm.create::<op::CreateBankTransaction, objects::BankTransaction, BankTransaction>(&body);
        assert_eq!(movement(&one).map(Money::amount), Ok(amount.parse().unwrap()));
        assert_eq!(one.bank_account.map(|account| account.id), Some(account.id));
    }
}

#[tokio::test(start_paused = true)]
async fn conversations_and_their_messages_are_read() {
    let firm = Firm::new();
    let receiver = firm.world.users()[1].id;
    let body =
        format!(r#"{{"subject":"Deed","body":"Filed?","receivers":[{{"id":{receiver},"type":"User"}}]}}"#);
    let body = JsonBody::new(body);
    let message = firm
        .create::<op::CreateConversationMessage, objects::ConversationMessage, ConversationMessage>(&body);
    assert_eq!(message.body.as_deref(), Some("Filed?"));
    let conversations = firm.all::<op::ListConversations, objects::Conversation, Conversation>();
    let [conversation] = &conversations[..] else { panic!("{conversations:?}") };
    assert_eq!((conversation.subject.as_deref(), conversation.message_count), (Some("Deed"), Some(1)));
    let asked = RequestParts::new::<op::ListConversationMessages>();
    let asked = asked.query("conversation_id", conversation.id.to_string());
    let messages =
        firm.list::<op::ListConversationMessages, objects::ConversationMessage, ConversationMessage>(asked);
    assert_eq!(messages, [message]);
}

#[tokio::test(start_paused = true)]
async fn documents_and_their_versions_are_read() {
    let firm = Firm::new();
    let person = firm.world.person(&firm.world.users()[0].name);
    let id = person.upload_document(firm.matter().get(), "deed.pdf", "one").unwrap();
    person.upload_version(id, "second").unwrap();
    let documents = firm.all::<op::ListDocuments, objects::Document, Document>();
    let document = documents.into_iter().find(|document| document.id.get() == id).unwrap();
    assert_eq!(document.matter.map(|matter| matter.id), Some(firm.matter()));
    let latest = document.latest_document_version.unwrap();
    assert_eq!((latest.size, latest.fully_uploaded), (Some(6), Some(true)));
    let asked = RequestParts::new::<op::ListDocumentVersions>().path(id.to_string());
    let versions = firm.list::<op::ListDocumentVersions, objects::DocumentVersion, DocumentVersion>(asked);
    assert!(versions.len() == 2 && versions.contains(&latest));
}
