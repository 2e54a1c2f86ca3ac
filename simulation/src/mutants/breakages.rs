//! The breakages: by a setting, or by a wrapper at a seam.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::{Clock, Limits, Payload, Sleep, Transport, TransportError};
use clio_sync::{
    Acknowledgement, BeginSend, Brake, Committed, Confirmation, Confirmed, Decision, FlowKey, Intent,
    IntentState, Lease, PageCommit, Resolution, Result, Store, SweepEnd, Swept,
};
use serde_json::Value;

use super::Mutant;
use crate::{
    Setup,
    seams::{Hook, Tamper, Wrapped},
};

/// Every mutant.
pub const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "does not let a write settle",
        killer: "a write that is applied 100 seconds late",
        breaks: |_, mut setup| {
            setup.timing.settle = Duration::ZERO;
            setup.timing.look_again_after = Duration::ZERO;
            setup
        },
    },
    Mutant {
        name: "believes one look",
        killer: "a write that is applied between two looks",
        breaks: |_, setup| hooked(setup, OneLook),
    },
    Mutant {
        name: "fences nobody",
        killer: "an engine that is suspended after it looked",
        breaks: |_, setup| hooked(setup, NoFences),
    },
    Mutant {
        name: "retries a write blindly",
        killer: "an answer that is lost",
        breaks: |_, mut setup| {
            setup.clio = Arc::new(BlindRetry(setup.clio));
            setup
        },
    },
    Mutant {
        name: "believes that nothing left when the answer was lost",
        killer: "an answer that is lost",
        breaks: |_, mut setup| {
            setup.clio = Arc::new(NothingLeft(setup.clio));
            setup
        },
    },
    Mutant {
        name: "takes a server error for a refusal",
        killer: "a write that is applied and answered with 500",
        breaks: |_, mut setup| {
            setup.clio = Tamper::answered(setup.clio, refused);
            setup
        },
    },
    Mutant {
        name: "takes a 429 to come before execution",
        killer: "a write that is applied and answered with 429",
        breaks: |_, mut setup| {
            setup.timing.rate_limit_precedes_execution = true;
            setup
        },
    },
    Mutant {
        name: "takes another record for the one it wrote",
        killer: "a day without a fault",
        breaks: |_, mut setup| {
            setup.clio = Tamper::text(setup.clio, "POST", "/activities.json", next_record);
            setup
        },
    },
    Mutant {
        name: "takes the floor of a look from its own clock",
        killer: "a clock an hour ahead",
        breaks: |_, mut setup| {
            setup.clio = Arc::new(LocalDate(setup.clio, setup.clock.clone()));
            setup
        },
    },
    Mutant {
        name: "ignores the deadline of a send",
        killer: "an engine that is suspended before it sends",
        breaks: |_, mut setup| {
            setup.clio_clock = Some(Arc::new(Stopped(setup.clock.clone())));
            setup
        },
    },
    Mutant {
        name: "looks no further back than it sent, whatever another look took",
        killer: "two equal writes, and the look gives one the record of the other",
        breaks: |_, setup| hooked(setup, OwnFloors::default()),
    },
    Mutant {
        name: "gives up after one attempt",
        killer: "a write that never arrives, beside an equal one",
        breaks: |_, mut setup| {
            setup.timing.attempts = 1;
            setup
        },
    },
    Mutant {
        name: "links two records to one",
        killer: "a write that never arrives, beside an equal one",
        breaks: |_, setup| hooked(setup, Unlinked::default()),
    },
    Mutant {
        name: "looks at records that are linked",
        killer: "a write that never arrives, beside an equal one",
        breaks: |_, setup| hooked(setup, ClaimsLinked),
    },
    Mutant {
        name: "writes the intent down after the send",
        killer: "a crash at any point of a day",
        breaks: |_, setup| hooked(setup, Late::default()),
    },
    Mutant {
        name: "sends at once what it finds being sent",
        killer: "a crash at any point of a day",
        breaks: |_, setup| hooked(setup, Resends::default()),
    },
    Mutant {
        name: "acknowledges before it is confirmed",
        killer: "an answer that is lost",
        breaks: |_, setup| hooked(setup, TellsEarly),
    },
    Mutant {
        name: "commits the cursor before its page",
        killer: "a crash at any point of reading a book",
        breaks: |_, setup| hooked(setup, CursorFirst),
    },
    Mutant {
        name: "moves the cursor to the newest seen",
        killer: "entries that come in behind a slow reader",
        breaks: |_, setup| hooked(setup, NewestSeen::default()),
    },
    Mutant {
        name: "reads without overlap",
        killer: "an entry that is committed late",
        breaks: |_, mut setup| {
            setup.timing.overlap = Duration::ZERO;
            setup
        },
    },
    Mutant {
        name: "forgets the last record of a page",
        killer: "a book of old entries",
        breaks: |_, setup| hooked(setup, DropsOne),
    },
    Mutant {
        name: "takes equal records for one",
        killer: "a day without a fault",
        breaks: |_, setup| hooked(setup, EqualsAreOne),
    },
    Mutant {
        name: "deletes on one sweep",
        killer: "a sweep that misses an entry once",
        breaks: |_, setup| hooked(setup, OneStrike),
    },
    Mutant {
        name: "has no brake",
        killer: "a source that seems to be empty",
        breaks: |_, setup| hooked(setup, NoBrake),
    },
    Mutant {
        name: "applies a plan without a precondition",
        killer: "a source that changes while a plan is applied",
        breaks: |_, setup| hooked(setup, Unexpecting),
    },
    Mutant {
        name: "changes without a condition",
        killer: "a person who edits what is about to be changed",
        breaks: |_, mut setup| {
            setup.clio = Arc::new(Unconditional(setup.clio));
            setup
        },
    },
    Mutant {
        name: "sends a change again without comparing",
        killer: "a change whose answer is lost",
        breaks: |_, setup| hooked(setup, NeverCompares),
    },
    Mutant {
        name: "recreates what a person deleted",
        killer: "a person who deletes what is edited later",
        breaks: |_, setup| hooked(setup, Recreates),
    },
    Mutant {
        name: "trusts a restored store",
        killer: "a store that is restored from a backup",
        breaks: |_, setup| hooked(setup, Trusting),
    },
    Mutant {
        name: "claims by content although the marker differs",
        killer: "an equal entry with the marker of another",
        breaks: |_, mut setup| {
            setup.clio = Arc::new(AnyMarker(setup.clio, Mutex::default()));
            setup
        },
    },
];

