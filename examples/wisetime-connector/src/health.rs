//! `GET /health`: whether the connector does its work, for whoever restarts it or calls somebody.

use std::net::SocketAddr;

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use clio_sync::{ConnectionState, Firm};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::trouble::Trouble;

/// So many failures of a flow in a row are more than bad luck.
const FAILURES: u32 = 3;

pub(crate) struct Endpoint {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
}

impl Endpoint {
    pub(crate) async fn listen(address: SocketAddr, firm: Firm) -> Result<Self, Trouble> {
        let failed = |error| Trouble::new(format!("--health: {address} cannot be listened on: {error}"));
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address, router: Router::new().route("/health", get(told)).with_state(firm) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers for ever.
    pub(crate) async fn serve(self) -> Result<(), Trouble> {
        let ended = axum::serve(self.listener, self.router).await;
        ended.map_err(|error| Trouble::new(format!("health can no longer be told: {error}")))
    }
}

async fn told(State(firm): State<Firm>) -> (StatusCode, Json<Value>) {
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
