//! What AltFee's article promises, in its order: a test for each promise. The corners are in the other files.

use clio_altfee::{AltFee, Became, ClientMatch, Difference, Error, Leaving, Preview, Status};
use clio_core::schema::choices::BillState;

use crate::bench::{Bench, bill, dec, today};

async fn preview(bench: &Bench, matter: &clio_altfee::MatterId) -> Preview {
    bench.session().preview(matter, bench.clio_matter, today()).await.expect("a preview")
}

/// Of a client who is listed in both, the matters of Clio are shown, and one of them is selected.
#[tokio::test(start_paused = true)]
async fn af1_the_clients_existing_matters_are_listed_and_one_is_connected() {
    let bench = Bench::new().await;
    let session = bench.session();
    let found = session.find_client(&bench.bernie).await.expect("read");
    let ClientMatch::Found(contact, _) = found else { panic!("found, not {found:?}") };
    assert_eq!(contact, bench.contact);
    let listed: Vec<_> = session.matters_of(contact).await.expect("read").iter().map(|one| one.id).collect();
    let theirs = bench.world.matters().into_iter().filter(|one| {
        let there = bench.world.record("Matter", one.id).expect("there");
        there["client"]["id"] == contact.get()
    });
    assert_eq!(
        listed.iter().map(|id| id.get()).collect::<Vec<_>>(),
        theirs.map(|one| one.id).collect::<Vec<_>>()
    );
    let matter = bench.connected().await;
    let connection = bench.book.connection(&matter).await.expect("read").expect("connected");
    assert!(listed.contains(&connection.clio_matter));
}

/// Projects are scoped and priced, and the descriptions of services for the invoice are chosen.
#[tokio::test(start_paused = true)]
async fn af2_projects_have_a_price_and_chosen_descriptions() {
    let bench = Bench::new().await;
    let matter = bench.matter().await;
    let rows = preview(&bench, &matter).await.rows;
    let shown: Vec<_> = rows.into_iter().map(|row| (row.name, row.descriptions)).collect();
    let of = |name: &str, chosen: &[&str]| {
        (name.to_owned(), chosen.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    };
    let agreement = of("Shareholder agreement", &["Drafting", "Two rounds of comments"]);
    assert_eq!(shown, [of("Incorporation", &["Articles"]), agreement], "what was not chosen is left out");
}

/// The list of projects, dollar amounts and selected descriptions is reviewed before anything is written.
#[tokio::test(start_paused = true)]
async fn af3_the_review_is_exact_and_writes_nothing() {
    let bench = Bench::new().await;
    let matter = bench.matter().await;
    let preview = preview(&bench, &matter).await;
    let table = preview.to_string();
    for shown in [
        "1250.00 USD  Incorporation",
        "2999.99 USD  Shareholder agreement",
        "• Drafting",
        "4249.99 USD  in all",
    ] {
        assert!(table.contains(shown), "{shown} is not in\n{table}");
    }
    assert_eq!((bench.writes(), bench.fees().len()), (0, 0));
    assert_eq!(bench.book.connection(&matter).await.expect("read"), None);
}

/// Each project is recorded as a flat fee activity, and a confirmation follows.
#[tokio::test(start_paused = true)]
async fn af4_each_project_is_a_flat_fee_of_its_exact_amount() {
    let bench = Bench::new().await;
    let matter = bench.matter().await;
    let confirmation = bench.session().confirm(&preview(&bench, &matter).await).await.expect("connected");
    let ids = confirmation.projects.iter().map(|(_, became)| match became {
        Became::Stands(id) => id.get(),
        other => panic!("it stands, not {other:?}"),
    });
    let fees = bench.fees();
    assert_eq!(ids.collect::<Vec<_>>(), fees.iter().map(|fee| fee.0).collect::<Vec<_>>());
    let shown: Vec<_> = fees.iter().map(|fee| (fee.1.as_str(), fee.2, fee.3)).collect();
    let agreement = "Shareholder agreement\n• Drafting\n• Two rounds of comments";
    assert_eq!(shown, [("Incorporation\n• Articles", dec("1250"), true), (agreement, dec("2999.99"), true)]);
}

/// "Instead of just exporting": that is still possible.
#[tokio::test(start_paused = true)]
async fn af5_an_export_leaves_no_connection() {
    let bench = Bench::new().await;
    let matter = bench.matter().await;
    let session = bench.session();
    let export = session.preview_export(&matter, bench.clio_matter, today()).await.expect("a preview");
    session.export(&export).await.expect("exported");
    assert_eq!(bench.fees().len(), 2);
    assert_eq!(bench.book.connection(&matter).await.expect("read"), None);
    let project = bench.projects(&matter).await.remove(0);
    bill(&bench, &[0]);
    bench.book.price(&project.id, "1 USD".parse().expect("money")).expect("no lock without a connection");
}

/// The amounts that are priced in AltFee are on the bill, with the names and the bullet points.
#[tokio::test(start_paused = true)]
async fn af6_the_bill_shows_names_bullets_and_amounts() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    bill(&bench, &[0, 1]);
    let lines = bench.world.records("LineItem");
    assert!(lines.iter().any(|line| line["note"] == "Incorporation\n• Articles"), "{lines:?}");
    let checks = bench.session().check_invoices(&matter).await.expect("read");
    assert!(checks.len() == 1 && checks[0].agrees(), "{checks:?}");
    let cent = "1250.01".parse::<clio_core::Amount>().expect("a number");
    let line = clio_core::Id::new(lines[0]["id"].as_i64().expect("an id"));
    bench.clio.line_items().update(line).price(cent).await.expect("changed");
    let check = bench.session().check_invoices(&matter).await.expect("read").remove(0);
    let all: Vec<&Difference> = check.projects.iter().flat_map(|(_, all)| all).collect();
    assert!(matches!(all[..], [Difference::Amount { .. }]), "{check}: a cent is told");
}

