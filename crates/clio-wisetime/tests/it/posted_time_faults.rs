//! Posted time while something goes wrong: each fault at each call, a crash before and after each call, a second delivery,
//! two workers. Each group becomes one entry, and is acknowledged by what is true.

use clio_core::Secret;
use clio_fixtures::{Fault, Faults};
use clio_sync::Firm;
use clio_wisetime::Settings;

use crate::bench::{Bench, HOOK, KEY, POSTED_TIME, Programme, Way};
use crate::cut::Cut;

/// One after the other is as good as at once: what is lost is the same, and more can be tried.
async fn course(bench: &Bench, programme: &Programme, way: Way) {
    if way == Way::Webhook {
        bench.deliver(programme.framework()).await;
    } else {
        bench.settle(&programme.firm).await;
    }
}

/// A firm with little to do, posted before anybody asks.
async fn day(way: Way) -> Bench {
    let bench = Bench::new();
    if way == Way::Webhook {
        let client = bench.client_over(bench.wisetime.transport());
        client.switch_to_webhook(HOOK, &Secret::new(KEY)).await.expect("subscribed");
    }
    bench.post_day();
    bench
}

/// All is as it should be, and another run writes nothing.
async fn check(bench: &Bench, firm: &Firm, what: &str) {
    // What is late has come.
    bench.sleep(600).await;
    bench.assert_day(what);
    let writes = bench.writes();
    firm.run_to_rest(POSTED_TIME).await.unwrap_or_else(|error| panic!("a quiet run: {what}: {error:?}"));
    assert_eq!(bench.writes(), writes, "a quiet run writes nothing: {what}");
}

/// Each of these at each call of a whole day to one of the worlds.
async fn each_call(way: Way, faults: &[Fault]) {
    for at_clio in [true, false] {
        for fault in faults {
            for n in 1.. {
                let bench = day(way).await;
                let called = |bench: &Bench| {
                    if at_clio { bench.clio.calls().len() } else { bench.wisetime.calls().len() }
                };
                let before = called(&bench) as u64;
                let schedule: &Faults = if at_clio { bench.clio.faults() } else { bench.wisetime.faults() };
                schedule.at_call(before + n, *fault);
                let programme = bench.programme(way);
                course(&bench, &programme, way).await;
                let reached = called(&bench) as u64 >= before + n;
                schedule.clear();
                let whom = if at_clio { "Clio" } else { "WiseTime" };
                check(&bench, &programme.firm, &format!("{fault:?} at call {n} to {whom}, {way:?}")).await;
                // An idle poll or look has no effect, and there is no end of them.
                if !reached || n >= 10 {
                    break;
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_is_lost_each_group_is_posted_once() {
    each_call(Way::Poll, &Fault::ALL[..6]).await;
}

#[tokio::test(start_paused = true)]
async fn whatever_is_answered_each_group_is_posted_once() {
    each_call(Way::Poll, &Fault::ALL[6..12]).await;
}

#[tokio::test(start_paused = true)]
async fn whatever_breaks_each_group_is_posted_once() {
    each_call(Way::Poll, &Fault::ALL[12..]).await;
}

#[tokio::test(start_paused = true)]
async fn by_the_webhook_whatever_happens_each_group_is_posted_once() {
    each_call(Way::Webhook, Fault::ALL).await;
}

/// The programme is cut off at each point, and another goes on from its file.
async fn each_crash(way: Way) {
    for at in 1.. {
        let bench = day(way).await;
        let cut = Cut::at(at);
        {
            let (clio, wisetime) = (cut.on(bench.clio.transport()), cut.on(bench.wisetime.transport()));
            let doomed = bench.programme_by(way, Settings::default(), clio, wisetime);
            cut.cut(course(&bench, &doomed, way)).await;
        }
        let heir = bench.programme(way);
        course(&bench, &heir, way).await;
        check(&bench, &heir.firm, &format!("a crash at point {at}, {way:?}")).await;
        if !cut.was_reached() {
            assert!(at > 12, "there were points to crash at");
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn wherever_it_crashes_each_group_is_posted_once() {
    each_crash(Way::Poll).await;
}

#[tokio::test(start_paused = true)]
async fn by_the_webhook_wherever_it_crashes_each_group_is_posted_once() {
    each_crash(Way::Webhook).await;
}

/// Two programmes on one store, both with a long poll, and a fault at each write.
#[tokio::test(start_paused = true)]
async fn two_workers_post_once() {
    for fault in [None, Some(Fault::AnswerLost), Some(Fault::RequestLost), Some(Fault::AppliedThenHangs)] {
        for n in 1..=4 {
            let bench = day(Way::Poll).await;
            if let Some(fault) = fault {
                bench.clio.faults().at_nth("POST", "/activities.json", n, fault);
            }
            let (one, other) = (bench.programme(Way::Poll), bench.programme(Way::Poll));
            let both = tokio::join!(bench.settle(&one.firm), bench.settle(&other.firm));
            assert!(both.0.is_some() || both.1.is_some());
            check(&bench, &one.firm, &format!("two workers, {fault:?} at write {n}")).await;
        }
    }
}

/// WiseTime hands out again what it has no word of: the same answer, and nothing is written.
#[tokio::test(start_paused = true)]
async fn a_group_that_comes_again_is_told_the_same() {
    for way in [Way::Poll, Way::Webhook] {
        let bench = day(way).await;
        let programme = bench.programme(way);
        course(&bench, &programme, way).await;
        let (told, writes) = (bench.told("near"), bench.writes());
        bench.wisetime.post(bench.work("near", 0, 0, 900).description("Will").json());
        course(&bench, &programme, way).await;
        let again = bench.told("near");
        assert_eq!((again.status, again.external_id), (told.status, told.external_id), "{way:?}");
        assert_eq!(bench.writes(), writes, "{way:?}");
    }
}
