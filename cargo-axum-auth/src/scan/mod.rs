//! Reads the parts of a file that the lint and the review need, with their places.
//!
//! These are paths, method calls, macros, functions and impls.

mod branches;
mod facts;
mod flow;
mod parts;
mod receivers;
mod signatures;
mod tokens;
mod types;
mod visit;
mod walk;

pub(crate) use facts::{FirstParameter, Function, Implementation, Occurrence, Parameter, Place, ResolvedPath, What};
pub(crate) use types::{TypeKind, TypeTree};
pub(crate) use walk::{FileScan, scan};
