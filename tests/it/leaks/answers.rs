//! Answers that quote: refusals of every shape, faults, and records that are not as they should be.

use clio_api::{
    Amount, Clio, Error, ErrorKind, Id, JsonBody, Selection, Stub, choices::MatterStatus, chrono, objects,
};
use clio_fixtures::Fault;
use data_encoding::BASE64;
use http::Method;
use serde_json::{Value, json};

use super::{
    bench::{Bench, answer, quoted},
    harness::{FIRST, NAME},
};

/// One call of each sort, all of them with a name in it.
async fn calls(clio: &Clio, matter: i64) -> Vec<Result<(), Error>> {
    let name = format!("{FIRST} {NAME}");
    let note = json!({"type": "TimeEntry", "date": "2026-03-02", "quantity": 60, "note": name}).to_string();
    let id = Id::new(matter);
    let list = clio.contacts().list().query(&name);
    let create = clio.activities().create(JsonBody::new(note));
    let update = clio.matters().update(id).description(name.clone()).if_match(&clio_api::Etag::new("\"e\""));
    let raw = clio.raw(Method::GET, format!("/contacts.json?query={name}")).query("query", &name);
    for shown in [format!("{list:?}"), format!("{create:?}"), format!("{update:?}"), format!("{raw:?}")] {
        assert!(!shown.contains(NAME) && !shown.contains(FIRST), "{shown}");
    }
    vec![
        list.await.map(drop),
        clio.matters().get(id).await.map(drop),
        create.await.map(drop),
        update.await.map(drop),
        clio.activities().delete(Id::new(1)).await,
        clio.documents().download(Id::new(1)).await.map(drop),
        raw.send().await.map(drop),
    ]
}

/// The bodies in which a refusal may come.
fn shapes(told: &str) -> Vec<String> {
    let object = json!({"error": {"type": "ArgumentError", "message": told}}).to_string();
    vec![
        object.clone(),
        json!({"error": {"type": told, "message": told, "errors": {NAME: [told], "note": told, told: {"a": told}}}})
            .to_string(),
        json!({"error": told, "error_description": told}).to_string(),
        json!({"error": NAME}).to_string(),
        json!({"data": BASE64.encode(object.as_bytes()), "metadata": {"encodingDecoded": "text/plain"}}).to_string(),
        object[..object.len() / 2].to_owned(),
        format!("<html><h1>{told}"),
        json!(told).to_string(),
        told.to_owned(),
        String::new(),
    ]
}

