//! Revokes tokens before they expire.
//!
//! A [`Revocation`] names the tokens that are rejected from then on: one token, or all tokens of a
//! subject. A store keeps it: [`RevocationList`] in the memory of one instance, `RedisRevocations`
//! (feature `redis`) for all instances, or another implementation of [`Revocations`]. The verifier
//! checks the store on every request, also for cached tokens.

mod checker;
mod errors;
mod kept_issuers;
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
