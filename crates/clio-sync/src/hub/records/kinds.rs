//! The kinds of records, as Clio's document has them.

use clio_api::{Clio, Done, JsonBody, List, One};
use clio_core::{
    Body, Etag, TextId,
    schema::{choices::ParentType, objects, operations as op},
};
use futures_util::{FutureExt, TryFutureExt};

use super::{
    super::sending::remote,
    Get, Kind, Records, Seen,
    members::{Form, Member, member},
    write,
};
use crate::{Fingerprint, Sending, Write};

fn text_id<O>(id: &str) -> Option<TextId<O>> {
    (!id.is_empty()).then(|| TextId::new(id))
}

/// The calls of a kind whose group has all five.
macro_rules! calls {
    ($group:ident: $object:ident, $list:ident, $create:ident, $update:ident, $delete:ident, by $($id:tt)+) => {
        type Object = objects::$object;
        type List = op::$list;
        type Create = op::$create;
        type Update = op::$update;
        type Delete = op::$delete;

        fn create(clio: &Clio, body: JsonBody) -> Option<One<op::$create, Seen<Self>>> {
            Some(clio.$group().create(body).select())
        }

        fn get(clio: &Clio, id: &str) -> Option<Get<Self>> {
            Some(clio.$group().get($($id)+(id)?).select::<Seen<Self>>().into_future().map_ok(Some).boxed())
        }

        calls!(changes $group: $update, $delete, by $($id)+);
    };
    (changes $group:ident: $update:ident, $delete:ident, by $($id:tt)+) => {
        fn update(
            clio: &Clio,
            id: &str,
            body: JsonBody,
            etag: Option<&Etag>,
        ) -> Option<One<op::$update, Seen<Self>>> {
            let call = clio.$group().update($($id)+(id)?).with_body(body);
            let call = if let Some(etag) = etag { call.if_match(etag) } else { call };
            Some(call.select())
        }

        fn delete(clio: &Clio, id: &str) -> Option<Done<op::$delete>> {
            Some(clio.$group().delete($($id)+(id)?))
        }
    };
}

/// The one list of a kind.
macro_rules! one_list {
    ($group:ident) => {
        fn lists(clio: &Clio, _sought: &[Sending]) -> Vec<List<Self::List, Seen<Self>>> {
            vec![clio.$group().list().select()]
        }
    };
}

/// E-mails and phone calls.
#[derive(Debug, Clone, Copy)]
pub struct CommunicationKind;

/// Communications as a target. Made by [`communications`].
pub type Communications = Records<CommunicationKind>;

/// E-mails and phone calls that are filed under matters, recognised by an external property. Senders and receivers are those
/// of the creation.
pub fn communications(clio: &Clio) -> Communications {
    Records::new(clio)
}

/// The write that creates this communication, or brings it to this state. `label` is for people who read a report.
///
/// # Errors
///
/// What the body itself reports.
pub fn communication(
    body: &impl Body<op::CreateCommunication>,
    label: impl Into<String>,
) -> Result<Write, clio_core::Error> {
    write::<CommunicationKind, _>(body, label)
}

impl Kind for CommunicationKind {
    const KIND: &'static str = "clio/communication";
    const FIELDS: &'static str =
        "id,etag,type,subject,body,received_at,matter{id},external_properties{name,value}";
    const MEMBERS: &'static [Member] = &[
        member(&["type"], Form::Word),
        member(&["subject"], Form::Text),
        member(&["body"], Form::Text),
        member(&["received_at"], Form::Moment),
        member(&["matter", "id"], Form::Plain),
    ];
    const ONCE: &'static [&'static str] =
        &["external_properties", "notification_event_subscribers", "receivers", "senders"];
    const FINGERPRINT: Fingerprint = Fingerprint::ExternalProperty;

    one_list!(communications);
    calls!(communications: Communication, ListCommunications, CreateCommunication, UpdateCommunication,
        DeleteCommunication, by remote);
}

/// Entries of calendars.
#[derive(Debug, Clone, Copy)]
pub struct CalendarEntryKind;

/// Calendar entries as a target. Made by [`calendar_entries`].
pub type CalendarEntries = Records<CalendarEntryKind>;

/// Entries of calendars, recognised by an external property. Attendees are those of the creation.
pub fn calendar_entries(clio: &Clio) -> CalendarEntries {
    Records::new(clio)
}

