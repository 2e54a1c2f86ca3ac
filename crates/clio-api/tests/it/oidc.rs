//! The flow against an authorisation server that others wrote: npm's oidc-provider, which `tests/oidc/server.mjs` starts at
//! Clio's paths, with PKCE required and refresh tokens that rotate.
//!
//! Runs when `CLIO_OIDC_PROVIDER` names a folder whose `node_modules` has it, and says that it was skipped otherwise.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, mpsc},
    time::Duration,
};

use clio_api::{
    App, Clio, Clock, ErrorKind, FileTokenStore, Limits, LoopbackReceiver, OAuth, Payload, Region,
    ReqwestTransport, Secret, Token, TokenStore, Transport,
};
use clio_core::SystemClock;
use futures_util::future::{join, join_all};
use http::header::{COOKIE, LOCATION, SET_COOKIE};
use url::Url;

/// Ends with the test, however that ends.
struct Server {
    child: Child,
    region: Region,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// `None`, and a word about it, where there is no oidc-provider.
    #[expect(clippy::print_stdout, reason = "a test that was skipped says so")]
    fn start() -> Option<Self> {
        let Ok(folder) = std::env::var("CLIO_OIDC_PROVIDER") else {
            println!("skipped: CLIO_OIDC_PROVIDER is not set");
            return None;
        };
        let mut child = Command::new("node")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oidc/server.mjs"))
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let output = child.stdout.take().expect("its output");
        let mut server = Self { child, region: Region::Us };
        let (tell, told) = mpsc::channel();
        // Reads on to the end: a server whose output nobody takes stops.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let port = told.recv_timeout(Duration::from_secs(60)).expect("a port, in a minute");
        server.region = Region::custom(&format!("http://127.0.0.1:{port}")).expect("an address");
        Some(server)
    }

    fn app() -> App {
        App::new("key", "s3cret")
    }

    fn oauth(&self) -> OAuth {
        OAuth::new(self.region.clone(), Self::app(), "http://127.0.0.1/callback").expect("an address")
    }

    async fn token(&self) -> Token {
        let oauth = self.oauth();
        let begun = oauth.begin();
        oauth.finish(&begun, &browse(&begun.url).await).await.expect("a token")
    }

    fn clio(&self, store: Arc<dyn TokenStore>) -> Clio {
        Clio::builder(self.region.clone()).app(Self::app()).token_store(store).build().expect("a client")
    }
}

/// What a browser does: follows redirects with its cookies, until they lead away from this server.
async fn browse(from: &Url) -> Url {
    let transport = ReqwestTransport::new().expect("a transport");
    let (mut url, mut jar) = (from.clone(), BTreeMap::new());
    for _ in 0..10 {
        let cookies: Vec<_> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = http::Request::get(url.as_str()).header(COOKIE, cookies.join("; "));
        let request = request.body(Payload::Empty).expect("a request");
        let answer = transport.send(request, Limits::default()).await.expect("an answer");
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().expect("text").split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie");
            jar.insert(name.to_owned(), value.to_owned());
        }
        let status = answer.status();
        let location = answer.headers().get(LOCATION).unwrap_or_else(|| panic!("{status} at {url}"));
        url = url.join(location.to_str().expect("text")).expect("an address");
        if url.origin() != from.origin() {
            return url;
        }
    }
    panic!("no way out of {from}");
}

