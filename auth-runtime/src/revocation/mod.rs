//! Tokens revoked before they expire.

mod checker;
mod list;
#[cfg(feature = "redis")]
mod redis;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod revocation;

pub(crate) use checker::RevocationChecker;
pub use list::RevocationList;
#[cfg(feature = "redis")]
pub use redis::{RedisOptions, RedisRevocations};
pub use revocation::{Revocation, RevocationError, Revocations, RevokeError, TokenIdentity};
