//! Uploads and downloads whose answers are not as they should be.

use clio_api::{
    Applied, ErrorKind, Id,
    files::{Content, Parent},
};

use crate::script::{Answer, Script, clio};

const FOLDER: Parent = Parent::Folder(Id::new(1));

/// The document is there, whatever else the answer says of it.
#[tokio::test(start_paused = true)]
async fn a_document_whose_first_answer_is_odd_is_taken_away_again() {
    for odd in ["null", "7", r#"{"uuid":"u","put_headers":{"x":"y"}}"#] {
        let created = format!(r#"{{"data":{{"id":5,"etag":7,"latest_document_version":{odd}}}}}"#);
        let script = Script::new([Answer::new(201, &created), Answer::new(204, "")]);
        let error = clio(&script).documents().upload(FOLDER, "x.txt", "abc").await.unwrap_err();
        assert_eq!(
            (error.kind(), error.applied(), error.left_behind()),
            (ErrorKind::Decode, Applied::No, None)
        );
        let last = script.asked().pop().unwrap();
        assert_eq!((last.method.as_str(), last.url.ends_with("/documents/5.json")), ("DELETE", true));

        let refused = Answer::new(403, r#"{"error":{"type":"ForbiddenError","message":"no"}}"#);
        let script = Script::new([Answer::new(201, &created), refused]);
        let error = clio(&script).documents().upload(FOLDER, "x.txt", "abc").await.unwrap_err();
        assert_eq!((error.kind(), error.applied()), (ErrorKind::Decode, Applied::Perhaps));
        assert_eq!(error.left_behind(), Some(5));
    }
}

#[tokio::test(start_paused = true)]
async fn a_part_that_is_too_large_is_told_before_anything_is_sent() {
    let script = Script::new([]);
    let clio = clio(&script);
    for content in [Content::reader(&b"abc"[..]), Content::reader_of(&b"abc"[..], u64::MAX), "abc".into()] {
        let upload = clio.documents().upload(FOLDER, "x.txt", content).part_size(u64::MAX);
        assert_eq!(upload.await.unwrap_err().kind(), ErrorKind::Configuration);
    }
    let endless = Content::reader_of(&b"abc"[..], u64::MAX);
    let error = clio.documents().upload(FOLDER, "x.txt", endless).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Content);
    // A reader that promises more than it has takes no more memory than it has.
    let short = Content::reader_of(&b"abc"[..], 1 << 40);
    let error = clio.documents().upload(FOLDER, "x.txt", short).part_size(5 << 30).await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Content, Applied::No));
    assert!(script.asked().is_empty());
}

/// Whatever listens on this machine is asked for nothing because of what a server far away answers.
#[tokio::test(start_paused = true)]
async fn a_file_of_a_server_far_away_is_not_on_this_machine() {
    for here in ["http://127.0.0.1:9/x", "http://localhost/x"] {
        let sent_on = Answer::new(303, "").header("location", &here);
        let script = Script::new([sent_on]);
        let error = clio(&script).documents().download(Id::new(7)).fetch().await.unwrap_err();
        assert_eq!((error.kind(), script.asked().len()), (ErrorKind::Address, 1));

        let created = format!(
            r#"{{"data":{{"id":5,"etag":"e","latest_document_version":{{"uuid":"u","put_url":"{here}"}}}}}}"#
        );
        let script = Script::new([Answer::new(201, &created), Answer::new(204, "")]);
        let error = clio(&script).documents().upload(FOLDER, "x.txt", "abc").await.unwrap_err();
        assert_eq!((error.kind(), script.asked().len()), (ErrorKind::Address, 2));
    }
}
