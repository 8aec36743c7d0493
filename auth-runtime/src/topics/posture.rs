//! The rows of a posture, and the errors of its check.
//!
//! [`AuthRouter::posture`](crate::AuthRouter::posture) returns a [`Posture`](crate::Posture). It
//! has a [`RoutePosture`] with a [`Policy`] for each route, a [`VerifierPosture`] for each
//! verifier, and a [`SenderPosture`] for each sender of signed requests.

pub use crate::router::{LayerPosture, Policy, PostureError, RoutePosture, SenderPosture};
pub use crate::verifier::{CredentialPosture, IssuerPosture, LegacyPosture, VerifierPosture};
