//! Stores revoked tokens: in memory for one instance, in Redis for several.

use auth_runtime::revocation::{RedisRevocations, Revocation, RevocationList, RevokeError};

/// The store that the verifier reads and the logout handler writes.
#[derive(Clone)]
pub enum Revoked {
    /// Lost when the process ends.
    InMemory(RevocationList),
    /// Shared by all instances.
    InRedis(RedisRevocations),
}

impl Revoked {
    pub(crate) async fn revoke(&self, revocation: &Revocation) -> Result<(), RevokeError> {
        match self {
            Self::InMemory(list) => list.revoke(revocation),
            Self::InRedis(redis) => redis.revoke(revocation).await,
        }
    }
}