fn hooked(mut setup: Setup, hook: impl Hook + 'static) -> Setup {
    setup.store = Arc::new(Wrapped { inner: setup.store, hook: Arc::new(hook) });
    setup
}

// Of the store.

#[derive(Debug)]
struct OneLook;

#[async_trait]
impl Hook for OneLook {
    async fn look_again(&self, inner: &dyn Store, lease: &Lease, keys: &[String], _: Duration) -> Result<()> {
        inner.replan(lease, keys).await
    }
}

/// To the store all engines are one.
#[derive(Debug)]
struct NoFences;

#[async_trait]
impl Hook for NoFences {
    async fn take_lease(&self, inner: &dyn Store, firm: &str, _: &str, ttl: Duration) -> Result<Lease> {
        inner.take_lease(firm, "everybody", ttl).await
    }
}

/// Forgets which records are linked, and lets two writes have one.
#[derive(Debug, Default)]
struct Unlinked(AtomicU64);

#[async_trait]
impl Hook for Unlinked {
    fn linked(&self, _: HashSet<String>) -> HashSet<String> {
        HashSet::new()
    }
    async fn confirm(
        &self,
        inner: &dyn Store,
        lease: &Lease,
        confirmations: &[Confirmation],
    ) -> Result<Vec<Confirmed>> {
        let own = |one: &Confirmation| {
            let n = self.0.fetch_add(1, Ordering::SeqCst);
            Confirmation { remote_id: format!("{}#{n}", one.remote_id), ..one.clone() }
        };
        inner.confirm(lease, &confirmations.iter().map(own).collect::<Vec<_>>()).await
    }
}

#[derive(Debug)]
struct ClaimsLinked;

#[async_trait]
impl Hook for ClaimsLinked {
    fn linked(&self, _: HashSet<String>) -> HashSet<String> {
        HashSet::new()
    }
}

/// Until it is confirmed, nothing says that a write was sent.
#[derive(Debug, Default)]
struct Late(Mutex<Option<BeginSend>>);

