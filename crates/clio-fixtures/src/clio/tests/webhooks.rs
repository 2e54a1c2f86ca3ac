//! Webhooks, told to a receiver of the test's.

use std::sync::Mutex;

use async_trait::async_trait;
use clio_core::{Limits, Payload, TransportError, TransportErrorKind};

use super::*;
use crate::{LoopbackTransport, Permissions};

/// Answers what it was told to, and remembers what it got. It echoes secrets unless told not to.
#[derive(Debug)]
struct Receiver {
    status: Mutex<Option<u16>>,
    echoes: bool,
    got: Mutex<Vec<(http::HeaderMap, Value)>>,
}

impl Receiver {
    fn new() -> Self {
        Self { status: Mutex::new(Some(200)), echoes: true, got: Mutex::default() }
    }

    /// From now on it answers this; `None` for no answer.
    fn answers(&self, status: Option<u16>) {
        *self.status.lock().unwrap() = status;
    }

    fn bodies(&self) -> Vec<Value> {
        self.got.lock().unwrap().iter().map(|(_, body)| body.clone()).collect()
    }

    /// The events of all bodies, in the order of arrival.
    fn events(&self) -> Vec<String> {
        let event = |body: Value| body["meta"]["event"].as_str().map(str::to_owned);
        self.bodies().into_iter().filter_map(event).collect()
    }
}

#[async_trait]
impl Transport for Receiver {
    async fn send(
        &self,
        request: Request<Payload>,
        _limits: Limits,
    ) -> Result<Response<Payload>, TransportError> {
        let (head, body) = request.into_parts();
        let body = body.into_bytes(u64::MAX).await?;
        self.got.lock().unwrap().push((head.headers.clone(), serde_json::from_slice(&body).unwrap()));
        let Some(status) = *self.status.lock().unwrap() else {
            return Err(TransportError::not_sent(TransportErrorKind::Connect, "nobody"));
        };
        let mut answer = Response::builder().status(status);
        if let Some(secret) = head.headers.get("x-hook-secret").filter(|_| self.echoes) {
            answer = answer.header("x-hook-secret", secret);
        }
        Ok(answer.body(Payload::Empty).unwrap())
    }
}

impl Bench {
    fn hook(&self, more: &Value) -> (StatusCode, Value) {
        let mut data =
            json!({"url": "https://app.example/hook", "model": "matter", "fields": "id,description"});
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let fields = "id,status,model,events,expires_at,shared_secret,url,user";
        let target = format!("/api/v4/webhooks.json?fields={fields}");
        let answer = self.send("POST", &target, &json!({"data": data}).to_string());
        (answer.status(), parsed(&answer))
    }

    /// A webhook after its handshake, and its receiver, who has got nothing else yet.
    async fn enabled(&self, more: &Value) -> (i64, Receiver) {
        let receiver = Receiver::new();
        let (status, body) = self.hook(more);
        assert_eq!(status, StatusCode::CREATED, "{body}");
        assert_eq!(self.world.deliver(&receiver).await, 1);
        receiver.got.lock().unwrap().clear();
        (body["data"]["id"].as_i64().unwrap(), receiver)
    }

    fn describe(&self, matter: i64, text: &str) {
        let answer = self.send(
            "PATCH",
            &format!("/api/v4/matters/{matter}"),
            &json!({"data": {"description": text}}).to_string(),
        );
        assert_eq!(answer.status(), StatusCode::OK);
    }

    fn status(&self, hook: i64) -> String {
        self.world.record("Webhook", hook).unwrap()["status"].as_str().unwrap().to_owned()
    }
}

fn bench() -> Bench {
    Bench::new(|firm| firm.rate_limit(None))
}

/// Clio's document (url, model, events) and documentation (numbers, life, fields).
#[tokio::test(start_paused = true)]
async fn a_webhook_is_checked_before_it_is_made() {
    let bench = bench();
    let status = |more: &Value| bench.hook(more).0.as_u16();
    assert_eq!(status(&json!({"url": "http://app.example/hook"})), 422);
    assert_eq!(status(&json!({"url": "ftp://127.0.0.1/hook"})), 422);
    assert_eq!(status(&json!({"url": "http://127.0.0.1:8080/hook"})), 201);
    assert_eq!(status(&json!({"fields": "id,colour"})), 422);
    assert_eq!(status(&json!({"fields": format!("id{}", ",id".repeat(340))})), 422);
    assert_eq!(status(&json!({"model": "colour"})), 422);
    assert_eq!(status(&json!({"model": 11})), 422);
    assert_eq!(status(&json!({"expires_at": "2026-04-03T09:00:00Z"})), 422);
    assert_eq!(status(&json!({"model": "task", "fields": "id", "events": ["matter_closed"]})), 422);
    assert_eq!(
        status(&json!({"model": "clio_payments_payment", "fields": "id", "events": ["deleted"]})),
        422
    );
    let (_, body) = bench.hook(&json!({"model": 7, "fields": "id,name"}));
    let data = &body["data"];
    assert_eq!((&data["model"], &data["status"]), (&json!("task"), &json!("pending")));
    assert_eq!(data["events"], json!(["created", "updated", "deleted"]));
    assert_eq!(data["expires_at"], "2026-03-05T09:00:00+00:00");
    assert!(data["shared_secret"].as_str().unwrap().len() >= 32);
    assert_eq!(data["user"]["id"], bench.world.users()[0].id);
}

