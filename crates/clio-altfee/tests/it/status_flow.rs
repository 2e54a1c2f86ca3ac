//! The flow `altfee/status`: on its schedule, under faults and crashes, and with what a bill had refused.

use std::time::Duration;

use clio_altfee::{AltFee, Leaving, Lock, MatterId, Status, Unbilled};
use clio_core::Id;
use clio_fixtures::Fault;
use clio_sync::{ErrorKind, LineOutcome, LocalExecutor, Scope};

use crate::{
    bench::{Bench, bill, dec, scope, today},
    crash::{Cut, Programme},
    faults::connect,
};

const PROJECTS: &str = "altfee/projects";
const STATUS: &str = "altfee/status";

/// The statuses at AltFee, and whether each is locked.
async fn shown(bench: &Bench, matter: &MatterId) -> Vec<(Option<Status>, bool)> {
    bench.projects(matter).await.into_iter().map(|one| (one.status, one.lock.is_some())).collect()
}

const FREE: (Option<Status>, bool) = (Some(Status::Unbillable), false);
const DRAFT: (Option<Status>, bool) = (Some(Status::Draft), true);
const INVOICE: (Option<Status>, bool) = (Some(Status::Invoice), true);

/// Nobody calls anything: two minutes later AltFee shows what is so.
#[tokio::test(start_paused = true)]
async fn the_status_follows_the_bill_by_itself() {
    let bench = Bench::new().await;
    let (matter, ada) = (bench.connected().await, bench.world.person("Ada"));
    let executor = LocalExecutor::new().with_clock(bench.clio.clock().clone());
    let engine = bench.engine.clone();
    let story = async {
        let later = async || {
            bench.clio.clock().sleep(Duration::from_secs(121)).await;
            shown(&bench, &matter).await
        };
        assert_eq!(later().await, [FREE, FREE]);
        let first = bill(&bench, &[0]);
        assert_eq!(later().await, [DRAFT, FREE]);
        assert!(ada.delete_bill(first));
        assert_eq!(later().await, [FREE, FREE]);
        let second = bill(&bench, &[0, 1]);
        assert!(ada.request_approval(second));
        assert_eq!(later().await, [DRAFT, DRAFT]);
        assert!(ada.approve(second));
        assert_eq!(later().await, [INVOICE, INVOICE]);
        assert!(ada.void(second));
        assert_eq!(later().await, [FREE, FREE]);
        executor.stop();
    };
    let (served, ()) = tokio::join!(engine.serve(&executor), story);
    served.expect("served");
}

/// The plan says it, the run does it, and once more there is nothing to do.
#[tokio::test(start_paused = true)]
async fn a_report_says_which_bill() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    let projects = bench.projects(&matter).await;
    bill(&bench, &[0]);
    let plan = bench.firm.plan(STATUS).await.expect("a plan");
    assert!(plan.to_string().contains("altfee/standing Draft, bill 1 (draft)"), "{plan}");
    assert_eq!(shown(&bench, &matter).await, [FREE, FREE], "a plan tells nobody");
    let report = bench.firm.apply(&plan).await.expect("applied");
    let line = (report.lines[0].id.as_str(), report.lines[0].label.as_str());
    assert_eq!((report.lines.len(), line), (1, (projects[0].id.as_str(), "Draft, bill 1 (draft)")));
    assert_eq!(shown(&bench, &matter).await, [DRAFT, FREE]);
    let report = bench.firm.run(STATUS).await.expect("run");
    assert_eq!((report.lines.len(), report.requests), (0, 2), "{report}");
    // One project, by its id.
    bench.book.set_status(&projects[0].id, Status::Unbillable, None).await.expect("somebody meddled");
    bench.book.set_status(&projects[1].id, Status::Invoice, None).await.expect("somebody meddled");
    bench.firm.run_one(STATUS, projects[0].id.as_str()).await.expect("run");
    assert_eq!(shown(&bench, &matter).await, [DRAFT, (Some(Status::Invoice), false)]);
    let report = bench.firm.run_one(STATUS, projects[0].id.as_str()).await.expect("run");
    assert_eq!(report.lines[0].reason.as_deref(), Some("AltFee shows it as Draft already"));
    let unknown = bench.firm.run_one(STATUS, "nobody").await.expect_err("it is not connected");
    assert_eq!(unknown.kind(), ErrorKind::Configuration);
    let sweep = bench.firm.run_scoped(STATUS, Scope::Sweep).await.expect_err("no sweep");
    assert_eq!(sweep.kind(), ErrorKind::Configuration);
}

