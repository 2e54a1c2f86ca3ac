//! Folders and what is in them.

use super::{uploads::enveloped, *};

fn id(value: &Value) -> i64 {
    value["id"].as_i64().unwrap()
}

impl Bench {
    fn folder(&self, name: &str, parent: i64) -> i64 {
        let data = json!({"data": {"name": name, "parent": {"id": parent, "type": "Folder"}}});
        let answer = self.send("POST", "/api/v4/folders.json", &data.to_string());
        assert_eq!(answer.status(), StatusCode::CREATED);
        id(&parsed(&answer)["data"])
    }

    fn home(&self, matter: i64) -> i64 {
        id(&self.world.record("Matter", matter).unwrap()["folder"])
    }

    fn root(&self) -> i64 {
        let folders = self.world.records("Folder");
        let roots: Vec<_> = folders.iter().filter(|one| one["root"] == true).collect();
        assert_eq!(roots.len(), 1);
        id(roots[0])
    }

    fn change(&self, method: &str, folder: i64, data: Value) -> (u16, Value) {
        let body = enveloped(data);
        let answer = self.send(
            method,
            &format!("/api/v4/folders/{folder}.json?fields=id,name,parent,deleted_at"),
            &body,
        );
        let body = if answer.body().is_empty() { Value::Null } else { parsed(&answer) };
        (answer.status().as_u16(), body)
    }

    fn contents(&self, query: &str) -> Vec<(String, i64)> {
        let (status, body) = self.get(&format!("/api/v4/folders/list.json?fields=id,type,name&{query}"));
        assert_eq!(status, 200, "{body}");
        let items = body["data"].as_array().unwrap().iter();
        items.map(|one| (one["type"].as_str().unwrap().to_owned(), id(one))).collect()
    }

    fn found(&self, path: &str) -> Vec<i64> {
        let (status, body) = self.get(&format!("/api/v4{path}"));
        assert_eq!(status, 200, "{body}");
        body["data"].as_array().unwrap().iter().map(id).collect()
    }
}

fn document(id: i64) -> (String, i64) {
    ("Document".to_owned(), id)
}

fn folder(id: i64) -> (String, i64) {
    ("Folder".to_owned(), id)
}

/// Clio's document: one root; a folder for each matter, and for a contact as soon as something goes there.
#[tokio::test(start_paused = true)]
async fn matters_have_folders_and_contacts_get_them() {
    let bench = Bench::new(|firm| firm);
    let matter = bench.world.record("Matter", bench.matter()).unwrap();
    assert_eq!(matter["folder"]["name"], matter["display_number"]);
    assert_eq!(bench.world.record("Folder", id(&matter["folder"])).unwrap()["parent"]["id"], bench.root());
    let contact = id(&matter["client"]);
    assert_eq!(bench.world.record("Contact", contact).unwrap()["folder"], Value::Null);
    let document = bench.upload(json!({"parent": {"id": contact, "type": "Contact"}}), b"x");
    assert_eq!(document["contact"]["id"], contact);
    let home = bench.world.record("Contact", contact).unwrap()["folder"].clone();
    assert_eq!(home["id"], document["parent"]["id"]);
    let data = json!({"data": {"description": "New", "client": {"id": contact}}});
    let answer = bench.send("POST", "/api/v4/matters.json?fields=id,folder", &data.to_string());
    assert!(parsed(&answer)["data"]["folder"]["id"].is_i64());
}

