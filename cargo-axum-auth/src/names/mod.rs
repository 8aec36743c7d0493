//! What a name means: through `use`, renames, globs, aliases and re-exports, across the modules and crates of a workspace.
//!
//! No types are inferred. Where a name may mean several things (two globs), all of them are answered: a side door is
//! rather found twice than not at all.

mod resolve;
mod scope;

pub(crate) use resolve::{Here, Names};
pub(crate) use scope::{Parts, Scope, plain, written};
