//! Messages become communications (row CS8).

use std::{collections::BTreeSet, time::Duration};

use clio_case_status::{CaseClient, CaseFields, CaseId, CaseStatus, ClientName, Party, Side};
use clio_core::Clock;
use clio_sync::{LineOutcome, Report, Schedule};
use serde_json::{Value, json};

use crate::bench::{Bench, DAY};

const TWO_MINUTES: Duration = Duration::from_secs(120);

/// A firm whose matters are cases, with nothing said yet.
async fn imported() -> Bench {
    let bench = Bench::new().await;
    bench.night().await;
    bench.poll().await;
    bench
}

/// The communications of a matter, each as Clio has it.
fn filed(bench: &Bench, matter: i64) -> Vec<Value> {
    let all = bench.world.records("Communication").into_iter();
    all.filter(|one| one["matter"]["id"].as_i64() == Some(matter)).collect()
}

fn people(communication: &Value, list: &str) -> Vec<i64> {
    let all = communication[list].as_array().into_iter().flatten();
    all.map(|one| one["id"].as_i64().expect("an id")).collect()
}

fn attorney(bench: &Bench, matter: i64) -> i64 {
    let there = bench.world.record("Matter", matter).expect("a matter");
    there["responsible_attorney"]["id"].as_i64().expect("an attorney")
}

/// The one line of a report.
fn line(report: &Report) -> (LineOutcome, String, Option<String>) {
    let [line] = report.lines.as_slice() else { panic!("one line: {report}") };
    (line.outcome, line.label.clone(), line.reason.clone())
}

/// Somebody reached at this address.
fn at(name: &str, email: &str) -> Party {
    let mut party = Party::named(name);
    party.email = Some(email.to_owned());
    party
}

/// A case that people made at Case Status.
async fn case_with(bench: &Bench, integration_id: &str) -> CaseId {
    let name = ClientName::Person { first: "Ruth".into(), last: "Adeyemi".into() };
    let fields = CaseFields {
        title: "Made at Case Status".into(),
        integration_id: integration_id.into(),
        client: CaseClient { name, phone: None, email: None },
        practice_area: None,
        description: None,
        opened_on: None,
        attorney_email: None,
    };
    bench.desk.create_case(&fields).await.expect("a case").id
}

#[tokio::test(start_paused = true)]
async fn cs8_messages_sync_every_two_minutes() {
    let bench = Bench::new().await;
    let flows = bench.firm.flows();
    let (_, flow) = flows.iter().find(|(key, _)| key.flow == "messages").expect("the flow");
    assert!(matches!(flow.schedule(), Some(Schedule::Every(every)) if *every == TWO_MINUTES));
}

#[tokio::test(start_paused = true)]
async fn cs8_a_message_is_found_under_the_communications_of_its_matter() {
    let bench = imported().await;
    let matter = bench.matter(0);
    let sent_at = bench.clock.now();
    let id = bench.desk.client_writes(&bench.case(matter), "Any news?").expect("a message");
    bench.pass(TWO_MINUTES).await;
    let report = bench.poll().await;
    assert_eq!(
        line(&report),
        (
            LineOutcome::Created,
            "Case Status Message: the recipient is not known in Clio, another stands for them".into(),
            None
        )
    );
    let [one] = filed(&bench, matter).try_into().expect("one communication");
    assert_eq!(one["subject"], "Case Status Message");
    assert_eq!(one["type"], "EmailCommunication");
    assert_eq!(one["body"], "Any news?");
    let received =
        one["received_at"].as_str().and_then(|text| text.parse::<chrono::DateTime<chrono::Utc>>().ok());
    assert_eq!(received.map(|at| at.timestamp()), Some(sent_at.timestamp()), "when it was sent, not filed");
    assert_eq!(people(&one, "senders"), [bench.client(matter)], "From is the sender");
    assert_eq!(people(&one, "receivers"), [attorney(&bench, matter)], "To is the recipient");
    let properties = one["external_properties"].as_array().expect("properties");
    let ours = properties.iter().find(|one| one["name"] == "case-status-message").expect("ours");
    assert_eq!(ours["value"], id.as_str());
}

