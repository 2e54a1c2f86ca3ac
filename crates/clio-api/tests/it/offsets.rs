//! Lists that are paged by offset, and how much of a list is asked for at once.

use clio_api::{ErrorKind, choices::MatterOrder};
use futures_util::{StreamExt, TryStreamExt};

use crate::script::{Answer, Script, clio, record, records};

fn page(from: i64, count: i64, total: Option<u64>, next: Option<u64>) -> Answer {
    let total = total.map_or(String::new(), |total| format!(r#""records":{total},"#));
    let next = next.map_or(String::new(), |next| {
        format!(r#""next":"https://app.clio.com/api/v4/matters.json?limit=200&offset={next}""#)
    });
    let data = records(from..from + count);
    Answer::ok(&format!(r#"{{"data":[{data}],"meta":{{{total}"paging":{{{next}}}}}}}"#))
}

async fn kinds(answers: impl IntoIterator<Item = Answer>, offset: u32) -> (usize, Option<ErrorKind>, usize) {
    let script = Script::new(answers);
    let mut items = clio(&script).matters().list().offset(offset).items();
    let mut good = 0;
    let mut bad = None;
    while let Some(item) = items.next().await {
        match item {
            Ok(_) => good += 1,
            Err(error) => {
                assert!(
                    error.message().contains("10,000") && error.operation() == Some("Matter#index"),
                    "{error}"
                );
                bad = Some(error.kind());
            }
        }
    }
    (good, bad, script.asked().len())
}

#[tokio::test(start_paused = true)]
async fn an_offset_is_sent_and_the_links_are_followed() {
    let script = Script::new([page(1, 2, Some(3), Some(42)), page(3, 1, Some(3), None)]);
    let items = clio(&script).matters().list().offset(40).items();
    assert_eq!(items.try_collect::<Vec<_>>().await.unwrap().len(), 3);
    let asked = script.asked();
    assert!(asked[0].url.contains("offset=40") && asked[0].url.contains("limit=200"), "{}", asked[0].url);
    assert!(asked[1].url.ends_with("?limit=200&offset=42"));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_for_beyond_ten_thousand() {
    let paging = Some(ErrorKind::Paging);
    let total = Some(12_000);
    assert_eq!(kinds([page(1, 200, total, Some(10_000))], 9_800).await, (200, paging, 1));
    // The server ends the list there, as if it were all: it says itself that it is not, or it does not say that it is.
    assert_eq!(kinds([page(1, 200, total, None)], 9_800).await, (200, paging, 1));
    assert_eq!(kinds([page(1, 200, None, None)], 9_800).await, (200, paging, 1));
    assert_eq!(kinds([page(1, 200, Some(10_000), None)], 9_800).await, (200, None, 1));
    assert_eq!(kinds([page(1, 199, None, None)], 9_800).await, (199, None, 1));
    assert_eq!(kinds([], 10_000).await, (0, paging, 0));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_beyond_ten_thousand_is_told_as_what_it_is() {
    let refused = || Answer::new(422, r#"{"error":{"type":"Whatever","message":"no"}}"#);
    let paging = Some(ErrorKind::Paging);
    assert_eq!(kinds([page(1, 100, None, Some(9_900)), refused()], 9_800).await, (100, paging, 2));

    // Below the bound a refusal is a refusal.
    let script = Script::new([refused()]);
    let error = clio(&script).matters().list().offset(9_800).items().next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

#[tokio::test(start_paused = true)]
async fn an_order_of_ones_own_is_bounded_as_well() {
    let script = Script::new([page(1, 2, Some(20_000), Some(10_000))]);
    let list = clio(&script).matters().list().order(MatterOrder::DisplayNumberAsc);
    let last = list.items().collect::<Vec<_>>().await.pop().unwrap();
    assert_eq!(last.unwrap_err().kind(), ErrorKind::Paging);

    // The order of ids is not, however it was asked for.
    let script = Script::new([
        Answer::ok(&format!(
            r#"{{"data":[{}],"meta":{{"paging":{{"next":"https://app.clio.com/api/v4/matters.json?page_token=b"}}}}}}"#,
            records(1..=10_001)
        )),
        Answer::ok(&format!(r#"{{"data":[{}],"meta":{{"paging":{{}}}}}}"#, record(10_002))),
    ]);
    let list = clio(&script).matters().list().order(MatterOrder::IdAsc);
    assert_eq!(list.items().try_collect::<Vec<_>>().await.unwrap().len(), 10_002);
}

#[tokio::test(start_paused = true)]
async fn a_bound_that_was_met_is_met_again_after_a_suspension() {
    let script = Script::new([page(1, 200, None, Some(10_000)), page(1, 200, None, Some(10_000))]);
    let clio = clio(&script);
    let mut items = clio.matters().list().offset(9_800).items();
    assert_eq!(items.by_ref().take(201).filter(|item| std::future::ready(item.is_err())).count().await, 1);
    let again: Vec<_> = clio.matters().list().resume(items.suspend()).items().collect().await;
    assert_eq!(
        again.into_iter().map(|item| item.unwrap_err().kind()).collect::<Vec<_>>(),
        [ErrorKind::Paging]
    );
}

#[tokio::test(start_paused = true)]
async fn folders_take_no_offset() {
    let script = Script::new([]);
    let error = clio(&script).folders().list_items().offset(3).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}

#[tokio::test(start_paused = true)]
async fn a_limit_is_at_most_what_the_list_allows() {
    let empty = || Answer::ok(r#"{"data":[]}"#);
    let script = Script::new((0..7).map(|_| empty()));
    let clio = clio(&script);
    clio.matters().list().limit(u16::MAX).await.unwrap();
    clio.matters().list().limit(0).await.unwrap();
    clio.matters().list().parameter("limit", "5000").await.unwrap();
    clio.billable_clients().list().limit(200).await.unwrap();
    clio.billable_matters().list().await.unwrap();
    clio.users().list().await.unwrap();
    clio.users().list().limit(1_999).await.unwrap();
    let limits: Vec<_> = script
        .asked()
        .iter()
        .map(|asked| asked.url.split("limit=").nth(1).unwrap().split('&').next().unwrap().to_owned())
        .collect();
    assert_eq!(limits, ["200", "1", "200", "25", "1000", "2000", "1999"]);
}
