//! Why a handler is public: the `R` of [`Public<R>`](crate::Public).
//!
//! [`#[public(reason = "..")]`](crate::public) writes its reason into the type itself, sixteen bytes a number, because
//! an attribute on an associated function has no place for an item beside it. A reason of your own, for a closure, is a
//! type that implements [`OptOut`].

#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod opt_out;
mod resources;

pub use opt_out::{Chunks, End, Expires, NoReason, OptOut, Text};
pub(crate) use opt_out::{OpensNothing, stated};
pub(crate) use resources::{Holds, Resources, opened};