#[tokio::test(start_paused = true)]
async fn no_refusal_shows_what_it_quotes() {
    let statuses = [200, 201, 302, 304, 400, 401, 403, 404, 406, 409, 410, 412, 418, 422, 429, 500, 502, 503];
    for status in statuses {
        for shape in 0..shapes("").len() {
            let bench = Bench::new();
            let clio = bench.clio_with(move |head, body| {
                let mut answer = answer(status, shapes(&quoted(head, body)).swap_remove(shape));
                for name in ["location", "etag", "retry-after", "x-ratelimit-reset", "x-api-version"] {
                    let told = format!("https://elsewhere.example/{NAME}");
                    answer.headers_mut().insert(name, told.parse().expect("a header"));
                }
                Some(answer)
            });
            for result in calls(&clio, bench.matter()).await {
                let Some(error) = bench.heard(result) else { continue };
                bench.harness.show(error.fields());
                if status == 422 && shape == 0 {
                    assert_eq!(error.kind(), ErrorKind::Invalid);
                    assert!(error.message().contains(NAME), "people are told all of it");
                    assert!(error.to_string().contains("ArgumentError"));
                }
            }
            assert!(bench.harness.heard("otel.name"), "spans were heard");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_fault_shows_what_was_sent() {
    for fault in Fault::ALL {
        let bench = Bench::new();
        bench.world.faults().always("", "", *fault);
        let clio = bench.clio();
        for result in calls(&clio, bench.matter()).await {
            bench.heard(result);
        }
    }
}

#[derive(Debug, Selection)]
#[clio(object = "Matter")]
#[allow(dead_code, reason = "decoded only")]
struct Everything {
    id: Id<objects::Matter>,
    display_number: String,
    status: MatterStatus,
    billable: bool,
    open_date: chrono::NaiveDate,
    created_at: chrono::DateTime<chrono::Utc>,
    client: Option<Named>,
    custom_field_values: Vec<Valued>,
}

#[derive(Debug, Selection)]
#[clio(object = "Contact")]
#[allow(dead_code, reason = "decoded only")]
struct Named {
    id: Id<objects::Contact>,
    name: String,
}

#[derive(Debug, Selection)]
#[clio(object = "CustomFieldValueBase")]
#[allow(dead_code, reason = "decoded only")]
struct Valued {
    field_name: String,
    value: clio_api::Json,
}

#[derive(Debug, Selection)]
#[clio(object = "Activity")]
#[allow(dead_code, reason = "decoded only")]
struct Priced {
    price: Option<Amount>,
    quantity: Option<clio_api::Seconds>,
}

/// A record in which one place after the other holds something strange that has a name in it.
#[tokio::test(start_paused = true)]
async fn no_record_that_does_not_decode_is_quoted() {
    let bench = Bench::new();
    let strange = [
        json!(format!("{FIRST} {NAME}")),
        json!({NAME: NAME}),
        json!([NAME]),
        json!({"id": NAME, "name": NAME}),
        json!([{"value": {NAME: NAME}, "field_name": 7}]),
        json!(90_125.5),
        json!(null),
        json!(true),
    ];
    let places = [
        "id",
        "display_number",
        "status",
        "billable",
        "open_date",
        "created_at",
        "client",
        "custom_field_values",
    ];
    let good = json!({
        "id": 7, "display_number": NAME, "status": "Open", "billable": true, "open_date": "2026-03-02",
        "created_at": "2026-03-02T09:00:00Z", "client": {"id": 8, "name": NAME},
        "custom_field_values": [{"field_name": NAME, "value": NAME}],
    });
    let mut bodies: Vec<String> =
        vec![json!(NAME).to_string(), NAME.into(), format!("{{\"data\":\"{NAME}\"}}")];
    for place in places {
        for value in &strange {
            let mut record = good.clone();
            record[place] = value.clone();
            bodies.push(json!({"data": record}).to_string());
            bodies.push(json!({"data": [record, good], "meta": {"records": NAME}}).to_string());
            bodies.push(json!({"data": [record, good], "meta": {"paging": {"next": NAME}}}).to_string());
            bodies.push(json!({"data": [good, record], "meta": {"records": 2}}).to_string());
        }
    }
    let mut failed = 0;
    for body in bodies {
        let told = body.clone();
        let clio = bench.clio_with(move |_, _| Some(answer(200, told.clone())));
        let one = clio.matters().get(Id::new(7)).select::<Everything>().await;
        failed += u32::from(bench.heard(one.map(drop)).is_some());
        match clio.matters().list().select::<Everything>().await {
            Ok(page) => {
                for record in page.records {
                    failed += u32::from(bench.heard(record.map(drop)).is_some());
                }
            }
            Err(error) => drop(bench.heard::<()>(Err(error))),
        }
        if let Ok(Value::Object(object)) = serde_json::from_str::<Value>(&body) {
            let record = object.get("data").map(Value::to_string).unwrap_or_default();
            bench.heard(clio_api::decode::<objects::Matter, Everything>(&record).map(drop));
            bench.heard(clio_api::decode::<objects::Matter, Stub<objects::Matter>>(&record).map(drop));
        }
    }
    for value in &strange {
        for place in ["price", "quantity"] {
            let mut record = json!({"price": 5, "quantity": 60});
            record[place] = value.clone();
            bench.heard(clio_api::decode::<objects::Activity, Priced>(&record.to_string()).map(drop));
        }
    }
    assert!(failed > 100, "{failed} records did not decode");
}
