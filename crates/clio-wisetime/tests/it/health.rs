//! How the connection is doing, as the team at WiseTime reads it.

use clio_fixtures::Fault;
use clio_sync::{ConnectionState, ErrorKind, LocalExecutor};
use clio_wisetime::Settings;

use crate::bench::{Bench, FIRM, Gate, HEALTH, POSTED_TIME, Programme, Way};

/// A check each minute.
async fn checks(bench: &Bench, programme: &Programme, count: usize) {
    for _ in 0..count {
        let _ = programme.firm.run(HEALTH).await;
        bench.sleep(60).await;
    }
}

fn notice(bench: &Bench) -> Option<String> {
    bench.wisetime.health().map(|notice| notice.error_type)
}

fn calls(bench: &Bench, what: &str) -> usize {
    bench.wisetime.calls().iter().filter(|call| call.path.ends_with(what)).count()
}

/// WT1 whole: the authorisation is lost, members are told, another login, the notice goes, and all that was posted arrives.
#[tokio::test(start_paused = true)]
async fn wt1_a_lost_authorisation_is_told_and_withdrawn_and_nothing_is_lost() {
    let bench = Bench::new();
    let programme = bench.programme(Way::Poll);
    programme.engine.connect(FIRM, bench.login(bench.clio.transport(), 50)).await.unwrap();
    checks(&bench, &programme, 2).await;
    assert_eq!(notice(&bench), None);
    bench.clio.revoke_tokens();
    bench.post_day();
    assert_eq!(programme.firm.run(POSTED_TIME).await.unwrap_err().kind(), ErrorKind::AuthorisationLost);
    assert_eq!(programme.firm.run(HEALTH).await.unwrap_err().kind(), ErrorKind::AuthorisationLost);
    let told = bench.wisetime.health().unwrap();
    assert_eq!(told.error_type, "TARGET_AUTH_FAILURE");
    assert!(told.message.unwrap().contains("authorise it again"));
    checks(&bench, &programme, 5).await;
    assert_eq!(calls(&bench, "failure/notify"), 1, "once, not each minute");
    // The flow that tells of it does not make the firm look connected.
    let standing = programme.firm.connection().await.unwrap().standing;
    assert_eq!(standing.state, ConnectionState::AuthorisationLost);
    programme.engine.connect(FIRM, bench.login(bench.clio.transport(), 51)).await.unwrap();
    programme.firm.run(HEALTH).await.unwrap();
    assert_eq!(notice(&bench), None);
    bench.settle(&programme.firm).await;
    bench.assert_day("after authorising again");
    assert_eq!(bench.wisetime.health_notices().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn three_silent_checks_in_a_row_are_told_and_two_are_not() {
    for fault in
        [Fault::Refuse, Fault::TimesOut, Fault::ServerErrorNotApplied, Fault::AnswerLost, Fault::EmptyAnswer]
    {
        let bench = Bench::new();
        let programme = bench.programme(Way::Poll);
        checks(&bench, &programme, 1).await;
        bench.clio.faults().always("", "", fault);
        checks(&bench, &programme, 2).await;
        assert_eq!(notice(&bench), None, "{fault:?}");
        bench.clio.faults().clear();
        checks(&bench, &programme, 1).await;
        bench.clio.faults().always("", "", fault);
        checks(&bench, &programme, 2).await;
        assert_eq!(notice(&bench), None, "{fault:?}: they were not in a row");
        let error = programme.firm.run(HEALTH).await.unwrap_err();
        assert!(error.is_retryable(), "{error:?}");
        assert_eq!(notice(&bench).as_deref(), Some("TARGET_UNREACHABLE"), "{fault:?}");
        checks(&bench, &programme, 4).await;
        assert_eq!(calls(&bench, "failure/notify"), 1, "{fault:?}");
        bench.clio.faults().clear();
        checks(&bench, &programme, 1).await;
        assert_eq!(notice(&bench), None, "{fault:?}");
    }
}

/// 402 is our reading of a subscription that has ended: no source says how Clio tells it.
#[tokio::test(start_paused = true)]
async fn what_clio_answers_has_its_word() {
    for (status, word) in
        [(402, "TARGET_SUBSCRIPTION_FAILURE"), (403, "TARGET_PERMISSIONS_FAILURE"), (410, "UNKNOWN")]
    {
        let bench = Bench::new();
        let gate = Gate::before(bench.clio.transport());
        let programme =
            bench.programme_by(Way::Poll, Settings::default(), gate.clone(), bench.wisetime.transport());
        gate.shut("", status);
        checks(&bench, &programme, 3).await;
        assert_eq!(notice(&bench).as_deref(), Some(word));
        assert!(bench.wisetime.health().unwrap().message.is_some_and(|message| !message.is_empty()));
        assert_eq!(calls(&bench, "failure/notify"), 1);
        gate.open();
        checks(&bench, &programme, 1).await;
        assert_eq!(notice(&bench), None);
    }
}

/// From one trouble into the next: each is told in its place.
#[tokio::test(start_paused = true)]
async fn another_trouble_takes_the_place_of_the_first() {
    let bench = Bench::new();
    let programme = bench.programme(Way::Poll);
    bench.clio.faults().always("", "", Fault::Refuse);
    checks(&bench, &programme, 3).await;
    assert_eq!(notice(&bench).as_deref(), Some("TARGET_UNREACHABLE"));
    bench.clio.faults().clear();
    bench.clio.revoke_tokens();
    checks(&bench, &programme, 1).await;
    assert_eq!(notice(&bench).as_deref(), Some("TARGET_AUTH_FAILURE"));
}

/// The programme that told it is gone; its heir withdraws it.
#[tokio::test(start_paused = true)]
async fn a_notice_that_was_left_standing_is_withdrawn_after_a_restart() {
    let bench = Bench::new();
    bench.clio.faults().always("", "", Fault::Refuse);
    checks(&bench, &bench.programme(Way::Poll), 3).await;
    assert!(notice(&bench).is_some());
    bench.clio.faults().clear();
    let heir = bench.programme(Way::Poll);
    heir.firm.run(HEALTH).await.unwrap();
    assert_eq!(notice(&bench), None);
    // And one that starts while Clio is down says nothing before it knows.
    bench.clio.faults().always("", "", Fault::Refuse);
    let second = bench.programme(Way::Poll);
    let before = bench.wisetime.calls().len();
    checks(&bench, &second, 2).await;
    assert_eq!(bench.wisetime.calls().len(), before);
}

/// Every fault at the call that tells: it is told in the end, and withdrawn in the end.
#[tokio::test(start_paused = true)]
async fn whatever_goes_wrong_the_notice_is_right_in_the_end() {
    for fault in Fault::ALL {
        let bench = Bench::new();
        let programme = bench.programme(Way::Poll);
        for (path, lost) in [("failure/notify", true), ("failure/rescind", false)] {
            bench.wisetime.faults().at_nth("POST", path, 1, *fault);
            if lost {
                bench.clio.revoke_tokens();
            } else {
                let login = bench.login(bench.clio.transport(), 60);
                programme.engine.connect(FIRM, login).await.expect("connected");
            }
            checks(&bench, &programme, 4).await;
            assert_eq!(notice(&bench).is_some(), lost, "{fault:?} {path}");
        }
    }
}

/// An entry that Clio takes says more than a check, and costs nothing.
#[tokio::test(start_paused = true)]
async fn while_time_is_posted_clio_is_not_asked_how_it_is() {
    let bench = Bench::new();
    let programme = bench.programme(Way::Poll);
    let asked = || bench.clio.calls().iter().filter(|call| call.path.ends_with("who_am_i.json")).count();
    let before = asked();
    for n in 0..5 {
        bench.wisetime.post(bench.work(&format!("g-{n}"), 0, 0, 600 + n).json());
        programme.firm.run(POSTED_TIME).await.unwrap();
        programme.firm.run(HEALTH).await.unwrap();
    }
    assert_eq!(asked(), before);
    programme.firm.run(HEALTH).await.unwrap();
    assert_eq!(asked(), before + 1);
}

/// By its schedule alone, through an outage and a lost authorisation.
#[tokio::test(start_paused = true)]
async fn a_served_engine_tells_and_withdraws_by_itself() {
    let bench = Bench::new();
    let programme = bench.programme(Way::Poll);
    programme.engine.connect(FIRM, bench.login(bench.clio.transport(), 70)).await.unwrap();
    let executor = LocalExecutor::new().with_clock(bench.clock.clone());
    let story = async {
        bench.sleep(120).await;
        bench.clio.faults().always("", "", Fault::Refuse);
        bench.sleep(300).await;
        assert_eq!(notice(&bench).as_deref(), Some("TARGET_UNREACHABLE"));
        bench.clio.faults().clear();
        bench.sleep(120).await;
        assert_eq!(notice(&bench), None);
        bench.clio.revoke_tokens();
        bench.post_day();
        bench.sleep(120).await;
        assert_eq!(notice(&bench).as_deref(), Some("TARGET_AUTH_FAILURE"));
        programme.engine.connect(FIRM, bench.login(bench.clio.transport(), 71)).await.unwrap();
        bench.sleep(30).await;
        assert_eq!(notice(&bench), None, "at once, not at the next tick");
        bench.sleep(600).await;
        bench.assert_day("served");
        executor.stop();
    };
    let (served, ()) = tokio::join!(programme.engine.serve(&executor), story);
    served.unwrap();
    assert_eq!(bench.wisetime.health_notices().len(), 2);
}
