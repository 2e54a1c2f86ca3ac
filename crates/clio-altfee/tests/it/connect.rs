//! Connecting: a preview, a yes, a confirmation.

use std::{pin::pin, time::Duration};

use clio_altfee::{AltFee, Became, Error, FeeForm, Leaving, Unfit};
use clio_core::{Id, schema::choices::BillState};
use clio_fixtures::Fault;
use clio_sync::ErrorKind;
use futures_util::future::select;

use crate::bench::{Bench, bill, dec, scope, today};

#[tokio::test(start_paused = true)]
async fn a_preview_shows_everything_and_writes_nothing() {
    let bench = Bench::new().await;
    let matter = bench.matter().await;
    let preview = bench.session().preview(&matter, bench.clio_matter, today()).await.expect("a preview");
    assert_eq!(
        preview.to_string(),
        format!(
            "     1250.00 USD  Incorporation\n                    • Articles\n     2999.99 USD  Shareholder agreement\n                    \
             • Drafting\n                    • Two rounds of comments\n     4249.99 USD  in all, on matter {}",
            bench.clio_matter
        )
    );
    assert_eq!((bench.writes(), bench.fees().len()), (0, 0));
    assert_eq!(bench.book.connection(&matter).await.expect("read"), None);
    assert!(bench.projects(&matter).await.iter().all(|project| project.status.is_none()));
    // A pass that somebody starts meanwhile finds nothing to do.
    bench.firm.run("altfee/session").await.expect("run");
    bench.firm.run("altfee/projects").await.expect("run");
    assert_eq!(bench.writes(), 0);
}

#[tokio::test(start_paused = true)]
async fn each_project_becomes_one_flat_fee() {
    let bench = Bench::new().await;
    let matter = bench.matter().await;
    let session = bench.session();
    let preview = session.preview(&matter, bench.clio_matter, today()).await.expect("a preview");
    let confirmation = session.confirm(&preview).await.expect("connected");
    let fees = bench.fees();
    let ids: Vec<Became> = fees.iter().map(|fee| Became::Stands(Id::new(fee.0))).collect();
    let became: Vec<Became> = confirmation.projects.iter().map(|(_, became)| became.clone()).collect();
    assert_eq!(became, ids);
    let shown: Vec<_> = fees.iter().map(|fee| (fee.1.as_str(), fee.2, fee.3)).collect();
    let note = "Shareholder agreement\n• Drafting\n• Two rounds of comments";
    assert_eq!(shown, [("Incorporation\n• Articles", dec("1250"), true), (note, dec("2999.99"), true)]);
    assert_eq!(bench.book.connection(&matter).await.expect("read"), Some(preview.connection.clone()));
    // Again, by hand and by the clock: nothing is doubled.
    let again = session.preview(&matter, bench.clio_matter, today()).await.expect("a preview");
    assert!(again.plan.is_empty());
    assert_eq!(session.confirm(&again).await.expect("connected"), confirmation);
    bench.firm.run("altfee/projects").await.expect("run");
    assert_eq!(bench.fees(), fees);
    assert_eq!(session.confirmation(&matter).await.expect("read"), confirmation);
}

#[tokio::test(start_paused = true)]
async fn an_expense_is_a_choice_of_the_firm() {
    let bench = Bench::with(|world| world, |settings| settings.form = FeeForm::Expense).await;
    bench.connected().await;
    let records = bench.world.records("Activity");
    assert!(records.iter().all(|one| one["type"] == "ExpenseEntry" && one["quantity"] == 1.0), "{records:?}");
}

/// Each answer that is lost leaves one fee, not two and not none.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_doubles_nothing() {
    for fault in [Fault::AnswerLost, Fault::RequestLost, Fault::ServerErrorApplied] {
        let bench = Bench::new().await;
        let matter = bench.matter().await;
        let session = bench.session();
        let preview = session.preview(&matter, bench.clio_matter, today()).await.expect("a preview");
        bench.world.faults().at_nth("POST", "/activities.json", 1, fault);
        let first = session.confirm(&preview).await;
        session.settle().await.expect("settled");
        if first.is_err() {
            bench.connect(&matter).await;
        }
        let confirmation = session.confirmation(&matter).await.expect("read");
        assert!(confirmation.is_complete(), "{confirmation:?} {first:?}");
        assert_eq!(bench.fees().len(), 2);
    }
}

/// The category lost its flat rate after it was chosen: by the hour it would come to next to nothing.
#[tokio::test(start_paused = true)]
async fn what_clio_made_otherwise_is_taken_away_again() {
    let probe = Bench::new().await;
    let hourly = probe.world.categories().into_iter().find(|category| !category.flat_rate).expect("one").id;
    let bench =
        Bench::with(|world| world, |settings| settings.form = FeeForm::Category(Id::new(hourly))).await;
    let matter = bench.matter().await;
    let session = bench.session();
    let preview = session.preview(&matter, bench.clio_matter, today()).await.expect("a preview");
    let confirmation = session.confirm(&preview).await.expect("tried");
    for (_, became) in &confirmation.projects {
        let Became::Refused(reason) = became else { panic!("refused, not {became:?}") };
        assert_eq!(reason, "Clio made something else of it: it is no flat fee; it was taken away again");
    }
    assert_eq!(bench.fees(), []);
}

