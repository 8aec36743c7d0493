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
//! | mount handlers | [`AuthRouter`], [`routing`], [`MethodRoutes`], [`serve`], [`shutdown_signal`] |
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

mod claims;
mod config_error;
mod events;
mod guarded;
mod meters;
#[cfg(feature = "metrics")]
pub mod metrics;
mod permission;
mod proof;
pub mod reason;
mod rejection;
mod router;
mod rule;
mod stated;
mod undecided;
mod vault;
mod verifier;
mod witness;

pub use auth_macros::{authenticated, public};
pub use claims::Claims;
pub use config_error::ConfigError;
#[cfg(feature = "otlp")]
pub use events::Otlp;
#[cfg(feature = "splunk")]
pub use events::Splunk;
#[cfg(feature = "pager")]
pub use events::{Alert, DrillError, Page, PageState, Pager};
pub use events::{
    AuthEvent, Class, Collected, Counts, EventSink, Events, EventsBuilder, Notice, NoticeKind, Severity, Summary,
};
pub use guarded::{Guarded, GuardedError};
pub use permission::{AnyCaller, AnyOf, Denied, Permission, Weaker};
pub use proof::{Authenticated, Identity, Public};
pub use rejection::{Reason, Rejection};
pub use router::{
    AuthRouter, Connection, Date, IntoMakeService, MethodRoutes, Policy, Posture, PostureError, ResponseFuture,
    RoutePosture, Serve, ShutdownSignal, routing, serve, shutdown_signal,
};
pub use rule::{AsyncRule, Existence, Permitted, Rule};
pub use vault::{Job, JobName, Vault};
#[cfg(feature = "remote-keys")]
pub use verifier::RemoteKeySet;
/// Built with `--cfg fuzzing` only, which cargo-fuzz sets.
#[cfg(all(fuzzing, feature = "remote-keys"))]
#[doc(hidden)]
pub use verifier::fuzzing;
pub use verifier::{
    Algorithm, IssuerPosture, KeySet, Revocation, RevocationError, RevocationList, Revocations, RevokeError,
    TokenIdentity, TokenType, TrustedIssuer, Verifier, VerifierBuilder, VerifierPosture, VerifyingKey,
};
#[cfg(feature = "redis")]
pub use verifier::{RedisOptions, RedisRevocations};
pub use witness::Witness;

/// What the macros name. Not part of the interface, and nothing in it makes a proof.
#[doc(hidden)]
pub mod __macro {
    pub use crate::permission::{Source, claim_of_claims, claim_path, scope_of_claims, scope_token};
    pub use crate::stated::{is_a_proof, is_an_opt_out, stated_claims, stated_proof};
    pub use crate::vault::stated_reason;
}
