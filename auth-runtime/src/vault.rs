//! A resource that only a proof opens: [`Vault`]; and what opens it without a caller: a capability, or a [`Job`].

mod bound;

pub use bound::BoundVault;

use crate::permission::{AnyCaller, Includes, Weaker};
use crate::proof::{Authenticated, Invariant, Public};
use crate::reason::OptOut;
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
impl<T, C, P, Q, Where> key::Key<T, C, P, key::Proved<Where>> for Weaker<'_, C, Q> where Q: Includes<C, P, Where> {}
impl<T, C, P, R: OptOut<Opens: Holds<T, Where>>, Where> key::Key<T, C, P, key::Named<Where>> for Public<R> {}
impl<T, C, P, R: JobName<Opens: Holds<T, Where>>, Where> key::Key<T, C, P, key::Named<Where>> for Job<R> {}

mod resources {
    /// Tuples of resources, by name.
    // P2: public in a private module, as `Holds`.
    pub trait Resources {
        fn names() -> Vec<&'static str>;
    }

    /// A tuple of resources with `T` in it.
    #[diagnostic::on_unimplemented(
        message = "nothing was said of `{T}` here, and nobody is known",
        label = "opens no vault of `{T}`",
        note = "authenticate the handler, or declare what it needs and why: `auth_runtime::capability!(pub Login for {T} = \"checks a password before there is a token\")`, then take `Public<Login>`"
    )]
    pub trait Holds<T, Where> {}

    pub struct Nth<const N: usize>;

    impl Resources for () {
        fn names() -> Vec<&'static str> {
            Vec::new()
        }
    }

    macro_rules! tuples {
        ($all:tt $($T:ident $n:literal)+) => {
            impl<$($T: 'static),+> Resources for ($($T,)+) {
                fn names() -> Vec<&'static str> {
                    vec![$(std::any::type_name::<$T>()),+]
                }
            }
            $( tuples!(@one $all $T $n); )+
        };
        (@one [$($all:ident)+] $T:ident $n:literal) => {
            impl<$($all),+> Holds<$T, Nth<$n>> for ($($all,)+) {}
        };
    }

    tuples!([A] A 0);
    tuples!([A B] A 0 B 1);
    tuples!([A B D] A 0 B 1 D 2);
    tuples!([A B D E] A 0 B 1 D 2 E 3);
}
pub(crate) use resources::{Holds, Resources};

/// What the posture says of them.
pub(crate) fn opened<R: Resources>() -> Vec<&'static str> {
    R::names()
}

/// Declares the right to a resource, or to up to four, without a caller, by name and for a reason: for login and sign-up, which have to look before there
/// is a token; for webhooks, which verify by other means.
///
/// A public handler takes it as `Public<Login>`, its first parameter, and nowhere else. It shows in the posture with what it opens.
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
    ($(#[$meta:meta])* $vis:vis $Name:ident for $($Resource:ty),+ = $reason:literal $(;)?) => {
        $(#[$meta])*
        #[doc = ::core::concat!("Opens without a caller: ", $reason, ".")]
        #[derive(Debug)]
        $vis struct $Name(());

        impl $crate::reason::OptOut for $Name {
            type Opens = ($($Resource,)+);

            fn reason() -> ::core::option::Option<::std::borrow::Cow<'static, ::core::primitive::str>> {
                ::core::option::Option::Some(::std::borrow::Cow::Borrowed($reason))
            }
        }

        const _: &::core::primitive::str = $crate::__macro::words($reason);
    };
}

/// Declares work without a caller, with the resource that it needs, or up to four, and the reason:
/// `job!(pub Nightly for Orders = "deletes orders after ten years");` See [`AuthRouter::job`](crate::AuthRouter::job).
#[macro_export]
macro_rules! job {
    ($(#[$meta:meta])* $vis:vis $Name:ident for $($Resource:ty),+ = $reason:literal $(;)?) => {
        $(#[$meta])*
        #[doc = ::core::concat!("Works without a caller: ", $reason, ".")]
        #[derive(Debug)]
        $vis struct $Name(());

        impl $crate::JobName for $Name {
            type Opens = ($($Resource,)+);
            const REASON: &'static ::core::primitive::str = $reason;
        }

        const _: &::core::primitive::str = $crate::__macro::words($reason);
    };
}

/// The name of work without a caller. Made by [`job!`](crate::job).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no work without a caller",
    label = "not made by `job!`",
    note = "declare it, with what it needs and why: `auth_runtime::job!(pub Nightly for Orders = \"deletes orders after ten years\")`"
)]
pub trait JobName: 'static {
    /// The resources that it needs, as a tuple.
    type Opens: Resources;
    /// Why there is no caller.
    const REASON: &'static str;
}

/// The proof of work without a caller: start-up, a queue, a timer. It opens the vaults of the resources that [`job!`](crate::job) names.
///
/// It is handed out by [`AuthRouter::job`](crate::AuthRouter::job), where the router is put together, and listed in its
/// posture.
#[must_use = "a job opens the vaults of its resources"]
pub struct Job<R> {
    name: Invariant<R>,
}

impl<R> Job<R> {
    pub(crate) fn listed() -> Self {
        Self { name: PhantomData }
    }
}

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

impl<R> fmt::Debug for Job<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Job")
    }
}
