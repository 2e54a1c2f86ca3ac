//! Walks that are put down and taken up again.

use clio_api::{
    Clio, Error, ErrorKind, Id, Items, Page, PageToken, Pages, Position, Region, Selection, Stub,
    objects::Matter, op,
};
use futures_util::{Stream, StreamExt, TryStreamExt};

use crate::script::{Answer, Script, builder, clio, list_page, record, records, token_ending_at};

const NEXT: &str = "https://app.clio.com/api/v4/matters.json?page_token=";

type Matters = Items<op::ListMatters, Stub<Matter>>;

fn next(name: &str) -> String {
    format!("{NEXT}{name}")
}

async fn some(items: &mut Matters, count: usize) -> Vec<i64> {
    items.take(count).map_ok(|stub| stub.id.get()).try_collect().await.unwrap()
}

/// The rest of the walk, by another client that knows only the text.
async fn rest(position: &Position, answers: impl IntoIterator<Item = Answer>) -> (Vec<i64>, Vec<String>) {
    let stored: Position = serde_json::from_str(&serde_json::to_string(position).unwrap()).unwrap();
    let script = Script::new(answers);
    let items = clio(&script).matters().list().resume(stored).items();
    let rest = items.map_ok(|stub| stub.id.get()).try_collect().await.unwrap();
    (rest, script.asked().into_iter().map(|asked| asked.url).collect())
}

#[test]
fn the_streams_can_be_held_and_sent() {
    fn holds<T: Stream + Unpin + Send + 'static>() {}
    holds::<Matters>();
    holds::<Pages<op::ListMatters, Stub<Matter>>>();
}

#[tokio::test(start_paused = true)]
async fn a_walk_goes_on_behind_the_last_record_that_was_handed_out() {
    let script = Script::new([
        list_page(&records([1, 2]), Some(&next("b"))),
        list_page(&records([3, 4, 5]), Some(&next("c"))),
    ]);
    let mut items = clio(&script).matters().list().items();
    assert_eq!(some(&mut items, 4).await, [1, 2, 3, 4]);
    // Meanwhile 3 and 4 are deleted, and the page has slid on.
    let again = [list_page(&records([5, 6]), Some(&next("d"))), list_page(&records([7]), None)];
    let (rest, asked) = rest(&items.suspend(), again).await;
    assert_eq!(rest, [5, 6, 7]);
    assert_eq!(asked, [format!("{NEXT}b"), format!("{NEXT}d")]);
}

#[tokio::test(start_paused = true)]
async fn at_the_end_of_a_page_the_next_one_is_asked_for() {
    let script = Script::new([list_page(&records([1, 2]), Some(&next("b")))]);
    let mut items = clio(&script).matters().list().items();
    some(&mut items, 2).await;
    let (rest, asked) = rest(&items.suspend(), [list_page(&records([3]), None)]).await;
    assert_eq!((rest, asked), (vec![3], vec![format!("{NEXT}b")]));
}

