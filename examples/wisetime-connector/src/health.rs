//! Whether the connector does its work, for whoever restarts it or calls somebody.

use axum::{Json, extract::State, http::StatusCode};
use clio_sync::{ConnectionState, Firm};
use serde_json::{Value, json};

/// So many failures of a flow in a row are more than bad luck.
const FAILURES: u32 = 3;

/// Answers `GET /health`.
pub(crate) async fn told(State(firm): State<Firm>) -> (StatusCode, Json<Value>) {
    let (healthy, body) = report(&firm).await;
    (if healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(body))
}

/// Whether all is well, and what there is to say. Nobody is named: this answers without asking who asks.
pub(crate) async fn report(firm: &Firm) -> (bool, Value) {
    let connection = match firm.connection().await {
        Ok(connection) => connection,
        Err(error) => return (false, json!({"healthy": false, "reason": error.kind().as_str()})),
    };
    let state = connection.standing.state;
    let healthy = state == ConnectionState::Connected
        && connection.flows.iter().all(|flow| flow.record.failures < FAILURES);
    let flows: Vec<Value> = connection
        .flows
        .iter()
        .map(|flow| {
            json!({
                "flow": flow.record.flow.to_string(),
                "enabled": flow.record.enabled,
                "failures": flow.record.failures,
                "last": flow.record.last.as_ref().map(|last| json!({"ended": last.ended, "outcome": last.outcome})),
                "next": flow.next,
            })
        })
        .collect();
    (healthy, json!({"healthy": healthy, "clio": state.as_str(), "flows": flows}))
}
