use std::fmt;

use clio_core::{Etag, Id, Selection, schema::objects};

/// A person who works in the account.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "User")]
pub struct User {
    /// The user.
    pub id: Id<objects::User>,
    /// The version of the record.
    pub etag: Etag,
    /// First and last name.
    pub name: String,
    /// The address that the user logs in with. Other systems match users by it.
    pub email: Option<String>,
    /// The user may log in.
    pub enabled: bool,
}

impl fmt::Debug for User {
    /// Shows which record it is: the rest is data of the firm and its clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("id", &self.id).finish_non_exhaustive()
    }
}