#[tokio::test(start_paused = true)]
async fn a_walk_can_be_suspended_before_it_begins() {
    let script = Script::new([]);
    let items = clio(&script).matters().list().limit(2).client_id(Id::new(9)).items();
    let (rest, asked) = rest(&items.suspend(), [list_page(&records([1]), None)]).await;
    assert_eq!(rest, [1]);
    // The position stands for the whole query.
    assert!(asked[0].contains("client_id=9") && asked[0].contains("limit=2"), "{asked:?}");
    assert!(script.asked().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_finished_walk_resumes_as_finished() {
    let script = Script::new([list_page(&record(1), None)]);
    let mut items = clio(&script).matters().list().items();
    let before = items.suspend();
    assert_eq!(some(&mut items, 9).await, [1]);
    let position = items.suspend();
    assert_eq!((before.is_finished(), position.is_finished()), (false, true));
    let (nothing, asked) = rest(&position, []).await;
    assert!(nothing.is_empty() && asked.is_empty());

    let call = || clio(&script).matters().list().resume(position.clone());
    let page = call().await.unwrap();
    assert_eq!((page.records.len(), page.next, page.total), (0, None, Some(5)));
    assert_eq!(call().raw().await.unwrap_err().kind(), ErrorKind::Paging);
    let again = call().items().suspend();
    assert!(again.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_server_fault_is_no_end() {
    let script = Script::new([
        list_page(&records([1, 2]), Some(&next("b"))),
        Answer::new(503, ""),
        list_page(&records([3]), None),
    ]);
    let clio = clio(&script);
    let mut items = clio.matters().list().items();
    assert_eq!(some(&mut items, 2).await, [1, 2]);
    assert_eq!(items.next().await.unwrap().unwrap_err().kind(), ErrorKind::Server);
    assert!(items.next().await.is_none());
    let mut items = clio.matters().list().resume(items.suspend()).items();
    assert_eq!(some(&mut items, 9).await, [3]);
    assert_eq!(script.asked()[2].url, format!("{NEXT}b"));

    // In the middle of a page that fails when it is read again, too.
    let script =
        Script::new([list_page(&records([1, 2]), None), Answer::lost(), list_page(&records([1, 2]), None)]);
    let clio = builder(&script).build().unwrap();
    let mut items = clio.matters().list().items();
    some(&mut items, 1).await;
    let mut items = clio.matters().list().resume(items.suspend()).items();
    assert_eq!(items.next().await.unwrap().unwrap_err().kind(), ErrorKind::Interrupted);
    let mut items = clio.matters().list().resume(items.suspend()).items();
    assert_eq!(some(&mut items, 9).await, [2]);
}

#[tokio::test(start_paused = true)]
async fn a_bad_record_is_passed_by_a_suspension_as_well() {
    let page = || list_page(r#"{"id":1,"etag":"e"},{"id":2},{"id":"x"},{"id":4,"etag":"e"}"#, None);
    let script = Script::new([page(), page(), page()]);
    let mut items = clio(&script).matters().list().items();
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(items.next().await.unwrap().map(|stub| stub.id.get()).map_err(|error| error.kind()));
        items = clio(&script).matters().list().resume(items.suspend()).items();
    }
    // What has no id to be known by is counted.
    assert_eq!(seen, [Ok(1), Err(ErrorKind::Decode), Err(ErrorKind::Decode)]);
    let script = Script::new([page()]);
    let mut items = clio(&script).matters().list().resume(items.suspend()).items();
    assert_eq!(some(&mut items, 9).await, [4]);
}

#[tokio::test(start_paused = true)]
async fn pages_and_items_take_up_each_other() {
    let script = Script::new([
        list_page(&records([1, 2]), Some(&next("b"))),
        list_page(&records([1, 2]), Some(&next("b"))),
        list_page(&records([3]), None),
    ]);
    let clio = clio(&script);
    let mut items = clio.matters().list().items();
    some(&mut items, 1).await;
    let mut pages = clio.matters().list().resume(items.suspend()).pages();
    let ids = |page: Page<Stub<Matter>>| {
        page.records.into_iter().map(|record| record.unwrap().id.get()).collect::<Vec<_>>()
    };
    assert_eq!(pages.total(), Some(5));
    assert_eq!(ids(pages.next().await.unwrap().unwrap()), [2]);
    let mut items = clio.matters().list().resume(pages.suspend()).items();
    assert_eq!(some(&mut items, 9).await, [3]);
    assert_eq!(items.total(), Some(5));
}

#[tokio::test(start_paused = true)]
async fn the_page_that_is_being_read_is_read_again() {
    let slow = list_page(&records([3]), None).after(std::time::Duration::from_secs(9));
    let script = Script::new([list_page(&records([1]), Some(&next("b"))), slow]);
    let mut items = clio(&script).matters().list().items();
    some(&mut items, 1).await;
    assert!(futures_util::FutureExt::now_or_never(items.next()).is_none());
    let (rest, _) = rest(&items.suspend(), [list_page(&records([3]), None)]).await;
    assert_eq!(rest, [3]);
    // Nor has the stream itself lost anything by it.
    assert_eq!(some(&mut items, 9).await, [3]);
}

#[tokio::test(start_paused = true)]
async fn a_position_is_good_for_its_own_list_only() {
    #[derive(Debug, Selection)]
    #[clio(object = "Matter")]
    struct Numbered {
        id: Id<Matter>,
        display_number: String,
    }

    let script = Script::new([list_page(&records([1, 2]), Some(&next("secret")))]);
    let clio = clio(&script);
    let mut items = clio.matters().list().items();
    some(&mut items, 1).await;
    let position = items.suspend();
    let refused = |error: Error| {
        assert_eq!(error.kind(), ErrorKind::Paging);
        let shown = format!("{error} {error:?} {position:?}");
        assert!(!shown.contains("secret") && !shown.contains("page_token"), "{shown}");
        error.message().to_owned()
    };
    let at = || position.clone();

    let error = clio.users().list().resume(at()).await.unwrap_err();
    assert_eq!(refused(error), "the position is one of Matter#index");
    let error = clio.matters().list().select::<Numbered>().resume(at()).await.unwrap_err();
    assert_eq!(refused(error), "the position is one of another selection");
    let elsewhere = Clio::builder(Region::Eu).token(token_ending_at(86_400)).transport(script.clone());
    let mut items = elsewhere.build().unwrap().matters().list().resume(at()).items();
    refused(items.next().await.unwrap().unwrap_err());
    // And is not lost by the attempt.
    assert_eq!(items.suspend(), position);

    let of_matter = |id| clio.matter_contacts().list(Id::new(id));
    let position = of_matter(7).items().suspend();
    assert_eq!(refused(of_matter(8).resume(position).await.unwrap_err()), "the link leads to another list");
    assert_eq!(script.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_position_of_another_version_is_refused_by_name() {
    let script = Script::new([]);
    let clio = clio(&script);
    let current = clio.matters().list().items().suspend();
    assert!(current.as_str().starts_with(r#"{"version":1,"#), "{}", current.as_str());
    for (text, message) in [
        (r#"{"version":2,"new":"shape"}"#, "the position has version 2, and this library reads version 1"),
        (r#"{"version":1}"#, "the position cannot be read"),
        ("{", "the position cannot be read"),
        ("nonsense", "the link to the next page leads away from the configured host"),
        ("", "the link to the next page leads away from the configured host"),
    ] {
        let error = clio.matters().list().resume(Position::new(text)).await.unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Paging, message), "{text}");
    }
    // What a later release of the same version adds is passed over.
    let added = current.as_str().replacen('{', r#"{"added":[1],"#, 1);
    let script = Script::new([list_page(&record(1), None)]);
    let mut items = crate::script::clio(&script).matters().list().resume(Position::new(added)).items();
    assert_eq!(some(&mut items, 9).await, [1]);
}

/// What this version writes has to be readable for ever.
#[tokio::test(start_paused = true)]
async fn what_was_stored_by_the_first_version_is_read() {
    for stored in [
        r#"{"version":1,"operation":"Matter#index","fields":"id,etag","at":{"page":"https://app.clio.com/api/v4/matters.json?page_token=b"},"marks":{"by_id":{"last":3,"keyless":0}},"passed":2,"capped":false,"total":5}"#,
        r#"{"version":1,"operation":"Matter#index","fields":"id,etag","at":{"page":"https://app.clio.com/api/v4/matters.json?page_token=b"},"marks":{"other":{"recent":[1,2,3,"a-1"],"keyless":0}},"passed":2,"capped":true,"total":null}"#,
    ] {
        let (rest, asked) = rest(&Position::new(stored), [list_page(&records([3, 4]), None)]).await;
        assert_eq!((rest, asked), (vec![4], vec![format!("{NEXT}b")]));
    }
    // A page's own token, which earlier versions stored.
    let token: PageToken = serde_json::from_str(&format!("\"{NEXT}b\"")).unwrap();
    let (as_token, _) = rest(&token.into(), [list_page(&records([3, 4]), None)]).await;
    let text: Position = serde_json::from_str(&format!("\"{NEXT}b\"")).unwrap();
    let (as_text, _) = rest(&text, [list_page(&records([3, 4]), None)]).await;
    assert_eq!((as_token, as_text), (vec![3, 4], vec![3, 4]));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_wrong_loses_no_position() {
    let script = Script::new([list_page(&record(1), None)]);
    let clio = clio(&script);
    let mut items = clio.matters().list().parameter("nonsense", "1").items();
    assert_eq!(items.next().await.unwrap().unwrap_err().kind(), ErrorKind::Configuration);
    // Nothing was asked yet: the walk begins.
    let mut items = clio.matters().list().resume(items.suspend()).items();
    assert_eq!(some(&mut items, 9).await, [1]);
}
