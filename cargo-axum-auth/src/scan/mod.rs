//! What stands in a file, with its place: the paths, the method calls, the macros, the functions and the impls, as far as
//! the lint and the review ask for them.

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
