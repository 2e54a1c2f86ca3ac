//! Files in one piece.

use std::io::Cursor;

use clio_api::{
    Applied, ErrorKind, Id, Reference, Selection,
    chrono::{DateTime, Utc},
    files::{Content, Parent, ProgressEvent},
    objects::{Document, DocumentCategory, ExternalPropertyBase},
};
use clio_core::Clock as _;
use clio_fixtures::Fault;

use super::{
    Bench, Shifty, Told,
    hosts::{Hosts, Twist},
    seconds,
};

/// Content that can be read once, of known length.
fn once(text: &'static str) -> Content {
    Content::reader_of(text.as_bytes(), text.len() as u64)
}

#[derive(Debug, Selection)]
#[clio(object = "Document")]
struct Stored {
    id: Id<Document>,
    name: String,
    filename: String,
    content_type: String,
    size: i64,
    received_at: DateTime<Utc>,
    document_category: Option<Reference<DocumentCategory>>,
    external_properties: Vec<Reference<ExternalPropertyBase>>,
}

#[tokio::test(start_paused = true)]
async fn three_steps_with_everything_that_can_be_said() {
    let bench = Bench::with(clio_fixtures::ClioWorldBuilder::one_of_each);
    let category = bench.world.records("DocumentCategory")[0]["id"].as_i64().unwrap();
    let before = bench.world.uploads().len();
    let mut bar = 0;
    let stored = bench
        .clio
        .documents()
        .upload(bench.matter(), "Brief", "Dear client")
        .filename("brief.own")
        .content_type("text/x-own")
        .document_category(Id::new(category))
        .received_at("2026-01-02T03:04:05Z".parse().unwrap())
        .external_property("case", "7")
        .on_progress(|p| bar = p.sent)
        .select::<Stored>()
        .await
        .unwrap();
    assert_eq!((stored.name.as_str(), stored.filename.as_str()), ("Brief", "brief.own"));
    assert_eq!((stored.content_type.as_str(), stored.size), ("text/x-own", 11));
    assert_eq!(stored.received_at.to_rfc3339(), "2026-01-02T03:04:05+00:00");
    assert_eq!(stored.document_category.unwrap().id.get(), category);
    assert_eq!(stored.external_properties.len(), 1);
    assert_eq!(bar, 11);
    let upload = bench.world.uploads().pop().unwrap();
    assert_eq!((bench.world.uploads().len(), upload.document), (before + 1, stored.id.get()));
    assert_eq!(upload.bytes.unwrap(), "Dear client");
    // The bytes count against no budget.
    assert_eq!(bench.clio.requests_sent(), 2);
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_content_arrives_as_it_is() {
    let long: &'static str = "0123456789".repeat(100_000).leak();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), long).unwrap();
    let mut halfway = Cursor::new(long);
    halfway.set_position(10);
    let contents: Vec<(Content, &str)> = vec![
        (long.into(), long),
        (once(long), long),
        (Content::reader(long.as_bytes()), long),
        (Content::seekable(halfway), &long[10..]),
        (tokio::fs::File::open(file.path()).await.unwrap().into(), long),
        ("".into(), ""),
        (once(""), ""),
        (Content::reader(&b""[..]), ""),
        (Content::reader_of(long.as_bytes(), 10), &long[..10]),
    ];
    for (content, expected) in contents {
        let bench = Bench::new();
        let shown = format!("{content:?}");
        let told = Told::default();
        let upload = bench.clio.documents().upload(bench.matter(), "a.txt", content);
        upload.on_progress(told.listener()).await.unwrap();
        assert_eq!(bench.only_upload(), expected, "{shown}");
        assert_eq!(told.last_sent(), expected.len() as u64, "{shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_document_as_the_parent_gets_a_new_version() {
    let bench = Bench::new();
    let id = bench.stored("one").await;
    let again = bench.clio.documents().upload(Parent::Document(id), "a.txt", "two").await.unwrap();
    assert_eq!(again.id, id);
    let uploads = bench.world.uploads();
    assert_eq!(
        uploads.iter().map(|one| (one.document, one.number)).collect::<Vec<_>>(),
        [(id.get(), 1), (id.get(), 2)]
    );
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_is_refused_before_anything_is_sent() {
    let bench = Bench::new();
    let upload = || bench.clio.documents().upload(bench.matter(), "a.txt", "x");
    let many = (0..6).fold(upload(), |upload, n| upload.external_property(n.to_string(), "x"));
    let nameless = bench.clio.documents().upload(bench.matter(), " ", "x");
    for wrong in [many, nameless, upload().part_size(5 * 1024 * 1024 - 1)] {
        let error = wrong.await.unwrap_err();
        assert_eq!((error.kind(), error.applied()), (ErrorKind::Configuration, Applied::No));
    }
    assert_eq!(bench.world.calls().len(), 0);
}

/// Whatever happens once to the bytes of what can be read again, the file arrives.
#[tokio::test(start_paused = true)]
async fn bytes_that_did_not_get_there_are_sent_again() {
    for &fault in Fault::ALL {
        let bench = Bench::new();
        bench.world.faults().at_nth("PUT", "", 1, fault);
        let told = Told::default();
        let upload = bench.clio.documents().upload(bench.matter(), "a.txt", "Dear client");
        let document = upload.on_progress(told.listener()).await.unwrap_or_else(|e| panic!("{fault:?}: {e}"));
        assert_eq!(bench.only_upload(), "Dear client", "{fault:?}");
        assert_eq!(bench.documents(), [document.id.get()], "{fault:?}");
        assert_eq!(told.last_sent(), 11, "{fault:?}");
        let repeated = told.events().contains(&ProgressEvent::Repeated { part: None });
        assert_eq!(repeated, bench.calls("PUT", "") == 2, "{fault:?}");
    }
}

/// What can be read once cannot; then nothing is left of the document.
#[tokio::test(start_paused = true)]
async fn a_stream_that_did_not_get_there_leaves_nothing_behind() {
    let bench = Bench::new();
    bench.world.faults().at_nth("PUT", "", 1, Fault::RequestLost);
    let told = Told::default();
    let upload = bench.clio.documents().upload(bench.matter(), "a.txt", once("Dear client"));
    let error = upload.on_progress(told.listener()).await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Interrupted, Applied::No));
    assert_eq!((error.left_behind(), bench.documents().len()), (None, 0));
    assert!(matches!(
        told.events()[..],
        [ProgressEvent::Begun { .. }, ProgressEvent::Sent, ProgressEvent::Removed { .. }]
    ));
}

#[tokio::test(start_paused = true)]
async fn an_upload_is_given_up_after_a_bounded_number_of_repetitions() {
    let bench = Bench::new();
    bench.world.faults().always("PUT", "", Fault::ServerErrorNotApplied);
    let error = bench.clio.documents().upload(bench.matter(), "a.txt", "x").repetitions(2).await.unwrap_err();
    assert_eq!((error.kind(), error.status(), error.applied()), (ErrorKind::Server, Some(502), Applied::No));
    assert_eq!((bench.calls("PUT", ""), bench.documents().len()), (3, 0));
    assert_eq!(bench.clock.monotonic(), seconds(1 + 2));
}

/// A peer that stops reading: each attempt ends with the total of its size.
#[tokio::test(start_paused = true)]
async fn a_host_that_takes_no_bytes_is_given_up_in_bounded_time() {
    let bench = Bench::new();
    bench.world.faults().always("PUT", "", Fault::TimesOut);
    let upload = bench.clio.documents().upload(bench.matter(), "a.txt", "0123456789");
    let limits = clio_api::files::TransferLimits { least_rate: 1, ..Default::default() };
    let error = upload.repetitions(1).with_transfer_limits(limits).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(bench.clock.monotonic(), seconds(2 * (60 + 10) + 1));
}

/// The address is spent after the first attempt. Whether a look renews it is not known: both.
#[tokio::test(start_paused = true)]
async fn an_address_that_is_spent_is_renewed() {
    for (renews, begun) in [("true", 1), ("false", 2)] {
        let bench = Bench::with(|firm| {
            firm.knob("put_url_life", "30").unwrap().knob("put_urls_renew", renews).unwrap()
        });
        bench.world.faults().at_nth("PUT", "", 1, Fault::TimesOut);
        let document = bench.clio.documents().upload(bench.matter(), "a.txt", "Dear client").await.unwrap();
        assert_eq!(bench.only_upload(), "Dear client");
        assert_eq!(bench.documents(), [document.id.get()], "{renews}");
        assert_eq!((bench.calls("POST", "documents"), bench.calls("PUT", "")), (begun, 3), "{renews}");
    }
}

/// The first step is made once, unless it surely did not arrive, and the error says what is known of it.
#[tokio::test(start_paused = true)]
async fn the_first_step_is_never_repeated() {
    for &fault in Fault::ALL {
        let bench = Bench::new();
        bench.world.faults().at_nth("POST", "/documents.json", 1, fault);
        let answer = bench.clio.documents().upload(bench.matter(), "a.txt", "x").await;
        let expected = if matches!(fault, Fault::Refuse | Fault::NoSuchHost) { 2 } else { 1 };
        assert_eq!(bench.calls("POST", "documents"), expected, "{fault:?}");
        if let Err(error) = answer {
            assert!(fault.applies() <= (error.applied() == Applied::Perhaps), "{fault:?}: {error}");
        }
    }
}

/// Whatever happens once to the last step, the file arrives, once.
#[tokio::test(start_paused = true)]
async fn a_last_step_that_is_lost_is_looked_for() {
    for &fault in Fault::ALL {
        let bench = Bench::new();
        bench.world.faults().at_nth("PATCH", "", 1, fault);
        let document = bench.clio.documents().upload(bench.matter(), "a.txt", "Dear client").await;
        let document = document.unwrap_or_else(|error| panic!("{fault:?}: {error} {error:?}"));
        assert_eq!(bench.only_upload(), "Dear client", "{fault:?}");
        assert_eq!(bench.documents(), [document.id.get()], "{fault:?}");
        let patches = bench.calls("PATCH", "");
        let applied_at_once = fault.applies() && !matches!(fault, Fault::AppliedLate(_));
        assert!(patches == 1 || !applied_at_once, "{fault:?}: what was applied is not sent again");
        // What comes late changes nothing any more.
        bench.clock.sleep(seconds(600)).await;
        assert_eq!(bench.only_upload(), "Dear client");
    }
}

/// The looks themselves may fail for a while.
#[tokio::test(start_paused = true)]
async fn a_look_that_fails_is_made_again() {
    let bench = Bench::new();
    bench.world.faults().at_nth("PATCH", "", 1, Fault::AnswerLost);
    for n in [1, 3] {
        bench.world.faults().at_nth("GET", "", n, Fault::ServerErrorNotApplied);
    }
    let document = bench.stored("Dear client").await;
    assert_eq!(
        (bench.documents(), bench.calls("PATCH", ""), bench.calls("GET", "")),
        (vec![document.get()], 1, 4)
    );
}

/// So that the first one, should it come late, and the second one are not both carried out.
#[tokio::test(start_paused = true)]
async fn a_last_step_that_is_sent_again_depends_on_what_was_seen() {
    for (fault, conditions) in [
        (Fault::RequestLost, vec![false, true]),
        (Fault::Refuse, vec![false, false]),
        (Fault::AnswerLost, vec![false]),
    ] {
        let bench = Bench::new();
        bench.world.faults().at_nth("PATCH", "", 1, fault);
        let hosts = Hosts::new(&bench, Twist::None);
        hosts.clio.documents().upload(bench.matter(), "a.txt", "x").await.unwrap();
        assert_eq!(hosts.conditions(), conditions, "{fault:?}");
    }
}

/// A fresh address that is refused at once is not refused for its age.
#[tokio::test(start_paused = true)]
async fn a_host_that_refuses_a_fresh_address_is_believed() {
    let bench = Bench::new();
    let hosts = Hosts::new(&bench, Twist::RefusesPuts);
    let error = hosts.clio.documents().upload(bench.matter(), "a.txt", "x").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.applied()),
        (ErrorKind::Forbidden, Some(403), Applied::No)
    );
    assert_eq!((bench.calls("POST", "documents"), bench.documents().len()), (2, 0));
}

