//! Disconnecting while something goes wrong: faults and a crash, at each call.

use std::time::Duration;

use clio_altfee::{AltFee, Error, Leaving, Left, MatterId, Session};
use clio_fixtures::Fault;
use clio_sync::Firm;

use crate::{
    bench::{Bench, bill},
    crash::{Cut, Programme},
    faults::{all_stand, connect, rest},
};

/// A disconnection that was broken off is begun again; or the person thinks better of it, and connects.
async fn check(bench: &Bench, session: Session<'_>, firm: &Firm, matter: &MatterId, again: bool, what: &str) {
    let mut names: Vec<_> = bench.fees().into_iter().map(|fee| fee.1).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), bench.fees().len(), "nothing stands twice: {what}");
    let connected = bench.book.connection(matter).await.expect("read").is_some();
    if connected && again {
        let done = session.disconnect(matter, Leaving::default()).await;
        done.unwrap_or_else(|error| panic!("again: {what}: {error}"));
        rest(session, firm).await;
    }
    if !connected || again {
        assert_eq!(bench.fees(), [], "{what}");
        assert_eq!(bench.world.records("LineItem").len(), 0, "{what}");
        assert!(bench.projects(matter).await.iter().all(|one| one.lock.is_none()), "{what}");
    }
    connect(bench, session, matter).await.unwrap_or_else(|error| panic!("connect: {what}: {error}"));
    rest(session, firm).await;
    assert!(all_stand(bench), "{what}: {:?}", bench.fees());
}

async fn each_call(faults: &[Fault]) {
    for fault in faults {
        for n in 1.. {
            let bench = Bench::new().await;
            let matter = bench.connected().await;
            bill(&bench, &[0]);
            let session = bench.session();
            session.refresh(&matter).await.expect("told");
            let before = bench.world.calls().len() as u64;
            bench.world.faults().at_call(before + n, *fault);
            let what = format!("{fault:?} at call {n}");
            match session.disconnect(&matter, Leaving::default()).await {
                Ok(done) => {
                    let fits = |left: &Left| matches!(left, Left::Nothing | Left::Pending);
                    assert!(done.projects.iter().all(|(_, left)| fits(left)), "{what}: {done:?}");
                }
                Err(Error::Sync(error)) => assert!(error.is_retryable(), "{what}: {error:?}"),
                Err(error) => panic!("{what}: {error:?}"),
            }
            rest(session, &bench.firm).await;
            // What is late has come.
            bench.clio.clock().sleep(Duration::from_secs(600)).await;
            rest(session, &bench.firm).await;
            let reached = bench.world.calls().len() as u64 >= before + n;
            bench.world.faults().clear();
            check(&bench, session, &bench.firm, &matter, n % 2 == 0, &what).await;
            if !reached {
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_is_lost_nothing_is_left() {
    each_call(&[Fault::Refuse, Fault::AnswerLost, Fault::RequestLost, Fault::TimesOut]).await;
}

#[tokio::test(start_paused = true)]
async fn whatever_is_answered_nothing_is_left() {
    let late = Fault::AppliedLate(Duration::from_secs(60));
    each_call(&[late, Fault::ServerErrorApplied, Fault::RateLimitedApplied, Fault::Truncated]).await;
}

#[tokio::test(start_paused = true)]
async fn wherever_it_crashes_nothing_is_left() {
    for at in 1.. {
        let (bench, folder) = (Bench::new().await, tempfile::tempdir().expect("a folder"));
        let (matter, state) = (bench.matter().await, folder.path().join("state"));
        {
            let first = Programme::start(&bench, &state, bench.world.transport()).await;
            connect(&bench, first.session(), &matter).await.expect("connected");
        }
        bill(&bench, &[0]);
        let cut = Cut::at(at, &bench);
        {
            let doomed = Programme::start(&bench, &state, cut.clone()).await;
            let whole = async {
                let done = doomed.session().disconnect(&matter, Leaving::default()).await;
                done.expect("disconnected");
                rest(doomed.session(), &doomed.firm).await;
            };
            cut.cut(whole).await;
        }
        let heir = Programme::start(&bench, &state, bench.world.transport()).await;
        rest(heir.session(), &heir.firm).await;
        let what = format!("a crash at point {at}");
        check(&bench, heir.session(), &heir.firm, &matter, at % 4 < 2, &what).await;
        if !cut.was_reached() {
            break;
        }
    }
}
