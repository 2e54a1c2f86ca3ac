//! The simulation is a program of its own, so that the chores stay light: this starts it.

use std::process::Command;

/// Runs a task of the simulation: `simulate`, `crash` or `mutants`, with its own arguments, and `--quick` for the build that
/// the tests use.
///
/// # Errors
///
/// A text for people when it failed.
pub fn run(task: &str, arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let status = command(task, arguments).status().map_err(|error| format!("cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{task} failed: {status}")) }
}

fn command(task: &str, arguments: impl Iterator<Item = String>) -> Command {
    let (quick, own): (Vec<String>, Vec<String>) = arguments.partition(|argument| argument == "--quick");
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    command.args(["run", "--locked", "--quiet", "--package", "simulation", "--bin", "simulate"]);
    if quick.is_empty() {
        command.arg("--release");
    }
    command.arg("--").arg(if task == "simulate" { "seeds" } else { task }).args(own);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(task: &str, own: &[&str]) -> Vec<String> {
        let command = command(task, own.iter().map(ToString::to_string));
        command.get_args().map(|argument| argument.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_task_keeps_its_arguments() {
        let release = arguments("simulate", &["--seeds", "7"]);
        assert!(release.ends_with(&["--release", "--", "seeds", "--seeds", "7"].map(str::to_owned)));
        let quick = arguments("crash", &["--quick", "--rounds", "3"]);
        assert!(quick.ends_with(&["simulate", "--", "crash", "--rounds", "3"].map(str::to_owned)));
    }
}
