//! The source of this project's packages: `--from <path or git URL>`.
//!
//! They are not on a registry yet, and a package of the same name there belongs to another project.
//! So `init` never writes a version alone.

use crate::base::{Problem, relative, with_slashes};
use std::path::{Path, PathBuf};
use toml_edit::{InlineTable, Item, Value};

/// The binary that CI installs.
const SUBCOMMAND: &str = "cargo-axum-auth";

/// The source of `auth-testkit` and `cargo-axum-auth`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// The root of a checkout.
    Path(PathBuf),
    /// A repository, and the key and the name of what is checked out.
    Git { url: String, reference: Option<(&'static str, String)> },
}

impl Source {
    /// Parses the value of `--from`: a directory, or `https://`, `ssh://` or `file://` with `#REV`
    /// behind it.
    ///
    /// # Errors
    ///
    /// When the directory does not hold the packages, or the URL cannot be written into a file that
    /// others read.
    pub(crate) fn parse(text: &str) -> Result<Self, Problem> {
        let looks_like_scp = text.split_once(':').is_some_and(|(host, _)| host.contains('@') && !host.contains('/'));
        if looks_like_scp {
            return Err(refused(text, "cargo does not read this form: write `ssh://git@host/path`"));
        }
        if text.contains("://") { Self::git(text) } else { Self::path(text) }
    }

    fn git(text: &str) -> Result<Self, Problem> {
        let (url, rev) = text.split_once('#').map_or((text, None), |(url, rev)| (url, Some(rev)));
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        if !["https", "ssh", "file"].contains(&scheme) {
            return Err(refused(text, "code is fetched over `https://`, `ssh://` or `file://` only"));
        }
        let authority = rest.split('/').next().unwrap_or_default();
        if authority.split_once('@').is_some_and(|(user, _)| scheme != "ssh" || user.contains(':')) {
            return Err(refused("..", "it holds a credential, which would be committed: leave it out"));
        }
        // It is written into TOML, YAML and a shell command.
        let plain = |text: &str, also: &str| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c))
        };
        if !plain(rest, "._~/:@%+-") || rev.is_some_and(|rev| !plain(rev, "._/-") || rev.starts_with('-')) {
            return Err(refused(
                text,
                "it has characters that do not belong into a URL: write `https://host/path#REV`",
            ));
        }
        Ok(Self::Git { url: url.to_owned(), reference: rev.map(|rev| ("rev", rev.to_owned())) })
    }

    fn path(text: &str) -> Result<Self, Problem> {
        let root = Path::new(text);
        for package in ["auth-testkit", SUBCOMMAND] {
            if !root.join(package).join("Cargo.toml").is_file() {
                let why =
                    format!("there is no `{package}/Cargo.toml` in it: give the root of a checkout, or a git URL");
                return Err(refused(text, &why));
            }
        }
        let root = root.canonicalize().map_err(|error| Problem::Read { path: root.to_owned(), error })?;
        Ok(Self::Path(root))
    }

    /// Takes the revision of `runtime`, if that dependency comes from the same repository.
    ///
    /// Two revisions would be two crates to cargo, whose types do not fit together.
    pub(super) fn at_the_revision_of(self, runtime: Option<&Item>) -> Self {
        let text = |key: &str| runtime?.get(key)?.as_str().map(str::to_owned);
        match self {
            Self::Git { url, reference: None } if text("git").as_ref() == Some(&url) => {
                let reference = ["rev", "tag", "branch"].into_iter().find_map(|key| Some((key, text(key)?)));
                Self::Git { url, reference }
            }
            other => other,
        }
    }

    /// Whether the dependency `runtime` of a manifest in `directory` has this source too.
    pub(super) fn holds(&self, runtime: &Item, directory: &Path) -> bool {
        let text = |key: &str| runtime.get(key).and_then(Item::as_str);
        match self {
            Self::Path(root) => text("path").is_some_and(|path| {
                directory.join(path).canonicalize().is_ok_and(|path| path == root.join("auth-runtime"))
            }),
            Self::Git { url, reference } => {
                text("git") == Some(url)
                    && ["rev", "tag", "branch"].into_iter().all(|key| {
                        text(key) == reference.as_ref().filter(|(of, _)| *of == key).map(|(_, name)| name.as_str())
                    })
            }
        }
    }

    /// The package as a dependency, for a manifest in `directory`.
    pub(super) fn dependency(&self, package: &str, directory: &Path) -> Value {
        let mut table = InlineTable::new();
        match self {
            Self::Path(root) => {
                table.insert("path", relative(directory, &root.join(package)).into());
            }
            Self::Git { url, reference } => {
                table.insert("git", url.as_str().into());
                if let Some((key, name)) = reference {
                    table.insert(*key, name.as_str().into());
                }
            }
        }
        Value::InlineTable(table)
    }

    /// The command that installs the subcommand, run in the root of `repository`.
    ///
    /// # Errors
    ///
    /// When the path is outside of the repository, because CI does not have it.
    pub(super) fn install(&self, repository: &Path) -> Result<String, String> {
        let rest = "--locked --no-default-features";
        match self {
            Self::Git { url, reference } => {
                let at = reference.as_ref().map(|(key, name)| format!(" --{key} '{name}'")).unwrap_or_default();
                Ok(format!("cargo install --git '{url}'{at} {SUBCOMMAND} {rest}"))
            }
            Self::Path(root) => {
                let repository = repository.canonicalize().unwrap_or_else(|_| repository.to_owned());
                let Ok(inside) = root.strip_prefix(&repository) else {
                    return Err(format!("{} is outside of the repository, so CI does not have it", root.display()));
                };
                let path = with_slashes(&inside.join(SUBCOMMAND));
                // `--locked` needs the lock file of the workspace that the package is in.
                let locked = root.ancestors().take_while(|above| above.starts_with(&repository));
                let has_lock = locked.into_iter().any(|above| above.join("Cargo.lock").is_file());
                let rest = if has_lock { rest } else { "--no-default-features" };
                Ok(format!("cargo install --path {} {rest}", quoted(&path)))
            }
        }
    }
}

fn refused(from: &str, why: &str) -> Problem {
    Problem::Unfit(format!("`--from {from}`: {why}"))
}

/// Puts text into single quotes for a shell.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