/// Two requests for all matters together, and none where nothing stands at Clio.
#[tokio::test(start_paused = true)]
async fn many_matters_take_two_requests() {
    let bench = Bench::new().await;
    let nothing = bench.firm.run(STATUS).await.expect("run");
    assert_eq!(nothing.requests, 0, "{nothing}");
    let mut matters = Vec::new();
    for _ in 0..5 {
        matters.push(bench.connected().await);
    }
    bill(&bench, &[0, 9]);
    let report = bench.firm.run(STATUS).await.expect("run");
    assert_eq!((report.count(LineOutcome::Created), report.requests), (2, 2), "{report}");
    assert_eq!(shown(&bench, &matters[0]).await, [DRAFT, FREE]);
    assert_eq!(shown(&bench, &matters[4]).await, [FREE, DRAFT]);
}

#[tokio::test(start_paused = true)]
async fn what_went_astray_is_left_and_told_once() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    let project = bench.projects(&matter).await.remove(0).id;
    let draft = bill(&bench, &[0]);
    bench.firm.run(STATUS).await.expect("run");
    assert!(bench.world.person("Ada").delete_bill(draft));
    assert!(bench.world.person("Ada").delete_activity(bench.fees()[0].0));
    let second = bill(&bench, &[0]);
    let report = bench.firm.run(STATUS).await.expect("run");
    let line = report.lines.iter().find(|line| line.id == project.as_str()).expect("a line");
    assert_eq!(line.outcome, LineOutcome::Skipped);
    assert_eq!(line.reason.as_deref(), Some("it was deleted in Clio: a person has to look"));
    assert_eq!(shown(&bench, &matter).await, [DRAFT, DRAFT], "the other goes on");
    let again = bench.firm.run(STATUS).await.expect("run");
    assert_eq!(again.count(LineOutcome::Skipped), 0, "{again}");
    assert!(bench.world.person("Ada").approve(second));
    bench.firm.run(STATUS).await.expect("run");
    assert_eq!(shown(&bench, &matter).await, [DRAFT, INVOICE]);
}

/// What a matter forgets when it is disconnected is told again, however often.
#[tokio::test(start_paused = true)]
async fn disconnected_and_connected_again_it_is_told_again() {
    let bench = Bench::new().await;
    let (matter, session) = (bench.connected().await, bench.session());
    let keep = Leaving { unbilled: Unbilled::Keep, ..Leaving::default() };
    for round in 0..3 {
        let draft = bill(&bench, &[0, 1]);
        bench.firm.run(STATUS).await.expect("run");
        assert_eq!(shown(&bench, &matter).await, [DRAFT, DRAFT], "round {round}");
        session.disconnect(&matter, keep).await.expect("disconnected");
        bench.firm.run(STATUS).await.expect("run");
        assert_eq!(shown(&bench, &matter).await, [(None, false); 2], "round {round}");
        bench.world.person("Ada").delete_bill(draft);
        // Not by a session: the flow has to tell it.
        let connection =
            session.preview(&matter, bench.clio_matter, today()).await.expect("looked").connection;
        bench.book.connect(&connection).await.expect("connected");
        bench.firm.run(STATUS).await.expect("run");
        assert_eq!(shown(&bench, &matter).await, [FREE, FREE], "round {round}");
    }
}

