//! AltFee's side.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::{Id, schema::objects};
use clio_sync::Result;

use crate::{
    Client, ClientId, Connection, Guideline, GuidelineId, Lock, Matter, MatterId, Project, ProjectId, Status,
};

/// AltFee, or whatever else prices work: the side that this crate does not know.
///
/// AltFee publishes no API, so this is for AltFee to implement, or for whoever has its data. What is read may be remembered
/// for the length of one call. The four that write may be called again with the same, and then change nothing.
///
/// Errors are those of the engine: [`Transient`](clio_sync::ErrorKind::Transient) where a later try may succeed.
///
/// The connection of a matter is kept by whoever implements this, in AltFee or beside it, as are status and lock of a
/// project. What was written to Clio is not: the engine's store keeps that.
#[async_trait]
pub trait AltFee: fmt::Debug + Send + Sync {
    /// The clients.
    async fn clients(&self) -> Result<Vec<Client>>;

    /// The client with this id.
    async fn client(&self, id: &ClientId) -> Result<Option<Client>> {
        Ok(self.clients().await?.into_iter().find(|client| client.id == *id))
    }

    /// The guidelines that a matter can be opened from.
    async fn guidelines(&self) -> Result<Vec<Guideline>>;

    /// Opens a matter from a guideline, for a client, with this type of work in place of the guideline's. Scoping is AltFee's
    /// alone: it is the same with and without Clio.
    async fn open_matter(
        &self,
        guideline: &GuidelineId,
        client: &ClientId,
        type_of_work: &str,
    ) -> Result<Matter>;

    /// The matter with this id; `None` where there is none (any more).
    async fn matter(&self, id: &MatterId) -> Result<Option<Matter>>;

    /// The projects of a matter, in the order of the bill. Two may have one name.
    async fn projects(&self, matter: &MatterId) -> Result<Vec<Project>>;

    /// What has changed since this moment of AltFee's own clock, the moment itself included. A matter too many does no harm;
    /// one that was connected since counts as changed. Without a moment: everything.
    async fn changes(&self, since: Option<DateTime<Utc>>) -> Result<Changes>;

    /// What the matter is connected to.
    async fn connection(&self, matter: &MatterId) -> Result<Option<Connection>>;

    /// All connections.
    async fn connections(&self) -> Result<Vec<Connection>>;

    /// Remembers a connection, in place of an earlier one of the same matter.
    async fn connect(&self, connection: &Connection) -> Result<()>;

    /// Forgets the connection of a matter, and status and lock of its projects.
    async fn disconnect(&self, matter: &MatterId) -> Result<()>;

    /// Remembers which contact at Clio a client is.
    async fn link_client(&self, client: &ClientId, contact: Id<objects::Contact>) -> Result<()>;

    /// Shows where a project stands at Clio, and locks it or, with `None`, unlocks it. An error of the kinds
    /// [`Configuration`](clio_sync::ErrorKind::Configuration) and [`Protocol`](clio_sync::ErrorKind::Protocol) is of this one
    /// project, and makes a dead letter of it.
    async fn set_status(&self, project: &ProjectId, status: Status, lock: Option<&Lock>) -> Result<()>;
}

/// What has changed at AltFee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The matters of which a project is new, or its name, price or services are others.
    pub matters: Vec<MatterId>,
    /// The projects that were taken out of their matters.
    pub removed: Vec<(MatterId, ProjectId)>,
    /// AltFee's own time when it answered.
    pub as_of: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_object_safe() {
        let _: Option<&dyn AltFee> = None;
    }
}
