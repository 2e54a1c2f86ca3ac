//! The version of the API: pinned, and compared with the one that Clio answers by.

use clio_api::{Applied, ErrorKind, JsonBody, Method};

use crate::script::{Answer, Script, builder, clio};

fn me(version: &str) -> Answer {
    Answer::ok(r#"{"data":{"id":9,"etag":"e"}}"#).header("x-api-version", &version)
}

#[tokio::test(start_paused = true)]
async fn the_version_is_pinned_and_the_echo_compared() {
    let script = Script::new([me("4.0.13"), me("4.0.3"), me("4.0.3"), me("4.0.3")]);
    let clio = clio(&script);
    clio.users().who_am_i().await.unwrap();
    // By 4.0.3 a quantity is hours, where our types say seconds.
    let error = clio.users().who_am_i().await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::VersionMismatch, Applied::No));
    assert!(error.message().contains("4.0.3") && error.message().contains("4.0.13"), "{error}");
    let error = clio.activities().create(JsonBody::new("{}")).await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::VersionMismatch, Applied::Perhaps));
    let error = clio.raw(Method::GET, "/users.json").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::VersionMismatch);
    let sent: Vec<_> = script.asked().into_iter().map(|asked| asked.version.unwrap()).collect();
    assert_eq!(sent, ["4.0.13"; 4]);
}

#[tokio::test(start_paused = true)]
async fn another_version_can_be_pinned() {
    let script = Script::new([me("4.0.12")]);
    let clio = builder(&script).api_version("4.0.12").build().unwrap();
    clio.users().who_am_i().await.unwrap();
    assert_eq!(script.asked()[0].version.as_deref(), Some("4.0.12"));
    for wrong in ["", "4", "5.0.0", "4.0.13\n", "4.0.x", "4.0.13.1"] {
        let error = builder(&script).api_version(wrong).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{wrong:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_retired_version_is_explained() {
    let script = Script::new([Answer::new(410, r#"{"error":{"type":"Gone","message":"not supported"}}"#)]);
    let error = clio(&script).users().who_am_i().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::VersionRetired);
    assert!(error.to_string().contains("pinned"), "{error}");
}
