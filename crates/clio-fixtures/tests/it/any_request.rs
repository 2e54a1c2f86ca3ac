//! Whatever comes in, the world answers something that Clio could have answered, and never panics.

use bytes::Bytes;
use clio_core::schema::{OperationInfo, operations};
use clio_fixtures::ClioWorld;
use http::{Request, Response};
use proptest::{prelude::*, sample::select};
use serde_json::Value;

use crate::every_answer::sample_body;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Operations as they are documented, with parameters, ids and bodies that are wrong in every way.
    #[test]
    fn any_call_gets_an_answer_that_clio_could_give(
        operation in select(operations::ALL),
        ids in proptest::collection::vec(id(), 2),
        parameters in proptest::collection::vec((any::<prop::sample::Index>(), text()), 0..4),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), json()), 0..4),
        headers in proptest::collection::vec((select(HEADERS), "[ -~]{0,40}"), 0..2),
    ) {
        let world = world();
        let answer = call(&world, operation, &ids, &parameters, &changes, &headers);
        plausible(&answer).map_err(|why| TestCaseError::fail(format!("{}: {why}", operation.id)))?;
    }

    /// Bytes of no meaning.
    #[test]
    fn any_bytes_get_an_answer_that_clio_could_give(
        method in "[A-Z]{1,8}", target in "/[ -~]{0,60}", body in proptest::collection::vec(any::<u8>(), 0..200),
        below in select(vec!["", "/api/v4", "/oauth/token", "/oauth/authorize", "/api/v4/documents.json"]),
    ) {
        let world = world();
        let request = Request::builder()
            .method(method.as_str())
            .uri(format!("https://clio.test{below}{}", target.replace(['"', '<', '>', '\\', '^', '`', '{', '|', '}', ' ', '#'], "")))
            .header("authorization", format!("Bearer {}", world.token().access.expose()))
            .body(Bytes::from(body));
        if let Ok(request) = request {
            let answer = world.handle(request, now());
            plausible(&answer).map_err(TestCaseError::fail)?;
        }
    }
}

const HEADERS: &[&str] = &[
    "if-match",
    "if-none-match",
    "if-modified-since",
    "x-api-version",
    "accept",
    "range",
    "content-type",
    "host",
];

fn world() -> ClioWorld {
    ClioWorld::firm(7).matters(2).one_of_each().rate_limit(None).start()
}

fn id() -> impl Strategy<Value = String> {
    prop_oneof![4 => Just("1".to_owned()), 1 => any::<i64>().prop_map(|id| id.to_string()), 1 => "[a-z0-9%-]{1,12}"]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,30}",
        "\\PC{0,12}",
        any::<i64>().prop_map(|number| number.to_string()),
        select(vec![
            "true",
            "2026-03-02",
            "2026-03-02T09:00:00Z",
            "0001-01-01",
            "+262142-12-31",
            "id,etag",
            "id{x}",
            "a{b{c}}",
            "id(asc)",
            "1",
            "0",
            "-1",
            "99999999999999999999",
            ">=2020-01-01",
            "1e400",
        ])
        .prop_map(str::to_owned),
    ]
}

fn json() -> impl Strategy<Value = Value> {
    // The largest decimal that there is among them.
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(Value::from("79228162514264337593543950335")),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((select(MEMBERS), inner), 0..4).prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

const MEMBERS: &[&str] =
    &["id", "type", "_destroy", "name", "rates", "value", "custom_field", "rate", "user"];

fn call(
    world: &ClioWorld,
    operation: &OperationInfo,
    ids: &[String],
    parameters: &[(prop::sample::Index, String)],
    changes: &[(prop::sample::Index, Value)],
    headers: &[(&str, String)],
) -> Response<Bytes> {
    let mut path = operation.path.to_owned();
    for (parameter, id) in operation.path_parameters.iter().zip(ids) {
        path = path.replace(&format!("{{{}}}", parameter.name), id);
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (at, value) in parameters.iter().filter(|_| !operation.parameters.is_empty()) {
        query.append_pair(at.get(operation.parameters).name, value);
    }
    let mut body = sample_body(operation);
    for (at, value) in changes {
        let mut places = Vec::new();
        every_place(&body, String::new(), &mut places);
        if let Some(place) = body.pointer_mut(at.get(&places).as_str()) {
            *place = value.clone();
        }
    }
    let mut request = Request::builder()
        .method(operation.method)
        .uri(format!("https://clio.test/api/v4{path}?{}", query.finish()))
        .header("authorization", format!("Bearer {}", world.token().access.expose()));
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(Bytes::from(body.to_string())).expect("a request");
    world.handle(request, now())
}

/// The moment at which virtual clocks start.
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(1_772_442_000, 0).expect("a moment")
}

fn every_place(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                every_place(member, format!("{at}/{name}"), places);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                every_place(item, format!("{at}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(at);
}

/// A status that Clio is known to use, with a body that goes with it.
fn plausible(answer: &Response<Bytes>) -> Result<(), String> {
    let (status, body) = (answer.status().as_u16(), answer.body());
    let text = String::from_utf8_lossy(body);
    let json = serde_json::from_slice::<Value>(body);
    let mime = answer.headers().get("content-type").and_then(|mime| mime.to_str().ok()).unwrap_or_default();
    let fits = match status {
        204 | 304 => body.is_empty(),
        302 | 303 => answer.headers().contains_key("location"),
        200 | 201 if mime.starts_with("application/json") => json.is_ok(),
        200 | 201 => true,
        400..=499 if mime.contains("xml") => text.starts_with('<'),
        400 | 401 | 403 | 404 | 406 | 409 | 410 | 412 | 413 | 422 => {
            json.is_ok_and(|json| !json["error"].is_null())
        }
        _ => false,
    };
    if fits { Ok(()) } else { Err(format!("{status} {mime}: {text}")) }
}
