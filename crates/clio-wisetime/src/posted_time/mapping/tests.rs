//! The rules of the table, one by one.

use clio_core::Etag;
use clio_model::{ActivityCategory, CategoryRate, User};
use clio_sync::Content;

use super::*;
use crate::posted_time::{Rounding, Template, Weighting, ZeroTime};

fn directory() -> Directory {
    let user = |id, email: &str, enabled| User {
        id: Id::new(id),
        etag: Etag::new("e"),
        name: "n".into(),
        email: Some(email.into()),
        enabled,
    };
    let category = |id, name: &str, kind: &str| ActivityCategory {
        id: Id::<objects::ActivityDescription>::new(id),
        etag: Etag::new("e"),
        name: name.into(),
        rate: Some(CategoryRate { kind: Some(kind.into()) }),
    };
    Directory {
        users: vec![
            user(1, "ada@firm.example", true),
            user(2, "ben@firm.example", true),
            user(3, "old@x.example", false),
        ],
        categories: vec![
            category(11, "Drafting", "User"),
            category(12, "Marketing", "User"),
            category(13, "Filing fee", "FlatRate"),
        ],
        rounding: None,
    }
}

fn group(changes: serde_json::Value) -> TimeGroup {
    let mut json = serde_json::json!({
        "groupId": "g", "description": "Draft SHA", "totalDurationSecs": 1800, "localDate": "2026-03-02",
        "tags": [{"name": "00001-Byron", "externalId": "7"}],
        "user": {"name": "Ada", "email": "ada@firm.example"},
    });
    if let (Some(json), serde_json::Value::Object(changes)) = (json.as_object_mut(), changes) {
        json.extend(changes);
    }
    serde_json::from_value(json).unwrap()
}

fn mapped(changes: serde_json::Value) -> Mapped {
    let settings = Settings { activity_types_non_billable: vec![" marketing".into()], ..Settings::default() };
    time_entry(&group(changes), &directory(), &settings)
}

/// Under settings of ours.
fn posted(set: impl FnOnce(&mut Posting), changes: serde_json::Value) -> Mapped {
    let mut settings = Settings::default();
    set(&mut settings.posting);
    time_entry(&group(changes), &directory(), &settings)
}

#[track_caller]
fn refusal(mapped: Mapped) -> String {
    match mapped {
        Mapped::Reject(reason) => reason,
        other => panic!("a refusal, not {other:?}"),
    }
}

#[track_caller]
fn label_of(mapped: Mapped) -> String {
    match mapped {
        Mapped::Create(write) => write.label,
        other => panic!("a create, not {other:?}"),
    }
}

#[track_caller]
fn content(mapped: Mapped) -> Content {
    match mapped {
        Mapped::Create(write) => write.content,
        other => panic!("a create, not {other:?}"),
    }
}

#[test]
fn a_group_becomes_one_time_entry() {
    let content = content(mapped(serde_json::json!({})));
    let expected = serde_json::json!({
        "type": "TimeEntry", "date": "2026-03-02", "quantity": "1800", "note": "Draft SHA", "matter.id": 7, "user.id": 1
    });
    assert_eq!(serde_json::to_value(content).unwrap(), expected);
}

#[test]
fn the_external_id_comes_before_the_address_and_falls_through_to_it() {
    let user = |external: &str| {
        let user = serde_json::json!({"user": {"email": "ada@firm.example", "externalId": external}});
        content(mapped(user))["user.id"].clone()
    };
    assert_eq!(user("BEN@firm.example"), 2);
    assert_eq!(user("nobody@firm.example"), 1);
    assert_eq!(user(" "), 1);
}

#[test]
fn what_cannot_be_posted_is_said_in_words() {
    let reason = |changes| match mapped(changes) {
        Mapped::Reject(reason) => reason,
        other => panic!("a rejection, not {other:?}"),
    };
    assert!(
        reason(serde_json::json!({"user": {"email": "x@y.example"}})).contains("no active user x@y.example")
    );
    assert!(reason(serde_json::json!({"user": {"email": "old@x.example"}})).contains("no active user"));
    assert!(reason(serde_json::json!({"activityType": {"code": "99", "label": "Gone"}})).contains("Gone"));
    assert!(reason(serde_json::json!({"activityType": {"code": "13"}})).contains("flat fee"));
    assert!(reason(serde_json::json!({"totalDurationSecs": -1})).contains("negative"));
}

#[test]
fn untagged_and_foreign_time_is_left_out() {
    assert!(matches!(mapped(serde_json::json!({"tags": []})), Mapped::Skip(_)));
    assert!(matches!(mapped(serde_json::json!({"tags": [{"name": "Lunch"}]})), Mapped::Skip(_)));
}

