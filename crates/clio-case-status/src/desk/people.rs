//! People at both ends of a case.

use std::sync::Arc;

use bytes::Bytes;
use clio_api::files::Content;

use super::{Desk, records::Kept};
use crate::{CaseFile, CaseId, FileId, Message, MessageId, Notify, Party, Side, StatusUpdate, UpdateId};

impl Desk {
    /// Somebody of the firm moves a case to another status, and the client is told. `false` when there is no such case.
    pub fn move_status(&self, case: &CaseId, status: &str) -> bool {
        let at = self.clock.now();
        let mut records = self.lock();
        let Ok(found) = records.live(case) else { return false };
        found.status = Some(status.to_owned());
        let (id, case) = (UpdateId::new(records.next_id()), case.clone());
        let (status, notify, reference) = (status.to_owned(), Notify::Client, None);
        records.updates.push(StatusUpdate { id, case, status, notify, reference, at });
        true
    }

    /// Somebody of the firm deletes a case. `false` when there is no such case.
    pub fn delete_case(&self, case: &CaseId) -> bool {
        self.lock().live(case).map(|case| case.deleted = true).is_ok()
    }

    /// Somebody writes to somebody in a case; `None` when there is no such case.
    pub fn say(&self, case: &CaseId, from: Party, to: Option<Party>, text: &str) -> Option<MessageId> {
        let sent_at = self.clock.now();
        let mut records = self.lock();
        let integration_id = Some(records.live(case).ok()?.fields.integration_id.clone());
        let integration_id = integration_id.filter(|id| !id.is_empty());
        let id = MessageId::new(records.next_id());
        let message =
            Message { integration_id, recipient: to, ..Message::new(id.clone(), from, text, sent_at) };
        records.messages.push(message);
        Some(id)
    }

    /// The client writes to the firm; `None` when there is no such case.
    pub fn client_writes(&self, case: &CaseId, text: &str) -> Option<MessageId> {
        let client = self.client(case)?;
        self.say(case, client, None, text)
    }

    /// Somebody of the firm, by name and e-mail address, writes to the client; `None` when there is no such case.
    pub fn staff_writes(&self, case: &CaseId, name: &str, email: &str, text: &str) -> Option<MessageId> {
        let client = self.client(case)?;
        let staff = Party { email: Some(email.to_owned()), side: Some(Side::Firm), ..Party::named(name) };
        self.say(case, staff, Some(client), text)
    }

    fn client(&self, case: &CaseId) -> Option<Party> {
        let mut records = self.lock();
        let client = &records.live(case).ok()?.fields.client;
        let name = match &client.name {
            crate::ClientName::Person { first, last } => format!("{first} {last}"),
            crate::ClientName::Company(name) => name.clone(),
        };
        let (email, phone) = (client.email.clone(), client.phone.clone());
        Some(Party { email, phone, side: Some(Side::Client), ..Party::named(name) })
    }

    /// Somebody uploads a file to a case; `None` when there is no such case.
    pub fn upload(&self, case: &CaseId, name: &str, bytes: impl Into<Bytes>) -> Option<FileId> {
        let bytes = bytes.into();
        self.add_file(case, name, Some(bytes.len() as u64), Kept::Bytes(bytes))
    }

    /// Somebody uploads a file whose bytes are made each time that it is read, so that it may be larger than memory, or break off.
    /// `None` when there is no such case.
    pub fn upload_made(
        &self,
        case: &CaseId,
        name: &str,
        size: Option<u64>,
        make: impl Fn() -> Content + Send + Sync + 'static,
    ) -> Option<FileId> {
        self.add_file(case, name, size, Kept::Made(Arc::new(make)))
    }

    fn add_file(&self, case: &CaseId, name: &str, size: Option<u64>, kept: Kept) -> Option<FileId> {
        let now = self.clock.now();
        let mut records = self.lock();
        let integration_id = Some(records.live(case).ok()?.fields.integration_id.clone());
        let id = FileId::new(records.next_id());
        let file = CaseFile { integration_id, size, ..CaseFile::new(id.clone(), name, now) };
        records.files.push((file, kept));
        Some(id)
    }

    /// Somebody puts other content in the place of a file's. `false` when there is no such file.
    pub fn replace(&self, file: &FileId, bytes: impl Into<Bytes>) -> bool {
        let (now, bytes) = (self.clock.now(), bytes.into());
        let mut records = self.lock();
        let Some(found) = records.files.iter_mut().find(|(one, _)| one.id == *file) else { return false };
        (found.0.size, found.0.updated_at) = (Some(bytes.len() as u64), now);
        found.1 = Kept::Bytes(bytes);
        true
    }

    /// Somebody deletes a file. `false` when there is no such file.
    pub fn remove(&self, file: &FileId) -> bool {
        let mut records = self.lock();
        let before = records.files.len();
        records.files.retain(|(one, _)| one.id != *file);
        records.files.len() < before
    }
}
