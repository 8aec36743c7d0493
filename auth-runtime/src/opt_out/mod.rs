//! Reasons of public handlers: the `R` of [`Public<R>`](crate::Public).
//!
//! [`#[public(reason = "..")]`](crate::public) writes its reason into the type, sixteen bytes in
//! each number, because an attribute on an associated function cannot add an item next to it. For a
//! closure, implement [`OptOut`] for your own type.

#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod opt_out;
mod resources;

pub use crate::base::Date;
pub use opt_out::{Chunks, End, Expires, NoReason, OptOut, Text};
pub(crate) use opt_out::{OpensNothing, stated};
pub(crate) use resources::{Holds, Nothing, Resources, opened};
