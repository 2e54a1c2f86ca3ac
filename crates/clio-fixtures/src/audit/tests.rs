//! The audit on states made by hand.

use std::sync::Arc;

use bytes::Bytes;
use clio_core::Clock;
use http::Request;
use serde_json::{Value, json};

use super::*;
use crate::{VirtualClock, samples::TimeGroup};

struct Bench {
    clio: ClioWorld,
    wisetime: WiseTimeWorld,
    clock: Arc<VirtualClock>,
}

impl Bench {
    fn new() -> Self {
        let clock = VirtualClock::new();
        let clio = ClioWorld::firm(7).clock(clock.clone()).start();
        Self { clio, wisetime: WiseTimeWorld::team().clock(clock.clone()).start(), clock }
    }

    /// A user posts a good group.
    fn post(&self, id: &str, matter: usize) {
        let group = TimeGroup::new(id).matter(&self.clio.matters()[matter]).user(&self.clio.users()[1]);
        self.wisetime.post(group.seconds(1800).json());
    }

    /// The connector writes an activity.
    fn write(&self, matter: usize) -> String {
        let (matter, user) = (self.clio.matters()[matter].id, self.clio.users()[1].id);
        let body = json!({"data": {
            "type": "TimeEntry", "date": "2026-03-02", "quantity": 1800, "matter": {"id": matter}, "user": {"id": user},
        }});
        let request = Request::post("https://clio.test/api/v4/activities.json")
            .header("authorization", format!("Bearer {}", self.clio.token().access.expose()))
            .body(Bytes::from(body.to_string()))
            .unwrap();
        let answer = self.clio.handle(request, self.clock.now());
        let body: Value = serde_json::from_slice(answer.body()).unwrap();
        body["data"]["id"].to_string()
    }

    /// The connector acknowledges.
    fn say(&self, id: &str, status: &str, external: Option<&str>) {
        let body = json!({"timeGroupId": id, "status": status, "externalId": external});
        let request = Request::post("https://wisetime.test/connect/api/postedtime/status")
            .header("x-api-key", self.wisetime.api_key())
            .body(Bytes::from(body.to_string()))
            .unwrap();
        assert!(
            matches!(self.wisetime.handle(request, self.clock.now()), crate::Poll::Ready(a) if a.status() == 200)
        );
    }

    fn audit(&self) -> Audit {
        posted_time(&self.clio, &self.wisetime)
    }
}

#[tokio::test(start_paused = true)]
async fn a_good_day_has_nothing_to_complain_about() {
    let bench = Bench::new();
    for id in ["a", "b"] {
        // Two groups of equal content are two pieces of work.
        bench.post(id, 0);
        let external = bench.write(0);
        bench.say(id, "SUCCESS", Some(&external));
    }
    assert_eq!(bench.audit(), Audit { expected: 2, posted: 2, ..Audit::default() });
}

#[tokio::test(start_paused = true)]
async fn what_is_doubled_lost_or_wrongly_acknowledged_is_counted() {
    let bench = Bench::new();
    for (id, matter) in [("doubled", 0), ("lost", 1), ("liar", 2), ("twin", 3), ("sibling", 3)] {
        bench.post(id, matter);
    }
    let doubled = bench.write(0);
    bench.write(0);
    bench.say("doubled", "SUCCESS", Some(&doubled));
    // The activity of another group, and an id that does not exist.
    bench.say("liar", "SUCCESS", Some("4711"));
    let twin = bench.write(3);
    bench.say("twin", "SUCCESS", Some(&twin));
    bench.say("sibling", "SUCCESS", Some(&twin));
    let expected = Audit {
        expected: 5,
        posted: 3,
        waiting: 1,
        doubled: 1,
        lost: 3,
        wrong_acknowledgements: 3,
        ..Audit::default()
    };
    assert_eq!(bench.audit(), expected);
    bench.say("lost", "RETRIABLE_FAILURE", None);
    assert_eq!(bench.audit(), Audit { parked: 1, ..expected });
}

#[tokio::test(start_paused = true)]
async fn groups_that_cannot_be_posted_are_not_expected() {
    let bench = Bench::new();
    let user = &bench.clio.users()[1];
    bench.wisetime.post(TimeGroup::new("untagged").user(user).json());
    bench.wisetime.post(TimeGroup::new("stranger").matter(&bench.clio.matters()[0]).json());
    let mut bad = TimeGroup::new("bad").matter(&bench.clio.matters()[0]).user(user).json();
    bad["totalDurationSecs"] = json!("half an hour");
    bench.wisetime.post(bad);
    bench.say("untagged", "SUCCESS", None);
    bench.say("stranger", "FAILURE", None);
    assert_eq!(bench.audit(), Audit { skipped: 1, rejected: 1, waiting: 1, ..Audit::default() });
    // What people do beside the connector is not the connector's.
    bench.clio.person("Ada").record_time(crate::NewTime { seconds: 60, ..crate::NewTime::default() });
    assert_eq!(bench.audit().posted, 0);
}
