//! Attacks every route of an axum service with bad tokens, and locks its public routes.
//!
//! ```
//! use auth_runtime::{AuthRouter, Claims, Events, authenticated, public, routing::get};
//! use auth_testkit::{TestIssuer, attack};
//!
//! #[authenticated]
//! async fn me(auth: auth_runtime::Authenticated<Claims>) -> String {
//!     auth.sub.clone()
//! }
//!
//! #[public(reason = "load balancer probe")]
//! async fn health() -> &'static str {
//!     "ok"
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), auth_runtime::ConfigError> {
//! let issuer = TestIssuer::new();
//! let verifier = issuer.verifier::<Claims>(Events::stderr())?;
//! let app = AuthRouter::new().route("/me", get(me)).route("/health", get(health));
//! let app = app.with_state(verifier);
//!
//! attack(app).with(&issuer).await.assert_nothing_got_through();
//! # Ok(()) }
//! ```
//!
//! This is the whole test. It reads the routes from the router, so it covers routes that are added
//! later. [`attack`] documents what is checked. [`assert_posture`] compares the decisions of the
//! router with a file beside the code, for the review.
//!
//! The crate makes tokens and requests, not proofs, so it passes the gate only as any client does.

mod catalogue;
mod issuer;
pub mod lock;
mod openapi;
mod report;
mod run;
mod target;

pub use catalogue::{Attack, AttackInputs, COVERED_ELSEWHERE, Credentials, Expected, catalogue};
pub use issuer::{TestApiKeys, TestCredentials, TestIssuer, TestSender, TestSetup, TestToken};
pub use lock::assert_posture;
pub use openapi::{OpenApiCheck, assert_openapi};
pub use report::{AttackReport, Cause, Finding, RequestCounts, RouteReport, Severity};
pub use run::{AttackBuilder, AttackSetup, attack};
#[cfg(feature = "wire")]
pub use target::WireError;
pub use target::{Route, Target};
