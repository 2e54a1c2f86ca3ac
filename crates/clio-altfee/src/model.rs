//! What AltFee has: clients, guidelines, matters and their projects.
//!
//! AltFee publishes no API. The names are those of its help pages; the shapes are ours.

use std::fmt;

use chrono::NaiveDate;
use clio_core::{Id, schema::objects};
use clio_model::Money;
use serde::{Deserialize, Serialize};

use crate::{Lock, Status, stored};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id of this text, as AltFee has it.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// The id of a client at AltFee.
    ClientId,
    /// The id of a guideline at AltFee.
    GuidelineId,
    /// The id of a matter at AltFee. Not that of the matter at Clio.
    MatterId,
    /// The id of a project at AltFee.
    ProjectId,
}

/// A client at AltFee.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// The client.
    pub id: ClientId,
    /// The whole name, of a person or a company.
    pub name: String,
    /// The e-mail address, if AltFee knows one.
    pub email: Option<String>,
    /// The contact at Clio that it is, once somebody has said so. AltFee's help has a client that is linked to a contact of
    /// Clio's, also later.
    pub clio_contact: Option<Id<objects::Contact>>,
}

/// A template of matters: what such work consists of, and where its price begins.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guideline {
    /// The guideline.
    pub id: GuidelineId,
    /// Its name.
    pub name: String,
    /// The type of work that its matters are: `corporate work`.
    pub type_of_work: String,
    /// The projects that a new matter begins with.
    pub projects: Vec<Scope>,
}

/// A project before it belongs to a matter: its name, the price to begin with, and the services on offer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Its name: `Shareholder agreement`.
    pub name: String,
    /// The price to begin with.
    #[serde(with = "stored::money")]
    pub price: Money,
    /// The descriptions of services on offer. None is chosen yet.
    pub services: Vec<String>,
}

/// A matter at AltFee, whether or not it is connected.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    /// The matter.
    pub id: MatterId,
    /// Whose it is.
    pub client: ClientId,
    /// Its name.
    pub name: String,
    /// What kind of work it is.
    pub type_of_work: String,
    /// The guideline that it was opened from.
    pub guideline: Option<GuidelineId>,
}

/// A part of a matter that has a price of its own.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// The project.
    pub id: ProjectId,
    /// Its matter.
    pub matter: MatterId,
    /// Its name, as the bill shows it.
    pub name: String,
    /// What it was priced at, when pricing was done.
    #[serde(with = "stored::money")]
    pub price: Money,
    /// The descriptions of services, in the order of the bill.
    pub services: Vec<Service>,
    /// The day on which it was scoped, if AltFee keeps one.
    pub scoped_on: Option<NaiveDate>,
    /// Where it stands at Clio, as AltFee was told last; `None` of a project that is not connected.
    pub status: Option<Status>,
    /// It cannot be edited, because of this bill.
    pub lock: Option<Lock>,
}

impl Project {
    /// The descriptions that were chosen for the bill, in order.
    pub fn chosen(&self) -> impl Iterator<Item = &str> {
        self.services.iter().filter(|service| service.chosen).map(|service| service.description.as_str())
    }
}

/// A description of a service.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// The text.
    pub description: String,
    /// It is to stand on the bill.
    pub chosen: bool,
}

/// An AltFee matter that is connected to a matter of Clio's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The matter at AltFee.
    pub matter: MatterId,
    /// The matter at Clio.
    pub clio_matter: Id<objects::Matter>,
    /// The client of both, at Clio. A matter that is moved to another client is not this one any more.
    pub clio_client: Id<objects::Contact>,
    /// The day on which it was connected.
    pub since: NaiveDate,
}

macro_rules! shows_ids {
    ($($name:ident: $($field:ident),+;)*) => {$(
        impl fmt::Debug for $name {
            /// Shows which record it is: the rest is data of the firm and its clients.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))$(.field(stringify!($field), &self.$field))+.finish_non_exhaustive()
            }
        }
    )*};
}

shows_ids! {
    Client: id, clio_contact;
    Guideline: id;
    Matter: id, client, guideline;
    Project: id, matter, status, lock;
    Service: chosen;
}

impl fmt::Debug for Scope {
    /// Shows how many services it has: the rest is data of the firm.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("services", &self.services.len()).finish_non_exhaustive()
    }
}
