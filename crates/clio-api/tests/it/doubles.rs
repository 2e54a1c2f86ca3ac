//! No record comes twice, whatever the order of the list.

use clio_api::{
    Error, ErrorKind, Id, Json, Selection,
    choices::MatterOrder,
    objects::{LineItem, Matter},
};
use futures_util::{StreamExt, TryStreamExt};

use crate::script::{Answer, Script, clio, list_page, record, records};

fn next(list: &str, name: &str) -> String {
    format!("https://app.clio.com/api/v4/{list}.json?page_token={name}")
}

fn kinds(items: Vec<Result<i64, Error>>) -> Vec<Result<i64, ErrorKind>> {
    items.into_iter().map(|item| item.map_err(|error| error.kind())).collect()
}

/// A selection without `id`.
#[derive(Debug, Selection)]
#[clio(object = "LineItem")]
struct Priced {
    note: String,
}

#[tokio::test(start_paused = true)]
async fn a_list_that_moved_on_repeats_nothing() {
    let line = |id: i64| format!(r#"{{"id":{id},"note":"n{id}"}}"#);
    let lines = |ids: &[i64]| ids.iter().map(|id| line(*id)).collect::<Vec<_>>().join(",");
    let script = Script::new([
        list_page(&lines(&[9, 3]), Some(&next("line_items", "b"))),
        list_page(&lines(&[3, 7]), Some(&next("line_items", "c"))),
        list_page(&lines(&[9, 7, 1]), None),
    ]);
    let items = clio(&script).line_items().list().select::<Priced>().items();
    let notes: Vec<_> = items.map_ok(|line| line.note).try_collect().await.unwrap();
    assert_eq!(notes, ["n9", "n3", "n7", "n1"]);
    // The id was asked for, and the selection never saw it.
    assert!(script.asked()[0].url.contains("fields=id%2Cnote"), "{}", script.asked()[0].url);
}

#[tokio::test(start_paused = true)]
async fn what_was_handed_out_is_known_after_a_suspension() {
    let page = |ids: [i64; 2], to: Option<&str>| {
        list_page(&records(ids), to.map(|to| next("line_items", to)).as_deref())
    };
    let script = Script::new([page([9, 3], Some("b")), page([3, 7], Some("c"))]);
    let mut items = clio(&script).line_items().list().items();
    let first: Vec<_> = items.by_ref().take(3).map_ok(|line| line.id.get()).try_collect().await.unwrap();
    assert_eq!(first, [9, 3, 7]);
    let script = Script::new([page([7, 9], Some("d")), page([3, 1], None)]);
    let rest = clio(&script).line_items().list().resume(items.suspend()).items();
    let rest: Vec<Id<LineItem>> = rest.map_ok(|line| line.id).try_collect().await.unwrap();
    assert_eq!(rest, [Id::new(1)]);
}

#[tokio::test(start_paused = true)]
async fn a_position_does_not_grow_with_the_list() {
    let link = |at: i64| next("line_items", &at.to_string());
    let page = |at: i64| list_page(&records(at * 200..(at + 1) * 200), Some(&link(at)));
    let script = Script::new((1..=30).map(page));
    let mut items = clio(&script).line_items().list().items();
    assert_eq!(items.by_ref().take(30 * 200 - 1).count().await, 5_999);
    let length = items.suspend().as_str().len();
    assert!((6_000..10_000).contains(&length), "{length}");
}

#[tokio::test(start_paused = true)]
async fn ids_that_are_text_are_known_too() {
    let script = Script::new([
        list_page(r#"{"id":"5-20260101"},{"id":"5-20260102"}"#, Some(&next("calendar_entries", "b"))),
        list_page(r#"{"id":"5-20260102"},{"id":17},{"id":"17"}"#, None),
    ]);
    let items = clio(&script).calendar_entries().list().items();
    assert_eq!(items.try_collect::<Vec<Json>>().await.unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_has_no_id_comes_as_it_stands() {
    // Events have none, and a contact may be related to a matter twice.
    let script = Script::new([list_page(r#"{"event":{"id":1}},{"event":{"id":1}}"#, None)]);
    assert_eq!(clio(&script).my_events().list().items().count().await, 2);
    // Of each page as many are passed by as were handed out of it, and no more.
    let event = r#"{"event":{"id":1}}"#;
    let two = format!("{event},{event}");
    let script = Script::new([
        list_page(&two, Some(&next("internal_notifications/my_events", "b"))),
        list_page(&two, Some(&next("internal_notifications/my_events", "c"))),
        list_page(&two, Some(&next("internal_notifications/my_events", "c"))),
        list_page(&two, None),
    ]);
    let clio_of_events = clio(&script);
    let mut items = clio_of_events.my_events().list().items();
    assert_eq!(items.by_ref().take(3).count().await, 3);
    let rest = clio_of_events.my_events().list().resume(items.suspend()).items();
    assert_eq!(rest.try_collect::<Vec<_>>().await.unwrap().len(), 3);
    let script = Script::new([list_page(&records([4, 4]), None)]);
    assert_eq!(clio(&script).matter_contacts().list(Id::new(1)).items().count().await, 2);
    // A folder and a document of the same number are two.
    let both = r#"{"type":"Folder","id":4,"etag":"e"},{"type":"Document","id":4,"etag":"e"},{"type":"Folder","id":4,"etag":"e"}"#;
    let script = Script::new([list_page(both, None)]);
    assert_eq!(clio(&script).folders().list_items().items().count().await, 2);
    assert!(script.asked()[0].url.contains("fields=type%2Cid%2Cetag"));
}

#[tokio::test(start_paused = true)]
async fn an_id_that_falls_ends_a_walk_in_the_order_of_ids() {
    let walk = async |pages: Vec<Answer>| {
        let script = Script::new(pages);
        kinds(clio(&script).matters().list().items().map_ok(|stub| stub.id.get()).collect().await)
    };
    let first = || list_page(&records([1, 5]), Some(&next("matters", "b")));
    // On a page and from one to the next. The page that is wrong is left out as a whole.
    assert_eq!(walk(vec![list_page(&records([2, 1]), None)]).await, [Err(ErrorKind::Paging)]);
    let fallen = vec![first(), list_page(&records([6, 4]), None)];
    assert_eq!(walk(fallen).await, [Ok(1), Ok(5), Err(ErrorKind::Paging)]);
    // The last one once more is no harm.
    let repeated = vec![first(), list_page(&records([5, 6]), None)];
    assert_eq!(walk(repeated).await, [Ok(1), Ok(5), Ok(6)]);
}

#[tokio::test(start_paused = true)]
async fn another_order_may_have_any_ids() {
    let script = Script::new([list_page(&records([9, 3, 4]), None)]);
    let list = clio(&script).matters().list().order(MatterOrder::DisplayNumberAsc);
    assert_eq!(list.items().try_collect::<Vec<_>>().await.unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_hundred_pages_without_a_new_record_are_no_list() {
    let empty = |at: usize| list_page("", Some(&next("matters", &at.to_string())));
    let script = Script::new((0..200).map(empty));
    let clio = clio(&script);
    let mut items = clio.matters().list().items();
    assert_eq!(items.next().await.unwrap().unwrap_err().kind(), ErrorKind::Paging);
    assert!(items.next().await.is_none());
    assert_eq!(script.asked().len(), 100);
    // Whoever insists may go on from there.
    let again = clio.matters().list().resume(items.suspend()).items().next().await;
    assert_eq!(again.unwrap().unwrap_err().kind(), ErrorKind::Paging);
    assert_eq!(script.asked().len(), 200);

    // A few are nothing to worry about, nor do pages count that bring only what is known.
    let script = Script::new((0..99).map(empty).chain([list_page(&record(1), None)]));
    assert_eq!(crate::script::clio(&script).matters().list().items().count().await, 1);
    let known = (0..150).map(|at| list_page(&record(1), Some(&next("line_items", &at.to_string()))));
    let script = Script::new(known);
    let lines = crate::script::clio(&script).line_items().list().items();
    assert_eq!(kinds(lines.map_ok(|line| line.id.get()).collect().await), [Ok(1), Err(ErrorKind::Paging)]);
    assert_eq!(script.asked().len(), 101);
}

#[tokio::test(start_paused = true)]
async fn the_total_may_change() {
    let page = |total: u64, id: i64, next: &str| {
        Answer::ok(&format!(
            r#"{{"data":[{}],"meta":{{"records":{total},"paging":{{{next}}}}}}}"#,
            record(id)
        ))
    };
    let link = r#""next":"https://app.clio.com/api/v4/matters.json?page_token=b""#;
    let script = Script::new([page(2, 1, link), page(1, 2, "")]);
    let mut items = clio(&script).matters().list().items();
    assert_eq!(items.total(), None);
    let mut totals = Vec::new();
    while let Some(item) = items.next().await {
        let item: clio_api::Stub<Matter> = item.unwrap();
        totals.push((item.id.get(), items.total()));
    }
    assert_eq!(totals, [(1, Some(2)), (2, Some(1))]);
}
