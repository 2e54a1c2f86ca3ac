//! The team, its configuration, and how the connection is doing.

use clio_core::{Error, Limits};
use http::Method;
use serde_json::json;

use super::{Client, decode, encode};
use crate::wire::{HealthFailure, ManagedConfig, ManagedConfigRequest, TeamInfo};

impl Client {
    /// The team that the key belongs to: a way to try the key.
    pub async fn team_info(&self) -> Result<TeamInfo, Error> {
        let operation = "get-team-info";
        let answer = self.call(operation, Method::GET, "team/info", None, Limits::default()).await?;
        decode(operation, &answer.succeeded(operation)?)
    }

    /// The team's name; empty if it has none.
    pub async fn team_name(&self) -> Result<String, Error> {
        Ok(self.team_info().await?.team_name.unwrap_or_default())
    }

    /// The configuration that WiseTime keeps for a connector which it runs itself: the properties that the team's
    /// administrators set, among other things.
    pub async fn managed_config(&self, request: &ManagedConfigRequest) -> Result<ManagedConfig, Error> {
        let operation = "team-managed-config";
        let body = Some(encode(operation, request)?);
        let answer =
            self.call(operation, Method::POST, "team/managed/config", body, Limits::default()).await?;
        decode(operation, &answer.succeeded(operation)?)
    }

    /// Reports a failure that does not pass by itself. Members of the team read it when they try to post time, until it is
    /// [rescinded](Self::rescind_failure). Reporting the same again does no harm.
    pub async fn notify_failure(&self, failure: &HealthFailure) -> Result<(), Error> {
        self.health("health-check-failure-notify", "notify", failure).await
    }

    /// Clears the failure that was reported, if there is one.
    pub async fn rescind_failure(&self) -> Result<(), Error> {
        self.health("health-check-failure-rescind", "rescind", &json!({})).await
    }

    async fn health(
        &self,
        operation: &'static str,
        what: &str,
        body: &(impl serde::Serialize + Sync),
    ) -> Result<(), Error> {
        let (path, body) = (format!("healthcheck/failure/{what}"), Some(encode(operation, body)?));
        let answer = self.call(operation, Method::POST, &path, body, Limits::default()).await?;
        answer.succeeded(operation).map(drop)
    }
}