/// The host may close the connection before its refusal is read: an old address is not tried again.
#[tokio::test(start_paused = true)]
async fn an_old_address_is_renewed_whatever_went_wrong() {
    let bench = Bench::with(|firm| firm.knob("put_urls_renew", "true").unwrap());
    bench.world.faults().at_nth("PUT", "", 1, Fault::TimesOut);
    let limits = clio_api::files::TransferLimits { base: seconds(601), ..Default::default() };
    let upload = bench.clio.documents().upload(bench.matter(), "a.txt", "x").with_transfer_limits(limits);
    upload.await.unwrap();
    assert_eq!(bench.calls("PUT", ""), 2);
}

#[tokio::test(start_paused = true)]
async fn a_storage_host_that_takes_its_time_is_waited_for() {
    let bench = Bench::with(|firm| firm.upload_time_outs(2));
    bench.stored("Dear client").await;
    assert_eq!(bench.calls("PATCH", ""), 3);
    let bench = Bench::with(|firm| firm.upload_time_outs(9));
    let error = bench.clio.documents().upload(bench.matter(), "a.txt", "x").await.unwrap_err();
    assert_eq!((error.clio_type(), error.applied()), (Some("UploadTimeoutError"), Applied::No));
    assert_eq!(bench.documents().len(), 0);
}

