//! What WiseTime offers to the connectors that it runs itself: their configuration, and notices of their health.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{
    answer::{Answered, Fields, Read, parse, unexpected},
    records::HealthNotice,
    team::Team,
};
use crate::calls::later;

impl Team {
    /// The credentials are made up: they lead nowhere. The document has no 400 for this operation.
    pub(crate) fn managed_config(&self, body: &[u8], now: DateTime<Utc>) -> Answered {
        let check = |body: Value| -> Read<()> {
            let fields = Fields::of(&body)?;
            fields.named_texts("environment")?;
            for name in
                ["connectorType", "connectorVersion", "connectorLibraryVersion", "clientTimeZoneOffset"]
            {
                fields.text(name)?;
            }
            fields.integer("clientTimestamp").map(|_| ())
        };
        parse(body).and_then(check).map_err(unexpected)?;
        let expiry = later(now, Duration::from_secs(3600)).to_rfc3339_opts(SecondsFormat::Secs, true);
        let configuration: serde_json::Map<String, Value> = self
            .settings
            .configuration
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect();
        Ok(json!({
            "serviceId": "fake-service",
            "serviceKey": "fake-service-key",
            "serviceIdExpiry": expiry,
            "serviceSessionToken": "fake-session",
            "groupName": "fake-group",
            "regionName": "nowhere",
            "connectorConfiguration": configuration,
        }))
    }

    /// Any type of error is taken: the document says what becomes of unknown ones.
    pub(crate) fn notify_failure(&mut self, body: &[u8], now: DateTime<Utc>) -> Answered {
        let read = |body: Value| -> Read<HealthNotice> {
            let fields = Fields::of(&body)?;
            Ok(HealthNotice {
                error_type: fields.full("errorType")?.unwrap_or("UNKNOWN").to_owned(),
                message: fields.full("userErrorMessage")?.map(str::to_owned),
                at: now,
                rescinded_at: None,
            })
        };
        let notice = parse(body).and_then(read).map_err(unexpected)?;
        self.rescind(now);
        self.health.push(notice);
        Ok(Value::Null)
    }

    /// No failure stands any more. A new notice takes the place of the old one.
    pub(crate) fn rescind(&mut self, now: DateTime<Utc>) {
        for notice in self.health.iter_mut().filter(|notice| notice.rescinded_at.is_none()) {
            notice.rescinded_at = Some(now);
        }
    }
}
