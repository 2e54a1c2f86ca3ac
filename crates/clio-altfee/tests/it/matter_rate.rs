//! The flat rate of a whole matter, for a single project.

use clio_altfee::{AltFee, Error, MatterId, MatterRatePreview, RateBecame, RateWarning};
use clio_api::matters::{UpdateMatterCustomRate, UpdateMatterCustomRateRate};
use clio_core::{Amount, Id, schema::choices::MatterCustomRateType, schema::objects};
use clio_fixtures::Fault;
use clio_sync::ErrorKind;
use serde_json::Value;

use crate::bench::{Bench, dec, scope, today};

fn ada(bench: &Bench) -> Id<objects::User> {
    Id::new(bench.world.users()[0].id)
}

async fn single(bench: &Bench) -> MatterId {
    bench.book.link_client(&bench.bernie, bench.contact).await.expect("linked");
    let will = scope("Will", "1500.50 USD", &["Drafting"]);
    let guideline = bench.book.add_guideline("Wills", "estates", vec![will]);
    bench.book.open_matter(&guideline, &bench.bernie, "estates").await.expect("opened").id
}

async fn look(bench: &Bench, matter: &MatterId) -> MatterRatePreview {
    let preview = bench.session().preview_matter_rate(matter, bench.clio_matter, ada(bench), today()).await;
    preview.expect("a preview")
}

/// Type and rates of the matter, as they stand at Clio.
fn stands(bench: &Bench) -> Value {
    bench.world.record("Matter", bench.clio_matter.get()).expect("there")["custom_rate"].clone()
}

async fn hourly(bench: &Bench) {
    let rate = UpdateMatterCustomRateRate::new().user(ada(bench)).rate("250".parse::<Amount>().expect("one"));
    let rates = UpdateMatterCustomRate::new().r#type(MatterCustomRateType::HourlyRate).rates(vec![rate]);
    bench.clio.matters().update(bench.clio_matter).custom_rate(rates).await.expect("given");
}

