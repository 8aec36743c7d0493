//! Every route, every bad token, one line in a test; and a lock on who may be public.
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
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), auth_runtime::ConfigError> {
//! let issuer = TestIssuer::new();
//! let verifier = issuer.verifier::<Claims>(Events::stderr())?;
//! let app = AuthRouter::new().route("/me", get(me)).route("/health", get(health)).with_state(verifier);
//!
//! attack(app).with(&issuer).await.assert_nothing_got_through();
//! # Ok(()) }
//! ```
//!
//! That is the whole test. It takes the routes from the router itself, so it covers those that come later. [`attack`] tells
//! what it does and what it can't; [`assert_posture`] keeps a list of the decisions beside the code, for the review.
//!
//! This is a crate for tests. It makes tokens and requests, never proofs: nothing in it gets past the gate otherwise than a
//! stranger would.

mod catalogue;
mod issuer;
pub mod lock;
mod report;
mod run;
mod target;

pub use catalogue::{Arsenal, Attack, Credentials, ELSEWHERE, Expected, catalogue};
pub use issuer::{TestIssuer, TestToken};
pub use lock::assert_posture;
pub use report::{AttackReport, Finding, RouteReport, Severity, Tried};
pub use run::{Attacking, Unarmed, attack};
#[cfg(feature = "wire")]
pub use target::WireError;
pub use target::{Route, Target};
