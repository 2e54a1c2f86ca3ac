//! What WiseTime's own guide to the connection promises, a test a row, as a member of the team sees it. Rows that are about one
//! flow alone have their tests there, by the same names: `wt2_`, `wt3_`, `wt9_` and `wt13_`, and parts of others.

use clio_core::Clock;
use clio_fixtures::{GroupStatus, Member, Work};
use clio_sync::ConnectionState;
use clio_wisetime::{Client, Settings, WiseTime, wire::ManagedConfigRequest};

use crate::{
    bench::{Bench, FIRM, HEALTH, HOOK, POSTED_TIME, Programme, Way},
    office::{SWEEP, TAGS, TYPES},
};

impl Bench {
    fn member(&self, at: usize) -> Member {
        let user = &self.clio.users()[at];
        self.wisetime.member(&user.name, &user.email)
    }

    fn with_settings(&self, settings: &[(&str, &str)]) -> Programme {
        let settings = Settings::read(settings.iter().copied()).expect("settings").settings;
        self.programme_by(Way::Poll, settings, self.clio.transport(), self.wisetime.transport())
    }

    /// A row of so many minutes with this title, on the day on which the clock stands.
    fn row(&self, member: &Member, hour: u32, minutes: i64, title: &str) -> u64 {
        member.works(Work::on(self.clock.now().date_naive()).at(hour, 0).minutes(minutes).titled(title))
    }

    /// What the member sees: the tag of each row.
    fn tags_of(&self, member: &Member) -> Vec<Option<String>> {
        member.timeline(self.clock.now().date_naive()).into_iter().map(|row| row.tag).collect()
    }

    fn type_code(&self, label: &str) -> String {
        let types = self.wisetime.activity_types();
        types.into_iter().find(|one| one.label == label).expect("an activity type").code
    }
}

/// A member's half hour for the first matter, charged with an activity type if one is named, and posted.
async fn post_half_an_hour(bench: &Bench, programme: &Programme, category: Option<&str>) {
    programme.firm.run(TAGS).await.expect("tags");
    programme.firm.run(TYPES).await.expect("types");
    let (member, number) = (bench.member(0), bench.matter(0).1);
    let row = bench.row(&member, 9, 30, &format!("{number} - Brief.docx"));
    member.describe(&[row], "Drafting of the brief").expect("described");
    if let Some(label) = category {
        member.charge(&[row], &bench.type_code(label)).expect("charged");
    }
    member.post(&[row]).expect("posted");
    programme.firm.run(POSTED_TIME).await.expect("a run");
}

/// The key of WiseTime is another thing than the authorisation of Clio.
#[tokio::test(start_paused = true)]
async fn wt1_a_key_that_wisetime_refuses_is_no_lost_connection_to_clio() {
    let bench = Bench::new();
    let programme = bench.programme(Way::Poll);
    programme.engine.connect(FIRM, bench.login(bench.clio.transport(), 50)).await.expect("connected");
    bench.wisetime.replace_api_key();
    bench.post_day();
    for flow in [TAGS, TYPES, POSTED_TIME, HEALTH] {
        let error = programme.firm.run(flow).await.expect_err(flow).to_string();
        assert!(error.contains("WiseTime does not accept the API key: authorise again"), "{flow}: {error}");
        let standing = programme.firm.connection().await.expect("a connection").standing;
        assert_eq!(standing.state, ConnectionState::Connected, "{flow}");
    }
    let heir = bench.programme(Way::Poll);
    bench.settle(&heir.firm).await;
    bench.assert_day("with the new key");
}

/// One authorisation serves all: time of each member is that of the same user in Clio, whoever authorised.
#[tokio::test(start_paused = true)]
async fn wt1_one_administrator_authorises_for_the_whole_team() {
    let bench = Bench::new();
    let programme = bench.programme(Way::Poll);
    for at in 0..3 {
        bench.wisetime.post(bench.work(&format!("g-{at}"), 0, at, 600).json());
    }
    programme.firm.run(POSTED_TIME).await.expect("a run");
    let users: Vec<i64> = bench.clio.activities().iter().map(|entry| entry.user).collect();
    assert_eq!(users, bench.clio.users()[..3].iter().map(|user| user.id).collect::<Vec<_>>());
}