/// The host said that it has the bytes, and has not.
#[tokio::test(start_paused = true)]
async fn bytes_that_are_not_found_are_an_error_with_its_name() {
    let bench = Bench::new();
    bench.world.faults().at_nth("PUT", "", 1, Fault::RequestLost);
    let hosts = Hosts::new(&bench, Twist::ForgetsPuts);
    let error = hosts.clio.documents().upload(bench.matter(), "a.txt", "x").await.unwrap_err();
    assert_eq!((error.clio_type(), error.applied()), (Some("UploadNotFoundError"), Applied::No));
    assert_eq!(bench.documents().len(), 0);
}

/// It may be complete: it is not deleted, and the error says which one it is.
#[tokio::test(start_paused = true)]
async fn a_last_step_that_stays_open_leaves_the_document() {
    let bench = Bench::new();
    bench.world.faults().always("PATCH", "", Fault::RequestLost);
    let error = bench.clio.documents().upload(bench.matter(), "a.txt", "x").await.unwrap_err();
    assert_eq!(error.applied(), Applied::Perhaps);
    assert_eq!(bench.documents(), [error.left_behind().unwrap()]);
    assert_eq!(bench.calls("DELETE", ""), 0);
}

#[tokio::test(start_paused = true)]
async fn a_document_that_cannot_be_taken_away_is_named() {
    let bench = Bench::new();
    bench.world.faults().always("PUT", "", Fault::ServerErrorNotApplied);
    bench.world.faults().always("DELETE", "", Fault::RequestLost);
    let error = bench.clio.documents().upload(bench.matter(), "a.txt", "x").await.unwrap_err();
    let left = bench.documents();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Server, Applied::Perhaps));
    assert_eq!(Some(left[0]), error.left_behind());
    assert!(error.to_string().contains(&left[0].to_string()), "{error}");
    // A list shows it when it is asked for the unfinished ones.
    let listed = bench.clio.documents().list().show_uncompleted(true).await.unwrap();
    assert_eq!(listed.records[0].as_ref().unwrap().id.get(), left[0]);
}