/// Clio's documentation: the token needs the permission of the model, of a folder that of documents.
#[tokio::test(start_paused = true)]
async fn a_webhook_needs_the_permission_of_its_model() {
    let bench = Bench::new(|firm| firm.permissions(Permissions::all().without("Document").without("Matter")));
    assert_eq!(bench.hook(&json!({})).0, StatusCode::FORBIDDEN);
    assert_eq!(bench.hook(&json!({"model": "folder", "fields": "id"})).0, StatusCode::FORBIDDEN);
    assert_eq!(bench.hook(&json!({"model": "task", "fields": "id"})).0, StatusCode::CREATED);
}

/// Clio's documentation: nothing is delivered until a 200 echoed the secret; a new address begins anew.
#[tokio::test(start_paused = true)]
async fn a_handshake_that_is_echoed_enables() {
    let bench = bench();
    let matter = bench.world.matters()[0].id;
    let (_, body) = bench.hook(&json!({}));
    let hook = body["data"]["id"].as_i64().unwrap();
    bench.describe(matter, "before");
    let receiver = Receiver::new();
    assert_eq!(bench.world.deliver(&receiver).await, 1);
    assert_eq!(bench.status(hook), "enabled");
    let got = receiver.got.lock().unwrap()[0].clone();
    assert_eq!(got.0["x-hook-secret"], body["data"]["shared_secret"].as_str().unwrap());
    assert_eq!(got.1["meta"]["webhook_id"], hook);
    assert_eq!(bench.world.deliver(&receiver).await, 0, "what happened before is not told");
    let target = format!("/api/v4/webhooks/{hook}.json");
    bench.send("PATCH", &target, r#"{"data":{"url":"https://app.example/other"}}"#);
    assert_eq!(bench.status(hook), "pending");
    bench.describe(matter, "meanwhile");
    assert_eq!(bench.world.deliver(&receiver).await, 1);
    assert_eq!((bench.status(hook).as_str(), receiver.events().len()), ("enabled", 0));
}

/// Clio's documentation: `PUT /webhooks/{id}/activate` with the secret, for a receiver that did not echo.
#[tokio::test(start_paused = true)]
async fn the_secret_activates_later_too() {
    let bench = bench();
    let (_, body) = bench.hook(&json!({}));
    let hook = body["data"]["id"].as_i64().unwrap();
    let receiver = Receiver { echoes: false, ..Receiver::new() };
    bench.world.deliver(&receiver).await;
    assert_eq!(bench.status(hook), "pending");
    let activate = |secret: &str| {
        let request = Request::put(format!("https://clio.test/api/v4/webhooks/{hook}/activate"))
            .header("authorization", format!("Bearer {}", bench.token))
            .header("x-hook-secret", secret)
            .body(Bytes::new());
        bench.world.handle(request.unwrap(), bench.clock.now()).status()
    };
    assert_eq!(activate("wrong"), StatusCode::FORBIDDEN);
    assert_eq!(bench.status(hook), "pending");
    assert_eq!(activate(body["data"]["shared_secret"].as_str().unwrap()), StatusCode::OK);
    assert_eq!(bench.status(hook), "enabled");
}

/// Clio's documentation: the body, and which changes are told.
#[tokio::test(start_paused = true)]
async fn a_change_is_told_when_a_watched_field_changed() {
    let bench = bench();
    let matter = bench.world.matters()[0].id;
    let (hook, receiver) = bench.enabled(&json!({})).await;
    let ada = bench.world.person("Ada");
    // The first event of a record comes on any change.
    ada.rename_matter(matter, "A-1");
    assert_eq!(bench.world.deliver(&receiver).await, 1);
    ada.rename_matter(matter, "A-2");
    assert_eq!(bench.world.deliver(&receiver).await, 0);
    bench.describe(matter, "watched");
    assert_eq!(bench.world.deliver(&receiver).await, 1);
    let body = receiver.bodies()[1].clone();
    let etag = bench.world.record("Matter", matter).unwrap()["etag"].clone();
    assert_eq!(body["data"], json!({"id": matter, "etag": etag, "description": "watched"}));
    assert_eq!(body["meta"], json!({"event": "updated", "webhook_id": hook}));
    bench.send("DELETE", &format!("/api/v4/matters/{matter}.json"), "");
    bench.world.deliver(&receiver).await;
    let gone = receiver.bodies().last().unwrap().clone();
    assert_eq!(gone["meta"]["event"], "deleted");
    assert_eq!(gone["data"].as_object().unwrap().keys().collect::<Vec<_>>(), ["etag", "id"]);
}

/// Clio's documentation: a matter has events of its own, beside those of every model.
#[tokio::test(start_paused = true)]
async fn a_matter_that_is_closed_says_so() {
    let bench = bench();
    let matter = bench.world.matters()[0].id;
    let events = json!({"fields": "id,status", "events": ["updated", "matter_closed", "matter_opened"]});
    let (_, receiver) = bench.enabled(&events).await;
    let ada = bench.world.person("Ada");
    ada.close_matter(matter);
    bench.world.deliver(&receiver).await;
    assert_eq!(receiver.events(), ["updated", "matter_closed"]);
    ada.reopen_matter(matter);
    bench.world.deliver(&receiver).await;
    assert_eq!(receiver.events()[2..], ["updated", "matter_opened"]);
}

/// Clio's documentation: HMAC-SHA256 of the raw body with the secret. How it is written is a knob.
#[tokio::test(start_paused = true)]
async fn a_signature_is_of_the_raw_body() {
    use hmac::{Hmac, KeyInit, Mac};
    for encoding in ["hex", "base64"] {
        let bench = Bench::new(|firm| firm.knob("signature_encoding", encoding).unwrap());
        let (hook, receiver) = bench.enabled(&json!({})).await;
        bench.describe(bench.world.matters()[0].id, "signed");
        bench.world.deliver(&receiver).await;
        let delivery = bench.world.deliveries().pop().unwrap();
        let secret = bench.world.record("Webhook", hook).unwrap()["shared_secret"].clone();
        let key = secret.as_str().unwrap().as_bytes();
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
        mac.update(&delivery.body);
        let raw = mac.finalize().into_bytes();
        let signature = receiver.got.lock().unwrap()[0].0["x-hook-signature"].to_str().unwrap().to_owned();
        let hex: String =
            raw.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).map(char::from).collect();
        assert_eq!(
            (signature == hex, signature.len()),
            (encoding == "hex", if encoding == "hex" { 64 } else { 44 })
        );
    }
}

