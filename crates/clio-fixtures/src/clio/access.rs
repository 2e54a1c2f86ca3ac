//! What a token may see and do.

use super::{
    ask::Refusal,
    behaviour::{groups::GROUP, matters::MATTER, users::USER},
    firm::Firm,
    store::{Record, Resource, Value},
};

/// What the registered app may do, by the names of Clio's objects: `Matter`, `Contact`. In Clio these are settings of the
/// app, and apply to every token of it.
///
/// ```
/// use clio_fixtures::Permissions;
///
/// let bookkeeper = Permissions::all().without("Contact").read_only("Matter");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions {
    hidden: Vec<String>,
    read_only: Vec<String>,
}

impl Permissions {
    /// Everything may be read and written.
    pub fn all() -> Self {
        Self::default()
    }

    /// Records of this object may not be read: calls about them are answered 403, and where they stand inside others they
    /// come redacted.
    #[must_use]
    pub fn without(mut self, object: &str) -> Self {
        self.hidden.push(object.to_owned());
        self
    }

    /// Records of this object may be read, and not be written or deleted: that is answered 403.
    #[must_use]
    pub fn read_only(mut self, object: &str) -> Self {
        self.read_only.push(object.to_owned());
        self
    }
}

/// What one caller may see and do: the app's permissions, and whose token it is.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    /// The id of the user that the token is of.
    pub(crate) user: i64,
    hidden: Vec<Resource>,
    read_only: Vec<Resource>,
    /// The account owner sees every matter.
    owner: bool,
}

impl Access {
    pub(crate) fn new(firm: &Firm, user: i64, permissions: &Permissions) -> Self {
        let list = |names: &[String]| names.iter().filter_map(|name| Resource::named(name)).collect();
        let owner = firm.get(USER.resource, user).is_some_and(|one| one.get(USER.account_owner).is_true());
        Self { user, hidden: list(&permissions.hidden), read_only: list(&permissions.read_only), owner }
    }

    /// Everything, for what is not a call of the API.
    pub(crate) fn everything() -> Self {
        Self { user: 0, hidden: Vec::new(), read_only: Vec::new(), owner: true }
    }

    /// A matter with a permission group is seen by the members of that group.
    pub(crate) fn sees(&self, firm: &Firm, resource: Resource, record: &Record) -> bool {
        if self.hidden.contains(&resource) {
            return false;
        }
        if self.owner || resource != MATTER.resource {
            return true;
        }
        // A group that was deleted is read as null, which means everyone (Clio's document).
        let group = record.get(MATTER.group).link().and_then(|id| firm.get(GROUP.resource, id));
        group.is_none_or(|group| group.get(GROUP.users).links().contains(&self.user))
    }

    /// Whether any record of this resource may be out of sight.
    pub(crate) fn restricts(&self, resource: Resource) -> bool {
        self.hidden.contains(&resource) || (!self.owner && resource == MATTER.resource)
    }

    /// Refuses a call about records that the app may not read, or not write.
    pub(crate) fn allows(&self, resource: Resource, writes: bool) -> Result<(), Refusal> {
        if self.hidden.contains(&resource) || (writes && self.read_only.contains(&resource)) {
            return Err(Refusal::forbidden());
        }
        Ok(())
    }

    /// Hours of others are hidden from whoever may not see them.
    pub(crate) fn sees_hours_of(&self, firm: &Firm, owner: &Value) -> bool {
        self.owner || !firm.settings.hides_hours || owner.link() == Some(self.user)
    }

    /// Rates are hidden from whoever may not see them.
    pub(crate) fn sees_rates(&self, firm: &Firm) -> bool {
        self.owner || !firm.settings.hides_rates
    }
}
