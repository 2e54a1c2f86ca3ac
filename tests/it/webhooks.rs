//! Webhooks of the fake Clio, told to the receiver: under virtual time, over no socket.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::TimeDelta;
use clio_api::{
    App, Clio, Error, ErrorKind, Id, Json, Region, Secret, Selection, Stub, TextId,
    choices::{WebhookEvent, WebhookModel, WebhookStatus},
    objects::{CalendarEntry, Contact, Matter, Task, Webhook},
    webhooks::{
        CreateWebhook, Event, Gap, Handshake, Kept, Received, Receiver, Refusal, Reply, Standing, State,
        Upkeep, Watch,
    },
};
use clio_core::{Clock, Limits, Payload, Transport, TransportError};
use clio_fixtures::{ClioWorld, ClioWorldBuilder, DeliveryFaults, DeliveryOutcome, Fault, VirtualClock};
use futures_util::TryStreamExt;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};

const URL: &str = "https://app.example/clio/8c1f4a6e";
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

#[derive(Debug, Clone, PartialEq, Selection)]
#[clio(object = "Matter")]
struct Named {
    id: Id<Matter>,
    display_number: String,
    client: Option<Client>,
}

#[derive(Debug, Clone, PartialEq, Selection)]
#[clio(object = "Contact")]
struct Client {
    id: Id<Contact>,
}

#[derive(Debug, Clone, PartialEq, Selection)]
#[clio(object = "CalendarEntry")]
struct Entry {
    id: TextId<CalendarEntry>,
}

/// A firm, a client of it, and an application that receives what it tells.
struct Bench {
    world: ClioWorld,
    clock: Arc<VirtualClock>,
    clio: Clio,
    app: Arc<Application>,
}

impl Bench {
    fn new(change: impl FnOnce(ClioWorldBuilder) -> ClioWorldBuilder) -> Self {
        let clock = VirtualClock::new();
        let firm = ClioWorld::firm(7).matters(4).rate_limit(None).clock(clock.clone());
        let world = change(firm).start();
        let clio = client(&world, &clock, world.transport());
        Self { world, clock, clio, app: Arc::new(Application::new(Receiver::new())) }
    }

    /// The client's calls pass through this.
    fn through(self, wrap: impl FnOnce(Arc<dyn Transport>, &Self) -> Arc<dyn Transport>) -> Self {
        let transport = wrap(self.world.transport(), &self);
        Self { clio: client(&self.world, &self.clock, transport), ..self }
    }

    fn plain() -> Self {
        Self::new(|firm| firm)
    }

    /// With a webhook of matters.
    async fn watching() -> Self {
        let bench = Self::plain();
        bench.clio.webhooks().subscribe(&bench.app.receiver, &matters()).await.unwrap();
        bench.deliver().await;
        bench
    }

    async fn deliver(&self) -> usize {
        self.world.deliver(&*self.app).await
    }

    async fn keep(&self) -> Kept {
        self.clio.webhooks().keep(&self.app.receiver, &matters()).await.unwrap()
    }

    fn rename(&self, matter: usize, number: &str) {
        assert!(self.world.person("Ada").rename_matter(self.matter(matter), number));
    }

    fn matter(&self, matter: usize) -> i64 {
        self.world.matters()[matter].id
    }

    /// The last request of an event, as it went out.
    fn last(&self) -> (HeaderMap, Vec<u8>) {
        let delivery = self.world.deliveries().pop().expect("a delivery");
        let headers = delivery.headers.iter().map(|(name, value)| {
            (http::HeaderName::from_static(name), HeaderValue::from_str(value).expect("a header"))
        });
        (headers.collect(), delivery.body.to_vec())
    }

    fn statuses(&self) -> Vec<String> {
        let hooks = self.world.records("Webhook");
        hooks.iter().map(|hook| hook["status"].as_str().unwrap().to_owned()).collect()
    }

    /// What a handshake of Clio's would bring now.
    fn secret_of(&self, webhook: Id<Webhook>) -> String {
        let hook = self.world.record("Webhook", webhook.get()).unwrap();
        hook["shared_secret"].as_str().unwrap().to_owned()
    }
}