/// Time that was tagged before the matter closed is told, and not lost.
#[tokio::test(start_paused = true)]
async fn wt3_false_nothing_is_tagged_with_a_closed_matter_by_itself() {
    let bench = Bench::new();
    let programme = bench.with_settings(&[("SHOW_CLOSED_CASES", "FALSE")]);
    let number = bench.matter(0).1;
    programme.firm.run(TAGS).await.expect("tags");
    let member = bench.member(0);
    let before = bench.row(&member, 9, 30, &number);
    assert_eq!(bench.tags_of(&member), [Some(number.clone())]);
    bench.later().await;
    bench.close(0);
    programme.firm.run(TAGS).await.expect("tags");
    bench.row(&member, 10, 30, &number);
    assert_eq!(bench.tags_of(&member), [Some(number), None]);
    let group = member.post(&[before]).expect("posted").remove(0);
    programme.firm.run(POSTED_TIME).await.expect("a run");
    assert!(bench.told(&group).external_id.is_some(), "{:?}", bench.told(&group));
}

#[tokio::test(start_paused = true)]
async fn wt3_true_a_closed_matter_is_tagged_as_any_other() {
    let bench = Bench::new();
    let number = bench.matter(0).1;
    bench.close(0);
    bench.with_settings(&[("SHOW_CLOSED_CASES", "TRUE")]).firm.run(TAGS).await.expect("tags");
    let member = bench.member(0);
    bench.row(&member, 9, 30, &number);
    assert_eq!(bench.tags_of(&member), [Some(number)]);
}

/// By the title of the window: of a document, of a mail. The longest number counts, and where two are meant, nobody guesses.
#[tokio::test(start_paused = true)]
async fn wt4_matter_numbers_in_titles_are_recognised() {
    let bench = Bench::new();
    bench.rename(1, "00042");
    bench.rename(2, "00042-Kant");
    bench.programme(Way::Poll).firm.run(TAGS).await.expect("tags");
    let member = bench.member(0);
    for (hour, title) in [
        (8, "00042_kant_contract_v3.pdf"),
        (9, "RE: 00042 - Your questions"),
        (10, "100042.docx"),
        (11, "00042 and 00042-Kant.docx"),
        (12, "Cottages in Cornwall"),
    ] {
        bench.row(&member, hour, 10, title);
    }
    let tags = bench.tags_of(&member);
    let tags: Vec<Option<&str>> = tags.iter().map(Option::as_deref).collect();
    assert_eq!(tags, [Some("00042-Kant"), Some("00042"), None, None, None]);
}

/// An evening in California is the day after in UTC: the entry is of the member's day.
#[tokio::test(start_paused = true)]
async fn wt5_posted_time_is_one_time_entry() {
    let bench = Bench::new();
    let programme = bench.programme(Way::Poll);
    bench.member(0).set_zone("America/Los_Angeles", -480);
    post_half_an_hour(&bench, &programme, Some("Drafting")).await;
    let [entry] = &bench.clio.activities()[..] else { panic!("one entry") };
    assert_eq!((entry.matter, entry.user), (Some(bench.matter(0).0), bench.clio.users()[0].id));
    assert_eq!((entry.date, entry.quantity_seconds), (bench.clock.now().date_naive(), 1800));
    assert_eq!((entry.note.as_str(), entry.non_billable), ("Drafting of the brief", false));
    assert_eq!(entry.category.map(|id| id.to_string()), Some(bench.type_code("Drafting")));
}

#[tokio::test(start_paused = true)]
async fn wt6_true_the_summary_stands_below_the_narrative() {
    let bench = Bench::new();
    let programme = bench.with_settings(&[("ADD_SUMMARY_TO_NARRATIVE", "TRUE")]);
    post_half_an_hour(&bench, &programme, None).await;
    assert_eq!(
        bench.clio.activities()[0].note,
        "Drafting of the brief\n\nTotal worked time: 0:30:00\nTotal chargeable time: 0:30:00"
    );
}

#[tokio::test(start_paused = true)]
async fn wt6_false_the_narrative_stands_alone() {
    let bench = Bench::new();
    let programme = bench.with_settings(&[("ADD_SUMMARY_TO_NARRATIVE", "FALSE")]);
    post_half_an_hour(&bench, &programme, None).await;
    assert_eq!(bench.clio.activities()[0].note, "Drafting of the brief");
}

