//! The program itself, as a stranger runs it.

use std::{
    path::Path,
    process::{Command, Output},
};

use clio_fixtures::{ClioWorld, Origin, Served};
use http::Method;

fn quickstart(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_quickstart")).args(arguments).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The numbers of the last line, whose words are checked: posted, skipped, rejected, looks, doubled, lost, parked, writes.
#[track_caller]
fn verdict(output: &Output) -> [usize; 8] {
    let screen = text(&output.stdout);
    let last = screen.lines().last().unwrap_or_default();
    let mut rest = last;
    let mut numbers = [0; 8];
    let words = [
        "posted ",
        ", skipped ",
        ", rejected ",
        "; after the crash ",
        " looks, ",
        " doubled, ",
        " lost, ",
        " parked; second pass ",
    ];
    for (number, word) in numbers.iter_mut().zip(words) {
        rest = rest
            .strip_prefix(word)
            .unwrap_or_else(|| panic!("{word:?} in {last:?}\n{}", text(&output.stderr)));
        let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        *number = rest[..digits].parse().unwrap_or_else(|_| panic!("a number in {last:?}"));
        rest = &rest[digits..];
    }
    assert_eq!(rest, " writes", "{last}");
    numbers
}

/// It failed as a program for people fails: one line, and no trace of Rust.
#[track_caller]
fn complaint(output: &Output) -> String {
    let line = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
    assert!(!line.contains("panicked") && !line.contains("Error {"), "{line}");
    line
}

async fn firm() -> Served<ClioWorld> {
    ClioWorld::firm(3).users(2).matters(5).rate_limit(None).start().serve().await.expect("a port")
}

fn created(world: &ClioWorld) -> usize {
    world.activities().iter().filter(|activity| matches!(activity.origin, Origin::Token { .. })).count()
}

#[test]
fn the_front_door() {
    let output = quickstart(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let [posted, skipped, rejected, looks, faults @ ..] = verdict(&output);
    assert_eq!((posted, skipped, rejected), (40, 2, 2));
    assert!(looks >= 1);
    assert_eq!(faults, [0; 4]);
    let screen = text(&output.stdout);
    assert!(screen.contains("timeRows[1].durationSecs"), "{screen}");
    assert!(screen.contains("4. The crash"), "{screen}");
    assert!(!screen.contains('\u{1b}') && output.stderr.is_empty(), "no escapes where there is no terminal");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_named_is_written_to_once() {
    let served = firm().await;
    let (url, token) = (served.url(), served.world().token());
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state.sqlite");
    let state = state.to_str().expect("a path");
    let arguments = ["--clio-url", &url, "--token", token.access.expose(), "--state", state];

    let first = quickstart(&arguments);
    let [posted, skipped, rejected, looks, faults @ ..] = verdict(&first);
    assert_eq!((first.status.code(), posted, skipped, rejected, faults), (Some(0), 40, 2, 2, [0; 4]));
    assert!(looks >= 1);
    assert!(text(&first.stdout).contains("TIME ENTRIES WILL BE WRITTEN"));
    assert_eq!(created(served.world()), 40);

    let second = quickstart(&arguments);
    assert_eq!(second.status.code(), Some(0), "{}", text(&second.stdout));
    assert_eq!(verdict(&second), [0, 2, 2, 0, 0, 0, 0, 0]);
    assert_eq!(created(served.world()), 40);

    // The same state file serves the fake too: its firm is another one.
    let fake = quickstart(&["--state", state]);
    assert_eq!((fake.status.code(), verdict(&fake)[0]), (Some(0), 40));
}

#[test]
fn nobody_listens() {
    let line = complaint(&quickstart(&["--clio-url", "http://127.0.0.1:9", "--token", "x"]));
    assert!(line.contains("no connection to http://127.0.0.1:9"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_has_ended() {
    let served = firm().await;
    let token = served.world().token();
    served.world().expire_access_tokens();
    let line = complaint(&quickstart(&["--clio-url", &served.url(), "--token", token.access.expose()]));
    assert!(line.to_lowercase().contains("authorise"), "{line}");
    assert_eq!(created(served.world()), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_host_is_not_clio() {
    use wiremock::{Mock, MockServer, ResponseTemplate, matchers};
    let server = MockServer::start().await;
    for status in [200, 302, 403, 404] {
        server.reset().await;
        let page = ResponseTemplate::new(status).set_body_raw("<html>\nHello</html>", "text/html");
        Mock::given(matchers::method(Method::GET.as_str())).respond_with(page).mount(&server).await;
        let line = complaint(&quickstart(&["--clio-url", &server.uri(), "--token", "x"]));
        assert!(line.contains("is not Clio"), "{status}: {line}");
    }
}

#[test]
fn an_address_that_is_none() {
    for (address, words) in
        [("app.clio.com", "address"), ("http://app.clio.com", "https"), ("https://app.clio.com/x", "root")]
    {
        let line = complaint(&quickstart(&["--clio-url", address, "--token", "x"]));
        assert!(line.contains("--clio-url") && line.contains(words), "{address}: {line}");
    }
    let half = quickstart(&["--token", "x"]);
    assert!(!half.status.success() && text(&half.stderr).contains("--clio-url"));
}

#[test]
fn a_state_file_that_cannot_be_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = |path: &Path| complaint(&quickstart(&["--state", path.to_str().expect("a path")]));

    // A state file of ours, whose header (offset 60) then says schema version 99.
    let newer = folder.path().join("newer.sqlite");
    let path = newer.to_str().expect("a path");
    complaint(&quickstart(&["--clio-url", "http://127.0.0.1:9", "--token", "x", "--state", path]));
    let mut file = std::fs::read(&newer).expect("a file");
    file[60..64].copy_from_slice(&99_i32.to_be_bytes());
    std::fs::write(&newer, file).expect("a file");
    assert!(refused(&newer).contains("update this software"));

    let foreign = folder.path().join("letter.txt");
    std::fs::write(&foreign, "Dear colleague, ".repeat(20)).expect("a file");
    assert!(refused(&foreign).contains("state file"));
    assert!(refused(&folder.path().join("nowhere/state.sqlite")).contains("folder does not exist"));
    assert!(refused(folder.path()).contains("state file"));
}
