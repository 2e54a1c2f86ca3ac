//! What AltFee may have that Clio cannot take, or takes otherwise: each has a clear answer, and Clio is never left
//! half-written.

use clio_altfee::{AltFee, Became, Error, MatterId, Unfit};
use clio_core::schema::choices::BillState;
use clio_model::Currency;

use crate::bench::{Bench, bill, dec, scope, today};

/// A matter of just these projects, with all their descriptions.
async fn matter_of(bench: &Bench, projects: &[(&str, &str, &[&str])]) -> MatterId {
    bench.book.link_client(&bench.bernie, bench.contact).await.expect("linked");
    let scopes = projects.iter().map(|(name, price, services)| scope(name, price, services)).collect();
    let guideline = bench.book.add_guideline("Any", "any", scopes);
    let matter = bench.book.open_matter(&guideline, &bench.bernie, "any").await.expect("opened").id;
    for project in bench.projects(&matter).await {
        let all: Vec<usize> = (0..project.services.len()).collect();
        bench.book.choose(&project.id, &all).expect("chosen");
    }
    matter
}

/// What people type, and how it is to stand on the bill.
fn typed() -> Vec<(String, String)> {
    let long = "Ω".repeat(5_000);
    let sentence = "a word and ".repeat(454) + "enough";
    let same = |text: &str| (text.to_owned(), text.to_owned());
    let as_shown = |text: &str, shown: &str| (text.to_owned(), shown.to_owned());
    vec![
        same(&long),
        same(&sentence),
        as_shown("first • second\r\n• third", "first • second • third"),
        as_shown("one\r\ntwo\n\n\tthree\u{2028}four\u{85}five", "one two three four five"),
        same("👩🏽‍⚖️ 👨‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿 ☎️"),
        same("\u{202b}צוואה (2026)\u{202c} \u{200f}וְנִסְפָּח"),
        same("اتفاقية \u{2067}المساهمين\u{2069} No. 5"),
        same("cafe\u{301} Å Z\u{351}\u{36b}\u{343}a\u{325}lgo"),
        same("<b>Deed</b> & \"seal\" &amp; 'co' \\n %0A {{x}}"),
        as_shown("nul\0 bell\u{7} escape\u{1b}[31m", "nul bell escape [31m"),
        same("-5 % for cash; - not a bullet"),
    ]
}

