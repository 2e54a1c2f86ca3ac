//! Clio's users and activity categories, to find those that WiseTime names.

use clio_api::Clio;
use clio_core::{Error, ErrorKind, Id, schema::objects};
use clio_model::{ActivityCategory, User};
use futures_core::Stream;
use futures_util::{StreamExt, TryStreamExt, future};

use crate::wire;

/// Clio's users and activity categories, read together.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    pub(crate) users: Vec<User>,
    pub(crate) categories: Vec<ActivityCategory>,
}

impl Directory {
    pub(crate) async fn load(clio: &Clio) -> Result<Self, Error> {
        let users = readable(clio.users().list().select::<User>().items()).await?;
        let categories =
            readable(clio.activity_descriptions().list().select::<ActivityCategory>().items()).await?;
        Ok(Self { users, categories })
    }

    /// The user with the e-mail address that WiseTime gives: the external id first; one that matches nobody falls through
    /// to the address at WiseTime.
    pub(crate) fn user(&self, user: &wire::User) -> Option<Id<objects::User>> {
        [&user.external_id, &user.email]
            .into_iter()
            .flatten()
            .find_map(|address| self.users.iter().find(|known| has_address(known, address)))
            .map(|user| user.id)
    }

    /// The category with this id, else the one with this name.
    pub(crate) fn category(&self, named: &wire::ActivityType) -> Option<&ActivityCategory> {
        let by_id = |text: &str| {
            let id: i64 = text.trim().parse().ok()?;
            self.categories.iter().find(|category| category.id.get() == id)
        };
        let by_name = |text: &str| {
            let plain = text.trim().to_lowercase();
            self.categories.iter().find(|category| category.name.trim().to_lowercase() == plain)
        };
        let code = named.code.as_deref();
        code.and_then(by_id)
            .or_else(|| code.and_then(by_name))
            .or_else(|| named.label.as_deref().and_then(by_name))
    }
}

/// All but the records that cannot be read: those name nobody, and keep nobody else from posting.
async fn readable<T>(items: impl Stream<Item = Result<T, Error>>) -> Result<Vec<T>, Error> {
    let one_record = |error: &Error| error.path().is_some_and(|path| path.starts_with("data["));
    items
        .filter_map(|item| {
            future::ready(match item {
                Err(error) if error.kind() == ErrorKind::Decode && one_record(&error) => None,
                item => Some(item),
            })
        })
        .try_collect()
        .await
}

fn has_address(user: &User, address: &str) -> bool {
    let address = address.trim();
    user.enabled
        && !address.is_empty()
        && user.email.as_deref().is_some_and(|email| email.trim().eq_ignore_ascii_case(address))
}