#[tokio::test(start_paused = true)]
async fn cs8_whom_clio_knows_by_the_address_stands_on_it() {
    let bench = imported().await;
    let matter = bench.matter(0);
    let attorney = attorney(&bench, matter);
    let user = bench.world.users().into_iter().find(|user| user.id != attorney).expect("another user");
    let address = user.email.to_uppercase();
    bench.desk.staff_writes(&bench.case(matter), "Whoever", &address, "Tomorrow.").expect("a message");
    let report = bench.poll().await;
    assert_eq!(line(&report), (LineOutcome::Created, "Case Status Message".into(), None));
    let [one] = filed(&bench, matter).try_into().expect("one communication");
    assert_eq!(people(&one, "senders"), [user.id]);
    assert_eq!(people(&one, "receivers"), [bench.client(matter)]);
}

#[tokio::test(start_paused = true)]
async fn cs8_another_contact_is_known_by_phone_however_it_is_written() {
    let bench = imported().await;
    let (matter, other) = (bench.matter(0), bench.client(bench.matter(1)));
    assert_ne!(bench.client(matter), other, "two clients");
    let number = json!([{ "name": "Mobile", "number": "(415) 555-2671", "default_number": true }]);
    bench.change(&format!("/contacts/{other}.json"), json!({ "phone_numbers": number })).await;
    let mut witness = Party::named("A witness");
    (witness.phone, witness.side) = (Some("415-555-2671".into()), Some(Side::Client));
    bench.desk.say(&bench.case(matter), witness, None, "I saw it.").expect("a message");
    bench.poll().await;
    let [one] = filed(&bench, matter).try_into().expect("one communication");
    assert_eq!(people(&one, "senders"), [other]);
}

#[tokio::test(start_paused = true)]
async fn cs8_two_who_fit_are_none_and_the_client_stands_for_them() {
    let bench = imported().await;
    let matter = bench.matter(0);
    let twins: BTreeSet<i64> = [1, 2, 3, 4, 5].map(|at| bench.client(bench.matter(at))).into();
    let twins: Vec<i64> = twins.into_iter().filter(|one| *one != bench.client(matter)).take(2).collect();
    assert_eq!(twins.len(), 2, "two others");
    for twin in twins {
        let address = json!([{ "name": "Home", "address": "family@client.example", "default_email": true }]);
        bench.change(&format!("/contacts/{twin}.json"), json!({ "email_addresses": address })).await;
    }
    let mut party = at("One of two", "family@client.example");
    party.side = Some(Side::Client);
    bench.desk.say(&bench.case(matter), party, None, "It is us.").expect("a message");
    let report = bench.poll().await;
    let said = "the sender is not known in Clio, another stands for them";
    assert!(line(&report).1.contains(said), "{report}");
    let [one] = filed(&bench, matter).try_into().expect("one communication");
    assert_eq!(people(&one, "senders"), [bench.client(matter)]);
}

#[tokio::test(start_paused = true)]
async fn cs8_a_name_alone_is_nobody_but_that_of_the_client_says_the_side() {
    let bench = imported().await;
    let matter = bench.matter(0);
    let client = bench.world.record("Contact", bench.client(matter)).expect("a contact");
    let name = client["name"].as_str().expect("a name").to_uppercase();
    bench.desk.say(&bench.case(matter), Party::named(name), None, "One").expect("a message");
    bench.desk.say(&bench.case(matter), Party::named("Somebody else"), None, "Two").expect("a message");
    let report = bench.poll().await;
    assert!(report.lines.iter().all(|line| line.label.contains("the sender is not known")), "{report}");
    let [one, two] = filed(&bench, matter).try_into().expect("two communications");
    let (client, attorney) = (bench.client(matter), attorney(&bench, matter));
    assert_eq!((people(&one, "senders"), people(&one, "receivers")), (vec![client], vec![attorney]));
    assert_eq!((people(&two, "senders"), people(&two, "receivers")), (vec![attorney], vec![client]));
}

#[tokio::test(start_paused = true)]
async fn without_an_attorney_nobody_stands_for_the_firm_and_the_line_says_so() {
    let bench = imported().await;
    let client = bench.client(bench.matter(0));
    let matter =
        bench.create("/matters.json", json!({ "client": { "id": client }, "description": "Lease" })).await;
    bench.session().sync_one(&matter.to_string()).await.expect("a sync");
    bench.desk.client_writes(&bench.case(matter), "Anybody there?").expect("a message");
    let report = bench.poll().await;
    assert!(line(&report).1.contains("nobody stands for them"), "{:?}", line(&report));
    let [one] = filed(&bench, matter).try_into().expect("one communication");
    assert_eq!(people(&one, "receivers"), [0; 0]);
}

