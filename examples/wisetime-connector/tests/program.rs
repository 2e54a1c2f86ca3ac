//! The program itself: its demonstration, and a life between two servers.

use std::process::{Command, Output};

fn connector() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wisetime-connector"));
    command.env_remove("WISETIME_API_KEY").env_remove("CLIO_CLIENT_SECRET");
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn ended(command: &mut Command) -> Output {
    command.output().expect("the program starts")
}

#[test]
fn the_demonstration_ends_by_itself_and_both_sides_agree() {
    let output = ended(connector().arg("--demo"));
    let (screen, log) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{screen}\n{log}");
    assert_eq!(screen.lines().last(), Some("posted 12 groups, 6.5 h: WiseTime and Clio agree"), "{screen}");
    assert!(screen.contains("SHOW_CLOSED_CASES            FALSE"), "{screen}");
    let lines: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    assert!(lines.iter().any(|line| line["fields"]["outcome"] == "Created"), "{log}");
    assert!(!log.contains("contract_v3") && !log.contains("Brief to the court"), "a log names no work");
}

#[test]
fn what_is_missing_is_told_in_one_line() {
    let output = ended(connector().args(["--client-id", "k"]));
    let log = text(&output.stderr);
    assert_eq!((output.status.code(), log.lines().count()), (Some(1), 1), "{log}");
    assert!(log.contains("WISETIME_API_KEY and CLIO_CLIENT_SECRET"), "{log}");
}

#[cfg(unix)]
mod between_two_servers {
    use std::process::Stdio;

    use clio_api::{FileTokenStore, TokenStore};
    use clio_core::{Limits, Payload, Transport};
    use clio_fixtures::{ClioWorld, GroupState, LoopbackTransport, WiseTimeWorld, samples};
    use nix::{
        sys::signal::{Signal, kill},
        unistd::Pid,
    };
    use serde_json::Value;
    use tokio::io::{AsyncBufReadExt, BufReader, Lines};

    /// The next line of the log that says this.
    async fn wait_for<R: tokio::io::AsyncBufRead + Unpin>(lines: &mut Lines<R>, message: &str) -> Value {
        let mut seen = Vec::new();
        while let Some(line) = lines.next_line().await.expect("the log") {
            let said: Value = serde_json::from_str(&line).expect("JSON");
            if said["fields"]["message"] == message {
                return said;
            }
            seen.push(line);
        }
        panic!("it never said {message:?}: {seen:#?}");
    }

    async fn get(url: &str) -> (u16, Value) {
        let request = http::Request::get(url).body(Payload::Empty).expect("a request");
        let answer = LoopbackTransport.send(request, Limits::default()).await.expect("an answer");
        let status = answer.status().as_u16();
        let body = answer.into_body().into_bytes(1 << 20).await.expect("a body");
        (status, serde_json::from_slice(&body).expect("JSON"))
    }

    /// It serves, tells how it is, posts what is posted, and ends well when it is told to.
    #[tokio::test]
    async fn it_serves_until_it_is_told_to_stop() {
        let clio = ClioWorld::firm(3).users(2).matters(5).start().serve().await.expect("a port");
        let team = WiseTimeWorld::team().configuration("SHOW_CLOSED_CASES", "TRUE");
        let team = team.hold(std::time::Duration::from_millis(200)).start().serve().await.expect("a port");
        let folder = tempfile::tempdir().expect("a folder");
        let tokens = FileTokenStore::new(folder.path().join("token.json"), clio.url());
        tokens.save(&clio.world().token()).await.expect("a token");
        let (id, secret) = clio.world().app();
        let (matter, user) = (clio.world().matters()[0].clone(), clio.world().users()[0].clone());
        team.world().post(samples::group("g-1").matter(&matter).user(&user).json());

        let mut command = tokio::process::Command::from(super::connector());
        command.args(["--client-id", &id, "--region", &clio.url(), "--health", "127.0.0.1:0"]);
        command.args(["--wisetime-url", &format!("{}/connect/api", team.url())]);
        command.arg("--token-file").arg(tokens.path());
        command.arg("--state").arg(folder.path().join("state.sqlite"));
        command.env("WISETIME_API_KEY", team.world().api_key()).env("CLIO_CLIENT_SECRET", secret);
        command.stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("the program starts");
        let mut log = BufReader::new(child.stderr.take().expect("a log")).lines();

        let setting = wait_for(&mut log, "a setting").await;
        assert_eq!(
            (&setting["fields"]["name"], &setting["fields"]["value"]),
            (&"SHOW_CLOSED_CASES".into(), &"TRUE".into())
        );
        let serves = wait_for(&mut log, "the connector serves").await;
        while wait_for(&mut log, "settled").await["fields"]["id"] != "g-1" {}
        let address = serves["fields"]["health"].as_str().expect("an address").to_owned();
        let (status, health) = get(&format!("http://{address}/health")).await;
        assert_eq!((status, &health["clio"]), (200, &"connected".into()), "{health}");
        assert!(health.to_string().contains("wisetime/posted-time"), "{health}");

        let pid = i32::try_from(child.id().expect("it runs")).expect("a process");
        kill(Pid::from_raw(pid), Signal::SIGTERM).expect("a signal");
        wait_for(&mut log, "stopped").await;
        assert!(child.wait().await.expect("it ends").success());
        assert_eq!(team.world().groups()[0].state, GroupState::Success);
        assert_eq!(team.world().tags().len(), 5);
    }
}