/// A price changed before AltFee knew of the draft: refused, and sent once the draft is gone; once.
#[tokio::test(start_paused = true)]
async fn what_a_bill_refused_is_sent_again_once() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    let draft = bill(&bench, &[0]);
    let project = bench.projects(&matter).await.remove(0).id;
    bench.book.price(&project, "1300 USD".parse().expect("money")).expect("AltFee was not told");
    bench.firm.run(PROJECTS).await.expect("run");
    bench.firm.run(STATUS).await.expect("run");
    bench.firm.run(STATUS).await.expect("run");
    assert_eq!(bench.firm.dead_letters().await.expect("letters").len(), 1, "the bill is still there");
    assert!(bench.world.person("Ada").delete_bill(draft));
    let plan = bench.firm.plan(STATUS).await.expect("a plan");
    assert_eq!(plan.steps.len(), 1, "{plan}");
    assert_eq!(bench.firm.dead_letters().await.expect("letters").len(), 1, "a plan sends nothing again");
    let before = bench.applied();
    bench.firm.run(STATUS).await.expect("run");
    assert_eq!(bench.firm.dead_letters().await.expect("letters"), []);
    for _ in 0..3 {
        bench.firm.run(PROJECTS).await.expect("run");
        bench.firm.run(STATUS).await.expect("run");
    }
    assert_eq!((bench.fees()[0].2, bench.applied() - before), (dec("1300"), 1));
}

/// AltFee decided to show a lock, and could not: once the matter is disconnected it is not locked any more.
#[tokio::test(start_paused = true)]
async fn what_altfee_did_not_take_in_time_is_not_told_after_a_disconnection() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    let project = bench.projects(&matter).await.remove(0).id;
    let draft = bill(&bench, &[0]);
    bench.stubborn.refuse(&project, ErrorKind::Transient, "AltFee is down");
    let down = bench.firm.run(STATUS).await.expect_err("AltFee is down");
    assert!(down.is_retryable(), "{down}");
    bench.session().disconnect(&matter, Leaving::default()).await.expect("disconnected");
    bench.stubborn.agree();
    bench.world.person("Ada").delete_bill(draft);
    bench.firm.run(STATUS).await.expect("run");
    assert_eq!(shown(&bench, &matter).await, [(None, false); 2]);
}

/// One project that AltFee refuses, and one matter that it cannot tell of, keep nothing of the others back.
#[tokio::test(start_paused = true)]
async fn the_others_go_on() {
    let bench = Bench::new().await;
    let (first, second) = (bench.connected().await, bench.connected().await);
    bill(&bench, &[0, 1, 2, 3]);
    let projects = bench.projects(&first).await;
    bench.stubborn.refuse(&projects[0].id, ErrorKind::Configuration, "not this one");
    let report = bench.firm.run(STATUS).await.expect("run");
    assert_eq!((report.count(LineOutcome::Created), report.count(LineOutcome::Rejected)), (3, 1), "{report}");
    let letter = bench.firm.dead_letters().await.expect("letters").remove(0);
    assert_eq!(
        (letter.source_id.as_str(), letter.reason.as_str()),
        (projects[0].id.as_str(), "not this one")
    );
    let became = bench.session().confirmation(&first).await.expect("read");
    assert!(became.is_complete(), "its fee stands: {became:?}");
    bench.stubborn.agree();
    bench.firm.retry(&letter).await.expect("run");
    assert_eq!(shown(&bench, &first).await, [DRAFT, DRAFT]);
    // One after another AltFee is down for one project, tries again, and takes it.
    bench.book.set_status(&projects[0].id, Status::Unbillable, None).await.expect("somebody meddled");
    let meddled = bench.projects(&second).await.remove(1).id;
    bench.book.set_status(&meddled, Status::Unbillable, None).await.expect("somebody meddled");
    bench.stubborn.refuse(&projects[0].id, ErrorKind::Transient, "AltFee is slow");
    bench.firm.run(STATUS).await.expect_err("AltFee is slow");
    assert_eq!(shown(&bench, &second).await, [DRAFT, DRAFT]);
    bench.stubborn.refuse(&projects[0].id, ErrorKind::Configuration, "not this one");
    bench.firm.run(STATUS).await.expect("a refusal is a letter, at any attempt");
    assert_eq!(bench.firm.dead_letters().await.expect("letters").len(), 1);
    bench.stubborn.agree();
    bench.stubborn.hide(&first);
    let third = bench.projects(&second).await.remove(0).id;
    bench.book.set_status(&third, Status::Unbillable, None).await.expect("somebody meddled");
    let unread = bench.firm.run(STATUS).await.expect_err("a matter could not be read");
    assert_eq!((unread.kind(), shown(&bench, &second).await), (ErrorKind::Transient, vec![DRAFT, DRAFT]));
}

