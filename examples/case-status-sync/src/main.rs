//! A week of a firm with Clio and Case Status, in seconds: `cargo run -p case-status-sync [-- FOLDER]`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example tells what it does")]

mod firm;
mod office;
mod week;

use std::{path::PathBuf, process::ExitCode};

type Trouble = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let folder = std::env::args_os()
        .nth(1)
        .map_or_else(|| std::env::temp_dir().join("case-status-sync"), PathBuf::from);
    // Time is virtual: a night passes as soon as nothing is left to do.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    let agreed = runtime.map_err(Trouble::from).and_then(|runtime| runtime.block_on(week::run(&folder)));
    match agreed {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::FAILURE
        }
    }
}
