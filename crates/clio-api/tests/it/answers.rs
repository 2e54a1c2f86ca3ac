//! Every kind of answer, and bodies to the byte.

use std::sync::Arc;

use clio_api::{
    Clio, Error, ErrorKind, Etag, Field, FieldTree, Id, JsonBody, MatterStatus, TextId,
    choices::{MatterCustomRateType, ReminderSubjectType},
    matters::{
        CreateMatter, CreateMatterCustomFieldValue, CreateMatterCustomRate, UpdateMatterCustomFieldValue,
    },
    objects,
};

use crate::script::{Answer, Asked, Script, clio};

const API: &str = "https://app.clio.com/api/v4";

/// What `call` sends, and what becomes of the answer.
async fn sent<T, F: IntoFuture<Output = Result<T, Error>>>(
    answer: Answer,
    call: impl FnOnce(Clio) -> F,
) -> (Asked, Result<T, Error>) {
    let script = Script::new([answer]);
    let result = call(clio(&script)).await;
    (script.asked().remove(0), result)
}

fn one() -> Answer {
    Answer::ok(r#"{"data":{"id":7,"etag":"\"e\""}}"#)
}

#[tokio::test(start_paused = true)]
async fn what_is_deleted_answers_nothing() {
    let (asked, done) = sent(Answer::new(204, ""), |clio| clio.matters().delete(Id::new(7))).await;
    done.unwrap();
    assert_eq!((asked.method.as_str(), asked.url), ("DELETE", format!("{API}/matters/7.json")));
    assert_eq!(asked.body, "");
    let (asked, done) = sent(Answer::new(204, ""), |clio| clio.timers().delete()).await;
    done.unwrap();
    assert_eq!(asked.url, format!("{API}/timer.json"));
    let refused = Answer::new(404, r#"{"error":{"type":"NotFound","message":"gone"}}"#);
    let (_, done) = sent(refused, |clio| clio.bills().delete(Id::new(7))).await;
    assert_eq!(done.unwrap_err().to_string(), "Bill#destroy: gone (404 NotFound)");
}

#[tokio::test(start_paused = true)]
async fn a_download_answers_where_to_go_and_nobody_goes_there() {
    let elsewhere = "https://files.example/brief.pdf?key=k";
    let answer = Answer::new(303, "").header("location", &elsewhere);
    let (asked, address) = sent(answer, |clio| clio.documents().download(Id::new(7))).await;
    assert_eq!(asked.url, format!("{API}/documents/7/download.json"));
    assert_eq!(address.unwrap(), elsewhere);
    let (_, address) = sent(Answer::new(303, ""), |clio| clio.documents().download(Id::new(7))).await;
    let error = address.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Decode, Some("Document#download")));
    // Any other operation must not answer so.
    let (_, stub) = sent(Answer::new(303, ""), |clio| clio.documents().get(Id::new(7))).await;
    assert_eq!(stub.unwrap_err().status(), Some(303));
}

#[tokio::test(start_paused = true)]
async fn a_preview_answers_html() {
    let (asked, page) = sent(Answer::ok("<p>Bill</p>"), |clio| clio.bills().preview(Id::new(7))).await;
    assert_eq!(asked.url, format!("{API}/bills/7/preview.json"));
    assert_eq!(page.unwrap(), "<p>Bill</p>");
}

#[tokio::test(start_paused = true)]
async fn two_parameters_in_a_path() {
    let (asked, found) =
        sent(one(), |clio| clio.jurisdictions_to_triggers().get(Id::new(3), Id::new(4))).await;
    assert_eq!(found.unwrap().id, Id::new(7));
    assert_eq!(asked.url, format!("{API}/court_rules/jurisdictions/3/triggers/4.json?fields=id%2Cetag"));
    let saved = |clio: Clio| clio.document_versions().save_as_latest_version(Id::new(3), Id::new(4));
    let (asked, done) = sent(Answer::ok("{}"), saved).await;
    done.unwrap();
    assert_eq!((asked.method.as_str(), asked.body.as_str()), ("POST", ""));
    assert_eq!(asked.url, format!("{API}/documents/3/versions/4/save_as_latest_version.json"));
}

