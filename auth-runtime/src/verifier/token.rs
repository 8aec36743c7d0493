//! A verified token, as it is cached.

use crate::credential::VerifiedClaims;
use std::sync::Arc;

/// Holds a verified token, which the cache shares between requests.
// P2: only the verifier creates it, at the end of its pipeline. It is public because a hidden
// method of `Permission` takes it, and has no name outside of this crate.
// In this order, because a request reads `verified` and the count of references before it, which
// are then in one cache line.
#[repr(C)]
pub struct VerifiedToken<C> {
    /// Shared with the cache, which may load another principal for the same token.
    pub(crate) verified: Arc<VerifiedClaims>,
    /// The claims as the service's own type, or the principal that was loaded for them.
    pub(crate) claims: C,
}
