//! Finds the package of the service, its folder and its repository.

use super::{Plan, Source, manifest};
use crate::base::{Package, Problem, Workspace};
use std::path::{Path, PathBuf};
use toml_edit::{DocumentMut, Item};

/// The service, as the plan needs it.
pub(super) struct Service<'w> {
    pub(crate) workspace: &'w Workspace,
    pub(crate) package: &'w Package,
    pub(crate) directory: PathBuf,
    /// The root of the repository, for CI and CODEOWNERS.
    pub(crate) repository: PathBuf,
    /// The source of our packages, if `--from` is given.
    source: Option<Source>,
}

/// Finds the selected package that depends on axum.
pub(super) fn service(workspace: &Workspace, source: Option<Source>) -> Result<Service<'_>, Problem> {
    let serves = |package: &&Package| package.externs.values().any(|name| name == "axum" || name == "auth_runtime");
    let found: Vec<&Package> = workspace.packages.iter().filter(|package| package.selected).filter(serves).collect();
    let [package] = found[..] else {
        let names: Vec<&str> = found.iter().map(|package| package.name.as_str()).collect();
        return Err(Problem::Unfit(match names.len() {
            0 => "no package here depends on axum: give `--manifest-path` or `-p`".to_owned(),
            _ => format!("several packages depend on axum: choose one with `-p`: {}", names.join(", ")),
        }));
    };
    let directory = package.manifest.parent().unwrap_or(&workspace.root).to_owned();
    let repository = workspace.root.ancestors().find(|above| above.join(".git").exists()).unwrap_or(&workspace.root);
    let manifest = manifest::open(&Plan::default(), &package.manifest)?;
    let shared = manifest::open(&Plan::default(), &workspace.root.join("Cargo.toml"))?;
    let source = source.map(|source| source.at_the_revision_of(runtime(&manifest, &shared)));
    Ok(Service { workspace, package, directory, repository: repository.to_owned(), source })
}

/// Returns the dependency on `auth-runtime`, also if the workspace declares it.
fn runtime<'d>(manifest: &'d DocumentMut, shared: &'d DocumentMut) -> Option<&'d Item> {
    let own = manifest.get("dependencies")?.get("auth-runtime")?;
    let inherited = own.get("workspace").and_then(Item::as_bool) == Some(true);
    if inherited { shared.get("workspace")?.get("dependencies")?.get("auth-runtime") } else { Some(own) }
}

impl Service<'_> {
    /// Returns the source of our packages.
    ///
    /// # Errors
    ///
    /// When `--from` is missing.
    pub(super) fn source(&self) -> Result<&Source, Problem> {
        self.source.as_ref().ok_or_else(|| {
            Problem::Unfit(
                "`--from` is missing: `auth-testkit` and `cargo-axum-auth` are not on a registry: give the path of a checkout \
                 or a git URL, such as `--from https://git.example.com/auth#REV`"
                    .to_owned(),
            )
        })
    }

    pub(super) fn shown(&self, path: &Path) -> String {
        self.workspace.shown(path)
    }
}