/// Clio's document, `Folder#list`: documents and folders together, of the root unless another is named, children unless
/// descendants are asked for.
#[tokio::test(start_paused = true)]
async fn the_contents_of_a_folder_are_documents_and_folders() {
    let bench = Bench::new(|firm| firm.rate_limit(None).matters(2));
    let ada = bench.world.person("Ada");
    let home = bench.home(bench.matter());
    let one = ada.upload_document(bench.matter(), "B.txt", &b"1"[..]).unwrap();
    let sub = bench.folder("A", home);
    let deep = ada.upload_document(bench.matter(), "C.txt", &b"2"[..]).unwrap();
    assert!(ada.move_document(deep, sub));
    let others = bench.home(bench.world.matters()[1].id);
    assert_eq!(bench.contents(""), [folder(home), folder(others)]);
    assert_eq!(bench.contents(&format!("parent_id={home}")), [document(one), folder(sub)]);
    let all = [document(one), folder(sub), document(deep)];
    assert_eq!(bench.contents(&format!("parent_id={home}&scope=descendants")), all);
    assert_eq!(bench.contents(&format!("parent_id={home}&order=name(asc)")), [folder(sub), document(one)]);
    assert_eq!(bench.contents(&format!("parent_id={home}&query=b.t")), [document(one)]);
    assert_eq!(bench.found(&format!("/documents.json?parent_id={home}")), [one]);
    assert_eq!(bench.found(&format!("/documents.json?parent_id={home}&scope=descendants")), [one, deep]);
    assert_eq!(bench.found("/folders.json?parent_id=null"), [bench.root()]);
    assert_eq!(bench.found("/documents.json?contact_id=null").len(), 2);
    assert_eq!(bench.get("/api/v4/folders/list.json?parent_id=null").0, StatusCode::BAD_REQUEST);
    assert_eq!(bench.get("/api/v4/folders/list.json?scope=all").0, StatusCode::BAD_REQUEST);
}

/// Clio's document: the contents of a folder are paged by cursor only, in every order.
#[tokio::test(start_paused = true)]
async fn the_contents_of_a_folder_are_paged_by_cursor() {
    let bench = Bench::new(|firm| firm.rate_limit(None));
    let home = bench.home(bench.matter());
    for at in 0..5 {
        bench.folder(&format!("F{at}"), home);
        bench.world.person("Ada").upload_document(bench.matter(), &format!("F{at}.txt"), &b"1"[..]).unwrap();
    }
    for order in ["id(asc)", "id(desc)", "name(desc)"] {
        let query = format!("parent_id={home}&order={order}");
        let mut next = Some(format!("/api/v4/folders/list.json?fields=id,type&{query}&limit=3&offset=2"));
        let (mut seen, mut pages) = (Vec::new(), 0);
        while let Some(target) = next {
            let (_, body) = bench.get(&target);
            let items = body["data"].as_array().unwrap().iter();
            seen.extend(items.map(|one| (one["type"].as_str().unwrap().to_owned(), id(one))));
            next = body["meta"]["paging"]["next"].as_str().map(str::to_owned);
            assert!(next.as_ref().is_none_or(|next| !next.contains("offset")));
            pages += 1;
        }
        assert_eq!((pages, seen), (4, bench.contents(&query)), "{order}");
    }
}

/// Nobody says whether `matter_id` finds what is in sub-folders: a knob. With `scope=descendants` it does.
#[tokio::test(start_paused = true)]
async fn matter_id_can_leave_sub_folders_out() {
    for (deep, count) in [("true", 2), ("false", 1)] {
        let bench = Bench::new(|firm| firm.knob("matter_id_covers_subfolders", deep).unwrap());
        let ada = bench.world.person("Ada");
        let sub = ada.create_folder(bench.matter(), "Sub").unwrap();
        for (name, folder) in [("a.txt", sub), ("b.txt", bench.home(bench.matter()))] {
            let document = ada.upload_document(bench.matter(), name, &b"1"[..]).unwrap();
            ada.move_document(document, folder);
        }
        let of = format!("/documents.json?matter_id={}", bench.matter());
        assert_eq!(bench.found(&of).len(), count);
        assert_eq!(bench.found(&format!("{of}&scope=descendants")).len(), 2);
        assert!(
            bench.found(&format!("/documents.json?matter_id={}", bench.world.matters()[1].id)).is_empty()
        );
    }
}

