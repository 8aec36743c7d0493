//! A permission that the verifier requires on every route: [`Condition`].

use super::Verifier;
use super::token::VerifiedToken;
use crate::rejection::Refusal;
use std::any::TypeId;

/// Decides about a verified token. A pointer, because a permission need not be `'static`.
type Check<C> = fn(&VerifiedToken<C>) -> Result<(), Refusal>;

/// A permission that a verifier requires on every route, unless the route waives it.
pub(crate) struct Condition<C> {
    /// Its type, which a route names to waive it.
    pub(crate) id: TypeId,
    /// Returns its name in the posture.
    pub(crate) name: fn() -> &'static str,
    pub(crate) check: Check<C>,
}

impl<C> Clone for Condition<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Condition<C> {}

impl<C> Verifier<C> {
    /// Returns the conditions of every proof of this verifier.
    pub(crate) fn conditions(&self) -> &[Condition<C>] {
        &self.shared.conditions
    }
}
