//! Walks through lists.

use clio_api::{Error, ErrorKind, Id, PageToken, Stub, objects::Matter};
use futures_util::StreamExt;

use crate::script::{Answer, Script, clio, list_page as page, record};

const NEXT: &str = "https://app.clio.com/api/v4/matters.json?page_token=";

fn ids(items: &[Result<Stub<Matter>, Error>]) -> Vec<Result<i64, ErrorKind>> {
    items.iter().map(|item| item.as_ref().map(|stub| stub.id.get()).map_err(Error::kind)).collect()
}

#[tokio::test(start_paused = true)]
async fn three_pages_with_a_bad_record_in_the_middle() {
    let script = Script::new([
        page(&format!("{},{}", record(1), record(2)), Some(&format!("{NEXT}b"))),
        page(&format!(r#"{{"id":"x"}},{}"#, record(4)), Some(&format!("{NEXT}c"))),
        page(&record(5), None),
    ]);
    let items: Vec<_> = clio(&script).matters().list().items().collect().await;
    assert_eq!(ids(&items), [Ok(1), Ok(2), Err(ErrorKind::Decode), Ok(4), Ok(5)]);
    assert_eq!(items[2].as_ref().unwrap_err().path(), Some("data[0].id"));
    let asked = script.asked();
    assert_eq!(asked.len(), 3);
    // The server's links are followed as they stand.
    assert_eq!(asked[1].url, format!("{NEXT}b"));
    assert_eq!(asked[2].url, format!("{NEXT}c"));
}

#[tokio::test(start_paused = true)]
async fn pages_are_read_when_they_are_asked_for() {
    let script = Script::new([page(&record(1), Some(&format!("{NEXT}b")))]);
    let mut pages = clio(&script).matters().list().pages();
    assert!(script.asked().is_empty());
    let first = pages.next().await.unwrap().unwrap();
    assert_eq!((first.total, script.asked().len()), (Some(5), 1));
}

#[tokio::test(start_paused = true)]
async fn awaiting_a_list_gives_its_first_page() {
    let script = Script::new([page(&record(1), Some(&format!("{NEXT}b"))), page(&record(2), None)]);
    let clio = clio(&script);
    let first = clio.matters().list().await.unwrap();
    assert_eq!(ids(&first.records), [Ok(1)]);

    // Stored, and taken up again later.
    let stored = serde_json::to_string(&first.next.unwrap()).unwrap();
    let token: PageToken = serde_json::from_str(&stored).unwrap();
    let rest: Vec<_> = clio.matters().list().ids([Id::new(1)]).resume(token).items().collect().await;
    assert_eq!(ids(&rest), [Ok(2)]);
    assert_eq!(script.asked()[1].url, format!("{NEXT}b"));
}

#[tokio::test(start_paused = true)]
async fn no_other_place_is_ever_asked() {
    for elsewhere in [
        "https://evil.example/api/v4/matters.json?page_token=b",
        "http://app.clio.com/api/v4/matters.json?page_token=b",
        "https://app.clio.com:8443/api/v4/matters.json?page_token=b",
        "https://ada@app.clio.com/api/v4/matters.json?page_token=b",
        "https://app.clio.com@evil.example/api/v4/matters.json?page_token=b",
        "//evil.example/api/v4/matters.json?page_token=b",
        "https://app.clio.com/elsewhere/matters.json?page_token=b",
        "https://app.clio.com/api/v4/users.json?page_token=b",
        "https://app.clio.com/api/v4/matters/1.json?page_token=b",
        "https://app.clio.com/api/v4/matters.json/../users.json?page_token=b",
    ] {
        let script = Script::new([page(&record(1), Some(elsewhere))]);
        let clio = clio(&script);
        let items: Vec<_> = clio.matters().list().items().collect().await;
        assert_eq!(ids(&items).last(), Some(&Err(ErrorKind::Paging)), "{elsewhere}");
        // One request, and so one token, to the right place.
        assert_eq!(script.asked().len(), 1, "{elsewhere}");
        assert!(script.asked()[0].url.starts_with("https://app.clio.com/api/v4/matters.json?"));

        let foreign: PageToken = serde_json::from_str(&format!("{elsewhere:?}")).unwrap();
        let resumed = clio.matters().list().resume(foreign);
        assert_eq!(resumed.await.unwrap_err().kind(), ErrorKind::Paging, "{elsewhere}");
        assert_eq!(script.asked().len(), 1, "{elsewhere}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_need_not_end_as_ours_do() {
    let link = "https://app.clio.com/api/v4/matters?page_token=b";
    let script = Script::new([page(&record(1), Some(link)), page(&record(2), None)]);
    let items: Vec<_> = clio(&script).matters().list().items().collect().await;
    assert_eq!(ids(&items), [Ok(1), Ok(2)]);
}

#[tokio::test(start_paused = true)]
async fn a_circle_ends_in_an_error_and_loses_no_record() {
    let script = Script::new([
        page(&record(1), Some(&format!("{NEXT}b"))),
        page(&record(2), Some(&format!("{NEXT}c"))),
        page(&record(3), Some(&format!("{NEXT}b"))),
    ]);
    let items: Vec<_> = clio(&script).matters().list().items().collect().await;
    assert_eq!(ids(&items), [Ok(1), Ok(2), Ok(3), Err(ErrorKind::Paging)]);
    assert_eq!(script.asked().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_circle_back_to_the_resumed_page_is_seen() {
    let link = format!("{NEXT}b");
    let token: PageToken = serde_json::from_str(&format!("{link:?}")).unwrap();
    let script = Script::new([page(&record(1), Some(&link))]);
    let items: Vec<_> = clio(&script).matters().list().resume(token).items().collect().await;
    assert_eq!(ids(&items), [Ok(1), Err(ErrorKind::Paging)]);
}

#[tokio::test(start_paused = true)]
async fn a_failed_page_ends_the_walk() {
    let script = Script::new([page(&record(1), Some(&format!("{NEXT}b"))), Answer::new(500, "")]);
    let items: Vec<_> = clio(&script).matters().list().items().collect().await;
    assert_eq!(ids(&items), [Ok(1), Err(ErrorKind::Server)]);
}