/// The same where the answer was lost, and the fee was found by looking.
#[tokio::test(start_paused = true)]
async fn what_was_found_is_read_back_too() {
    let probe = Bench::new().await;
    let hourly = probe.world.categories().into_iter().find(|category| !category.flat_rate).expect("one").id;
    let bench =
        Bench::with(|world| world, |settings| settings.form = FeeForm::Category(Id::new(hourly))).await;
    let matter = bench.matter().await;
    let session = bench.session();
    let preview = session.preview(&matter, bench.clio_matter, today()).await.expect("a preview");
    bench.world.faults().at_nth("POST", "/activities.json", 1, Fault::AnswerLost);
    let _ = session.confirm(&preview).await;
    session.settle().await.expect("settled");
    assert_eq!(bench.fees(), []);
}

/// Whatever is disputed of Clio, connecting twice leaves one fee for each project, of its amount.
#[tokio::test(start_paused = true)]
async fn what_is_disputed_changes_nothing() {
    for knob in clio_fixtures::ClioWorld::disputed() {
        for value in knob.values {
            let bench = Bench::with(|world| world.knob(knob.name, value).expect("a knob"), |_| ()).await;
            let matter = bench.connected().await;
            bill(&bench, &[0, 1]);
            let check = bench.session().check_invoices(&matter).await.expect("read").remove(0);
            assert!(check.agrees(), "{} {value}: {check}", knob.name);
            bench.session().disconnect(&matter, Leaving::default()).await.expect("disconnected");
            bench.connect(&matter).await;
            let prices: Vec<_> = bench.fees().into_iter().map(|fee| (fee.2, fee.3)).collect();
            assert_eq!(prices, [(dec("1250"), true), (dec("2999.99"), true)], "{} {value}", knob.name);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_note_that_clio_trims_is_the_same_note() {
    let bench = Bench::with(|world| world.trims_notes(true), |_| ()).await;
    let matter = bench.matter().await;
    let long = "Ω ".repeat(2_500);
    for name in [" Will 👩🏽‍⚖️ ", "צוואה", "Will 👩🏽‍⚖️"] {
        let project = bench.book.add_project(&matter, &scope(name, "0.01 USD", &[&long, "two\nlines "]));
        bench.book.choose(&project, &[0, 1]).expect("chosen");
    }
    let preview = bench.session().preview(&matter, bench.clio_matter, today()).await.expect("a preview");
    let twins: Vec<bool> = preview.rows.iter().map(|row| row.same_name).collect();
    assert_eq!(twins, [false, false, true, false, true]);
    bench.connect(&matter).await;
    assert_eq!(bench.fees().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_project_that_cannot_be_billed_stops_the_whole() {
    let bench = Bench::new().await;
    let matter = bench.matter().await;
    let wrong = bench.book.add_project(&matter, &scope("Trademark", "0 USD", &[]));
    let session = bench.session();
    let preview = session.preview(&matter, bench.clio_matter, today()).await.expect("a preview");
    assert!(preview.to_string().contains("Trademark: the project has no price yet"), "{preview}");
    let refused = session.confirm(&preview).await;
    let Err(Error::Unfit(unfit)) = refused else { panic!("unfit, not {refused:?}") };
    assert_eq!((unfit, bench.writes()), (vec![(wrong, Unfit::NoPrice)], 0));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_connected_is_said() {
    let bench = Bench::new().await;
    let session = bench.session();
    let unlinked = bench.book.add_client("Nobody", None);
    let lonely = bench.book.open_matter(&bench.guideline, &unlinked, "x").await.expect("opened").id;
    let matter = bench.matter().await;
    let empty = bench.book.add_guideline("Empty", "x", Vec::new());
    let empty = bench.book.open_matter(&empty, &bench.bernie, "x").await.expect("opened").id;
    let others = bench.world.matters().into_iter().map(|other| Id::new(other.id)).find(|other| {
        let there = bench.world.record("Matter", other.get()).expect("there");
        there["client"]["id"].as_i64() != Some(bench.contact.get())
    });
    let preview = async |matter, clio| session.preview(matter, clio, today()).await;
    assert!(matches!(preview(&lonely, bench.clio_matter).await, Err(Error::ClientNotLinked(_))));
    assert!(matches!(preview(&matter, Id::new(1)).await, Err(Error::MatterGone(_))));
    let other = preview(&matter, others.expect("another client's")).await;
    assert!(matches!(other, Err(Error::OtherClient { .. })), "{other:?}");
    assert!(matches!(preview(&empty, bench.clio_matter).await, Err(Error::NoProjects(_))));
    let ready = preview(&matter, bench.clio_matter).await.expect("a preview");
    bench.world.person("Ada").close_matter(bench.clio_matter.get());
    assert!(matches!(session.confirm(&ready).await, Err(Error::MatterClosed(_))));
    bench.world.person("Ada").reopen_matter(bench.clio_matter.get());
    // Priced anew after the preview: what was looked at is not what would be written.
    let project = bench.projects(&matter).await.remove(0).id;
    bench.book.price(&project, "7 USD".parse().expect("money")).expect("priced");
    let stale = session.confirm(&ready).await;
    assert!(matches!(&stale, Err(Error::Sync(error)) if error.kind() == ErrorKind::Stale), "{stale:?}");
    assert_eq!((bench.writes(), bench.book.connections().await.expect("read")), (0, vec![]));
}

/// What is on a bill is not changed by a preview that was made before it was.
#[tokio::test(start_paused = true)]
async fn a_bill_that_was_approved_meanwhile_stops_it() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    let session = bench.session();
    let project = bench.projects(&matter).await.remove(0).id;
    bench.book.price(&project, "1300 USD".parse().expect("money")).expect("priced");
    let preview = session.preview(&matter, bench.clio_matter, today()).await.expect("a preview");
    let id = bill(&bench, &[0, 1]);
    assert!(bench.world.person("Ada").approve(id));
    let before = bench.fees();
    let refused = session.confirm(&preview).await;
    let Err(Error::Locked { project: locked, lock }) = refused else { panic!("locked, not {refused:?}") };
    assert_eq!((locked, lock.bill, lock.number.as_deref()), (project, Id::new(id), Some("1")));
    assert_eq!(lock.state, BillState::AwaitingPayment);
    assert_eq!(bench.fees(), before);
}

#[tokio::test(start_paused = true)]
async fn a_matter_that_was_moved_or_deleted_meanwhile_is_said() {
    let bench = Bench::new().await;
    let matter = bench.matter().await;
    let session = bench.session();
    let preview = session.preview(&matter, bench.clio_matter, today()).await.expect("a preview");
    let other = bench.world.records("Contact").into_iter().filter_map(|one| one["id"].as_i64());
    let other = other.map(Id::new).find(|id| *id != bench.contact).expect("another client");
    bench.clio.matters().update(bench.clio_matter).client(other).await.expect("moved");
    let moved = session.confirm(&preview).await;
    assert!(matches!(moved, Err(Error::OtherClient { client, .. }) if client == Some(other)), "{moved:?}");
    bench.clio.matters().delete(bench.clio_matter).await.expect("deleted");
    assert!(matches!(session.confirm(&preview).await, Err(Error::MatterGone(_))));
    assert_eq!(bench.fees(), []);
}

/// Broken off at any moment, as by a crash, and begun again.
#[tokio::test(start_paused = true)]
async fn what_is_broken_off_doubles_nothing() {
    for tenths in 0..60 {
        let after = Duration::from_millis(tenths * 100 + 50);
        let bench = Bench::with(|world| world.latency(Duration::from_millis(400)), |_| ()).await;
        let matter = bench.matter().await;
        let session = bench.session();
        {
            let preview = pin!(session.preview(&matter, bench.clio_matter, today()));
            select(preview, bench.clio.clock().sleep(after)).await;
        }
        session.settle().await.expect("nothing to settle");
        assert_eq!(bench.writes(), 0, "what was only looked at is not written, after {after:?}");
        let preview = session.preview(&matter, bench.clio_matter, today()).await.expect("a preview");
        {
            let confirm = pin!(session.confirm(&preview));
            select(confirm, bench.clio.clock().sleep(after)).await;
        }
        session.settle().await.expect("settled");
        bench.connect(&matter).await;
        bench.firm.run_to_rest("altfee/projects").await.expect("run");
        assert_eq!(bench.fees().len(), 2, "after {after:?}");
    }
}

/// A preview that another pass stood in the way of is not carried out by the next pass.
#[tokio::test(start_paused = true)]
async fn a_preview_that_could_not_be_made_is_forgotten() {
    let bench = Bench::with(|world| world.latency(Duration::from_millis(400)), |_| ()).await;
    let (first, second) = (bench.matter().await, bench.matter().await);
    let session = bench.session();
    let preview = session.preview(&first, bench.clio_matter, today()).await.expect("a preview");
    bench.world.faults().at_nth("POST", "/activities.json", 1, Fault::AnswerLost);
    let _ = session.confirm(&preview).await;
    // By then it can be said what became of the first.
    bench.clio.clock().sleep(Duration::from_secs(3_600)).await;
    let run = bench.firm.run("altfee/session");
    let (ran, refused) = tokio::join!(run, session.preview(&second, bench.clio_matter, today()));
    ran.expect("run");
    let busy = |error: &Error| matches!(error, Error::Sync(error) if error.kind() == ErrorKind::Busy);
    assert!(refused.as_ref().is_err_and(busy), "{refused:?}");
    let fees = bench.fees();
    bench.firm.run("altfee/session").await.expect("run");
    assert_eq!(bench.fees(), fees);
}