/// Clio's help pages: after 2 minutes, then twice as long each time, five tries; then the webhook is suspended.
#[tokio::test(start_paused = true)]
async fn what_is_not_taken_is_tried_five_times() {
    let bench = bench();
    let (hook, receiver) = bench.enabled(&json!({})).await;
    bench.describe(bench.world.matters()[0].id, "once");
    receiver.answers(Some(500));
    let mut at = Vec::new();
    for minute in 0..40 {
        receiver.answers(if minute % 2 == 0 { Some(500) } else { None });
        if bench.world.deliver(&receiver).await > 0 {
            at.push(minute);
        }
        bench.clock.sleep(Duration::from_secs(60)).await;
    }
    assert_eq!(at, [0, 2, 6, 14, 30]);
    assert_eq!(bench.status(hook), "suspended");
    let log = bench.world.deliveries();
    assert_eq!(log.last().unwrap().attempt, 5);
    assert_eq!(log.last().unwrap().outcome, DeliveryOutcome::Refused(500));
    bench.describe(bench.world.matters()[0].id, "twice");
    assert_eq!(bench.world.deliver(&receiver).await, 0, "a suspended webhook is silent");
}

/// Clio's documentation: 3xx counts as taken, 410 disables at once.
#[tokio::test(start_paused = true)]
async fn a_redirect_takes_and_gone_disables() {
    let bench = bench();
    let (hook, receiver) = bench.enabled(&json!({})).await;
    let matter = bench.world.matters()[0].id;
    bench.describe(matter, "one");
    receiver.answers(Some(302));
    bench.world.deliver(&receiver).await;
    bench.clock.sleep(Duration::from_secs(3600)).await;
    assert_eq!(bench.world.deliver(&receiver).await, 0);
    bench.describe(matter, "two");
    receiver.answers(Some(410));
    bench.world.deliver(&receiver).await;
    assert_eq!(bench.status(hook), "suspended");
}

