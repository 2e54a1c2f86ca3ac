//! Uploads in three steps, in one piece and in parts.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use md5::{Digest as _, Md5};
use sha2::Sha256;

use super::*;
use crate::{Disputed, clio::files::hex};

pub(super) const FIELDS: &str = "id,name,size,filename,content_type,deleted_at,parent{id,type},matter{id},contact{id},\
    latest_document_version{id,uuid,put_url,put_headers,multiparts,fully_uploaded,version_number,size}";

type Headers = Vec<(String, String)>;

impl Bench {
    pub(super) fn matter(&self) -> i64 {
        self.world.matters()[0].id
    }

    /// A call of the API whose answer has every field of interest.
    pub(super) fn api(&self, method: &str, path: &str, data: Value) -> (u16, Value) {
        let encoded = FIELDS.replace('{', "%7B").replace('}', "%7D");
        let glue = if path.contains('?') { '&' } else { '?' };
        let target = format!("/api/v4{path}{glue}fields={encoded}");
        let answer = self.send(method, &target, &enveloped(data));
        let body = if answer.body().is_empty() { Value::Null } else { parsed(&answer) };
        let body = if body.get("data").is_some() { body["data"].clone() } else { body };
        (answer.status().as_u16(), body)
    }

    pub(super) fn begin(&self, more: Value) -> Value {
        let mut data = json!({"name": "Letter.pdf", "parent": {"id": self.matter(), "type": "Matter"}});
        if let Value::Object(more) = more {
            data.as_object_mut().unwrap().extend(more);
        }
        let (status, document) = self.api("POST", "/documents.json", data);
        assert_eq!(status, 201, "{document}");
        document
    }

    /// A request without a token, as those to the storage host are.
    pub(super) fn bare(&self, method: &str, url: &str, headers: &Headers, body: &[u8]) -> Response<Bytes> {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.body(Bytes::copy_from_slice(body)).unwrap();
        self.world.handle(request, self.clock.now())
    }

    pub(super) fn finish(&self, document: &Value) -> (u16, Value) {
        let path = format!("/documents/{}.json", document["id"]);
        let uuid = &document["latest_document_version"]["uuid"];
        self.api("PATCH", &path, json!({"uuid": uuid, "fully_uploaded": "true"}))
    }

    /// All three steps.
    pub(super) fn upload(&self, more: Value, bytes: &[u8]) -> Value {
        let document = self.begin(more);
        let version = &document["latest_document_version"];
        assert_eq!(self.bare("PUT", text(&version["put_url"]), &headers(version), bytes).status(), 200);
        let (status, document) = self.finish(&document);
        assert_eq!(status, 200, "{document}");
        document
    }

    /// The parts as the document lists them: number, address, headers.
    fn parts(&self, document: &Value) -> Vec<(i64, String, Headers)> {
        let (_, document) = self.api("GET", &format!("/documents/{}.json", document["id"]), Value::Null);
        let version = &document["latest_document_version"];
        assert!(version["put_url"].is_null(), "what comes in parts does not come in one piece");
        let parts = version["multiparts"].as_array().unwrap().iter();
        let plain = |part: &Value| (part["part_number"].as_i64().unwrap(), text(&part["put_url"]).to_owned());
        parts.map(|part| (plain(part).0, plain(part).1, headers(part))).collect()
    }
}

/// A body with this as its data.
pub(super) fn enveloped(data: Value) -> String {
    Value::Object([("data".to_owned(), data)].into_iter().collect()).to_string()
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

pub(super) fn headers(version: &Value) -> Headers {
    let pairs = version["put_headers"].as_array().unwrap().iter();
    pairs.map(|one| (text(&one["name"]).to_owned(), text(&one["value"]).to_owned())).collect()
}

fn code(answer: &Response<Bytes>) -> (u16, String) {
    let body = String::from_utf8(answer.body().to_vec()).unwrap();
    let code = body.split_once("<Code>").map(|(_, rest)| rest.split('<').next().unwrap().to_owned());
    (answer.status().as_u16(), code.unwrap_or_default())
}

fn kind(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["error"]["type"].as_str().unwrap_or_default())
}

