//! The calls that the flows do not make.

use clio_core::ErrorKind;
use clio_fixtures::Visibility as Shown;
use clio_wisetime::{
    ITEMS_AT_ONCE, is_plan_limit,
    wire::{AddKeywords, DeleteTag, SyncActivityType, TagCategory, UpsertTag, Visibility},
};

use crate::bench::Bench;

fn tag(name: &str) -> UpsertTag {
    UpsertTag { name: name.into(), ..UpsertTag::default() }
}

#[tokio::test(start_paused = true)]
async fn every_member_of_a_tag_is_sent() {
    let office = Bench::new();
    let client = office.client();
    let category = TagCategory {
        external_id: "c".into(),
        label: "Wills".into(),
        description: Some("Last ones".into()),
        keywords: vec!["will".into()],
        ..TagCategory::default()
    };
    let made = client.upsert_tag_categories(&[category]).await.expect("a category").remove(0);
    assert_eq!((made.label.as_str(), made.keywords.as_slice()), ("Wills", &["will".to_owned()][..]));
    let whole = UpsertTag {
        name: "A".into(),
        description: Some("d".into()),
        exclude_tag_name_keyword: Some(true),
        tag_category_id: made.id.clone(),
        path: Some("/x".into()),
        managed_by: Some("m".into()),
        external_id: Some("7".into()),
        default_activity_type_code: Some("11".into()),
        metadata: [("Group".to_owned(), "b".to_owned())].into(),
        additional_keywords: vec!["k".into()],
        url: Some("https://a.test".into()),
        visibility: Some(Visibility::Private),
        assignee_external_ids: vec!["1".into()],
    };
    client.upsert_tag(&whole).await.expect("a tag");
    let tag = office.wisetime.tags().remove(0);
    assert_eq!((&tag.category_id, tag.path.as_str()), (&made.id, "/x"));
    let texts =
        [&tag.description, &tag.managed_by, &tag.external_id, &tag.default_activity_type_code, &tag.url];
    assert_eq!(texts.map(|text| text.as_deref().expect("a text")), ["d", "m", "7", "11", "https://a.test"]);
    assert_eq!((tag.visibility, tag.keywords.as_slice()), (Shown::Private, &["k".to_owned()][..]));
    assert_eq!((tag.metadata["Group"].as_str(), tag.assignee_external_ids), ("b", vec!["1".to_owned()]));
    assert!(client.delete_tag_category("c").await.expect("deleted"));
    assert!(!client.delete_tag_category("c").await.expect("asked"));
    assert!(office.wisetime.tags().is_empty(), "a category takes its tags with it");
}

#[tokio::test(start_paused = true)]
async fn what_is_unknown_is_no_error_to_delete() {
    let office = Bench::new();
    let client = office.client();
    client.upsert_tags(&[tag("A"), tag("B")]).await.expect("tags");
    let keywords =
        AddKeywords { tag_name: "A".into(), additional_keywords: vec!["k".into()], ..AddKeywords::default() };
    client.add_keywords(&keywords).await.expect("a keyword");
    let nobody = AddKeywords { tag_name: "Z".into(), ..keywords };
    assert_eq!(client.add_keywords(&nobody).await.expect_err("no tag").kind(), ErrorKind::NotFound);
    assert!(client.delete_keyword("A", "k").await.expect("deleted"));
    assert!(!client.delete_keyword("A", "k").await.expect("asked"));
    assert!(client.delete_tag_metadata("A", &["x"]).await.expect("deleted"));
    assert!(!client.delete_tag_metadata("Z", &["x"]).await.expect("asked"));
    let id = office.wisetime.tags()[1].id.clone();
    for (tag, known) in
        [(DeleteTag::Name("A".into()), true), (DeleteTag::Name("A".into()), false), (DeleteTag::Id(id), true)]
    {
        assert_eq!(client.delete_tag(&tag).await.expect("asked"), known, "{tag:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_batch_is_sent_that_is_too_large() {
    let office = Bench::new();
    let client = office.client();
    let too_many = ITEMS_AT_ONCE + 1;
    let tags = client.upsert_tags(&vec![tag("A"); too_many]).await.expect_err("too many");
    let types = vec![SyncActivityType::default(); too_many];
    let types = client.upsert_activity_types(&types, None).await.expect_err("too many");
    let categories = vec![TagCategory::default(); too_many];
    let categories = client.upsert_tag_categories(&categories).await.expect_err("too many");
    for error in [tags, types, categories] {
        assert_eq!(error.kind(), ErrorKind::Configuration);
    }
    assert_eq!(office.wisetime.calls().len(), 0);
    assert_eq!(client.upsert_tags(&vec![tag("A"); ITEMS_AT_ONCE]).await.expect("as many as go"), []);
}

#[tokio::test(start_paused = true)]
async fn refusals_can_be_told_apart() {
    let office = Bench::with(|clio| clio, |team| team.tag_limit(Some(1)));
    let client = office.client();
    client.upsert_tag(&tag("A")).await.expect("a tag");
    let full = client.upsert_tag(&tag("B")).await.expect_err("no room");
    assert!(is_plan_limit(&full) && full.to_string().contains("upgrade"), "{full}");
    let bad = client.upsert_tag(&tag(" ")).await.expect_err("no name");
    assert!(!is_plan_limit(&bad) && bad.kind() == ErrorKind::Invalid, "{bad}");
    assert!(bad.message().contains("the tag has no name"), "WiseTime's words: {}", bad.message());
    let errors = client.upsert_tags(&[tag("A"), tag("")]).await.expect("an answer");
    assert_eq!(errors.iter().map(|error| error.index).collect::<Vec<_>>(), [1]);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_over_is_told() {
    let office = Bench::new();
    let client = office.client();
    let session = client.start_activity_type_sync().await.expect("a session");
    let one = SyncActivityType { code: "1".into(), label: "One".into(), ..SyncActivityType::default() };
    let types = std::slice::from_ref(&one);
    assert_eq!(client.upsert_activity_types(types, Some(&session)).await.expect("types"), []);
    client.complete_activity_type_sync(&session).await.expect("completed");
    let again = client.complete_activity_type_sync(&session).await.expect_err("over");
    assert_eq!(again.kind(), ErrorKind::NotFound);
    assert!(!client.cancel_activity_type_sync(&session).await.expect("asked"));
    let late = client.upsert_activity_types(types, Some(&session)).await.expect_err("over");
    assert_eq!(late.kind(), ErrorKind::Invalid);
}
