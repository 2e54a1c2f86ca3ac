//! What a selection makes of an answer.

use clio_core::{
    Amount, Base, Error, ErrorKind, FieldTree, Id, Page, Reference, Seconds, Selection,
    response::{self, RawResponse},
    schema::{
        Object, Operation,
        objects::{Activity, Contact, Matter, User},
        operations::{GetMatter, ListMatters},
    },
    values::{ActivityType, MatterStatus},
};
use http::{HeaderMap, StatusCode};

#[derive(Debug, PartialEq, Selection)]
#[clio(object = "Contact")]
struct ClientName {
    id: Id<Contact>,
    name: String,
    title: Option<String>,
}

#[derive(Debug, PartialEq, Selection)]
#[clio(object = "Matter")]
struct OpenMatter {
    id: Id<Matter>,
    display_number: String,
    status: MatterStatus,
    client: Option<ClientName>,
    #[clio(default)]
    billable: bool,
}

fn answer(body: &str) -> RawResponse {
    RawResponse { status: StatusCode::OK, headers: HeaderMap::new(), body: body.to_owned().into() }
}

fn list<O: Object, S: Selection<O>>(body: &str) -> Page<S> {
    let base = Base::parse("https://x.example/api/v4").unwrap();
    response::list::<O, S>(&answer(body), ListMatters::INFO, &base).unwrap()
}

fn matter(json: &str) -> Result<OpenMatter, Error> {
    clio_core::decode::<Matter, _>(json)
}

fn told(error: &Error) -> (Option<&str>, &str) {
    (error.path(), error.message())
}

#[test]
fn a_record_is_decoded_whatever_its_order() {
    let ordered = matter(
        r#"{"id":7,"display_number":"7","status":"Open","client":{"id":1,"name":"Ada","title":null},"billable":true}"#,
    )
    .unwrap();
    let mixed = matter(
        r#"{"billable":true,"more":[{"id":"x"}],"client":{"name":"Ada","id":"1"},"status":"Open","display_number":"7","id":7,"etag":null}"#,
    )
    .unwrap();
    assert_eq!(ordered, mixed);
    assert_eq!((ordered.id.get(), ordered.status, ordered.billable), (7, MatterStatus::Open, true));
    assert_eq!(ordered.client.unwrap(), ClientName { id: Id::new(1), name: "Ada".into(), title: None });
}

#[test]
fn null_and_absence_fill_options_and_defaults() {
    for json in [
        r#"{"id":7,"display_number":"7","status":"Open","client":null,"billable":null}"#,
        r#"{"id":7,"display_number":"7","status":"Open"}"#,
    ] {
        let matter = matter(json).unwrap();
        assert_eq!((matter.client, matter.billable), (None, false));
    }
}

#[test]
fn null_and_absence_are_errors_without_option() {
    let error = matter(r#"{"id":7,"status":"Open"}"#).unwrap_err();
    assert_eq!(
        told(&error),
        (
            Some("display_number"),
            "the answer does not decode: missing field `display_number`, where the selection takes no `Option`"
        )
    );
    let error = matter(r#"{"id":7,"display_number":null,"status":"Open"}"#).unwrap_err();
    assert_eq!(
        told(&error),
        (Some("display_number"), "the answer does not decode: null, where the selection takes no `Option`")
    );
}

#[test]
fn a_bad_record_of_a_list_is_told_apart_with_its_path() {
    let good = r#"{"id":1,"display_number":"1","status":"Open","client":{"id":1,"name":"Ada"}}"#;
    let page = list::<Matter, OpenMatter>(&format!(
        r#"{{"data":[{good},{{"id":2,"display_number":"2","status":"Open","client":{{"id":1,"name":5}}}},{good},
            {{"id":4,"display_number":"4","status":"Open","client":{{"id":1}}}},{{"id":"four"}},7],"meta":{{"records":6}}}}"#
    ));
    let paths: Vec<_> = page.records.iter().map(|r| r.as_ref().err().and_then(Error::path)).collect();
    assert_eq!(
        paths,
        [
            None,
            Some("data[1].client.name"),
            None,
            Some("data[3].client.name"),
            Some("data[4].id"),
            Some("data[5]")
        ]
    );
    assert_eq!(page.total, Some(6));
    let error = page.records[1].as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.message(), "the answer does not decode: invalid type: integer, expected a string");
}

#[test]
fn a_whole_page_is_decoded_at_once() {
    let page = list::<Matter, OpenMatter>(
        r#"{"data":[{"id":1,"display_number":"1","status":"Archived"}],"meta":{"records":1,"paging":{"next":"https://x.example/api/v4/matters.json?page_token=p"}}}"#,
    );
    assert_eq!(page.records[0].as_ref().unwrap().status, MatterStatus::Unknown("Archived".into()));
    assert_eq!((page.total, page.next.is_some()), (Some(1), true));
}

