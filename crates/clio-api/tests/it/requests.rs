//! Every builder to its exact address; what is asked is what is decoded.

use std::{fmt::Debug, time::Duration};

use clio_api::{
    ActivityType, Amount, Applied, Clio, ErrorKind, Etag, Id, JsonBody, Limits, MatterStatus, Method, Region,
    Selection, objects,
};
use serde::{Deserialize, Deserializer};

use crate::script::{Answer, Script, builder, clio};

const API: &str = "https://app.clio.com/api/v4";

#[derive(Debug, Deserialize)]
pub(crate) struct Posted {
    id: Id<objects::Activity>,
    total: Amount,
    matter: Option<Number>,
}

#[derive(Debug, Deserialize)]
struct Number {
    display_number: String,
}

impl Selection<objects::Activity> for Posted {
    const FIELDS: &'static str = "id,total,matter{display_number}";
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

fn empty_list() -> Answer {
    Answer::ok(r#"{"data":[]}"#)
}

/// The address of the one request that `call` makes, its percent signs resolved.
async fn url_of<T: Debug, F: IntoFuture<Output = Result<T, clio_api::Error>>>(
    call: impl FnOnce(Clio) -> F,
) -> String {
    let script = Script::new([empty_list()]);
    call(clio(&script)).await.unwrap();
    assert_eq!(script.asked().len(), 1);
    script.asked()[0].url.strip_prefix(API).unwrap().replace("%2C", ",").replace("%3A", ":")
}

#[tokio::test(start_paused = true)]
async fn the_setters_of_every_list() {
    let moment = "2026-01-02T03:04:05.678+01:00".parse().unwrap();
    let matters = url_of(|clio| {
        clio.matters()
            .list()
            .status([MatterStatus::Open, MatterStatus::Pending])
            .updated_since(moment)
            .created_since(moment)
            .ids([Id::new(1), Id::new(2)])
            .query("a b")
            .client_id(Id::new(3))
    });
    assert_eq!(
        matters.await,
        "/matters.json?fields=id,etag&order=id%28asc%29&limit=200&status=open,pending\
         &updated_since=2026-01-02T02:04:05Z&created_since=2026-01-02T02:04:05Z\
         &ids%5B%5D=1&ids%5B%5D=2&query=a+b&client_id=3"
    );
    let users = url_of(|clio| {
        clio.users().list().enabled(true).name("Ada").ids([Id::new(1)]).updated_since(moment).limit(50)
    });
    assert_eq!(
        users.await,
        "/users.json?fields=id,etag&order=id%28asc%29&limit=50&enabled=true&name=Ada&ids%5B%5D=1\
         &updated_since=2026-01-02T02:04:05Z"
    );
    let activities = url_of(|clio| {
        clio.activities()
            .list()
            .matter_id(Id::new(1))
            .user_id(Id::new(2))
            .created_since(moment)
            .updated_since(moment)
            .start_date(moment)
            .end_date(moment)
            .r#type(ActivityType::TimeEntry)
            .query("x")
            .ids([Id::new(3)])
            .activity_description_id(Id::new(4))
    });
    assert_eq!(
        activities.await,
        "/activities.json?fields=id,etag&order=id%28asc%29&limit=200&matter_id=1&user_id=2\
         &created_since=2026-01-02T02:04:05Z&updated_since=2026-01-02T02:04:05Z&start_date=2026-01-02T02:04:05Z\
         &end_date=2026-01-02T02:04:05Z&type=TimeEntry&query=x&ids%5B%5D=3&activity_description_id=4"
    );
    // This list has no parameter `order`.
    let descriptions = url_of(|clio| {
        clio.activity_descriptions()
            .list()
            .updated_since(moment)
            .ids([Id::new(1)])
            .flat_rate(false)
            .user_id(Id::new(2))
    });
    assert_eq!(
        descriptions.await,
        "/activity_descriptions.json?fields=id,etag&limit=200&updated_since=2026-01-02T02:04:05Z\
         &ids%5B%5D=1&flat_rate=false&user_id=2"
    );
}

#[tokio::test(start_paused = true)]
async fn the_last_value_counts_and_the_own_order_too() {
    let url = url_of(|clio| {
        clio.matters()
            .list()
            .query("first")
            .query("second")
            .parameter("order", "updated_at(asc)")
            .parameter("limit", "1")
    });
    assert_eq!(url.await, "/matters.json?fields=id,etag&limit=1&query=second&order=updated_at%28asc%29");
    let url = url_of(|clio| clio.users().list().limit(0));
    assert_eq!(url.await, "/users.json?fields=id,etag&order=id%28asc%29&limit=1");
    let url = url_of(|clio| clio.matters().list().limit(9_999));
    assert!(url.await.ends_with("&limit=200"));
}

#[tokio::test(start_paused = true)]
async fn what_would_list_everything_is_refused_unsent() {
    let script = Script::new([]);
    let clio = clio(&script);
    let calls = [
        clio.matters().list().ids([]),
        clio.matters().list().status([]),
        clio.matters().list().parameter("matter", "1"),
        clio.matters().list().parameter("fields", "id"),
    ];
    for call in calls {
        let error = call.await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Configuration, Some("Matter#index")));
    }
    assert!(script.asked().is_empty());
}

