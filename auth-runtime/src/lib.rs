//! A handler without a decision about authentication does not compile.
//!
//! # The guarantee
//!
//! A handler on an [`AuthRouter`] takes a decision as its first parameter:
//! [`Authenticated<C, P>`](Authenticated) for authenticated callers only, or [`Public<R>`](Public)
//! for any caller, which the posture lists. The attributes
//! [`#[authenticated]`](macro@authenticated) and [`#[public]`](macro@public) insert the parameter,
//! and the types enforce it.
//!
//! ```
//! use auth_runtime::routing::get;
//! use auth_runtime::{AuthRouter, Authenticated, Claims, Verifier, authenticated, public};
//!
//! #[authenticated]
//! async fn me(auth: Authenticated<Claims>) -> String {
//!     auth.sub.clone()
//! }
//!
//! #[public(reason = "load balancer probe")]
//! async fn health() -> &'static str {
//!     "ok"
//! }
//!
//! fn app(verifier: Verifier<Claims>) -> AuthRouter {
//!     AuthRouter::new().route("/me", get(me)).route("/health", get(health)).with_state(verifier)
//! }
//! ```
//!
//! Without the attribute the service does not compile:
//!
//! ```compile_fail
//! # use auth_runtime::{AuthRouter, Claims, Verifier, routing::get};
//! async fn me() -> &'static str {
//!     "an unauthenticated caller"
//! }
//!
//! fn app(verifier: Verifier<Claims>) -> AuthRouter {
//!     AuthRouter::new().route("/me", get(me)).with_state(verifier)
//! }
//! ```
//!
//! # The tour
//!
//! | to | see |
//! |---|---|
//! | use the caller's identity | [`Authenticated`], [`Claims`] |
//! | verify tokens | [`Verifier`], [`VerifyingKey`], [`KeySet`], [`TokenType`] |
//! | mount handlers | [`AuthRouter`], [`routing`], [`MethodRoutes`], [`serve`], [`shutdown_signal`] |
//! | require permissions | [`Permission`], [`scope!`], [`claim!`], [`AnyOf`], [`Denied`] |
//! | decide about single objects | [`Rule`], [`Permitted`], [`AsyncRule`] |
//! | make data accessible with a proof only | [`Vault`], [`BoundVault`], [`capability!`], [`job!`], [`Job`] |
//! | fetch an issuer's keys | `KeySet::discover`, `KeySet::remote`, with the feature `remote-keys` |
//! | revoke tokens | [`Revocation`], [`RevocationList`], [`Revocations`] |
//! | end streams together with their token | [`Authenticated::guard`], [`Authenticated::ended`] |
//! | keep the service's error format | [`AuthRouter::on_rejection`] |
//! | read decisions in a layer | [`decision::Decision`] |
//! | receive an event for each rejection | [`Events`], [`AuthEvent`], [`Rejection`] |
//! | count decisions for external alerts | `metrics`, with the feature of that name |
//! | list every route with its decision | [`Posture`] |

// docs.rs marks each item with the feature that it needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

// The macros write `::auth_runtime::`, also in the tests of this crate.
extern crate self as auth_runtime;

mod access;
mod base;
mod credential;
pub mod decision;
pub mod opt_out;
mod permission;
mod proof;
mod rejection;
mod revocation;
mod router;
mod verifier;

