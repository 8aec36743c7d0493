//! What the attributes ask of a parameter that the author has written: it must be what its name says, and what the
//! attribute says.
//!
//! P1: the traits are public in a private module, so that nobody can say it of a type of their own.

use super::{Authenticated, Public};

#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the proof of `auth_runtime`, though it has its name",
    label = "this parameter proves nothing",
    note = "take `auth_runtime::Authenticated<..>`"
)]
pub trait IsProof {}
impl<C, P> IsProof for Authenticated<C, P> {}

#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the `Public` of `auth_runtime`, though it has its name",
    label = "this parameter opts nothing out",
    note = "take `auth_runtime::Public<..>`, or leave the parameter out"
)]
pub trait IsOptOut {}
impl<R> IsOptOut for Public<R> {}

#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the proof that this attribute states",
    label = "the attribute states `{Stated}`",
    note = "write the same claims and permissions in both, or state them in one place only"
)]
pub trait StatedProof<Stated> {}
impl<C, P> StatedProof<Self> for Authenticated<C, P> {}

#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a proof of the claims that this attribute states",
    label = "the attribute states `{Stated}`",
    note = "write the same claims in both, or state them in one place only"
)]
pub trait StatedClaims<Stated> {}
impl<C, P> StatedClaims<C> for Authenticated<C, P> {}

/// The type is a proof.
pub const fn is_a_proof<Written: IsProof>() {}
/// The type is an opt-out.
pub const fn is_an_opt_out<Written: IsOptOut>() {}
/// The type is the proof that was stated.
pub const fn stated_proof<Written: StatedProof<Stated>, Stated>() {}
/// The type is a proof of the claims that were stated.
pub const fn stated_claims<Written: StatedClaims<Stated>, Stated>() {}
