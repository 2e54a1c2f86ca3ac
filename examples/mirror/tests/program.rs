//! The program itself, as a stranger runs it.

use std::process::Command;

#[test]
fn it_is_interrupted_and_resumed_and_asks_no_more_than_it_must() {
    let output = Command::new(env!("CARGO_BIN_EXE_mirror"))
        .args(["--matters", "1000"])
        .output()
        .expect("the program starts");
    let screen = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{screen}\n{errors}");
    assert!(errors.is_empty() && !screen.contains('\u{1b}'), "no bar where there is no terminal: {errors}");
    // The third of five pages reaches the middle; another may be recorded before the run is gone.
    let there = |matters| screen.contains(&format!("Interrupted: {matters} of 1000 matters are there."));
    assert!(there(600) || there(800), "{screen}");
    let line =
        screen.lines().find(|line| line.trim_start().starts_with("matters ")).expect("a line of matters");
    let numbers: Vec<u64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    assert_eq!((numbers[0], numbers[2]), (1000, 5), "records and floor: {line}");
    assert!((5..=6).contains(&numbers[1]), "{line}");
    assert!(screen.trim_end().ends_with("6 when nothing changed"), "{screen}");
}

#[test]
fn a_place_that_cannot_be_written_is_one_line() {
    let output = Command::new(env!("CARGO_BIN_EXE_mirror"))
        .args(["--matters", "1", "--state", "/no-such-folder/firm.sqlite"])
        .output()
        .expect("the program starts");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), errors.lines().count()), (Some(1), 1), "{errors}");
    assert!(errors.contains("its folder does not exist"), "{errors}");
}
