//! Clio's users and activity categories, to find those that WiseTime names.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use clio_api::Clio;
use clio_core::{Error, ErrorKind, Id, schema::objects};
use clio_model::{
    ActivityCategory, User,
    activities::{TimeRounding, TimeSettings},
};
use futures_core::Stream;
use futures_util::{StreamExt, TryStreamExt, future};

use crate::wire::{self, TimeGroup};

/// How long what was read is believed. Whoever is not found in it is looked for in a new one at once.
const FRESH: Duration = Duration::from_secs(60);

/// Clio's users and activity categories, read together, and how the firm rounds time.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    pub(crate) users: Vec<User>,
    pub(crate) categories: Vec<ActivityCategory>,
    /// `None` where the connection may not see the firm's settings: then nothing is said of it.
    pub(crate) rounding: Option<TimeRounding>,
}

/// What a search came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Match<T> {
    /// The only one.
    One(T),
    /// Several: nobody can say which is meant.
    Several,
    /// None.
    None,
}

impl<T> Match<T> {
    fn of(mut all: impl Iterator<Item = T>) -> Self {
        match (all.next(), all.next()) {
            (Some(one), None) => Self::One(one),
            (Some(_), Some(_)) => Self::Several,
            (None, _) => Self::None,
        }
    }

    /// This, or what comes after it if it found nothing.
    fn or(self, next: impl FnOnce() -> Self) -> Self {
        if matches!(self, Self::None) { next() } else { self }
    }
}

impl Directory {
    pub(crate) async fn load(clio: &Clio) -> Result<Self, Error> {
        let users = readable(clio.users().list().select::<User>().items()).await?;
        let categories =
            readable(clio.activity_descriptions().list().select::<ActivityCategory>().items()).await?;
        let rounding = match clio.billing_settings().get().select::<TimeSettings>().await {
            Ok(settings) => TimeRounding::of(&settings).ok(),
            // It is for a line of the report: what it takes to see it, not every connection has.
            Err(error)
                if matches!(error.kind(), ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::Decode) =>
            {
                None
            }
            Err(error) => return Err(error),
        };
        Ok(Self { users, categories, rounding })
    }

    /// The user with the e-mail address that WiseTime gives: the external id first; one that matches nobody falls through
    /// to the address at WiseTime.
    pub(crate) fn user(&self, user: &wire::User) -> Match<Id<objects::User>> {
        let with = |address: &Option<String>| match address.as_deref().map(plain) {
            Some(address) if !address.is_empty() => {
                Match::of(self.users.iter().filter(|user| has_address(user, &address)).map(|user| user.id))
            }
            _ => Match::None,
        };
        with(&user.external_id).or(|| with(&user.email))
    }

    /// The category with this id, else the one with this name.
    pub(crate) fn category(&self, named: &wire::ActivityType) -> Match<&ActivityCategory> {
        let by_id = |text: &str| {
            let id: Option<i64> = text.trim().parse().ok();
            Match::of(self.categories.iter().filter(|category| Some(category.id.get()) == id))
        };
        let by_name = |text: &str| {
            let name = plain(text);
            Match::of(
                self.categories.iter().filter(|category| !name.is_empty() && plain(&category.name) == name),
            )
        };
        let (code, label) = (named.code.as_deref().unwrap_or(""), named.label.as_deref().unwrap_or(""));
        by_id(code).or(|| by_name(code)).or(|| by_name(label))
    }

    /// Nobody and nothing that the group names is missing.
    fn knows(&self, group: &TimeGroup) -> bool {
        self.user(&group.user) != Match::None
            && group.activity_type.as_ref().is_none_or(|kind| self.category(kind) != Match::None)
    }
}

/// The newest directory. It is shared by the batches of a backlog, so that nearly all of the rate limit is left to writes.
#[derive(Debug, Default)]
pub(crate) struct Directories {
    newest: Mutex<Option<(Duration, Arc<Directory>)>>,
}

impl Directories {
    /// A directory in which these groups find whom they name, or else one that was read just now.
    pub(crate) async fn of(&self, clio: &Clio, groups: &[&TimeGroup]) -> Result<Arc<Directory>, Error> {
        let now = clio.clock().monotonic();
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((read, directory)) = newest
            && now.saturating_sub(read) < FRESH
            && groups.iter().all(|group| directory.knows(group))
        {
            return Ok(directory);
        }
        let directory = Arc::new(Directory::load(clio).await?);
        *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, directory.clone()));
        Ok(directory)
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

/// Whoever is disabled does not count.
fn has_address(user: &User, address: &str) -> bool {
    user.enabled && user.email.as_deref().is_some_and(|email| plain(email) == address)
}

/// As names and addresses are compared: without regard to case and to blanks around.
fn plain(text: &str) -> String {
    text.trim().to_lowercase()
}
