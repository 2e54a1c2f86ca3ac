//! Bad input: each case is a typed error within a bounded time and memory, and nothing of a secret or of a client is told
//! or sent to another host. Where each has its test:
//!
//! | case | test |
//! |---|---|
//! | expired code, wrong redirect | `authorisation::a_code_lives_ten_minutes_and_works_once_with_its_own_redirect`; clio-api `bad_tokens::a_code_that_ended_or_has_another_redirect_is_refused` |
//! | declined consent | `authorisation::a_person_who_declines_is_heard_of`; clio-api `loopback::a_person_who_declines_ends_the_wait_too` |
//! | forged state, pasted junk | `leaks::kinds` (`Authorisation`); clio-api `oauth::a_callback_that_does_not_belong_is_refused_unsent` |
//! | revoked token | [`a_revoked_token_needs_a_person`]; clio-api `bad_tokens::a_revoked_refresh_token_needs_a_person_each_time` |
//! | wrong region | [`a_token_of_another_region_stays_at_home`]; `authorisation::a_token_of_another_region_needs_a_person`; clio-api `regions` |
//! | clock off by an hour | `authorisation::a_clock_that_is_an_hour_off_changes_nothing`, `wrong_answers::one_wrong_date_header_does_no_harm`; clio-api `bad_tokens::a_token_that_only_our_clock_takes_for_good_is_renewed_after_a_401` and its like |
//! | `next` on another host | [`a_next_page_elsewhere_is_not_asked_for`]; clio-api `lists::no_other_place_is_ever_asked` |
//! | redirect to http | [`a_redirect_to_http_is_not_followed`] (API, token endpoint, file), [`no_redirect_is_followed_on_a_socket`]; `files::hosts::nothing_is_sent_to_plain_http` |
//! | webhook: forged, missing, stale signature | `webhooks::what_clio_did_not_sign_is_refused`; `leaks::kinds` (`Signature`) |
//! | 100 MB of JSON | [`a_hundred_megabytes_are_not_read`], [`a_hundred_megabytes_on_a_socket_are_not_read`]; clio-api `bad_tokens::a_hundred_megabytes_are_not_read` (token endpoint); a webhook's body: `webhooks::what_clio_did_not_sign_is_refused` (`TooLarge`) |
//! | gzip bomb | [`a_gzip_bomb_is_not_unpacked`], and on a socket [`a_gzip_bomb_on_a_socket_is_not_unpacked`] |
//! | a byte a minute | [`a_byte_a_minute_is_given_up`] (API, token endpoint); `files::hosts::a_host_that_drips_is_given_up_in_bounded_time`, `files::uploads::a_host_that_takes_no_bytes_is_given_up_in_bounded_time` |

use std::{
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use clio_api::{
    App, Applied, Clio, Error, ErrorKind, Id, JsonBody, Limits, OAuth, Payload, Region, Secret, Stub, Token,
    Transport, TransportError, objects::Matter,
};
use clio_core::Clock;
use clio_fixtures::{ClioWorld, VirtualClock};
use futures_util::{StreamExt, TryStreamExt, stream};
use http::{Request, Response};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::leaks::harness::{Harness, NAME, SECRET};

/// A server that answers every request alike, and what was asked of it.
struct Server {
    harness: Harness,
    clock: Arc<VirtualClock>,
    hosts: Arc<Mutex<Vec<String>>>,
    answer: Arc<Answer>,
}

type Answer = dyn Fn() -> Response<Payload> + Send + Sync;

impl Server {
    fn new(answer: impl Fn() -> Response<Payload> + Send + Sync + 'static) -> Self {
        Self {
            harness: Harness::start(),
            clock: VirtualClock::new(),
            hosts: Arc::default(),
            answer: Arc::new(answer),
        }
    }

    fn transport(&self) -> Arc<dyn Transport> {
        Arc::new(Road { hosts: self.hosts.clone(), answer: self.answer.clone() })
    }

    fn token() -> Token {
        let (access, refresh) = (format!("{SECRET}-access"), format!("{SECRET}-refresh"));
        Token { access: Secret::new(access), refresh: Some(Secret::new(refresh)), expires_at: None }
    }

    fn clio(&self) -> Clio {
        let builder = Clio::builder(Region::Us).token(Self::token()).app(App::new("id", SECRET));
        builder.transport(self.transport()).clock(self.clock.clone()).build().expect("a client")
    }

    fn oauth(&self) -> OAuth {
        let oauth = OAuth::new(Region::Us, App::new("id", SECRET), "http://127.0.0.1:8080/callback");
        oauth.expect("an address").transport(self.transport()).clock(self.clock.clone())
    }

    /// Every error of a read, a write and a refresh; how long all took is at most `within` each, and nobody else was asked.
    async fn errors(&self, within: u64) -> [Error; 3] {
        let mut errors = Vec::new();
        for which in 0..3 {
            let start = self.clock.monotonic();
            let error = match which {
                0 => self.clio().matters().list().query(NAME).await.map(drop),
                1 => self
                    .clio()
                    .activities()
                    .create(JsonBody::new(format!("{{\"note\":\"{NAME}\"}}")))
                    .await
                    .map(drop),
                _ => self.oauth().refresh(&Self::token()).await.map(drop),
            };
            let error = error.expect_err("an error");
            self.harness.error(&error);
            let took = self.clock.monotonic().saturating_sub(start);
            assert!(took <= Duration::from_secs(within), "{which} took {took:?}");
            errors.push(error);
        }
        assert!(self.hosts.lock().unwrap().iter().all(|host| host == "https app.clio.com"));
        errors.try_into().expect("three")
    }
}

struct Road {
    hosts: Arc<Mutex<Vec<String>>>,
    answer: Arc<Answer>,
}

impl fmt::Debug for Road {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Road")
    }
}