#[test]
fn a_charge_code_is_found_by_id_or_name_and_may_be_non_billable() {
    let by = |code: &str, label: &str| {
        content(mapped(serde_json::json!({"activityType": {"code": code, "label": label}})))
    };
    assert_eq!(by("11", "renamed")["activity_description.id"], 11);
    assert_eq!(by("x", "drafting ")["activity_description.id"], 11);
    assert_eq!(by("12", "")["non_billable"], true);
    assert_eq!(by("11", "").get("non_billable"), None);
}

#[test]
fn the_note_is_the_users_words_first() {
    let note = |changes| content(mapped(changes))["note"].clone();
    let rows = serde_json::json!([
        {"activity": "Word", "description": "SHA.docx", "durationSecs": 60},
        {"activity": "Word", "description": "SHA.docx", "durationSecs": 60},
        {"activity": "Phone", "durationSecs": 60}
    ]);
    assert_eq!(note(serde_json::json!({"description": "", "timeRows": rows})), "SHA.docx, Phone");
    assert_eq!(
        note(serde_json::json!({"description": " ", "formattedNarrative": "N", "timeRows": rows})),
        "N"
    );
    let private =
        serde_json::json!({"description": null, "narrativeType": "NARRATIVE_ONLY", "timeRows": rows});
    assert_eq!(note(private), "", "what the user does not want shown stays out");
}

#[test]
fn at_most_one_matter_and_only_one_of_clios() {
    let tags = |tags: serde_json::Value| mapped(serde_json::json!({"tags": tags}));
    let two = serde_json::json!([{"name": "1", "externalId": "7"}, {"name": "2", "externalId": "8"}]);
    assert!(refusal(tags(two)).contains("more than one matter"));
    for foreign in ["JIRA-7", "", "-7", "0", "7.5", "99999999999999999999"] {
        let mapped = tags(serde_json::json!([{"name": "Lunch", "externalId": foreign}]));
        assert!(matches!(&mapped, Mapped::Skip(why) if why.contains("Lunch")), "{foreign}: {mapped:?}");
    }
    assert_eq!(content(tags(serde_json::json!([{"name": "1", "externalId": " 7 "}])))["matter.id"], 7);
}

#[test]
fn whose_time_it_is_is_never_guessed() {
    let mut directory = directory();
    directory.users[1].email = Some("Ada@Firm.example ".into());
    let of = |user: serde_json::Value, directory: &Directory| {
        time_entry(&group(serde_json::json!({"user": user})), directory, &Settings::default())
    };
    let both = refusal(of(serde_json::json!({"email": "ada@firm.example"}), &directory));
    assert!(both.contains("several users with the e-mail address ada@firm.example"), "{both}");
    // An external id that several have is no reason to fall through to the address.
    let external = serde_json::json!({"email": "ben@firm.example", "externalId": "ADA@firm.example"});
    assert!(refusal(of(external, &directory)).contains("several users"));
    // A disabled one with the same address does not count.
    directory.users[1].enabled = false;
    assert_eq!(content(of(serde_json::json!({"email": "ada@firm.example"}), &directory))["user.id"], 1);
    let nobody = refusal(of(serde_json::json!({"name": "Ada"}), &directory));
    assert!(nobody.contains("without an address"), "{nobody}");
    let two =
        refusal(of(serde_json::json!({"email": "a@x.example", "externalId": "b@x.example"}), &directory));
    assert!(two.contains("no active user a@x.example or b@x.example"), "{two}");
}

#[test]
fn the_day_is_the_users_whatever_utc_says() {
    // Half an hour after midnight in Kiribati, which is 14 hours ahead; and before midnight in Samoa, 11 behind.
    for (offset, date, submitted) in
        [(840, "2026-03-03", "2026-03-02T10:30:00Z"), (-660, "2026-03-01", "2026-03-02T10:30:00Z")]
    {
        let at = submitted.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_millis();
        let changes = serde_json::json!({"localDate": date, "tzOffsetMins": offset, "submissionTime": at,
            "timestamp": at});
        assert_eq!(content(mapped(changes))["date"], date);
    }
    // The days on which clocks are put forward and back in Europe and in America, whatever offset the group has.
    for date in ["2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01"] {
        for offset in [-300, -240, 0, 60, 120] {
            let changes = serde_json::json!({"localDate": date, "tzOffsetMins": offset,
                "timeRows": [{"durationSecs": 1800, "timezone_name": "Europe/Berlin", "timezone_offset_min": offset}]});
            let content = content(mapped(changes));
            assert_eq!((&content["date"], &content["quantity"]), (&date.into(), &"1800".into()));
        }
    }
}

