//! The proof that a caller is known: [`Authenticated`], and the one place where it is made.

use super::{Identity, VerifiedRequest, WeakenedProof};
use crate::base::Invariant;
use crate::permission::{Includes, Permission, PermissionName};
use crate::rejection::{Refusal, Rejection, isolate_panic};
use crate::revocation::TokenIdentity;
use crate::verifier::Verifier;
use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;
use std::time::SystemTime;

/// Proof that the caller is known: its token was verified, and permission `P` was given.
///
/// A handler on an [`AuthRouter`](crate::AuthRouter) takes it as its first parameter. It derefs to the claims `C`. It
/// can't be made except by a [`Verifier`], nor copied, nor changed.
///
/// ```
/// use auth_runtime::{Authenticated, Claims};
///
/// async fn me(auth: Authenticated<Claims>) -> String {
///     auth.sub.clone()
/// }
/// ```
///
/// None of these compiles:
///
/// ```compile_fail
/// # use auth_runtime::{Authenticated, Claims};
/// fn twice(auth: Authenticated<Claims>) -> (Authenticated<Claims>, Authenticated<Claims>) {
///     (auth.clone(), auth)
/// }
/// ```
///
/// ```compile_fail
/// # use auth_runtime::{Authenticated, Claims};
/// fn forged(json: &str) -> Authenticated<Claims> {
///     serde_json::from_str(json).unwrap()
/// }
/// ```
///
/// ```compile_fail
/// # use auth_runtime::{Authenticated, Claims};
/// fn promoted(mut auth: Authenticated<Claims>) {
///     auth.sub = "admin".to_owned();
/// }
/// ```
///
/// A proof says that a caller was known when it was made. It can be kept past its request, and past
/// [`expires_at`](Self::expires_at).
// P2: private fields; no `Clone`, `Copy`, `Default`, `Deserialize`, `From`, `DerefMut`; `assert_proved` holds the only
// expression that makes one, and `tests/proofs.rs` checks this.
#[must_use = "a proof that is not used proves nothing to anybody"]
pub struct Authenticated<C, P = ()> {
    verified: Arc<VerifiedRequest<C>>,
    /// P2: with `fn() -> P` a proof of a permission for all lifetimes would be one of its sibling for `'static`.
    of: Invariant<(C, P)>,
}

impl<C, P: Permission<C>> Authenticated<C, P> {
    /// Checks the permission, then makes the proof.
    ///
    /// P2: nobody can name it outside this crate, and what it takes only the verifier makes.
    /// P6: the permission is asked here, so there is no proof of `P` without it; a panic in it is no answer.
    pub(crate) fn mint(verified: Arc<VerifiedRequest<C>>) -> Result<Self, (Refusal, Arc<VerifiedRequest<C>>)> {
        match isolate_panic(|| P::grant(verified.token())) {
            Ok(Ok(())) => Ok(Self::assert_proved(verified)),
            Ok(Err(denied)) => {
                let refused = |permission, scope| Rejection::InsufficientScope { permission, scope };
                let name = PermissionName::of::<C, P>().text();
                Err((denied.refusal(name, verified.registered(), refused), verified))
            }
            Err(panicked) => Err((panicked, verified)),
        }
    }
}

impl<C, P> Authenticated<C, P> {
    /// Makes the proof that `verified` has permission `P`.
    // P2: every proof is made by this expression. It checks nothing: the caller has just granted `P` (`mint`), or holds
    // a proof that includes it (`weaken`, `known`, `again`).
    fn assert_proved(verified: Arc<VerifiedRequest<C>>) -> Self {
        Self { verified, of: PhantomData }
    }

