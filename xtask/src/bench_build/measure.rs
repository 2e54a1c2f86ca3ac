//! Runs cargo, and takes the time.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use serde::Serialize;

/// How long something took, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figure {
    /// By the clock on the wall.
    pub wall: f64,
    /// The processors' time of cargo and of all that it ran, user and system; where the system tells.
    pub cpu: Option<f64>,
}

impl Figure {
    /// The lesser of both times: what else the machine did can only add.
    pub(super) fn better(self, other: Self) -> Self {
        let cpu = self.cpu.zip(other.cpu).map(|(one, other)| one.min(other));
        Self { wall: self.wall.min(other.wall), cpu }
    }
}

/// A workspace in which things are timed.
pub(super) struct Bench {
    folder: PathBuf,
}

impl Bench {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Builds `package` when everything is there but the `cleaned` ones. The better of two.
    pub(super) fn time(&self, package: &str, cleaned: &[&str]) -> Result<Figure, String> {
        let build = ["build", "--quiet", "--release", "--package", package];
        self.cargo(&build)?;
        let once = || {
            for package in cleaned {
                self.cargo(&["clean", "--quiet", "--release", "--package", package])?;
            }
            timed(|| self.cargo(&build).map(drop))
        };
        Ok(once()?.better(once()?))
    }

    /// The versions of these packages, where they are there.
    pub(super) fn versions(&self, packages: &[&str]) -> Result<Vec<(String, String)>, String> {
        let lock = self.folder.join("Cargo.lock");
        let text = std::fs::read_to_string(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
        Ok(packages.iter().filter_map(|name| Some(((*name).to_owned(), version(&text, name)?))).collect())
    }

    /// `1.95.0`.
    pub(super) fn rustc(&self) -> Result<String, String> {
        let told = run(Command::new("rustc").arg("--version").current_dir(&self.folder))?;
        Ok(told.split_whitespace().nth(1).unwrap_or(&told).to_owned())
    }

    fn cargo(&self, arguments: &[&str]) -> Result<String, String> {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        run(Command::new(cargo)
            .args(arguments)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env("CARGO_INCREMENTAL", "0")
            .current_dir(&self.folder))
    }
}

fn run(command: &mut Command) -> Result<String, String> {
    let done = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if done.status.success() {
        Ok(String::from_utf8_lossy(&done.stdout).into_owned())
    } else {
        Err(format!("{command:?}: {}", String::from_utf8_lossy(&done.stderr)))
    }
}

#[expect(clippy::disallowed_methods, reason = "a stopwatch")]
fn timed(work: impl FnOnce() -> Result<(), String>) -> Result<Figure, String> {
    let (began, cpu) = (Instant::now(), cpu_of_children());
    work()?;
    let cpu = cpu_of_children().zip(cpu).map(|(after, before)| after.saturating_sub(before).as_secs_f64());
    Ok(Figure { wall: began.elapsed().as_secs_f64(), cpu })
}

/// The processors' time of all processes that have ended and were waited for, and of theirs.
#[cfg(unix)]
fn cpu_of_children() -> Option<Duration> {
    use nix::sys::resource::{UsageWho, getrusage};

    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
    let micros = [usage.user_time(), usage.system_time()].map(|time| {
        u64::try_from(time.tv_sec()).unwrap_or(0) * 1_000_000 + u64::try_from(time.tv_usec()).unwrap_or(0)
    });
    Some(Duration::from_micros(micros.iter().sum()))
}

#[cfg(not(unix))]
fn cpu_of_children() -> Option<Duration> {
    None
}

/// The version of a package in a lock file.
fn version(lock: &str, name: &str) -> Option<String> {
    let after = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?.1;
    after.split('"').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lesser_time_counts() {
        let (one, other) = (Figure { wall: 1.0, cpu: Some(4.0) }, Figure { wall: 2.0, cpu: Some(3.0) });
        assert_eq!(one.better(other), Figure { wall: 1.0, cpu: Some(3.0) });
        assert_eq!(one.better(Figure { cpu: None, ..other }).cpu, None);
    }

    #[test]
    fn versions_are_read_from_a_lock_file() {
        let lock = "[[package]]\nname = \"octocrab-user\"\nversion = \"0.0.0\"\n\n[[package]]\nname = \"octocrab\"\nversion = \"0.54.9\"\n";
        assert_eq!(version(lock, "octocrab").as_deref(), Some("0.54.9"));
        assert_eq!(version(lock, "serde"), None);
    }

    #[cfg(unix)]
    #[test]
    fn the_time_of_what_is_run_counts() {
        let spin = || {
            run(Command::new("sh").args(["-c", "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done"])).map(drop)
        };
        assert!(timed(spin).unwrap().cpu.unwrap() > 0.0);
    }
}
