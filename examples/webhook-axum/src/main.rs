//! Receives Clio's webhooks with axum: a handler of ten lines, and a fake Clio that calls it.
//!
//! ```text
//! cargo run -q -p webhook-axum
//! ```
#![expect(clippy::print_stdout, reason = "it says what it was told")]

mod forger;

use std::error::Error;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use clio_api::{
    Clio, Id, Region, Selection,
    choices::WebhookEvent,
    objects::Matter,
    webhooks::{Delivery, Event, Received, Receiver, Reply, Watch},
};
use clio_fixtures::ClioWorld;
use tokio::{
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

/// What the webhook watches, and what an event brings.
#[derive(Debug, Selection)]
#[clio(object = "Matter")]
struct OpenMatter {
    id: Id<Matter>,
    display_number: String,
}

/// What the handler needs.
#[derive(Clone)]
struct App {
    receiver: Receiver,
    events: UnboundedSender<Event<OpenMatter>>,
}

/// All that is axum's. The body is taken raw: its signature is over its bytes.
async fn told(State(app): State<App>, headers: HeaderMap, body: Bytes) -> (StatusCode, HeaderMap) {
    let reply = match app.receiver.receive(&headers, &body) {
        Ok(Received::Event(delivery)) => app.take(delivery),
        Ok(other) => other.reply(),
        Err(error) => Reply::refused(&error),
    };
    reply.into_parts()
}

impl App {
    /// An event is taken once it is safe: here in a channel, elsewhere in a table. What cannot be kept comes again.
    fn take(&self, delivery: Delivery) -> Reply {
        let event = match delivery.decode() {
            Ok(event) => event,
            Err(error) => {
                println!("put aside: {error}");
                return delivery.taken();
            }
        };
        if self.events.send(event).is_ok() { delivery.taken() } else { delivery.later() }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // A firm at a Clio that is none, on a port of this machine.
    let world = ClioWorld::firm(7).matters(3).start();
    let served = world.serve().await?;
    let clio = Clio::builder(Region::custom(&served.url())?).token(world.token()).build()?;

    // The server. Clio itself would want https, and so would `Watch`; this machine is the exception, for fakes.
    let (events, mut told_events) = unbounded_channel();
    let app = App { receiver: Receiver::new(), events };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/clio/8c1f4a6e", listener.local_addr()?);
    let router = Router::new().route("/clio/{secret}", post(told)).with_state(app.clone());
    tokio::spawn(async { axum::serve(listener, router).await });

    // A program that goes on would call this every few hours.
    let watch = Watch::new::<OpenMatter>(&url).events([
        WebhookEvent::Updated,
        WebhookEvent::Deleted,
        WebhookEvent::MatterClosed,
    ]);
    let kept = clio.webhooks().keep(&app.receiver, &watch).await?;
    println!("webhook {}: {:?}, {}", kept.subscription.id, kept.upkeep, kept.subscription.status);

    // Ada works in Clio's own pages.
    let (ada, matters) = (world.person("Ada"), world.matters());
    ada.rename_matter(matters[0].id, "00001-Renamed");
    say(&mut told_events).await;
    ada.close_matter(matters[1].id);
    say(&mut told_events).await;
    say(&mut told_events).await;
    clio.matters().delete(Id::new(matters[2].id)).await?;
    say(&mut told_events).await;

    forger::play(&world, &url).await?;
    println!("events beyond those: {}", told_events.len());
    Ok(())
}

async fn say(events: &mut UnboundedReceiver<Event<OpenMatter>>) {
    match events.recv().await {
        Some(Event::Updated(matter)) => println!("updated: {} {}", matter.id, matter.display_number),
        Some(Event::MatterClosed(matter)) => println!("closed:  {} {}", matter.id, matter.display_number),
        Some(Event::Deleted(matter)) => println!("deleted: {}", matter.id),
        other => println!("{other:?}"),
    }
}
