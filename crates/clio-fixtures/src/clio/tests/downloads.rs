//! Downloads: of documents, templates, archives and reports.

use super::{uploads::text, *};

impl Bench {
    fn location(&self, path: &str) -> Result<String, u16> {
        let answer = self.send("GET", &format!("/api/v4{path}"), "");
        match answer.status() {
            StatusCode::SEE_OTHER => Ok(answer.headers()["location"].to_str().unwrap().to_owned()),
            other => Err(other.as_u16()),
        }
    }

    fn fetch(&self, url: &str, headers: &[(&str, &str)]) -> (u16, Bytes) {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let answer = self.bare("GET", url, &headers, b"");
        (answer.status().as_u16(), answer.into_body())
    }

    fn state(&self, object: &str, id: &Value) -> Value {
        self.world.record(object, id.as_i64().unwrap()).unwrap()["state"].clone()
    }
}

/// Clio's document, `Document#download`: 303 to another host, by default the latest version.
#[tokio::test(start_paused = true)]
async fn a_download_redirects_to_the_bytes() {
    let bench = Bench::new(|firm| firm.rate_limit(None).keep_uploads(true));
    let document = bench.upload(json!({}), b"one");
    let old = document["latest_document_version"]["id"].clone();
    let parent = json!({"parent": {"id": document["id"], "type": "Document"}, "filename": "x.txt"});
    bench.upload(parent.clone(), b"three");
    bench.begin(parent);
    let path = format!("/documents/{}/download.json", document["id"]);
    let url = bench.location(&path).unwrap();
    assert!(url.starts_with("https://storage.clio.test/"));
    assert_eq!(bench.fetch(&url, &[]), (200, Bytes::from_static(b"three")));
    let url = bench.location(&format!("{path}?document_version_id={old}")).unwrap();
    assert_eq!(bench.fetch(&url, &[]).1, "one");
    assert_eq!(bench.location(&format!("{path}?document_version_id=5")), Err(404));
    let unfinished = bench.begin(json!({}));
    assert_eq!(bench.location(&format!("/documents/{}/download.json", unfinished["id"])), Err(404));
}

/// Clio's document: no `Authorization` on the redirect. Everything else here is S3's.
#[tokio::test(start_paused = true)]
async fn the_storage_host_gives_ranges_and_takes_no_token() {
    let bench = Bench::new(|firm| firm.keep_uploads(true));
    let document = bench.upload(json!({}), b"abcdef");
    let url = bench.location(&format!("/documents/{}/download.json", document["id"])).unwrap();
    let range = |range: &str| bench.fetch(&url, &[("range", range)]);
    assert_eq!(range("bytes=1-3"), (206, Bytes::from_static(b"bcd")));
    assert_eq!(range("bytes=4-"), (206, Bytes::from_static(b"ef")));
    assert_eq!(range("bytes=-2"), (206, Bytes::from_static(b"ef")));
    assert_eq!(range("bytes=4-99"), (206, Bytes::from_static(b"ef")));
    assert_eq!(range("bytes=6-").0, 416);
    let headers = [("range".to_owned(), "bytes=1-3".to_owned())].to_vec();
    assert_eq!(bench.bare("GET", &url, &headers, b"").headers()["content-range"], "bytes 1-3/6");
    assert_eq!(bench.fetch(&url, &[("authorization", "Bearer x")]).0, 400);
    let put = bench.bare("PUT", &url, &Vec::new(), b"x");
    assert_eq!(put.status(), 403, "an address to read from is none to write to");
    bench.clock.sleep(Duration::from_secs(600)).await;
    assert_eq!(bench.fetch(&url, &[]).0, 403);
}

