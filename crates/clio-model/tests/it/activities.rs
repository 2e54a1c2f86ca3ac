//! Activities: what the model says of them, and what the fake does.

mod bills;
mod drafts;
mod pricing;

use std::sync::Arc;

use clio_core::{
    Base, Body, Clock, Payload, Random, RequestParts, Selection, schema::objects, schema::operations as op,
};
use clio_fixtures::{ClioWorld, ClioWorldBuilder, SeededRandom, VirtualClock};
use clio_model::activities::BillableActivity;
use serde_json::{Value, json};

/// A number below this one.
fn below(random: &SeededRandom, end: i64) -> i64 {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    i64::from_le_bytes(bytes).rem_euclid(end)
}

fn pick<T: Copy>(random: &SeededRandom, of: &[T]) -> T {
    of[usize::try_from(below(random, i64::try_from(of.len()).unwrap())).unwrap()]
}

/// A world in memory, and chance that can be replayed.
struct Firm {
    world: ClioWorld,
    clock: Arc<VirtualClock>,
    token: String,
    random: SeededRandom,
}

impl Firm {
    fn new(seed: u64, change: impl FnOnce(ClioWorldBuilder) -> ClioWorldBuilder) -> Self {
        let clock = VirtualClock::new();
        let world = change(ClioWorld::firm(seed).rate_limit(None).clock(clock.clone())).start();
        let token = world.token().access.expose().to_owned();
        Self { world, clock, token, random: SeededRandom::new(seed) }
    }

    /// The same firm as this user sees it.
    fn as_user(&self, user: i64) -> Self {
        let token = self.world.token_of(user).access.expose().to_owned();
        Self { world: self.world.clone(), clock: self.clock.clone(), token, random: SeededRandom::new(0) }
    }

    /// A number below this one.
    fn below(&self, end: i64) -> i64 {
        below(&self.random, end)
    }

    fn pick<T: Copy>(&self, of: &[T]) -> T {
        pick(&self.random, of)
    }

    /// With this chance of four.
    fn chance(&self, of_four: i64) -> bool {
        self.below(4) < of_four
    }

    /// The status and the body of an answer. `data` is the JSON of the body's `data` member.
    fn call(&self, method: &str, target: &str, data: &str) -> (u16, String) {
        let base = format!("{}/api/v4", self.world.host_url());
        let parts = RequestParts::new::<op::CreateActivity>();
        let parts = if data.is_empty() { parts } else { parts.data(data) };
        let request = parts.into_http(&Base::parse(&base).unwrap()).unwrap();
        let mut request = request.map(|body| match body {
            Payload::Bytes(bytes) => bytes,
            _ => Vec::new().into(),
        });
        *request.method_mut() = method.parse().unwrap();
        *request.uri_mut() = format!("{base}{target}").parse().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {}", self.token).parse().unwrap());
        let answer = self.world.handle(request, self.clock.now());
        (answer.status().as_u16(), String::from_utf8(answer.body().to_vec()).unwrap())
    }

    /// The `data` of an answer that has to be a success.
    fn data(&self, method: &str, target: &str, data: &str) -> Value {
        let (status, body) = self.call(method, target, data);
        assert!((200..300).contains(&status), "{method} {target} {data}: {status} {body}");
        serde_json::from_str::<Value>(&body).unwrap()["data"].clone()
    }

    fn make(&self, target: &str, data: &Value) -> i64 {
        self.data("POST", target, &data.to_string())["id"].as_i64().unwrap()
    }

    /// Creates from a draft.
    fn create(&self, draft: &impl Body<op::CreateActivity>) -> BillableActivity {
        self.create_json(&draft.json().unwrap())
    }

    fn create_json(&self, json: &str) -> BillableActivity {
        let fields = <BillableActivity as Selection<objects::Activity>>::FIELDS;
        let target = format!("/activities.json?fields={fields}");
        activity(&self.data("POST", &target, json))
    }

    fn read(&self, id: i64) -> BillableActivity {
        let fields = <BillableActivity as Selection<objects::Activity>>::FIELDS;
        activity(&self.data("GET", &format!("/activities/{id}.json?fields={fields}"), ""))
    }

    fn users(&self) -> Vec<i64> {
        self.world.users().iter().map(|user| user.id).collect()
    }

    fn matters(&self) -> Vec<i64> {
        self.world.matters().iter().map(|matter| matter.id).collect()
    }

    fn category(&self, kind: &str, amount: i64) -> i64 {
        let name = format!("{kind} {amount}");
        self.make(
            "/activity_descriptions.json",
            &json!({"name": name, "rate": {"type": kind, "amount": amount}}),
        )
    }
}

fn activity(data: &Value) -> BillableActivity {
    clio_core::decode::<objects::Activity, _>(&data.to_string()).unwrap()
}
