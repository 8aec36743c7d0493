//! Paths, escaping, errors, and the packages of the workspace.

mod escape;
mod paths;
mod problem;
mod workspace;

pub(crate) use escape::{code, escaped, harmless};
pub(crate) use paths::{relative, with_slashes};
pub(crate) use problem::{Problem, read, toml};
pub(crate) use workspace::{Package, Workspace};
