//! What can stop a generation.

use std::path::PathBuf;

/// Why nothing was generated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The document is not OpenAPI 3.0 in JSON, or the facts are not in this crate's format.
    #[error("{what} cannot be read")]
    Unreadable {
        /// What was read.
        what: String,
        /// Where it broke off.
        source: serde_json::Error,
    },
    /// The document refers to a schema that it does not have, or has a shape that no reading was made for.
    #[error("the document is broken: {0}")]
    Broken(String),
    /// `overrides.toml` is not what it should be.
    #[error("overrides.toml cannot be read: {0}")]
    Overrides(String),
    /// The document says things that the generated code has no way to say.
    #[error("not expressible, and not allowed in overrides.toml:\n  {}", .0.join("\n  "))]
    Inexpressible(Vec<String>),
    /// A file or program that is needed failed.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// rustfmt refused the generated code, which is a mistake of an emitter.
    #[error("rustfmt refuses the generated code:\n{0}")]
    Format(String),
}