/// Whether Clio makes an entry of it is disputed: whatever it makes is told.
#[tokio::test(start_paused = true)]
async fn a_single_project_becomes_the_rate_of_its_matter() {
    for makes in ["false", "true"] {
        let knob = "flat_rate_matters_make_entries";
        let bench = Bench::with(|world| world.knob(knob, makes).expect("a knob"), |_| ()).await;
        let (matter, session) = (single(&bench).await, bench.session());
        let preview = look(&bench, &matter).await;
        assert_eq!((&preview.warnings[..], bench.writes()), (&[RateWarning::AmountOnly][..], 0));
        let set = session.set_matter_rate(&preview).await.expect("set");
        assert_eq!((&set.rate, bench.writes()), (&RateBecame::Taken, 1));
        let entries: Vec<bool> = set.entries.iter().map(|entry| entry.agrees).collect();
        assert_eq!(entries, if makes == "true" { vec![true] } else { vec![] });
        let stands = stands(&bench);
        assert_eq!(
            (&stands["type"], stands["rates"].as_array().map(Vec::len)),
            (&"FlatRate".into(), Some(1))
        );
        // Again: it is told as before, and not written twice.
        assert_eq!(session.set_matter_rate(&preview).await.expect("told"), set);
        assert_eq!((bench.writes(), bench.book.connections().await.expect("read")), (1, vec![]));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_lost_by_it_is_said_before() {
    // The entry that this Clio makes shows the amount, which the rate itself does not.
    let knob = "flat_rate_matters_make_entries";
    let bench = Bench::with(|world| world.knob(knob, "true").expect("a knob"), |_| ()).await;
    hourly(&bench).await;
    let (matter, session) = (single(&bench).await, bench.session());
    let export = session.preview_export(&matter, bench.clio_matter, today()).await.expect("a preview");
    session.export(&export).await.expect("exported");
    let preview = look(&bench, &matter).await;
    let hourly = Some(MatterCustomRateType::HourlyRate);
    assert_eq!(
        preview.warnings,
        [
            RateWarning::AmountOnly,
            RateWarning::DeletesRates { r#type: hourly, rates: 1 },
            RateWarning::ExportedBefore(1)
        ]
    );
    let user = ada(&bench);
    assert_eq!(
        preview.to_string(),
        format!(
            "     1500.50 USD  as the flat rate of matter {}, of user {user}\n               \
             !  only the amount goes to Clio, and AltFee cannot follow it there\n               \
             !  1 saved hourly rate(s) of the matter are deleted\n               \
             !  the project was exported to the matter 1 time(s)",
            bench.clio_matter
        )
    );
    assert!(!format!("{preview:?}").contains("1500"), "{preview:?}");
    session.set_matter_rate(&preview).await.expect("set");
    // Another price: the rate is changed, and none stands beside it.
    let project = bench.projects(&matter).await.remove(0).id;
    bench.book.price(&project, "1600 USD".parse().expect("money")).expect("priced");
    let stale = session.set_matter_rate(&preview).await;
    assert!(matches!(&stale, Err(Error::Sync(error)) if error.kind() == ErrorKind::Stale), "{stale:?}");
    let again = look(&bench, &matter).await;
    assert!(again.warnings.contains(&RateWarning::ReplacesFlatRate), "{again}");
    assert_eq!(session.set_matter_rate(&again).await.expect("set").rate, RateBecame::Taken);
    assert_eq!(stands(&bench)["rates"].as_array().map(Vec::len), Some(1));
    let prices: Vec<_> = bench.fees().into_iter().map(|fee| fee.2).collect();
    assert_eq!(prices, [dec("1500.50"), dec("1600")], "the export, and the entry of the rate");
}

#[tokio::test(start_paused = true)]
async fn it_is_for_one_project_that_is_not_connected() {
    let bench = Bench::new().await;
    let session = bench.session();
    let preview = async |matter: &MatterId| {
        session.preview_matter_rate(matter, bench.clio_matter, ada(&bench), today()).await
    };
    let two = bench.matter().await;
    let refused = preview(&two).await;
    assert!(matches!(refused, Err(Error::NotOneProject { projects: 2, .. })), "{refused:?}");
    bench.connect(&two).await;
    assert!(matches!(preview(&two).await, Err(Error::AlreadyConnected(_))));
    let one = single(&bench).await;
    let project = bench.projects(&one).await.remove(0).id;
    bench.book.price(&project, "0 USD".parse().expect("money")).expect("priced");
    assert!(matches!(preview(&one).await, Err(Error::Unfit(_))));
}

#[tokio::test(start_paused = true)]
async fn a_matter_that_changed_meanwhile_is_left_alone() {
    let bench = Bench::new().await;
    let (matter, session) = (single(&bench).await, bench.session());
    let preview = look(&bench, &matter).await;
    hourly(&bench).await;
    let before = stands(&bench);
    let RateBecame::Refused(reason) = session.set_matter_rate(&preview).await.expect("told").rate else {
        panic!("refused")
    };
    assert!(reason.ends_with("nothing was written: look again"), "{reason}");
    assert_eq!(stands(&bench), before);
    // And so it goes on: the next look is of the matter as it is.
    let preview = look(&bench, &matter).await;
    assert_eq!(session.set_matter_rate(&preview).await.expect("set").rate, RateBecame::Taken);
}

/// Whatever becomes of the answer, it is written once, and what cannot be told is not claimed.
#[tokio::test(start_paused = true)]
async fn a_rate_is_written_once_whatever_becomes_of_the_answer() {
    for fault in Fault::ALL {
        let knob = "flat_rate_matters_make_entries";
        let bench = Bench::with(|world| world.knob(knob, "true").expect("a knob"), |_| ()).await;
        let (matter, session) = (single(&bench).await, bench.session());
        let preview = look(&bench, &matter).await;
        let path = format!("/matters/{}.json", bench.clio_matter);
        bench.world.faults().at_nth("PATCH", &path, 1, *fault);
        let mut set = session.set_matter_rate(&preview).await;
        for _ in 0..5 {
            if set.is_err() {
                set = session.set_matter_rate(&preview).await;
            }
        }
        let rate = set.expect("told in the end").rate;
        bench.clio.clock().sleep(std::time::Duration::from_secs(300)).await;
        let one = stands(&bench)["rates"].as_array().map(Vec::len);
        assert_eq!((one, bench.world.records("Activity").len()), (Some(1), 1), "{fault:?}");
        if let RateBecame::Refused(reason) = rate {
            assert!(reason.contains("has a flat rate now: this one, if an answer"), "{fault:?}: {reason}");
        }
    }
}
