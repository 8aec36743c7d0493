//! A handler without a decision about authentication does not compile.
//!
//! # The guarantee
//!
//! A handler mounted on an [`AuthRouter`] takes a proof as its first parameter: [`Authenticated<C, P>`](Authenticated)
//! (the caller is known) or [`Public<R>`](Public) (opted out, aloud). [`#[authenticated]`](macro@authenticated) and
//! [`#[public]`](macro@public) put it in; the types hold it.
//!
//! ```
//! use auth_runtime::{AuthRouter, Authenticated, Claims, Verifier, authenticated, public, routing::get};
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
//! Forgetting it does not compile:
//!
//! ```compile_fail
//! # use auth_runtime::{AuthRouter, Claims, Verifier, routing::get};
//! async fn me() -> &'static str {
//!     "anybody"
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
//! | take a caller's identity | [`Authenticated`], [`Claims`] |
//! | verify tokens | [`Verifier`], [`VerifyingKey`], [`KeySet`], [`TokenType`] |
//! | mount handlers | [`AuthRouter`], [`routing`], [`MethodRoutes`], [`serve`] |
//! | say who may do what | [`Permission`], [`scope!`], [`claim!`], [`AnyOf`], [`Denied`] |
//! | say who may do it to which object | [`Rule`], [`Permitted`], [`AsyncRule`] |
//! | keep data behind a proof | [`Vault`], [`capability!`], [`job!`], [`Job`] |
//! | fetch an issuer's keys | [`KeySet::discover`], [`KeySet::remote`] |
//! | take tokens back | [`Revocation`], [`RevocationList`], [`Revocations`] |
//! | end what outlives its token | [`Authenticated::guard`], [`Authenticated::ended`] |
//! | hear of refusals | [`Events`], [`AuthEvent`], [`Rejection`] |
//! | count decisions, for alerts that watch from outside | `metrics`, with the feature of that name |
//! | list what is open | [`Posture`] |

// The macros write `::auth_runtime::`, and work in this crate's own tests too.
extern crate self as auth_runtime;

mod access;
mod base;
mod credential;
mod events;
pub mod opt_out;
mod permission;
mod proof;
mod rejection;
mod revocation;
mod router;
mod verifier;

pub use access::{AsyncRule, Existence, Guarded, GuardedError, Job, JobName, Permitted, Rule, Vault};
pub use auth_macros::{authenticated, public};
pub use base::{Algorithm, ConfigError, Date};
#[cfg(feature = "remote-keys")]
pub use credential::token::keys::RemoteKeySet;
/// Built with `--cfg fuzzing` only, which cargo-fuzz sets.
#[cfg(all(fuzzing, feature = "remote-keys"))]
#[doc(hidden)]
pub use credential::token::keys::fuzzing;
pub use credential::token::keys::{KeySet, VerifyingKey};
pub use credential::token::{Claims, TokenType, TrustedIssuer};
#[cfg(feature = "otlp")]
pub use events::Otlp;
#[cfg(feature = "splunk")]
pub use events::Splunk;
#[cfg(feature = "metrics")]
pub use events::metrics;
#[cfg(feature = "pager")]
pub use events::{Alert, DrillError, Page, PageState, Pager};
pub use events::{
    AuthEvent, Class, Collected, Counts, EventSink, Events, EventsBuilder, Notice, NoticeKind, Reason, Severity,
    Summary,
};
pub use opt_out as reason;
pub use permission::{AnyCaller, AnyOf, Denied, Permission};
pub use proof::{Authenticated, Identity, Public, Weaker, Witness};
pub use rejection::Rejection;
#[cfg(feature = "redis")]
pub use revocation::{RedisOptions, RedisRevocations};
pub use revocation::{Revocation, RevocationError, RevocationList, Revocations, RevokeError, TokenIdentity};
pub use router::{
    AuthRouter, Connection, IntoMakeService, MethodRoutes, Policy, Posture, PostureError, ResponseFuture, RoutePosture,
    routing, serve,
};
pub use verifier::{IssuerPosture, Verifier, VerifierBuilder, VerifierPosture};

/// What the macros name. Not part of the interface, and nothing in it makes a proof.
#[doc(hidden)]
pub mod __macro {
    pub use crate::access::stated_reason;
    pub use crate::permission::{Source, claim_of_claims, claim_path, scope_of_claims, scope_token};
    pub use crate::proof::{is_a_proof, is_an_opt_out, stated_claims, stated_proof};
}
