//! The webhook: subscription, calls, what follows from their answers.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use clio_core::{Clock, Limits, Payload, Transport, TransportError, TransportErrorKind};
use http::{Request, Response};
use serde_json::{Value, json};

use super::Bench;
use crate::{GroupState, GroupStatus, samples};

/// A subscriber that gives these answers, one a call, and then 200; 0 is a connection that breaks.
#[derive(Debug, Default)]
struct Receiver {
    answers: Mutex<Vec<(u16, &'static str)>>,
    came: Mutex<Vec<(String, Value)>>,
}

impl Receiver {
    fn that(answers: &[(u16, &'static str)]) -> Arc<Self> {
        let answers = answers.iter().rev().copied().collect();
        Arc::new(Self { answers: Mutex::new(answers), came: Mutex::default() })
    }

    fn came(&self) -> Vec<(String, Value)> {
        self.came.lock().unwrap().clone()
    }
}

#[async_trait]
impl Transport for Receiver {
    async fn send(&self, request: Request<Payload>, _: Limits) -> Result<Response<Payload>, TransportError> {
        let (head, body) = request.into_parts();
        let body = serde_json::from_slice(&body.into_bytes(u64::MAX).await?).unwrap();
        self.came.lock().unwrap().push((format!("{} {}", head.method, head.uri), body));
        match self.answers.lock().unwrap().pop().unwrap_or((200, "")) {
            (0, why) => Err(TransportError::perhaps_sent(TransportErrorKind::Interrupted, why)),
            (status, text) => {
                let body = Payload::Bytes(Bytes::from_static(text.as_bytes()));
                Ok(Response::builder().status(status).body(body).unwrap())
            }
        }
    }
}

async fn subscribed(bench: &Bench) {
    let body = json!({"callbackUrl": "https://sub.test/hook?a=1", "callerKey": "secret"});
    assert_eq!(bench.post("postedtime/subscribe", body).await, 200);
}

#[tokio::test(start_paused = true)]
async fn a_team_has_one_webhook_and_no_fetch_client_beside_it() {
    let bench = Bench::new();
    for bad in
        [json!({}), json!({"callbackUrl": ""}), json!({"callbackUrl": "no url"}), json!({"callbackUrl": 1})]
    {
        assert_eq!(bench.post("postedtime/subscribe", bad).await, 400);
    }
    assert_eq!(bench.post("postedtime/unsubscribe", json!({})).await, 404);
    subscribed(&bench).await;
    let again = json!({"callbackUrl": "https://sub.test/"});
    assert_eq!(bench.post("postedtime/subscribe", again.clone()).await, 409);
    assert_eq!(bench.call("GET", "postedtime", Value::Null).await.0, 409);
    assert_eq!(bench.post("postedtime/registerfetchclient", json!({})).await, 409);
    assert_eq!(bench.post("postedtime/unregisterfetchclient", json!({})).await, 409);
    assert_eq!(bench.say("g-1", "SUCCESS").await, 409);
    assert_eq!(bench.post("postedtime/unsubscribe", json!({})).await, 200);
    assert_eq!(bench.post("postedtime/registerfetchclient", json!({})).await, 200);
    assert_eq!(bench.post("postedtime/subscribe", again).await, 409, "a fetch client is in the way");
}

#[tokio::test(start_paused = true)]
async fn a_posted_group_is_sent_to_the_webhook_with_its_key() {
    let (bench, receiver) = (Bench::new(), Receiver::that(&[]));
    subscribed(&bench).await;
    assert_eq!(bench.world.deliver(receiver.clone()).await, 0);
    bench.world.post(samples::group("g-1").json());
    assert_eq!(bench.world.deliver(receiver.clone()).await, 1);
    let (to, body) = receiver.came().remove(0);
    assert_eq!(to, "POST https://sub.test/hook?a=1");
    assert_eq!((&body["groupId"], &body["callerKey"]), (&json!("g-1"), &json!("secret")));
    assert_eq!(bench.world.groups()[0].state, GroupState::Success);
    assert_eq!((bench.world.statuses()[0].status, bench.world.next_delivery()), (GroupStatus::Success, None));
}

/// 400 is final and its text is for the user; 500 is tried again, and so is (our choice) silence.
#[tokio::test(start_paused = true)]
async fn what_the_webhook_answers_decides() {
    let bench = Bench::new();
    let receiver =
        Receiver::that(&[(500, "busy"), (0, "broke"), (404, "?"), (204, ""), (400, "Unknown matter")]);
    subscribed(&bench).await;
    bench.world.post(samples::group("g-1").json());
    let mut waits = Vec::new();
    while bench.world.groups()[0].state != GroupState::Success {
        assert_eq!(bench.world.deliver(receiver.clone()).await, 1);
        if let Some(next) = bench.world.next_delivery() {
            let wait = (next - bench.clock.now()).to_std().unwrap();
            waits.push(wait.as_secs());
            bench.clock.sleep(wait).await;
        }
    }
    assert_eq!(waits, [60, 120, 240], "later and later");
    bench.world.post(samples::group("g-2").json());
    bench.world.deliver(receiver.clone()).await;
    assert_eq!(bench.world.groups()[1].state, GroupState::Failure);
    let said: Vec<_> = bench.world.statuses().into_iter().map(|one| (one.status, one.message)).collect();
    assert_eq!(said[0], (GroupStatus::RetriableFailure, Some("busy".into())));
    assert_eq!(
        said[3..],
        [(GroupStatus::Success, None), (GroupStatus::Failure, Some("Unknown matter".into()))]
    );
}

/// How long and how often is not said.
#[tokio::test(start_paused = true)]
async fn a_webhook_is_called_again_as_long_and_as_often_as_set() {
    for (wait, attempts) in [(60, 10), (7, 2)] {
        let bench =
            Bench::that(|team| team.webhook_retry(Duration::from_secs(wait)).webhook_attempts(attempts));
        subscribed(&bench).await;
        let receiver = Receiver::that(&[(500, ""); 30]);
        bench.world.post(samples::group("g-1").json());
        bench.world.deliver(receiver.clone()).await;
        bench.clock.sleep(Duration::from_secs(wait - 1)).await;
        assert_eq!(bench.world.deliver(receiver.clone()).await, 0, "not yet");
        while let Some(next) = bench.world.next_delivery() {
            bench.clock.sleep((next - bench.clock.now()).to_std().unwrap_or_default()).await;
            bench.world.deliver(receiver.clone()).await;
        }
        assert_eq!(receiver.came().len(), usize::try_from(attempts).unwrap());
        assert_eq!(bench.world.groups()[0].state, GroupState::Failure);
    }
}

/// A courier that takes a delivery and dies: it is due again, and the receiver may have it twice.
#[tokio::test(start_paused = true)]
async fn a_delivery_of_which_nothing_is_told_comes_again() {
    let bench = Bench::that(|team| team.redelivery(Duration::from_secs(90)));
    subscribed(&bench).await;
    bench.world.post(samples::group("g-1").json());
    let first = bench.world.due_deliveries(bench.clock.now());
    assert_eq!((first[0].attempt, first[0].group_id.as_deref()), (1, Some("g-1")));
    assert!(bench.world.due_deliveries(bench.clock.now()).is_empty());
    bench.clock.sleep(Duration::from_secs(90)).await;
    let second = bench.world.due_deliveries(bench.clock.now());
    assert_eq!(second[0].attempt, 2);
    let ok = Response::new(Bytes::new());
    bench.world.delivered(&second[0], Some(&ok), bench.clock.now());
    bench.world.delivered(&first[0], None, bench.clock.now());
    assert_eq!(bench.world.groups()[0].state, GroupState::Success, "the late news changes nothing");
    assert_eq!(bench.world.statuses().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_courier_delivers_what_is_posted_and_what_comes_again() {
    let bench = Bench::new();
    subscribed(&bench).await;
    let receiver = Receiver::that(&[(500, "")]);
    let (world, to) = (bench.world.clone(), receiver.clone());
    let courier = tokio::spawn(async move { world.keep_delivering(to).await });
    bench.clock.sleep(Duration::from_secs(10)).await;
    bench.world.post(samples::group("g-1").json());
    bench.clock.sleep(Duration::from_secs(59)).await;
    assert_eq!(receiver.came().len(), 1);
    bench.clock.sleep(Duration::from_secs(2)).await;
    assert_eq!((receiver.came().len(), bench.world.groups()[0].state), (2, GroupState::Success));
    courier.abort();
}

/// Over a socket: one world calls another, which happens to have nothing at that path.
#[tokio::test]
async fn plain_http_reaches_a_receiver_on_a_socket() {
    let world = crate::WiseTimeWorld::team().start();
    let receiver = crate::WiseTimeWorld::team().start();
    let served = receiver.serve().await.unwrap();
    let body = json!({"callbackUrl": format!("{}/hook", served.url())}).to_string();
    let request = Request::post("https://wisetime.test/connect/api/postedtime/subscribe")
        .header("x-api-key", world.api_key())
        .body(Bytes::from(body))
        .unwrap();
    let now = clio_core::SystemClock.now();
    assert!(matches!(world.handle(request, now), crate::Poll::Ready(answer) if answer.status() == 200));
    world.post(samples::group("g-1").json());
    assert_eq!(world.deliver(Arc::new(crate::LoopbackTransport)).await, 1);
    let call = receiver.calls().remove(0);
    assert_eq!((call.method.as_str(), call.path.as_str(), call.status), ("POST", "/hook", Some(404)));
    assert_eq!(world.groups()[0].state, GroupState::Retriable);
    drop(served);
}
