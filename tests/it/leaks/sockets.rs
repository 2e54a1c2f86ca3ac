//! The production transport on real sockets: what reqwest and hyper say of it is heard too.

use std::{sync::Arc, time::Duration};

use clio_api::{
    App, Clio, ErrorKind, Id, Limits, LoopbackReceiver, Method, OAuth, Region, ReqwestTransport, RetryPolicy,
    files::Parent,
};
use clio_fixtures::{ClioWorld, Fault};
use futures_util::future::join;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::harness::{FIRST, Harness, NAME, SECRET};

#[tokio::test]
async fn nothing_is_told_of_what_travels() {
    let harness = Harness::start();
    let world = ClioWorld::firm(7).rate_limit(None).sentinels(SECRET, NAME).start();
    let served = world.serve().await.expect("a port");
    let (id, secret) = world.app();
    let transport = ReqwestTransport::new().expect("TLS");
    harness.show(&transport);
    let builder = Clio::builder(Region::custom(&served.url()).expect("an address"))
        .token(world.token())
        .app(App::new(id, secret))
        .retry(RetryPolicy::never())
        .transport(Arc::new(transport))
        .limits(Limits { total: Duration::from_millis(300), ..Limits::default() });
    harness.show(&builder);
    let clio = builder.build().expect("a client");
    let name = format!("{FIRST} {NAME}");
    let parent = Parent::Matter(Id::new(world.matters()[0].id));
    let document = clio.documents().upload(parent, "a.txt", NAME).await.expect("a document");
    for fault in [
        None,
        Some(Fault::ResetApplied),
        Some(Fault::BodyBreaks),
        Some(Fault::TimesOut),
        Some(Fault::Truncated),
    ] {
        if let Some(fault) = fault {
            world.faults().clear();
            world.faults().always("", "", fault);
        }
        let list = clio.matters().list().query(&name).await.map(drop);
        let raw = clio.raw(Method::GET, "/contacts.json").query("query", &name).send().await.map(drop);
        let update = clio.matters().update(Id::new(7)).description(&*name).await.map(drop);
        let download = clio.documents().download(document.id).fetch().repetitions(0).await.map(drop);
        for result in [list, raw, update, download] {
            if let Err(error) = result {
                harness.error(&error);
            }
        }
    }
    world.faults().clear();
    world.expire_access_tokens();
    clio.users().who_am_i().await.expect("renewed");
    let address = served.url();
    drop(served);
    let gone = Clio::builder(Region::custom(&address).expect("an address")).token(world.token());
    let error = gone.build().expect("a client").contacts().list().query(&name).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    harness.error(&error);
    assert!(harness.heard("hyper_util") || harness.heard("reqwest"), "the libraries below were heard");
}

/// Junk that holds a code, and then the callback.
#[tokio::test]
async fn nothing_is_told_of_a_callback() {
    let harness = Harness::start();
    let receiver = LoopbackReceiver::bind("http://127.0.0.1:0/callback").await.expect("a port");
    let oauth = OAuth::new(Region::Us, App::new("id", SECRET), receiver.redirect_uri()).expect("an address");
    let begun = oauth.begin();
    harness.knows(begun.state.expose());
    harness.show(&(&receiver, &begun));
    let address =
        receiver.redirect_uri().trim_start_matches("http://").trim_end_matches("/callback").to_owned();
    let send = async |request: String| {
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        harness.text(String::from_utf8_lossy(&answer).into_owned());
    };
    let browser = async {
        send(format!("{SECRET} {NAME}\r\n\r\n")).await;
        send(format!("GET /{NAME}?code={SECRET} HTTP/1.1\r\nhost: x\r\nx-{SECRET}: {NAME}\r\n\r\n")).await;
        send(format!("GET /callback?code={SECRET}&state={NAME} HTTP/1.1\r\nhost: x\r\n\r\n")).await;
        let state = begun.state.expose();
        send(format!("GET /callback?code={SECRET}&state={state} HTTP/1.1\r\nhost: x\r\n\r\n")).await;
    };
    let (callback, ()) = join(receiver.wait(&begun, Duration::from_secs(20)), browser).await;
    assert!(callback.expect("a callback").query().is_some_and(|query| query.contains(SECRET)));
}
