//! Resolves names: through `use`, renames, globs, aliases and re-exports, across the modules and
//! crates of a workspace.
//!
//! No types are inferred. If a name has several meanings (two globs), all of them are returned, so
//! that no side door is missed.

mod resolve;
mod scope;

pub(crate) use resolve::{Here, Names};
pub(crate) use scope::{Parts, Scope, plain, written};
