//! Conditional requests.

use super::*;

impl Bench {
    fn with(&self, method: &str, target: &str, header: (&str, &str), data: &Value) -> Response<Bytes> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/api/v4{target}", self.world.host_url()))
            .header("authorization", format!("Bearer {}", self.token))
            .header(header.0, header.1)
            .body(Bytes::from(json!({ "data": data }).to_string()))
            .unwrap();
        self.world.handle(request, self.clock.now())
    }
}

/// Clio's page on etags: 304 without a body; the `etag` member is the header's text, quotes and all.
#[tokio::test(start_paused = true)]
async fn a_record_that_has_not_changed_is_answered_304() {
    let bench = Bench::new(|firm| firm);
    let target = format!("/matters/{}.json", bench.world.matters()[0].id);
    let first = bench.with("GET", &target, ("accept", "*/*"), &Value::Null);
    let (etag, modified) =
        (first.headers()["etag"].to_str().unwrap(), first.headers()["last-modified"].to_str().unwrap());
    assert_eq!(parsed(&first)["data"]["etag"], etag);
    for header in
        [("if-none-match", etag), ("if-none-match", etag.trim_matches('"')), ("if-modified-since", modified)]
    {
        let again = bench.with("GET", &target, header, &Value::Null);
        assert_eq!((again.status().as_u16(), again.body().len()), (304, 0), "{header:?}");
    }
    bench.clock.sleep(Duration::from_secs(5)).await;
    bench.world.person("Ada").rename_matter(bench.world.matters()[0].id, "00001-New");
    for header in [("if-none-match", etag), ("if-modified-since", modified)] {
        assert_eq!(bench.with("GET", &target, header, &Value::Null).status(), StatusCode::OK, "{header:?}");
    }
}

/// Clio's page on etags: a write under an old etag is refused and nothing is applied.
#[tokio::test(start_paused = true)]
async fn a_write_under_an_old_etag_is_not_applied() {
    let bench = Bench::new(|firm| firm);
    let matter = bench.world.matters()[0].clone();
    let target = format!("/matters/{}.json", matter.id);
    let etag = bench.one(&target)["etag"].as_str().unwrap().to_owned();
    bench.world.person("Ada").rename_matter(matter.id, "00001-New");
    let change = json!({"description": "Other"});
    let refused = bench.with("PATCH", &target, ("if-match", &etag), &change);
    assert_eq!(refused.status(), StatusCode::PRECONDITION_FAILED);
    assert_eq!(bench.world.matters()[0].description, matter.description);
    let etag = bench.one(&target)["etag"].as_str().unwrap().to_owned();
    assert_eq!(bench.with("PATCH", &target, ("if-match", &etag), &change).status(), StatusCode::OK);
    assert_eq!(bench.world.matters()[0].description, "Other");
}

/// Our choice: a write of what stands already leaves the etag as it is.
#[tokio::test(start_paused = true)]
async fn a_write_that_changes_nothing_leaves_the_etag() {
    let bench = Bench::new(|firm| firm);
    let matter = bench.world.matters()[0].clone();
    let target = format!("/matters/{}.json", matter.id);
    let before = bench.one(&target)["etag"].clone();
    let (_, body) =
        bench.call("PATCH", &target, &json!({"description": matter.description, "colour": "red"}));
    assert_eq!(body["data"]["etag"], before);
}

/// The offset has a cap of 10 000 (Clio's page on paging); what the refusal looks like is not known.
#[tokio::test(start_paused = true)]
async fn pages_by_offset_have_links_both_ways_and_an_end() {
    let bench = Bench::new(|firm| firm.matters(7));
    let (_, body) = bench.get("/api/v4/matters.json?limit=3&offset=3");
    let link = |name: &str| body["meta"]["paging"][name].as_str().unwrap().to_owned();
    assert!(link("next").ends_with("offset=6") && link("previous").ends_with("offset=0"), "{body}");
    let (_, last) = bench.get(&link("next"));
    assert_eq!((last["data"].as_array().unwrap().len(), last["meta"]["paging"].get("next")), (1, None));
    assert_eq!(bench.get("/api/v4/matters.json?offset=10000").0, StatusCode::BAD_REQUEST);
}
