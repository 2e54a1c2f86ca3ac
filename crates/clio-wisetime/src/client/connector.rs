//! The team, and how the connection is doing.

use clio_core::{Error, Limits};
use http::Method;
use serde::Deserialize;

use super::{Client, decode};

impl Client {
    /// The team's name: a way to try the key.
    pub async fn team_name(&self) -> Result<String, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Team {
            team_name: String,
        }
        let answer = self.call("get-team-info", Method::GET, "team/info", None, Limits::default()).await?;
        let team: Team = decode("get-team-info", &answer.succeeded("get-team-info")?)?;
        Ok(team.team_name)
    }
}