/// An answer to the removal that was lost is looked for too.
#[tokio::test(start_paused = true)]
async fn a_removal_whose_answer_was_lost_is_looked_for() {
    let bench = Bench::new();
    bench.world.faults().always("PUT", "", Fault::ServerErrorNotApplied);
    bench.world.faults().always("DELETE", "", Fault::AnswerLost);
    let error = bench.clio.documents().upload(bench.matter(), "a.txt", "x").await.unwrap_err();
    assert_eq!((error.left_behind(), error.applied()), (None, Applied::No));
    assert_eq!(bench.calls("DELETE", ""), 1);
}

/// Deleting an unfinished version would delete the document that was there before.
#[tokio::test(start_paused = true)]
async fn a_version_that_failed_does_not_delete_its_document() {
    let bench = Bench::new();
    let id = bench.stored("one").await;
    bench.world.faults().always("PUT", "", Fault::ServerErrorNotApplied);
    let error = bench.clio.documents().upload(Parent::Document(id), "a.txt", "two").await.unwrap_err();
    assert_eq!((error.left_behind(), error.applied()), (Some(id.get()), Applied::Perhaps));
    assert_eq!((bench.documents(), bench.calls("DELETE", "")), (vec![id.get()], 0));
    bench.world.faults().clear();
    let old = bench.clio.documents().download(id).fetch().await.unwrap().bytes(100).await.unwrap();
    assert_eq!(old, "one");
}

