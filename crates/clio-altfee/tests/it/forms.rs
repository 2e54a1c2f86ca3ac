//! What is remembered of the form of fees, and the category that they stand in.

use std::{sync::Arc, time::Duration};

use clio_altfee::{Error, FeeForm, Integration, Settings, fee_category};
use clio_core::Id;
use clio_fixtures::Fault;
use clio_model::Currency;

use crate::bench::{Bench, today};

#[tokio::test(start_paused = true)]
async fn a_confirmation_is_a_table_and_says_that_the_form_works() {
    let bench = Bench::new().await;
    let (matter, session) = (bench.matter().await, bench.session());
    let preview = session.preview(&matter, bench.clio_matter, today()).await.expect("a preview");
    assert_eq!((preview.form.read_back, preview.form.works()), (0, false), "nothing is known yet");
    let confirmation = session.confirm(&preview).await.expect("connected");
    let (fees, FeeForm::Category(category)) = (bench.fees(), confirmation.form.form) else { panic!("one") };
    assert_eq!(
        confirmation.to_string(),
        format!(
            "     1250.00 USD  Incorporation: activity {}\n     2999.99 USD  Shareholder agreement: activity {}\n\
             Clio keeps flat fees of category {category} as sent: 2 read back",
            fees[0].0, fees[1].0
        )
    );
    assert!(!format!("{confirmation:?}").contains("Incorporation"));
    // Firm-wide, with a second matter of the same client.
    bench.connected().await;
    assert_eq!(session.form().await.expect("read").read_back, 4);
    assert_eq!(session.confirmation(&matter).await.expect("read").form.read_back, 2);
    // Another form is another matter.
    let expenses = Settings::new(Currency::USD, FeeForm::Expense);
    let other = Integration::new(Arc::new(bench.book.clone()), expenses);
    let unknown = other.session(&bench.firm, &bench.clio).form().await.expect("read");
    assert_eq!(unknown.to_string(), "whether Clio keeps fees that are expenses as sent is not known yet");
}

#[tokio::test(start_paused = true)]
async fn a_form_that_clio_made_otherwise_is_remembered_and_warned_of() {
    for fault in [None, Some(Fault::AnswerLost)] {
        let probe = Bench::new().await;
        let hourly = probe.world.categories().into_iter().find(|one| !one.flat_rate).expect("one").id;
        let form = FeeForm::Category(Id::new(hourly));
        let bench = Bench::with(|world| world, |settings| settings.form = form).await;
        let (matter, session) = (bench.matter().await, bench.session());
        let preview = session.preview(&matter, bench.clio_matter, today()).await.expect("a preview");
        assert!(!preview.to_string().contains("something else"), "{preview}");
        if let Some(fault) = fault {
            bench.world.faults().at_nth("POST", "/activities.json", 1, fault);
        }
        let _ = session.confirm(&preview).await;
        session.settle().await.expect("settled");
        assert_eq!(bench.fees(), []);
        // Another matter of the firm is warned, too.
        let other = bench.matter().await;
        let preview = session.preview(&other, bench.clio_matter, today()).await.expect("a preview");
        assert_eq!(preview.form.otherwise.len(), 2, "{fault:?}");
        let told = "!  Clio made something else of 2 in this form, lastly: it is no flat fee; it was taken away again";
        assert!(preview.to_string().contains(told), "{preview}");
        assert!(!session.confirmation(&matter).await.expect("read").form.works());
    }
}

/// Whatever becomes of the answer, there is one category in the end, and the one that is told.
#[tokio::test(start_paused = true)]
async fn a_category_is_made_once_whatever_becomes_of_the_answer() {
    let later = Fault::AppliedLate(Duration::from_secs(140));
    for fault in Fault::ALL.iter().chain([&later]) {
        let bench = Bench::new().await;
        // The first one is the bench's own.
        bench.world.faults().at_nth("POST", "/activity_descriptions.json", 2, *fault);
        let first = fee_category(&bench.clio, "Fixed").await;
        let id = match first {
            Ok(id) => id,
            // It does not stand: it is made by the next call.
            Err(_) => fee_category(&bench.clio, "Fixed").await.expect("made"),
        };
        // What is still on its way lands.
        bench.clio.clock().sleep(Duration::from_secs(600)).await;
        assert_eq!(fee_category(&bench.clio, " Fixed ").await.expect("found"), id);
        let named = bench.world.categories().into_iter().filter(|one| one.name == "Fixed");
        assert_eq!(named.map(|one| one.id).collect::<Vec<_>>(), [id.get()], "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_category_by_the_hour_is_refused_and_none_is_made() {
    let bench = Bench::new().await;
    let hourly = bench.world.categories().into_iter().find(|one| !one.flat_rate).expect("one");
    let refused = fee_category(&bench.clio, &hourly.name).await;
    assert!(matches!(refused, Err(Error::NotFlat(id)) if id.get() == hourly.id), "{refused:?}");
    assert_eq!(bench.writes(), 0);
}
