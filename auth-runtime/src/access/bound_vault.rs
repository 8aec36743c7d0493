//! Opens a vault for the proofs of one verifier only: [`BoundVault`].

use super::Vault;
use crate::permission::{AnyCaller, Includes};
use crate::proof::Authenticated;
use crate::rejection::Rejection;
use crate::verifier::Verifier;
use axum::extract::FromRef;
use std::fmt;
use std::sync::Arc;

/// A [`Vault`] that opens only with proofs of one verifier.
///
/// [`Vault::for_verifier`] makes it. A proof of another verifier with the same claims type does not
/// open it. Clones of a verifier count as the same verifier. A capability or a job does not open it
/// either; work without a caller needs a separate [`Vault`].
///
/// ```
/// use auth_runtime::{Authenticated, Claims, Rejection, Vault, Verifier, authenticated};
/// use auth_runtime::vault::BoundVault;
/// use axum::extract::{FromRef, State};
///
/// struct Pool;
///
/// #[derive(Clone, FromRef)]
/// struct App {
///     verifier: Verifier<Claims>,
///     pool: BoundVault<Pool, Claims>,
/// }
///
/// fn app(verifier: Verifier<Claims>) -> App {
///     App { pool: Vault::for_verifier(&verifier, Pool), verifier }
/// }
///
/// #[authenticated]
/// async fn list(
///     auth: Authenticated<Claims>,
///     State(pool): State<BoundVault<Pool, Claims>>,
/// ) -> Result<(), Rejection> {
///     let _pool: &Pool = pool.open(&auth)?;
///     Ok(())
/// }
/// ```
pub struct BoundVault<T, C, P = AnyCaller> {
    vault: Vault<T, C, P>,
    verifier: Verifier<C>,
}

impl<T, C, P> BoundVault<T, C, P> {
    pub(super) fn new(verifier: &Verifier<C>, resource: T) -> Self {
        Self { vault: Vault::new(resource), verifier: verifier.clone() }
    }

    /// Returns the resource, while both the vault and the proof are borrowed.
    ///
    /// # Errors
    ///
    /// [`Rejection::NotPermitted`] if another verifier made the proof. The vault's verifier has
    /// already emitted the event; return the rejection.
    // P2: the verifier of a proof is known at run time only, so the types cannot decide it.
    pub fn open<'a, Q, Where>(&'a self, proof: &'a Authenticated<C, Q>) -> Result<&'a T, Rejection>
    where
        Q: Includes<C, P, Where>,
    {
        proof.verified().proved_by(&self.verifier)?;
        Ok(self.vault.open(proof))
    }
}

impl<T, C, P> Clone for BoundVault<T, C, P> {
    fn clone(&self) -> Self {
        Self { vault: self.vault.clone(), verifier: self.verifier.clone() }
    }
}

/// Takes the vault of the state in an [`Arc`].
impl<R, T, C, P> FromRef<Arc<R>> for BoundVault<T, C, P>
where
    Self: FromRef<R>,
{
    fn from_ref(state: &Arc<R>) -> Self {
        Self::from_ref(&**state)
    }
}

/// Omits the resource, as [`Vault`] does.
impl<T, C, P> fmt::Debug for BoundVault<T, C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoundVault").finish_non_exhaustive()
    }
}
