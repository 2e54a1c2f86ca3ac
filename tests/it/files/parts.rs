//! Files in parts. Here a part has four bytes, and what has eight or more goes in parts.

use std::io::Cursor;

use clio_api::{
    Applied, ErrorKind,
    files::{Content, ProgressEvent, Upload},
};
use clio_fixtures::Fault;

use super::{
    Bench, Shifty, Told,
    hosts::{Hosts, Twist},
};

const TEXT: &str = "abcdefghijklmnopqrstuvwxyz";

fn in_parts(upload: Upload<'static>) -> Upload<'static> {
    upload.parts_from(8).part_size(4).least_part(4)
}

impl Bench {
    fn parts(&self, content: impl Into<Content>) -> Upload<'static> {
        in_parts(self.clio.documents().upload(self.matter(), "a.txt", content))
    }

    fn numbers(&self) -> Vec<(i64, u64)> {
        self.world.uploads()[0].parts.iter().map(|part| (part.number, part.size)).collect()
    }
}

/// The three ways to read content.
fn contents(text: &'static str) -> [Content; 4] {
    [
        text.into(),
        Content::seekable(Cursor::new(text)),
        Content::reader_of(text.as_bytes(), text.len() as u64),
        Content::reader(text.as_bytes()),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_long_file_goes_in_parts() {
    for content in contents(TEXT) {
        let bench = Bench::new();
        let shown = format!("{content:?}");
        let told = Told::default();
        bench.parts(content).on_progress(told.listener()).await.unwrap();
        assert_eq!(bench.only_upload(), TEXT, "{shown}");
        assert_eq!(bench.numbers(), [(1, 4), (2, 4), (3, 4), (4, 4), (5, 4), (6, 4), (7, 2)]);
        assert_eq!(told.last_sent(), 26, "{shown}");
        assert_eq!(bench.calls("POST", "documents"), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_short_goes_in_one_piece() {
    for text in ["abcdefg", "abc", ""] {
        for content in contents(text) {
            let bench = Bench::new();
            let unknown = format!("{content:?}") == "Content(reader)";
            bench.parts(content).await.unwrap();
            assert_eq!(bench.only_upload(), text);
            // Of unknown length: what is longer than one part.
            let parts = if unknown && text.len() > 4 { 2 } else { 0 };
            assert_eq!(bench.numbers().len(), parts);
        }
    }
}

/// As many addresses a request as it may ask for, where the content can wait; as many as are held in memory where not.
#[tokio::test(start_paused = true)]
async fn addresses_are_asked_for_in_batches() {
    let text: &'static str = "x".repeat(4 * 120 + 1).leak();
    for (content, patches) in contents(text).into_iter().zip([2 + 1, 2 + 1, 40 + 1, 40 + 1]) {
        let bench = Bench::with(|firm| firm.rate_limit(None));
        let shown = format!("{content:?}");
        bench.parts(content).await.unwrap();
        assert_eq!(bench.only_upload(), text);
        assert_eq!(bench.calls("PATCH", ""), patches, "{shown}");
    }
}

/// Whatever happens once to a part, or to the announcement of further ones, the file arrives.
#[tokio::test(start_paused = true)]
async fn what_did_not_get_there_is_sent_again() {
    for (method, n) in [("PUT", 2), ("PUT", 7), ("PATCH", 1), ("PATCH", 2), ("PATCH", 3)] {
        for &fault in Fault::ALL {
            for (at, content) in contents(TEXT).into_iter().enumerate() {
                let bench = Bench::with(|firm| firm.rate_limit(None));
                bench.world.faults().at_nth(method, "", n, fault);
                let told = Told::default();
                let done = bench.parts(content).on_progress(told.listener()).await;
                let context = format!("{fault:?} at {method} {n}, content {at}");
                done.unwrap_or_else(|error| panic!("{context}: {error} {error:?}"));
                assert_eq!(bench.only_upload(), TEXT, "{context}");
                assert_eq!((told.last_sent(), bench.documents().len()), (26, 1), "{context}");
            }
        }
    }
}

/// The addresses of parts are spent after the first attempt. Whether a look renews them is not known: both.
#[tokio::test(start_paused = true)]
async fn a_part_whose_address_is_spent_gets_a_fresh_one() {
    for renews in ["true", "false"] {
        for lost in [None, Some(Fault::AnswerLost), Some(Fault::RequestLost)] {
            let bench = Bench::with(|firm| {
                firm.knob("part_url_life", "30").unwrap().knob("put_urls_renew", renews).unwrap()
            });
            bench.world.faults().at_nth("PUT", "", 3, Fault::TimesOut);
            if let Some(fault) = lost {
                bench.world.faults().at_nth("PATCH", "", 1, fault);
            }
            let told = Told::default();
            let upload = bench.parts(Content::seekable(Cursor::new(TEXT))).on_progress(told.listener());
            upload.await.unwrap_or_else(|error| panic!("{renews} {lost:?}: {error:?}"));
            assert_eq!(bench.only_upload(), TEXT);
            let repeated =
                |event: &&ProgressEvent| matches!(event, ProgressEvent::Repeated { part: Some(_) });
            assert!(told.events().iter().filter(repeated).count() >= 2, "timed out, then refused");
            assert_eq!(bench.calls("POST", "documents"), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_part_that_was_spoilt_on_its_way_is_sent_again() {
    let bench = Bench::new();
    let hosts = Hosts::new(&bench, Twist::SpoilsOnePut);
    let upload = in_parts(hosts.clio.documents().upload(bench.matter(), "a.txt", TEXT));
    upload.await.unwrap();
    assert_eq!(bench.only_upload(), TEXT);
}

/// The bytes are not those that were digested: a typed error, and nothing is left.
#[tokio::test(start_paused = true)]
async fn content_that_changes_under_the_upload_is_a_typed_error() {
    for now in ["abcdefghijklmnopqrstuvwxyZ", "abcdefghij", "abcdefghijklmnopqrstuvwxyz+"] {
        let bench = Bench::new();
        // One read a part to digest it; then it changes.
        let error = bench.parts(Content::seekable(Shifty::new(TEXT, now, 7))).await.unwrap_err();
        assert_eq!((error.kind(), error.applied()), (ErrorKind::Content, Applied::No), "{now}");
        assert_eq!(bench.documents().len(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn an_upload_in_parts_that_fails_leaves_nothing_behind() {
    for content in contents(TEXT) {
        let bench = Bench::with(|firm| firm.rate_limit(None));
        bench.world.faults().always("PUT", "", Fault::RequestLost);
        let error = bench.parts(content).repetitions(1).await.unwrap_err();
        assert_eq!((error.kind(), error.applied()), (ErrorKind::Interrupted, Applied::No));
        assert_eq!((error.left_behind(), bench.documents().len()), (None, 0));
    }
}

/// Content that can be read once and breaks off: nothing is known of what would have followed.
#[tokio::test(start_paused = true)]
async fn content_that_breaks_off_is_a_typed_error() {
    let bench = Bench::new();
    let error = bench.parts(Content::reader_of(TEXT.as_bytes(), 27)).await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Content, Applied::No));
    assert_eq!(bench.documents().len(), 0);
}
