//! Credentials: how a request carries them, and their kinds.

pub(crate) mod api_key;
pub(crate) mod carrier;
#[cfg(feature = "introspection")]
pub(crate) mod introspection;
pub(crate) mod lookup;
pub(crate) mod own;
mod record_claims;
mod secret_strength;
#[cfg(feature = "sessions")]
pub(crate) mod session;
pub(crate) mod setup;
pub(crate) mod signature;
pub(crate) mod token;
mod verified_claims;

pub(crate) use verified_claims::{Origin, Signed, Times, VerifiedClaims};
