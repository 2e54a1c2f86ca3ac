//! Downloads from the fake's own storage host.

use clio_api::{ErrorKind, Id, Limits, files::Parent};
use clio_fixtures::Fault;
use futures_util::StreamExt as _;
use tokio::io::AsyncReadExt as _;

use super::{Bench, seconds};

const TEXT: &str = "abcdefghijklmnopqrstuvwxyz";

#[tokio::test(start_paused = true)]
async fn a_document_comes_as_a_stream_as_bytes_and_as_a_reader() {
    let bench = Bench::new();
    let id = bench.stored(TEXT).await;
    let fetch = || bench.clio.documents().download(id).fetch();
    let downloaded = fetch().await.unwrap();
    assert_eq!(downloaded.content_type.as_deref(), Some("text/plain"));
    assert!(downloaded.etag.is_some());
    let pieces: Vec<_> = downloaded.stream.map(Result::unwrap).collect().await;
    assert_eq!(pieces.concat(), TEXT.as_bytes());
    assert_eq!(fetch().await.unwrap().bytes(26).await.unwrap(), TEXT);
    assert_eq!(fetch().await.unwrap().bytes(25).await.unwrap_err().kind(), ErrorKind::TooLarge);
    let mut text = String::new();
    fetch().await.unwrap().into_reader().read_to_string(&mut text).await.unwrap();
    assert_eq!(text, TEXT);
}

#[tokio::test(start_paused = true)]
async fn a_version_is_chosen_by_its_id() {
    let bench = Bench::new();
    let id = bench.stored("one").await;
    bench.clio.documents().upload(Parent::Document(id), "a.txt", "two").await.unwrap();
    let versions = bench.world.uploads();
    let old = bench.clio.documents().download(id).document_version_id(Id::new(versions[0].version));
    assert_eq!(old.fetch().await.unwrap().bytes(10).await.unwrap(), "one");
    let latest = bench.clio.documents().download(id).fetch().await.unwrap();
    assert_eq!(latest.bytes(10).await.unwrap(), "two");
}

#[tokio::test(start_paused = true)]
async fn a_download_begins_where_the_caller_says() {
    let bench = Bench::new();
    let id = bench.stored(TEXT).await;
    let fetch = || bench.clio.documents().download(id).fetch();
    let etag = fetch().await.unwrap().etag.unwrap();
    for from in [0, 1, 10, 25, 26] {
        let downloaded = fetch().from(from).same_as(etag.clone()).await.unwrap();
        if from > 0 {
            assert_eq!(downloaded.length, Some(26 - from));
        }
        assert_eq!(downloaded.bytes(26).await.unwrap(), &TEXT[usize::try_from(from).unwrap()..]);
    }
    assert_eq!(fetch().from(27).await.unwrap_err().kind(), ErrorKind::Content);
    for from in [0, 3] {
        let other = fetch().from(from).same_as("\"other\"").await;
        // The fake knows no `If-Range`; what it answers is seen to be another file.
        assert_eq!(other.unwrap_err().kind(), ErrorKind::Content);
    }
}

/// Whatever happens once to the bytes or to Clio's answer, all of them come, and none twice.
#[tokio::test(start_paused = true)]
async fn a_download_that_breaks_goes_on() {
    for text in [TEXT, "x", ""] {
        for &fault in Fault::ALL {
            for n in [1, 2] {
                let bench = Bench::new();
                let id = bench.stored(text).await;
                let path = format!("versions/{}", bench.world.uploads()[0].version);
                bench.world.faults().at_nth("GET", &path, n, fault);
                bench.world.faults().at_nth("GET", &path, n + 1, Fault::BodyBreaks);
                let downloaded = bench.clio.documents().download(id).fetch().await;
                let downloaded = downloaded.unwrap_or_else(|error| panic!("{fault:?} {n}: {error:?}"));
                let bytes = downloaded.bytes(1000).await;
                if text.is_empty() && n == 2 && matches!(fault, Fault::Truncated | Fault::EmptyAnswer) {
                    // The answer that there is no first byte became one of success, of another file.
                    assert_eq!(bytes.unwrap_err().kind(), ErrorKind::Content);
                    continue;
                }
                let bytes = bytes.unwrap_or_else(|error| panic!("{fault:?} {n} {text}: {error:?}"));
                assert_eq!(bytes, text, "{fault:?} {n}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_download_that_always_breaks_is_given_up() {
    let bench = Bench::new();
    let id = bench.stored(TEXT).await;
    bench.world.faults().always(
        "GET",
        &format!("versions/{}", bench.world.uploads()[0].version),
        Fault::BodyBreaks,
    );
    let downloaded = bench.clio.documents().download(id).fetch().repetitions(2).await.unwrap();
    let pieces: Vec<_> = downloaded.stream.collect().await;
    let (last, good) = pieces.split_last().unwrap();
    assert_eq!(last.as_ref().unwrap_err().kind(), ErrorKind::Interrupted);
    let got: Vec<u8> = good.iter().flat_map(|piece| piece.as_ref().unwrap().to_vec()).collect();
    assert!(TEXT.as_bytes().starts_with(&got) && got.len() > 13, "{got:?}");
}

/// The address of a download that stood still is spent; the next one is fresh.
#[tokio::test(start_paused = true)]
async fn a_download_goes_on_at_a_fresh_address() {
    let bench = Bench::with(|firm| firm.knob("put_url_life", "5").unwrap());
    let id = bench.stored(TEXT).await;
    let path = format!("versions/{}", bench.world.uploads()[0].version);
    bench.world.faults().at_nth("GET", &path, 1, Fault::SlowDrip(seconds(16 * 40)));
    let bytes = bench.clio.documents().download(id).fetch().await.unwrap().bytes(26).await.unwrap();
    assert_eq!(bytes, TEXT);
    assert_eq!(bench.calls("GET", "/download"), 2);
}

/// A refusal of Clio's own is none of the host's: it is not tried again.
#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_not_found() {
    let bench = Bench::new();
    let error = bench.clio.documents().download(Id::new(5)).fetch().await.unwrap_err();
    assert_eq!((error.kind(), bench.calls("GET", "/download")), (ErrorKind::NotFound, 1));
    let forgetful = Bench::with(|firm| firm.keep_uploads(false));
    let id = forgetful.stored(TEXT).await;
    let error = forgetful.clio.documents().download(id).fetch().await.unwrap_err();
    assert_eq!((error.kind(), error.clio_type()), (ErrorKind::NotFound, Some("NoSuchKey")));
    assert_eq!(error.operation(), Some("Document#download"));
}

/// What else answers where something can be fetched is fetched in the same way.
#[tokio::test(start_paused = true)]
async fn a_report_is_downloaded_too() {
    let bench = Bench::new();
    let body = clio_api::JsonBody::new(r#"{"kind":"matter","format":"csv"}"#);
    let report = bench.clio.reports().create(body).await.unwrap();
    let limits = Limits { total: seconds(5), ..Limits::default() };
    let file = bench.clio.reports().download(report.id).with_limits(limits).fetch().await.unwrap();
    assert_eq!(file.bytes(1000).await.unwrap(), "matter\n");
}
