//! `cargo axum-auth init`: adds the guards to an existing service. It plans and shows the changes, and writes them once the
//! operator agrees.

mod ci;
mod clippy;
mod difference;
mod manifest;
mod owners;
mod source;
mod test;
mod unsafe_code;

pub(crate) use difference::difference;
pub(crate) use source::{Source, relative};

use crate::problem::{Problem, read};
use crate::workspace::{Package, Workspace};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use toml_edit::{DocumentMut, Item};

/// A change of one file.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) path: PathBuf,
    /// Its text now; `None` for a new file.
    pub(crate) before: Option<String>,
    pub(crate) after: String,
}

/// The changes, and the rest for the operator.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    /// The steps for the operator, with reasons.
    pub(crate) by_hand: Vec<String>,
}

/// The service, as the plan needs it.
pub(crate) struct Service<'w> {
    pub(crate) workspace: &'w Workspace,
    pub(crate) package: &'w Package,
    pub(crate) directory: PathBuf,
    /// The root of the repository, for CI and CODEOWNERS.
    pub(crate) repository: PathBuf,
    /// Where our packages come from, if the operator has said so.
    source: Option<Source>,
}

/// Plans what is missing. `owner` reviews changes of the lock; `source` has our packages.
///
/// # Errors
///
/// When it is not clear which package is the service, a package has to be installed and there is no `source`, or a file
/// that has to be changed cannot be read.
pub(crate) fn plan(workspace: &Workspace, owner: Option<&str>, source: Option<Source>) -> Result<Plan, Problem> {
    let service = service(workspace, source)?;
    let mut plan = Plan::default();
    if !service.package.holds_proofs() {
        plan.by_hand.push(format!(
            "{} does not depend on auth-runtime yet: add it, because the test needs an `AuthRouter`",
            service.package.name
        ));
    }
    clippy::plan(&service, &mut plan)?;
    manifest::plan(&service, &mut plan)?;
    unsafe_code::plan(&service, &mut plan)?;
    test::plan(&service, &mut plan)?;
    owners::plan(&service, owner, &mut plan)?;
    ci::plan(&service, &mut plan)?;
    Ok(plan)
}

/// The one selected package that serves with axum.
fn service(workspace: &Workspace, source: Option<Source>) -> Result<Service<'_>, Problem> {
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

/// The dependency on `auth-runtime`, also where the package inherits it.
fn runtime<'d>(manifest: &'d DocumentMut, shared: &'d DocumentMut) -> Option<&'d Item> {
    let own = manifest.get("dependencies")?.get("auth-runtime")?;
    let inherited = own.get("workspace").and_then(Item::as_bool) == Some(true);
    if inherited { shared.get("workspace")?.get("dependencies")?.get("auth-runtime") } else { Some(own) }
}

impl Service<'_> {
    /// Where our packages come from.
    ///
    /// # Errors
    ///
    /// When `--from` is missing.
    fn source(&self) -> Result<&Source, Problem> {
        self.source.as_ref().ok_or_else(|| {
            Problem::Unfit(
                "`--from` is missing: `auth-testkit` and `cargo-axum-auth` are not on a registry: give the path of a checkout \
                 or a git URL, such as `--from https://git.example.com/auth#REV`"
                    .to_owned(),
            )
        })
    }

    fn shown(&self, path: &Path) -> String {
        self.workspace.shown(path)
    }
}

impl Plan {
    /// Writes the changes. A file that has changed since the plan was made is not overwritten.
    ///
    /// # Errors
    ///
    /// At the first file that cannot be written, or has changed since the plan was made. Earlier files are written.
    pub(crate) fn carry_out(&self) -> Result<(), Problem> {
        self.steps.iter().try_for_each(Step::carry_out)
    }

    /// Plans a change of a file, on top of what is planned for it.
    fn change(&mut self, path: PathBuf, now: Option<&str>, after: String) {
        if now == Some(after.as_str()) {
            return;
        }
        if let Some(step) = self.steps.iter_mut().find(|step| step.path == path) {
            step.after = after;
            return;
        }
        self.steps.push(Step { path, before: now.map(str::to_owned), after });
    }

    /// A file as it will be after what is planned so far.
    fn read(&self, path: &Path) -> Result<Option<String>, Problem> {
        match self.steps.iter().find(|step| step.path == path) {
            Some(step) => Ok(Some(step.after.clone())),
            None if path.exists() => read(path).map(Some),
            None => Ok(None),
        }
    }
}

impl Step {
    fn carry_out(&self) -> Result<(), Problem> {
        let problem = |error| Problem::Write { path: self.path.clone(), error };
        let Some(before) = &self.before else {
            if let Some(directory) = self.path.parent() {
                std::fs::create_dir_all(directory).map_err(problem)?;
            }
            // Fails if the file was created since the plan was made.
            let mut file = OpenOptions::new().write(true).create_new(true).open(&self.path).map_err(problem)?;
            return file.write_all(self.after.as_bytes()).map_err(problem);
        };
        if read(&self.path)? != *before {
            return Err(Problem::Unfit(format!(
                "{} has changed since the plan was made: run the command again",
                self.path.display()
            )));
        }
        std::fs::write(&self.path, &self.after).map_err(problem)
    }
}
