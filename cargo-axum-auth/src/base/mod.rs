//! Paths, errors, and the packages of the workspace.

mod paths;
mod problem;
mod workspace;

pub(crate) use paths::{relative, with_slashes};
pub(crate) use problem::{Problem, read, toml};
pub(crate) use workspace::{Package, Workspace};
