//! The program itself: its demonstration, and a life between two servers.

use std::process::{Command, Output};

fn connector() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wisetime-connector"));
    command.env_remove("WISETIME_API_KEY").env_remove("CLIO_CLIENT_SECRET").env_remove("WISETIME_CALLER_KEY");
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
    assert!(screen.contains("\n3 entries are non-billable, because Marketing is.\n"), "{screen}");
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
    use std::{net::TcpListener, process::Stdio, sync::Arc, time::Duration};

    use clio_api::{FileTokenStore, TokenStore};
    use clio_core::{Limits, Payload, Transport};
    use clio_fixtures::{ClioWorld, GroupState, LoopbackTransport, Served, WiseTimeWorld, samples};
    use nix::{
        sys::signal::{Signal, kill},
        unistd::Pid,
    };
    use serde_json::Value;
    use tokio::{
        io::{AsyncBufReadExt, BufReader, Lines},
        process::{Child, ChildStderr},
    };

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

    /// A firm, a team, and a folder with the token and the state.
    struct Site {
        clio: Served<ClioWorld>,
        team: Served<WiseTimeWorld>,
        folder: tempfile::TempDir,
    }

    impl Site {
        async fn found() -> Self {
            let clio = ClioWorld::firm(3).users(2).matters(5).start().serve().await.expect("a port");
            let team = WiseTimeWorld::team().configuration("SHOW_CLOSED_CASES", "TRUE");
            let team = team.hold(Duration::from_millis(200)).start().serve().await.expect("a port");
            let folder = tempfile::tempdir().expect("a folder");
            let tokens = FileTokenStore::new(folder.path().join("token.json"), clio.url());
            tokens.save(&clio.world().token()).await.expect("a token");
            Self { clio, team, folder }
        }

        fn post(&self, id: &str) {
            let (matter, user) = (&self.clio.world().matters()[0], &self.clio.world().users()[0]);
            self.team.world().post(samples::group(id).matter(matter).user(user).json());
        }

        /// The program, and the lines of its log.
        fn start(&self, more: &[&str]) -> (Child, Lines<BufReader<ChildStderr>>) {
            let (id, secret) = self.clio.world().app();
            let mut command = tokio::process::Command::from(super::connector());
            command.args(["--client-id", &id, "--region", &self.clio.url()]).args(more);
            command.args(["--wisetime-url", &format!("{}/connect/api", self.team.url())]);
            command.arg("--token-file").arg(self.folder.path().join("token.json"));
            command.arg("--state").arg(self.folder.path().join("state.sqlite"));
            command.env("WISETIME_API_KEY", self.team.world().api_key()).env("CLIO_CLIENT_SECRET", secret);
            command.env("WISETIME_CALLER_KEY", "a long random text of ours");
            command.stderr(Stdio::piped()).kill_on_drop(true);
            let mut child = command.spawn().expect("the program starts");
            let log = BufReader::new(child.stderr.take().expect("a log")).lines();
            (child, log)
        }
    }

    async fn stop<R: tokio::io::AsyncBufRead + Unpin>(mut child: Child, mut log: Lines<R>) {
        let pid = i32::try_from(child.id().expect("it runs")).expect("a process");
        kill(Pid::from_raw(pid), Signal::SIGTERM).expect("a signal");
        wait_for(&mut log, "stopped").await;
        assert!(child.wait().await.expect("it ends").success());
    }

    /// It serves, tells how it is, posts what is posted, and ends well when it is told to.
    #[tokio::test]
    async fn it_serves_until_it_is_told_to_stop() {
        let site = Site::found().await;
        site.post("g-1");
        let (child, mut log) = site.start(&["--health", "127.0.0.1:0"]);

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

        stop(child, log).await;
        assert_eq!(site.team.world().groups()[0].state, GroupState::Success);
        assert_eq!(site.team.world().tags().len(), 5);
    }

    /// WiseTime calls it, and later it fetches again: each group is one entry.
    #[tokio::test]
    async fn it_is_called_and_fetches_again() {
        let site = Site::found().await;
        let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
        let url = format!("http://{free}/wisetime");
        let (child, mut log) = site.start(&["--health", &free.to_string(), "--webhook", &url]);
        wait_for(&mut log, "the connector serves").await;
        site.post("called");
        tokio::select! {
            () = site.team.world().keep_delivering(Arc::new(LoopbackTransport)) => {}
            () = async {
                while wait_for(&mut log, "settled").await["fields"]["id"] != "called" {}
                while site.team.world().groups()[0].state != GroupState::Success {
                    tokio::task::yield_now().await;
                }
            } => {}
        }
        stop(child, log).await;

        let (child, mut log) = site.start(&["--health", "127.0.0.1:0"]);
        wait_for(&mut log, "the connector serves").await;
        site.post("fetched");
        while wait_for(&mut log, "settled").await["fields"]["id"] != "fetched" {}
        stop(child, log).await;
        assert!(site.team.world().groups().iter().all(|group| group.state == GroupState::Success));
        assert_eq!(site.clio.world().activities().len(), 2);
    }
}