#[async_trait]
impl Transport for Road {
    async fn send(&self, request: Request<Payload>, _: Limits) -> Result<Response<Payload>, TransportError> {
        let uri = request.uri();
        let host = format!("{} {}", uri.scheme_str().unwrap_or_default(), uri.host().unwrap_or_default());
        self.hosts.lock().unwrap().push(host);
        Ok((self.answer)())
    }
}

fn kinds(errors: &[Error; 3]) -> [ErrorKind; 3] {
    errors.each_ref().map(Error::kind)
}

const PIECE: usize = 64 * 1024;
const HUNDRED_MB: usize = 100 * 1024 * 1024;
const LIMIT: u64 = 64 * 1024 * 1024;

#[tokio::test(start_paused = true)]
async fn a_hundred_megabytes_are_not_read() {
    let taken = Arc::new(AtomicU64::new(0));
    let count = taken.clone();
    let server = Server::new(move || {
        let count = count.clone();
        let pieces = stream::iter(0..HUNDRED_MB / PIECE).map(move |at| {
            count.fetch_add(PIECE as u64, Ordering::SeqCst);
            let begin: &[u8] = if at == 0 { b"{\"data\":[\"" } else { b"" };
            let mut piece = begin.to_vec();
            piece.resize(PIECE, b'x');
            Ok(Bytes::from(piece))
        });
        Response::new(Payload::Stream(Box::pin(pieces)))
    });
    let errors = server.errors(0).await;
    assert_eq!(kinds(&errors), [ErrorKind::TooLarge; 3]);
    assert_eq!(errors[1].applied(), Applied::Perhaps);
    // Two of the API, and a token, of which a MiB is more than enough.
    let most = 2 * (LIMIT + PIECE as u64) + 1024 * 1024 + PIECE as u64;
    assert!(taken.load(Ordering::SeqCst) <= most, "{taken:?}");
}

/// Each byte comes in time, and yet it never ends.
#[tokio::test(start_paused = true)]
async fn a_byte_a_minute_is_given_up() {
    let clock = VirtualClock::new();
    let server = Server::new(move || {
        let clock = clock.clone();
        let bytes = stream::iter(0..1_000_000).then(move |_| {
            let clock = clock.clone();
            async move {
                clock.sleep(Duration::from_secs(60)).await;
                Ok(Bytes::from_static(b"{"))
            }
        });
        Response::new(Payload::Stream(Box::pin(bytes)))
    });
    // The read is tried three times.
    let errors = server.errors(3 * 30 + 60).await;
    assert_eq!(kinds(&errors), [ErrorKind::Timeout; 3]);
    assert_eq!(errors[1].applied(), Applied::Perhaps);
}

/// What begins as a gzip file does. Nobody asked for it, so nobody unpacks it, and what would come out does not matter.
fn bomb() -> Vec<u8> {
    [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &[0_u8; 1000]].concat()
}