/// Uploads keep their length and digest only, unless bytes are asked for.
#[tokio::test(start_paused = true)]
async fn bytes_that_were_not_kept_are_not_found() {
    let bench = Bench::new(|firm| firm);
    let document = bench.upload(json!({}), b"abcdef");
    let url = bench.location(&format!("/documents/{}/download.json", document["id"])).unwrap();
    let (status, body) = bench.fetch(&url, &[]);
    assert_eq!(status, 404);
    assert!(body.windows(9).any(|part| part == b"NoSuchKey"));
}

/// Clio's document: a report has a state and a progress, and is downloaded when it is complete.
#[tokio::test(start_paused = true)]
async fn a_report_can_be_downloaded_when_it_is_complete() {
    let bench = Bench::new(|firm| firm.jobs_take(Duration::from_secs(60)));
    let data = json!({"data": {"kind": "matter", "format": "csv"}});
    let target = "/api/v4/reports.json?fields=id,state,progress,source,etag";
    let report = parsed(&bench.send("POST", target, &data.to_string()))["data"].clone();
    assert_eq!(
        (&report["state"], &report["progress"], &report["source"]),
        (&json!("queued"), &json!(0), &json!("reports"))
    );
    let path = format!("/reports/{}/download.json", report["id"]);
    bench.clock.sleep(Duration::from_secs(59)).await;
    assert_eq!(bench.location(&path), Err(404));
    bench.clock.sleep(Duration::from_secs(1)).await;
    let url = bench.location(&path).unwrap();
    assert_eq!(bench.fetch(&url, &[]), (200, Bytes::from_static(b"matter\n")));
    let (_, done) = bench.get(&format!("/api/v4/reports/{}.json?fields=state,progress,etag", report["id"]));
    assert_eq!((&done["data"]["state"], &done["data"]["progress"]), (&json!("completed"), &json!(100)));
    assert_ne!(done["data"]["etag"], report["etag"], "whoever waits by the etag sees it");
}

/// Clio's document, `ReportPreset#generate_report`.
#[tokio::test(start_paused = true)]
async fn a_preset_generates_reports_of_its_kind() {
    let bench = Bench::new(|firm| firm);
    let data = json!({"data": {"kind": "revenue", "format": "pdf", "name": "Monthly", "options": "{}"}});
    let preset =
        parsed(&bench.send("POST", "/api/v4/report_presets.json", &data.to_string()))["data"]["id"].clone();
    let target =
        format!("/api/v4/report_presets/{preset}/generate_report.json?fields=id,kind,format,name,source");
    let answer = bench.send("POST", &target, "");
    assert_eq!(answer.status(), StatusCode::CREATED);
    let report = parsed(&answer)["data"].clone();
    assert_eq!((text(&report["kind"]), text(&report["format"])), ("revenue", "pdf"));
    assert_eq!((text(&report["name"]), text(&report["source"])), ("Monthly", "presets"));
    assert_eq!(bench.state("Report", &report["id"]), "completed");
    let preset = bench.world.record("ReportPreset", preset.as_i64().unwrap()).unwrap();
    assert_eq!(preset["last_generated_at"], "2026-03-02T09:00:00+00:00");
}

/// Clio's document, `DocumentArchive`: items in, a zip file out.
#[tokio::test(start_paused = true)]
async fn an_archive_of_documents_is_made() {
    let bench = Bench::new(|firm| firm.jobs_take(Duration::from_secs(60)));
    let document = bench.upload(json!({}), b"abcdef");
    let ask = |id: &Value| {
        let body = json!({"data": {"items": [{"id": id, "type": 1}]}}).to_string();
        let answer = bench.send("POST", "/api/v4/document_archives.json", &body);
        (answer.status().as_u16(), parsed(&answer))
    };
    assert_eq!(ask(&json!(5)).0, 404);
    let (status, archive) = ask(&document["id"]);
    let archive = &archive["data"]["id"];
    assert_eq!((status, bench.state("DocumentArchive", archive)), (201, json!("queued")));
    let path = format!("/document_archives/{archive}/download.json");
    assert_eq!(bench.location(&path), Err(404));
    bench.clock.sleep(Duration::from_secs(60)).await;
    let (status, zip) = bench.fetch(&bench.location(&path).unwrap(), &[]);
    assert_eq!((status, &zip[..4]), (200, &b"PK\x05\x06"[..]));
}