#[async_trait]
impl Hook for Late {
    async fn begin_send(&self, _: &dyn Store, _: &Lease, _: &[String], begin: &BeginSend) -> Result<()> {
        *self.0.lock().expect("no panic holds it") = Some(begin.clone());
        Ok(())
    }
    async fn confirm(
        &self,
        inner: &dyn Store,
        lease: &Lease,
        confirmations: &[Confirmation],
    ) -> Result<Vec<Confirmed>> {
        let begin = self.0.lock().expect("no panic holds it").take();
        if let Some(begin) = begin {
            let keys: Vec<String> = confirmations.iter().map(|one| one.key.clone()).collect();
            inner.begin_send(lease, &keys, &begin).await?;
        }
        inner.confirm(lease, confirmations).await
    }
}

#[derive(Debug, Default)]
struct Resends(Mutex<Option<Lease>>);

#[async_trait]
impl Hook for Resends {
    async fn take_lease(&self, inner: &dyn Store, firm: &str, holder: &str, ttl: Duration) -> Result<Lease> {
        let lease = inner.take_lease(firm, holder, ttl).await?;
        *self.0.lock().expect("no panic holds it") = Some(lease.clone());
        Ok(lease)
    }
    async fn open_intents(&self, inner: &dyn Store, firm: &str, target: &str) -> Result<Vec<Intent>> {
        let open = inner.open_intents(firm, target).await?;
        let lease = self.0.lock().expect("no panic holds it").clone();
        let (sending, open): (Vec<Intent>, Vec<Intent>) =
            open.into_iter().partition(|intent| intent.state == IntentState::Sending);
        if let Some(lease) = lease {
            let keys: Vec<String> = sending.into_iter().map(|intent| intent.key).collect();
            inner.replan(&lease, &keys).await?;
            return Ok(open);
        }
        inner.open_intents(firm, target).await
    }
}

#[derive(Debug)]
struct TellsEarly;

#[async_trait]
impl Hook for TellsEarly {
    async fn due_acknowledgements(
        &self,
        inner: &dyn Store,
        flow: &FlowKey,
        most: usize,
    ) -> Result<Vec<Acknowledgement>> {
        let mut due = inner.due_acknowledgements(flow, most).await?;
        for state in [IntentState::Sending, IntentState::Uncertain] {
            due.extend(inner.intents(&flow.firm, state).await?.into_iter().map(|intent| Acknowledgement {
                id: intent.source_id,
                resolution: Resolution::Written { remote_id: intent.remote_id.unwrap_or_default() },
            }));
        }
        Ok(due)
    }
}

/// Every write keeps the floor that it was first sent with.
#[derive(Debug, Default)]
struct OwnFloors(Mutex<HashMap<String, Option<DateTime<Utc>>>>);

#[async_trait]
impl Hook for OwnFloors {
    async fn open_intents(&self, inner: &dyn Store, firm: &str, target: &str) -> Result<Vec<Intent>> {
        let mut open = inner.open_intents(firm, target).await?;
        let mut floors = self.0.lock().expect("no panic holds it");
        for intent in &mut open {
            intent.floor = *floors.entry(intent.key.clone()).or_insert(intent.floor);
        }
        Ok(open)
    }
}

/// Two transactions in place of one.
#[derive(Debug)]
struct CursorFirst;

#[async_trait]
impl Hook for CursorFirst {
    async fn commit_page(
        &self,
        inner: &dyn Store,
        lease: &Lease,
        page: &PageCommit,
    ) -> Result<Vec<Committed>> {
        inner.commit_page(lease, &PageCommit { records: [].into(), ..page.clone() }).await?;
        inner.commit_page(lease, &PageCommit { cursor: None, ..page.clone() }).await
    }
}

/// The newest stamp of the walk, in milliseconds, which the book's versions tell.
#[derive(Debug, Default)]
struct NewestSeen(Mutex<Option<i64>>);

#[async_trait]
impl Hook for NewestSeen {
    async fn commit_page(
        &self,
        inner: &dyn Store,
        lease: &Lease,
        page: &PageCommit,
    ) -> Result<Vec<Committed>> {
        let stamp = |version: &str| version.split_once('@')?.1.parse::<i64>().ok();
        let newest = {
            let mut newest = self.0.lock().expect("no panic holds it");
            let here = page.records.iter().filter_map(|record| stamp(&record.version)).max();
            *newest = here.max(*newest);
            *newest
        };
        let mut page = page.clone();
        if let Some(cursor) = &mut page.cursor
            && cursor.walk.is_none()
            && let Some(last) = cursor.read.last_mut()
            && let Some(newest) = newest.and_then(DateTime::from_timestamp_millis)
        {
            last.to = newest;
            *self.0.lock().expect("no panic holds it") = None;
        }
        inner.commit_page(lease, &page).await
    }
}