#[tokio::test]
async fn a_code_is_exchanged_refreshed_and_given_back() {
    let Some(server) = Server::start() else { return };
    let receiver = LoopbackReceiver::bind("http://127.0.0.1:0/callback").await.unwrap();
    let oauth = OAuth::new(server.region.clone(), Server::app(), receiver.redirect_uri()).unwrap();
    let begun = oauth.begin();
    let visit = async {
        let callback = browse(&begun.url).await;
        let request = http::Request::get(callback.as_str()).body(Payload::Empty).unwrap();
        ReqwestTransport::new().unwrap().send(request, Limits::default()).await.unwrap().status()
    };
    let (callback, status) = join(receiver.wait(&begun, Duration::from_secs(60)), visit).await;
    assert_eq!(status, 200);
    let callback = callback.unwrap();
    let first = oauth.finish(&begun, &callback).await.unwrap();
    assert!(first.expires_at.is_some());

    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(FileTokenStore::new(folder.path().join("token.json"), "a test"));
    store.save(&first).await.unwrap();
    let clio = server.clio(store.clone());
    clio.users().who_am_i().await.unwrap();
    let renewed = store.load().await.unwrap().unwrap();
    assert_ne!(renewed.refresh, first.refresh, "refresh tokens rotate here");

    oauth.deauthorise(&renewed).await.unwrap();
    let gone = oauth.deauthorise(&renewed).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::AuthorisationLost);
    let refused = clio.users().who_am_i().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::AuthorisationLost);
}

#[tokio::test]
async fn what_does_not_belong_to_the_flow_is_refused() {
    let Some(server) = Server::start() else { return };
    let oauth = server.oauth();

    let mut other_verifier = oauth.begin();
    let callback = browse(&other_verifier.url).await;
    other_verifier.verifier = oauth.begin().verifier;
    let error = oauth.finish(&other_verifier, &callback).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authorisation);
    assert!(error.message().contains("invalid_grant"), "{error}");

    let mut other_state = oauth.begin();
    let callback = browse(&other_state.url).await;
    other_state.state = Secret::new("another");
    assert_eq!(oauth.finish(&other_state, &callback).await.unwrap_err().kind(), ErrorKind::Authorisation);

    let begun = oauth.begin();
    let callback = browse(&begun.url).await;
    let other_redirect = OAuth::new(server.region.clone(), Server::app(), "http://127.0.0.1/other").unwrap();
    let error = other_redirect.finish(&begun, &callback).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authorisation);

    let begun = oauth.begin();
    let callback = browse(&begun.url).await;
    oauth.finish(&begun, &callback).await.unwrap();
    let used = oauth.finish(&begun, &callback).await.unwrap_err();
    assert_eq!(used.kind(), ErrorKind::Authorisation);

    let begun = oauth.begin();
    let mut asked = begun.url.clone();
    asked.query_pairs_mut().append_pair("decision", "decline");
    let declined = oauth.finish(&begun, &browse(&asked).await).await.unwrap_err();
    assert!(declined.message().contains("declined"), "{declined}");
}

#[tokio::test]
async fn a_refresh_token_that_was_used_up_ends_the_authorisation() {
    let Some(server) = Server::start() else { return };
    let oauth = server.oauth();
    let first = server.token().await;
    let second = oauth.refresh(&first).await.unwrap();
    assert_ne!(first.refresh, second.refresh);
    assert_eq!(oauth.refresh(&first).await.unwrap_err().kind(), ErrorKind::AuthorisationLost);
    // This server takes it for a theft, and ends everything that came of the same consent.
    assert_eq!(oauth.refresh(&second).await.unwrap_err().kind(), ErrorKind::AuthorisationLost);
}

/// Clients without anything in common but the file, at a server where two renewals at once would be the end.
#[tokio::test]
async fn many_clients_renew_one_token_that_the_server_ended() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let store = || Arc::new(FileTokenStore::new(folder.path().join("token.json"), "a test"));
    // By our clock it lives for ever.
    let token = Token { expires_at: None, ..server.token().await };
    store().save(&token).await.unwrap();
    SystemClock.sleep(Duration::from_millis(3_500)).await;

    let clients: Vec<_> = (0..10).map(|_| server.clio(store())).collect();
    let calls = clients.iter().flat_map(|clio| (0..5).map(|_| clio.users().who_am_i().into_future()));
    for result in join_all(calls).await {
        result.unwrap();
    }
    let sent: u64 = clients.iter().map(Clio::requests_sent).sum();
    // Refused once each, then answered; and one refresh.
    assert_eq!(sent, 50 + 50 + 1);
}