/// The write that creates this calendar entry, or brings it to this state. `label` is for people who read a report.
///
/// # Errors
///
/// What the body itself reports.
pub fn calendar_entry(
    body: &impl Body<op::CreateCalendarEntry>,
    label: impl Into<String>,
) -> Result<Write, clio_core::Error> {
    write::<CalendarEntryKind, _>(body, label)
}

impl Kind for CalendarEntryKind {
    const KIND: &'static str = "clio/calendar-entry";
    const FIELDS: &'static str = "id,etag,summary,description,location,all_day,start_at,end_at,\
        recurrence_rule,matter{id},calendar_owner{id},external_properties{name,value}";
    const MEMBERS: &'static [Member] = &[
        member(&["summary"], Form::Text),
        member(&["description"], Form::Text),
        member(&["location"], Form::Text),
        member(&["all_day"], Form::Plain),
        member(&["start_at"], Form::Moment),
        member(&["end_at"], Form::Moment),
        member(&["recurrence_rule"], Form::Text),
        member(&["matter", "id"], Form::Plain),
        member(&["calendar_owner", "id"], Form::Plain),
    ];
    const ONCE: &'static [&'static str] =
        &["_deleted", "attendees", "conference_meeting", "external_properties", "send_email_notification"];
    const FINGERPRINT: Fingerprint = Fingerprint::ExternalProperty;

    one_list!(calendar_entries);
    calls!(calendar_entries: CalendarEntry, ListCalendarEntries, CreateCalendarEntry, UpdateCalendarEntry,
        DeleteCalendarEntry, by &text_id);
}

/// Folders.
#[derive(Debug, Clone, Copy)]
pub struct FolderKind;

/// Folders as a target. Made by [`folders`].
pub type Folders = Records<FolderKind>;

/// Folders, recognised by an external property. One that a person put into the trash stays there.
pub fn folders(clio: &Clio) -> Folders {
    Records::new(clio)
}

/// The write that creates this folder, or brings it to this state. `label` is for people who read a report.
///
/// # Errors
///
/// What the body itself reports.
pub fn folder(
    body: &impl Body<op::CreateFolder>,
    label: impl Into<String>,
) -> Result<Write, clio_core::Error> {
    write::<FolderKind, _>(body, label)
}

/// The parent is not compared: what is put into a matter is found in the automatic folder of it.
impl Kind for FolderKind {
    const KIND: &'static str = "clio/folder";
    const FIELDS: &'static str =
        "id,etag,name,deleted_at,document_category{id},external_properties{name,value}";
    const MEMBERS: &'static [Member] =
        &[member(&["name"], Form::Text), member(&["document_category", "id"], Form::Plain)];
    const ONCE: &'static [&'static str] = &["external_properties", "parent", "restore"];
    const FINGERPRINT: Fingerprint = Fingerprint::ExternalProperty;
    const HAS_TRASH: bool = true;

    one_list!(folders);
    calls!(folders: Folder, ListFolders, CreateFolder, UpdateFolder, DeleteFolder, by remote);
}

/// Documents: what [`documents`](super::super::documents()) is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DocumentKind;

/// The parent is not compared, as of folders.
impl Kind for DocumentKind {
    const KIND: &'static str = "clio/document";
    const FIELDS: &'static str = "id,etag,name,received_at,deleted_at,size,document_category{id},\
        latest_document_version{id,fully_uploaded},external_properties{name,value}";
    const MEMBERS: &'static [Member] = &[
        member(&["name"], Form::Text),
        member(&["received_at"], Form::Moment),
        member(&["size"], Form::Plain),
        member(&["document_category", "id"], Form::Plain),
    ];
    const ONCE: &'static [&'static str] = &[
        "communication_id",
        "copy_version",
        "external_properties",
        "fully_uploaded",
        "multiparts",
        "parent",
        "restore",
        "uuid",
    ];
    const FINGERPRINT: Fingerprint = Fingerprint::ExternalProperty;
    const HAS_TRASH: bool = true;

    one_list!(documents);
    calls!(documents: Document, ListDocuments, CreateDocument, UpdateDocument, DeleteDocument, by remote);
}

/// Matters.
#[derive(Debug, Clone, Copy)]
pub struct MatterKind;

/// Matters as a target. Made by [`matter_records`].
pub type MatterRecords = Records<MatterKind>;

