//! When the program is to end.

/// Ends with the first ctrl-c or SIGTERM. Where signals cannot be listened to, never.
pub(crate) async fn asked() {
    tokio::select! {
        heard = tokio::signal::ctrl_c() => if heard.is_err() { std::future::pending().await },
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => _ = terminate.recv().await,
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
