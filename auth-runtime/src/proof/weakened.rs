//! A stronger proof where a weaker one is asked.

use super::Authenticated;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

/// A proof of less than was proved, for as long as the proof itself is borrowed. Made by [`Authenticated::weaken`] and
/// [`Authenticated::known`]; it derefs to the weaker proof, and doesn't give it away.
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