/// Matters, recognised by their content: they have no external properties. A matter of the same client or description that
/// appeared in the same minutes makes a creation of unknown outcome wait for a person.
pub fn matter_records(clio: &Clio) -> MatterRecords {
    Records::new(clio)
}

/// The write that creates this matter, or brings it to this state. `label` is for people who read a report.
///
/// # Errors
///
/// What the body itself reports.
pub fn matter(
    body: &impl Body<op::CreateMatter>,
    label: impl Into<String>,
) -> Result<Write, clio_core::Error> {
    write::<MatterKind, _>(body, label)
}

impl Kind for MatterKind {
    const KIND: &'static str = "clio/matter";
    const FIELDS: &'static str = "id,etag,description,client_reference,location,status,billable,open_date,\
        close_date,pending_date,client{id},practice_area{id},responsible_attorney{id},originating_attorney{id},\
        matter_stage{id},group{id}";
    const MEMBERS: &'static [Member] = &[
        member(&["description"], Form::Text),
        member(&["client_reference"], Form::Text),
        member(&["location"], Form::Text),
        member(&["status"], Form::Word),
        member(&["billable"], Form::Plain),
        member(&["open_date"], Form::Day),
        member(&["close_date"], Form::Day),
        member(&["pending_date"], Form::Day),
        member(&["client", "id"], Form::Plain),
        member(&["practice_area", "id"], Form::Plain),
        member(&["responsible_attorney", "id"], Form::Plain),
        member(&["originating_attorney", "id"], Form::Plain),
        member(&["matter_stage", "id"], Form::Plain),
        member(&["group", "id"], Form::Plain),
    ];
    const ONCE: &'static [&'static str] = &[
        "custom_field_set_associations",
        "custom_field_values",
        "kyc_field_values",
        "relationships",
        "split_invoice_payers",
        "task_template_list_instances",
    ];
    const FINGERPRINT: Fingerprint =
        Fingerprint::Content { near_miss: &[&["description"], &["client.id"], &["client_reference"]] };

    one_list!(matters);
    calls!(matters: Matter, ListMatters, CreateMatter, UpdateMatter, DeleteMatter, by remote);
}

/// Line items of bills.
#[derive(Debug, Clone, Copy)]
pub struct LineItemKind;

/// Line items as a target. Made by [`line_items`].
pub type LineItems = Records<LineItemKind>;

/// Line items of bills, which can be changed and deleted. Clio makes them itself, when a bill is made: a write that would have to
/// create one is an error of [`ErrorKind::Configuration`](crate::ErrorKind::Configuration), and nothing is sent.
pub fn line_items(clio: &Clio) -> LineItems {
    Records::new(clio)
}

/// The write that brings a line item to this state. `label` is for people who read a report.
///
/// # Errors
///
/// What the body itself reports.
pub fn line_item(
    body: &impl Body<op::UpdateLineItem>,
    label: impl Into<String>,
) -> Result<Write, clio_core::Error> {
    write::<LineItemKind, _>(body, label)
}

impl Kind for LineItemKind {
    const KIND: &'static str = "clio/line-item";
    const FIELDS: &'static str =
        "id,etag,date,description,note,price,quantity,taxable,secondary_taxable,kind,matter{id},bill{id}";
    const MEMBERS: &'static [Member] = &[
        member(&["date"], Form::Day),
        member(&["description"], Form::Text),
        member(&["note"], Form::Text),
        member(&["price"], Form::Number),
        member(&["quantity"], Form::Number),
        member(&["taxable"], Form::Plain),
        member(&["secondary_taxable"], Form::Plain),
        member(&["kind"], Form::Word),
        member(&["matter", "id"], Form::Plain),
        member(&["bill", "id"], Form::Plain),
    ];
    const ONCE: &'static [&'static str] = &[];
    const FINGERPRINT: Fingerprint = Fingerprint::Content { near_miss: &[&["description", "date"]] };
    const CREATES: bool = false;

    type Object = objects::LineItem;
    type List = op::ListLineItems;
    /// There is none: stands for it.
    type Create = op::UpdateLineItem;
    type Update = op::UpdateLineItem;
    type Delete = op::DeleteLineItem;

    one_list!(line_items);

    fn create(_clio: &Clio, _body: JsonBody) -> Option<One<op::UpdateLineItem, Seen<Self>>> {
        None
    }

    /// Clio has no call for one: a list of it alone.
    fn get(clio: &Clio, id: &str) -> Option<Get<Self>> {
        let list = clio.line_items().list().ids([remote(id)?]).select::<Seen<Self>>().into_future();
        Some(list.map(|page| page?.records.into_iter().next().transpose()).boxed())
    }

    calls!(changes line_items: UpdateLineItem, DeleteLineItem, by remote);
}

