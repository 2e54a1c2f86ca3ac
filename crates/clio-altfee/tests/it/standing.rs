//! Unbillable, Draft, Invoice, and what that locks.

use clio_altfee::{Astray, Error, MatterId, Moved, Status};
use clio_core::{Id, schema::choices::BillState};

use crate::bench::{Bench, bill, dec};

/// The statuses at AltFee, whether each is locked, and that of the matter.
async fn seen(bench: &Bench, matter: &MatterId) -> (Vec<(Status, bool)>, Status) {
    let standing = bench.session().refresh(matter).await.expect("read");
    let at_altfee = bench.projects(matter).await;
    let shown = at_altfee.into_iter().map(|one| (one.status.expect("a status"), one.lock.is_some()));
    (shown.collect(), standing.status)
}

/// Under both readings of what Clio says of drafts.
#[tokio::test(start_paused = true)]
async fn the_status_follows_the_bill_there_and_back() {
    use Status::{Draft, Invoice, Unbillable};
    for value in ["true", "false"] {
        let bench =
            Bench::with(|world| world.knob("drafts_are_billed", value).expect("a knob"), |_| ()).await;
        let (matter, ada) = (bench.connected().await, bench.world.person("Ada"));
        let free = (vec![(Unbillable, false); 2], Unbillable);
        assert_eq!(seen(&bench, &matter).await, free);
        let first = bill(&bench, &[0]);
        let draft = (vec![(Draft, true), (Unbillable, false)], Draft);
        assert_eq!(seen(&bench, &matter).await, draft);
        assert!(ada.request_approval(first));
        assert_eq!(seen(&bench, &matter).await, draft);
        assert!(ada.delete_bill(first));
        assert_eq!(seen(&bench, &matter).await, free, "a deleted bill takes it back");
        let second = bill(&bench, &[0, 1]);
        assert!(ada.approve(second));
        let invoiced = (vec![(Invoice, true); 2], Invoice);
        assert_eq!(seen(&bench, &matter).await, invoiced);
        assert!(ada.void(second));
        assert_eq!(seen(&bench, &matter).await, free, "a void bill takes it back");
        let third = bill(&bench, &[0, 1]);
        assert!(ada.approve(third));
        ada.pay(third, dec("4249.99")).expect("paid");
        assert_eq!(seen(&bench, &matter).await, invoiced);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_on_a_bill_cannot_be_edited() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    let projects = bench.projects(&matter).await;
    let session = bench.session();
    session.may_edit(&projects[0]).await.expect("it is on no bill");
    let id = bill(&bench, &[0]);
    let number = bench.world.record("Bill", id).expect("there")["number"].as_str().map(str::to_owned);
    // AltFee does not know it yet, and asks.
    let refused = session.may_edit(&projects[0]).await;
    let Err(Error::Locked { project, lock }) = refused else { panic!("locked, not {refused:?}") };
    assert_eq!((&project, &lock.number, &lock.state), (&projects[0].id, &number, &BillState::Draft));
    session.may_edit(&projects[1]).await.expect("it is on no bill");
    session.refresh(&matter).await.expect("told");
    assert!(bench.book.price(&project, "1 USD".parse().expect("money")).is_err());
    let unconnected = bench.matter().await;
    session.may_edit(&bench.projects(&unconnected).await[0]).await.expect("it is not connected");
}

#[tokio::test(start_paused = true)]
async fn what_went_astray_is_a_conflict() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    let session = bench.session();
    let fees = bench.fees();
    assert!(bench.world.person("Ada").delete_activity(fees[0].0));
    let by_api = bench.clio.activities().update(Id::new(fees[1].0)).non_billable(true);
    by_api.await.expect("made non-billable");
    let standing = session.refresh(&matter).await.expect("read");
    let conflicts: Vec<_> = standing.conflicts().map(|(_, astray)| astray.clone()).collect();
    assert_eq!(conflicts, [Astray::Deleted, Astray::NonBillable]);
    assert_eq!(standing.status, Status::Unbillable);
}

#[tokio::test(start_paused = true)]
async fn a_fee_that_was_written_off_is_a_conflict() {
    let bench = Bench::new().await;
    let (matter, ada) = (bench.connected().await, bench.world.person("Ada"));
    let id = bill(&bench, &[0, 1]);
    assert!(ada.approve(id));
    ada.write_off(id).expect("written off");
    let standing = bench.session().refresh(&matter).await.expect("read");
    assert!(standing.projects.iter().all(|(_, at)| *at == Err(Astray::WrittenOff)), "{standing:?}");
}

#[tokio::test(start_paused = true)]
async fn a_matter_that_is_not_what_it_was_is_told() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    let (session, ada) = (bench.session(), bench.world.person("Ada"));
    let moved = async || session.refresh(&matter).await.expect("read").moved;
    assert_eq!(moved().await, None);
    assert!(ada.close_matter(bench.clio_matter.get()));
    assert_eq!(moved().await, Some(Moved::Closed));
    assert!(ada.reopen_matter(bench.clio_matter.get()));
    let other = bench.world.records("Contact").into_iter().filter_map(|one| one["id"].as_i64());
    let other = other.map(Id::new).find(|id| *id != bench.contact).expect("another client");
    bench.clio.matters().update(bench.clio_matter).client(other).await.expect("moved");
    assert_eq!(moved().await, Some(Moved::OtherClient(Some(other))));
}
