//! The program that the chores start: it says in its last line what came of it.

use std::process::Command;

fn last_line(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_simulate")).args(arguments).output().expect("it starts");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{arguments:?}: {text}");
    text.lines().last().unwrap_or_default().to_owned()
}

#[test]
fn seeds() {
    let line = last_line(&["seeds", "--seeds", "2", "--stride", "997"]);
    let zeros = "2 seeds: 0 doubled, 0 lost, 0 touched without a link, 0 parked without a person, ";
    let claimed = line.strip_prefix(zeros).and_then(|rest| rest.strip_suffix(" claimed from a person"));
    assert!(claimed.is_some_and(|count| count.parse::<usize>().is_ok()), "{line}");
}

#[test]
fn a_seed_is_replayed_alone() {
    assert!(last_line(&["seeds", "--seed", "7"]).starts_with("1 seeds: "));
}

#[cfg(unix)]
#[test]
fn crash() {
    let line = last_line(&["crash", "--rounds", "2"]);
    assert!(line.starts_with("2 rounds, ") && line.ends_with(": 0 doubled, 0 lost, 0 parked"), "{line}");
}
