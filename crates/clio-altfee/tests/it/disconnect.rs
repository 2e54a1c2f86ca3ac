//! Disconnecting, changing, connecting again; and export without a connection.

use std::time::Duration;

use clio_altfee::{AltFee, Became, Error, Invoiced, Leaving, Left, MatterId, Status, Unbilled};
use clio_core::{Id, schema::choices::BillState};
use clio_fixtures::Fault;
use clio_model::NewMatter;

use crate::bench::{Bench, bill, dec, today};

const KEEP: Leaving = Leaving { unbilled: Unbilled::Keep, invoiced: Invoiced::Refuse };

async fn left(bench: &Bench, matter: &MatterId, leaving: Leaving) -> Vec<Left> {
    let gone = bench.session().disconnect(matter, leaving).await.expect("disconnected");
    gone.projects.into_iter().map(|(_, left)| left).collect()
}

/// Changes a price while it is not connected, and connects again.
async fn change_and_connect(bench: &Bench, matter: &MatterId) {
    assert_eq!(bench.book.connection(matter).await.expect("read"), None);
    let project = bench.projects(matter).await.remove(0);
    assert_eq!((project.status, &project.lock), (None, &None));
    bench.book.price(&project.id, "1300 USD".parse().expect("money")).expect("it is free");
    bench.firm.run("altfee/projects").await.expect("run");
    bench.connect(matter).await;
    bench.firm.run("altfee/projects").await.expect("run");
    let name = |note: String| note.lines().next().unwrap_or_default().to_owned();
    let mut shown: Vec<_> = bench.fees().into_iter().map(|fee| (name(fee.1), fee.2)).collect();
    shown.sort();
    let (one, other) =
        (("Incorporation".into(), dec("1300")), ("Shareholder agreement".into(), dec("2999.99")));
    assert_eq!(shown, [one, other]);
}

#[tokio::test(start_paused = true)]
async fn what_is_unbilled_is_deleted_or_kept() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    assert_eq!(left(&bench, &matter, Leaving::default()).await, [Left::Nothing, Left::Nothing]);
    assert_eq!(bench.fees(), []);
    change_and_connect(&bench, &matter).await;

    let bench = Bench::new().await;
    let matter = bench.connected().await;
    let ids: Vec<i64> = bench.fees().iter().map(|fee| fee.0).collect();
    let kept: Vec<Left> = ids.iter().map(|id| Left::Kept(Id::new(*id))).collect();
    assert_eq!(left(&bench, &matter, KEEP).await, kept);
    change_and_connect(&bench, &matter).await;
    assert_eq!(bench.fees().iter().map(|fee| fee.0).collect::<Vec<_>>(), ids, "the same activities");
}

