//! `cargo axum-auth init`: the guards around an existing service. It is planned first, shown, and done when somebody says so.

mod ci;
mod clippy;
mod difference;
mod manifest;
mod owners;
mod test;

pub(crate) use difference::difference;

use crate::problem::{Problem, read};
use crate::workspace::{Package, Workspace};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A file that will be otherwise.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) path: PathBuf,
    /// What stands in it now; `None` where there is none.
    pub(crate) before: Option<String>,
    pub(crate) after: String,
}

/// What there is to do.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    /// What has to be done by hand, and why.
    pub(crate) by_hand: Vec<String>,
}

/// The service, as far as the plan has to know it.
pub(crate) struct Service<'w> {
    pub(crate) workspace: &'w Workspace,
    pub(crate) package: &'w Package,
    pub(crate) directory: PathBuf,
    /// Where the repository begins, for what the forge reads.
    pub(crate) repository: PathBuf,
}

/// Plans what is missing; `owner` is who answers for the lock.
///
/// # Errors
///
/// When it is not clear which package is the service, or a file that has to be changed can't be read.
pub(crate) fn plan(workspace: &Workspace, owner: Option<&str>) -> Result<Plan, Problem> {
    let service = service(workspace)?;
    let mut plan = Plan::default();
    if !service.package.holds_proofs() {
        plan.by_hand
            .push(format!("{} does not depend on auth-runtime yet: the test needs its router", service.package.name));
    }
    clippy::plan(&service, &mut plan)?;
    manifest::plan(&service, &mut plan)?;
    test::plan(&service, &mut plan)?;
    owners::plan(&service, owner, &mut plan)?;
    ci::plan(&service, &mut plan)?;
    Ok(plan)
}

/// The one selected package that serves with axum.
fn service(workspace: &Workspace) -> Result<Service<'_>, Problem> {
    let serves = |package: &&Package| package.externs.values().any(|name| name == "axum" || name == "auth_runtime");
    let found: Vec<&Package> = workspace.packages.iter().filter(|package| package.selected).filter(serves).collect();
    let [package] = found[..] else {
        let names: Vec<&str> = found.iter().map(|package| package.name.as_str()).collect();
        return Err(Problem::Unfit(match names.len() {
            0 => "no package here depends on axum".to_owned(),
            _ => format!("several packages depend on axum: say which one with `-p`: {}", names.join(", ")),
        }));
    };
    let directory = package.manifest.parent().unwrap_or(&workspace.root).to_owned();
    let repository = workspace.root.ancestors().find(|above| above.join(".git").exists()).unwrap_or(&workspace.root);
    Ok(Service { workspace, package, directory, repository: repository.to_owned() })
}

impl Plan {
    /// Does it. What is there already is never replaced by something else than was shown.
    ///
    /// # Errors
    ///
    /// At the first file that can't be written, or is not as it was when the plan was made. Those before it are done.
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
            // Refuses a file that somebody has made in the meantime.
            let mut file = OpenOptions::new().write(true).create_new(true).open(&self.path).map_err(problem)?;
            return file.write_all(self.after.as_bytes()).map_err(problem);
        };
        if read(&self.path)? != *before {
            return Err(Problem::Unfit(format!("{} has changed in the meantime", self.path.display())));
        }
        std::fs::write(&self.path, &self.after).map_err(problem)
    }
}
