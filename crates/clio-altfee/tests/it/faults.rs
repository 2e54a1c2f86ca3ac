//! Connecting while something goes wrong: each fault and a crash, at each call.

use std::time::Duration;

use clio_altfee::{AltFee, Confirmation, Error, MatterId, Session, Status};
use clio_fixtures::Fault;
use clio_sync::Firm;

use crate::{
    bench::{Bench, dec, today},
    crash::{Cut, Programme},
};

/// A person looks, says yes, and the programme comes to rest.
pub(crate) async fn connect(
    bench: &Bench,
    session: Session<'_>,
    matter: &MatterId,
) -> Result<Confirmation, Error> {
    let preview = session.preview(matter, bench.clio_matter, today()).await?;
    session.confirm(&preview).await
}

pub(crate) async fn rest(session: Session<'_>, firm: &Firm) {
    session.settle().await.expect("settled");
    firm.run_to_rest("altfee/projects").await.expect("at rest");
}

/// Both fees stand once: flat, exact, with the right note.
pub(crate) fn all_stand(bench: &Bench) -> bool {
    let mut fees: Vec<_> =
        bench.fees().into_iter().map(|(_, note, price, flat)| (note, price, flat)).collect();
    fees.sort();
    fees == [
        ("Incorporation\n• Articles".to_owned(), dec("1250"), true),
        ("Shareholder agreement\n• Drafting\n• Two rounds of comments".to_owned(), dec("2999.99"), true),
    ]
}

/// At rest either all stands and AltFee knows, or nothing does. Again, it stands once; and once more writes nothing.
async fn check(
    bench: &Bench,
    session: Session<'_>,
    firm: &Firm,
    matter: &MatterId,
    failed: bool,
    what: &str,
) {
    let connected = bench.book.connection(matter).await.expect("read").is_some();
    if connected {
        assert!(all_stand(bench), "connected: {what}: {:?}", bench.fees());
    } else {
        assert!(failed, "it says that it is connected, and is not: {what}");
        assert_eq!(bench.fees(), [], "not connected: {what}");
    }
    connect(bench, session, matter).await.unwrap_or_else(|error| panic!("again: {what}: {error}"));
    rest(session, firm).await;
    assert!(all_stand(bench), "again: {what}: {:?}", bench.fees());
    let writes = bench.writes();
    let again = connect(bench, session, matter).await.expect("a third time");
    rest(session, firm).await;
    assert!(again.is_complete() && bench.writes() == writes, "a third time: {what}");
    session.refresh(matter).await.expect("read");
    let projects = bench.projects(matter).await;
    assert!(
        projects.iter().all(|one| (one.status, &one.lock) == (Some(Status::Unbillable), &None)),
        "{what}"
    );
}

/// Each of these at each call of a whole connection.
async fn each_call(faults: &[Fault]) {
    for fault in faults {
        for n in 1.. {
            let bench = Bench::new().await;
            let matter = bench.matter().await;
            let before = bench.world.calls().len() as u64;
            bench.world.faults().at_call(before + n, *fault);
            let session = bench.session();
            let what = format!("{fault:?} at call {n}");
            let tried = connect(&bench, session, &matter).await;
            if let Err(error) = &tried {
                assert!(matches!(error, Error::Sync(error) if error.is_retryable()), "{what}: {error:?}");
            }
            rest(session, &bench.firm).await;
            bench.world.faults().clear();
            let reached = bench.world.calls().len() as u64 >= before + n;
            // What is late has come.
            bench.clio.clock().sleep(Duration::from_secs(600)).await;
            rest(session, &bench.firm).await;
            check(&bench, session, &bench.firm, &matter, tried.is_err(), &what).await;
            if !reached {
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_is_lost_each_fee_stands_once() {
    each_call(&Fault::ALL[..6]).await;
}

#[tokio::test(start_paused = true)]
async fn whatever_is_answered_each_fee_stands_once() {
    each_call(&Fault::ALL[6..12]).await;
}

#[tokio::test(start_paused = true)]
async fn whatever_breaks_each_fee_stands_once() {
    each_call(&Fault::ALL[12..]).await;
}

#[tokio::test(start_paused = true)]
async fn wherever_it_crashes_each_fee_stands_once() {
    for at in 1.. {
        let (bench, folder) = (Bench::new().await, tempfile::tempdir().expect("a folder"));
        let (matter, state) = (bench.matter().await, folder.path().join("state"));
        let cut = Cut::at(at, &bench);
        {
            let doomed = Programme::start(&bench, &state, cut.clone()).await;
            let whole = async {
                connect(&bench, doomed.session(), &matter).await.expect("connected");
                rest(doomed.session(), &doomed.firm).await;
            };
            cut.cut(whole).await;
        }
        let what = format!("a crash at point {at}");
        let heir = Programme::start(&bench, &state, bench.world.transport()).await;
        rest(heir.session(), &heir.firm).await;
        check(&bench, heir.session(), &heir.firm, &matter, true, &what).await;
        if !cut.was_reached() {
            break;
        }
    }
}
