//! A handler without a decision about authentication does not compile.
//!
//! # The guarantee
//!
//! A handler on an [`AuthRouter`] takes a decision as its first parameter:
//! [`Authenticated<C, P>`](Authenticated) for authenticated callers only, [`Signed<S>`](Signed) for
//! requests that a sender has signed, [`Setup<R>`](Setup) for the one-time set-up,
//! [`Public<R>`](Public) for any caller, or [`Visitor<C>`](Visitor) for any caller whose token is
//! recognised. The posture lists the last two as `PUBLIC`. The attributes
//! [`#[authenticated]`](macro@authenticated), [`#[signed]`](macro@signed),
//! [`#[setup]`](macro@setup) and [`#[public]`](macro@public) insert the parameter, and the types
//! enforce it.
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
//! The root has the items that most services name. The modules have the others, by topic. The
//! [`manual`] has a chapter for each task, and the error reference.
//!
//! | to | see | more |
//! |---|---|---|
//! | use the caller's identity | [`Authenticated`], [`Claims`], [`Identity`] | |
//! | serve guests and known callers on one route | [`Visitor`] | |
//! | load the caller from a database | [`LoadPrincipal`] | [`credentials`] |
//! | mint and accept API keys | [`ApiKeys`](api_keys::ApiKeys) | [`api_keys`] |
//! | issue tokens (feature `issue`) | `TokenIssuer` | [`credentials`] |
//! | configure a verifier | [`Verifier::builder`] | [`credentials`] |
//! | verify tokens | [`Verifier`], [`VerifyingKey`], [`KeySet`], [`TokenType`] | [`keys`] |
//! | fetch an issuer's keys | `KeySet::discover` and `remote` (feature `remote-keys`) | [`keys`] |
//! | revoke tokens | [`Revocation`](revocation::Revocation) | [`revocation`] |
//! | mount handlers | [`AuthRouter`], [`MethodRoutes`] | [`routing`], [`opt_out`] |
//! | mount gRPC and other services with their caller | [`services::Proven`] | [`services`] |
//! | run the server | [`serve()`], [`shutdown_signal`] | [`mod@serve`] |
//! | require permissions | [`Permission`], [`scope!`], [`claim!`], [`AnyOf`] | [`permissions`] |
//! | require conditions on every route | `VerifierBuilder::always_requires`, [`Despite`] | |
//! | decide about single objects | [`Rule`], [`Permitted`] | [`rules`] |
//! | require a proof for data | [`Vault`], [`capability!`], [`job!`], [`Job`] | [`vault`] |
//! | end streams with their token | [`Authenticated::guard`] and `ended` | [`streams`] |
//! | keep the service's error format | [`AuthRouter::on_rejection`] | [`decision`] |
//! | read decisions in a layer | [`Decision`](decision::Decision) | [`decision`] |
//! | receive an event for each rejection | [`Events`], [`AuthEvent`], [`Rejection`] | [`events`] |
//! | create the first user once | [`Setup`] | [`mod@setup`] |
//! | verify signed requests | [`Signed`], [`signature!`] | [`signatures`] |
//! | list every route with its decision | [`Posture`] | [`posture`] |
//! | keep an OpenAPI document in agreement | [`Posture::apply_to_openapi`] | [`openapi`] |

// docs.rs marks each item with the feature that it needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

// The macros write `::auth_runtime::`, also in the tests of this crate.
extern crate self as auth_runtime;

mod access;
mod base;
mod credential;
pub mod decision;
pub mod openapi;
pub mod opt_out;
mod permission;
mod proof;
mod rejection;
pub mod revocation;
mod router;
mod topics;
mod verifier;

