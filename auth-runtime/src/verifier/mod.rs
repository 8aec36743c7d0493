//! Verifies credentials: configuration, cache, and the pipeline to a verified token.

mod accepted;
mod builder;
mod cache;
mod cached;
mod condition;
mod doorkeeper;
mod load_principal;
#[cfg(feature = "issue")]
mod of_issuer;
mod options;
mod parts;
mod pipeline;
mod posture;
mod settings;
mod source;
mod token;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod verifier;
mod weaknesses;

pub use builder::VerifierBuilder;
pub(crate) use condition::Condition;
pub use load_principal::{LoadPrincipal, NoPrincipal};
use parts::TokenClaims;
pub(crate) use pipeline::{CacheLookup, check_same_caller};
pub(crate) use posture::authorization_servers;
pub use posture::{CredentialPosture, IssuerPosture, LegacyPosture, VerifierPosture};
pub(crate) use token::VerifiedToken;
use verifier::Shared;
pub use verifier::Verifier;