/// The name of a category may have a comma, then it stands in quotes.
#[tokio::test(start_paused = true)]
async fn wt7_true_time_of_a_listed_activity_type_is_non_billable() {
    for category in ["Marketing", "Travel, local"] {
        let bench = Bench::new();
        let made =
            bench.ask_clio("POST", "activity_descriptions.json", r#"{"data":{"name":"Travel, local"}}"#);
        assert_eq!(made, 201);
        let list = r#"marketing, "Travel, local""#;
        let programme = bench.with_settings(&[("ACTIVITY_TYPES_NON_BILLABLE", list)]);
        post_half_an_hour(&bench, &programme, Some(category)).await;
        assert!(bench.clio.activities()[0].non_billable, "{category}");
    }
}

/// Of one that is not in the list, or has another name by now: the name counts, whatever the member was shown.
#[tokio::test(start_paused = true)]
async fn wt7_false_time_of_any_other_activity_type_is_billable() {
    for (list, category) in
        [("Marketing", "Drafting"), ("", "Marketing"), ("Marketing department", "Marketing")]
    {
        let bench = Bench::new();
        let programme = bench.with_settings(&[("ACTIVITY_TYPES_NON_BILLABLE", list)]);
        post_half_an_hour(&bench, &programme, Some(category)).await;
        assert!(!bench.clio.activities()[0].non_billable, "{list}: {category}");
    }
}

/// The external id first, one that nobody has falls through to the e-mail; and whoever is nobody in Clio reads why.
#[tokio::test(start_paused = true)]
async fn wt8_the_external_id_or_the_email_is_that_of_a_user_in_clio() {
    let bench = Bench::new();
    let programme = bench.programme(Way::Poll);
    programme.firm.run(TAGS).await.expect("tags");
    let users = bench.clio.users();
    let number = bench.matter(0).1;
    let mut groups = Vec::new();
    for (email, external) in [
        (users[0].email.to_uppercase(), None),
        (users[0].email.clone(), Some(users[1].email.clone())),
        (users[2].email.clone(), Some("nobody@firm.example".to_owned())),
        ("stranger@elsewhere.example".to_owned(), None),
    ] {
        let member = bench.wisetime.member("A member", &email);
        if let Some(external) = external {
            member.set_external_id(&external);
        }
        let row = bench.row(&member, 9, 30, &number);
        groups.extend(member.post(&[row]).expect("posted"));
    }
    programme.firm.run(POSTED_TIME).await.expect("a run");
    let of: Vec<i64> = bench.clio.activities().iter().map(|entry| entry.user).collect();
    assert_eq!(of, [users[0].id, users[1].id, users[2].id]);
    let told = bench.message(&groups[3], GroupStatus::Failure);
    assert!(
        told.contains("no active user stranger@elsewhere.example") && told.contains("e-mail address"),
        "{told}"
    );
}

/// Success with the entry's id, failure, or retry, each with words; by the long poll and by the webhook.
#[tokio::test(start_paused = true)]
async fn wt10_each_group_is_acknowledged() {
    for way in [Way::Poll, Way::Webhook] {
        let bench = Bench::new();
        let programme = bench.programme(way);
        if way == Way::Webhook {
            programme.webhook.subscribe(HOOK).await.expect("subscribed");
        }
        bench.post_day();
        let day = async |bench: &Bench| match way {
            Way::Webhook => bench.deliver(programme.framework()).await,
            _ => drop(bench.settle(&programme.firm).await),
        };
        day(&bench).await;
        let entries: Vec<String> = bench.clio.activities().iter().map(|entry| entry.id.to_string()).collect();
        for id in ["equal-1", "equal-2", "near", "other"] {
            let told = bench.told(id);
            assert_eq!(told.status, GroupStatus::Success, "{way:?} {id}");
            // The answer to a call has no place for an id.
            assert!(
                way == Way::Webhook || told.external_id.is_some_and(|id| entries.contains(&id)),
                "{way:?} {id}"
            );
        }
        assert!(!bench.message("stranger", GroupStatus::Failure).is_empty(), "{way:?}");
        bench.assert_day("acknowledged");
    }
}

/// No call but for what was posted, and in Clio not a word of any other row.
#[tokio::test(start_paused = true)]
async fn wt11_the_timeline_stays_private() {
    let bench = Bench::new();
    let programme = bench.programme(Way::Poll);
    programme.firm.run(TAGS).await.expect("tags");
    let (member, number) = (bench.member(0), bench.matter(0).1);
    let posted = bench.row(&member, 9, 30, &format!("{number} - Brief.docx"));
    bench.row(&member, 10, 30, &format!("{number} - My own divorce.docx"));
    member.post(&[posted]).expect("posted");
    for flow in [TAGS, SWEEP, TYPES, POSTED_TIME, HEALTH] {
        programme.firm.run(flow).await.expect(flow);
    }
    let entries = serde_json::to_string(&bench.entries()).expect("JSON");
    assert!(entries.contains("Brief.docx") && !entries.contains("divorce"), "{entries}");
    assert_eq!(bench.entries().len(), 1);
    let known = ["tag/", "activitytype/", "postedtime", "healthcheck/"];
    let asked = bench.asked_since([0, 0]);
    assert!(asked.iter().all(|path| known.iter().any(|known| path.starts_with(known))), "{asked:?}");
}

/// WiseTime's own framework forgets after eight minutes that it is at work on a group, and posts it again.
#[tokio::test(start_paused = true)]
async fn wt12_no_group_is_posted_twice_however_late_it_comes_again() {
    let bench = Bench::new();
    let group = bench.work("g", 0, 0, 600).json();
    bench.wisetime.post(group.clone());
    // The answer is lost, and the programme with it.
    bench.clio.faults().at_nth("POST", "/activities.json", 1, clio_fixtures::Fault::AnswerLost);
    let _ = bench.programme(Way::Poll).firm.run(POSTED_TIME).await;
    for minutes in [9, 60, 24 * 60, 90 * 24 * 60] {
        bench.sleep(minutes * 60).await;
        bench.wisetime.post(group.clone());
        bench.settle(&bench.programme(Way::Poll).firm).await;
        assert_eq!((bench.entries().len(), bench.writes()), (1, 1), "after {minutes} minutes");
        assert!(bench.told("g").external_id.is_some());
    }
}

/// The member reviews the day: assigns a matter, describes, chooses. What goes has at most one matter.
#[tokio::test(start_paused = true)]
async fn wt14_a_member_reviews_assigns_describes_and_chooses() {
    let bench = Bench::new();
    let programme = bench.programme(Way::Poll);
    programme.firm.run(TAGS).await.expect("tags");
    let member = bench.member(0);
    let (first, second) = (bench.matter(0).1, bench.matter(1).1);
    let brief = bench.row(&member, 9, 30, &format!("{first} - Brief.docx"));
    let call = bench.row(&member, 10, 20, "+44 20 7946 0123");
    bench.row(&member, 11, 10, &format!("{first} - Notes.docx"));
    member.assign(&[call], &second).expect("assigned");
    member.describe(&[brief], "Drafting of the brief").expect("described");
    member.describe(&[call], "Call with the other side").expect("described");
    let groups = member.post(&[brief, call]).expect("posted");
    assert_eq!(groups.len(), 2, "a group for each matter");
    programme.firm.run(POSTED_TIME).await.expect("a run");
    let mut entries: Vec<_> =
        bench.clio.activities().into_iter().map(|entry| (entry.matter, entry.note)).collect();
    entries.sort();
    let mut expected = vec![
        (Some(bench.matter(0).0), "Drafting of the brief".to_owned()),
        (Some(bench.matter(1).0), "Call with the other side".to_owned()),
    ];
    expected.sort();
    assert_eq!(entries, expected);
}

/// A team that has set nothing: all flows do their work, by the defaults.
#[tokio::test(start_paused = true)]
async fn wt15_a_connection_with_no_setting_works() {
    let bench = Bench::new();
    let client: Client = bench.client();
    let told = client.managed_config(&ManagedConfigRequest::default()).await.expect("a configuration");
    let settings = Settings::read(told.connector_configuration).expect("settings").settings;
    assert_eq!(settings, Settings::default());
    let programme = bench.programme(Way::Poll);
    programme.firm.attach(WiseTime::connect(client, settings));
    bench.close(3);
    post_half_an_hour(&bench, &programme, Some("Marketing")).await;
    programme.firm.run(HEALTH).await.expect("a check");
    bench.assert_tags("closed ones have none");
    let entry = bench.clio.activities().remove(0);
    assert_eq!((entry.note.as_str(), entry.non_billable), ("Drafting of the brief", false));
}
