//! The program from outside: what it is told, and what it refuses.

use std::process::Command;

#[test]
fn events_are_told_and_forgers_are_refused() {
    let output = Command::new(env!("CARGO_BIN_EXE_webhook-axum")).output().expect("the program");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{text}");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].ends_with(": Created, enabled"), "{text}");
    assert!(lines[1].starts_with("updated: ") && lines[1].ends_with(" 00001-Renamed"), "{text}");
    assert!(lines[2].starts_with("updated: ") && lines[3].starts_with("closed: "), "{text}");
    assert!(lines[4].starts_with("deleted: "), "{text}");
    let answers: Vec<&str> = lines[5..9].iter().map(|line| line.split_once(':').unwrap().1.trim()).collect();
    assert_eq!(
        answers,
        ["200 OK, no echo", "401 Unauthorized, no echo", "401 Unauthorized, no echo", "200 OK, no echo"]
    );
    assert_eq!(lines[9..], ["events beyond those: 0"], "{text}");
}
