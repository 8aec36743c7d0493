//! A resource that only a proof opens: [`Vault`]; and what opens it without a caller: a capability, or a [`Job`].

use super::BoundVault;
use super::{Job, JobName};
use crate::base::Invariant;
use crate::opt_out::{Holds, OptOut};
use crate::permission::{AnyCaller, Includes};
use crate::proof::{Authenticated, Public, WeakenedProof};
use crate::verifier::Verifier;
use axum::extract::FromRef;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// A resource (a pool, a client, a signing key) that opens only with a proof.
///
/// With the pool in a vault, a handler without a proof has no data to harm: the second line, behind the gate. It is a
/// part of the state, as cheap to clone as an `Arc`.
///
/// ```
/// use auth_runtime::{AuthRouter, Authenticated, Claims, Vault, Verifier, authenticated, routing::get};
/// use axum::extract::{FromRef, State};
///
/// struct Pool;
///
/// impl Pool {
///     async fn count(&self) -> u64 {
///         42
///     }
/// }
///
/// #[derive(Clone, FromRef)]
/// struct App {
///     verifier: Verifier<Claims>,
///     pool: Vault<Pool, Claims>,
/// }
///
/// #[authenticated]
/// async fn count(auth: Authenticated<Claims>, State(pool): State<Vault<Pool, Claims>>) -> String {
///     pool.open(&auth).count().await.to_string()
/// }
///
/// fn app(verifier: Verifier<Claims>) -> AuthRouter {
///     AuthRouter::new().route("/", get(count)).with_state(App { verifier, pool: Vault::new(Pool) })
/// }
/// ```
///
/// A public handler has nothing to open it with:
///
/// ```compile_fail
/// # use auth_runtime::{Claims, Vault, public};
/// # use axum::extract::State;
/// # struct Pool;
/// #[public(reason = "how many orders there are is no secret")]
/// async fn count(State(pool): State<Vault<Pool, Claims>>) {
///     pool.open();
/// }
/// ```
///
/// It opens with a proof of any verifier of `C`. With [`for_verifier`](Self::for_verifier) it opens with proofs of one
/// verifier only.
///
/// `P` is what the caller must have been permitted: a proof of it, or of a tuple with it inside. By default any known
/// caller will do. That is static. Not static: what the caller does with the resource once it is open, and how long a
/// clone of the resource is kept.
pub struct Vault<T, C, P = AnyCaller> {
    resource: Arc<T>,
    opens: Invariant<(C, P)>,
}

impl<T, C, P> Vault<T, C, P> {
    /// Locks a resource away. Whoever made it can keep a copy beside the vault; the vault can't know.
    pub fn new(resource: T) -> Self {
        Self { resource: Arc::new(resource), opens: PhantomData }
    }

    /// Locks a resource away for the callers of one verifier: see [`BoundVault`].
    #[must_use]
    pub fn for_verifier(verifier: &Verifier<C>, resource: T) -> BoundVault<T, C, P> {
        BoundVault::new(verifier, resource)
    }

    /// The resource, for as long as both the vault and the proof are borrowed.
    ///
    /// Takes `&Authenticated<C, P>`, or a stronger one; `&Public<R>` where `R` is a [`capability!`](crate::capability) for this
    /// resource, `&Job<R>` where `R` is a [`job!`](crate::job) for it. Those two open every vault of the resource's type, so give each resource a
    /// type of its own.
    // P2: the one way in. `Key` is public in a private module, and implemented for the proofs alone.
    pub fn open<'a, K, Where>(&'a self, key: &'a K) -> &'a T
    where
        K: key::Key<T, C, P, Where>,
    {
        let _ = key;
        &self.resource
    }
}

mod key {
    /// What opens a vault.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not open this vault",
        label = "not the proof that it asks for",
        note = "a `Vault<T, {C}, ..>` opens with the handler's `&Authenticated<{C}, ..>`; without a caller, with a `Public` of `auth_runtime::capability!` or a `Job` of `auth_runtime::job!` for this resource"
    )]
    pub trait Key<T, C, P, Where> {}

    /// How a key was found to fit.
    pub struct Proved<Where>(Where);
    pub struct Named<Where>(Where);
}

impl<T, C, P, Q, Where> key::Key<T, C, P, key::Proved<Where>> for Authenticated<C, Q> where Q: Includes<C, P, Where> {}
impl<T, C, P, Q, Where> key::Key<T, C, P, key::Proved<Where>> for WeakenedProof<'_, C, Q> where Q: Includes<C, P, Where> {}
impl<T, C, P, R: OptOut<Opens: Holds<T, Where>>, Where> key::Key<T, C, P, key::Named<Where>> for Public<R> {}
impl<T, C, P, R: JobName<Opens: Holds<T, Where>>, Where> key::Key<T, C, P, key::Named<Where>> for Job<R> {}

impl<T, C, P> Clone for Vault<T, C, P> {
    fn clone(&self) -> Self {
        Self { resource: Arc::clone(&self.resource), opens: PhantomData }
    }
}

/// A state in an [`Arc`] has the vault that the state itself has.
impl<R, T, C, P> FromRef<Arc<R>> for Vault<T, C, P>
where
    Self: FromRef<R>,
{
    fn from_ref(state: &Arc<R>) -> Self {
        Self::from_ref(&**state)
    }
}

/// Without the resource: a look inside takes a proof.
impl<T, C, P> fmt::Debug for Vault<T, C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}
