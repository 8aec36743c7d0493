//! Errors that end the program with exit code 2.

use std::path::PathBuf;

/// An error of a command. It is never reported as "nothing found".
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("`cargo metadata` failed: {0}")]
    Metadata(#[from] cargo_metadata::Error),
    #[error("there is no package `{0}` in this workspace: it has {1}")]
    NoSuchPackage(String, String),
    #[error("{path} cannot be read: {error}")]
    Read { path: PathBuf, error: std::io::Error },
    #[error("{path} cannot be written: {error}")]
    Write { path: PathBuf, error: std::io::Error },
    #[error("{path} is not TOML: {error}")]
    Toml { path: PathBuf, error: Box<toml_edit::TomlError> },
    #[error("{0}")]
    Unfit(String),
    #[error("the output cannot be written: {0}")]
    Output(#[from] std::io::Error),
}

/// Reads a file. The error names the file.
pub(crate) fn read(path: &std::path::Path) -> Result<String, Problem> {
    std::fs::read_to_string(path).map_err(|error| Problem::Read { path: path.to_owned(), error })
}

/// Parses TOML, with the places of its items.
pub(crate) fn toml(path: &std::path::Path, text: &str) -> Result<toml_edit::Document<String>, Problem> {
    toml_edit::Document::parse(text.to_owned())
        .map_err(|error| Problem::Toml { path: path.to_owned(), error: Box::new(error) })
}