fn md5(bytes: &[u8]) -> String {
    STANDARD.encode(Md5::digest(bytes))
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Clio's documentation, the three steps; its document for what each field says.
#[tokio::test(start_paused = true)]
async fn three_steps_make_a_document() {
    let bench = Bench::new(|firm| firm);
    let document = bench.begin(json!({}));
    let version = &document["latest_document_version"];
    assert_eq!((&document["size"], &version["fully_uploaded"]), (&Value::Null, &json!(false)));
    assert!(text(&version["put_url"]).starts_with("https://storage.clio.test/uploads/"));
    assert_eq!(text(&version["uuid"]).len(), 36);
    let expected = [("Content-Type", "application/pdf"), ("x-amz-server-side-encryption", "AES256")];
    assert_eq!(headers(version), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let put = bench.bare("PUT", text(&version["put_url"]), &headers(version), b"%PDF");
    assert_eq!(put.status(), 200);
    assert!(put.headers().get("x-api-version").is_none());
    let (status, done) = bench.finish(&document);
    assert_eq!((status, &done["size"], &done["content_type"]), (200, &json!(4), &json!("application/pdf")));
    let version = &done["latest_document_version"];
    assert_eq!((&version["put_url"], &version["fully_uploaded"]), (&Value::Null, &json!(true)));
    assert_eq!((&version["version_number"], &version["size"]), (&json!(1), &json!(4)));
    assert_eq!(done["matter"]["id"], bench.matter());
    let record = bench.world.record("Document", document["id"].as_i64().unwrap()).unwrap();
    assert_eq!(record["creator"]["id"], bench.world.users()[0].id);
    assert_eq!(record["received_at"], "2026-03-02T09:00:00+00:00");
    let uploads = bench.world.uploads();
    assert_eq!((uploads[0].document, uploads[0].size), (document["id"].as_i64().unwrap(), 4));
    assert_eq!((&uploads[0].sha256, &uploads[0].bytes), (&sha256(b"%PDF"), &None));
}

/// Clio's document, `show_uncompleted`.
#[tokio::test(start_paused = true)]
async fn an_unfinished_document_is_only_listed_when_asked_for() {
    let bench = Bench::new(|firm| firm);
    let document = bench.begin(json!({}));
    let count =
        |query: &str| bench.get(&format!("/api/v4/documents.json?{query}")).1["meta"]["records"].clone();
    assert_eq!((count(""), count("show_uncompleted=true")), (json!(0), json!(1)));
    let version = &document["latest_document_version"];
    bench.bare("PUT", text(&version["put_url"]), &headers(version), b"%PDF");
    bench.finish(&document);
    assert_eq!(count(""), 1);
}

/// Clio's document, `content_type`: from the extension, else it has to be sent.
#[tokio::test(start_paused = true)]
async fn the_content_type_comes_from_the_extension_or_from_the_caller() {
    let bench = Bench::new(|firm| firm);
    let docx = bench.begin(json!({"filename": "Letter.docx"}));
    assert_eq!(
        docx["content_type"],
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    );
    let own = bench.begin(json!({"filename": "x.unheard", "content_type": "text/x-own"}));
    assert_eq!(own["content_type"], "text/x-own");
    let data = json!({"name": "x.unheard", "parent": {"id": bench.matter(), "type": "Matter"}});
    assert_eq!(bench.api("POST", "/documents.json", data).0, 422);
}

/// Clio's documentation on the third step: `UploadNotFoundError`, and an error when it was done already.
#[tokio::test(start_paused = true)]
async fn an_upload_is_complete_once_and_only_with_bytes() {
    let bench = Bench::new(|firm| firm);
    let document = bench.begin(json!({}));
    assert_eq!(kind(&bench.finish(&document)), (422, "UploadNotFoundError"));
    let path = format!("/documents/{}.json", document["id"]);
    assert_eq!(bench.api("PATCH", &path, json!({"fully_uploaded": true})).0, 422);
    let wrong = json!({"fully_uploaded": true, "uuid": "00000000-0000-4000-8000-000000000000"});
    assert_eq!(kind(&bench.api("PATCH", &path, wrong)), (422, "UploadNotFoundError"));
    let version = &document["latest_document_version"];
    bench.bare("PUT", text(&version["put_url"]), &headers(version), b"%PDF");
    assert_eq!(bench.finish(&document).0, 200);
    assert_eq!(kind(&bench.finish(&document)), (422, "UnprocessableEntity"));
    assert_eq!(bench.world.uploads().len(), 1);
}

/// Clio's documentation: `UploadTimeoutError` means to try again.
#[tokio::test(start_paused = true)]
async fn an_upload_can_time_out_before_it_is_complete() {
    let bench = Bench::new(|firm| firm.upload_time_outs(1));
    let document = bench.begin(json!({}));
    let version = &document["latest_document_version"];
    bench.bare("PUT", text(&version["put_url"]), &headers(version), b"%PDF");
    assert_eq!(kind(&bench.finish(&document)), (422, "UploadTimeoutError"));
    assert_eq!(bench.finish(&document).0, 200);
}

/// Clio's documentation: every header that was given, and no `Authorization`. The codes are S3's.
#[tokio::test(start_paused = true)]
async fn the_storage_host_wants_the_headers_that_were_given_and_no_token() {
    let bench = Bench::new(|firm| firm);
    let document = bench.begin(json!({}));
    let version = &document["latest_document_version"];
    let (url, all) = (text(&version["put_url"]), headers(version));
    let put = |headers: &Headers| code(&bench.bare("PUT", url, headers, b"%PDF"));
    let mut with_token = all.clone();
    with_token.push(("Authorization".into(), format!("Bearer {}", bench.token)));
    assert_eq!(put(&with_token), (400, "InvalidArgument".into()));
    assert_eq!(put(&all[1..].to_vec()), (403, "SignatureDoesNotMatch".into()));
    let mut another = all.clone();
    another[0].1 = "text/plain".into();
    assert_eq!(put(&another), (403, "SignatureDoesNotMatch".into()));
    let forged = url.replace("Expires=600", "Expires=6000");
    assert_eq!(code(&bench.bare("PUT", &forged, &all, b"")), (403, "SignatureDoesNotMatch".into()));
    let mut digest = all.clone();
    digest.push(("Content-MD5".into(), md5(b"other")));
    assert_eq!(put(&digest), (400, "BadDigest".into()));
    digest[2].1 = "nonsense".into();
    assert_eq!(put(&digest), (400, "InvalidDigest".into()));
    assert_eq!(put(&all).0, 200);
}

/// Clio's document says 10 minutes of the field, the sample of its documentation shows 8 hours: a knob.
#[tokio::test(start_paused = true)]
async fn an_address_for_a_file_expires() {
    for (life, late) in [("600", 403), ("28800", 200)] {
        let bench = Bench::new(|firm| firm.knob("put_url_life", life).unwrap());
        let document = bench.begin(json!({}));
        let version = &document["latest_document_version"];
        bench.clock.sleep(Duration::from_secs(599)).await;
        let put = || bench.bare("PUT", text(&version["put_url"]), &headers(version), b"%PDF").status();
        assert_eq!(put(), 200);
        bench.clock.sleep(Duration::from_secs(1)).await;
        assert_eq!(put(), late, "{life}");
    }
}

/// Nobody says whether a look gives a new address: a knob.
#[tokio::test(start_paused = true)]
async fn a_look_can_renew_the_address() {
    for (renew, status) in [("false", 403), ("true", 200)] {
        let bench = Bench::new(|firm| firm.knob("put_urls_renew", renew).unwrap());
        let document = bench.begin(json!({}));
        bench.clock.sleep(Duration::from_secs(601)).await;
        let (_, again) = bench.api("GET", &format!("/documents/{}.json", document["id"]), Value::Null);
        let version = &again["latest_document_version"];
        let put = bench.bare("PUT", text(&version["put_url"]), &headers(version), b"%PDF");
        assert_eq!(put.status(), status, "{renew}");
    }
}

fn three_parts() -> Value {
    json!({"multiparts": [
        {"part_number": 2, "content_length": "4", "content_md5": md5(b"efgh")},
        {"part_number": 1, "content_length": 4},
        {"part_number": 3, "content_length": "1"},
    ]})
}

/// Clio's document, `multiparts`: any order, a part once more replaces it, each but the last has a least size.
#[tokio::test(start_paused = true)]
async fn a_file_comes_in_parts_in_any_order() {
    for keep in [false, true] {
        let bench = Bench::new(|firm| firm.least_part(4).keep_uploads(keep));
        let document = bench.begin(three_parts());
        let parts = bench.parts(&document);
        assert_eq!(parts.iter().map(|part| part.0).collect::<Vec<_>>(), [1, 2, 3]);
        let put = |at: usize, bytes: &[u8]| code(&bench.bare("PUT", &parts[at].1, &parts[at].2, bytes));
        assert_eq!(put(2, b"i").0, 200);
        assert_eq!(put(1, b"EFGH"), (400, "BadDigest".into()));
        assert_eq!(put(1, b"efgh").0, 200);
        assert_eq!(kind(&bench.finish(&document)), (422, "UploadNotFoundError"));
        assert_eq!(put(0, b"wxyz").0, 200);
        assert_eq!(put(0, b"abcd").0, 200);
        assert_eq!(put(0, b"abc"), (403, "SignatureDoesNotMatch".into()), "another length");
        let (status, done) = bench.finish(&document);
        assert_eq!((status, &done["size"]), (200, &json!(9)));
        let uploads = bench.world.uploads();
        let sizes: Vec<_> = uploads[0].parts.iter().map(|part| (part.number, part.size)).collect();
        assert_eq!(sizes, [(1, 4), (2, 4), (3, 1)]);
        assert_eq!(uploads[0].parts[0].sha256, sha256(b"abcd"));
        assert_eq!(uploads[0].bytes.as_deref(), keep.then_some(&b"abcdefghi"[..]));
        assert_eq!(uploads[0].sha256 == sha256(b"abcdefghi"), keep);
    }
}

/// Clio's document: 5 MB at least, but for the last part.
#[tokio::test(start_paused = true)]
async fn a_part_that_is_too_small_is_found_at_the_end() {
    let bench = Bench::new(|firm| firm);
    let document = bench.begin(three_parts());
    for (at, (_, url, headers)) in bench.parts(&document).iter().enumerate() {
        let bytes = [&b"abcd"[..], b"efgh", b"i"][at];
        assert_eq!(bench.bare("PUT", url, headers, bytes).status(), 200);
    }
    assert_eq!(kind(&bench.finish(&document)), (422, "UnprocessableEntity"));
}

/// Clio's document: 50 parts a request, further ones by another request; numbers from 1 to 10 000.
#[tokio::test(start_paused = true)]
async fn parts_are_announced_fifty_at_a_time() {
    let bench = Bench::new(|firm| firm.least_part(1));
    let part = |number: i64| json!({"part_number": number, "content_length": "1"});
    let parent = json!({"id": bench.matter(), "type": "Matter"});
    let parts = |numbers: std::ops::RangeInclusive<i64>| numbers.map(part).collect::<Vec<_>>();
    let ask = |parts: Vec<Value>| {
        bench
            .api("POST", "/documents.json", json!({"name": "a.txt", "parent": parent, "multiparts": parts}))
            .0
    };
    assert_eq!(ask(parts(1..=51)), 422);
    assert_eq!(
        (ask(parts(0..=0)), ask(parts(10_001..=10_001)), ask(parts(10_000..=10_000))),
        (422, 422, 201)
    );
    assert_eq!(ask(vec![json!({"part_number": 1})]), 422, "a length is required");
    let document = bench.begin(json!({"multiparts": parts(1..=50)}));
    let path = format!("/documents/{}.json", document["id"]);
    let uuid = &document["latest_document_version"]["uuid"];
    let more = json!({"uuid": uuid, "fully_uploaded": false, "multiparts": parts(51..=60)});
    assert_eq!(bench.api("PATCH", &path, more).0, 200);
    let parts = bench.parts(&document);
    assert_eq!(parts.len(), 60);
    for (_, url, headers) in parts {
        assert_eq!(bench.bare("PUT", &url, &headers, b"x").status(), 200);
    }
    assert_eq!(bench.finish(&document).1["size"], 60);
    let late = json!({"uuid": uuid, "multiparts": [part(61)]});
    assert_eq!(bench.api("PATCH", &path, late).0, 422);
}

/// Clio's documentation says 8 hours of uploads in parts, its document 10 minutes of the field: a knob.
#[tokio::test(start_paused = true)]
async fn an_address_for_a_part_expires() {
    for (life, late) in [("28800", 200), ("600", 403)] {
        let bench = Bench::new(|firm| firm.knob("part_url_life", life).unwrap());
        let document = bench.begin(three_parts());
        let parts = bench.parts(&document);
        bench.clock.sleep(Duration::from_secs(601)).await;
        assert_eq!(bench.bare("PUT", &parts[2].1, &parts[2].2, b"i").status(), late);
        bench.clock.sleep(Duration::from_secs(8 * 3600)).await;
        assert_eq!(bench.bare("PUT", &parts[2].1, &parts[2].2, b"i").status(), 403);
    }
}

/// On a socket the storage host is below a path of its own.
#[tokio::test(start_paused = true)]
async fn on_a_socket_the_storage_is_on_the_same_port() {
    let bench = Bench::new(|firm| firm);
    let data = json!({"data": {"name": "a.txt", "parent": {"id": bench.matter(), "type": "Matter"}}});
    let target =
        "http://127.0.0.1:4020/api/v4/documents.json?fields=latest_document_version%7Bput_url,put_headers%7D";
    let body = parsed(&bench.send("POST", target, &data.to_string()));
    let version = &body["data"]["latest_document_version"];
    assert!(text(&version["put_url"]).starts_with("http://127.0.0.1:4020/_storage/uploads/"));
    assert_eq!(bench.bare("PUT", text(&version["put_url"]), &headers(version), b"x").status(), 200);
}

#[test]
fn every_knob_of_files_is_listed_as_disputed() {
    let names: Vec<&str> = ClioWorld::disputed().map(|one: Disputed| one.name).collect();
    for name in ["put_url_life", "part_url_life", "put_urls_renew", "matter_id_covers_subfolders"] {
        assert!(names.contains(&name), "{name}");
    }
}
