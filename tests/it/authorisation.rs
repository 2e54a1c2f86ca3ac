//! Authorisation against the fake Clio, under virtual time: codes that end, tokens that end, refresh tokens that rotate or
//! do not, and what a crash between buying a token and saving it costs.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use clio_api::{
    App, Clio, Clock, Error, ErrorKind, FileTokenStore, Hold, Limits, MemoryTokenStore, OAuth, Payload,
    Region, Token, TokenStore,
};
use clio_fixtures::{ClioWorld, ClioWorldBuilder, VirtualClock};
use futures_util::future::join_all;
use http::header::LOCATION;
use tempfile::TempDir;
use url::Url;

const HOUR: Duration = Duration::from_secs(3_600);

/// A fake Clio, an app at it, and a file for its token.
struct Scene {
    clio: ClioWorld,
    clock: Arc<VirtualClock>,
    folder: TempDir,
}

impl Scene {
    fn new(change: impl FnOnce(ClioWorldBuilder) -> ClioWorldBuilder) -> Self {
        let clock = VirtualClock::new();
        let firm = ClioWorld::firm(7).token_life(HOUR).rate_limit(None).clock(clock.clone());
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { clio: change(firm).start(), clock, folder }
    }

    fn app(&self) -> App {
        let (id, secret) = self.clio.app();
        App::new(id, secret)
    }

    fn oauth(&self, redirect: &str) -> OAuth {
        let oauth = OAuth::new(Region::Us, self.app(), redirect).expect("an address");
        oauth.transport(self.clio.transport()).clock(self.clock.clone())
    }

    fn store(&self) -> FileTokenStore {
        FileTokenStore::new(self.folder.path().join("token.json"), "us/firm").clock(self.clock.clone())
    }

    fn client(&self, store: impl TokenStore + 'static) -> Clio {
        let builder = Clio::builder(Region::Us).app(self.app()).token_store(Arc::new(store));
        builder.transport(self.clio.transport()).clock(self.clock.clone()).build().expect("a client")
    }

    /// Where the page of consent leads.
    async fn consent(&self, page: &Url) -> Url {
        let request = http::Request::get(page.as_str()).body(Payload::Empty).expect("a request");
        let answer = self.clio.transport().send(request, Limits::default()).await.expect("an answer");
        let location = answer.headers().get(LOCATION).expect("a way on").to_str().expect("text");
        Url::parse(location).expect("an address")
    }

    fn refreshes(&self) -> usize {
        self.clio.calls().iter().filter(|call| call.path.ends_with("/oauth/token")).count()
    }
}

const CALLBACK: &str = "http://127.0.0.1:8080/callback";

#[tokio::test(start_paused = true)]
async fn a_code_lives_ten_minutes_and_works_once_with_its_own_redirect() {
    let scene = Scene::new(|firm| firm);
    let oauth = scene.oauth(CALLBACK);
    let refused = |error: Error, callback: &Url| {
        assert_eq!(error.kind(), ErrorKind::Authorisation);
        let code = callback.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned();
        assert!(!format!("{error} {error:?}").contains(&code));
    };

    let begun = oauth.begin();
    let callback = scene.consent(&begun.url).await;
    scene.clock.sleep(Duration::from_secs(601)).await;
    refused(oauth.finish(&begun, &callback).await.unwrap_err(), &callback);

    let begun = oauth.begin();
    let callback = scene.consent(&begun.url).await;
    refused(
        scene.oauth("http://127.0.0.1:8080/other").finish(&begun, &callback).await.unwrap_err(),
        &callback,
    );

    let begun = oauth.begin();
    let callback = scene.consent(&begun.url).await;
    scene.clock.sleep(Duration::from_secs(590)).await;
    oauth.finish(&begun, &callback).await.unwrap();
    refused(oauth.finish(&begun, &callback).await.unwrap_err(), &callback);

    let mut begun = oauth.begin();
    let callback = scene.consent(&begun.url).await;
    begun.verifier = oauth.begin().verifier;
    refused(oauth.finish(&begun, &callback).await.unwrap_err(), &callback);
}

#[tokio::test(start_paused = true)]
async fn a_person_who_declines_is_heard_of() {
    let scene = Scene::new(|firm| firm.declines(true));
    let oauth = scene.oauth(CALLBACK);
    let begun = oauth.begin();
    let error = oauth.finish(&begun, &scene.consent(&begun.url).await).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authorisation);
    assert!(error.message().contains("declined"));
    assert_eq!(scene.refreshes(), 0);
}

/// A day of tokens that live an hour, over clients that start anew each time.
#[tokio::test(start_paused = true)]
async fn a_day_needs_one_person_whether_refresh_tokens_rotate_or_not() {
    for rotates in [false, true] {
        let scene = Scene::new(|firm| firm.rotate_refresh_tokens(rotates));
        scene.store().save(&scene.clio.token()).await.unwrap();
        for _ in 0..24 {
            scene.client(scene.store()).users().who_am_i().await.unwrap();
            scene.clock.sleep(HOUR).await;
        }
        assert_eq!(scene.refreshes(), 23, "rotates: {rotates}");
    }
}

