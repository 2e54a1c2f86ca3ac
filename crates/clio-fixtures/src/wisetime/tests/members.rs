//! What members see, do and post. What the document does not say is our choice.

use chrono::NaiveDate;

use super::*;
use crate::{PostError, TimelineRow, Work};

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 2).unwrap()
}

async fn team_with_tags(change: impl FnOnce(WiseTimeWorldBuilder) -> WiseTimeWorldBuilder) -> Bench {
    let bench = Bench::that(change);
    for (name, matter, keyword) in [("00012-Byron", "12", "Estate"), ("00013-Kant", "13", "Estate")] {
        let tag = json!({"name": name, "externalId": matter, "additionalKeywords": [keyword]});
        assert_eq!(bench.post("tag", tag).await, 200);
    }
    bench
}

fn tags(rows: &[TimelineRow]) -> Vec<Option<&str>> {
    rows.iter().map(|row| row.tag.as_deref()).collect()
}

#[tokio::test(start_paused = true)]
async fn titles_are_tagged_by_names_and_keywords_and_nobody_guesses() {
    let bench = team_with_tags(|team| team).await;
    let ada = bench.world.member("Ada", "ada@firm.example");
    let titles = [
        ("Brief_00012 BYRON.docx - Word", Some("00012-Byron")),
        ("RE: 00013-Kant", Some("00013-Kant")),
        ("The Estate", None),
        ("00012-Byron and 00013-Kant", None),
        ("Solitaire", None),
    ];
    for (at, (title, _)) in (9..).zip(titles) {
        ada.works(Work::on(day()).at(at, 0).titled(title));
    }
    let rows = ada.timeline(day());
    assert_eq!(tags(&rows), titles.map(|(_, tag)| tag));
    assert!(rows[0].tagged_by_title && !rows[2].tagged_by_title);
    assert!(ada.timeline(day().succ_opt().unwrap()).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_comes_later_is_found_at_the_review_and_one_that_goes_stays() {
    let bench = team_with_tags(|team| team).await;
    let ada = bench.world.member("Ada", "ada@firm.example");
    ada.works(Work::on(day()).titled("00012-Byron"));
    let open = ada.works(Work::on(day()).at(10, 0).titled("00014-Hume"));
    let never = ada.works(Work::on(day()).at(11, 0).titled("00014-Hume"));
    ada.unassign(&[never]).unwrap();
    assert_eq!(bench.post("tag", json!({"name": "00014-Hume"})).await, 200);
    assert_eq!(bench.post("tag/delete", json!({"name": "00012-Byron"})).await, 200);
    assert_eq!(tags(&ada.timeline(day())), [Some("00012-Byron"), Some("00014-Hume"), None]);
    ada.post(&[open]).unwrap();
    assert_eq!(bench.world.groups()[0].json["tags"][0]["name"], "00014-Hume");
}

#[tokio::test(start_paused = true)]
async fn a_private_tag_is_for_those_who_are_assigned() {
    let bench = Bench::new();
    let tag = json!({"name": "Secret", "visibility": "PRIVATE", "assigneeExternalIds": ["7"]});
    assert_eq!(bench.post("tag", tag).await, 200);
    let (ada, ben) = (bench.world.member("Ada", "a@x.test"), bench.world.member("Ben", "b@x.test"));
    ada.set_external_id("7");
    for member in [&ada, &ben] {
        member.works(Work::on(day()).titled("Secret plan"));
    }
    assert_eq!((tags(&ada.timeline(day())), tags(&ben.timeline(day()))), (vec![Some("Secret")], vec![None]));
}

#[tokio::test(start_paused = true)]
async fn a_day_is_reviewed_and_what_is_chosen_goes_as_groups_with_one_tag() {
    let bench = team_with_tags(|team| team).await;
    let kind = json!({"activityTypes": [{"code": "11", "label": "Drafting", "enableIfNew": true}]});
    assert_eq!(bench.post("activitytype/batch", kind).await, 200);
    let ada = bench.world.member("Ada Byron", "ada@firm.example");
    ada.set_zone("Europe/Berlin", 60);
    let brief = ada.works(Work::on(day()).at(0, 30).minutes(20).titled("00012-Byron brief.docx"));
    let mail = ada.works(Work::on(day()).at(10, 0).minutes(10).with("Outlook").titled("RE: 00012-Byron"));
    let call = ada.works(Work::on(day()).at(11, 0).seconds(90).with("Phone").titled("+44 20 7946 0000"));
    let private = ada.works(Work::on(day()).at(12, 0).minutes(45).titled("Holiday in 00013-Kant"));
    ada.assign(&[call], "00013-Kant").unwrap();
    ada.describe(&[brief, mail], "Brief, and what the client says to it").unwrap();
    ada.charge(&[call], "11").unwrap();
    let ids = ada.post(&[brief, mail, call]).unwrap();

    let groups: Vec<Value> = bench.world.groups().into_iter().map(|group| group.json).collect();
    assert_eq!(groups.iter().map(|group| group["groupId"].as_str().unwrap()).collect::<Vec<_>>(), ids);
    let (byron, kant) = (&groups[0], &groups[1]);
    assert_eq!(byron["tags"], json!([{"name": "00012-Byron", "path": "/", "externalId": "12"}]));
    assert_eq!((&byron["totalDurationSecs"], &byron["totalDurationHours"]), (&json!(1800), &json!(0.5)));
    assert_eq!((&byron["localDate"], &byron["tzOffsetMins"]), (&json!("2026-03-02"), &json!(60)));
    assert_eq!(byron["description"], "Brief, and what the client says to it");
    let row = &byron["timeRows"][0];
    assert_eq!((&row["activityHour"], &row["firstObservedInHour"]), (&json!(2_026_030_123), &json!(30)));
    assert_eq!(byron["timeRows"][1]["description"], "RE: 00012-Byron");
    assert!(byron.get("activityType").is_none());
    assert_eq!((&kant["tags"][0]["externalId"], &kant["totalDurationSecs"]), (&json!("13"), &json!(90)));
    assert_eq!(kant["activityType"], json!({"code": "11", "label": "Drafting"}));
    assert_eq!(groups.len(), 2);

    // The rest is nobody's business: nothing of it was handed out, now or later.
    let (_, fetched) = bench.call("GET", "postedtime?limit=25", Value::Null).await;
    let (_, listed) = bench.call("GET", "postedtime/list", Value::Null).await;
    assert!(!format!("{fetched}{listed}").contains("Holiday"));
    let left: Vec<u64> =
        ada.timeline(day()).into_iter().filter(|row| row.posted.is_none()).map(|row| row.id).collect();
    assert_eq!(left, [private]);
}

#[tokio::test(start_paused = true)]
async fn what_was_posted_is_posted_once_unless_it_failed() {
    let bench = team_with_tags(|team| team).await;
    let ada = bench.world.member("Ada", "ada@firm.example");
    let row = ada.works(Work::on(day()).titled("00012-Byron"));
    let first = ada.post(&[row]).unwrap();
    assert_eq!(ada.post(&[row]), Err(PostError::Posted(row)));
    assert_eq!(ada.describe(&[row], "too late"), Err(PostError::Posted(row)));
    bench.fetch().await;
    assert_eq!(bench.say(&first[0], "FAILURE").await, 200);
    assert_eq!(ada.timeline(day())[0].posted, None);
    ada.assign(&[row], "00013-Kant").unwrap();
    let second = ada.post(&[row]).unwrap();
    assert_ne!(first, second);
    assert_eq!(ada.timeline(day())[0].posted.as_ref(), second.first());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    let bench = team_with_tags(|team| team).await;
    let ada = bench.world.member("Ada", "ada@firm.example");
    let ben = bench.world.member("Ben", "ben@firm.example");
    let (tagged, untagged) =
        (ada.works(Work::on(day()).titled("00012-Byron")), ada.works(Work::on(day()).titled("Lunch")));
    assert_eq!(ben.post(&[tagged]), Err(PostError::NoSuchRow(tagged)), "another's timeline");
    assert_eq!(ada.assign(&[tagged], "00099-None"), Err(PostError::NoSuchTag));
    assert_eq!(ada.charge(&[tagged], "11"), Err(PostError::NoSuchActivityType));
    bench.fetch().await;
    assert_eq!(ada.post(&[tagged, untagged]), Err(PostError::Untagged(untagged)));
    bench.post("healthcheck/failure/notify", json!({"errorType": "TARGET_AUTH_FAILURE"})).await;
    assert!(matches!(ada.post(&[tagged]), Err(PostError::Unhealthy(_))));
    assert!(bench.world.groups().is_empty() && ada.timeline(day())[0].posted.is_none());
    bench.post("healthcheck/failure/rescind", json!({})).await;
    ada.post(&[tagged]).unwrap();
    assert_eq!(bench.world.groups().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn time_without_a_tag_is_posted_where_the_team_allows_it() {
    let bench = Bench::that(|team| team.requires_tags(false));
    bench.fetch().await;
    let ada = bench.world.member("Ada", "ada@firm.example");
    let row = ada.works(Work::on(day()).titled("Lunch"));
    ada.post(&[row]).unwrap();
    assert_eq!(bench.world.groups()[0].json["tags"], json!([]));
}

/// By the document, a tag's default activity type is that of its time, unless the user has chosen one.
#[tokio::test(start_paused = true)]
async fn a_tag_may_bring_its_activity_type() {
    let bench = Bench::new();
    let tag = json!({"name": "00012-Byron", "defaultActivityTypeCode": "11"});
    assert_eq!(bench.post("tag", tag).await, 200);
    let ada = bench.world.member("Ada", "ada@firm.example");
    let row = ada.works(Work::on(day()).titled("00012-Byron"));
    ada.post(&[row]).unwrap();
    assert_eq!(bench.world.groups()[0].json["activityType"], json!({"code": "11"}));
}
