//! A token that was verified.

use crate::credential::token::VerifiedClaims;

/// A verified token: the same for each request that brings it, and what the cache keeps.
// P2: made by the verifier alone, at the end of its pipeline; public because a hidden method of `Permission` takes it,
// and without a name outside of this crate.
pub struct VerifiedToken<C> {
    pub(crate) claims: C,
    pub(crate) registered: VerifiedClaims,
}
