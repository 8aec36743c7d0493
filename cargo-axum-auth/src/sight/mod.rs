//! What stands in a file, with its place: the paths, the method calls, the macros, the functions and the impls, as far as
//! the lint and the review ask for them.

mod facts;
mod parts;
mod tokens;
mod walk;

pub(crate) use facts::{Function, Implementation, Meant, Parameter, Place, Sighting, What};
pub(crate) use walk::{Seen, look};