/// Clio's document: a folder is renamed, moved, put into the trash with what is in it, and brought back.
#[tokio::test(start_paused = true)]
async fn a_folder_goes_into_the_trash_with_everything_in_it() {
    let bench = Bench::new(|firm| firm.rate_limit(None));
    let ada = bench.world.person("Ada");
    let sub = ada.create_folder(bench.matter(), "Sub").unwrap();
    let document = ada.upload_document(bench.matter(), "a.txt", &b"1"[..]).unwrap();
    let before = ada.upload_document(bench.matter(), "b.txt", &b"1"[..]).unwrap();
    assert!(ada.move_document(document, sub) && ada.move_document(before, sub));
    assert!(ada.delete_document(before));
    bench.clock.sleep(Duration::from_secs(60)).await;
    assert_eq!(bench.change("PATCH", sub, json!({"name": "Named"})).1["data"]["name"], "Named");
    assert_eq!(bench.change("DELETE", sub, Value::Null).0, 204);
    assert_eq!(bench.change("DELETE", sub, Value::Null).0, 404);
    assert!(bench.found("/documents.json").is_empty());
    assert!(!bench.found("/folders.json").contains(&sub));
    assert!(bench.found("/folders.json?include_deleted=true").contains(&sub));
    assert_eq!(bench.change("PATCH", sub, json!({"restore": true})).0, 200);
    assert_eq!(bench.found("/documents.json"), [document], "what was there before stays there");
    let day = Duration::from_secs(24 * 3600);
    ada.delete_document(document);
    bench.clock.sleep(day * 31).await;
    assert!(bench.world.record("Document", document).is_none());
    assert!(bench.world.record("Folder", sub).is_some());
}

/// Clio's document: 400 `DeleteFailed` of the root, of a folder with something locked in it, and of one with too much.
#[tokio::test(start_paused = true)]
async fn some_folders_cannot_be_deleted() {
    let bench = Bench::new(|firm| firm.rate_limit(None));
    let failed = |folder: i64| {
        let (status, body) = bench.change("DELETE", folder, Value::Null);
        (status, body["error"]["type"].as_str().unwrap_or_default().to_owned())
    };
    let refused = (400, "DeleteFailed".to_owned());
    assert_eq!(failed(bench.root()), refused);
    let ada = bench.world.person("Ada");
    let document = ada.upload_document(bench.matter(), "a.txt", &b"1"[..]).unwrap();
    assert!(ada.lock_document(document, true));
    assert_eq!(failed(bench.home(bench.matter())), refused);
    let full = ada.create_folder(bench.world.matters()[1].id, "Full").unwrap();
    let resource = Resource::named("Document").unwrap();
    let parent = behaviour::documents::DOCUMENT.parent;
    let crowd = |firm: &mut Firm, count: i64| {
        for id in 0..count {
            let mut record = Record::new(-1 - id, bench.clock.now(), Origin::Seed);
            let in_it = store::Value::Link(Resource::named("Folder").unwrap(), full);
            record.set(parent, in_it);
            firm.tables.seed(resource, record);
        }
    };
    crowd(&mut bench.world.lock(), 100_001);
    assert_eq!(failed(full), refused);
}

/// A folder cannot go into itself, and the root does not move: our choice of 422.
#[tokio::test(start_paused = true)]
async fn folders_do_not_move_in_circles() {
    let bench = Bench::new(|firm| firm.rate_limit(None));
    let home = bench.home(bench.matter());
    let outer = bench.folder("Outer", home);
    let inner = bench.folder("Inner", outer);
    let to = |folder: i64| json!({"parent": {"id": folder, "type": "Folder"}});
    assert_eq!(bench.change("PATCH", outer, to(inner)).0, 422);
    let (status, same) = bench.change("PATCH", outer, to(outer));
    assert_eq!((status, &same["data"]["parent"]["id"]), (200, &json!(home)));
    assert_eq!(bench.change("PATCH", bench.root(), to(home)).0, 422);
    let (status, moved) = bench.change("PATCH", inner, to(home));
    assert_eq!((status, &moved["data"]["parent"]["id"]), (200, &json!(home)));
}