#[tokio::test(start_paused = true)]
async fn what_is_on_a_draft_is_taken_off_it() {
    for leaving in [KEEP, Leaving::default()] {
        let bench = Bench::new().await;
        let matter = bench.connected().await;
        bill(&bench, &[0, 1]);
        bench.session().refresh(&matter).await.expect("told");
        assert!(bench.projects(&matter).await.iter().all(|project| project.lock.is_some()));
        left(&bench, &matter, leaving).await;
        assert_eq!(bench.world.records("LineItem").len(), 0);
        change_and_connect(&bench, &matter).await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_invoiced_is_never_touched() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    let id = bill(&bench, &[0]);
    assert!(bench.world.person("Ada").approve(id));
    let before = (bench.writes(), bench.fees());
    let refused = bench.session().disconnect(&matter, Leaving::default()).await;
    let Err(Error::Locked { lock, .. }) = refused else { panic!("locked, not {refused:?}") };
    assert_eq!((lock.bill, &lock.state), (Id::new(id), &BillState::AwaitingPayment));
    assert!(lock.number.is_some());
    assert_eq!((bench.writes(), bench.fees()), before);
    assert!(bench.book.connection(&matter).await.expect("read").is_some());
    // The rest may go; what was invoiced stays locked.
    let leave = Leaving { invoiced: Invoiced::Leave, ..Leaving::default() };
    assert_eq!(left(&bench, &matter, leave).await, [Left::Invoiced(lock), Left::Nothing]);
    let projects = bench.projects(&matter).await;
    assert!(bench.book.price(&projects[0].id, "1 USD".parse().expect("money")).is_err());
    assert_eq!(projects[0].status, Some(Status::Invoice));
    assert_eq!(bench.fees(), before.1[..1]);
    bench.connect(&matter).await;
    assert_eq!(bench.fees().len(), 2);
}

/// Approved after the look, before the line goes; or just before it goes.
#[tokio::test(start_paused = true)]
async fn a_bill_that_was_approved_a_moment_ago_is_named() {
    let second = Duration::from_secs(1);
    for calls in [3.2, 5.2] {
        let bench = Bench::with(|world| world.latency(second), |_| ()).await;
        let matter = bench.connected().await;
        let id = bill(&bench, &[0]);
        let before = bench.fees();
        let approve = async {
            bench.clio.clock().sleep(second.mul_f64(calls)).await;
            assert!(bench.world.person("Ada").approve(id));
        };
        let session = bench.session();
        let (refused, ()) = tokio::join!(session.disconnect(&matter, Leaving::default()), approve);
        let Err(Error::Locked { lock, .. }) = refused else { panic!("locked, not {refused:?}") };
        assert_eq!((lock.bill, &lock.state), (Id::new(id), &BillState::AwaitingPayment));
        assert_eq!(bench.fees(), before);
        assert!(bench.book.connection(&matter).await.expect("read").is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_deletion_is_found_out() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    bench.world.faults().at_nth("DELETE", "/activities", 1, Fault::AnswerLost);
    let _ = bench.session().disconnect(&matter, Leaving::default()).await;
    bench.session().settle().await.expect("settled");
    assert_eq!(bench.fees(), []);
    if bench.book.connection(&matter).await.expect("read").is_some() {
        left(&bench, &matter, Leaving::default()).await;
    }
    bench.connect(&matter).await;
    assert_eq!(bench.fees().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_was_kept_is_not_moved_to_another_matter() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    left(&bench, &matter, KEEP).await;
    let session = bench.session();
    let new = NewMatter::new(bench.contact, "Another matter");
    let other = bench.clio.matters().create(new).await.expect("a matter").id;
    let refused = session.preview(&matter, other, today()).await;
    assert!(matches!(refused, Err(Error::StandsElsewhere { .. })), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn an_export_keeps_nothing_in_step_and_warns_of_another() {
    let bench = Bench::new().await;
    let matter = bench.matter().await;
    let session = bench.session();
    let first = session.preview_export(&matter, bench.clio_matter, today()).await.expect("a preview");
    assert_eq!((first.repeats(), bench.writes()), (false, 0));
    let all = session.export(&first).await.expect("exported");
    assert!(all.iter().all(|(_, became)| matches!(became, Became::Stands(_))), "{all:?}");
    assert_eq!((bench.fees().len(), bench.book.connection(&matter).await.expect("read")), (2, None));
    assert!(session.export(&first).await.is_err(), "the same preview is carried out once");
    assert_eq!(bench.fees().len(), 2);
    let second = session.preview_export(&matter, bench.clio_matter, today()).await.expect("a preview");
    assert!(second.repeats() && second.to_string().contains("(it was exported to this matter before)"));
    session.export(&second).await.expect("a person said yes");
    assert_eq!(bench.fees().len(), 4);
    // Connecting warns, too.
    let preview = session.preview(&matter, bench.clio_matter, today()).await.expect("a preview");
    assert!(preview.rows.iter().all(|row| row.exports == 2));
    bench.connect(&matter).await;
    let refused = session.preview_export(&matter, bench.clio_matter, today()).await;
    assert!(matches!(refused, Err(Error::AlreadyConnected(_))));
}
