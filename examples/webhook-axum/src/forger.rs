//! Somebody who has seen a request of Clio's, and sends it once more.

use std::error::Error;

use clio_api::{Limits, Payload, Transport};
use clio_fixtures::{ClioWorld, Delivery, LoopbackTransport};
use http::Request;

/// Sends the last event as it was, then changed, then without its signature, then a handshake with a secret of one's own.
pub(crate) async fn play(world: &ClioWorld, url: &str) -> Result<(), Box<dyn Error>> {
    let seen = world.deliveries().pop().ok_or("Clio has told nothing")?;
    println!("once more:             {}", send(&seen, url).await?);

    let mut changed = seen.clone();
    changed.body = [&changed.body[..], b" "].concat().into();
    println!("changed by a blank:    {}", send(&changed, url).await?);

    let mut unsigned = seen.clone();
    unsigned.headers.retain(|(name, _)| *name != "x-hook-signature");
    println!("without a signature:   {}", send(&unsigned, url).await?);

    let mut handshake = unsigned;
    handshake.headers.push(("x-hook-secret", "mine".to_owned()));
    handshake.body = format!(r#"{{"data":{{}},"meta":{{"webhook_id":{}}}}}"#, seen.webhook).into();
    println!("a handshake:           {}", send(&handshake, url).await?);
    Ok(())
}

/// What the server answers, in words.
async fn send(delivery: &Delivery, url: &str) -> Result<String, Box<dyn Error>> {
    let mut request = Request::post(url);
    for (name, value) in &delivery.headers {
        request = request.header(*name, value);
    }
    let request = request.body(Payload::Bytes(delivery.body.clone()))?;
    let answer = LoopbackTransport.send(request, Limits::default()).await?;
    let echo = if answer.headers().contains_key("x-hook-secret") { "echoed" } else { "no echo" };
    Ok(format!("{}, {echo}", answer.status()))
}
