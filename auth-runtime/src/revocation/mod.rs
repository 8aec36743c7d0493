//! Revocation of tokens before they expire: stores, and the check of a verifier.

mod checker;
mod errors;
mod list;
#[cfg(feature = "redis")]
mod redis;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod revocation;
mod revocations;
mod token_identity;

pub(crate) use checker::RevocationChecker;
pub use errors::{RevocationError, RevokeError};
pub use list::RevocationList;
#[cfg(feature = "redis")]
pub use redis::{RedisOptions, RedisRevocations};
pub use revocation::Revocation;
pub use revocations::Revocations;
pub use token_identity::TokenIdentity;
