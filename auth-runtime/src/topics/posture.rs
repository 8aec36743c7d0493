//! The rows of a posture, and the errors of its check.
//!
//! [`AuthRouter::posture`](crate::AuthRouter::posture) returns a [`Posture`](crate::Posture): a
//! [`RoutePosture`] with a [`Policy`] for each route, and a [`VerifierPosture`] for each verifier.

pub use crate::router::{LayerPosture, Policy, PostureError, RoutePosture};
pub use crate::verifier::{CredentialPosture, IssuerPosture, LegacyPosture, VerifierPosture};
