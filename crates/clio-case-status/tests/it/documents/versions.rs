//! New content, other files of the same name, and what people do to documents.

use clio_case_status::SameName;
use clio_sync::LineOutcome;

use super::{POLL, bench, case_of, documents, names, poll, sizes};
use crate::bench::{Bench, DAY};

#[tokio::test(start_paused = true)]
async fn new_content_of_a_file_becomes_a_version_of_its_document() {
    let (bench, case) = bench().await;
    let matter = bench.matter(0);
    let file = bench.desk.upload(&case, "Retainer.pdf", "unsigned").expect("a file");
    poll(&bench).await;
    bench.pass(POLL).await;
    assert!(bench.desk.replace(&file, "signed"));
    assert_eq!(poll(&bench).await.count(LineOutcome::Updated), 1);
    let there = documents(&bench, matter);
    assert_eq!(there.len(), 1);
    assert_eq!(sizes(&bench, &there[0]), [8, 6]);
    assert_eq!(there[0]["size"], 6);
    bench.pass(POLL).await;
    poll(&bench).await;
    assert_eq!(sizes(&bench, &there[0]), [8, 6], "once");
}

#[tokio::test(start_paused = true)]
async fn another_file_of_the_same_name_becomes_a_version_and_its_new_content_too() {
    let (bench, case) = bench().await;
    let matter = bench.matter(0);
    let elsewhere = case_of(&bench, &bench.matter(1).to_string()).await;
    // Three at once, on one page and in one second, and one in another matter.
    for size in 1..=3 {
        bench.desk.upload(&case, "image.jpg", vec![b'x'; size]).expect("a file");
    }
    bench.desk.upload(&elsewhere, "image.jpg", "elsewhere").expect("a file");
    assert_eq!(poll(&bench).await.count(LineOutcome::Created), 4);
    let there = documents(&bench, matter);
    assert_eq!(names(&bench, matter), ["image.jpg"]);
    assert_eq!(sizes(&bench, &there[0]), [1, 2, 3]);
    assert_eq!(sizes(&bench, &documents(&bench, bench.matter(1))[0]), [9]);
    bench.pass(POLL).await;
    let later = bench.desk.upload(&case, "image.jpg", "four").expect("a file");
    poll(&bench).await;
    bench.pass(POLL).await;
    assert!(bench.desk.replace(&later, "fives"));
    assert_eq!(poll(&bench).await.count(LineOutcome::Updated), 1);
    bench.pass(POLL).await;
    poll(&bench).await;
    assert_eq!(sizes(&bench, &documents(&bench, matter)[0]), [1, 2, 3, 4, 5]);
}

#[tokio::test(start_paused = true)]
async fn a_firm_may_have_files_of_the_same_name_beside_each_other() {
    let bench = Bench::with(|world| world.matters(2), |set, _| set.same_name = SameName::Apart).await;
    let case = case_of(&bench, &bench.matter(0).to_string()).await;
    for size in 1..=3 {
        bench.desk.upload(&case, "image.jpg", vec![b'x'; size]).expect("a file");
    }
    poll(&bench).await;
    let there = documents(&bench, bench.matter(0));
    let all: Vec<Vec<u64>> = there.iter().map(|one| sizes(&bench, one)).collect();
    assert_eq!(all, [[1], [2], [3]]);
}

#[tokio::test(start_paused = true)]
async fn a_document_that_people_made_is_not_touched() {
    let (bench, case) = bench().await;
    let matter = bench.matter(0);
    let theirs = bench.world.person("Ada").upload_document(matter, "Retainer.pdf", "theirs").expect("one");
    bench.desk.upload(&case, "Retainer.pdf", "ours").expect("a file");
    poll(&bench).await;
    let there = documents(&bench, matter);
    assert_eq!(there.len(), 2);
    let theirs = there.iter().find(|one| one["id"] == theirs).expect("theirs");
    assert_eq!(sizes(&bench, theirs), [6]);
}

#[tokio::test(start_paused = true)]
async fn what_a_person_deleted_in_clio_is_not_written_again() {
    let (bench, case) = bench().await;
    let matter = bench.matter(0);
    let file = bench.desk.upload(&case, "Retainer.pdf", "unsigned").expect("a file");
    poll(&bench).await;
    let id = documents(&bench, matter)[0]["id"].as_i64().expect("an id");
    assert!(bench.world.person("Ada").delete_document(id));
    bench.pass(POLL).await;
    assert!(bench.desk.replace(&file, "signed"));
    assert_eq!(poll(&bench).await.count(LineOutcome::Skipped), 1);
    bench.pass(DAY).await;
    assert!(bench.desk.replace(&file, "signed again"));
    poll(&bench).await;
    assert!(documents(&bench, matter).is_empty());
    assert_eq!(bench.world.uploads().iter().filter(|one| one.document == id).count(), 1);
    // Another file is another matter: it is new to the firm.
    bench.desk.upload(&case, "Retainer.pdf", "other").expect("a file");
    poll(&bench).await;
    assert_eq!(names(&bench, matter), ["Retainer.pdf"]);
}

#[tokio::test(start_paused = true)]
async fn what_a_person_renamed_or_added_to_keeps_its_name_and_gets_the_version() {
    let (bench, case) = bench().await;
    let matter = bench.matter(0);
    let file = bench.desk.upload(&case, "scan0001.pdf", "one").expect("a file");
    poll(&bench).await;
    let id = documents(&bench, matter)[0]["id"].as_i64().expect("an id");
    bench.pass(POLL).await;
    let ada = bench.world.person("Ada");
    assert!(ada.rename_document(id, "Retainer, signed.pdf"));
    assert!(ada.upload_version(id, "by hand").is_some());
    assert!(bench.desk.replace(&file, "four"));
    assert_eq!(poll(&bench).await.count(LineOutcome::Updated), 1);
    assert_eq!(names(&bench, matter), ["Retainer, signed.pdf"]);
    assert_eq!(sizes(&bench, &documents(&bench, matter)[0]), [3, 7, 4]);
    assert!(bench.firm.parked().await.expect("the store").is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_deleted_at_case_status_stays_in_clio() {
    let (bench, case) = bench().await;
    let file = bench.desk.upload(&case, "Retainer.pdf", "x").expect("a file");
    poll(&bench).await;
    assert!(bench.desk.remove(&file));
    bench.pass(DAY).await;
    poll(&bench).await;
    assert_eq!(documents(&bench, bench.matter(0)).len(), 1);
}
