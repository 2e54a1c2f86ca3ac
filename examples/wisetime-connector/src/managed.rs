//! The settings that an administrator of the team has made at WiseTime: its managed configuration.

use clio_core::{Base, Limits, Payload, Transport};
use clio_wisetime::Settings;
use http::{HeaderValue, Request, header::CONTENT_TYPE};
use serde_json::{Map, Value};

use crate::trouble::Trouble;

/// Asks WiseTime for the connector's properties.
pub(crate) async fn configuration(
    transport: &dyn Transport,
    base: &str,
    api_key: &str,
) -> Result<Map<String, Value>, Trouble> {
    // Only over https, or to this machine: a key goes with it.
    let base = Base::parse(base)?;
    let mut key = HeaderValue::from_str(api_key)
        .map_err(|_| Trouble::new("the API key has letters that no key has"))?;
    key.set_sensitive(true);
    let request = Request::post(format!("{}/team/managed/config", base.url().as_str().trim_end_matches('/')))
        .header("x-api-key", key)
        .header(CONTENT_TYPE, "application/json")
        .body(Payload::Bytes(r#"{"connectorType":"Clio"}"#.into()));
    let request = request.map_err(|_| Trouble::new("--wisetime-url is no address"))?;
    let limits = Limits::default();
    let answer = transport.send(request, limits).await.map_err(clio_core::Error::from)?;
    let status = answer.status();
    if !status.is_success() {
        return Err(Trouble::new(format!(
            "WiseTime does not tell the team's settings ({status}): check the API key, or take --unmanaged"
        )));
    }
    let body = answer.into_body().into_bytes(limits.max_body).await.map_err(clio_core::Error::from)?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let properties = body.get("connectorConfiguration").and_then(Value::as_object);
    // A team without any has no such member.
    Ok(properties.cloned().unwrap_or_default())
}

/// The settings among them. What is none is logged: it may be misspelt.
pub(crate) fn settings(configuration: &Map<String, Value>) -> Result<Settings, Trouble> {
    let read = Settings::default().with_json(configuration)?;
    for name in &read.unknown {
        tracing::warn!(name, "the team has a property that is no setting of this connector");
    }
    Ok(read.settings)
}

#[cfg(test)]
mod tests {
    use clio_fixtures::WiseTimeWorld;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_an_administrator_has_set_counts() {
        let world = WiseTimeWorld::team().configuration("SHOW_CLOSED_CASES", "true").start();
        let (transport, base) = (world.transport(), format!("{}/connect/api", world.host_url()));
        let told = configuration(&*transport, &base, &world.api_key()).await.unwrap();
        assert!(settings(&told).unwrap().show_closed_cases);
        let refused = configuration(&*transport, &base, "wt-wrong").await.unwrap_err().to_string();
        assert!(refused.contains("--unmanaged") && !refused.contains("wt-wrong"), "{refused}");
    }

    #[test]
    fn a_wrong_value_ends_the_start() {
        let told = Map::from_iter([("SHOW_CLOSED_CASES".to_owned(), "perhaps".into())]);
        assert!(settings(&told).unwrap_err().to_string().contains("SHOW_CLOSED_CASES"));
    }
}
