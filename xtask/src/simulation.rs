//! The simulation is a program of its own, so that the chores stay light: this starts it.

use std::process::Command;

/// Runs a task of the simulation with its own arguments: `simulate`, `crash` or `mutants`.
///
/// # Errors
///
/// A text for people when it failed.
pub fn run(task: &str, arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let status = command(task, arguments).status().map_err(|error| format!("cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{task} failed: {status}")) }
}

fn command(task: &str, arguments: impl Iterator<Item = String>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    command.args(["run", "--release", "--quiet", "--package", "simulation", "--bin", "simulate", "--"]);
    command.arg(if task == "simulate" { "seeds" } else { task }).args(arguments);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_keeps_its_arguments() {
        let command = command("simulate", ["--seeds", "7"].map(str::to_owned).into_iter());
        let arguments: Vec<_> = command.get_args().collect();
        assert!(arguments.ends_with(&["--", "seeds", "--seeds", "7"].map(std::ffi::OsStr::new)));
    }
}