#[derive(Debug)]
struct DropsOne;

#[async_trait]
impl Hook for DropsOne {
    async fn commit_page(
        &self,
        inner: &dyn Store,
        lease: &Lease,
        page: &PageCommit,
    ) -> Result<Vec<Committed>> {
        let mut records = page.records.to_vec();
        let dropped = records.pop();
        let page = PageCommit { records: records.into(), ..page.clone() };
        let mut committed = inner.commit_page(lease, &page).await?;
        committed.extend(dropped.map(|_| Committed::Unchanged));
        Ok(committed)
    }
}

#[derive(Debug)]
struct EqualsAreOne;

#[async_trait]
impl Hook for EqualsAreOne {
    async fn commit_page(
        &self,
        inner: &dyn Store,
        lease: &Lease,
        page: &PageCommit,
    ) -> Result<Vec<Committed>> {
        let (mut records, mut seen) = (page.records.to_vec(), HashSet::new());
        for record in &mut records {
            if let Decision::Write(_, write) = &record.decision
                && !seen.insert(write.payload.clone())
            {
                record.decision = Decision::Skip("it is there already".to_owned());
            }
        }
        inner.commit_page(lease, &PageCommit { records: records.into(), ..page.clone() }).await
    }
}

#[derive(Debug)]
struct OneStrike;

#[async_trait]
impl Hook for OneStrike {
    async fn end_sweep(&self, inner: &dyn Store, lease: &Lease, sweep: &SweepEnd) -> Result<Swept> {
        inner.end_sweep(lease, &SweepEnd { strikes: 1, ..sweep.clone() }).await
    }
}

#[derive(Debug)]
struct NoBrake;

#[async_trait]
impl Hook for NoBrake {
    async fn end_sweep(&self, inner: &dyn Store, lease: &Lease, sweep: &SweepEnd) -> Result<Swept> {
        inner.end_sweep(lease, &SweepEnd { brake: Brake::OFF, ..sweep.clone() }).await
    }
}

#[derive(Debug)]
struct Unexpecting;

#[async_trait]
impl Hook for Unexpecting {
    async fn commit_page(
        &self,
        inner: &dyn Store,
        lease: &Lease,
        page: &PageCommit,
    ) -> Result<Vec<Committed>> {
        inner.commit_page(lease, &PageCommit { expected: None, ..page.clone() }).await
    }
}

#[derive(Debug)]
struct NeverCompares;

#[async_trait]
impl Hook for NeverCompares {
    async fn mark_uncertain(
        &self,
        inner: &dyn Store,
        lease: &Lease,
        keys: &[String],
        wait: Duration,
        reason: &str,
    ) -> Result<()> {
        if wait.is_zero() {
            return inner.replan(lease, keys).await;
        }
        inner.mark_uncertain(lease, keys, wait, reason).await
    }
}

/// What is to stay deleted counts as a record of another kind of source, which the store has not met.
#[derive(Debug)]
struct Recreates;

#[async_trait]
impl Hook for Recreates {
    async fn commit_page(
        &self,
        inner: &dyn Store,
        lease: &Lease,
        page: &PageCommit,
    ) -> Result<Vec<Committed>> {
        let mut committed = inner.commit_page(lease, page).await?;
        for (record, committed) in page.records.iter().zip(&mut committed) {
            if *committed == Committed::LeftDeleted {
                let source = format!("{} again", page.source);
                let again = PageCommit { source, records: [record.clone()].into(), ..page.clone() };
                *committed = inner.commit_page(lease, &again).await?[0];
            }
        }
        Ok(committed)
    }
}

#[derive(Debug)]
struct Trusting;

#[async_trait]
impl Hook for Trusting {
    async fn recover(&self, _: &dyn Store, _: &Lease, _: DateTime<Utc>, _: Duration) -> Result<()> {
        Ok(())
    }
}

// Of the way to Clio.

