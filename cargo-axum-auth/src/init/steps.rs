//! Plans changes of files, and writes them together.

use crate::base::{Problem, read};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A change of one file.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) path: PathBuf,
    /// Its text now; `None` for a new file.
    pub(crate) before: Option<String>,
    pub(crate) after: String,
}

/// The changes, and the steps that are left for the operator.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    /// The steps for the operator, with reasons.
    pub(crate) by_hand: Vec<String>,
    /// The service has not moved yet, so the guards are not planned.
    pub(crate) moving: bool,
}

impl Plan {
    /// Writes the changes. A file that has changed since the plan was made is not overwritten.
    ///
    /// # Errors
    ///
    /// When a file cannot be written, or has changed since the plan was made. Earlier files are
    /// written.
    pub(crate) fn carry_out(&self) -> Result<(), Problem> {
        self.steps.iter().try_for_each(Step::carry_out)
    }

    /// Plans a change of a file, in addition to its planned changes.
    pub(super) fn change(&mut self, path: PathBuf, now: Option<&str>, after: String) {
        if now == Some(after.as_str()) {
            return;
        }
        if let Some(step) = self.steps.iter_mut().find(|step| step.path == path) {
            step.after = after;
            return;
        }
        self.steps.push(Step { path, before: now.map(str::to_owned), after });
    }

    /// Reads a file, with the changes that are planned so far.
    pub(super) fn read(&self, path: &Path) -> Result<Option<String>, Problem> {
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
