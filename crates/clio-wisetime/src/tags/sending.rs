//! Sending tags, and finding out which of many is refused.
//!
//! A batch is refused as a whole. Where WiseTime says which tags are bad, the others are sent without them; where it does
//! not, the batch is halved until each bad one is alone. So all good ones arrive, and each bad one has its reason. All of it
//! may be repeated without harm.

use std::mem;

use clio_core::{ErrorKind, Limits};
use clio_sync::Outcome;
use futures_util::{StreamExt, stream};

use super::target::{Known, delete, outcome, parts, remote_id};
use crate::{
    Client,
    client::PLAN_LIMIT,
    is_plan_limit,
    wire::{ItemError, UpsertTag},
};

/// So many tags are deleted at the same time.
const AT_THE_SAME_TIME: usize = 6;

/// One send: the tags of a batch, and what became of them.
pub(super) struct Sender<'a> {
    client: &'a Client,
    known: &'a mut Known,
    limits: Limits,
    tags: Vec<Tag>,
}

/// A tag on its way.
struct Tag {
    /// Its place among the writes.
    at: usize,
    upsert: UpsertTag,
    /// The name that it had before, which is to go. `None` if it has none, or its own.
    old: Option<String>,
    /// WiseTime had a tag of this name when it was last sent.
    exists: bool,
    became: Became,
}

enum Became {
    Waiting,
    Taken,
    Ended(Outcome),
}

impl Tag {
    fn matter(&self) -> &str {
        self.upsert.external_id.as_deref().unwrap_or_default()
    }

    fn refuse(&mut self, reason: impl Into<String>) {
        self.became = Became::Ended(Outcome::Refused(reason.into()));
    }
}

impl<'a> Sender<'a> {
    pub(super) fn new(client: &'a Client, known: &'a mut Known, limits: Limits) -> Self {
        Self { client, known, limits, tags: Vec::new() }
    }

    /// Adds a tag that had this name so far.
    pub(super) fn add(&mut self, at: usize, upsert: UpsertTag, old_name: Option<String>) {
        let exists = old_name.as_deref() == Some(&upsert.name);
        let old = old_name.filter(|name| *name != upsert.name);
        let mut tag = Tag { at, upsert, old, exists, became: Became::Waiting };
        if let Some(owner) = self.known.owners.get(&tag.upsert.name).filter(|owner| *owner != tag.matter()) {
            let reason = shared(owner, &tag.upsert.name);
            tag.refuse(reason);
        }
        self.tags.push(tag);
    }

    /// Sends all that were added. Answers with their places.
    pub(super) async fn upsert(mut self) -> Vec<(usize, Outcome)> {
        match self.send_in_parts().await {
            Ok(()) => self.free_old_names().await,
            Err(error) => self.stop(&error),
        }
        let ended = self.tags.into_iter().map(|tag| match tag.became {
            Became::Ended(outcome) => (tag.at, outcome),
            Became::Taken => {
                let remote_id = remote_id(tag.matter(), &tag.upsert.name);
                (tag.at, Outcome::Applied { remote_id, etag: None, echo: None })
            }
            Became::Waiting => (tag.at, Outcome::Unknown("it was not sent".into())),
        });
        ended.collect()
    }

    /// Whatever has not ended is sent again by a later run.
    fn stop(&mut self, error: &clio_core::Error) {
        for tag in &mut self.tags {
            let unfinished = matches!(tag.became, Became::Waiting)
                || (matches!(tag.became, Became::Taken) && tag.old.is_some());
            if unfinished {
                tag.became = Became::Ended(outcome(error));
            }
        }
    }