#[tokio::test(start_paused = true)]
async fn fifty_tasks_of_two_clients_that_meet_an_ended_token_refresh_once() {
    for rotates in [false, true] {
        // Ended by our clock, and ended by the server's alone.
        for known in [true, false] {
            let scene =
                Scene::new(|firm| firm.rotate_refresh_tokens(rotates).latency(Duration::from_millis(80)));
            let token = scene.clio.token();
            let token = if known { token } else { Token { expires_at: None, ..token } };
            scene.store().save(&token).await.unwrap();
            scene.clock.sleep(HOUR).await;
            let clients = [scene.client(scene.store()), scene.client(scene.store())];
            let calls =
                clients.iter().flat_map(|clio| (0..25).map(|_| clio.users().who_am_i().into_future()));
            for result in join_all(calls).await {
                result.unwrap();
            }
            assert_eq!(scene.refreshes(), 1, "rotates: {rotates}, known: {known}");
        }
    }
}

/// A store that fails to save while it is told to.
#[derive(Debug)]
struct Failing {
    inner: FileTokenStore,
    fails: Arc<AtomicBool>,
}

#[async_trait]
impl TokenStore for Failing {
    async fn load(&self) -> Result<Option<Token>, Error> {
        self.inner.load().await
    }
    async fn save(&self, token: &Token) -> Result<(), Error> {
        if self.fails.load(Ordering::SeqCst) {
            return Err(Error::new(ErrorKind::TokenStore, "the disk is full"));
        }
        self.inner.save(token).await
    }
    async fn clear(&self) -> Result<(), Error> {
        self.inner.clear().await
    }
    async fn hold(&self) -> Result<Hold, Error> {
        self.inner.hold().await
    }
}

/// The new token is saved before it is used, and tried again until it is.
#[tokio::test(start_paused = true)]
async fn a_token_that_cannot_be_saved_is_not_used_and_not_bought_twice() {
    for rotates in [false, true] {
        let scene = Scene::new(|firm| firm.rotate_refresh_tokens(rotates));
        scene.store().save(&scene.clio.token()).await.unwrap();
        scene.clock.sleep(HOUR).await;
        let fails = Arc::new(AtomicBool::new(true));
        let clio = scene.client(Failing { inner: scene.store(), fails: fails.clone() });
        for _ in 0..3 {
            let error = clio.users().who_am_i().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TokenStore);
        }
        assert_eq!((scene.refreshes(), scene.clio.calls().len()), (1, 1));
        fails.store(false, Ordering::SeqCst);
        clio.users().who_am_i().await.unwrap();
        assert_eq!(scene.refreshes(), 1);
        // What is in the file works for the next process too.
        scene.client(scene.store()).users().who_am_i().await.unwrap();
    }
}

/// What a crash after the refresh and before the save costs: nothing where refresh tokens live on; where they rotate, the
/// authorisation, and a person is told so.
#[tokio::test(start_paused = true)]
async fn a_crash_between_refresh_and_save_costs_a_rotated_token() {
    for rotates in [false, true] {
        let scene = Scene::new(|firm| firm.rotate_refresh_tokens(rotates));
        scene.store().save(&scene.clio.token()).await.unwrap();
        scene.clock.sleep(HOUR).await;
        let fails = Arc::new(AtomicBool::new(true));
        let crashed = scene.client(Failing { inner: scene.store(), fails });
        crashed.users().who_am_i().await.unwrap_err();
        drop(crashed);
        let after = scene.client(scene.store()).users().who_am_i().await;
        if rotates {
            assert_eq!(after.unwrap_err().kind(), ErrorKind::AuthorisationLost);
        } else {
            after.unwrap();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_authorisation_that_was_taken_back_needs_a_person() {
    let scene = Scene::new(|firm| firm);
    let token = scene.clio.token();
    let clio = scene.client(MemoryTokenStore::new(token.clone()));
    clio.users().who_am_i().await.unwrap();
    scene.clio.revoke_tokens();
    let error = clio.users().who_am_i().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AuthorisationLost);
    for secret in [&token.access, token.refresh.as_ref().expect("a refresh token")] {
        assert!(!format!("{error} {error:?}").contains(secret.expose()));
    }
}

/// A token of another firm's host, as of another region: refused there, and so is its refresh token.
#[tokio::test(start_paused = true)]
async fn a_token_of_another_region_needs_a_person() {
    let (here, there) = (Scene::new(|firm| firm), ClioWorld::firm(8).start());
    let clio = here.client(MemoryTokenStore::new(there.token()));
    assert_eq!(clio.users().who_am_i().await.unwrap_err().kind(), ErrorKind::AuthorisationLost);
}

/// Our clock an hour before or behind the server's: lives are measured by ours alone, so nothing changes.
#[tokio::test(start_paused = true)]
async fn a_clock_that_is_an_hour_off_changes_nothing() {
    for hours in [-1, 1] {
        let scene = Scene::new(|firm| firm);
        let ours = scene.clock.skewed(chrono::TimeDelta::hours(hours));
        let oauth = scene.oauth(CALLBACK).clock(ours.clone());
        let begun = oauth.begin();
        let token = oauth.finish(&begun, &scene.consent(&begun.url).await).await.unwrap();
        assert_eq!(token.expires_at, Some(ours.now() + HOUR));
        let store = Arc::new(MemoryTokenStore::new(token));
        let clio = Clio::builder(Region::Us).app(scene.app()).token_store(store);
        let clio = clio.transport(scene.clio.transport()).clock(ours).build().unwrap();
        for _ in 0..6 {
            clio.users().who_am_i().await.unwrap();
            scene.clock.sleep(HOUR / 2).await;
        }
        // The code; then one for each hour that has passed.
        assert_eq!(scene.refreshes(), 1 + 2, "{hours}");
    }
}