/// Leaves out the version that a record must still have.
#[derive(Debug)]
struct Unconditional(Arc<dyn Transport>);

#[async_trait]
impl Transport for Unconditional {
    async fn send(
        &self,
        mut request: http::Request<Payload>,
        limits: Limits,
    ) -> std::result::Result<http::Response<Payload>, TransportError> {
        request.headers_mut().remove(http::header::IF_MATCH);
        self.0.send(request, limits).await
    }
}

/// Reads every marker as the one that was written last.
#[derive(Debug)]
struct AnyMarker(Arc<dyn Transport>, Mutex<Option<String>>);

#[async_trait]
impl Transport for AnyMarker {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> std::result::Result<http::Response<Payload>, TransportError> {
        let marker = |text: &str| Some(text.split_once(" [#")?.1.split_once(']')?.0.to_owned());
        let (parts, body) = request.into_parts();
        let body = body.into_bytes(u64::MAX).await?;
        let reads = parts.method == http::Method::GET;
        if let Some(written) = marker(&String::from_utf8_lossy(&body)) {
            *self.1.lock().expect("no panic holds it") = Some(written);
        }
        let body = if body.is_empty() { Payload::Empty } else { Payload::Bytes(body) };
        let (head, body) = self.0.send(http::Request::from_parts(parts, body), limits).await?.into_parts();
        let mut text = String::from_utf8_lossy(&body.into_bytes(u64::MAX).await?).into_owned();
        let last = self.1.lock().expect("no panic holds it").clone();
        if let (true, Some(last)) = (reads, last) {
            while let Some(other) = marker(&text.replace(&last, "")).filter(|other| !other.is_empty()) {
                text = text.replace(&other, &last);
            }
        }
        Ok(http::Response::from_parts(head, Payload::Bytes(text.into())))
    }
}

/// Sends a write again when no answer came, as most clients do.
#[derive(Debug)]
struct BlindRetry(Arc<dyn Transport>);

#[async_trait]
impl Transport for BlindRetry {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> std::result::Result<http::Response<Payload>, TransportError> {
        let (parts, body) = request.into_parts();
        let again = http::Request::from_parts(parts.clone(), body.try_clone().expect("a body in memory"));
        match self.0.send(http::Request::from_parts(parts, body), limits).await {
            Err(error) if !error.nothing_left() => self.0.send(again, limits).await,
            other => other,
        }
    }
}

/// Claims that a write never left when its answer was lost.
#[derive(Debug)]
struct NothingLeft(Arc<dyn Transport>);

#[async_trait]
impl Transport for NothingLeft {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> std::result::Result<http::Response<Payload>, TransportError> {
        self.0
            .send(request, limits)
            .await
            .map_err(|error| TransportError::not_sent(error.kind(), error.to_string()))
    }
}

/// Makes the server's time that of our clock.
#[derive(Debug)]
struct LocalDate(Arc<dyn Transport>, Arc<dyn Clock>);

#[async_trait]
impl Transport for LocalDate {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> std::result::Result<http::Response<Payload>, TransportError> {
        let mut response = self.0.send(request, limits).await?;
        let date = self.1.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        response.headers_mut().insert(http::header::DATE, date.parse().expect("a header"));
        Ok(response)
    }
}

fn refused(method: &str, _: &str, answer: http::Response<Vec<u8>>) -> http::Response<Vec<u8>> {
    if method != "POST" || !answer.status().is_server_error() {
        return answer;
    }
    let text = r#"{"error":{"type":"UnprocessableEntity","message":"no"}}"#;
    let mut refusal = http::Response::new(text.as_bytes().to_vec());
    *refusal.status_mut() = http::StatusCode::UNPROCESSABLE_ENTITY;
    refusal
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    refusal
}

fn next_record(text: String) -> String {
    let Ok(mut answer) = serde_json::from_str::<Value>(&text) else { return text };
    if let Some(id) = answer["data"]["id"].as_i64() {
        answer["data"]["id"] = (id + 1000).into();
    }
    answer.to_string()
}

/// A clock whose monotonic time stands still: no deadline ever comes.
#[derive(Debug)]
struct Stopped(Arc<dyn Clock>);

impl Clock for Stopped {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
    fn sleep(&self, duration: Duration) -> Sleep {
        self.0.sleep(duration)
    }
}