/// Notes on matters and contacts.
#[derive(Debug, Clone, Copy)]
pub struct NoteKind;

/// Notes as a target. Made by [`notes`].
pub type Notes = Records<NoteKind>;

/// Notes on matters and contacts, recognised by their content: they have no external properties.
pub fn notes(clio: &Clio) -> Notes {
    Records::new(clio)
}

/// The write that creates this note, or brings it to this state. `label` is for people who read a report.
///
/// # Errors
///
/// What the body itself reports.
pub fn note(body: &impl Body<op::CreateNote>, label: impl Into<String>) -> Result<Write, clio_core::Error> {
    write::<NoteKind, _>(body, label)
}

impl Kind for NoteKind {
    const KIND: &'static str = "clio/note";
    const FIELDS: &'static str = "id,etag,type,subject,detail,date,matter{id},contact{id}";
    const MEMBERS: &'static [Member] = &[
        member(&["type"], Form::Word),
        member(&["subject"], Form::Text),
        member(&["detail"], Form::Text),
        member(&["date"], Form::Day),
        member(&["matter", "id"], Form::Plain),
        member(&["contact", "id"], Form::Plain),
    ];
    const ONCE: &'static [&'static str] = &["notification_event_subscribers"];
    const FINGERPRINT: Fingerprint = Fingerprint::Content {
        near_miss: &[&["detail"], &["subject", "matter.id"], &["subject", "contact.id"]],
    };

    /// Clio lists those on matters and those on contacts apart.
    fn lists(clio: &Clio, sought: &[Sending]) -> Vec<List<Self::List, Seen<Self>>> {
        let of =
            |kind: &str| sought.iter().any(|one| one.write.content.get("type").is_some_and(|it| it == kind));
        let types = [(ParentType::Matter, "matter"), (ParentType::Contact, "contact")];
        let asked = types.into_iter().filter(|(_, kind)| of(kind));
        asked.map(|(parent, _)| clio.notes().list(parent).select()).collect()
    }

    calls!(notes: Note, ListNotes, CreateNote, UpdateNote, DeleteNote, by remote);
}

/// Tasks.
#[derive(Debug, Clone, Copy)]
pub struct TaskKind;

/// Tasks as a target. Made by [`tasks`].
pub type Tasks = Records<TaskKind>;

/// Tasks, recognised by their content: they have no external properties.
pub fn tasks(clio: &Clio) -> Tasks {
    Records::new(clio)
}

/// The write that creates this task, or brings it to this state. `label` is for people who read a report.
///
/// # Errors
///
/// What the body itself reports.
pub fn task(body: &impl Body<op::CreateTask>, label: impl Into<String>) -> Result<Write, clio_core::Error> {
    write::<TaskKind, _>(body, label)
}

impl Kind for TaskKind {
    const KIND: &'static str = "clio/task";
    const FIELDS: &'static str = "id,etag,name,description,priority,status,due_at,permission,time_estimated,\
        matter{id},assignee{id},task_type{id}";
    const MEMBERS: &'static [Member] = &[
        member(&["name"], Form::Text),
        member(&["description"], Form::Text),
        member(&["priority"], Form::Word),
        member(&["status"], Form::Word),
        member(&["due_at"], Form::Day),
        member(&["permission"], Form::Word),
        member(&["time_estimated"], Form::Plain),
        member(&["matter", "id"], Form::Plain),
        member(&["assignee", "id"], Form::Plain),
        member(&["task_type", "id"], Form::Plain),
    ];
    const ONCE: &'static [&'static str] = &[];
    const FINGERPRINT: Fingerprint = Fingerprint::Content {
        near_miss: &[&["description"], &["name", "matter.id"], &["name", "assignee.id"]],
    };

    one_list!(tasks);
    calls!(tasks: Task, ListTasks, CreateTask, UpdateTask, DeleteTask, by remote);
}
