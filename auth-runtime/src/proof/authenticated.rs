//! Proves that a caller is authenticated: [`Authenticated`], and the only function that makes it.

use super::{Identity, VerifiedRequest, WeakenedProof};
use crate::base::Invariant;
use crate::permission::{Includes, Permission, assert_waives_no_more, declares_nothing, granted};
use crate::rejection::{Refusal, Rejection};
use crate::revocation::TokenIdentity;
use crate::verifier::Verifier;
use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;
use std::time::SystemTime;

/// Proves that the caller is authenticated and has permission `P`.
///
/// A handler on an [`AuthRouter`](crate::AuthRouter) takes it as its first parameter. It derefs to
/// the claims `C`. Only a [`Verifier`] makes it, and it can be neither copied nor changed.
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
/// A proof states that the caller was authenticated when the proof was made. It can outlive its
/// request, and [`expires_at`](Self::expires_at).
// P2: private fields; no `Clone`, `Copy`, `Default`, `Deserialize`, `From`, `DerefMut`;
// `assert_proved` holds the only expression that makes one: `tests/runtime/proofs.rs` checks this.
#[must_use = "a proof has no effect unless it is used: pass it to a function that requires one"]
pub struct Authenticated<C, P = ()> {
    verified: Arc<VerifiedRequest<C>>,
    /// P2: makes `P` invariant. With `fn() -> P`, a proof of a permission for all lifetimes would
    /// also be a proof of the one for `'static`.
    of: Invariant<(C, P)>,
}

impl<C, P: Permission<C>> Authenticated<C, P> {
    /// Checks the permission, then makes the proof.
    ///
    /// P2: private to this crate, and only the pipeline makes a `VerifiedRequest`.
    /// P6: the conditions of the verifier and the permission are checked here, so each proof of `P`
    /// states both. A panic in a check rejects the request.
    pub(crate) fn mint(verified: Arc<VerifiedRequest<C>>) -> Result<Self, (Refusal, Arc<VerifiedRequest<C>>)> {
        match granted::<C, P>(verified.verifier().conditions(), verified.token()) {
            Ok(()) => Ok(Self::assert_proved(verified)),
            Err(refusal) => Err((refusal, verified)),
        }
    }
}

impl<C, P> Authenticated<C, P> {
    /// Makes the proof that `verified` has permission `P`.
    // P2: this expression makes every proof. It checks nothing: its caller has just granted `P`
    // (`mint`), or holds a proof that includes `P` (`weaken`, `as_any_caller`, `duplicate`).
    fn assert_proved(verified: Arc<VerifiedRequest<C>>) -> Self {
        Self { verified, of: PhantomData }
    }