#[tokio::test(start_paused = true)]
async fn an_id_that_is_text_and_an_answer_without_stub() {
    let id = TextId::new("12-3");
    let answer = Answer::ok(r#"{"data":{"id":"12-3","etag":"e"}}"#);
    let (asked, entry) = sent(answer, |clio| clio.calendar_entries().get(&id)).await;
    assert_eq!(asked.url, format!("{API}/calendar_entries/12-3.json"));
    assert_eq!(entry.unwrap().get("id").and_then(|id| id.as_text()), Some("12-3"));
}

#[tokio::test(start_paused = true)]
async fn a_record_without_its_envelope_decodes_too() {
    let bare = r#" {"id":7,"etag":"e"}"#;
    for body in [bare.to_owned(), format!(r#"{{"data":{bare}}}"#)] {
        let get = |clio: Clio| clio.calendar_entry_event_types().get(Id::new(7));
        let (_, found) = sent(Answer::ok(&body), get).await;
        assert_eq!(found.unwrap().id.get(), 7);
    }
    let lists =
        [bare.to_owned(), format!("[{bare}]"), format!(r#"{{"data":[{bare}],"meta":{{"records":1}}}}"#)];
    for body in lists {
        let (_, found) = sent(Answer::ok(&body), |clio| clio.calendar_entry_event_types().list()).await;
        assert_eq!(found.unwrap().records.remove(0).unwrap().id.get(), 7, "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn lists_and_keys_in_a_query() {
    let answer = || Answer::ok(r#"{"data":[]}"#);
    let filtered = |clio: Clio| {
        let list = clio.matters().list().custom_field_ids([Id::new(1), Id::new(2)]);
        list.custom_field_values(Id::new(9), ">=10")
            .custom_field_values(Id::new(8), "x")
            .open_date([">=2026-01-01"])
    };
    let (asked, _) = sent(answer(), filtered).await;
    let query = "fields=id%2Cetag&order=id%28asc%29&limit=200&custom_field_ids%5B%5D=1&custom_field_ids%5B%5D=2\
                 &custom_field_values%5B9%5D=%3E%3D10&custom_field_values%5B8%5D=x&open_date%5B%5D=%3E%3D2026-01-01";
    assert_eq!(asked.url, format!("{API}/matters.json?{query}"));
    // A word that this list spells in its own way.
    let of_entries = |clio: Clio| clio.reminders().list().subject_type(ReminderSubjectType::CalendarEntry);
    let (asked, _) = sent(answer(), of_entries).await;
    assert!(asked.url.ends_with("&subject_type=calendar_entry"), "{}", asked.url);
}

#[tokio::test(start_paused = true)]
async fn a_body_has_what_was_set_and_nothing_else() {
    let value = CreateMatterCustomFieldValue::new(Id::new(5), "blue");
    let body = CreateMatter::new(Id::new(3), "A \"matter\"")
        .status(MatterStatus::Open)
        .billable(true)
        .practice_area(Id::new(4))
        .responsible_attorney(None)
        .location(Field::Absent)
        .open_date("2026-03-14".parse::<chrono::NaiveDate>().unwrap())
        .custom_rate(CreateMatterCustomRate::new(MatterCustomRateType::HourlyRate))
        .custom_field_values([value]);
    let (asked, created) = sent(one(), |clio| clio.matters().create(body)).await;
    assert_eq!(created.unwrap().id, Id::new(7));
    assert_eq!(
        asked.body,
        r#"{"data":{"client":{"id":3},"description":"A \"matter\"","status":"open","billable":true,"#
            .to_owned()
            + r#""practice_area":{"id":4},"responsible_attorney":null,"open_date":"2026-03-14","#
            + r#""custom_rate":{"type":"HourlyRate"},"#
            + r#""custom_field_values":[{"custom_field":{"id":5},"value":"blue"}]}}"#
    );
}

#[tokio::test(start_paused = true)]
async fn an_update_is_told_what_changes_and_from_which_version() {
    let update = |clio: Clio| {
        let call = clio.matters().update(Id::new(7)).status(MatterStatus::Closed).description("Done");
        let call = call.description("Closed").client_reference(None);
        call.custom_field_values(vec![
            UpdateMatterCustomFieldValue::new().custom_field(Id::new(5)).value("x").destroy(true),
        ])
        .if_match(&Etag::new("\"e\""))
    };
    let (asked, updated) = sent(one(), update).await;
    updated.unwrap();
    assert_eq!((asked.method.as_str(), asked.if_match.as_deref()), ("PATCH", Some("\"e\"")));
    assert_eq!(asked.url, format!("{API}/matters/7.json?fields=id%2Cetag"));
    assert_eq!(
        asked.body,
        r#"{"data":{"status":"closed","description":"Closed","client_reference":null,"custom_field_values":"#
            .to_owned()
            + r#"[{"custom_field":{"id":5},"value":"x","_destroy":true}]}}"#
    );
    let whole =
        |clio: Clio| clio.matters().update(Id::new(7)).with_body(JsonBody::new(r#"{"billable":false}"#));
    assert_eq!(sent(one(), whole).await.0.body, r#"{"data":{"billable":false}}"#);
    let nothing = |clio: Clio| clio.matters().update(Id::new(7));
    assert_eq!(sent(one(), nothing).await.0.body, r#"{"data":{}}"#);
}

#[tokio::test(start_paused = true)]
async fn fields_that_are_known_at_run_time() {
    let fields = Arc::new(FieldTree::parse(&objects::MATTER, "id,client{name}").unwrap());
    let answer = Answer::ok(r#"{"data":{"id":7,"client":{"name":"Ada"}}}"#);
    let script = Script::new([answer, Answer::ok(r#"{"data":[{"id":7,"client":null}]}"#)]);
    let clio = clio(&script);
    let record = clio.matters().get(Id::new(7)).record(&fields).await.unwrap();
    assert_eq!(record.text("client.name").unwrap(), Some("Ada"));
    let page = clio.matters().list().records(&fields).await.unwrap();
    assert_eq!(page.records.len(), 1);
    assert_eq!(script.asked()[0].url, format!("{API}/matters/7.json?fields=id%2Cclient%7Bname%7D"));
    // Fields of another object are not sent.
    let wrong = clio.users().who_am_i().record(&fields).await.unwrap_err();
    assert_eq!((wrong.kind(), script.asked().len()), (ErrorKind::Configuration, 2));
}

#[tokio::test(start_paused = true)]
async fn a_read_can_depend_on_what_is_known_already() {
    let at = "2026-03-14T09:26:53.7Z".parse().unwrap();
    let (asked, matter) = sent(Answer::new(304, ""), |clio| {
        clio.matters().get(Id::new(7)).if_none_match(&Etag::new("\"e\"")).if_modified_since(at)
    })
    .await;
    assert_eq!(asked.if_none_match.as_deref(), Some("\"e\""));
    assert_eq!(asked.if_modified_since.as_deref(), Some("Sat, 14 Mar 2026 09:26:53 GMT"));
    let error = matter.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::NotModified, false));
    assert_eq!(error.to_string(), "Matter#show: it is as it was (304)");
    // To a write it is no answer of Clio's, so it proves nothing.
    let (_, updated) =
        sent(Answer::new(304, ""), |clio| clio.matters().update(Id::new(7)).billable(true)).await;
    let error = updated.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Server, clio_api::Applied::Perhaps));
}
