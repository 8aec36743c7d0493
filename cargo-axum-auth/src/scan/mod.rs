//! Reads the parts of a file that the lint and the review need, with their places.
//!
//! These are paths, method calls, macros, functions and impls.

mod branches;
mod checks;
mod defaults;
mod extensions;
mod facts;
mod flow;
mod habits;
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

pub(crate) use checks::Check;
pub(crate) use extensions::{ExtensionKind, ExtensionUse};
pub(crate) use facts::{
    FirstParameter, Function, Implementation, Occurrence, Over, Parameter, Place, ResolvedPath, What,
};
pub(crate) use habits::is_text_in_source;
pub(crate) use mounts::{LayerUse, Mount, Part, PartOf, Within};
pub(crate) use tokens_made::key_name;
pub(crate) use types::{TypeKind, TypeTree};
pub(crate) use values::Value;
pub(crate) use walk::{FileScan, scan};