#[tokio::test(start_paused = true)]
async fn messages_that_belong_nowhere_are_told_and_the_rest_goes_on() {
    let bench = imported().await;
    let matter = bench.matter(0);
    let mut expected = Vec::new();
    for (named, outcome, why) in [
        ("", LineOutcome::Skipped, "the case is of no matter in Clio"),
        ("PI-2024/7", LineOutcome::Skipped, "the integration id of the case is none of Clio's"),
        ("-5", LineOutcome::Skipped, "the integration id of the case is none of Clio's"),
        ("99999999", LineOutcome::Rejected, "Clio has no matter 99999999, which the case names, or hides it"),
    ] {
        let case = case_with(&bench, named).await;
        let id = bench.desk.client_writes(&case, "Hello?").expect("a message");
        expected.push((id.to_string(), outcome, Some(why.to_owned())));
    }
    bench.desk.client_writes(&bench.case(matter), "Here I am.").expect("a message");
    let report = bench.poll().await;
    let lines = report.lines.iter().filter(|line| line.outcome != LineOutcome::Created);
    let lines: Vec<_> = lines.map(|line| (line.id.clone(), line.outcome, line.reason.clone())).collect();
    assert_eq!(lines, expected);
    assert_eq!(filed(&bench, matter).len(), 1);
    assert_eq!(bench.world.records("Communication").iter().filter(|one| one["body"] == "Hello?").count(), 0);
    assert_eq!(bench.firm.dead_letters().await.expect("letters").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_long_message_and_one_of_emoji_arrive_as_they_are() {
    let bench = imported().await;
    let matter = bench.matter(0);
    let long = "The letter says: \u{201c}no\u{201d}. ".repeat(4_000);
    let texts = [long.as_str(), "👩‍⚖️🎉 ¡ya! \u{202b}שלום\u{202c}", "line\nline\n\n  indented", " "];
    for text in texts {
        bench.desk.client_writes(&bench.case(matter), text).expect("a message");
    }
    bench.poll().await;
    let filed = filed(&bench, matter);
    let mut bodies: Vec<&str> = filed.iter().map(|one| one["body"].as_str().expect("a text")).collect();
    let mut texts = texts.to_vec();
    bodies.sort_unstable();
    texts.sort_unstable();
    assert_eq!(bodies, texts);
}

#[tokio::test(start_paused = true)]
async fn a_poll_with_nothing_new_takes_one_request_to_case_status_and_none_to_clio() {
    let bench = imported().await;
    let poll = async || {
        let (there, here) = (bench.desk.calls(), bench.world.calls().len());
        let report = bench.poll().await;
        assert!(report.lines.iter().all(|line| line.outcome != LineOutcome::Created), "{report}");
        (bench.desk.calls() - there, bench.world.calls().len() - here)
    };
    assert_eq!(poll().await, (1, 0));
    for text in ["One", "Two", "Three"] {
        bench.desk.client_writes(&bench.case(bench.matter(0)), text).expect("a message");
    }
    bench.poll().await;
    assert_eq!(poll().await, (1, 0), "right after it was filed");
    for _ in 0..5 {
        bench.pass(TWO_MINUTES).await;
        assert_eq!(poll().await, (1, 0));
    }
    bench.pass(DAY).await;
    assert_eq!(poll().await, (1, 0));
    assert_eq!(filed(&bench, bench.matter(0)).len(), 3);
}

/// What was filed is known by its own id, and not by a place in a list: a desk that shows everything again changes nothing.
#[tokio::test(start_paused = true)]
async fn more_than_a_hundred_pages_that_were_filed_do_not_end_the_walk() {
    let mut bench = imported().await;
    bench.desk = bench.desk.clone().page(1);
    bench.restart();
    let case = bench.case(bench.matter(0));
    for n in 0..120 {
        bench.desk.client_writes(&case, &format!("Message {n}")).expect("a message");
    }
    bench.poll().await;
    assert_eq!(filed(&bench, bench.matter(0)).len(), 120);
    bench.desk.client_writes(&case, "The last").expect("a message");
    bench.poll().await;
    assert_eq!(filed(&bench, bench.matter(0)).len(), 121);
}
