//! Verifies credentials: configuration, cache, and the pipeline to a verified token.

mod builder;
mod cache;
mod parts;
mod pipeline;
mod posture;
mod token;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod verifier;

pub use builder::VerifierBuilder;
pub(crate) use pipeline::CacheLookup;
pub use posture::{IssuerPosture, VerifierPosture};
pub(crate) use token::VerifiedToken;
pub use verifier::Verifier;
use verifier::{Decode, Shared};
