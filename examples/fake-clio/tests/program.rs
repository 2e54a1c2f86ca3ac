//! The program itself, as a client in any language meets it: a process, a port, plain HTTP.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use reqwest::{Client, RequestBuilder, StatusCode, redirect::Policy};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// Ends with the test, however that ends.
struct Program {
    child: Child,
    url: String,
    client: Client,
    app: (String, String),
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_fake-clio"))
            .args(["--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let client = Client::builder().redirect(Policy::none()).no_proxy().build().expect("a client");
        let mut program = Self { child, url: String::new(), client, app: (String::new(), String::new()) };
        let mut lines = BufReader::new(program.child.stdout.take().expect("its output")).lines();
        let mut line = || lines.next().expect("a line").expect("text");
        line().split(' ').next().expect("an address").clone_into(&mut program.url);
        line();
        let app = line();
        let word = |at: usize| app.split(' ').nth(at).expect("a word").trim_end_matches(',').to_owned();
        program.app = (word(3), word(6));
        program
    }

    fn api(&self, method: &str, target: &str) -> RequestBuilder {
        let url = if target.starts_with("http") {
            target.to_owned()
        } else {
            format!("{}/api/v4{target}", self.url)
        };
        self.client.request(method.parse().expect("a method"), url)
    }
}

async fn json_of(request: RequestBuilder, token: &str, status: StatusCode) -> Value {
    let answer = request.bearer_auth(token).send().await.expect("an answer");
    let (found, text) = (answer.status(), answer.text().await.expect("a body"));
    assert_eq!(found, status, "{text}");
    serde_json::from_str(&text).unwrap_or_default()
}

#[tokio::test]
async fn a_person_consents_and_the_token_walks_over_1000_matters() {
    let program = Program::start(&["--firm", "7", "--matters", "1000", "--rate-limit", "0"]);
    let front = program.client.get(&program.url).send().await.unwrap().text().await.unwrap();
    assert!(front.contains("<td>Matter</td><td>1000</td>") && front.contains(&program.app.0), "{front}");

    let redirect = "http://127.0.0.1:1/callback";
    let ask = format!(
        "{}/oauth/authorize?response_type=code&client_id={}&redirect_uri={redirect}&state=s1",
        program.url, program.app.0
    );
    let page = program.client.get(&ask).send().await.unwrap().text().await.unwrap();
    let allow =
        page.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().replace("&amp;", "&");
    let answer = program.client.get(format!("{}{allow}", program.url)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FOUND);
    let location = answer.headers()["location"].to_str().unwrap();
    let code = location.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let form = format!(
        "grant_type=authorization_code&code={code}&redirect_uri={redirect}&client_id={}&client_secret={}",
        program.app.0, program.app.1
    );
    let request = program
        .client
        .post(format!("{}/oauth/token", program.url))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    let granted: Value = request.send().await.unwrap().json().await.unwrap();
    let token = granted["access_token"].as_str().unwrap();

    let (mut next, mut seen) = (Some("/matters.json?fields=id&order=id(asc)".to_owned()), 0);
    while let Some(target) = next {
        let page = json_of(program.api("GET", &target), token, StatusCode::OK).await;
        seen += page["data"].as_array().unwrap().len();
        next = page["meta"]["paging"]["next"].as_str().map(str::to_owned);
    }
    assert_eq!(seen, 1000);
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a process of its own goes by real time")]
async fn a_file_goes_up_in_three_steps_and_a_webhook_tells_of_it() {
    let program = Program::start(&["--token", "mine", "--rate-limit", "0"]);
    let receiver = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hook = format!("http://{}/hook", receiver.local_addr().unwrap());
    let told = tokio::spawn(receive(receiver, 2));
    let data =
        json!({"data": {"url": hook, "model": "matter", "events": ["updated"], "fields": "id,description"}});
    json_of(program.api("POST", "/webhooks.json").json(&data), "mine", StatusCode::CREATED).await;

    let matters = json_of(program.api("GET", "/matters.json?limit=1"), "mine", StatusCode::OK).await;
    let matter = matters["data"][0]["id"].as_i64().unwrap();
    let fields = "id,latest_document_version%7Buuid,put_url,put_headers%7D";
    let data = json!({"data": {"name": "brief.pdf", "parent": {"id": matter, "type": "Matter"}}});
    let document = json_of(
        program.api("POST", &format!("/documents.json?fields={fields}")).json(&data),
        "mine",
        StatusCode::CREATED,
    )
    .await["data"]
        .clone();
    let version = &document["latest_document_version"];
    let mut put = program.client.put(version["put_url"].as_str().unwrap()).body("a brief");
    for header in version["put_headers"].as_array().unwrap() {
        put = put.header(header["name"].as_str().unwrap(), header["value"].as_str().unwrap());
    }
    assert_eq!(put.send().await.unwrap().status(), StatusCode::OK);
    let data = json!({"data": {"uuid": version["uuid"], "fully_uploaded": true}});
    json_of(
        program.api("PATCH", &format!("/documents/{}.json", document["id"])).json(&data),
        "mine",
        StatusCode::OK,
    )
    .await;
    let download = program.api("GET", &format!("/documents/{}/download.json", document["id"]));
    let answer = download.bearer_auth("mine").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(answer.headers()["location"].to_str().unwrap().starts_with(&program.url));

    // Events before the handshake is done are not told: change the matter until one is.
    let change = async {
        for at in 0..100 {
            let data = json!({"data": {"description": format!("Changed {at}")}});
            json_of(
                program.api("PATCH", &format!("/matters/{matter}.json")).json(&data),
                "mine",
                StatusCode::OK,
            )
            .await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let requests = tokio::select! {
        requests = told => requests.unwrap(),
        () = change => panic!("the webhook was not told"),
    };
    assert!(requests[0].to_lowercase().contains("x-hook-secret"), "the handshake: {}", requests[0]);
    let event: Value = serde_json::from_str(requests[1].split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!((&event["meta"]["event"], &event["data"]["id"]), (&json!("updated"), &json!(matter)));
    assert!(requests[1].to_lowercase().contains("x-hook-signature"), "{}", requests[1]);
}

/// A receiver that echoes the secret, as Clio wants it: it takes so many requests and gives them back.
async fn receive(listener: TcpListener, count: usize) -> Vec<String> {
    let mut requests = Vec::new();
    while requests.len() < count {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut text = String::new();
        let mut piece = [0; 4096];
        loop {
            let read = stream.read(&mut piece).await.expect("bytes");
            text.push_str(&String::from_utf8_lossy(&piece[..read]));
            let length = header(&text, "content-length").and_then(|length| length.parse::<usize>().ok());
            let body = text.split_once("\r\n\r\n").map(|(_, body)| body.len());
            if read == 0 || body.is_some_and(|body| body >= length.unwrap_or(0)) {
                break;
            }
        }
        let secret = header(&text, "x-hook-secret").map(|secret| format!("X-Hook-Secret: {secret}\r\n"));
        let answer = format!(
            "HTTP/1.1 200 OK\r\n{}content-length: 0\r\nconnection: close\r\n\r\n",
            secret.unwrap_or_default()
        );
        stream.write_all(answer.as_bytes()).await.expect("an answer");
        requests.push(text);
    }
    requests
}

fn header(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}

#[test]
fn knobs_are_listed_and_a_wrong_one_is_refused() {
    let run =
        |arguments: &[&str]| Command::new(env!("CARGO_BIN_EXE_fake-clio")).args(arguments).output().unwrap();
    let listed = run(&["--knobs"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("since_inclusive"));
    let wrong = run(&["--port", "0", "--knob", "colour=red"]);
    assert!(!wrong.status.success());
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("there is no knob `colour`"), "{wrong:?}");
}
