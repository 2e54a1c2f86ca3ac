//! Tags, their keywords and metadata, and tag categories.

use serde_json::{Value, json};

use super::Bench;
use crate::Visibility;

#[tokio::test(start_paused = true)]
async fn tags_are_upserted_by_name_and_keywords_grow() {
    let bench = Bench::new();
    let tag = json!({"name": "00001-Byron", "description": "A sale", "additionalKeywords": ["sale"]});
    assert_eq!(bench.post("tag", tag).await, 200);
    let again = json!({"name": "00001-Byron", "description": "", "additionalKeywords": ["house"]});
    let again = json!({"tags": [again, {"name": "B", "excludeTagNameKeyword": true}]});
    assert_eq!(bench.post("tag/batch", again).await, 200);
    let tags = bench.world.tags();
    assert_eq!(tags[0].description.as_deref(), Some("A sale"), "an empty description is ignored");
    assert_eq!(tags[0].keywords, ["00001-Byron", "sale", "house"]);
    assert_eq!(
        (tags[1].keywords.len(), tags[1].path.as_str(), tags[1].visibility),
        (0, "/", Visibility::Public)
    );
}

#[tokio::test(start_paused = true)]
async fn every_member_of_a_tag_is_kept() {
    let bench = Bench::new();
    let tag = json!({
        "name": "A", "description": "d", "tagCategoryId": "tc-9", "path": "/x", "managedBy": "m",
        "externalId": "7", "defaultActivityTypeCode": "c", "metadata": {"Group": "b"}, "url": "https://a.test",
        "visibility": "PRIVATE", "assigneeExternalIds": ["1", "2"], "additionalKeywords": ["k"]
    });
    assert_eq!(bench.post("tag", tag).await, 200);
    assert_eq!(bench.post("tag", json!({"name": "A", "metadata": {"More": "c"}})).await, 200);
    let tag = bench.world.tags().remove(0);
    let texts = [&tag.description, &tag.category_id, &tag.managed_by, &tag.external_id, &tag.url];
    assert_eq!(texts.map(|text| text.as_deref().unwrap()), ["d", "tc-9", "m", "7", "https://a.test"]);
    assert_eq!((tag.path.as_str(), tag.default_activity_type_code.as_deref()), ("/x", Some("c")));
    assert_eq!(
        (tag.visibility, tag.assignee_external_ids.as_slice()),
        (Visibility::Private, &["1", "2"].map(String::from)[..])
    );
    let metadata: Vec<_> = tag.metadata.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(metadata, [("Group", "b"), ("More", "c")]);
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_does_not_follow_the_document_is_refused() {
    let bench = Bench::new();
    for bad in [
        json!({}),
        json!({"name": " "}),
        json!({"name": 7}),
        json!({"name": "A", "path": "x"}),
        json!({"name": "A", "visibility": "SECRET"}),
        json!({"name": "A", "additionalKeywords": "k"}),
        json!({"name": "A", "metadata": {"n": 1}}),
        json!("A"),
        Value::Null,
    ] {
        assert_eq!(bench.post("tag", bad.clone()).await, 400, "{bad}");
    }
    assert!(bench.world.tags().is_empty());
}

/// Which tags of a faulty batch are written is not said.
#[tokio::test(start_paused = true)]
async fn a_faulty_batch_is_refused_whole_or_in_part_by_setting() {
    for (keeps, expected) in [(false, 0), (true, 1)] {
        let bench = Bench::that(|team| team.keeps_good_tags(keeps));
        let (status, body) = bench.call("POST", "tag/batch", json!({"tags": [{"name": "C"}, {}]})).await;
        assert_eq!((status, &body["errors"][0]["index"]), (400, &json!(1)));
        assert_eq!(bench.world.tags().len(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_faulty_batch_may_be_refused_without_a_list() {
    let bench = Bench::that(|team| team.silent_refusals(true));
    let (status, body) = bench.call("POST", "tag/batch", json!({"tags": [{"name": "C"}, {}]})).await;
    assert_eq!((status, &body["errors"], bench.world.tags().len()), (400, &Value::Null, 0));
}

#[tokio::test(start_paused = true)]
async fn another_plan_has_other_room() {
    let bench = Bench::that(|team| team.tag_limit(Some(1)));
    assert_eq!(bench.post("tag", json!({"name": "A"})).await, 200);
    assert_eq!(bench.post("tag", json!({"name": "B"})).await, 402);
    bench.world.change_plan(Some(2));
    assert_eq!(bench.post("tag", json!({"name": "B"})).await, 200);
}

#[tokio::test(start_paused = true)]
async fn a_batch_has_at_most_2000_items() {
    let bench = Bench::new();
    for (path, member, one) in [
        ("tag/batch", "tags", json!({"name": "D"})),
        ("tagcategory/batch", "tagCategories", json!({"externalId": "1", "label": "D"})),
        ("activitytype/batch", "activityTypes", json!({"code": "1", "label": "D"})),
    ] {
        assert_eq!(bench.post(path, json!({member: vec![one.clone(); 2000]})).await, 200, "{path}");
        assert_eq!(bench.post(path, json!({member: vec![one; 2001]})).await, 400, "{path}");
        assert_eq!(bench.post(path, json!({})).await, 400, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn more_tags_than_the_plan_has_are_402() {
    for (limit, expected) in [(Some(2), 402), (None, 200)] {
        let bench = Bench::that(|team| team.tag_limit(limit));
        assert_eq!(bench.post("tag/batch", json!({"tags": [{"name": "A"}, {"name": "B"}]})).await, 200);
        assert_eq!(bench.post("tag", json!({"name": "A", "description": "new"})).await, 200, "an update");
        assert_eq!(bench.post("tag", json!({"name": "C"})).await, expected);
        assert_eq!(bench.post("tag/batch", json!({"tags": [{"name": "A"}, {"name": "D"}]})).await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_tag_is_deleted_by_name_or_id() {
    let bench = Bench::new();
    bench.post("tag/batch", json!({"tags": [{"name": "A"}, {"name": "B"}]})).await;
    let id = bench.world.tags()[1].id.clone();
    assert_eq!(bench.post("tag/delete", json!({"name": "A"})).await, 200);
    assert_eq!(bench.post("tag/delete", json!({"name": "A"})).await, 404);
    assert_eq!(bench.post("tag/delete", json!({"id": id})).await, 200);
    assert_eq!(bench.post("tag/delete", json!({})).await, 400);
    assert!(bench.world.tags().is_empty());
}

#[tokio::test(start_paused = true)]
async fn keywords_and_metadata_of_a_tag_come_and_go() {
    let bench = Bench::new();
    bench.post("tag", json!({"name": "A", "metadata": {"x": "1", "y": "2"}})).await;
    let add = |tag: &str| json!({"tagName": tag, "additionalKeywords": ["k", "A", "l"]});
    assert_eq!(bench.post("tag/keyword", add("A")).await, 200);
    assert_eq!(bench.post("tag/keyword", add("Z")).await, 404);
    assert_eq!(bench.post("tag/keyword", json!({"tagName": "A"})).await, 400);
    assert_eq!(bench.post("tag/keyword", json!({"additionalKeywords": ["k"]})).await, 400);
    let delete = json!({"tagName": "A", "keyword": "k"});
    assert_eq!(bench.post("tag/keyword/delete", delete.clone()).await, 200);
    assert_eq!(bench.post("tag/keyword/delete", delete).await, 404, "no such keyword");
    assert_eq!(bench.post("tag/keyword/delete", json!({"tagName": "Z", "keyword": "A"})).await, 404);
    assert_eq!(bench.post("tag/keyword/delete", json!({"tagName": "A"})).await, 400);
    let delete = json!({"tagName": "A", "metadataNames": ["x", "never there"]});
    assert_eq!(bench.post("tag/metadata/delete", delete.clone()).await, 200);
    assert_eq!(bench.post("tag/metadata/delete", delete).await, 200, "gone already");
    assert_eq!(bench.post("tag/metadata/delete", json!({"tagName": "Z", "metadataNames": []})).await, 404);
    assert_eq!(bench.post("tag/metadata/delete", json!({"tagName": "A"})).await, 400);
    let tag = bench.world.tags().remove(0);
    assert_eq!(
        (tag.keywords, tag.metadata.into_keys().collect()),
        (vec!["A".into(), "l".into()], vec!["y".to_owned()])
    );
}

#[tokio::test(start_paused = true)]
async fn categories_are_upserted_by_external_id_and_take_their_tags_with_them() {
    let bench = Bench::new();
    let one = |label: &str| json!({"externalId": "c", "label": label});
    let (status, body) =
        bench.call("POST", "tagcategory/batch", json!({"tagCategories": [one("Old")]})).await;
    let id = body["tagCategories"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(status, 200);
    let (_, body) = bench.call("POST", "tagcategory/batch", json!({"tagCategories": [one("New")]})).await;
    assert_eq!(
        (&body["tagCategories"][0]["id"], &body["tagCategories"][0]["label"]),
        (&json!(id), &json!("New"))
    );
    bench.post("tag/batch", json!({"tags": [{"name": "A", "tagCategoryId": id}, {"name": "B"}]})).await;
    assert_eq!(bench.post("tagcategory/delete", json!({"externalId": "c"})).await, 200);
    assert_eq!(bench.post("tagcategory/delete", json!({"externalId": "c"})).await, 404);
    assert_eq!(bench.post("tagcategory/delete", json!({})).await, 400);
    let left: Vec<_> = bench.world.tags().into_iter().map(|tag| tag.name).collect();
    assert_eq!((left, bench.world.tag_categories().len()), (vec!["B".to_owned()], 0));
}

#[tokio::test(start_paused = true)]
async fn a_faulty_batch_of_categories_is_refused_whole() {
    let bench = Bench::new();
    let batch = json!({"tagCategories": [{"externalId": "1", "label": "A"}, {"externalId": "2"}]});
    assert_eq!(bench.post("tagcategory/batch", batch).await, 400);
    assert!(bench.world.tag_categories().is_empty());
}

/// Whether they are replaced is not said.
#[tokio::test(start_paused = true)]
async fn keywords_of_a_category_are_replaced_or_add_up_by_setting() {
    for (add_up, expected) in [(false, vec!["b"]), (true, vec!["a", "b"])] {
        let bench = Bench::that(|team| team.category_keywords_add_up(add_up));
        for keyword in ["a", "b"] {
            let one = json!({"externalId": "c", "label": "C", "keywords": [keyword]});
            assert_eq!(bench.post("tagcategory/batch", json!({"tagCategories": [one]})).await, 200);
        }
        assert_eq!(bench.world.tag_categories()[0].keywords, expected);
    }
}
