//! Documents in a folder of the matter.

use clio_api::http::Method;
use clio_sync::LineOutcome;
use serde_json::Value;

use super::{POLL, case_of, documents, poll};
use crate::bench::Bench;

async fn bench() -> Bench {
    Bench::with(|world| world.matters(3), |set, _| set.documents_folder = Some("From the client".into()))
        .await
}

fn folders(bench: &Bench) -> Vec<Value> {
    let ours = |one: &Value| one["name"] == "From the client" && one["deleted_at"].is_null();
    bench.world.records("Folder").into_iter().filter(ours).collect()
}

#[tokio::test(start_paused = true)]
async fn the_folder_is_made_once_in_each_matter_that_needs_it() {
    let bench = bench().await;
    for at in 0..2 {
        let case = case_of(&bench, &bench.matter(at).to_string()).await;
        for name in ["a.txt", "b.txt"] {
            bench.desk.upload(&case, name, name).expect("a file");
        }
    }
    let report = poll(&bench).await;
    assert_eq!(report.count(LineOutcome::Created), 6, "two folders, four documents");
    bench.pass(POLL).await;
    let case = case_of(&bench, &bench.matter(0).to_string()).await;
    bench.desk.upload(&case, "c.txt", "c").expect("a file");
    poll(&bench).await;
    assert_eq!(folders(&bench).len(), 2);
    for document in documents(&bench, bench.matter(0)) {
        let parent = bench.world.record("Folder", document["parent"]["id"].as_i64().expect("one"));
        assert_eq!(parent.expect("a folder")["name"], "From the client");
    }
    assert_eq!(documents(&bench, bench.matter(0)).len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_folder_that_people_have_made_is_taken() {
    let bench = bench().await;
    let matter = bench.matter(0);
    let theirs = bench.world.person("Ada").create_folder(matter, "From the client").expect("a folder");
    let case = case_of(&bench, &matter.to_string()).await;
    bench.desk.upload(&case, "a.txt", "a").expect("a file");
    poll(&bench).await;
    assert_eq!(folders(&bench).len(), 1);
    assert_eq!(documents(&bench, matter)[0]["parent"]["id"], theirs);
}

#[tokio::test(start_paused = true)]
async fn a_folder_that_people_renamed_is_the_same_and_one_that_they_deleted_is_not_made_again() {
    let bench = bench().await;
    let matter = bench.matter(0);
    let case = case_of(&bench, &matter.to_string()).await;
    bench.desk.upload(&case, "a.txt", "a").expect("a file");
    poll(&bench).await;
    let folder = folders(&bench)[0]["id"].as_i64().expect("an id");
    let path = format!("/folders/{folder}.json");
    let body = serde_json::json!({"data": {"name": "Client's"}});
    bench.clio.raw(Method::PATCH, &path).json(&body).send().await.expect("renamed");
    bench.pass(POLL).await;
    bench.desk.upload(&case, "b.txt", "b").expect("a file");
    poll(&bench).await;
    assert!(documents(&bench, matter).iter().all(|one| one["parent"]["id"] == folder));
    bench.clio.raw(Method::DELETE, &path).send().await.expect("deleted");
    bench.pass(POLL).await;
    bench.desk.upload(&case, "c.txt", "c").expect("a file");
    poll(&bench).await;
    assert!(folders(&bench).is_empty());
    let there = documents(&bench, matter);
    let last = there.iter().find(|one| one["name"] == "c.txt").expect("in the matter itself");
    assert_ne!(last["parent"]["id"], folder);
}
