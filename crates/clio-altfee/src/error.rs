//! Why something was not done.

use std::fmt;

use clio_core::{Id, schema::objects};

use crate::{ClientId, Connection, Lock, MatterId, ProjectId, Unfit};

/// Why something was not done. Nothing was written, unless the variant says so.
///
/// `Display` is for people; it shows no names, prices or descriptions.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// AltFee has no such client.
    NoSuchClient(ClientId),
    /// AltFee has no such matter.
    NoSuchMatter(MatterId),
    /// Nobody has said which contact at Clio the client is. Answer with [`Session::link_client`](crate::Session::link_client).
    ClientNotLinked(ClientId),
    /// The matter has no projects: nothing would come of it.
    NoProjects(MatterId),
    /// The matter has more than one project, and a flat rate of a matter is one amount.
    NotOneProject {
        /// The matter at AltFee.
        matter: MatterId,
        /// How many it has.
        projects: usize,
    },
    /// The matter at Clio is not there (any more), or hidden from whoever authorised.
    MatterGone(Id<objects::Matter>),
    /// The matter at Clio is closed.
    MatterClosed(Id<objects::Matter>),
    /// The matter at Clio is another client's.
    OtherClient {
        /// The matter.
        matter: Id<objects::Matter>,
        /// Whose it is, if anybody's.
        client: Option<Id<objects::Contact>>,
    },
    /// The matter is connected to another matter at Clio: disconnect it first.
    AlreadyConnected(Connection),
    /// The matter is not connected.
    NotConnected(MatterId),
    /// The fee of a project stands on another matter at Clio, from an earlier connection.
    StandsElsewhere {
        /// The project.
        project: ProjectId,
        /// Its activity.
        activity: String,
    },
    /// These projects cannot become fees: mend them at AltFee.
    Unfit(Vec<(ProjectId, Unfit)>),
    /// The project is on a bill, and so it cannot be edited, or taken back.
    Locked {
        /// The project.
        project: ProjectId,
        /// The bill.
        lock: Lock,
    },
    /// A category of this name is there, and is not one of a flat rate.
    NotFlat(Id<objects::ActivityDescription>),
    /// The engine, the store, AltFee or Clio failed, or a preview is out of date
    /// ([`Stale`](clio_sync::ErrorKind::Stale)). What had been written before stands, and is taken up by the next run.
    Sync(clio_sync::Error),
}

/// What the functions of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchClient(id) => write!(f, "AltFee has no client {id}"),
            Self::NoSuchMatter(id) => write!(f, "AltFee has no matter {id}"),
            Self::ClientNotLinked(id) => write!(f, "say which contact at Clio the client {id} is"),
            Self::NoProjects(id) => write!(f, "the matter {id} has no projects"),
            Self::NotOneProject { matter, projects } => {
                write!(f, "the matter {matter} has {projects} projects, and a flat rate is for one")
            }
            Self::MatterGone(id) => write!(f, "Clio has no matter {id}, or hides it"),
            Self::MatterClosed(id) => write!(f, "the matter {id} at Clio is closed"),
            Self::OtherClient { matter, .. } => write!(f, "the matter {matter} at Clio is another client's"),
            Self::AlreadyConnected(to) => {
                write!(
                    f,
                    "the matter {} is connected to {} at Clio: disconnect it first",
                    to.matter, to.clio_matter
                )
            }
            Self::NotConnected(id) => write!(f, "the matter {id} is not connected"),
            Self::StandsElsewhere { project, activity } => {
                write!(
                    f,
                    "the fee of project {project} stands on another matter at Clio: activity {activity}"
                )
            }
            Self::Unfit(all) => {
                f.write_str("some projects cannot be billed")?;
                all.iter().try_for_each(|(project, unfit)| write!(f, "; {project}: {unfit}"))
            }
            Self::Locked { project, lock } => write!(f, "the project {project} is on {lock}"),
            Self::NotFlat(id) => write!(f, "the activity category {id} at Clio has no flat rate"),
            Self::Sync(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Sync(error) => error.source(),
            _ => None,
        }
    }
}

impl From<clio_sync::Error> for Error {
    fn from(error: clio_sync::Error) -> Self {
        Self::Sync(error)
    }
}

impl From<clio_core::Error> for Error {
    fn from(error: clio_core::Error) -> Self {
        Self::Sync(error.into())
    }
}