#[test]
fn one_record_of_an_answer() {
    let one = |body| response::one::<Matter, OpenMatter>(&answer(body), GetMatter::INFO);
    assert_eq!(one(r#"{"data":{"id":1,"display_number":"1","status":"Open"}}"#).unwrap().id, Id::new(1));
    let error = one(r#"{"data":{"id":1,"display_number":"1","status":"Open","client":[]}}"#).unwrap_err();
    assert_eq!(error.path(), Some("data.client"));
    assert_eq!(one(r#"{"datum":1}"#).unwrap_err().kind(), ErrorKind::Decode);
}

#[test]
fn a_redacted_object_is_told() {
    let json = |client| format!(r#"{{"id":7,"display_number":"7","status":"Open","client":{client}}}"#);
    let good = matter(&json(r#"{"id":1,"name":"Ada","redacted":true}"#)).unwrap();
    assert_eq!(good.client.unwrap().title, None);
    for client in [r#"{"redacted":true,"id":1}"#, r#"{"id":1,"name":null,"redacted":true}"#] {
        let error = matter(&json(client)).unwrap_err();
        assert_eq!(error.path(), Some("client.name"), "{client}");
        assert!(error.message().ends_with("; Clio has redacted the object for this user"), "{error}");
    }
    let error = matter(&json(r#"{"id":1,"name":null,"redacted":false}"#)).unwrap_err();
    assert!(!error.message().contains("redacted"), "{error}");
}

#[test]
fn numbers_come_from_their_text() {
    #[derive(Selection)]
    #[clio(object = "Activity")]
    struct Work {
        #[clio(rename = "type")]
        kind: ActivityType,
        quantity: Option<Seconds>,
        #[clio(default)]
        price: Amount,
        total: Option<Amount>,
        #[clio(rename = "user")]
        who: Reference<User>,
    }
    let work: Work = clio_core::decode::<Activity, _>(
        r#"{"type":"TimeEntry","quantity":1800.0,"price":12345678901234567.89,"total":"0.10","user":{"id":"3"}}"#,
    )
    .unwrap();
    assert_eq!((work.kind, work.quantity), (ActivityType::TimeEntry, Some(Seconds(1_800))));
    assert_eq!(work.price.to_string(), "12345678901234567.89");
    assert_eq!(work.total.unwrap().to_string(), "0.10");
    assert_eq!(work.who.id.get(), 3);
    let error = clio_core::decode::<Activity, Work>(r#"{"type":"TimeEntry","price":"much"}"#);
    assert_eq!(error.err().as_ref().and_then(Error::path), Some("price"));
    let hidden = r#"{"type":"TimeEntry","price":null,"user":{"id":3}}"#;
    let work: Work = clio_core::decode::<Activity, _>(hidden).unwrap();
    assert_eq!((work.price, work.total), (Amount::default(), None));
}

#[test]
fn a_list_is_decoded_in_place() {
    #[derive(Debug, Selection)]
    #[clio(object = "Matter")]
    struct Related {
        relationships: Vec<Reference<clio_core::schema::objects::Relationship>>,
        #[clio(default)]
        custom_field_values: Vec<clio_core::Json>,
    }
    let related: Related =
        clio_core::decode::<Matter, _>(r#"{"relationships":[{"id":1},{"id":2}],"custom_field_values":null}"#)
            .unwrap();
    assert_eq!(related.relationships.iter().map(|r| r.id.get()).collect::<Vec<_>>(), [1, 2]);
    assert!(related.custom_field_values.is_empty());
    let error = clio_core::decode::<Matter, Related>(r#"{"relationships":[{"id":1},null]}"#).unwrap_err();
    assert_eq!(error.path(), Some("relationships[1]"));
}

#[test]
fn flattened_fields_are_found() {
    #[derive(Debug, PartialEq, Selection)]
    #[clio(object = "Matter")]
    struct Head {
        id: Id<Matter>,
        description: Option<String>,
    }
    #[derive(Debug, PartialEq, Selection)]
    #[clio(object = "Matter")]
    struct Middle {
        #[clio(flatten)]
        head: Head,
        number: Option<i64>,
    }
    #[derive(Debug, PartialEq, Selection)]
    #[clio(object = "Matter")]
    struct Whole {
        display_number: String,
        #[clio(flatten)]
        middle: Middle,
        #[clio(flatten)]
        state: State,
        billable: bool,
    }
    #[derive(Debug, PartialEq, Selection)]
    #[clio(object = "Matter")]
    struct State {
        status: MatterStatus,
    }
    let whole: Whole = clio_core::decode::<Matter, _>(
        r#"{"number":3,"status":"Closed","id":7,"billable":true,"display_number":"7","unasked":{}}"#,
    )
    .unwrap();
    let head = Head { id: Id::new(7), description: None };
    let expected = Whole {
        display_number: "7".into(),
        middle: Middle { head, number: Some(3) },
        state: State { status: MatterStatus::Closed },
        billable: true,
    };
    assert_eq!(whole, expected);
    let error = clio_core::decode::<Matter, Whole>(r#"{"display_number":"7","status":"x","billable":true}"#);
    assert_eq!(error.unwrap_err().path(), Some("id"));
}

#[test]
fn records_take_what_is_known_at_run_time() {
    let asked = std::sync::Arc::new(FieldTree::parse(Matter::INFO, "id,client{name}").unwrap());
    let base = Base::parse("https://x.example/api/v4").unwrap();
    let body = r#"{"data":[{"id":1,"client":{"name":"Ada"}},5,{"id":3,"client":null}]}"#;
    let page = response::list_records(&answer(body), ListMatters::INFO, &base, &asked).unwrap();
    assert_eq!(page.records[0].as_ref().unwrap().text("client.name").unwrap(), Some("Ada"));
    assert_eq!(page.records[1].as_ref().unwrap_err().path(), Some("data[1]"));
    assert_eq!(page.records[2].as_ref().unwrap().text("client.name").unwrap(), None);
    let one = response::one_record(&answer(r#"{"data":{"id":1}}"#), GetMatter::INFO, &asked).unwrap();
    assert_eq!(one.id::<Matter>("id").unwrap(), Some(Id::new(1)));
}
