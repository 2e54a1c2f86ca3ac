use clio_core::{
    Amount, Etag, Id, Reference, Selection,
    schema::{
        choices::{GroupType, SubscriptionType},
        objects,
    },
};

use crate::body::shows;

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

/// A user with what a review of the account looks at: rights, rate, groups.
///
/// Not every user is shown all of it: users report that fields are blank for some roles and plans.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "User")]
pub struct UserDetail {
    /// The user.
    pub id: Id<objects::User>,
    /// The version of the record.
    pub etag: Etag,
    /// First and last name.
    pub name: String,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The address that the user logs in with.
    pub email: Option<String>,
    /// The user may log in.
    pub enabled: bool,
    /// The user owns the account.
    pub account_owner: Option<bool>,
    /// The user is a guest of Clio Connect, and no one of the firm.
    pub clio_connect: Option<bool>,
    /// The plan counts the user as an attorney or not.
    pub subscription_type: Option<SubscriptionType>,
    /// The rights, in Clio's words: `admin`, `accounts`, `billing`, `reports`.
    pub roles: Option<Vec<String>>,
    /// What an hour of the user costs, where no other rate applies.
    pub rate: Option<Amount>,
    /// The zone that Clio counts the user's days in, by Clio's name of it.
    pub time_zone: Option<String>,
    /// The user's own calendar: what [`NewCalendarEntry`](crate::calendar::NewCalendarEntry) takes in place of the
    /// user.
    pub default_calendar_id: Option<Id<objects::Calendar>>,
    /// The groups that the user is in. Which matters a user sees goes by group.
    pub groups: Option<Vec<Reference<objects::Group>>>,
}

/// A group of users, such as those that see a matter.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Group")]
pub struct Group {
    /// The group.
    pub id: Id<objects::Group>,
    /// The version of the record.
    pub etag: Etag,
    /// Its name.
    pub name: Option<String>,
    /// Of one user, of a choice of users, of a team or of the whole account.
    #[clio(rename = "type")]
    pub kind: Option<GroupType>,
    /// Who is in it.
    pub users: Option<Vec<Reference<objects::User>>>,
}

shows! {
    User: id;
    UserDetail: id;
    Group: id, kind;
}