#[test]
fn a_day_far_away_is_refused_with_words_unless_set() {
    let submitted = |date: &str| {
        let at = "2026-03-02T10:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_millis();
        serde_json::json!({"localDate": date, "submissionTime": at})
    };
    for near in ["2026-03-02", "2026-03-03", "2025-03-01", "2026-04-02"] {
        assert_eq!(content(mapped(submitted(near)))["date"], near);
    }
    for (far, words) in [
        ("2025-02-27", "more than 366 days before"),
        ("2027-03-02", "more than 31 days after"),
        ("0026-03-02", "before"),
    ] {
        let reason = refusal(mapped(submitted(far)));
        assert!(reason.contains(words) && reason.contains(far) && reason.contains("2026-03-02"), "{reason}");
    }
    let any = |posting: &mut Posting| (posting.days_back, posting.days_ahead) = (None, None);
    assert_eq!(content(posted(any, submitted("2027-03-02")))["date"], "2027-03-02");
    let narrow = |posting: &mut Posting| posting.days_back = Some(7);
    assert!(refusal(posted(narrow, submitted("2026-02-20"))).contains("more than 7 days before"));
    // Nobody knows when it was submitted: then nothing is compared.
    let unsaid = serde_json::json!({"localDate": "2001-03-02", "submissionTime": null});
    assert_eq!(content(mapped(unsaid))["date"], "2001-03-02");
}

#[test]
fn time_is_taken_as_posted_within_bounds() {
    let seconds =
        |seconds: i64| serde_json::json!({"totalDurationSecs": seconds, "timeRows": [{"durationSecs": 60}]});
    assert_eq!(content(mapped(seconds(61)))["quantity"], "61");
    assert_eq!(content(mapped(seconds(24 * 3600)))["quantity"], "86400");
    let long = refusal(mapped(seconds(30 * 3600)));
    assert!(long.contains("30:00:00") && long.contains("24:00:00"), "{long}");
    let free = |posting: &mut Posting| posting.longest = None;
    assert_eq!(content(posted(free, seconds(30 * 3600)))["quantity"], "108000");
    for bad in [-1, i64::MIN] {
        assert!(refusal(mapped(seconds(bad))).contains("negative"));
    }
    let up = |posting: &mut Posting| (posting.longest, posting.rounding) = (None, Rounding::HUNDREDTHS);
    assert!(refusal(posted(up, seconds(i64::MAX - 1))).contains("longer than can be counted"));
    assert!(refusal(mapped(seconds(0))).contains("no time"));
    let zero = |zero| move |posting: &mut Posting| posting.zero_time = zero;
    assert_eq!(content(posted(zero(ZeroTime::Post), seconds(0)))["quantity"], "0");
    assert!(matches!(posted(zero(ZeroTime::LeaveOut), seconds(0)), Mapped::Skip(_)));
}

#[test]
fn rounding_is_explicit_and_the_report_tells_what_comes_of_it() {
    let mut directory = directory();
    directory.rounding = Some(TimeRounding::minutes(10).unwrap());
    let label = |rounding, seconds: i64, directory: &Directory| {
        let mut settings = Settings::default();
        settings.posting.rounding = rounding;
        label_of(time_entry(&group(serde_json::json!({"totalDurationSecs": seconds})), directory, &settings))
    };
    let six = Rounding::up_to_minutes(6).unwrap();
    assert_eq!(label(Rounding::AsPosted, 600, &directory), "00001-Byron 0:10:00");
    assert_eq!(label(Rounding::AsPosted, 420, &directory), "00001-Byron 0:07:00, billed as 0:10:00");
    assert_eq!(label(six, 420, &directory), "00001-Byron 0:12:00, posted as 0:07:00, billed as 0:20:00");
    directory.rounding = None;
    assert_eq!(label(six, 420, &directory), "00001-Byron 0:12:00, posted as 0:07:00");
    let rounded = |posting: &mut Posting| posting.rounding = six;
    assert_eq!(content(posted(rounded, serde_json::json!({"totalDurationSecs": 1})))["quantity"], "360");
}

#[test]
fn a_rating_shortens_only_what_was_not_edited_and_only_if_set() {
    let rated = |percent: serde_json::Value, total: i64| {
        serde_json::json!({"totalDurationSecs": total, "timeRows": [{"durationSecs": 1801}],
            "user": {"email": "ada@firm.example", "experienceWeightingPercent": percent}})
    };
    let on = |posting: &mut Posting| posting.weighting = Weighting::Unedited;
    let seconds = |mapped| content(mapped)["quantity"].clone();
    assert_eq!(seconds(mapped(rated(50.into(), 1801))), "1801", "off");
    assert_eq!(seconds(posted(on, rated(50.into(), 1801))), "901", "up to a whole second");
    assert_eq!(seconds(posted(on, rated(50.into(), 1200))), "1200", "edited");
    for none in [
        serde_json::json!(100),
        serde_json::json!(250),
        serde_json::json!(-1),
        serde_json::json!(null),
        serde_json::json!("x"),
    ] {
        assert_eq!(seconds(posted(on, rated(none, 1801))), "1801");
    }
    assert!(refusal(posted(on, rated(0.into(), 1801))).contains("no time"));
}