pub use access::{AsyncRule, BoundVault, Guarded, GuardedError, Job, JobName, OnDeny, Permitted, Rule, Vault};
#[cfg(feature = "otlp")]
pub use auth_events::Otlp;
#[cfg(feature = "splunk")]
pub use auth_events::Splunk;
#[cfg(feature = "metrics")]
pub use auth_events::metrics;
#[cfg(feature = "pager")]
pub use auth_events::{Alert, DrillError, Page, PageState, Pager};
pub use auth_events::{
    AuthEvent, Class, Collected, Counts, EventSink, Events, EventsBuilder, Notice, NoticeKind, Reason, Severity,
    Summary,
};
/// Makes a handler run for authenticated callers only.
///
/// It inserts the proof [`Authenticated<C, P>`](Authenticated) as the first parameter.
///
/// ```
/// use auth_runtime::{AuthRouter, Verifier, authenticated, routing::get, scope};
/// use axum::extract::Path;
///
/// #[derive(serde::Deserialize)]
/// struct Staff {
///     department: String,
/// }
///
/// scope!(OrdersWrite = "orders:write");
/// scope!(OrdersRefund = "orders:refund");
///
/// #[authenticated] // the claims are `auth_runtime::Claims`
/// async fn list() -> String {
///     "two orders".to_owned()
/// }
///
/// #[authenticated(Staff)] // custom claims
/// async fn report() {}
///
/// #[authenticated(Staff, requires = OrdersWrite)] // and a permission
/// async fn create(order: String) {}
///
/// #[authenticated(Staff, requires = (OrdersWrite, OrdersRefund))] // a tuple: all of them
/// async fn refund(Path(id): Path<u64>) {}
///
/// # fn main() {
/// # #[derive(Clone, axum::extract::FromRef)]
/// # struct App { any: Verifier<auth_runtime::Claims>, staff: Verifier<Staff> }
/// let app: AuthRouter<App> = AuthRouter::new()
///     .route("/orders", get(list).post(create))
///     .route("/orders/{id}/refund", get(refund))
///     .route("/report", get(report));
/// # }
/// ```
///
/// Write the parameter yourself to use the caller's claims. The arguments of the attribute must
/// agree with its type:
///
/// ```
/// use auth_runtime::{Authenticated, Claims, authenticated};
///
/// #[authenticated]
/// async fn me(caller: Authenticated<Claims>) -> String {
///     caller.sub.clone()
/// }
/// ```
///
/// The attribute finds `auth-runtime` under its name in Cargo.toml. A crate that re-exports it
/// passes the path, and Cargo.toml is not read:
///
/// ```
/// mod platform {
///     pub(crate) use auth_runtime as auth;
/// }
///
/// #[platform::auth::authenticated(crate = crate::platform::auth)]
/// async fn list() {}
/// # fn main() {}
/// ```
pub use auth_macros::authenticated;
/// Makes a handler run for unauthenticated callers, and lists it as `PUBLIC` in the posture.
///
/// ```
/// use auth_runtime::{AuthRouter, public, routing::get};
///
/// #[public(reason = "load balancer probe")]
/// async fn health() -> &'static str {
///     "ok"
/// }
///
/// #[public(reason = "price list of the spring fair", expires = "2027-01-31")]
/// async fn prices() {}
///
/// #[public] // the posture shows `no reason given`
/// async fn version() -> &'static str {
///     env!("CARGO_PKG_VERSION")
/// }
///
/// let app: AuthRouter = AuthRouter::new().route("/health", get(health)).route("/version", get(version));
/// assert!(app.posture().to_string().contains("PUBLIC: load balancer probe"));
/// ```
///
/// The attribute inserts [`Public<R>`](Public) as the first parameter, and writes the reason into
/// the type `R`. An expired opt-out still compiles, so that an old commit can be built again, but
/// fails [`Posture::check`].
///
/// `crate = path::to::auth_runtime` is for re-exports, as in
/// [`#[authenticated]`](macro@authenticated).
pub use auth_macros::public;
pub use base::{Algorithm, ConfigError, Date};
#[cfg(feature = "remote-keys")]
pub use credential::token::keys::RemoteKeySet;
/// Built with `--cfg fuzzing` only, which cargo-fuzz sets.
#[cfg(all(fuzzing, feature = "remote-keys"))]
#[doc(hidden)]
pub use credential::token::keys::fuzzing;
pub use credential::token::keys::{KeySet, VerifyingKey};
pub use credential::token::{Claims, TokenType, TrustedIssuer};
pub use permission::{AnyCaller, AnyOf, Denied, Permission, PermissionName};
#[cfg(feature = "request-probe")]
pub use proof::RequestProbe;
pub use proof::{Authenticated, Identity, Public, WeakenedProof};
pub use rejection::Rejection;
#[cfg(feature = "redis")]
pub use revocation::{RedisOptions, RedisRevocations};
pub use revocation::{Revocation, RevocationError, RevocationList, Revocations, RevokeError, TokenIdentity};
pub use router::{
    AuthRouter, Connection, IntoMakeService, MethodRoutes, Policy, Posture, PostureError, ResponseFuture, RoutePosture,
    Serve, ShutdownSignal, routing, serve, shutdown_signal,
};
/// The bounds of [`routing::get`] and the other functions. Not part of the interface.
// P1, P2: only for compiler messages, which print a path that is visible. `router::gate` explains
// why no other crate can implement them.
#[doc(hidden)]
pub use router::{Extracts, ExtractsLast, Handler, HandlerFn, Proof, VerifierFor};
pub use verifier::{IssuerPosture, Verifier, VerifierBuilder, VerifierPosture};

/// Items that the macros name. Not part of the interface, and nothing in it makes a proof.
#[doc(hidden)]
pub mod __macro {
    pub use crate::base::{assert_words, visible, words};
    pub use crate::permission::{Source, claim_of_claims, claim_path, scope_of_claims, scope_token};
    pub use crate::proof::{is_a_proof, is_an_opt_out, stated_claims, stated_proof};
}