    /// # Errors
    ///
    /// What no smaller batch would help against.
    async fn send_in_parts(&mut self) -> Result<(), clio_core::Error> {
        let waiting = |(at, tag): (usize, &Tag)| matches!(tag.became, Became::Waiting).then_some(at);
        let mut open: Vec<Vec<usize>> = vec![self.tags.iter().enumerate().filter_map(waiting).collect()];
        while let Some(part) = open.pop() {
            let part = self.with_room(part);
            if part.is_empty() {
                continue;
            }
            let tags: Vec<&UpsertTag> = part.iter().map(|at| &self.tags[*at].upsert).collect();
            match self.client.upsert_tags_within(&tags, self.limits).await {
                Ok(errors) if errors.is_empty() => self.taken(&part),
                Ok(errors) => self.refused_some(part, &errors, &mut open),
                Err(error) if is_plan_limit(&error) => self.no_room(part, &mut open).await?,
                Err(error) if error.kind() == ErrorKind::Invalid => {
                    self.refused(part, error.message(), &mut open);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn taken(&mut self, part: &[usize]) {
        for at in part {
            let tag = &mut self.tags[*at];
            (tag.became, tag.exists) = (Became::Taken, true);
            self.known.owners.insert(tag.upsert.name.clone(), tag.matter().to_owned());
        }
    }

    /// WiseTime says which are bad. Of the others it does not say whether they were taken.
    fn refused_some(&mut self, part: Vec<usize>, errors: &[ItemError], open: &mut Vec<Vec<usize>>) {
        let named = |place: usize| errors.iter().find(|error| error.index == place);
        if (0..part.len()).all(|place| named(place).is_none()) {
            let words = errors.first().map_or("", |error| error.error_description.trim());
            return self.refused(part, words, open);
        }
        let mut others = Vec::new();
        for (place, at) in part.into_iter().enumerate() {
            match named(place) {
                Some(error) => self.tags[at].refuse(words(&error.error_description)),
                None => others.push(at),
            }
        }
        open.push(others);
    }

    /// WiseTime does not say which are bad.
    fn refused(&mut self, part: Vec<usize>, reason: &str, open: &mut Vec<Vec<usize>>) {
        match part[..] {
            [only] => self.tags[only].refuse(words(reason)),
            _ => halve(part, open),
        }
    }

    /// Those of a part that the plan may have room for. A new tag is not even sent once one was refused.
    fn with_room(&mut self, part: Vec<usize>) -> Vec<usize> {
        if !self.known.full {
            return part;
        }
        let (new, others): (Vec<usize>, Vec<usize>) =
            part.into_iter().partition(|at| !self.tags[*at].exists && self.tags[*at].old.is_none());
        for at in new {
            self.tags[at].refuse(PLAN_LIMIT);
        }
        others
    }

    /// The plan has no room for all of these. Tags that exist need none, and of the new ones as many are to come in as fit.
    async fn no_room(
        &mut self,
        part: Vec<usize>,
        open: &mut Vec<Vec<usize>>,
    ) -> Result<(), clio_core::Error> {
        if let [only] = part[..] {
            return self.no_room_for(only, open).await;
        }
        let (known, new): (Vec<usize>, Vec<usize>) = part.into_iter().partition(|at| self.tags[*at].exists);
        match (known.is_empty(), new.is_empty()) {
            (true, _) => halve(new, open),
            (_, true) => halve(known, open),
            _ => {
                open.push(new);
                open.push(known);
            }
        }
        Ok(())
    }

    async fn no_room_for(&mut self, at: usize, open: &mut Vec<Vec<usize>>) -> Result<(), clio_core::Error> {
        if let Some(old) = self.tags[at].old.take() {
            // Its own old tag makes room for it.
            let matter = self.tags[at].matter().to_owned();
            if self.is_free_to_go(&matter, &old)
                && self.client.delete_tag_within(&delete(&old), self.limits).await?
            {
                self.known.owners.remove(&old);
                open.push(vec![at]);
                return Ok(());
            }
        } else if !self.tags[at].exists {
            self.known.full = true;
        }
        self.tags[at].refuse(PLAN_LIMIT);
        Ok(())
    }

    /// The names that tags had before go, once all of the batch stand: so another matter that took a name over keeps it.
    async fn free_old_names(&mut self) {
        let mut going = Vec::new();
        for (at, tag) in self.tags.iter_mut().enumerate() {
            if !matches!(tag.became, Became::Taken) {
                continue;
            }
            let matter = tag.upsert.external_id.clone().unwrap_or_default();
            let owner = self.known.owners.get(&tag.upsert.name);
            if let Some(owner) = owner.filter(|owner| **owner != matter) {
                // The old tag stays then: it still leads to this matter.
                let reason = shared(owner, &tag.upsert.name);
                tag.refuse(reason);
            } else if let Some(old) = tag.old.take() {
                going.push((at, matter, old));
            }
        }
        for (at, outcome) in self.delete_all(going).await {
            if !matches!(outcome, Outcome::Applied { .. } | Outcome::Gone) {
                self.tags[at].became = Became::Ended(outcome);
            }
        }
    }

    /// Deletes the tags of links that are to go. Answers with their places.
    pub(super) async fn delete(&mut self, links: Vec<(usize, String)>) -> Vec<(usize, Outcome)> {
        let (mut going, mut outcomes) = (Vec::new(), Vec::new());
        for (at, remote_id) in links {
            match parts(&remote_id) {
                Some((matter, name)) => going.push((at, matter.to_owned(), name.to_owned())),
                None => {
                    outcomes
                        .push((at, Outcome::Refused("its link does not say how the tag is called".into())));
                }
            }
        }
        outcomes.extend(self.delete_all(going).await);
        outcomes
    }

    /// Deletes tags of matters, by name, but for those that are another matter's by now.
    async fn delete_all(&mut self, going: Vec<(usize, String, String)>) -> Vec<(usize, Outcome)> {
        let (free, others): (Vec<_>, Vec<_>) =
            going.into_iter().partition(|(_, matter, name)| self.is_free_to_go(matter, name));
        let mut outcomes: Vec<(usize, Outcome)> =
            others.into_iter().map(|(at, ..)| (at, Outcome::Gone)).collect();
        let (client, limits) = (self.client, self.limits);
        let deleting = free.into_iter().map(|(at, matter, name)| async move {
            let deleted = client.delete_tag_within(&delete(&name), limits).await;
            (at, remote_id(&matter, &name), name, deleted)
        });
        let mut deleted = stream::iter(deleting).buffered(AT_THE_SAME_TIME);
        while let Some((at, remote_id, name, deleted)) = deleted.next().await {
            if deleted.is_ok() {
                self.known.owners.remove(&name);
                self.known.full = false;
            }
            outcomes.push((
                at,
                match deleted {
                    Ok(true) => Outcome::Applied { remote_id, etag: None, echo: None },
                    Ok(false) => Outcome::Gone,
                    Err(error) => outcome(&error),
                },
            ));
        }
        outcomes
    }

    /// No other matter has taken the name over in this run.
    fn is_free_to_go(&self, matter: &str, name: &str) -> bool {
        self.known.owners.get(name).is_none_or(|owner| owner == matter)
    }
}

fn halve(mut part: Vec<usize>, open: &mut Vec<Vec<usize>>) {
    let second = part.split_off(part.len() / 2);
    open.push(second);
    open.push(mem::take(&mut part));
}

/// WiseTime's own words, if there are any.
fn words(told: &str) -> String {
    let told = told.trim();
    if told.is_empty() { "WiseTime refuses the tag".to_owned() } else { told.to_owned() }
}

/// Said of a matter whose number another one has too: time that a user tags with it goes to that one.
fn shared(owner: &str, number: &str) -> String {
    format!("matter {owner} has the number {number} too, and so the tag")
}
