//! Configures which credentials a verifier accepts.
//!
//! [`Verifier::builder`](crate::Verifier::builder) starts a [`VerifierBuilder`].
//! [`also_trust`](VerifierBuilder::also_trust) adds a [`TrustedIssuer`] with keys of its own, for
//! instance while a service moves from one identity provider to another.

pub use crate::credential::token::TrustedIssuer;
pub use crate::verifier::VerifierBuilder;