/// Each fault at each call of the flow: the next run ends where Clio is.
#[tokio::test(start_paused = true)]
async fn whatever_goes_wrong_the_next_run_tells_it() {
    for fault in Fault::ALL {
        for n in 1.. {
            let bench = Bench::new().await;
            let matter = bench.connected().await;
            let lock = Lock { bill: Id::new(1), number: None, state: clio_api::choices::BillState::Draft };
            let second = bench.projects(&matter).await.remove(1).id;
            bench.book.set_status(&second, Status::Draft, Some(&lock)).await.expect("a lock of before");
            bill(&bench, &[0]);
            let before = bench.world.calls().len() as u64;
            bench.world.faults().at_call(before + n, *fault);
            if let Err(error) = bench.firm.run(STATUS).await {
                assert!(error.is_retryable(), "{fault:?} at call {n}: {error:?}");
            }
            bench.world.faults().clear();
            let reached = bench.world.calls().len() as u64 >= before + n;
            bench.firm.run(STATUS).await.expect("run");
            assert_eq!(shown(&bench, &matter).await, [DRAFT, FREE], "{fault:?} at call {n}");
            if !reached {
                break;
            }
        }
    }
}

/// A crash before and after each call, to Clio and to AltFee, while a lock is released and what it refused is sent again.
#[tokio::test(start_paused = true)]
async fn wherever_it_crashes_the_refused_edit_is_sent_once() {
    for at in 1.. {
        let (bench, folder) = (Bench::new().await, tempfile::tempdir().expect("a folder"));
        let (matter, state) = (bench.matter().await, folder.path().join("state"));
        let draft = {
            let first = Programme::start(&bench, &state, bench.world.transport()).await;
            connect(&bench, first.session(), &matter).await.expect("connected");
            let draft = bill(&bench, &[0]);
            let project = bench.projects(&matter).await.remove(0).id;
            bench.book.price(&project, "1300 USD".parse().expect("money")).expect("AltFee was not told");
            first.firm.run(PROJECTS).await.expect("run");
            first.firm.run(STATUS).await.expect("run");
            assert_eq!(shown(&bench, &matter).await, [DRAFT, FREE]);
            draft
        };
        assert!(bench.world.person("Ada").delete_bill(draft));
        let (before, cut) = (bench.applied(), Cut::at(at, &bench));
        bench.stubborn.cut(&cut);
        {
            let doomed = Programme::start(&bench, &state, cut.clone()).await;
            let whole = async {
                doomed.firm.run(STATUS).await.expect("run");
                doomed.firm.run_to_rest(PROJECTS).await.expect("run");
            };
            cut.cut(whole).await;
        }
        bench.stubborn.agree();
        let heir = Programme::start(&bench, &state, bench.world.transport()).await;
        heir.firm.run_to_rest(STATUS).await.expect("run");
        heir.firm.run_to_rest(PROJECTS).await.expect("run");
        let what = format!("a crash at point {at}");
        assert_eq!(shown(&bench, &matter).await, [FREE, FREE], "{what}");
        assert_eq!((bench.fees()[0].2, bench.applied() - before), (dec("1300"), 1), "{what}");
        assert_eq!(heir.firm.dead_letters().await.expect("letters"), [], "{what}");
        if !cut.was_reached() {
            assert!(at > 8, "each call to both systems was tried: {at}");
            break;
        }
    }
}

/// A project that is new is not there yet, and then is.
#[tokio::test(start_paused = true)]
async fn a_project_that_is_added_gets_its_status() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    bench.book.add_project(&matter, &scope("Trademark", "10 USD", &[]));
    bench.firm.run(STATUS).await.expect("run");
    assert_eq!(shown(&bench, &matter).await, [FREE, FREE, (None, false)]);
    bench.firm.run(PROJECTS).await.expect("run");
    bench.firm.run(STATUS).await.expect("run");
    assert_eq!(shown(&bench, &matter).await, [FREE, FREE, FREE]);
}
