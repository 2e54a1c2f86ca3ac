//! Every fault at every call of Clio and of the desk, and a crash at each: nothing twice, and nothing lost.

use std::{
    future::{Future, pending, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::Poll,
    time::Duration,
};

use async_trait::async_trait;
use clio_api::http;
use clio_case_status::{CaseId, DeskFault, FileId};
use clio_core::{Limits, Payload, Transport, TransportError};
use clio_fixtures::Fault;

use super::{FLOW, POLL, case_of, documents, sizes};
use crate::bench::Bench;

/// A folder to be made, two documents, one of them of two files of one name, and a version.
async fn scene() -> (Bench, CaseId) {
    let folder = |set: &mut clio_case_status::Settings| set.documents_folder = Some("Client".into());
    let bench = Bench::with(|world| world.matters(2), |set, _| folder(set)).await;
    let case = case_of(&bench, &bench.matter(0).to_string()).await;
    (bench, case)
}

fn first(bench: &Bench, case: &CaseId) -> FileId {
    let file = bench.desk.upload(case, "a.txt", "1").expect("a file");
    bench.desk.upload(case, "b.txt", "22").expect("a file");
    file
}

fn second(bench: &Bench, case: &CaseId, file: &FileId) {
    assert!(bench.desk.replace(file, "333"));
    bench.desk.upload(case, "b.txt", "4444").expect("a file");
}

/// Polls, as the schedule has it, until all is done.
async fn settle(bench: &Bench) {
    for _ in 0..30 {
        let report = bench.firm.run_to_rest(FLOW).await;
        if report.is_ok_and(|report| report.pending == 0) {
            return;
        }
        bench.pass(Duration::from_secs(60)).await;
    }
    panic!("it does not come to rest");
}

/// Each content stands once, in one folder.
async fn check(bench: &Bench, what: &str) {
    check_as(bench, "a.txt", what).await;
}

/// The first document is called so by now.
async fn check_as(bench: &Bench, name: &str, what: &str) {
    let matter = bench.matter(0);
    let mut all: Vec<(String, Vec<u64>)> = documents(bench, matter)
        .iter()
        .map(|one| (one["name"].as_str().unwrap_or_default().to_owned(), sizes(bench, one)))
        .collect();
    all.sort();
    let expected = [(name.to_owned(), vec![1, 3]), ("b.txt".to_owned(), vec![2, 4])];
    assert_eq!(all, expected, "{what}");
    let folders = bench.world.records("Folder").into_iter().filter(|one| one["name"] == "Client").count();
    assert_eq!(folders, 1, "{what}");
    assert!(bench.firm.parked().await.expect("the store").is_empty(), "{what}");
    assert!(bench.firm.dead_letters().await.expect("the store").is_empty(), "{what}");
}

/// The whole, with something that goes wrong in its first or its second half. Answers how many calls Clio had got by the end of
/// that half.
async fn whole(bench: &Bench, case: &CaseId, late: bool, go_wrong: impl FnOnce()) -> u64 {
    if !late {
        go_wrong();
        let file = first(bench, case);
        let _ = bench.firm.run(FLOW).await;
        settle(bench).await;
        let calls = bench.world.calls().len() as u64;
        bench.pass(POLL).await;
        second(bench, case, &file);
        settle(bench).await;
        return calls;
    }
    let file = first(bench, case);
    settle(bench).await;
    bench.pass(POLL).await;
    second(bench, case, &file);
    go_wrong();
    let _ = bench.firm.run(FLOW).await;
    settle(bench).await;
    bench.world.calls().len() as u64
}

async fn each_call(faults: &[Fault], late: bool) {
    for fault in faults {
        for n in 1.. {
            let (bench, case) = scene().await;
            let mut before = 0;
            let calls = whole(&bench, &case, late, || {
                before = bench.world.calls().len() as u64;
                bench.world.faults().at_call(before + n, *fault);
            })
            .await;
            let reached = calls >= before + n;
            bench.world.faults().clear();
            bench.pass(Duration::from_secs(600)).await;
            settle(&bench).await;
            check(&bench, &format!("{fault:?} at call {n}, late: {late}")).await;
            if !reached {
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_is_lost_at_clio_each_content_stands_once() {
    each_call(&Fault::ALL[..6], false).await;
    each_call(&Fault::ALL[..6], true).await;
}

#[tokio::test(start_paused = true)]
async fn whatever_clio_answers_each_content_stands_once() {
    each_call(&Fault::ALL[6..12], false).await;
    each_call(&Fault::ALL[6..12], true).await;
}

#[tokio::test(start_paused = true)]
async fn whatever_breaks_at_clio_each_content_stands_once() {
    each_call(&Fault::ALL[12..], false).await;
    each_call(&Fault::ALL[12..], true).await;
}

#[tokio::test(start_paused = true)]
async fn whatever_the_desk_does_each_content_stands_once() {
    for fault in [DeskFault::Unavailable, DeskFault::AnswerLost] {
        for late in [false, true] {
            for n in 1..12 {
                let (bench, case) = scene().await;
                whole(&bench, &case, late, || bench.desk.fail(n, fault)).await;
                check(&bench, &format!("{fault:?} at call {n} of the desk, late: {late}")).await;
            }
        }
    }
}

/// Stands still for ever before or after a call, so that whoever waits can be dropped there, as by a power cut.
#[derive(Debug)]
struct Cut {
    inner: Arc<dyn Transport>,
    at: u64,
    passed: AtomicU64,
    reached: AtomicBool,
}

impl Cut {
    async fn point(&self) {
        if self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.at {
            self.reached.store(true, Ordering::SeqCst);
            pending::<()>().await;
        }
    }

    /// Until the future is done or cut off.
    async fn cut<T>(&self, future: impl Future<Output = T>) {
        let mut future = pin!(future);
        poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Pending if !self.reached.load(Ordering::SeqCst) => Poll::Pending,
            _ => Poll::Ready(()),
        })
        .await;
    }
}

#[async_trait]
impl Transport for Cut {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        self.point().await;
        let answer = self.inner.send(request, limits).await;
        self.point().await;
        answer
    }
}

#[tokio::test(start_paused = true)]
async fn wherever_it_crashes_each_content_stands_once() {
    for late in [false, true] {
        for at in 1.. {
            let (mut bench, case) = scene().await;
            let mut file = None;
            if late {
                file = Some(first(&bench, &case));
                settle(&bench).await;
                bench.pass(POLL).await;
                // What a person renamed never looks as it was written: only the version itself tells that it stands.
                let there = documents(&bench, bench.matter(0));
                let one = there.iter().find(|one| one["name"] == "a.txt").expect("a document");
                assert!(
                    bench.world.person("Ada").rename_document(one["id"].as_i64().expect("an id"), "a.md")
                );
            }
            match &file {
                Some(file) => second(&bench, &case, file),
                None => file = Some(first(&bench, &case)),
            }
            let inner = bench.world.transport();
            let cut = Arc::new(Cut { inner, at, passed: 0.into(), reached: false.into() });
            bench.restart_over(cut.clone());
            cut.cut(bench.firm.run(FLOW)).await;
            bench.restart();
            settle(&bench).await;
            if !late {
                bench.pass(POLL).await;
                second(&bench, &case, &file.expect("a file"));
                settle(&bench).await;
            }
            let name = if late { "a.md" } else { "a.txt" };
            check_as(&bench, name, &format!("a crash at point {at}, late: {late}")).await;
            if !cut.reached.load(Ordering::SeqCst) {
                break;
            }
        }
    }
}
