//! Documents after their upload: versions, copies, moves, the trash, locks, and what people do.

use super::{uploads::text, *};

fn id(value: &Value) -> i64 {
    value["id"].as_i64().unwrap()
}

impl Bench {
    fn versions(&self, document: i64, query: &str) -> Vec<Value> {
        let fields = "id,version_number,filename,fully_uploaded,size";
        let (status, body) =
            self.get(&format!("/api/v4/documents/{document}/versions.json?fields={fields}{query}"));
        assert_eq!(status, 200, "{body}");
        body["data"].as_array().unwrap().clone()
    }

    fn listed(&self, path: &str) -> Vec<i64> {
        let (status, body) = self.get(&format!("/api/v4{path}"));
        assert_eq!(status, 200, "{body}");
        body["data"].as_array().unwrap().iter().map(id).collect()
    }

    fn patch(&self, document: i64, data: Value) -> (u16, Value) {
        self.api("PATCH", &format!("/documents/{document}.json"), data)
    }
}

/// Clio's document, `parent.type`: with a document as the parent a new version of it is made.
#[tokio::test(start_paused = true)]
async fn a_document_as_the_parent_makes_a_version() {
    let bench = Bench::new(|firm| firm.rate_limit(None));
    let first = bench.upload(json!({}), b"one");
    let parent = json!({"parent": {"id": first["id"], "type": "Document"}, "filename": "Letter 2.txt"});
    let begun = bench.begin(parent.clone());
    assert_eq!((&begun["id"], &begun["size"]), (&first["id"], &json!(3)), "until the bytes are there");
    assert_eq!(begun["latest_document_version"]["version_number"], 2);
    assert_eq!(bench.listed("/documents.json"), [id(&first)], "it is not hidden by an unfinished version");
    let second = bench.upload(parent, b"three");
    assert_eq!((&second["size"], &second["content_type"]), (&json!(5), &json!("text/plain")));
    assert_eq!((&second["name"], &second["filename"]), (&json!("Letter.pdf"), &json!("Letter 2.txt")));
    let all = bench.versions(id(&first), "");
    assert_eq!(all.iter().map(|one| one["version_number"].clone()).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(bench.versions(id(&first), "&fully_uploaded=false").len(), 1);
}

/// Clio's document gives the list of versions two parameters called `id`.
#[tokio::test(start_paused = true)]
async fn the_second_id_of_the_list_of_versions_is_that_of_a_version() {
    let bench = Bench::new(|firm| firm.rate_limit(None));
    let document = bench.upload(json!({}), b"one");
    bench.upload(json!({"parent": {"id": document["id"], "type": "Document"}}), b"two");
    let all = bench.versions(id(&document), "");
    assert_eq!(bench.versions(id(&document), &format!("&id={}", all[1]["id"])), [all[1].clone()]);
    assert_eq!(bench.versions(id(&document), &format!("&id={}", document["id"])), all);
    assert_eq!(bench.get("/api/v4/documents/5/versions.json").0, 404);
}

/// Clio's document, `save_as_latest_version`.
#[tokio::test(start_paused = true)]
async fn an_old_version_can_be_saved_as_the_latest() {
    let bench = Bench::new(|firm| firm.rate_limit(None));
    let document = bench.upload(json!({}), b"one");
    bench.upload(json!({"parent": {"id": document["id"], "type": "Document"}}), b"three");
    let first = bench.versions(id(&document), "")[0]["id"].clone();
    let path = format!("/documents/{}/versions/{first}/save_as_latest_version.json", document["id"]);
    assert_eq!(bench.api("POST", &path, json!({})).0, 200);
    let (_, now) = bench.api("GET", &format!("/documents/{}.json", document["id"]), Value::Null);
    assert_eq!((&now["size"], &now["latest_document_version"]["version_number"]), (&json!(3), &json!(3)));
    let path = format!("/documents/{}/versions/5/save_as_latest_version.json", document["id"]);
    assert_eq!(bench.api("POST", &path, json!({})).0, 404);
}

/// Clio's document, `Document#copy`: name and filename are copied unless others are sent.
#[tokio::test(start_paused = true)]
async fn a_copy_is_a_document_of_its_own() {
    let bench = Bench::new(|firm| firm.rate_limit(None).keep_uploads(true));
    let source = bench.upload(json!({}), b"one");
    let other = bench.world.matters()[1].id;
    let path = format!("/documents/{}/copy.json", source["id"]);
    let parent = json!({"id": other, "type": "Matter"});
    let (status, copy) = bench.api("POST", &path, json!({"parent": parent}));
    assert_eq!((status, &copy["name"], &copy["filename"]), (201, &json!("Letter.pdf"), &json!("Letter.pdf")));
    assert_eq!((id(&copy["matter"]), &copy["size"]), (other, &json!(3)));
    assert_ne!(copy["id"], source["id"]);
    let named = json!({"parent": parent, "name": "Copy", "filename": "c.pdf"});
    let (_, copy) = bench.api("POST", &path, named);
    assert_eq!((&copy["name"], &copy["filename"]), (&json!("Copy"), &json!("c.pdf")));
    assert_eq!(bench.world.uploads()[2].bytes.as_deref(), Some(&b"one"[..]));
    let unfinished = bench.begin(json!({}));
    let path = format!("/documents/{}/copy.json", unfinished["id"]);
    assert_eq!(bench.api("POST", &path, json!({"parent": parent})).0, 422);
}

/// Clio's document, `copy_version`: a new version only when the extension changes.
#[tokio::test(start_paused = true)]
async fn a_rename_to_another_extension_can_make_a_version() {
    let bench = Bench::new(|firm| firm.rate_limit(None));
    let document = bench.upload(json!({}), b"one");
    let (_, named) = bench.patch(id(&document), json!({"name": "New.txt"}));
    assert_eq!((&named["name"], &named["filename"]), (&json!("New.txt"), &json!("Letter.pdf")));
    bench.patch(id(&document), json!({"name": "New.pdf", "copy_version": true}));
    assert_eq!(bench.versions(id(&document), "").len(), 1);
    let (_, named) = bench.patch(id(&document), json!({"name": "New.txt", "copy_version": true}));
    assert_eq!((&named["filename"], &named["content_type"]), (&json!("New.txt"), &json!("text/plain")));
    assert_eq!(bench.versions(id(&document), "").len(), 2);
}

/// Clio's document: another parent moves the document.
#[tokio::test(start_paused = true)]
async fn another_parent_moves_a_document() {
    let bench = Bench::new(|firm| firm);
    let document = bench.upload(json!({}), b"one");
    let other = bench.world.matters()[1].id;
    let (_, moved) = bench.patch(id(&document), json!({"parent": {"id": other, "type": "Matter"}}));
    assert_eq!(id(&moved["matter"]), other);
    let missing = json!({"parent": {"id": 5, "type": "Folder"}});
    assert_eq!(bench.patch(id(&document), missing).0, 404);
}

/// Clio's document, `external_property_name` and `external_property_value`; five at most.
#[tokio::test(start_paused = true)]
async fn external_properties_are_searched_by_name_and_value() {
    let bench = Bench::new(|firm| firm.rate_limit(None));
    let property = |name: &str, value: &str| json!({"name": name, "value": value});
    let one = bench.upload(json!({"external_properties": [property("cs", "7")]}), b"1");
    let two = bench.upload(json!({"external_properties": [property("cs", "8")]}), b"2");
    bench.upload(json!({}), b"3");
    assert_eq!(bench.listed("/documents.json?external_property_name=cs"), [id(&one), id(&two)]);
    let of = "/documents.json?external_property_name=cs&external_property_value=8";
    assert_eq!(bench.listed(of), [id(&two)]);
    let six: Vec<_> = (0..6).map(|at| property("n", &at.to_string())).collect();
    let parent = json!({"id": bench.matter(), "type": "Matter"});
    let data = json!({"name": "a.txt", "parent": parent, "external_properties": six});
    assert_eq!(bench.api("POST", "/documents.json", data).0, 422);
}

/// Clio's document: deleting puts a document into the trash, from which it comes back.
#[tokio::test(start_paused = true)]
async fn a_deleted_document_is_in_the_trash() {
    let bench = Bench::new(|firm| firm.rate_limit(None));
    let document = bench.upload(json!({}), b"one");
    let path = format!("/documents/{}.json", document["id"]);
    assert_eq!(bench.api("DELETE", &path, Value::Null).0, 204);
    assert_eq!(bench.api("DELETE", &path, Value::Null).0, 404, "a second time");
    assert_eq!(bench.api("GET", &path, Value::Null).1["deleted_at"], "2026-03-02T09:00:00+00:00");
    assert!(bench.listed("/documents.json").is_empty());
    assert_eq!(bench.listed("/documents.json?include_deleted=true"), [id(&document)]);
    let (_, back) = bench.patch(id(&document), json!({"restore": true}));
    assert_eq!(back["deleted_at"], Value::Null);
    assert_eq!(bench.listed("/documents.json"), [id(&document)]);
}

/// Clio's document: after 30 days the trash is emptied.
#[tokio::test(start_paused = true)]
async fn the_trash_is_emptied_after_30_days() {
    let day = Duration::from_secs(24 * 3600);
    let mut bench = Bench::new(|firm| firm.rate_limit(None).token_life(day * 400));
    let (lost, kept) = (bench.upload(json!({}), b"one"), bench.upload(json!({}), b"two"));
    let ada = bench.world.person("Ada");
    assert!(ada.delete_document(id(&lost)) && ada.delete_document(id(&kept)));
    bench.clock.sleep(day * 29).await;
    assert_eq!(bench.listed("/documents.json?include_deleted=true").len(), 2);
    assert!(ada.restore_document(id(&kept)) && !ada.restore_document(id(&kept)));
    bench.clock.sleep(day).await;
    bench.token = bench.world.token().access.expose().to_owned();
    assert_eq!(bench.listed("/documents.json?include_deleted=true"), [id(&kept)]);
    assert_eq!(bench.world.uploads().len(), 1);
    let gone = bench.world.history().into_iter().rfind(|one| one.object == "Document").unwrap();
    assert_eq!((gone.kind, gone.id), (ChangeKind::Deleted, id(&lost)));
}

/// Clio's document: what is locked cannot be changed. The status is our choice: 422, and 409 where it is deleted.
#[tokio::test(start_paused = true)]
async fn a_locked_document_stays_as_it_is() {
    let bench = Bench::new(|firm| firm.rate_limit(None));
    let document = bench.upload(json!({}), b"one");
    assert!(bench.world.person("Ada").lock_document(id(&document), true));
    assert_eq!(bench.patch(id(&document), json!({"name": "New"})).0, 422);
    assert_eq!(bench.api("DELETE", &format!("/documents/{}.json", document["id"]), Value::Null).0, 409);
    let version = json!({"name": "n.txt", "parent": {"id": document["id"], "type": "Document"}});
    assert_eq!(bench.api("POST", "/documents.json", version).0, 422);
    assert_eq!(bench.listed("/documents.json?locked=true"), [id(&document)]);
    bench.world.person("Ada").lock_document(id(&document), false);
    assert_eq!(bench.patch(id(&document), json!({"name": "New"})).0, 200);
}

#[tokio::test(start_paused = true)]
async fn people_upload_rename_and_move_documents() {
    let bench = Bench::new(|firm| firm.keep_uploads(true));
    let ada = bench.world.person("Ada");
    let document = ada.upload_document(bench.matter(), "Will.docx", &b"text"[..]).unwrap();
    let version = ada.upload_version(document, &b"longer"[..]).unwrap();
    assert!(ada.rename_document(document, "Last will"));
    let folder = ada.create_folder(bench.matter(), "Wills").unwrap();
    assert!(ada.move_document(document, folder) && !ada.move_document(document, 5));
    let (_, now) = bench.api("GET", &format!("/documents/{document}.json"), Value::Null);
    assert_eq!((text(&now["name"]), text(&now["filename"])), ("Last will", "Will.docx"));
    assert_eq!((id(&now["parent"]), &now["parent"]["type"]), (folder, &json!("Folder")));
    assert_eq!((id(&now["matter"]), &now["size"]), (bench.matter(), &json!(6)));
    let uploads = bench.world.uploads();
    assert_eq!((uploads[1].version, uploads[1].bytes.as_deref()), (version, Some(&b"longer"[..])));
    assert_eq!(bench.world.origin("Document", document), Some(Origin::Person("Ada".into())));
    assert_eq!(ada.upload_document(5, "x.txt", &b""[..]), None);
}

/// As activities are: what hangs on a matter that the user does not see is not listed.
#[tokio::test(start_paused = true)]
async fn documents_of_unseen_matters_are_not_listed() {
    let mut bench = Bench::new(ClioWorldBuilder::one_of_each);
    let document = bench.world.person("Ada").upload_document(1, "x.txt", &b"x"[..]).unwrap();
    assert!(bench.listed("/documents.json").contains(&document));
    let stranger = bench.world.users().into_iter().rfind(|user| user.id != 1).unwrap().id;
    bench.token = bench.world.token_of(stranger).access.expose().to_owned();
    assert!(!bench.listed("/documents.json").contains(&document));
}
