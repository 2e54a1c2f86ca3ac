//! The walk against a mock that others wrote: Prism, which serves Clio's own document and refuses what does not follow it.
//!
//! Runs when `CLIO_SPEC` names that document and `PRISM` the program (`npm install @stoplight/prism-cli`), and says that it
//! was skipped otherwise.

use std::{
    fs::File,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
};

use clio_api::Clock;
use serde_json::Value;

/// Ends with the test, however that ends.
struct Prism(Child);

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn every_operation_passes_a_mock_that_others_wrote() {
    let (Ok(spec), Ok(prism)) = (std::env::var("CLIO_SPEC"), std::env::var("PRISM")) else {
        println!("skipped: CLIO_SPEC and PRISM are not set");
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let prepared = folder.path().join("spec.json");
    let mut document: Value = serde_json::from_reader(File::open(spec).expect("the document")).expect("JSON");
    give_sane_examples(&mut document);
    make_misread_parameters_optional(&mut document);
    serde_json::to_writer(File::create(&prepared).expect("a file"), &document).expect("written");

    let log = folder.path().join("prism.log");
    let (port, _prism) = start(&prism, &prepared, &log).await;
    let walk = Command::new(env!("CARGO_BIN_EXE_api-walk"))
        .args(["--base-url", &format!("http://127.0.0.1:{port}")])
        .output()
        .expect("the walk runs");
    let told = String::from_utf8_lossy(&walk.stdout);
    let failed: Vec<&str> = told.lines().filter(|line| !line.ends_with(" fields")).collect();
    assert!(walk.status.success(), "{}", failed.join("\n"));
    let lines: Vec<_> = told.lines().collect();
    let [.., promise, last] = lines[..] else { panic!("two lines at the end: {told}") };
    assert!(last.starts_with("301 operations called, 0 failed, "), "{last}");
    println!("{promise}\n{last}");
    let log = std::fs::read_to_string(log).expect("Prism's log");
    let invalid: Vec<&str> =
        log.lines().filter(|line| line.contains("did not pass the validation")).collect();
    assert!(invalid.is_empty(), "{}", invalid.join("\n"));
}

/// Without an example Prism answers numbers such as 1.8e308, which are no amounts of anything, and ids such as `string`. The
/// ids of calendar entries are text in their records and numbers in the paths that the walk then makes of them.
fn give_sane_examples(node: &mut Value) {
    match node {
        Value::Object(members) => {
            let number = matches!(members.get("type").and_then(Value::as_str), Some("number" | "integer"));
            if number && !members.contains_key("example") && !members.contains_key("enum") {
                members.insert("example".to_owned(), 1.into());
            }
            if let Some(id) = members.get_mut("id").filter(|id| id["type"] == "string") {
                id["example"] = "1".into();
            }
            members.values_mut().for_each(give_sane_examples);
        }
        Value::Array(items) => items.iter_mut().for_each(give_sane_examples),
        _ => {}
    }
}

/// Prism looks for a required parameter whose name has brackets under the encoded name, and never finds it.
fn make_misread_parameters_optional(document: &mut Value) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(|path| path.values_mut()) {
        let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            if parameter["name"].as_str().is_some_and(|name| name.contains('[')) {
                parameter["required"] = false.into();
            }
        }
    }
}

/// Starts Prism on a free port, and waits until it answers: a minute at most.
async fn start(prism: &str, document: &Path, log: &Path) -> (u16, Prism) {
    let port =
        TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
    let log = File::create(log).expect("a file");
    let child = Command::new(prism)
        .args(["mock", "--host", "127.0.0.1", "--port", &port.to_string()])
        .arg(document)
        .stdout(Stdio::from(log.try_clone().expect("the same file")))
        .stderr(Stdio::from(log))
        .spawn()
        .expect("Prism starts");
    let prism = Prism(child);
    for _ in 0..240 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return (port, prism);
        }
        clio_core::SystemClock.sleep(std::time::Duration::from_millis(250)).await;
    }
    panic!("Prism did not start");
}
