//! The program itself, as a stranger runs it.

use std::process::Command;

#[test]
fn a_week_ends_in_agreement() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_case-status-sync"))
        .arg(folder.path())
        .output()
        .expect("the program");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let last = text.lines().last().unwrap_or_default();
    assert!(last.starts_with("7 nights, 12 matters, "), "{text}");
    assert!(last.ends_with(" 14 messages, 7 documents: Clio and Case Status agree"), "{text}");
    let csv = std::fs::read_to_string(folder.path().join("0001-sync-with-clio.csv")).expect("a CSV");
    assert!(csv.starts_with("integration_id,title,result,reason,case"), "{csv}");
}
