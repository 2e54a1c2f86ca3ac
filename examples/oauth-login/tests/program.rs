//! The program itself, as a stranger runs it.

use std::{
    io::{BufRead, BufReader, Write as _},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use clio_api::{Limits, Payload, ReqwestTransport, Transport};
use clio_fixtures::{ClioWorld, Served};
use tempfile::TempDir;

fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_oauth-login"));
    program.env_remove("CLIO_CLIENT_SECRET");
    program
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn the_demonstration_needs_no_account() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token.json");
    let file = file.to_str().unwrap();
    let output = program().args(["--demo", "--deauthorise", "--token-file", file]).output().unwrap();
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    for words in ["Authorised.", "You are ", "The access was given back"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!std::path::Path::new(file).exists());
}

/// Runs at a Clio that is not the program's own.
struct Visit {
    served: Served<ClioWorld>,
    folder: TempDir,
}

impl Visit {
    async fn new() -> Self {
        let served = ClioWorld::firm(7).start().serve().await.unwrap();
        Self { served, folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("token.json")
    }

    fn start(&self, more: &[&str]) -> Child {
        let (id, secret) = self.served.world().app();
        let mut command = program();
        command.args(["--client-id", &id, "--region", &self.served.url(), "--token-file"]).arg(self.file());
        command.args(more).env("CLIO_CLIENT_SECRET", &secret);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Pastes what `answer` makes of the address that the page of consent leads to.
    async fn paste(&self, answer: impl FnOnce(&str) -> String) -> Output {
        let mut child = self.start(&["--paste"]);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let address = lines.find(|line| line.starts_with("    http")).unwrap();
        let request = http::Request::get(address.trim()).body(Payload::Empty).unwrap();
        let page = ReqwestTransport::new().unwrap().send(request, Limits::default()).await.unwrap();
        let pasted = answer(page.headers()["location"].to_str().unwrap());
        writeln!(child.stdin.take().unwrap(), "{pasted}").unwrap();
        let rest: Vec<_> = lines.collect();
        let mut output = child.wait_with_output().unwrap();
        output.stdout = rest.join("\n").into_bytes();
        output
    }

    fn run(&self, more: &[&str]) -> Output {
        self.start(more).wait_with_output().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_kept_until_it_is_given_back() {
    let visit = Visit::new().await;
    let pasted = visit.paste(str::to_owned).await;
    assert!(pasted.status.success() && said(&pasted).contains("You are "), "{}", said(&pasted));
    let again = visit.run(&[]);
    assert!(again.status.success() && !said(&again).contains("Open"), "{}", said(&again));
    // The access token has ended meanwhile.
    visit.served.world().expire_access_tokens();
    let back = visit.run(&["--deauthorise"]);
    assert!(back.status.success() && said(&back).contains("given back"), "{}", said(&back));
    assert!(!visit.file().exists());
    let nothing = visit.run(&["--deauthorise"]);
    assert!(!nothing.status.success() && said(&nothing).contains("there is no token"), "{}", said(&nothing));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_or_a_broken_file_is_told_in_a_line() {
    let visit = Visit::new().await;
    let wrong = visit.paste(|_| "wr0ng".to_owned()).await;
    assert!(!wrong.status.success() && said(&wrong).contains("invalid_grant"), "{}", said(&wrong));
    assert!(!said(&wrong).contains("wr0ng") && !visit.file().exists());
    let other = visit.paste(|location| location.replace("state=", "state=x")).await;
    assert!(!other.status.success() && said(&other).contains("state"), "{}", said(&other));

    std::fs::write(visit.file(), b"").unwrap();
    let broken = visit.run(&[]);
    assert!(!broken.status.success() && said(&broken).contains("the token file"), "{}", said(&broken));
}

#[test]
fn a_missing_secret_is_told() {
    let output = program().args(["--client-id", "key"]).output().unwrap();
    assert!(!output.status.success());
    assert!(said(&output).contains("CLIO_CLIENT_SECRET"), "{}", said(&output));
}
