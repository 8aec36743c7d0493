//! Passes a proof where another one is required: [`WeakenedProof`].

use super::Authenticated;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

/// Borrows a proof of `P` from another proof of the same caller.
///
/// [`Authenticated::weaken`], [`Authenticated::as_any_caller`] and [`Authenticated::check`] make
/// it. It derefs to the proof of `P`, and cannot be moved out of the borrow.
///
/// ```
/// use auth_runtime::{Authenticated, Claims, Rejection, authenticated, scope};
///
/// scope!(Admin = "admin");
///
/// #[authenticated]
/// async fn delete(auth: Authenticated<Claims>) -> Result<(), Rejection> {
///     let admin = auth.check::<Admin>()?; // a `WeakenedProof<'_, Claims, Admin>`
///     delete_all(&admin);
///     Ok(())
/// }
///
/// fn delete_all(_: &Authenticated<Claims, Admin>) {}
/// # fn main() {}
/// ```
pub struct WeakenedProof<'a, C, P> {
    proof: Authenticated<C, P>,
    of: PhantomData<&'a ()>,
}

impl<C, P> WeakenedProof<'_, C, P> {
    pub(crate) fn new(proof: Authenticated<C, P>) -> Self {
        Self { proof, of: PhantomData }
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