fn client(world: &ClioWorld, clock: &Arc<VirtualClock>, transport: Arc<dyn Transport>) -> Clio {
    let (id, secret) = world.app();
    Clio::builder(Region::custom("https://clio.test").expect("a region"))
        // A token lives shorter than a webhook can.
        .app(App::new(id, secret))
        .transport(transport)
        .clock(clock.clone())
        .token(world.token())
        .build()
        .expect("a client")
}

fn matters() -> Watch {
    Watch::new::<Named>(URL)
}

/// The handler of a web framework would do what this does.
#[derive(Debug)]
struct Application {
    receiver: Receiver,
    /// What its handler answers to events.
    answers: AtomicU16,
    told: Mutex<Vec<Event<Named>>>,
    duplicates: Mutex<u32>,
    refused: Mutex<Vec<Error>>,
}

impl Application {
    fn new(receiver: Receiver) -> Self {
        Self {
            receiver,
            answers: AtomicU16::new(200),
            told: Mutex::default(),
            duplicates: Mutex::default(),
            refused: Mutex::default(),
        }
    }

    fn answers(&self, status: u16) {
        self.answers.store(status, Ordering::Relaxed);
    }

    fn told(&self) -> Vec<Event<Named>> {
        self.told.lock().unwrap().clone()
    }

    /// The numbers of the matters that were told as changed.
    fn numbers(&self) -> Vec<String> {
        let number = |event: Event<Named>| match event {
            Event::Created(matter) | Event::Updated(matter) => Some(matter.display_number),
            _ => None,
        };
        self.told().into_iter().filter_map(number).collect()
    }

    fn refusals(&self) -> Vec<Refusal> {
        self.refused.lock().unwrap().iter().filter_map(Refusal::of).collect()
    }

    fn handle(&self, headers: &HeaderMap, body: &[u8]) -> Reply {
        match self.receiver.receive(headers, body) {
            Ok(Received::Event(delivery)) => match self.answers.load(Ordering::Relaxed) {
                200 => {
                    self.told.lock().unwrap().push(delivery.decode().unwrap());
                    delivery.taken()
                }
                410 => Reply::disable(),
                _ => delivery.later(),
            },
            Ok(other) => {
                if let Received::Duplicate(_) = other {
                    *self.duplicates.lock().unwrap() += 1;
                }
                other.reply()
            }
            Err(error) => {
                let reply = Reply::refused(&error);
                self.refused.lock().unwrap().push(error);
                reply
            }
        }
    }
}

#[async_trait]
impl Transport for Application {
    async fn send(
        &self,
        request: Request<Payload>,
        _limits: Limits,
    ) -> Result<Response<Payload>, TransportError> {
        let (head, body) = request.into_parts();
        let (status, headers) = self.handle(&head.headers, &body.into_bytes(u64::MAX).await?).into_parts();
        let mut answer = Response::new(Payload::Empty);
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }
}

/// A road to Clio on which deliveries go out before the answer to a call that creates a webhook comes back.
#[derive(Debug)]
struct HandshakeFirst {
    inner: Arc<dyn Transport>,
    world: ClioWorld,
    app: Arc<Application>,
}

#[async_trait]
impl Transport for HandshakeFirst {
    async fn send(
        &self,
        request: Request<Payload>,
        limits: Limits,
    ) -> Result<Response<Payload>, TransportError> {
        let creates = request.method() == http::Method::POST;
        let answer = self.inner.send(request, limits).await;
        if creates {
            self.world.deliver(&*self.app).await;
        }
        answer
    }
}

/// A Clio without the operation that its document lacks as well.
#[derive(Debug)]
struct NoActivate(Arc<dyn Transport>);

#[async_trait]
impl Transport for NoActivate {
    async fn send(
        &self,
        request: Request<Payload>,
        limits: Limits,
    ) -> Result<Response<Payload>, TransportError> {
        if !request.uri().path().ends_with("/activate") {
            return self.0.send(request, limits).await;
        }
        let body = r#"{"error":{"type":"RecordNotFound","message":"no such thing"}}"#;
        let mut answer = Response::new(Payload::Bytes(body.into()));
        *answer.status_mut() = StatusCode::NOT_FOUND;
        Ok(answer)
    }
}