pub use access::{Job, Permitted, Rule, Vault};
pub use auth_events::{AuthEvent, Events};
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
/// `rule = R` declares the rule that the handler asks about its objects: see
/// [`WithRule`](permissions::WithRule). `despite = X` waives a condition that the verifier always
/// requires: see [`Despite`].
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
/// The attribute finds the name of `auth-runtime` in the arguments of rustc, also where Cargo.toml
/// renames the dependency; rust-analyzer finds only the usual name. A crate that re-exports it
/// passes the path:
///
/// ```standalone_crate
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
/// let app: AuthRouter =
///     AuthRouter::new().route("/health", get(health)).route("/version", get(version));
/// assert!(app.posture().to_string().contains("PUBLIC: load balancer probe"));
/// ```
///
/// The attribute inserts [`Public<R>`](Public) as the first parameter, and writes the reason into
/// the type `R`. An expired opt-out still compiles, so that an old commit can be built again, but
/// fails [`Posture::check`].
///
/// With `optional = C` the handler is public, and known callers are recognised: it inserts
/// [`Visitor<C>`](Visitor) instead. A request with a bad token is rejected there too.
///
/// ```
/// use auth_runtime::{AuthRouter, Claims, Verifier, Visitor, public, routing::get};
///
/// #[public(reason = "articles for all", optional = Claims)]
/// async fn article(visitor: Visitor<Claims>) -> String {
///     visitor.caller().map_or("a guest".to_owned(), |caller| caller.sub.clone())
/// }
///
/// let app: AuthRouter<Verifier<Claims>> = AuthRouter::new().route("/article", get(article));
/// assert!(app.posture().to_string().contains("PUBLIC, recognises Claims: articles for all"));
/// ```
///
/// `crate = path::to::auth_runtime` is for re-exports, as in
/// [`#[authenticated]`](macro@authenticated).
pub use auth_macros::public;
/// Makes a handler run once, to set a service up that has no user yet.
///
/// The request has the token of the [`SetupGate`](setup::SetupGate) in `Authorization: Bearer`, and
/// the set-up is open. The handler takes [`Setup`] as its first parameter and closes the set-up.
/// The attribute writes the reason into its type:
///
/// ```
/// use auth_runtime::setup::SetupGate;
/// use auth_runtime::{AuthRouter, Rejection, Setup, routing::post, setup};
///
/// #[setup(reason = "creates the first administrator")]
/// async fn first_administrator(setup: Setup) -> Result<(), Rejection> {
///     let _closed = setup.close().await?;
///     Ok(())
/// }
///
/// let app: AuthRouter<SetupGate> = AuthRouter::new().route("/setup", post(first_administrator));
/// assert!(app.posture().to_string().contains("SETUP: creates the first administrator"));
/// ```
///
/// Mount it with `post`. The router panics when it is mounted for another method, because a set-up
/// changes the service, and because browsers and caches repeat a GET by themselves.
///
/// Without a reason, write the type of a [`capability!`] as in `Setup<FirstAdministrator>`.
///
/// `crate = path::to::auth_runtime` is for re-exports, as in
/// [`#[authenticated]`](macro@authenticated).
pub use auth_macros::setup;
/// Makes a handler run for signed requests of one sender only, such as webhooks.
///
/// It inserts the proof [`Signed<S>`](Signed) as the first parameter. Write the parameter yourself
/// to read the verified bytes, which it owns:
///
/// ```
/// use auth_runtime::signatures::{MalformedJson, Scheme, Signatures};
/// use auth_runtime::{AuthRouter, Signed, routing::post, signature, signed};
///
/// signature!(pub GitHub = Scheme::github());
///
/// #[signed(GitHub)]
/// async fn ping() {}
///
/// #[signed(GitHub)]
/// async fn pushed(event: Signed<GitHub>) -> Result<String, MalformedJson> {
///     let push: serde_json::Value = event.json()?;
///     Ok(format!("{} was pushed", push["ref"]))
/// }
///
/// # fn main() {
/// let app: AuthRouter<Signatures<GitHub>> =
///     AuthRouter::new().route("/ping", post(ping)).route("/push", post(pushed));
/// assert!(app.posture().to_string().contains("SIGNED by GitHub"));
/// # }
/// ```
///
/// `crate = path::to::auth_runtime` is for re-exports, as in
/// [`#[authenticated]`](macro@authenticated).
pub use auth_macros::signed;
pub use base::ConfigError;
#[cfg(feature = "issue")]
pub use credential::token::TokenIssuer;
pub use credential::token::keys::{KeySet, VerifyingKey};
pub use credential::token::{Claims, TokenType};
pub use permission::{AnyOf, Denied, Despite, Permission};
pub use proof::{Authenticated, Identity, Public, Setup, Signed, Visitor};
pub use rejection::Rejection;
pub use router::{AuthRouter, MethodRoutes, Posture, routing, serve, shutdown_signal};
/// The bounds of [`routing::get`] and the other functions. Not part of the interface.
// P1, P2: only for compiler messages, which print a path that is visible. `router::gate` explains
// why no other crate can implement them.
#[doc(hidden)]
pub use router::{Extracts, ExtractsLast, Handler, HandlerFn, Proof, SetupGateFor, SignaturesFor, VerifierFor};
#[cfg(feature = "request-probe")]
pub use topics::testing;
pub use topics::{
    api_keys, credentials, events, keys, manual, permissions, posture, rules, serve, services, setup, signatures,
    streams, vault,
};
pub use verifier::{LoadPrincipal, Verifier};

/// Items that the macros name. Not part of the interface, and nothing in it makes a proof.
#[doc(hidden)]
pub mod __macro {
    #[cfg(feature = "grpc")]
    pub use crate::access::is_a_decision;
    pub use crate::base::{assert_words, visible, words};
    pub use crate::credential::signature::assert_scheme;
    pub use crate::permission::{Source, claim_of_claims, claim_path, key_of_claims, scope_of_claims, scope_token};
    pub use crate::proof::{
        Recognises, TakesReason, is_a_proof, is_a_setup, is_an_opt_out, stated_claims, stated_proof, stated_sender,
    };
    #[cfg(feature = "grpc")]
    pub use crate::router::{MethodProof, assert_methods};
}