fn says_compressed(errors: &[Error]) {
    for error in errors {
        assert!(error.to_string().contains("compressed"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_gzip_bomb_is_not_unpacked() {
    let server = Server::new(|| {
        let answer = Response::builder().header("content-encoding", "gzip");
        answer.body(Payload::Bytes(bomb().into())).expect("an answer")
    });
    let errors = server.errors(0).await;
    assert_eq!(kinds(&errors), [ErrorKind::Decode, ErrorKind::Decode, ErrorKind::Server]);
    assert_eq!(errors[1].applied(), Applied::Perhaps);
    says_compressed(&errors[..2]);
}

#[tokio::test(start_paused = true)]
async fn a_redirect_to_http_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let server = Server::new(move || {
            let to = format!("http://app.clio.com/api/v4/matters.json?key={SECRET}");
            let answer = Response::builder().status(status).header("location", to);
            answer.body(Payload::Empty).expect("an answer")
        });
        let errors = server.errors(0).await;
        assert_eq!(kinds(&errors), [ErrorKind::Server; 3]);
        // It may have been carried out before.
        assert_eq!(errors[1].applied(), Applied::Perhaps);
        let clio = server.clio();
        if status == 303 {
            let error = clio.documents().download(Id::new(7)).fetch().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Address);
            server.harness.error(&error);
        }
        assert!(server.hosts.lock().unwrap().iter().all(|host| host == "https app.clio.com"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_next_page_elsewhere_is_not_asked_for() {
    for next in [
        "https://elsewhere.example/api/v4/matters.json",
        "http://app.clio.com/api/v4/matters.json",
        "https://eu.app.clio.com/api/v4/matters.json",
        "https://app.clio.com:8443/api/v4/matters.json",
        "https://app.clio.com@elsewhere.example/api/v4/matters.json",
        "//elsewhere.example/api/v4/matters.json",
    ] {
        let server = Server::new(move || {
            let page = format!(
                r#"{{"data":[{{"id":1,"etag":"e"}}],"meta":{{"paging":{{"next":"{next}?page_token={SECRET}"}}}}}}"#
            );
            Response::new(Payload::Bytes(page.into()))
        });
        let items = server.clio().matters().list().query(NAME).items();
        let error = items.try_collect::<Vec<Stub<Matter>>>().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Paging, "{next}");
        server.harness.error(&error);
        assert_eq!(*server.hosts.lock().unwrap(), ["https app.clio.com"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_revoked_token_needs_a_person() {
    let harness = Harness::start();
    let clock = VirtualClock::new();
    let world = ClioWorld::firm(7).sentinels(SECRET, NAME).clock(clock.clone()).start();
    let (id, secret) = world.app();
    let builder = Clio::builder(Region::Us).token(world.token()).app(App::new(id, secret));
    let clio = builder.transport(world.transport()).clock(clock.clone()).build().expect("a client");
    clio.users().who_am_i().await.expect("a user");
    world.revoke_tokens();
    let (start, before) = (clock.monotonic(), world.calls().len());
    let error = clio.users().who_am_i().await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::AuthorisationLost, false));
    assert_eq!(
        (clock.monotonic(), world.calls().len()),
        (start, before + 2),
        "a refusal, a refresh, and no more"
    );
    harness.error(&error);
}

/// Another firm's host refuses it, and the token is shown to no other.
#[tokio::test(start_paused = true)]
async fn a_token_of_another_region_stays_at_home() {
    let refusal =
        r#"{"error":"invalid_token","error_description":"hush-zq7vk-access is not of this region"}"#;
    let server = Server::new(move || {
        Response::builder().status(401).body(Payload::Bytes(refusal.into())).expect("an answer")
    });
    let errors = server.errors(0).await;
    assert_eq!(kinds(&errors), [ErrorKind::AuthorisationLost; 3]);
    assert_eq!(errors[1].applied(), Applied::No);
}

/// Answers every connection with a head, and then this body without end.
async fn socket(head: &'static str, body: Vec<u8>, written: Arc<AtomicU64>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (body, written) = (body.clone(), written.clone());
            tokio::spawn(async move {
                let mut request = [0; 8192];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(head.as_bytes()).await;
                while !body.is_empty() && stream.write_all(&body).await.is_ok() {
                    written.fetch_add(body.len() as u64, Ordering::SeqCst);
                }
            });
        }
    });
    address
}

async fn asked(address: &str, harness: &Harness, max_body: u64) -> Error {
    let builder = Clio::builder(Region::custom(address).expect("an address")).token(Server::token());
    let clio = builder.limits(Limits { max_body, ..Limits::default() }).build().expect("a client");
    let error = clio.matters().list().query(NAME).await.unwrap_err();
    harness.error(&error);
    error
}

#[tokio::test]
async fn a_hundred_megabytes_on_a_socket_are_not_read() {
    let (harness, written) = (Harness::start(), Arc::new(AtomicU64::new(0)));
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 104857600\r\n\r\n";
    let address = socket(head, vec![b'x'; PIECE], written.clone()).await;
    let limit = 1024 * 1024;
    assert_eq!(asked(&address, &harness, limit).await.kind(), ErrorKind::TooLarge);
    // What lies in the buffers of the two sockets comes on top.
    assert!(written.load(Ordering::SeqCst) < 16 * limit, "{written:?}");
}

#[tokio::test]
async fn a_gzip_bomb_on_a_socket_is_not_unpacked() {
    let harness = Harness::start();
    let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 1010\r\n\r\n";
    let address = socket(head, bomb(), Arc::default()).await;
    let error = asked(&address, &harness, LIMIT).await;
    assert_eq!(error.kind(), ErrorKind::Decode);
    says_compressed(&[error]);
    // One that has no end is not even read to there.
    let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n";
    let (written, limit) = (Arc::new(AtomicU64::new(0)), 1024 * 1024);
    let address = socket(head, vec![0x1f; PIECE], written.clone()).await;
    assert_eq!(asked(&address, &harness, limit).await.kind(), ErrorKind::TooLarge);
    assert!(written.load(Ordering::SeqCst) < 16 * limit, "{written:?}");
}

#[tokio::test]
async fn no_redirect_is_followed_on_a_socket() {
    let harness = Harness::start();
    let head =
        "HTTP/1.1 303 See Other\r\nlocation: http://127.0.0.1:9/hush-zq7vk\r\ncontent-length: 0\r\n\r\n";
    let address = socket(head, Vec::new(), Arc::default()).await;
    assert_eq!(asked(&address, &harness, 1000).await.kind(), ErrorKind::Server);
}
