//! Checks a parameter that the author has written beside an attribute.
//!
//! P1: it must have the type that its name suggests, and agree with the attribute. The traits are
//! public in a private module, so no other crate can implement them.

use super::{Authenticated, Public, Setup, Signed, Visitor};

#[diagnostic::on_unimplemented(
    message = "`{Self}` is not `auth_runtime::Authenticated`, it only has the same name",
    label = "this parameter proves nothing",
    note = "write `auth_runtime::Authenticated<..>`"
)]
pub trait IsProof {}
impl<C, P> IsProof for Authenticated<C, P> {}

#[diagnostic::on_unimplemented(
    message = "`{Self}` is not `auth_runtime::Public`, it only has the same name",
    label = "this parameter does not opt the handler out",
    note = "write `auth_runtime::Public<..>`, or remove the parameter"
)]
pub trait IsOptOut {}
impl<R> IsOptOut for Public<R> {}

#[diagnostic::on_unimplemented(
    message = "`{Self}` is not `auth_runtime::Setup`, it only has the same name",
    label = "this parameter proves nothing",
    note = "write `auth_runtime::Setup<..>`"
)]
pub trait IsSetup {}
impl<R> IsSetup for Setup<R> {}

/// Adds the reason of the attribute to the set-up that the author has written.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not `auth_runtime::Setup`, it only has the same name",
    label = "this parameter proves nothing",
    note = "write `auth_runtime::Setup`"
)]
pub trait TakesReason<R> {
    /// The proof with the reason in its type.
    type Setup;
}
impl<R> TakesReason<R> for Setup {
    type Setup = Setup<R>;
}

/// Adds the reason of the attribute to the visitor that the author has written.
#[diagnostic::on_unimplemented(
    message = "the attribute and the parameter recognise different callers",
    label = "the attribute has `optional = {Claims}`, and the parameter is `{Self}`",
    note = "write `auth_runtime::Visitor<{Claims}>`, or the claims of the parameter in the attribute"
)]
pub trait Recognises<Claims, R> {
    /// The visitor with the reason in its type.
    type Visitor;
}
impl<C, R> Recognises<C, R> for Visitor<C> {
    type Visitor = Visitor<C, R>;
}

#[diagnostic::on_unimplemented(
    message = "the attribute and the parameter require different proofs",
    label = "the attribute requires `{Stated}`, and the parameter is `{Self}`",
    note = "write the same claims and permissions in both, or write them in one place only"
)]
pub trait StatedProof<Stated> {}
impl<C, P> StatedProof<Self> for Authenticated<C, P> {}

#[diagnostic::on_unimplemented(
    message = "the attribute and the parameter name different claims",
    label = "the attribute names `{Stated}`, and the parameter is `{Self}`",
    note = "write the same claims in both, or write them in one place only"
)]
pub trait StatedClaims<Stated> {}
impl<C, P> StatedClaims<C> for Authenticated<C, P> {}
impl<C, R> StatedClaims<C> for Visitor<C, R> {}

#[diagnostic::on_unimplemented(
    message = "the attribute and the parameter name different senders",
    label = "the attribute names `{Stated}`, and the parameter is `{Self}`",
    note = "write `auth_runtime::Signed<{Stated}>`, or the sender of the parameter in the attribute"
)]
pub trait StatedSender<Stated> {}
impl<S> StatedSender<S> for Signed<S> {}

/// Compiles if the type is a proof.
pub const fn is_a_proof<Written: IsProof>() {}
/// Compiles if the type is an opt-out.
pub const fn is_an_opt_out<Written: IsOptOut>() {}
/// Compiles if the type is the proof of a set-up.
pub const fn is_a_setup<Written: IsSetup>() {}
/// Compiles if the type is the proof that the attribute requires.
pub const fn stated_proof<Written: StatedProof<Stated>, Stated>() {}
/// Compiles if the type is a proof or a visitor of the claims that the attribute names.
pub const fn stated_claims<Written: StatedClaims<Stated>, Stated>() {}
/// Compiles if the type is the proof of the sender that the attribute names.
pub const fn stated_sender<Written: StatedSender<Stated>, Stated>() {}
