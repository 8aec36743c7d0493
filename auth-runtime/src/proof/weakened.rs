//! Passes a stronger proof where a weaker one is required: [`WeakenedProof`].

use super::Authenticated;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

/// A weaker proof, borrowed from a stronger one.
///
/// [`Authenticated::weaken`] and [`Authenticated::as_any_caller`] make it. It derefs to the weaker
/// proof, and cannot be moved out of the borrow.
pub struct WeakenedProof<'a, C, P> {
    proof: Authenticated<C, P>,
    stronger: PhantomData<&'a ()>,
}

impl<C, P> WeakenedProof<'_, C, P> {
    pub(crate) fn new(proof: Authenticated<C, P>) -> Self {
        Self { proof, stronger: PhantomData }
    }
}

impl<C, P> Deref for WeakenedProof<'_, C, P> {
    type Target = Authenticated<C, P>;

    fn deref(&self) -> &Self::Target {
        &self.proof
    }
}

impl<C, P> fmt::Debug for WeakenedProof<'_, C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.proof.fmt(f)
    }
}
