//! The team, the configuration that WiseTime keeps for a connector, and how the connector is doing.

use std::{collections::BTreeMap, fmt};

use chrono::{DateTime, Utc};
use clio_core::Secret;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::word::{lenient, words};

/// The team that an API key belongs to.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TeamInfo {
    /// Its name.
    pub team_name: Option<String>,
}

impl fmt::Debug for TeamInfo {
    /// Leaves the name out: it is the firm's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TeamInfo").finish_non_exhaustive()
    }
}

/// What a connector says of itself when it asks for its configuration. All of it is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagedConfigRequest {
    /// Properties of the environment that it runs in, by name.
    pub environment: BTreeMap<String, String>,
    /// The system that it connects: `Clio`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector_type: Option<String>,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector_version: Option<String>,
    /// The version of the library that it is made with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector_library_version: Option<String>,
    /// Its time, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_timestamp: Option<i64>,
    /// How far its local time is from UTC. The document gives no form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_time_zone_offset: Option<String>,
}

/// What WiseTime keeps for a connector: its properties, and credentials for WiseTime's own logging service.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ManagedConfig {
    /// Names the credentials.
    #[serde(default, deserialize_with = "lenient")]
    pub service_id: Option<String>,
    /// Their secret.
    #[serde(default, deserialize_with = "lenient")]
    pub service_key: Option<Secret>,
    /// When they end.
    #[serde(default, deserialize_with = "lenient")]
    pub service_id_expiry: Option<DateTime<Utc>>,
    /// The token that goes with them.
    #[serde(default, deserialize_with = "lenient")]
    pub service_session_token: Option<Secret>,
    /// Where to log.
    #[serde(default, deserialize_with = "lenient")]
    pub group_name: Option<String>,
    /// In which region.
    #[serde(default, deserialize_with = "lenient")]
    pub region_name: Option<String>,
    /// The connector's properties by name, as an administrator set them: `ADD_SUMMARY_TO_NARRATIVE`. Texts by the document;
    /// in its example one is a bare `true`, so that whatever is no text is taken by its JSON.
    #[serde(default, deserialize_with = "properties")]
    pub connector_configuration: BTreeMap<String, String>,
}

impl fmt::Debug for ManagedConfig {
    /// Shows neither a secret nor a value: the names of the properties.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManagedConfig")
            .field("service_id_expiry", &self.service_id_expiry)
            .field("connector_configuration", &self.connector_configuration.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

fn properties<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let all: Option<BTreeMap<String, Value>> = Option::deserialize(deserializer)?;
    let text = |value: Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    };
    Ok(all.unwrap_or_default().into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect())
}

words! {
    /// What is wrong with a connection.
    HealthFailureType {
        /// Something without a word of its own: the message says what.
        Unknown = "UNKNOWN",
        /// The connected system does not answer.
        TargetUnreachable = "TARGET_UNREACHABLE",
        /// It does not accept the connection any more.
        TargetAuthFailure = "TARGET_AUTH_FAILURE",
        /// The connection lacks a right.
        TargetPermissionsFailure = "TARGET_PERMISSIONS_FAILURE",
        /// The subscription of the connected system has ended.
        TargetSubscriptionFailure = "TARGET_SUBSCRIPTION_FAILURE",
    }
}

/// A failure that does not pass by itself: members of the team read it when they try to post time, until it is rescinded.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthFailure {
    /// What is wrong.
    pub error_type: HealthFailureType,
    /// What members read, in place of WiseTime's own words for the type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_error_message: Option<String>,
}

impl fmt::Debug for HealthFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HealthFailure").field("error_type", &self.error_type).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_is_read_and_its_secrets_are_not_shown() {
        let config: ManagedConfig = serde_json::from_str(
            r#"{"serviceId": "id-1", "serviceKey": "hush-1", "serviceIdExpiry": "2026-03-02T10:00:00Z",
                "serviceSessionToken": "hush-2", "groupName": "g", "regionName": "r",
                "connectorConfiguration": {"ADD_SUMMARY_TO_NARRATIVE": true, "A": "x", "N": null}}"#,
        )
        .unwrap();
        assert_eq!(config.service_key.as_ref().map(Secret::expose), Some("hush-1"));
        assert_eq!(config.service_session_token.as_ref().map(Secret::expose), Some("hush-2"));
        assert_eq!(config.service_id_expiry.unwrap().to_rfc3339(), "2026-03-02T10:00:00+00:00");
        let set: Vec<_> =
            config.connector_configuration.iter().map(|(name, text)| (&**name, &**text)).collect();
        assert_eq!(set, [("A", "x"), ("ADD_SUMMARY_TO_NARRATIVE", "true")]);
        let shown = format!("{config:?}");
        assert!(!shown.contains("hush") && !shown.contains("id-1"), "{shown}");
    }

    #[test]
    fn all_of_it_may_be_missing() {
        let config: ManagedConfig = serde_json::from_str(r#"{"connectorConfiguration": null}"#).unwrap();
        assert!(config.connector_configuration.is_empty() && config.service_key.is_none());
    }
}