/// Clio's documentation: it ends silently; an end that is put off in time goes on.
#[tokio::test(start_paused = true)]
async fn an_expired_webhook_stops_and_a_renewed_one_does_not() {
    let bench = bench();
    let (old, receiver) = bench.enabled(&json!({})).await;
    let (renewed, _) = bench.enabled(&json!({})).await;
    let target = format!("/api/v4/webhooks/{renewed}.json");
    let end = r#"{"data":{"expires_at":"2026-04-01T00:00:00Z"}}"#;
    assert_eq!(bench.send("PATCH", &target, end).status(), StatusCode::OK);
    bench.clock.sleep(Duration::from_secs(4 * 24 * 3600)).await;
    bench.describe(bench.world.matters()[0].id, "late");
    assert_eq!(bench.world.deliver(&receiver).await, 1);
    assert_eq!(receiver.bodies()[0]["meta"]["webhook_id"], renewed);
    assert_eq!(bench.status(old), "enabled", "nobody is told");
}

/// Clio's documentation: it ends silently, with what still waits for another try.
#[tokio::test(start_paused = true)]
async fn a_webhook_that_ends_drops_its_second_tries() {
    let bench = bench();
    let (_, receiver) = bench.enabled(&json!({})).await;
    bench.describe(bench.world.matters()[0].id, "once");
    receiver.answers(Some(500));
    assert_eq!(bench.world.deliver(&receiver).await, 1);
    bench.clock.sleep(Duration::from_secs(4 * 24 * 3600)).await;
    assert_eq!(bench.world.deliver(&receiver).await, 0);
}

/// Clio's page on permissions: events follow what the user of the webhook sees.
#[tokio::test(start_paused = true)]
async fn a_webhook_does_not_tell_what_its_user_does_not_see() {
    let mut bench = bench();
    let owner = bench.token.clone();
    bench.token = bench.world.token_of(bench.world.users()[1].id).access.expose().to_owned();
    let (_, receiver) = bench.enabled(&json!({})).await;
    bench.token = owner;
    let group = bench.send("POST", "/api/v4/groups.json", r#"{"data":{"name":"Nobody"}}"#);
    let group = parsed(&group)["data"]["id"].clone();
    let matter = bench.world.matters()[0].id;
    let hidden = json!({"data": {"group": {"id": group}, "description": "hidden"}}).to_string();
    bench.send("PATCH", &format!("/api/v4/matters/{matter}.json"), &hidden);
    assert_eq!(bench.world.deliver(&receiver).await, 0);
}

/// Clio promises no arrival, no single arrival and no order.
#[tokio::test(start_paused = true)]
async fn deliveries_are_lost_doubled_and_reordered_by_the_seed() {
    let bench = Bench::new(|firm| firm.rate_limit(None).delivery_faults(DeliveryFaults::none().lost(100)));
    let matter = bench.world.matters()[0].id;
    let (_, receiver) = bench.enabled(&json!({})).await;
    bench.describe(matter, "lost");
    assert_eq!(bench.world.deliver(&receiver).await, 0);
    assert_eq!(bench.world.deliveries().last().unwrap().outcome, DeliveryOutcome::Lost);
    bench.world.set_delivery_faults(DeliveryFaults::none().doubled(100));
    bench.describe(matter, "doubled");
    assert_eq!(bench.world.deliver(&receiver).await, 2);
    let log = bench.world.deliveries();
    assert_eq!(log[log.len() - 1].number, log[log.len() - 2].number);
    bench.world.set_delivery_faults(DeliveryFaults::none().reordered(100));
    bench.describe(matter, "first");
    bench.world.set_delivery_faults(DeliveryFaults::none());
    bench.describe(matter, "second");
    assert_eq!(bench.world.deliver(&receiver).await, 1);
    bench.clock.sleep(Duration::from_secs(121)).await;
    assert_eq!(bench.world.deliver(&receiver).await, 1);
    let texts: Vec<_> = receiver.bodies().iter().map(|body| body["data"]["description"].clone()).collect();
    assert_eq!(texts[2..], ["second", "first"]);
}

/// The loopback transport carries nothing that is not plain http to this machine.
#[tokio::test]
async fn the_loopback_transport_stays_on_the_machine() {
    for url in ["https://127.0.0.1/", "http://app.example/", "http://127.app.example/"] {
        let request = Request::post(url).body(Payload::Empty).unwrap();
        let error = LoopbackTransport.send(request, Limits::default()).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Request, "{url}");
    }
}

/// A served world delivers by itself: here to a second world, whose refusals it hears.
#[tokio::test]
async fn a_served_world_tells_receivers_on_its_machine() {
    let receiver = ClioWorld::firm(8).start().serve().await.unwrap();
    let bench = bench();
    let served = bench.world.serve().await.unwrap();
    let world = &bench.world;
    bench.hook(&json!({"url": format!("{}/hook", receiver.url())}));
    for _ in 0..200 {
        if !world.deliveries().is_empty() {
            break;
        }
        bench.clock.sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(world.deliveries()[0].outcome, DeliveryOutcome::Refused(404));
    assert_eq!(receiver.world().calls()[0].path, "/hook");
    drop(served);
}
