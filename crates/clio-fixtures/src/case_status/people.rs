//! People at both ends of a case. What they do is no request: those are not public.

use super::{CaseStatusWorld, records::CaseAuthor};
use crate::run::Machine;

/// A client, made by [`CaseStatusWorld::client`]. What is done is done at once.
#[derive(Debug, Clone)]
pub struct CaseClient {
    world: CaseStatusWorld,
    name: String,
}

impl CaseClient {
    pub(crate) fn new(world: CaseStatusWorld, name: &str) -> Self {
        Self { world, name: name.to_owned() }
    }

    /// Writes in a case and answers the id of the message; `None` when there is no such case.
    pub fn send_message(&self, case: i64, text: &str) -> Option<i64> {
        let (now, by) = (self.world.clock().now(), CaseAuthor::Client(self.name.clone()));
        self.world.settled().send_message(case, &self.name, text, by, now)
    }

    /// Uploads a file to a case and answers its id; `None` when there is no such case. Length and digest are kept.
    pub fn upload_file(&self, case: i64, name: &str, content_type: &str, bytes: &[u8]) -> Option<i64> {
        let (now, by) = (self.world.clock().now(), CaseAuthor::Client(self.name.clone()));
        self.world.settled().upload_file(case, name, content_type, bytes, by, now)
    }
}

/// Somebody of the staff, made by [`CaseStatusWorld::staff`]. What is done is done at once.
#[derive(Debug, Clone)]
pub struct CaseStaff {
    world: CaseStatusWorld,
    name: String,
}

impl CaseStaff {
    pub(crate) fn new(world: CaseStatusWorld, name: &str) -> Self {
        Self { world, name: name.to_owned() }
    }

    fn by(&self) -> CaseAuthor {
        CaseAuthor::Staff(self.name.clone())
    }

    /// Opens a case for a new client and answers its id.
    pub fn open_case(&self, name: &str, client_first: &str, client_last: &str) -> i64 {
        let now = self.world.clock().now();
        let mut firm = self.world.settled();
        let client = firm.named_person(client_first, client_last);
        firm.open_case(name, client, self.by(), now)
    }

    /// Writes in a case and answers the id of the message; `None` when there is no such case.
    pub fn send_message(&self, case: i64, text: &str) -> Option<i64> {
        let now = self.world.clock().now();
        self.world.settled().send_message(case, &self.name, text, self.by(), now)
    }

    /// Uploads a file to a case and answers its id; `None` when there is no such case. Length and digest are kept.
    pub fn upload_file(&self, case: i64, name: &str, content_type: &str, bytes: &[u8]) -> Option<i64> {
        let now = self.world.clock().now();
        self.world.settled().upload_file(case, name, content_type, bytes, self.by(), now)
    }

    /// Moves a case to another status. `false` when there is no such case.
    pub fn move_status(&self, case: i64, status: &str) -> bool {
        let now = self.world.clock().now();
        self.world.settled().change(case, now, |case| status.clone_into(&mut case.status))
    }

    /// Links a case with a record of the connected system: for Clio the id of a matter. `false` when there is no such
    /// case.
    pub fn link(&self, case: i64, integration_id: i64) -> bool {
        let now = self.world.clock().now();
        self.world.settled().change(case, now, |case| case.integration_id = Some(integration_id.to_string()))
    }

    /// Closes a case. `false` when there is no such case.
    pub fn close_case(&self, case: i64) -> bool {
        let now = self.world.clock().now();
        self.world.settled().change(case, now, |case| case.closed_at = Some(now))
    }

    /// Opens a closed case again. `false` when there is no such case.
    pub fn reopen_case(&self, case: i64) -> bool {
        let now = self.world.clock().now();
        self.world.settled().change(case, now, |case| case.closed_at = None)
    }

    /// Deletes a case: it stays in the report, and nobody can change it or write in it any more. `false` when there is
    /// no such case.
    pub fn delete_case(&self, case: i64) -> bool {
        let now = self.world.clock().now();
        self.world.settled().change(case, now, |case| case.deleted_at = Some(now))
    }
}
