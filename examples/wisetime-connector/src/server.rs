//! What is answered over HTTP: `GET /health`, and `POST /wisetime` where WiseTime calls.

use std::net::SocketAddr;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    routing::{get, post},
};
use clio_sync::Firm;
use clio_wisetime::Webhook;
use tokio::net::TcpListener;

use crate::{connector::Connector, health, trouble::Trouble};

/// A day of rows takes a hundredth of it.
const MAX_BODY: usize = 4 * 1024 * 1024;

pub(crate) struct Server {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
}

impl Server {
    pub(crate) async fn listen(address: SocketAddr, connector: &Connector) -> Result<Self, Trouble> {
        let failed = |error| Trouble::new(format!("--health: {address} cannot be listened on: {error}"));
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let firm = connector.firm().clone();
        let mut router = Router::new().route("/health", get(health::told)).with_state(firm.clone());
        if let Some(webhook) = connector.webhook() {
            let called = post(called).layer(DefaultBodyLimit::max(MAX_BODY));
            router = router.merge(Router::new().route("/wisetime", called).with_state((webhook, firm)));
        }
        Ok(Self { listener, address, router })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers for ever.
    pub(crate) async fn serve(self) -> Result<(), Trouble> {
        let ended = axum::serve(self.listener, self.router).await;
        ended.map_err(|error| Trouble::new(format!("nothing is answered over HTTP any more: {error}")))
    }
}

async fn called(State((webhook, firm)): State<(Webhook, Firm)>, body: Bytes) -> (StatusCode, String) {
    // In a task of its own, which ends even if WiseTime hangs up: broken off, it would be as a crash.
    let answer = tokio::spawn(async move { webhook.handle(&firm, &body).await }).await;
    match answer {
        Ok(answer) => {
            (StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), answer.text)
        }
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "not posted yet, and tried again".to_owned()),
    }
}
