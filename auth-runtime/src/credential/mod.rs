//! Credentials: how a request carries them, and their kinds.

pub(crate) mod carrier;
pub(crate) mod lookup;
mod record_claims;
pub(crate) mod token;
mod verified_claims;

pub(crate) use verified_claims::{Origin, Signed, Times, VerifiedClaims};
