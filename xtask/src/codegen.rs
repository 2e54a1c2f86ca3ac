//! Generated code: written anew, or compared with what is there.

use std::{fs, path::PathBuf};

use clio_codegen::Workspace;

/// What `cargo xtask codegen` was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The OpenAPI document to read; otherwise the facts that the repository holds.
    pub spec: Option<PathBuf>,
    /// Write nothing.
    pub check: bool,
}

/// What was done.
#[derive(Debug)]
pub struct Report {
    /// The files that were written or, for a check, would be.
    pub differing: Vec<String>,
    /// What is worth knowing and no failure.
    pub remarks: Vec<String>,
    /// Objects' forms, enums and operations.
    pub counts: (usize, usize, usize),
}

impl Options {
    /// Reads the arguments after `codegen`.
    ///
    /// # Errors
    ///
    /// A text for people when one is not known.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--check" => options.check = true,
                "--spec" => options.spec = Some(arguments.next().ok_or("--spec needs a file")?.into()),
                other => return Err(format!("codegen does not know `{other}`")),
            }
        }
        Ok(options)
    }
}

/// Generates, and writes unless it was asked to check.
///
/// # Errors
///
/// A text for people.
pub fn run(options: &Options) -> Result<Report, String> {
    let spec = match &options.spec {
        None => None,
        Some(path) => Some(fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?),
    };
    let workspace = Workspace::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let (model, files) = workspace.generate(spec.as_deref()).map_err(|error| told(&error))?;
    let done = if options.check { workspace.differing(&files) } else { workspace.write(&files) };
    Ok(Report {
        differing: done.map_err(|error| told(&error))?,
        counts: (model.forms().count(), model.choices.len(), model.operations().count()),
        remarks: model.remarks,
    })
}

/// An error with what caused it.
fn told(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", told(source)),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read() {
        let parse = |arguments: &[&str]| Options::parse(arguments.iter().map(ToString::to_string));
        let wanted = Options { spec: Some("a.json".into()), check: true };
        assert_eq!(parse(&["--spec", "a.json", "--check"]), Ok(wanted));
        assert!(parse(&["--spec"]).is_err());
        assert!(parse(&["--chek"]).is_err());
    }
}
