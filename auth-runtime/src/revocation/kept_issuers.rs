//! The issuers whose revocations a store never removes: [`KeptIssuers`].

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

/// Holds the issuers of records without a longest lifetime, such as those of API keys.
#[derive(Debug, Default)]
pub(super) struct KeptIssuers(RwLock<HashSet<String>>);

impl KeptIssuers {
    pub(super) fn add(&self, issuer: &str) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(issuer.to_owned());
    }

    /// P6: how long a revocation of this issuer is kept: the configured time, or without end.
    pub(super) fn retention(&self, issuer: &str, configured: Duration) -> Duration {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if kept.contains(issuer) { Duration::MAX } else { configured }
    }
}