#[tokio::test(start_paused = true)]
async fn one_record_with_the_fields_that_were_asked() {
    let script = Script::new([
        Answer::ok(r#"{"data":{"id":9,"etag":"\"e\""}}"#),
        Answer::new(201, r#"{"data":{"id":7,"total":19.90,"matter":{"display_number":"00001"}}}"#),
    ]);
    let clio = clio(&script);

    let me = clio.users().who_am_i().await.unwrap();
    assert_eq!((me.id, me.etag), (Id::new(9), Etag::new("\"e\"")));

    let body = JsonBody::new(r#"{"type":"TimeEntry","date":"2026-03-14"}"#);
    let posted = clio.activities().create(body).select::<Posted>().await.unwrap();
    assert_eq!((posted.id, posted.total.to_string().as_str()), (Id::new(7), "19.90"));
    assert_eq!(posted.matter.unwrap().display_number, "00001");

    let asked = script.asked();
    assert_eq!(asked[0].url, format!("{API}/users/who_am_i.json?fields=id%2Cetag"));
    assert_eq!(asked[1].method, "POST");
    assert_eq!(asked[1].url, format!("{API}/activities.json?fields=id%2Ctotal%2Cmatter%7Bdisplay_number%7D"));
    assert_eq!(asked[1].body, r#"{"data":{"type":"TimeEntry","date":"2026-03-14"}}"#);
    assert_eq!(asked[1].bearer.as_deref(), Some("old"));
    assert_eq!(clio.requests_sent(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_server_is_not_repeated() {
    let script = Script::new([Answer::new(502, "<html>"), Answer::lost()]);
    let clio = clio(&script);
    let create = || clio.activities().create(JsonBody::new("{}"));
    let error = create().await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Server, Applied::Perhaps));
    let error = create().await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Interrupted, Applied::Perhaps));
    assert_eq!(error.operation(), Some("Activity#create"));
    assert_eq!(script.asked().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn limits_are_the_clients_or_the_calls() {
    let slow = || Answer::ok(r#"{"data":{"id":9,"etag":"e"}}"#).after(Duration::from_secs(20));
    let script = Script::new([slow(), slow(), slow()]);
    let limits = |seconds| Limits { total: Duration::from_secs(seconds), ..Limits::default() };
    let clio = builder(&script).limits(limits(10)).build().unwrap();
    assert_eq!(clio.users().who_am_i().await.unwrap_err().kind(), ErrorKind::Timeout);
    assert!(clio.users().who_am_i().with_limits(limits(21)).await.is_ok());
    let small = Limits { max_body: 5, ..limits(21) };
    assert_eq!(clio.users().who_am_i().with_limits(small).await.unwrap_err().kind(), ErrorKind::TooLarge);
}

#[tokio::test(start_paused = true)]
async fn past_the_last_moment_nothing_is_sent() {
    let script = Script::new([]);
    let clio = clio(&script);
    clio.clock().sleep(Duration::from_secs(5)).await;
    let call = clio.activities().create(JsonBody::new("{}")).with_send_by(Duration::from_secs(4));
    let error = call.await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Timeout, Applied::No));
    assert_eq!((script.asked().len(), clio.requests_sent()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn raw_answers_any_status() {
    let script = Script::new([Answer::new(422, "no"), Answer::ok("{}"), empty_list()]);
    let clio = clio(&script);
    let answer = clio.raw(Method::GET, "bills.json").query("state", "a b").send().await.unwrap();
    assert_eq!((answer.status.as_u16(), &answer.body[..]), (422, &b"no"[..]));
    let body = serde_json::json!({"data": {"state": "draft"}});
    clio.raw(Method::PATCH, "/bills/7.json").json(&body).send().await.unwrap();
    assert!(clio.matters().list().raw().await.is_ok());

    let asked = script.asked();
    assert_eq!(asked[0].url, format!("{API}/bills.json?state=a+b"));
    assert_eq!((asked[1].method.as_str(), asked[1].body.as_str()), ("PATCH", body.to_string().as_str()));
}

#[tokio::test(start_paused = true)]
async fn raw_takes_headers_and_the_token_is_always_the_clients() {
    let script = Script::new([Answer::ok("{}")]);
    let call =
        clio(&script).raw(Method::PUT, "/x").header("If-Match", "\"e\"").header("Authorization", "mine");
    assert!(!format!("{call:?}").contains("mine"));
    call.send().await.unwrap();
    let asked = &script.asked()[0];
    assert_eq!(asked.if_match.as_deref(), Some("\"e\""));
    assert_eq!(asked.bearer.as_deref(), Some("old"));
    for (name, value) in [("a b", "c"), ("a", "\n")] {
        let error = clio(&script).raw(Method::GET, "/x").header(name, value).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
    }
}

#[tokio::test(start_paused = true)]
async fn the_token_stays_below_the_api() {
    let script = Script::new([]);
    for path in ["../../oauth/token", "/../elsewhere.json", "%2e%2e/x"] {
        let error = clio(&script).raw(Method::GET, path).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{path}");
    }
    assert!(script.asked().is_empty());
}

#[tokio::test(start_paused = true)]
async fn no_debug_shows_a_token() {
    let script = Script::new([]);
    let builder = builder(&script);
    let unbuilt = format!("{builder:?}");
    let clio = builder.build().unwrap();
    let calls = (
        clio.users().who_am_i(),
        clio.matters().list().query("Ada"),
        clio.raw(Method::GET, "/x").query("name", "Ada"),
    );
    let shown = format!("{unbuilt} {clio:?} {calls:?}");
    for secret in ["old", "refresh-1", "s3cret", "Ada"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn without_a_token_there_is_no_client() {
    let error = Clio::builder(Region::Us).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}

#[test]
fn what_is_shared_can_be_sent() {
    fn sendable<T: Send>(_: T) {}
    let _ = |clio: Clio| {
        sendable(clio.matters().list().into_future());
        sendable(clio.matters().list().items());
        sendable(clio.matters().list().raw());
        sendable(clio.reserve(Duration::ZERO));
    };
}
