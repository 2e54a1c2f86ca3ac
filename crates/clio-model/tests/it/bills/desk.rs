//! A fake firm in memory, asked by plain requests.

use chrono::{DateTime, Utc};
use clio_core::{Clock, Random, Selection, schema::Object};
use clio_fixtures::{ClioWorld, ClioWorldBuilder, Person, SeededRandom, VirtualClock};
use http::Request;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

/// The firm, a token for it, and Ada, who works in its pages.
pub(super) struct Desk {
    pub(super) world: ClioWorld,
    pub(super) ada: Person,
    pub(super) matters: Vec<i64>,
    pub(super) now: DateTime<Utc>,
    token: String,
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
}

impl Desk {
    pub(super) fn new(change: impl FnOnce(ClioWorldBuilder) -> ClioWorldBuilder) -> Self {
        let clock = VirtualClock::new();
        let world = change(ClioWorld::firm(7).rate_limit(None).clock(clock.clone())).start();
        let matters = world.matters().iter().map(|matter| matter.id).collect();
        let token = world.token().access.expose().to_owned();
        Self { ada: world.person("Ada"), matters, now: clock.now(), token, world }
    }

    /// The status and the body of an answer, at a moment.
    fn send(&self, method: &str, target: &str, data: &str, now: DateTime<Utc>) -> (u16, String) {
        let body = if data.is_empty() { String::new() } else { format!("{{\"data\":{data}}}") };
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/api/v4/{target}", self.world.host_url()))
            .header("authorization", format!("Bearer {}", self.token))
            .body(body.into())
            .unwrap();
        let answer = self.world.handle(request, now);
        (answer.status().as_u16(), String::from_utf8(answer.body().to_vec()).unwrap())
    }

    /// The status that a write is answered with.
    pub(super) fn write(&self, method: &str, target: &str, data: &str) -> u16 {
        self.send(method, target, data, self.now).0
    }

    /// A write that has to be taken.
    pub(super) fn change(&self, target: &str, data: &str) {
        let (status, body) = self.send("PATCH", target, data, self.now);
        assert_eq!(status, 200, "{target} {data}: {body}");
    }

    /// The id of a record that is made.
    pub(super) fn create(&self, target: &str, data: &str) -> i64 {
        let (status, body) = self.send("POST", target, data, self.now);
        assert_eq!(status, 201, "{target} {data}: {body}");
        serde_json::from_str::<Value>(&body).unwrap()["data"]["id"].as_i64().unwrap()
    }

    /// A list as a selection.
    pub(super) fn list<O: Object, S: Selection<O>>(&self, target: &str) -> Vec<S> {
        self.list_at::<O, S>(target, self.now)
    }

    pub(super) fn list_at<O: Object, S: Selection<O>>(&self, target: &str, now: DateTime<Utc>) -> Vec<S> {
        let joined = if target.contains('?') { '&' } else { '?' };
        let fields = S::FIELDS.replace('{', "%7B").replace('}', "%7D");
        let (status, body) = self.send("GET", &format!("{target}{joined}limit=200&fields={fields}"), "", now);
        assert_eq!(status, 200, "{target}: {body}");
        let page: Page<'_> = serde_json::from_str(&body).unwrap();
        page.data.iter().map(|one| clio_core::decode::<O, S>(one.get()).unwrap()).collect()
    }
}

/// Numbers that can be replayed.
pub(super) struct Dice(SeededRandom);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(SeededRandom::new(seed))
    }

    /// From zero to below.
    pub(super) fn below(&self, below: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % below
    }

    /// One in so many times.
    pub(super) fn one_in(&self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub(super) fn of<'a, T>(&self, all: &'a [T]) -> &'a T {
        &all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}