    /// When the token expires. The proof itself does not end then.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.verified.registered().expires_at
    }

    /// Who the caller is: what to keep records by.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity { issuer: self.issuer().to_owned(), subject: self.subject().to_owned() }
    }

    /// Who the token speaks for (`sub`). Unique only together with [`issuer`](Self::issuer): see
    /// [`identity`](Self::identity).
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.verified.registered().subject
    }

    /// What the token can be taken back by: for a logout.
    #[must_use]
    pub fn token_identity(&self) -> TokenIdentity<'_> {
        TokenIdentity::of(self.verified.registered(), self.verified.verifier().leeway())
    }

    /// Who issued the token (`iss`).
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.verified.registered().issuer.name
    }

    /// Asks for another permission, in the middle of a handler: the proof of `Q` instead of this one.
    ///
    /// ```
    /// # use auth_runtime::{Authenticated, Claims, Rejection, scope};
    /// scope!(OrdersRefund = "orders:refund");
    ///
    /// async fn close(auth: Authenticated<Claims>) -> Result<(), Rejection> {
    ///     let auth = auth.require::<OrdersRefund>()?;
    ///     refund(&auth);
    ///     Ok(())
    /// }
    ///
    /// fn refund(_: &Authenticated<Claims, OrdersRefund>) {}
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// [`Rejection::InsufficientScope`], and an event: return it.
    pub fn require<Q: Permission<C>>(self) -> Result<Authenticated<C, Q>, Rejection> {
        Authenticated::mint(self.verified).map_err(|(refusal, verified)| verified.report(refusal))
    }

    /// Passes this proof where a weaker one is asked: one of the permissions of a tuple.
    ///
    /// It costs nothing at run time, and can't fail: what is contained is decided by the types.
    ///
    /// ```
    /// # use auth_runtime::{Authenticated, Claims, scope};
    /// scope!(OrdersWrite = "orders:write");
    /// scope!(OrdersRefund = "orders:refund");
    ///
    /// fn refund(_: &Authenticated<Claims, OrdersRefund>) {}
    ///
    /// fn close(auth: &Authenticated<Claims, (OrdersWrite, OrdersRefund)>) {
    ///     refund(&auth.weaken());
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// What was not proved is not contained:
    ///
    /// ```compile_fail
    /// # use auth_runtime::{Authenticated, Claims, scope};
    /// # scope!(OrdersWrite = "orders:write");
    /// # scope!(OrdersRefund = "orders:refund");
    /// # fn refund(_: &Authenticated<Claims, OrdersRefund>) {}
    /// fn close(auth: &Authenticated<Claims, OrdersWrite>) {
    ///     refund(&auth.weaken());
    /// }
    /// # fn main() {}
    /// ```
    #[must_use]
    pub fn weaken<Q, Where>(&self) -> WeakenedProof<'_, C, Q>
    where
        P: Includes<C, Q, Where>,
    {
        // P2: no new fact is proved: `P` includes `Q`, by the sealed trait.
        WeakenedProof::new(Authenticated::assert_proved(Arc::clone(&self.verified)))
    }

    /// Passes this proof where no permission is asked: that the caller is known.
    #[must_use]
    pub fn known(&self) -> WeakenedProof<'_, C, ()> {
        // P2: no new fact is proved: `()` asks for no permission.
        WeakenedProof::new(Authenticated::assert_proved(Arc::clone(&self.verified)))
    }

    /// The same proof, for something that outlives this one.
    // P2: no new fact is proved, and nobody outside this crate can ask for it.
    pub(crate) fn again(&self) -> Self {
        Self::assert_proved(Arc::clone(&self.verified))
    }

    pub(crate) fn verified(&self) -> &Arc<VerifiedRequest<C>> {
        &self.verified
    }
}

/// The claims.
impl<C, P> Deref for Authenticated<C, P> {
    type Target = C;

    fn deref(&self) -> &C {
        self.verified.claims()
    }
}

/// Without the claims: a proof is often in a span or a log line, and they are the caller's private data.
impl<C, P> fmt::Debug for Authenticated<C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticated").finish_non_exhaustive()
    }
}

/// An ordinary extractor too, for a plain `axum::Router` on its way to an [`AuthRouter`](crate::AuthRouter).
///
/// P3: `OptionalFromRequestParts` is not implemented, so `Option<Authenticated<..>>` is no extractor.
impl<C, P, S> FromRequestParts<S> for Authenticated<C, P>
where
    C: Send + Sync + 'static,
    P: Permission<C>,
    S: Send + Sync,
    Verifier<C>: FromRef<S>,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        Verifier::<C>::from_ref(state).prove(parts).await
    }
}