#[tokio::test(start_paused = true)]
async fn content_that_is_not_what_was_said_is_a_typed_error() {
    let bench = Bench::new();
    let short = Content::reader_of(&b"abc"[..], 4);
    let error = bench.clio.documents().upload(bench.matter(), "a.txt", short).await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Content, Applied::No));
    for now in ["01234", "0123456789+"] {
        let content = Content::seekable(Shifty::new("0123456789", now, 0));
        let error = bench.clio.documents().upload(bench.matter(), "a.txt", content).await.unwrap_err();
        assert_eq!((error.kind(), error.applied()), (ErrorKind::Content, Applied::No), "{now}");
        assert_eq!(bench.documents().len(), 0);
    }
}

/// The first step was made, and the process ended.
async fn begun(bench: &Bench) -> Id<Document> {
    let run = bench.clio.documents().upload(bench.matter(), "a.txt", "Dear client");
    let told = Told::default();
    let mut run = Box::pin(run.on_progress(told.listener()).into_future());
    std::future::poll_fn(|context| {
        let ended = run.as_mut().poll(context).is_ready();
        let begun = told.events().iter().any(|event| matches!(event, ProgressEvent::Begun { .. }));
        assert!(!ended || begun);
        if begun { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    drop(run);
    Id::new(bench.documents().pop().expect("one that is not complete"))
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_was_broken_off_is_gone_on_with() {
    for (parts, versions) in [(false, 1), (true, 2)] {
        let bench = Bench::with(|firm| firm.latency(std::time::Duration::from_millis(100)));
        let document = begun(&bench).await;
        let mut upload = bench.clio.documents().resume_upload(document, "Dear client");
        if parts {
            upload = upload.parts_from(1).part_size(4).least_part(4);
        }
        assert_eq!(upload.await.unwrap().id, document);
        assert_eq!(bench.only_upload(), "Dear client");
        assert_eq!(bench.documents(), [document.get()]);
        let made = bench.calls("POST", "/documents.json");
        assert_eq!(made, versions, "in parts it is a new version");
        // What is complete is answered as it is.
        bench.clio.documents().resume_upload(document, "Other").await.unwrap();
        assert_eq!(bench.only_upload(), "Dear client");
    }
}

#[tokio::test(start_paused = true)]
async fn an_upload_whose_address_is_spent_becomes_a_new_version_of_the_same_document() {
    let bench = Bench::with(|firm| firm.latency(std::time::Duration::from_millis(100)));
    let document = begun(&bench).await;
    bench.clock.sleep(seconds(86_400)).await;
    assert_eq!(bench.clio.documents().resume_upload(document, "Dear client").await.unwrap().id, document);
    assert_eq!(bench.only_upload(), "Dear client");
    assert_eq!(bench.documents(), [document.get()]);
}
