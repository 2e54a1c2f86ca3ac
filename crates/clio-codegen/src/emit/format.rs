//! rustfmt, one process for all files: starting it for each would take longer than formatting does.

use std::{
    fs,
    path::Path,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use crate::{Error, Files};

/// Formats every file as the workspace formats its own.
pub(super) fn all(files: Files, root: &Path) -> Result<Files, Error> {
    let scratch = Scratch::new()?;
    let mut arguments = Vec::new();
    for (at, text) in files.values().enumerate() {
        // rustfmt would go looking for the files of `mod` declarations, so those are hidden from it.
        let path = scratch.0.join(format!("f{at}.rs"));
        fs::write(&path, hide_modules(text)).map_err(|source| Error::Io { path: path.clone(), source })?;
        arguments.push(path);
    }
    let output = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root.join("rustfmt.toml"))
        .args(&arguments)
        .output()
        .map_err(|source| Error::Io { path: "rustfmt".into(), source })?;
    if !output.status.success() {
        return Err(Error::Format(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let mut formatted = Files::new();
    for ((name, _), path) in files.into_iter().zip(arguments) {
        let text = fs::read_to_string(&path).map_err(|source| Error::Io { path, source })?;
        formatted.insert(name, show_modules(&text));
    }
    Ok(formatted)
}

/// `pub mod matter;` becomes `pub mod matter {}`, and back.
fn hide_modules(text: &str) -> String {
    lines(text, |line| {
        line.strip_suffix(';').filter(|line| is_module(line)).map(|line| format!("{line} {{}}"))
    })
}

fn show_modules(text: &str) -> String {
    lines(text, |line| line.strip_suffix(" {}").filter(|line| is_module(line)).map(|line| format!("{line};")))
}

fn is_module(line: &str) -> bool {
    line.starts_with("mod ") || line.starts_with("pub mod ")
}

fn lines(text: &str, change: impl Fn(&str) -> Option<String>) -> String {
    text.lines().map(|line| change(line).unwrap_or_else(|| line.to_owned()) + "\n").collect()
}

/// A folder of its own for each run, removed afterwards.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new() -> Result<Self, Error> {
        static RUN: AtomicU32 = AtomicU32::new(0);
        let run = RUN.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("clio-codegen-{}-{run}", std::process::id()));
        fs::create_dir_all(&path).map_err(|source| Error::Io { path: path.clone(), source })?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing depends on it: what stays is a few files in the folder for temporary ones.
        let _ = fs::remove_dir_all(&self.0);
    }
}