#[test]
fn the_summary_is_added_if_the_team_wants_it() {
    let noted = |summary: bool, weighting, total: i64, description: &str| {
        let mut settings = Settings { add_summary_to_narrative: summary, ..Settings::default() };
        settings.posting.weighting = weighting;
        let changes = serde_json::json!({"totalDurationSecs": total, "timeRows": [{"durationSecs": 3600}], "description": description,
            "narrativeType": "NARRATIVE_ONLY", "user": {"email": "ada@firm.example", "experienceWeightingPercent": 50}});
        match time_entry(&group(changes), &directory(), &settings) {
            Mapped::Create(write) => {
                serde_json::from_str::<serde_json::Value>(&write.payload).unwrap()["note"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            }
            other => panic!("a create, not {other:?}"),
        }
    };
    let (off, on) = (Weighting::Off, Weighting::Unedited);
    assert_eq!(noted(false, off, 3600, "Call"), "Call");
    assert_eq!(
        noted(true, off, 3600, "Call"),
        "Call\n\nTotal worked time: 1:00:00\nTotal chargeable time: 1:00:00"
    );
    assert_eq!(
        noted(true, on, 3600, ""),
        "Total worked time: 1:00:00\nTotal chargeable time: 0:30:00\nExperience factor: 50 %"
    );
    assert_eq!(
        noted(true, on, 1800, "Call"),
        "Call\n\nTotal worked time: 1:00:00\nTotal chargeable time: 0:30:00",
        "edited"
    );
}

#[test]
fn a_firm_words_its_notes() {
    let template = Template::new(
        "{{ tag }}: {{ narrative }} [{{ charge_code }}, {{ duration }} of {{ worked }}]{% for row in rows %} {{ row.activity }}{% endfor %}",
    )
    .unwrap();
    let set = |posting: &mut Posting| posting.template = Some(template.clone());
    let rows = serde_json::json!([{"activity": "Word", "durationSecs": 3600}]);
    let changes = serde_json::json!({"activityType": {"code": "11", "label": "Drafting"}, "timeRows": rows});
    assert_eq!(
        content(posted(set, changes))["note"],
        "00001-Byron: Draft SHA [Drafting, 0:30:00 of 1:00:00] Word"
    );
    let private = serde_json::json!({"narrativeType": "NARRATIVE_ONLY", "timeRows": rows});
    assert_eq!(content(posted(set, private))["note"], "00001-Byron: Draft SHA [, 0:30:00 of 1:00:00]");
    // What cannot be filled in is the firm's to mend, and quotes nothing.
    let broken = Template::new("{% if group_name %}{{ group_name + 1 }}{% endif %}").unwrap();
    let reason =
        refusal(posted(|posting| posting.template = Some(broken), serde_json::json!({"groupName": "Byron"})));
    assert!(reason.contains("template") && !reason.contains("Byron"), "{reason}");
}

#[test]
fn a_long_note_is_whole_or_cut_where_that_is_set() {
    let long = "Besprechung ünd Prüfung. ".repeat(4_500);
    let payload = |mapped| match mapped {
        Mapped::Create(write) => serde_json::from_str::<serde_json::Value>(&write.payload).unwrap(),
        other => panic!("a create, not {other:?}"),
    };
    assert!(long.len() > 100_000);
    let whole = payload(mapped(serde_json::json!({"description": long})));
    assert_eq!(whole["note"], long.trim_end());
    let short = |posting: &mut Posting| posting.longest_note = Some(500);
    let cut = payload(posted(short, serde_json::json!({"description": long})));
    let cut = cut["note"].as_str().unwrap();
    assert!(
        cut.ends_with('…') && cut.chars().count() <= 500 && long.starts_with(cut.trim_end_matches('…')),
        "{cut}"
    );
    let control = payload(mapped(serde_json::json!({"description": "a\u{0}b\r\nc\u{7}\td"})));
    assert_eq!(control["note"], "ab\nc d");
}

#[test]
fn a_charge_code_that_is_ambiguous_or_empty() {
    let mut directory = directory();
    directory.categories[1].name = "drafting".into();
    let of = |code: serde_json::Value| {
        time_entry(&group(serde_json::json!({"activityType": code})), &directory, &Settings::default())
    };
    assert!(refusal(of(serde_json::json!({"label": "Drafting"}))).contains("several activity categories"));
    assert_eq!(
        content(of(serde_json::json!({"code": "12", "label": "Drafting"})))["activity_description.id"],
        12
    );
    assert_eq!(content(of(serde_json::json!({}))).get("activity_description.id"), None);
    assert_eq!(
        content(of(serde_json::json!({"code": null, "label": " "}))).get("activity_description.id"),
        None
    );
}