/// To Clio and back, onto a bill and onto the page that the client sees: nothing is lost.
#[tokio::test(start_paused = true)]
async fn whatever_people_type_stands_on_the_bill() {
    for (text, shown) in typed() {
        let bench = Bench::new().await;
        let (matter, session) =
            (matter_of(&bench, &[(&text, "0.01 USD", &[&text, "Signing"])]).await, bench.session());
        bench.connect(&matter).await;
        let fee = bench.fees().remove(0);
        assert_eq!((fee.1, fee.2, fee.3), (format!("{shown}\n• {shown}\n• Signing"), dec("0.01"), true));
        assert_eq!(bench.writes(), 1, "{text:?}");
        assert_eq!(session.edited(&matter).await.expect("read"), [], "{text:?}");
        bill(&bench, &[0]);
        for check in session.check_invoices(&matter).await.expect("read") {
            assert!(check.agrees(), "{text:?}: {check}");
        }
        for check in session.check_previews(&matter).await.expect("read") {
            assert!(check.agrees(), "{text:?}: {check}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_cent_and_a_fortune_are_exact() {
    let bench = Bench::new().await;
    let prices = ["0.01 USD", "999999999999.99 USD", "1250.5000 USD", "0.10 USD"];
    let projects: Vec<_> = prices.iter().map(|price| ("Will", *price, &[][..])).collect();
    let matter = matter_of(&bench, &projects).await;
    bench.connect(&matter).await;
    let stands: Vec<_> = bench.fees().into_iter().map(|fee| fee.2).collect();
    assert_eq!(stands, [dec("0.01"), dec("999999999999.99"), dec("1250.50"), dec("0.10")]);
    bill(&bench, &[0, 1, 2, 3]);
    let check = bench.session().check_invoices(&matter).await.expect("read").remove(0);
    assert!(check.agrees(), "{check}");
    let check = bench.session().check_previews(&matter).await.expect("read").remove(0);
    assert!(check.agrees(), "{check}");
}

/// Each is refused before anything is written, and the others of the matter with it.
#[tokio::test(start_paused = true)]
async fn what_cannot_be_billed_is_refused_and_nothing_is_written() {
    let long = "Ω".repeat(5_000);
    let cad = Unfit::ForeignCurrency { price: Currency::CAD, firm: Currency::USD };
    for (name, price, service, unfit) in [
        ("Will", "-0.01 USD", "", Unfit::NegativePrice),
        ("Will", "0 USD", "", Unfit::NoPrice),
        ("Will", "1500.005 USD", "", Unfit::PartOfACoin),
        ("Will", "0.001 USD", "", Unfit::PartOfACoin),
        ("Will", "1500 CAD", "", cad),
        (" \r\n\u{7}", "1 USD", "", Unfit::NoName),
        ("Will", "1 USD", long.as_str(), Unfit::NoteTooLong { letters: 5_007, longest: 5_000 }),
    ] {
        let bench = Bench::with(|world| world, |settings| settings.longest_note = Some(5_000)).await;
        let matter = matter_of(&bench, &[("Fine", "10 USD", &[]), (name, price, &[service])]).await;
        let session = bench.session();
        let preview = session.preview(&matter, bench.clio_matter, today()).await.expect("a preview");
        assert_eq!(preview.rows[1].fee, Err(unfit.clone()));
        let refused = session.confirm(&preview).await;
        let project = bench.projects(&matter).await.remove(1).id;
        assert!(
            matches!(&refused, Err(Error::Unfit(all)) if *all == [(project, unfit.clone())]),
            "{refused:?}"
        );
        assert_eq!((bench.writes(), bench.book.connections().await.expect("read")), (0, vec![]), "{unfit}");
    }
}

#[tokio::test(start_paused = true)]
async fn prices_that_no_sum_holds_are_an_error() {
    let bench = Bench::new().await;
    let most = "79228162514264337593543950335 USD";
    let matter = matter_of(&bench, &[("One", most, &[]), ("Other", most, &[])]).await;
    let refused = bench.session().preview(&matter, bench.clio_matter, today()).await;
    assert!(matches!(refused, Err(Error::Sync(_))), "{refused:?}");
    assert_eq!(bench.writes(), 0);
}

/// Alike in everything, and each stands once.
#[tokio::test(start_paused = true)]
async fn two_projects_that_are_alike_stand_twice() {
    let bench = Bench::new().await;
    let matter = matter_of(&bench, &[("Will", "10 USD", &["Draft"]), ("Will", "10 USD", &["Draft"])]).await;
    let session = bench.session();
    let preview = session.preview(&matter, bench.clio_matter, today()).await.expect("a preview");
    assert!(preview.rows.iter().all(|row| row.same_name), "{preview}");
    let confirmation = session.confirm(&preview).await.expect("connected");
    let ids: Vec<_> = confirmation.projects.iter().map(|(_, became)| became.clone()).collect();
    assert!(matches!(&ids[..], [Became::Stands(one), Became::Stands(other)] if one != other), "{ids:?}");
    assert_eq!((bench.fees().len(), bench.writes()), (2, 2));
    bill(&bench, &[0, 1]);
    assert!(session.check_previews(&matter).await.expect("read").remove(0).agrees());
}

/// A note that Clio cuts is no note of ours: the fee goes again, and what can stand does.
#[tokio::test(start_paused = true)]
async fn a_note_that_clio_cuts_is_taken_away_again() {
    let bench = Bench::with(|world| world.longest_note(Some(1_000)), |_| ()).await;
    let long = "Ω".repeat(5_000);
    let matter = matter_of(&bench, &[("Will", "10 USD", &[&long]), ("Codicil", "20 USD", &["Draft"])]).await;
    let session = bench.session();
    let preview = session.preview(&matter, bench.clio_matter, today()).await.expect("a preview");
    let confirmation = session.confirm(&preview).await.expect("connected");
    let [(_, Became::Refused(reason)), (_, Became::Stands(_))] = &confirmation.projects[..] else {
        panic!("refused and stands, not {confirmation:?}")
    };
    assert_eq!(reason, "Clio made something else of it: the note is another; it was taken away again");
    assert_eq!(bench.fees().len(), 1);
    assert_eq!((confirmation.form.read_back, confirmation.form.otherwise.len()), (1, 1));
    // Nothing is sent again by itself.
    let before = bench.writes();
    bench.firm.run("altfee/projects").await.expect("run");
    assert_eq!(bench.writes(), before);
}

/// Closed, or on an approved bill, between the look and the yes.
#[tokio::test(start_paused = true)]
async fn what_happens_between_the_look_and_the_yes_writes_nothing() {
    let bench = Bench::new().await;
    let (matter, session, ada) = (bench.matter().await, bench.session(), bench.world.person("Ada"));
    let preview = session.preview(&matter, bench.clio_matter, today()).await.expect("a preview");
    assert!(ada.close_matter(bench.clio_matter.get()));
    assert!(
        matches!(session.confirm(&preview).await, Err(Error::MatterClosed(id)) if id == bench.clio_matter)
    );
    assert_eq!((bench.writes(), bench.fees().len()), (0, 0));
    assert!(ada.reopen_matter(bench.clio_matter.get()));
    session.confirm(&preview).await.expect("connected");
    let project = bench.projects(&matter).await.remove(0).id;
    bench.book.price(&project, "1300 USD".parse().expect("money")).expect("priced");
    let preview = session.preview(&matter, bench.clio_matter, today()).await.expect("a preview");
    let (id, before) = (bill(&bench, &[0]), bench.writes());
    assert!(ada.approve(id));
    let refused = session.confirm(&preview).await;
    let Err(Error::Locked { lock, .. }) = refused else { panic!("locked, not {refused:?}") };
    assert_eq!(
        (lock.state, bench.writes(), bench.fees()[0].2),
        (BillState::AwaitingPayment, before, dec("1250"))
    );
}