    /// Returns when the token expires. The proof itself does not end then.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.verified.verified_claims().expires_at
    }

    /// Returns the identity of the caller, to use as a key of records.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity { issuer: self.issuer().to_owned(), subject: self.subject().to_owned() }
    }

    /// Returns the subject of the token (`sub`).
    ///
    /// It is unique only together with [`issuer`](Self::issuer): see [`identity`](Self::identity).
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.verified.verified_claims().subject
    }

    /// Returns what a revocation of this token needs, for instance at logout.
    #[must_use]
    pub fn token_identity(&self) -> TokenIdentity<'_> {
        TokenIdentity::of(self.verified.verified_claims(), self.verified.verifier().leeway())
    }

    /// Returns the issuer of the token (`iss`).
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.verified.verified_claims().names.issuer
    }

    /// Requires another permission inside a handler, and returns the proof of `Q`.
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
    /// [`Rejection::InsufficientScope`]. Its event is already emitted; return the rejection.
    ///
    /// # Panics
    ///
    /// When `Q` [waives](crate::Despite) a condition that this proof does not waive. It does not
    /// compile for a proof without a waiver.
    pub fn require<Q: Permission<C>>(self) -> Result<Authenticated<C, Q>, Rejection>
    where
        P: Permission<C>,
    {
        assert_waives_no_more::<C, P, Q>();
        Authenticated::mint(self.verified).map_err(|(refusal, verified)| verified.report(refusal))
    }

    /// Checks another permission inside a handler, and keeps this proof.
    ///
    /// For a permission that only some requests need:
    ///
    /// ```
    /// # use auth_runtime::{Authenticated, Claims, Rejection, scope};
    /// scope!(Admin = "admin");
    ///
    /// async fn profile(auth: Authenticated<Claims>, id: String) -> Result<(), Rejection> {
    ///     if auth.sub != id {
    ///         auth.check::<Admin>()?;
    ///     }
    ///     println!("{} reads the profile of {id}", auth.sub);
    ///     Ok(())
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// It returns the proof of `Q`, borrowed from this one, for functions that require it. The
    /// result must not be ignored:
    ///
    /// ```compile_fail
    /// # #![deny(unused_must_use)]
    /// # use auth_runtime::{Authenticated, Claims, scope};
    /// # scope!(Admin = "admin");
    /// fn profile(auth: &Authenticated<Claims>) {
    ///     auth.check::<Admin>();
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// As [`require`](Self::require).
    ///
    /// # Panics
    ///
    /// As [`require`](Self::require).
    pub fn check<Q: Permission<C>>(&self) -> Result<WeakenedProof<'_, C, Q>, Rejection>
    where
        P: Permission<C>,
    {
        assert_waives_no_more::<C, P, Q>();
        Authenticated::mint(Arc::clone(&self.verified))
            .map(WeakenedProof::new)
            .map_err(|(refusal, verified)| verified.report(refusal))
    }

    /// Passes this proof where a weaker one is required: one permission of a tuple.
    ///
    /// It cannot fail, because the types decide which permission includes which.
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
    /// A permission that was not proved is not included:
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
        // P9: `AnyCaller` states that all conditions hold, which `as_any_caller` checks.
        const { assert!(P::IS_PROVED, "a proof of any caller is `as_any_caller()`") };
        // P2: no new fact is proved: `P` includes `Q`, by the sealed trait.
        WeakenedProof::new(Authenticated::assert_proved(Arc::clone(&self.verified)))
    }

    /// Passes this proof where any authenticated caller is accepted.
    ///
    /// It does not compile for a proof that [waives](crate::Despite) a condition, because
    /// `Authenticated<C>` states that all conditions hold.
    #[must_use]
    pub fn as_any_caller(&self) -> WeakenedProof<'_, C, ()>
    where
        P: Permission<C>,
    {
        // P9: here, so that the error names the caller of this function.
        const {
            assert!(
                !P::WAIVES,
                "this proof waives a condition, so it is not a proof of any caller: call `check::<()>()?`, which checks the conditions"
            );
        }
        // P2: no new fact is proved: `()` requires no permission, and `P` waives no condition.
        WeakenedProof::new(Authenticated::assert_proved(Arc::clone(&self.verified)))
    }

    /// Makes the same proof again, for a stream that outlives this one.
    // P2: no new fact is proved, and only this crate can call it.
    pub(crate) fn duplicate(&self) -> Self {
        Self::assert_proved(Arc::clone(&self.verified))
    }

    pub(crate) fn verified(&self) -> &Arc<VerifiedRequest<C>> {
        &self.verified
    }
}

/// Derefs to the claims.
impl<C, P> Deref for Authenticated<C, P> {
    type Target = C;

    fn deref(&self) -> &C {
        self.verified.claims()
    }
}

/// Omits the claims, because proofs end up in spans and log lines, and claims are private data.
impl<C, P> fmt::Debug for Authenticated<C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticated").finish_non_exhaustive()
    }
}

/// Also an extractor, for a plain `axum::Router` during a migration to
/// [`AuthRouter`](crate::AuthRouter).
///
/// P3: `OptionalFromRequestParts` is not implemented, so `Option<Authenticated<..>>` is not an
/// extractor.
impl<C, P, S> FromRequestParts<S> for Authenticated<C, P>
where
    C: Send + Sync + 'static,
    P: Permission<C>,
    S: Send + Sync,
    Verifier<C>: FromRef<S>,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        // P9: no gate judges the response of this handler.
        let () = declares_nothing::<C, P>();
        Ok(Verifier::<C>::from_ref(state).prove(parts).await?)
    }
}