fn handshake(webhook: i64, secret: &str) -> (HeaderMap, Vec<u8>) {
    let mut headers = HeaderMap::new();
    headers.insert("x-hook-secret", secret.parse().unwrap());
    (headers, format!(r#"{{"data":{{}},"meta":{{"webhook_id":{webhook}}}}}"#).into_bytes())
}

fn shaken(received: Received) -> Handshake {
    let Received::Handshake(handshake) = received else { panic!("a handshake") };
    handshake
}

#[tokio::test(start_paused = true)]
async fn what_happens_is_told_as_types_in_either_encoding() {
    for encoding in ["hex", "base64"] {
        let bench = Bench::new(|firm| firm.knob("signature_encoding", encoding).unwrap());
        let watch = matters().events([
            WebhookEvent::Updated,
            WebhookEvent::Deleted,
            WebhookEvent::MatterClosed,
            WebhookEvent::MatterOpened,
        ]);
        let subscription = bench.clio.webhooks().subscribe(&bench.app.receiver, &watch).await.unwrap();
        assert_eq!(subscription.status, WebhookStatus::Enabled);
        bench.deliver().await;
        let (ada, id) = (bench.world.person("Ada"), bench.matter(0));
        bench.rename(0, "A-1");
        ada.close_matter(id);
        ada.reopen_matter(id);
        bench.clio.matters().delete(Id::new(id)).await.unwrap();
        bench.deliver().await;
        let told = bench.app.told();
        let kinds: Vec<_> = told.iter().map(|event| format!("{event:?}")).collect();
        assert_eq!(kinds[..3], ["Updated(..)", "MatterClosed(..)", "MatterOpened(..)"], "{encoding}");
        assert!(matches!(&told[0], Event::Updated(matter) if matter.display_number == "A-1"));
        assert!(matches!(&told[3], Event::Deleted(gone) if gone.id == Id::new(id) && gone.etag.is_some()));
        assert!(bench.app.refused.lock().unwrap().is_empty());
    }
}

/// The handshake may come while the call that creates the webhook waits for its answer. Nobody can trust it then.
#[tokio::test(start_paused = true)]
async fn a_handshake_may_come_before_its_secret_is_known() {
    let bench = Bench::plain().through(|inner, bench| {
        Arc::new(HandshakeFirst { inner, world: bench.world.clone(), app: bench.app.clone() })
    });
    let hooks = bench.clio.webhooks();
    let subscription = hooks.subscribe(&bench.app.receiver, &matters()).await.unwrap();
    let shaken = &bench.world.deliveries()[0];
    assert_eq!((shaken.event, shaken.outcome), (None, DeliveryOutcome::Taken(200)));
    assert!(bench.world.calls().iter().any(|call| call.path.ends_with("/activate")));
    assert_eq!(subscription.status, WebhookStatus::Enabled);
    bench.rename(0, "A-1");
    bench.deliver().await;
    assert_eq!(bench.app.numbers(), ["A-1"]);
}

/// The program dies between creating a webhook and trusting it.
#[tokio::test(start_paused = true)]
async fn a_webhook_that_was_only_created_is_found_and_enabled() {
    let bench = Bench::plain();
    let created =
        bench.clio.webhooks().create(CreateWebhook::new("id", WebhookModel::Matter, URL)).await.unwrap();
    bench.deliver().await;
    assert_eq!(bench.statuses(), ["pending"], "what nobody trusts is not echoed");
    let kept = bench.keep().await;
    assert_eq!((kept.subscription.id, kept.upkeep, kept.gap), (created.id, Upkeep::Activated, Gap::Unknown));
    assert_eq!(
        (bench.statuses(), kept.subscription.fields.as_str()),
        (vec!["enabled".to_owned()], Named::FIELDS)
    );
}

/// Should Clio not have `activate`, the handshake does it, and what it cannot do is said.
#[tokio::test(start_paused = true)]
async fn without_activate_the_handshake_is_enough() {
    let bench = Bench::plain().through(|inner, _| Arc::new(NoActivate(inner)));
    let hooks = bench.clio.webhooks();
    let error = hooks.subscribe(&bench.app.receiver, &matters()).await.unwrap_err();
    assert_eq!((error.operation(), error.kind()), (Some("Webhook#activate"), ErrorKind::NotFound));
    bench.deliver().await;
    assert_eq!((bench.keep().await.upkeep, bench.statuses()), (Upkeep::Nothing, vec!["enabled".to_owned()]));
    // A suspended one gets no second handshake: another takes its place.
    bench.app.answers(410);
    bench.rename(0, "A-1");
    bench.deliver().await;
    bench.app.answers(200);
    hooks.keep(&bench.app.receiver, &matters()).await.unwrap_err();
    bench.deliver().await;
    bench.rename(0, "A-2");
    bench.deliver().await;
    assert_eq!(bench.app.numbers(), ["A-2"]);
    let kept = hooks.keep(&bench.app.receiver, &matters()).await.unwrap();
    assert_eq!(
        (kept.upkeep, kept.others.len()),
        (Upkeep::Nothing, 1),
        "the one that tells is the one that is kept"
    );
}

#[tokio::test(start_paused = true)]
async fn a_trusted_handshake_is_echoed() {
    let bench = Bench::watching().await;
    let hook = bench.keep().await.subscription;
    let moved = bench.clio.webhooks().update(hook.id).url("https://app.example/elsewhere").await;
    moved.unwrap();
    assert_eq!(bench.statuses(), ["pending"]);
    bench.deliver().await;
    assert_eq!(bench.statuses(), ["enabled"]);
    let (headers, body) = handshake(hook.id.get(), &bench.secret_of(hook.id));
    let reply = bench.app.handle(&headers, &body);
    assert_eq!(reply.headers()["x-hook-secret"], headers["x-hook-secret"]);
    assert!(!format!("{reply:?}").contains(&bench.secret_of(hook.id)));
}

/// Anybody can send one. It changes nothing, whatever is answered.
#[tokio::test(start_paused = true)]
async fn a_strangers_handshake_is_not_believed() {
    let bench = Bench::watching().await;
    let hook = bench.keep().await.subscription.id;
    let (headers, body) = handshake(hook.get(), "of the stranger");
    let strange = shaken(bench.app.receiver.receive(&headers, &body).unwrap());
    assert_eq!((strange.webhook(), strange.standing()), (hook, Standing::Contradicted));
    assert!(!format!("{strange:?}").contains("stranger"));
    assert!(strange.reply().headers().is_empty());
    let strange = shaken(bench.app.receiver.receive(&headers, &body).unwrap());
    let error = bench.clio.webhooks().confirm(&bench.app.receiver, strange).await.unwrap_err();
    assert_eq!((error.kind(), Refusal::of(&error)), (ErrorKind::Signature, Some(Refusal::ForgedHandshake)));
    assert_eq!(Reply::refused(&error).status(), StatusCode::UNAUTHORIZED);
    // The true secret is still the one that counts.
    bench.rename(0, "A-1");
    bench.deliver().await;
    assert_eq!(bench.app.numbers(), ["A-1"]);
}

#[tokio::test(start_paused = true)]
async fn clio_confirms_a_handshake() {
    let bench = Bench::watching().await;
    let hook = bench.keep().await.subscription.id;
    let fresh = Receiver::new();
    let (headers, body) = handshake(hook.get(), &bench.secret_of(hook));
    let true_one = shaken(fresh.receive(&headers, &body).unwrap());
    assert_eq!(true_one.standing(), Standing::Unknown);
    let reply = bench.clio.webhooks().confirm(&fresh, true_one).await.unwrap();
    assert_eq!(reply.headers()["x-hook-secret"], headers["x-hook-secret"]);
    let calls = bench.clio.requests_sent();
    let again = shaken(fresh.receive(&headers, &body).unwrap());
    let _ = bench.clio.webhooks().confirm(&fresh, again).await.unwrap();
    assert_eq!(bench.clio.requests_sent(), calls, "what is trusted costs no call");
    // A webhook that Clio does not have, or not yet.
    let (headers, body) = handshake(999_999, "x");
    let unknown = shaken(fresh.receive(&headers, &body).unwrap());
    let reply = bench.clio.webhooks().confirm(&fresh, unknown).await.unwrap();
    assert_eq!((reply.status(), reply.headers().len()), (StatusCode::OK, 0));
    // Clio cannot be asked: the handshake is to come again.
    let calls = u64::try_from(bench.world.calls().len()).unwrap();
    for attempt in 1..=3 {
        bench.world.faults().at_call(calls + attempt, Fault::Refuse);
    }
    let (headers, body) = handshake(999_999, "x");
    let unasked = shaken(fresh.receive(&headers, &body).unwrap());
    let error = bench.clio.webhooks().confirm(&fresh, unasked).await.unwrap_err();
    assert_eq!(Reply::refused(&error).status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test(start_paused = true)]
async fn what_clio_did_not_sign_is_refused() {
    let bench = Bench::watching().await;
    let hook = bench.keep().await.subscription;
    bench.rename(0, "A-1");
    bench.deliver().await;
    let (headers, body) = bench.last();
    let refusal = |receiver: &Receiver, headers: &HeaderMap, body: &[u8]| {
        let error = receiver.receive(headers, body).unwrap_err();
        let told = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
        assert!(!told.contains("A-1") && !told.contains(&bench.secret_of(hook.id)), "{told}");
        let status = Reply::refused(&error).status();
        assert!(status.is_client_error() && status != StatusCode::GONE);
        (error.kind(), Refusal::of(&error).unwrap())
    };
    let receiver = &bench.app.receiver;
    let with = |signature: &'static str| {
        HeaderMap::from_iter([("x-hook-signature".parse().unwrap(), HeaderValue::from_static(signature))])
    };
    let signature = |fault| (ErrorKind::Signature, fault);
    assert_eq!(refusal(receiver, &HeaderMap::new(), &body), signature(Refusal::Unsigned));
    assert_eq!(refusal(receiver, &with("colour"), &body), signature(Refusal::Undecodable));
    let zeros = "0000000000000000000000000000000000000000000000000000000000000000";
    assert_eq!(refusal(receiver, &with(zeros), &body), signature(Refusal::Forged));
    let changed = String::from_utf8(body.clone()).unwrap().replace("A-1", "B-1");
    assert_eq!(refusal(receiver, &headers, changed.as_bytes()), signature(Refusal::Forged));
    // A secret header beside an event makes it no handshake.
    let mut both = with(zeros);
    both.insert("x-hook-secret", "mine".parse().unwrap());
    assert_eq!(refusal(receiver, &both, &body), signature(Refusal::Forged));
    assert_eq!(refusal(&Receiver::new(), &headers, &body), signature(Refusal::UnknownWebhook));
    let small = receiver.clone().with_max_body(body.len() - 1);
    assert_eq!(refusal(&small, &headers, &body), (ErrorKind::TooLarge, Refusal::TooLarge));
    assert!(receiver.clone().with_max_body(body.len()).receive(&headers, &body).is_ok());
    for nothing in
        ["", "{", "[]", "{}", "null", r#"{"meta":{"webhook_id":7}}"#, "{\"meta\":{\"event\":\"updated\"}}"]
    {
        let told = refusal(receiver, &headers, nothing.as_bytes());
        assert_eq!(told, (ErrorKind::Decode, Refusal::NoEvent), "{nothing}");
    }
    // What was signed with a secret that Clio has changed since.
    receiver.trust(hook.id, Secret::new("another"), hook.model.clone());
    assert_eq!(refusal(receiver, &headers, &body), signature(Refusal::Stale));
    receiver.trust(hook.id, Secret::new(bench.secret_of(hook.id)), hook.model.clone());
    assert!(receiver.receive(&headers, &body).is_ok(), "a secret may come back");
    receiver.forget(hook.id);
    assert_eq!(refusal(receiver, &headers, &body), signature(Refusal::UnknownWebhook));
}

#[tokio::test(start_paused = true)]
async fn a_replay_is_a_duplicate_once_the_event_was_taken() {
    let bench = Bench::watching().await;
    bench.app.answers(500);
    bench.rename(0, "A-1");
    bench.deliver().await;
    let (headers, body) = bench.last();
    let receiver = &bench.app.receiver;
    assert!(matches!(receiver.receive(&headers, &body), Ok(Received::Event(_))), "it was not taken");
    let Ok(Received::Event(delivery)) = receiver.receive(&headers, &body) else { panic!("an event") };
    assert!(!format!("{delivery:?}").contains("A-1"));
    let _ = delivery.taken();
    assert!(matches!(receiver.receive(&headers, &body), Ok(Received::Duplicate(_))));
    let forgetful = receiver.clone().with_memory(0);
    assert!(matches!(forgetful.receive(&headers, &body), Ok(Received::Event(_))));
}

#[tokio::test(start_paused = true)]
async fn what_we_fail_to_take_comes_again() {
    let bench = Bench::watching().await;
    bench.app.answers(500);
    bench.rename(0, "A-1");
    for _ in 0..3 {
        bench.deliver().await;
        bench.clock.sleep(Duration::from_secs(120)).await;
    }
    assert!(bench.app.told().is_empty());
    bench.app.answers(200);
    for _ in 0..30 {
        bench.deliver().await;
        bench.clock.sleep(Duration::from_secs(120)).await;
    }
    assert_eq!(bench.app.numbers(), ["A-1"]);
    assert_eq!((*bench.app.duplicates.lock().unwrap(), bench.statuses()), (0, vec!["enabled".to_owned()]));
}

/// The receiver restarts and is told of an event before it was told of its webhook.
#[tokio::test(start_paused = true)]
async fn a_restart_loses_nothing() {
    let mut bench = Bench::watching().await;
    bench.app = Arc::new(Application::new(Receiver::new()));
    bench.rename(0, "A-1");
    bench.deliver().await;
    assert_eq!(bench.app.refusals(), [Refusal::UnknownWebhook]);
    assert_eq!(bench.keep().await.upkeep, Upkeep::Nothing);
    bench.clock.sleep(Duration::from_secs(120)).await;
    bench.deliver().await;
    assert_eq!(bench.app.numbers(), ["A-1"]);
}

#[tokio::test(start_paused = true)]
async fn events_that_come_twice_and_in_any_order_are_told_once() {
    let bench = Bench::watching().await;
    bench.world.set_delivery_faults(DeliveryFaults::none().doubled(50).reordered(50));
    let mut expected: Vec<String> = (0..60).map(|n| format!("A-{n}")).collect();
    for (n, number) in expected.iter().enumerate() {
        bench.rename(n % 4, number);
        bench.deliver().await;
        bench.clock.sleep(Duration::from_secs(20)).await;
    }
    bench.clock.sleep(HOUR).await;
    bench.deliver().await;
    let mut told = bench.app.numbers();
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
    assert!(*bench.app.duplicates.lock().unwrap() > 10);
}

#[tokio::test(start_paused = true)]
async fn gone_disables_and_keep_brings_it_back() {
    let bench = Bench::watching().await;
    bench.app.answers(410);
    bench.rename(0, "A-1");
    bench.deliver().await;
    assert_eq!(bench.statuses(), ["suspended"]);
    let all = bench.clio.webhooks().subscriptions().await.unwrap();
    assert_eq!(all[0].state(bench.clock.now()), State::Suspended);
    bench.app.answers(200);
    let kept = bench.keep().await;
    assert_eq!((kept.subscription.id, kept.upkeep, kept.gap), (all[0].id, Upkeep::Activated, Gap::Unknown));
    bench.rename(0, "A-2");
    bench.deliver().await;
    assert_eq!(bench.app.numbers(), ["A-2"], "what was told meanwhile is lost: hence the gap");
}

/// Down for so long that Clio gives up. What it told meanwhile is found by reading what has changed since.
#[tokio::test(start_paused = true)]
async fn after_a_long_downtime_there_is_something_to_catch_up_with() {
    let bench = Bench::watching().await;
    let before = bench.clock.now();
    bench.app.answers(503);
    bench.rename(0, "A-1");
    for _ in 0..40 {
        bench.deliver().await;
        bench.clock.sleep(Duration::from_secs(120)).await;
    }
    assert_eq!(bench.statuses(), ["suspended"]);
    bench.app.answers(200);
    assert_eq!(bench.keep().await.gap, Gap::Unknown);
    let since = before - TimeDelta::minutes(5);
    let changed = bench.clio.matters().list().select::<Named>().updated_since(since).items();
    let changed: Vec<Named> = changed.try_collect().await.unwrap();
    assert!(changed.iter().any(|matter| matter.display_number == "A-1"));
}

/// Every 20 hours a matter changes, every 6 hours the webhook is looked after, for longer than a webhook can live.
#[tokio::test(start_paused = true)]
async fn a_webhook_that_is_kept_outlives_the_longest_life_without_losing_an_event() {
    let bench = Bench::plain();
    let mut upkeep = vec![bench.keep().await.upkeep];
    bench.deliver().await;
    let mut expected = Vec::new();
    for hour in 1..=40 * 24 {
        bench.clock.sleep(HOUR).await;
        if hour % 6 == 0 {
            let kept = bench.keep().await;
            assert_eq!((kept.gap, kept.others.len()), (Gap::None, 0), "hour {hour}");
            upkeep.push(kept.upkeep);
        }
        if hour % 20 == 0 {
            expected.push(format!("A-{hour}"));
            bench.rename(0, &expected[expected.len() - 1]);
        }
        bench.deliver().await;
    }
    assert_eq!(bench.app.numbers(), expected);
    upkeep.retain(|did| *did != Upkeep::Nothing);
    assert_eq!(upkeep, [Upkeep::Created, Upkeep::Renewed, Upkeep::Renewed]);
    assert_eq!(bench.world.records("Webhook").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_ended_webhook_is_replaced_and_says_since_when() {
    let bench = Bench::plain();
    let watch = matters().lasting(TimeDelta::days(3));
    let first = bench.clio.webhooks().subscribe(&bench.app.receiver, &watch).await.unwrap();
    bench.deliver().await;
    bench.clock.sleep(4 * DAY).await;
    bench.rename(0, "A-1");
    assert_eq!(bench.deliver().await, 0, "it ended silently");
    let all = bench.clio.webhooks().subscriptions().await.unwrap();
    assert_eq!((&all[0].status, all[0].state(bench.clock.now())), (&WebhookStatus::Enabled, State::Expired));
    let kept = bench.keep().await;
    assert_eq!((kept.upkeep, kept.gap), (Upkeep::Replaced, Gap::Since(first.expires_at)));
    assert_ne!(kept.subscription.id, first.id);
    assert_eq!(bench.world.records("Webhook").len(), 1);
    bench.rename(0, "A-2");
    bench.deliver().await;
    assert_eq!(bench.app.numbers(), ["A-2"]);
}

#[tokio::test(start_paused = true)]
async fn a_webhook_is_renewed_by_hand_too() {
    let bench = Bench::plain();
    let hooks = bench.clio.webhooks();
    let watch = matters().lasting(TimeDelta::days(3));
    let hook = hooks.subscribe(&bench.app.receiver, &watch).await.unwrap();
    assert_eq!(hook.expires_at, bench.clock.now() + TimeDelta::days(3));
    bench.clock.sleep(2 * DAY).await;
    assert!(hook.due(bench.clock.now(), TimeDelta::days(1)));
    let renewed = hooks.renew(hook.id, TimeDelta::days(31)).await.unwrap();
    assert_eq!(renewed.expires_at, bench.clock.now() + TimeDelta::days(31));
    let sent = bench.clio.requests_sent();
    let error = hooks.renew(hook.id, TimeDelta::days(32)).await.unwrap_err();
    assert_eq!((error.kind(), bench.clio.requests_sent()), (ErrorKind::Configuration, sent));
}

/// The create call was answered, and the answer was lost. The next call finds the webhook.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_leaves_one_webhook() {
    for fault in [Fault::AnswerLost, Fault::ServerErrorApplied, Fault::EmptyAnswer] {
        let bench = Bench::plain();
        // The first call lists, the second creates.
        bench.world.faults().at_call(2, fault);
        let hooks = bench.clio.webhooks();
        hooks.keep(&bench.app.receiver, &matters()).await.unwrap_err();
        assert_eq!(bench.keep().await.upkeep, Upkeep::Activated);
        assert_eq!(bench.statuses(), ["enabled"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_changes_changes_its_webhook() {
    let bench = Bench::watching().await;
    let other = Watch::new::<Stub<Matter>>(URL).events([WebhookEvent::Deleted]);
    let hooks = bench.clio.webhooks();
    let kept = hooks.keep(&bench.app.receiver, &other).await.unwrap();
    assert_eq!((kept.upkeep, kept.subscription.fields.as_str()), (Upkeep::Renewed, "id,etag"));
    assert_eq!(kept.subscription.events, [WebhookEvent::Deleted]);
    let tasks = hooks.keep(&bench.app.receiver, &Watch::new::<Stub<Task>>(URL)).await.unwrap();
    assert_eq!(tasks.upkeep, Upkeep::Created, "another model is another webhook");
    let doubled = hooks.subscribe(&bench.app.receiver, &other).await.unwrap();
    assert_eq!(hooks.keep(&bench.app.receiver, &other).await.unwrap().others.len(), 1);
    hooks.delete(doubled.id).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_does_not_decode_says_where() {
    let bench = Bench::watching().await;
    let hook = bench.clio.webhooks().subscriptions().await.unwrap().remove(0);
    // Somebody has the webhook tell less than the application expects.
    bench.clio.webhooks().update(hook.id).fields("id,client{name}").await.unwrap();
    bench.app.answers(500);
    bench.rename(0, "A-1");
    bench.deliver().await;
    let (headers, body) = bench.last();
    let Ok(Received::Event(delivery)) = bench.app.receiver.receive(&headers, &body) else {
        panic!("an event")
    };
    let error = delivery.decode::<Named>().unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Decode, Some("data.client.id")));
    let error = delivery.decode::<Stub<Task>>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.message(), "a webhook of `matter` tells of no `task`");
    assert!(matches!(delivery.decode::<Stub<Matter>>(), Ok(Event::Updated(_))));
    assert_eq!(delivery.record_id(), bench.matter(0).to_string());
}

/// An event that Clio may invent, and the ids of calendar entries, which are text.
#[tokio::test(start_paused = true)]
async fn an_unknown_event_is_kept() {
    use data_encoding::HEXLOWER;
    use hmac::{Hmac, KeyInit, Mac};

    let receiver = Receiver::new();
    receiver.trust(Id::new(7), Secret::new("s"), WebhookModel::CalendarEntry);
    let receive = |event: &str| {
        let body =
            format!(r#"{{"data":{{"id":"e-1","etag":"x"}},"meta":{{"event":"{event}","webhook_id":7}}}}"#);
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"s").unwrap();
        mac.update(body.as_bytes());
        let signature = HEXLOWER.encode(&mac.finalize().into_bytes());
        let headers =
            HeaderMap::from_iter([("x-hook-signature".parse().unwrap(), signature.parse().unwrap())]);
        let Received::Event(delivery) = receiver.receive(&headers, body.as_bytes()).unwrap() else {
            panic!("an event")
        };
        delivery.decode::<Entry>()
    };

    assert!(matches!(receive("deleted").unwrap(), Event::Deleted(gone) if gone.id.as_str() == "e-1"));
    let Event::Other { event, record } = receive("colour_changed").unwrap() else { panic!("another event") };
    assert_eq!(event, WebhookEvent::Unknown("colour_changed".into()));
    assert_eq!(record.get("id").and_then(Json::as_text), Some("e-1"));
}

/// What Clio would refuse is not sent.
#[tokio::test(start_paused = true)]
async fn a_wrong_watch_costs_no_call() {
    let bench = Bench::plain();
    let wrong = Watch::new::<Named>("http://app.example/clio");
    let hooks = bench.clio.webhooks();
    let errors = [
        hooks.subscribe(&bench.app.receiver, &wrong).await.unwrap_err(),
        hooks.keep(&bench.app.receiver, &wrong).await.unwrap_err(),
    ];
    assert!(errors.iter().all(|error| error.kind() == ErrorKind::Configuration));
    assert_eq!(bench.clio.requests_sent(), 0);
}
