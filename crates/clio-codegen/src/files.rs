//! Generated files against those that are there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use crate::{Document, Error, Model, Overrides, emit, ir, spec};

/// Files by their path below the workspace.
pub type Files = BTreeMap<String, String>;

/// The facts, where the repository holds them.
pub const FACTS: &str = "crates/clio-codegen/schema/clio-manage-v4.json";

/// Our overrides.
pub const OVERRIDES: &str = "crates/clio-codegen/overrides.toml";

/// Folders of which every file is generated: what is there and not generated is left over.
const GENERATED: &[&str] = &[emit::API, emit::SCHEMA];

/// The workspace on disk.
#[derive(Debug)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace in this folder.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// What is to be: the facts of `spec` (the text of an OpenAPI document) or else those that are held, and all code.
    ///
    /// # Errors
    ///
    /// What reading, resolving or formatting reports.
    pub fn generate(&self, spec: Option<&str>) -> Result<(Model, Files), Error> {
        let document = match spec {
            Some(text) => spec::read(text)?,
            None => Document::from_json(&self.read(FACTS)?)?,
        };
        let overrides = Overrides::from_toml(&self.read(OVERRIDES)?)?;
        let model = ir::resolve(&document, &overrides)?;
        let mut files = emit::code(&model, &self.root)?;
        files.insert(FACTS.to_owned(), document.to_json());
        Ok((model, files))
    }

    /// The paths that differ from `files`: changed, missing, or left over.
    ///
    /// # Errors
    ///
    /// When a folder cannot be listed.
    pub fn differing(&self, files: &Files) -> Result<Vec<String>, Error> {
        let changed = files
            .iter()
            .filter(|(path, text)| fs::read_to_string(self.root.join(path)).ok().as_ref() != Some(*text));
        let mut differing: BTreeSet<_> = changed.map(|(path, _)| path.clone()).collect();
        differing.extend(self.left_over(files)?);
        Ok(differing.into_iter().collect())
    }

    /// Writes what differs and removes what is left over. Answers the paths.
    ///
    /// # Errors
    ///
    /// When a file cannot be written.
    pub fn write(&self, files: &Files) -> Result<Vec<String>, Error> {
        let differing = self.differing(files)?;
        for path in &differing {
            let at = self.root.join(path);
            let done = match files.get(path) {
                Some(text) => {
                    at.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&at, text))
                }
                None => fs::remove_file(&at),
            };
            done.map_err(|source| Error::Io { path: at, source })?;
        }
        Ok(differing)
    }

    fn left_over(&self, files: &Files) -> Result<Vec<String>, Error> {
        let mut left = Vec::new();
        let mut open: Vec<_> = GENERATED.iter().map(|folder| (*folder).to_owned()).collect();
        while let Some(folder) = open.pop() {
            let at = self.root.join(&folder);
            if !at.exists() {
                continue;
            }
            for entry in list(&at)? {
                let path = format!("{folder}/{entry}");
                if self.root.join(&path).is_dir() {
                    open.push(path);
                } else if !files.contains_key(&path) {
                    left.push(path);
                }
            }
        }
        Ok(left)
    }

    fn read(&self, path: &str) -> Result<String, Error> {
        let path = self.root.join(path);
        fs::read_to_string(&path).map_err(|source| Error::Io { path, source })
    }
}

fn list(folder: &Path) -> Result<Vec<String>, Error> {
    let failed = |source| Error::Io { path: folder.to_owned(), source };
    let entries = fs::read_dir(folder).map_err(failed)?;
    entries.map(|entry| Ok(entry.map_err(failed)?.file_name().to_string_lossy().into_owned())).collect()
}
