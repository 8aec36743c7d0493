//! Where tokens are taken back: in memory for one instance, in Redis for many.

use auth_runtime::{RedisRevocations, Revocation, RevocationList, RevokeError};

/// The store that the verifier asks, for the handler that writes to it.
#[derive(Clone)]
pub enum Revoked {
    /// Gone when the process ends.
    InMemory(RevocationList),
    /// Shared with all instances.
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
