//! The chores of this workspace: `cargo xtask` lists them.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::process::ExitCode;

use xtask::arrows;

const HELP: &str = "usage: cargo xtask TASK

tasks:
  arrows    check which crate depends on which against the table in docs/ARCHITECTURE.md";

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("arrows") => check_arrows(),
        None | Some("help" | "--help" | "-h") => {
            println!("{HELP}");
            ExitCode::SUCCESS
        }
        Some(other) => {
            eprintln!("there is no task `{other}`\n\n{HELP}");
            ExitCode::FAILURE
        }
    }
}

fn check_arrows() -> ExitCode {
    match arrows::check() {
        Ok(wrong) if wrong.is_empty() => {
            println!("every arrow is allowed");
            ExitCode::SUCCESS
        }
        Ok(wrong) => {
            eprintln!("{}", wrong.join("\n"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("cargo metadata failed: {error}");
            ExitCode::FAILURE
        }
    }
}
