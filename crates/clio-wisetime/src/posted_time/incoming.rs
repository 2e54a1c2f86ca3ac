//! From a group on the wire to a record of the engine.

use std::sync::Arc;

use clio_api::Clio;
use clio_sync::{BadRecord, Incoming, Result, fingerprint};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    directory::{Directories, Directory},
    wire::TimeGroup,
};

/// The kind of the records, whichever way they come: part of every key, so that a group which is polled today and comes by
/// the webhook tomorrow is the same.
pub(crate) const KIND: &str = "wisetime/time-group";

/// A group, with the directory as it was when the group was fetched: so that mapping it is pure.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) group: TimeGroup,
    pub(crate) directory: Arc<Directory>,
}

/// A group on its way in, with or without fault.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) id: String,
    version: String,
    group: std::result::Result<TimeGroup, BadRecord>,
}

impl Raw {
    pub(crate) fn read(json: &str) -> Self {
        let version = version(json);
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let group = serde_path_to_error::deserialize::<_, TimeGroup>(&mut deserializer).map_err(|error| {
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
        Self { id, version, group }
    }
}

/// The groups, each with a directory in which it finds whom it names. Nothing is asked of Clio while there is nothing to post.
pub(crate) async fn incoming(
    raw: Vec<Raw>,
    directories: &Directories,
    clio: &Clio,
) -> Result<Vec<Incoming<Received>>> {
    let readable: Vec<&TimeGroup> = raw.iter().filter_map(|raw| raw.group.as_ref().ok()).collect();
    let directory =
        if readable.is_empty() { Arc::default() } else { directories.of(clio, &readable).await? };
    let record = |raw: Raw| Incoming {
        id: raw.id,
        version: raw.version,
        created: None,
        record: raw.group.map(|group| Received { group, directory: directory.clone() }),
    };
    Ok(raw.into_iter().map(record).collect())
}

/// Changes whenever the group does: not with the way by which it comes, nor with what WiseTime knows of it.
fn version(json: &str) -> String {
    match serde_json::from_str::<Map<String, Value>>(json) {
        Ok(mut members) => {
            members.remove("callerKey");
            members.remove("status");
            fingerprint([Value::Object(members).to_string().as_str()])
        }
        Err(_) => fingerprint([json]),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_malformed_group_keeps_its_id_and_names_the_place() {
        let json = r#"{"groupId":"g-9","totalDurationSecs":60,"localDate":"2026-03-02","user":{},
            "timeRows":[{"durationSecs":"sixty"}]}"#;
        let raw = Raw::read(json);
        assert_eq!(raw.id, "g-9");
        let bad = raw.group.unwrap_err();
        assert_eq!(bad.path.as_deref(), Some("timeRows[0].durationSecs"));
        assert!(bad.reason.contains("invalid type: string"), "{}", bad.reason);
    }

    #[test]
    fn one_without_an_id_gets_one_from_its_content() {
        let first = Raw::read("{}");
        assert!(first.id.starts_with("unreadable-"));
        assert_eq!(first.id, Raw::read("{}").id);
    }

    #[test]
    fn one_is_the_same_whichever_way_it_comes() {
        let polled = Raw::read(r#"{"groupId": "g", "status": "PENDING", "description": "a"}"#);
        let called = Raw::read(r#"{"description":"a","callerKey":"k","groupId":"g"}"#);
        assert_eq!((polled.id, &polled.version), (called.id, &called.version));
        assert_ne!(polled.version, Raw::read(r#"{"groupId": "g", "description": "b"}"#).version);
    }
}