/// "Unbillable" to "Draft" to "Invoice", and back when the bill is gone.
#[tokio::test(start_paused = true)]
async fn af7_the_status_of_the_matter_progresses() {
    let bench = Bench::new().await;
    let (matter, ada) = (bench.connected().await, bench.world.person("Ada"));
    let status = async || bench.session().refresh(&matter).await.expect("read").status;
    assert_eq!(status().await, Status::Unbillable);
    let id = bill(&bench, &[0, 1]);
    assert_eq!(status().await, Status::Draft);
    assert!(ada.approve(id));
    assert_eq!(status().await, Status::Invoice);
    assert!(ada.void(id));
    assert_eq!(status().await, Status::Unbillable);
}

/// Projects are locked once they are a draft in Clio.
#[tokio::test(start_paused = true)]
async fn af8_a_project_on_a_draft_is_locked_and_the_bill_is_named() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    let project = bench.projects(&matter).await.remove(0);
    bench.session().may_edit(&project).await.expect("it is on no bill");
    let id = bill(&bench, &[0]);
    let number = bench.world.record("Bill", id).expect("there")["number"].as_str().map(str::to_owned);
    let refused = bench.session().may_edit(&project).await.expect_err("it is locked");
    let Error::Locked { lock, .. } = &refused else { panic!("locked, not {refused:?}") };
    assert_eq!((&lock.number, &lock.state), (&number, &BillState::Draft));
    bench.session().refresh(&matter).await.expect("told");
    assert!(bench.book.price(&project.id, "1 USD".parse().expect("money")).is_err());
}

/// "Disconnect from Clio, work on the matter in AltFee and subsequently reupload."
#[tokio::test(start_paused = true)]
async fn af9_disconnected_changed_and_uploaded_again_nothing_stands_twice() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    bill(&bench, &[0, 1]);
    bench.session().refresh(&matter).await.expect("told");
    bench.session().disconnect(&matter, Leaving::default()).await.expect("disconnected");
    let project = bench.projects(&matter).await.remove(0);
    bench.book.price(&project.id, "1300 USD".parse().expect("money")).expect("it is free again");
    bench.connect(&matter).await;
    let mut amounts: Vec<_> = bench.fees().into_iter().map(|fee| fee.2).collect();
    amounts.sort();
    assert_eq!(amounts, [dec("1300"), dec("2999.99")]);
}

/// Beyond the article: what changes while connected goes over, and what people changed in Clio stays.
#[tokio::test(start_paused = true)]
async fn af10_a_change_goes_over_and_one_made_in_clio_is_told() {
    let bench = Bench::new().await;
    let matter = bench.connected().await;
    let projects = bench.projects(&matter).await;
    bench.book.price(&projects[0].id, "1251 USD".parse().expect("money")).expect("priced");
    assert!(bench.world.person("Ada").change_price(bench.fees()[1].0, dec("2500")));
    bench.firm.run("altfee/projects").await.expect("run");
    assert_eq!(bench.fees().iter().map(|fee| fee.2).collect::<Vec<_>>(), [dec("1251"), dec("2500")]);
    let edited = bench.session().edited(&matter).await.expect("read");
    assert_eq!(edited[0].fields[0].to_string(), "price: 2999.99 at AltFee, 2500 in Clio");
}

/// An existing guideline is opened for a client and a type of work; the scoping process is the same.
#[tokio::test(start_paused = true)]
async fn af11_a_guideline_is_scoped_the_same_with_and_without_clio() {
    let bench = Bench::new().await;
    let (alone, connected) = (bench.matter().await, bench.connected().await);
    let opened = bench.book.matter(&alone).await.expect("read").expect("a matter");
    assert_eq!((opened.client, opened.type_of_work.as_str()), (bench.bernie.clone(), "corporate work"));
    let scoped = async |matter| {
        let projects = bench.projects(matter).await;
        projects.into_iter().map(|one| (one.name, one.price, one.services)).collect::<Vec<_>>()
    };
    assert_eq!(scoped(&alone).await, scoped(&connected).await);
}
