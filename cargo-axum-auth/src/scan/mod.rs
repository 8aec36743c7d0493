//! Reads the parts of a file that the lint and the review need, with their places.
//!
//! These are paths, method calls, macros, functions and impls.

mod branches;
mod extensions;
mod facts;
mod flow;
mod items;
mod mounts;
mod parts;
mod receivers;
mod results;
mod signatures;
mod tokens;
mod tokens_made;
mod types;
mod values;
mod visit;
mod walk;

pub(crate) use extensions::{ExtensionKind, ExtensionUse};
pub(crate) use facts::{FirstParameter, Function, Implementation, Occurrence, Parameter, Place, ResolvedPath, What};
pub(crate) use mounts::{LayerUse, Mount, PartOf, Within};
pub(crate) use types::{TypeKind, TypeTree};
pub(crate) use values::Value;
pub(crate) use walk::{FileScan, scan};
