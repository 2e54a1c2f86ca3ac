//! Posted time as an inbox.

mod mapping;
mod policy;

use std::sync::Arc;

use async_trait::async_trait;
use clio_api::Clio;
use clio_core::ErrorKind as CoreErrorKind;
use clio_sync::{
    Acknowledgement, BadRecord, Error, ErrorKind, InboxBatch, InboxSource, Incoming, Resolution, Result,
    fingerprint,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    Client,
    client::GROUPS_AT_ONCE,
    directory::Directory,
    wire::{Status, TimeGroup, TimeGroupStatus},
};

pub(crate) use mapping::time_entry;
pub use policy::Posting;

/// A group, with the directory as it was when the group was fetched: so that mapping it is pure.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) group: TimeGroup,
    pub(crate) directory: Arc<Directory>,
}

/// The time that a team's users have posted.
#[derive(Debug)]
pub(crate) struct PostedTime {
    pub(crate) client: Client,
    pub(crate) clio: Clio,
}

#[async_trait]
impl InboxSource for PostedTime {
    type Record = Received;

    fn kind(&self) -> &'static str {
        "wisetime/time-group"
    }

    async fn fetch(&self) -> Result<InboxBatch<Received>> {
        let body = self.client.posted_time(GROUPS_AT_ONCE).await?;
        // A byte that is no text spoils a letter of one group, not the whole list.
        let body = String::from_utf8_lossy(&body);
        let groups: Vec<&RawValue> = serde_json::from_str(&body).map_err(|error| {
            // One that ends too early was cut off on its way; the groups are handed out again.
            let kind = if error.is_eof() { ErrorKind::Transient } else { ErrorKind::Protocol };
            // serde's words would quote what people did.
            Error::new(
                kind,
                format!("WiseTime's list of posted time does not decode, at column {}", error.column()),
            )
        })?;
        // Nothing is asked of Clio while there is nothing to post.
        let directory =
            if groups.is_empty() { Arc::default() } else { Arc::new(Directory::load(&self.clio).await?) };
        let more = groups.len() >= GROUPS_AT_ONCE as usize;
        let records = groups.into_iter().map(|raw| incoming(raw.get(), &directory)).collect();
        Ok(InboxBatch { records, more })
    }

    async fn acknowledge(&self, acknowledgement: &Acknowledgement) -> Result<()> {
        match self.client.update_status(&status(acknowledgement)).await {
            // WiseTime has no use for it any more: the group is gone, or was settled in another way.
            Err(error) if matches!(error.kind(), CoreErrorKind::NotFound | CoreErrorKind::Invalid) => Ok(()),
            other => Ok(other?),
        }
    }
}

fn incoming(json: &str, directory: &Arc<Directory>) -> Incoming<Received> {
    let version = fingerprint([json]);
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let record = serde_path_to_error::deserialize::<_, TimeGroup>(&mut deserializer)
        .map(|group| Received { group, directory: directory.clone() })
        .map_err(|error| {
            let path = error.path().to_string();
            let reason = error.inner().to_string();
            // The position is that inside one record: the path says it better.
            let reason = reason.split(" at line ").next().unwrap_or_default();
            BadRecord {
                reason: format!("the posted time cannot be read: {reason}"),
                path: (path != ".").then_some(path),
            }
        });
    let id = id(json).unwrap_or_else(|| format!("unreadable-{}", &version[..12]));
    Incoming { id, version, created: None, record }
}

/// The id of a group, even of one that is otherwise malformed: only with it can the user be told. Nothing else of the
/// group is decoded.
fn id(json: &str) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Identified {
        group_id: String,
    }
    let identified: Identified = serde_json::from_str(json).ok()?;
    Some(identified.group_id).filter(|id| !id.is_empty())
}

/// What WiseTime is told.
fn status(acknowledgement: &Acknowledgement) -> TimeGroupStatus {
    let (status, message, external_id) = match &acknowledgement.resolution {
        Resolution::Written { remote_id } => (Status::Success, None, Some(remote_id.clone())),
        Resolution::Skipped { reason } => (Status::Success, Some(reason.clone()), None),
        Resolution::Rejected { reason } => (Status::Failure, Some(reason.clone()), None),
        // A failure would invite the user to post again what may stand in Clio already.
        Resolution::Parked { reason } => (Status::RetriableFailure, Some(reason.clone()), None),
        other => (Status::RetriableFailure, Some(format!("not settled yet: {other:?}")), None),
    };
    TimeGroupStatus { time_group_id: acknowledgement.id.clone(), status, message, external_id }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_malformed_group_keeps_its_id_and_names_the_place() {
        let json = r#"{"groupId":"g-9","totalDurationSecs":60,"localDate":"2026-03-02","user":{},
            "timeRows":[{"durationSecs":"sixty"}]}"#;
        let incoming = incoming(json, &Arc::default());
        assert_eq!(incoming.id, "g-9");
        let bad = incoming.record.unwrap_err();
        assert_eq!(bad.path.as_deref(), Some("timeRows[0].durationSecs"));
        assert!(bad.reason.contains("invalid type: string"), "{}", bad.reason);
    }

    #[test]
    fn one_without_an_id_gets_one_from_its_content() {
        let first = incoming("{}", &Arc::default());
        assert!(first.id.starts_with("unreadable-"));
        assert_eq!(first.id, incoming("{}", &Arc::default()).id);
    }
}
