//! A resource that only a proof opens: [`Vault`]; and what opens it without a caller: [`Capability`], [`Job`].

use crate::permission::{AnyCaller, Includes};
use crate::proof::{Authenticated, Invariant, Public};
use crate::reason::OptOut;
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

    /// The resource, for as long as both the vault and the proof are borrowed.
    ///
    /// Takes `&Authenticated<C, P>`, or a stronger one; `&Public<R>` or `&Job<R>` where `R` is a [`Capability`] for
    /// this resource.
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
        note = "a `Vault<T, {C}, ..>` opens with the handler's `&Authenticated<{C}, ..>`; without a caller, with a `Job` or a `Public` of a capability for this resource: `auth_runtime::capability!`"
    )]
    pub trait Key<T, C, P, Where> {}

    /// How a key was found to fit.
    pub struct Proved<Where>(Where);
    pub struct Named;
}

impl<T, C, P, Q, Where> key::Key<T, C, P, key::Proved<Where>> for Authenticated<C, Q> where Q: Includes<P, Where> {}
impl<T, C, P, R: Capability<T>> key::Key<T, C, P, key::Named> for Public<R> {}
impl<T, C, P, R: Capability<T>> key::Key<T, C, P, key::Named> for Job<R> {}

/// The right to one resource without a caller, by name and for a reason: for login and sign-up, which have to look
/// before there is a token; for webhooks, which verify by other means; for jobs. Made by
/// [`capability!`](crate::capability), and listed in the posture.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no capability for `{T}`",
    label = "nobody is known here, and nothing was said of `{T}`",
    note = "authenticate the handler, or declare what it needs and why: `auth_runtime::capability!(pub Login for {T} = \"checks a password before there is a token\")`, then take `Public<Login>`"
)]
pub trait Capability<T>: OptOut {}

/// Declares a [`Capability`]: `capability!(pub Login for Accounts = "checks a password before there is a token");`
///
/// A public handler takes it as `Public<Login>`, its first parameter; a job as [`Job<Login>`](Job). Both show in the
/// posture.
///
/// ```
/// use auth_runtime::{AuthRouter, Claims, Public, Vault, capability, public, routing::post};
/// use axum::extract::State;
///
/// pub struct Accounts;
///
/// capability!(pub Login for Accounts = "checks a password before there is a token");
///
/// #[public]
/// async fn login(caller: Public<Login>, State(accounts): State<Vault<Accounts, Claims>>) {
///     let _accounts: &Accounts = accounts.open(&caller);
/// }
///
/// # fn main() {
/// let app: AuthRouter<Vault<Accounts, Claims>> = AuthRouter::new().route("/login", post(login));
/// assert!(app.posture().to_string().contains("PUBLIC: checks a password before there is a token, opens Accounts"));
/// # }
/// ```
#[macro_export]
macro_rules! capability {
    ($(#[$meta:meta])* $vis:vis $Name:ident for $Resource:ty = $reason:literal $(;)?) => {
        $(#[$meta])*
        #[doc = ::core::concat!("Opens without a caller: ", $reason, ".")]
        #[derive(Debug)]
        $vis struct $Name(());

        impl $crate::reason::OptOut for $Name {
            fn reason() -> ::core::option::Option<::std::borrow::Cow<'static, str>> {
                ::core::option::Option::Some(::std::borrow::Cow::Borrowed($reason))
            }

            fn opens() -> ::core::option::Option<&'static str> {
                ::core::option::Option::Some(::core::any::type_name::<$Resource>())
            }
        }

        impl $crate::Capability<$Resource> for $Name {}

        const _: () = $crate::__macro::stated_reason($reason);
    };
}

/// Refuses a blank reason at compile time.
#[doc(hidden)]
pub const fn stated_reason(reason: &str) {
    assert!(!reason.trim_ascii().is_empty(), "a capability says why nobody has to be known");
}

/// The proof of work without a caller: start-up, a queue, a timer. It opens the vaults that `R` is a [`Capability`]
/// for.
///
/// It is handed out by [`AuthRouter::job`](crate::AuthRouter::job), where the router is put together, and listed in its
/// posture.
#[must_use = "a job opens the vaults that it has a capability for"]
pub struct Job<R> {
    capability: Invariant<R>,
}

impl<R> Job<R> {
    pub(crate) fn listed() -> Self {
        Self { capability: PhantomData }
    }
}

impl<T, C, P> Clone for Vault<T, C, P> {
    fn clone(&self) -> Self {
        Self { resource: Arc::clone(&self.resource), opens: PhantomData }
    }
}

/// Without the resource: a look inside takes a proof.
impl<T, C, P> fmt::Debug for Vault<T, C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}

impl<R> fmt::Debug for Job<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Job")
    }
}
