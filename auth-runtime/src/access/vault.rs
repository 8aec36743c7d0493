//! Keeps a resource that only a proof, a capability or a [`Job`] opens: [`Vault`].

use super::BoundVault;
use super::{Job, JobName};
use crate::base::Invariant;
use crate::credential::signature::Sender;
use crate::opt_out::{Holds, OptOut};
use crate::permission::{AnyCaller, Includes};
use crate::proof::{Authenticated, Public, SetupClosed, Signed, WeakenedProof};
use crate::verifier::Verifier;
use axum::extract::FromRef;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// Keeps a resource (a pool, a client, a signing key) that opens only with a proof.
///
/// It is the second line of defence behind the gate, because a handler without a proof cannot reach
/// the pool in a vault. It is a part of the state, and as cheap to clone as an `Arc`.
///
/// ```
/// use auth_runtime::routing::get;
/// use auth_runtime::{AuthRouter, Authenticated, Claims, Vault, Verifier, authenticated};
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
///     let state = App { verifier, pool: Vault::new(Pool) };
///     AuthRouter::new().route("/", get(count)).with_state(state)
/// }
/// ```
///
/// A public handler cannot open it:
///
/// ```compile_fail
/// # use auth_runtime::{Claims, Vault, public};
/// # use axum::extract::State;
/// # struct Pool;
/// #[public(reason = "the number of orders is not a secret")]
/// async fn count(State(pool): State<Vault<Pool, Claims>>) {
///     pool.open();
/// }
/// ```
///
/// It opens with a proof of any verifier of `C`. With [`for_verifier`](Self::for_verifier) it opens
/// with proofs of one verifier only.
///
/// `P` is the permission that opens it: the proof is one of `P`, or of a tuple that contains `P`.
/// By default any authenticated caller opens it. The compiler does not check what the handler does
/// with the open resource, nor how long it keeps a clone of it.
pub struct Vault<T, C, P = AnyCaller> {
    resource: Arc<T>,
    opens: Invariant<(C, P)>,
}

impl<T, C, P> Vault<T, C, P> {
    /// Makes a vault. It cannot detect that the service keeps another copy of the resource.
    pub fn new(resource: T) -> Self {
        Self { resource: Arc::new(resource), opens: PhantomData }
    }

    /// Makes a vault for the callers of one verifier: see [`BoundVault`].
    #[must_use]
    pub fn for_verifier(verifier: &Verifier<C>, resource: T) -> BoundVault<T, C, P> {
        BoundVault::new(verifier, resource)
    }

    /// Returns the resource, while both the vault and the proof are borrowed.
    ///
    /// `key` is `&Authenticated<C, P>` or a stronger proof; `&Public<R>` or
    /// [`&SetupClosed<R>`](crate::setup::SetupClosed) with a [`capability!`](crate::capability) for
    /// this resource; `&Signed<S>` with a
    /// [`signature!`](crate::signature) for it; or `&Job<R>` with a [`job!`](crate::job) for it. A
    /// capability, a signature and a job open every vault of the resource's type, so give each
    /// resource its own type.
    // P2: the only access to the resource. `Key` is public in a private module, and only the proofs
    // implement it.
    pub fn open<'a, K, Where>(&'a self, key: &'a K) -> &'a T
    where
        K: key::Key<T, C, P, Where>,
    {
        let _ = key;
        &self.resource
    }
}

mod key {
    /// A proof that opens a vault.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not open this vault",
        label = "not a proof that opens it",
        note = "open it with the `&Authenticated<{C}, ..>` of the handler (of a `Visitor`, with its `caller()`); or, without a caller, with a capability from `auth_runtime::capability!` or a job from `auth_runtime::job!` for `{T}`"
    )]
    pub trait Key<T, C, P, Where> {}

    /// Tells the compiler which of the impls fits.
    pub struct Proved<Where>(Where);
    pub struct Named<Where>(Where);
}

impl<T, C, P, Q, Where> key::Key<T, C, P, key::Proved<Where>> for Authenticated<C, Q> where Q: Includes<C, P, Where> {}
impl<T, C, P, Q, Where> key::Key<T, C, P, key::Proved<Where>> for WeakenedProof<'_, C, Q> where Q: Includes<C, P, Where> {}
impl<T, C, P, R: OptOut<Opens: Holds<T, Where>>, Where> key::Key<T, C, P, key::Named<Where>> for Public<R> {}
#[diagnostic::do_not_recommend]
impl<T, C, P, R: OptOut<Opens: Holds<T, Where>>, Where> key::Key<T, C, P, key::Named<Where>> for SetupClosed<R> {}
impl<T, C, P, S: Sender<Opens: Holds<T, Where>>, Where> key::Key<T, C, P, key::Named<Where>> for Signed<S> {}
impl<T, C, P, R: JobName<Opens: Holds<T, Where>>, Where> key::Key<T, C, P, key::Named<Where>> for Job<R> {}

impl<T, C, P> Clone for Vault<T, C, P> {
    fn clone(&self) -> Self {
        Self { resource: Arc::clone(&self.resource), opens: PhantomData }
    }
}

/// Takes the vault of the state in an [`Arc`].
impl<R, T, C, P> FromRef<Arc<R>> for Vault<T, C, P>
where
    Self: FromRef<R>,
{
    fn from_ref(state: &Arc<R>) -> Self {
        Self::from_ref(&**state)
    }
}

/// Omits the resource, which only a proof opens.
impl<T, C, P> fmt::Debug for Vault<T, C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}
