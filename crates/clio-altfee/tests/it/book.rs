//! AltFee as a fake, in memory and in a file.

use clio_altfee::{AltFee, JsonBook, Lock, Status};
use clio_core::{Id, schema::choices::BillState};
use clio_fixtures::VirtualClock;
use clio_sync::ErrorKind;

use crate::bench::{Bench, scope};

#[tokio::test(start_paused = true)]
async fn a_matter_is_scoped_the_same_with_and_without_clio() {
    let bench = Bench::new().await;
    let (alone, connected) = (bench.matter().await, bench.connected().await);
    let scoped = async |matter| {
        let projects = bench.projects(matter).await;
        projects.into_iter().map(|one| (one.name, one.price, one.services)).collect::<Vec<_>>()
    };
    assert_eq!(scoped(&alone).await, scoped(&connected).await);
    let kind = bench.book.matter(&alone).await.expect("read").expect("a matter").type_of_work;
    assert_eq!(kind, "corporate work");
}

#[tokio::test(start_paused = true)]
async fn a_locked_project_cannot_be_edited() {
    let bench = Bench::new().await;
    let matter = bench.matter().await;
    let project = bench.projects(&matter).await.remove(0).id;
    let lock = Lock { bill: Id::new(5), number: Some("2026-17".into()), state: BillState::Draft };
    bench.book.set_status(&project, Status::Draft, Some(&lock)).await.expect("set");
    let refused = bench.book.price(&project, "1 USD".parse().expect("money")).expect_err("it is locked");
    assert_eq!(
        refused.to_string(),
        "the project is locked by bill 2026-17 (draft): disconnect the matter to edit it"
    );
    assert!(bench.book.remove_project(&project).is_err());
    bench.book.set_status(&project, Status::Unbillable, None).await.expect("set");
    bench.book.price(&project, "1 USD".parse().expect("money")).expect("it is free");
}

#[tokio::test(start_paused = true)]
async fn a_file_keeps_everything() {
    let (folder, clock) = (tempfile::tempdir().expect("a folder"), VirtualClock::new());
    let path = folder.path().join("altfee.json");
    let file = JsonBook::open(&path, clock.clone()).expect("a new one");
    let client = file.book().add_client("Bernie Byron", Some("bernie@example.com"));
    let work = vec![scope("Will 👩🏽‍⚖️", "0.10 USD", &["נוסח"])];
    let guideline = file.book().add_guideline("Wills", "estates", work);
    let matter = file.open_matter(&guideline, &client, "estates").await.expect("opened");
    let project = file.projects(&matter.id).await.expect("read").remove(0);
    let lock = Lock { bill: Id::new(5), number: None, state: BillState::AwaitingApproval };
    file.set_status(&project.id, Status::Draft, Some(&lock)).await.expect("set");
    let again = JsonBook::open(&path, clock.clone()).expect("the same");
    assert_eq!(
        again.projects(&matter.id).await.expect("read"),
        file.projects(&matter.id).await.expect("read")
    );
    assert_eq!(again.clients().await.expect("read"), file.clients().await.expect("read"));
    std::fs::write(&path, "{\"clients\": \"Bernie\"}").expect("written");
    let error = JsonBook::open(&path, clock).expect_err("no book");
    assert_eq!((error.kind(), error.to_string().contains("Bernie")), (ErrorKind::Configuration, false));
}