/// Clio's document, `DocumentTemplate#create`: a file as base64 needs a filename.
#[tokio::test(start_paused = true)]
async fn a_template_is_a_file_inside_json() {
    let bench = Bench::new(|firm| firm);
    let ask = |data: Value| {
        let target = "/api/v4/document_templates.json?fields=id,size,content_type,last_modified_by";
        let answer = bench.send("POST", target, &json!({"data": data}).to_string());
        (answer.status().as_u16(), parsed(&answer)["data"].clone())
    };
    assert_eq!(ask(json!({"file": "aGVsbG8="})).0, 422);
    let (status, template) = ask(json!({"file": "aGVsbG8=", "filename": "Letter.docx"}));
    assert_eq!((status, &template["size"]), (201, &json!(5)));
    assert!(text(&template["content_type"]).ends_with("wordprocessingml.document"));
    assert_eq!(template["last_modified_by"]["id"], bench.world.users()[0].id);
    let url = bench.location(&format!("/document_templates/{}/download.json", template["id"])).unwrap();
    assert_eq!(bench.fetch(&url, &[]).1, "hello");
}

/// Clio's document, `DocumentAutomation`: a template and a matter in, documents of the matter out.
#[tokio::test(start_paused = true)]
async fn an_automation_makes_documents_of_a_matter() {
    let bench = Bench::new(|firm| firm.jobs_take(Duration::from_secs(60)));
    let file = json!({"data": {"file": "aGVsbG8=", "filename": "Letter.docx"}}).to_string();
    let template =
        parsed(&bench.send("POST", "/api/v4/document_templates.json", &file))["data"]["id"].clone();
    let data = json!({"data": {
        "document_template": {"id": template}, "matter": {"id": bench.matter()},
        "filename": "To the court", "formats": ["pdf", "original"],
    }});
    let answer = bench.send("POST", "/api/v4/document_automations.json", &data.to_string());
    let automation = parsed(&answer)["data"]["id"].clone();
    assert_eq!(bench.state("DocumentAutomation", &automation), "queued");
    bench.clock.sleep(Duration::from_secs(60)).await;
    assert_eq!(bench.state("DocumentAutomation", &automation), "completed");
    let made = bench.world.record("DocumentAutomation", automation.as_i64().unwrap()).unwrap();
    let names: Vec<_> =
        made["documents"].as_array().unwrap().iter().map(|one| text(&one["filename"])).collect();
    assert_eq!(names, ["To the court.pdf", "To the court.docx"]);
    let (_, listed) = bench.get(&format!("/api/v4/documents.json?matter_id={}", bench.matter()));
    assert_eq!(listed["meta"]["records"], 2);
}

/// The record 1 of everything can be downloaded, and its waiting upload be called complete.
#[tokio::test(start_paused = true)]
async fn one_of_each_can_be_downloaded() {
    let bench = Bench::new(|firm| firm.rate_limit(None).one_of_each());
    for path in ["/documents/1", "/document_templates/1", "/document_archives/1", "/reports/1"] {
        let url = bench.location(&format!("{path}/download.json")).unwrap();
        assert_eq!(bench.fetch(&url, &[]).0, 200, "{path}");
    }
    let (status, body) = bench.api(
        "PATCH",
        "/documents/1.json",
        json!({
            "uuid": "a text", "fully_uploaded": true, "copy_version": true, "restore": true, "name": "a text",
            "parent": {"id": 1, "type": "Document"},
            "multiparts": [{"part_number": 1, "content_length": "a text", "content_md5": "a text"}],
            "external_properties": [{"id": 1, "_destroy": false, "name": "a text", "value": "a text"}],
        }),
    );
    assert_eq!(status, 200, "{body}");
}
