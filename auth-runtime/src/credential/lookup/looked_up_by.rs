//! How a credential was looked up, to look it up again.

use super::CredentialSource;
use crate::base::DualClockInstant;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A credential with the source of its record.
pub(crate) struct LookedUpBy {
    source: Arc<dyn CredentialSource>,
    /// A secret.
    presented: Box<str>,
    began: DualClockInstant,
    keep: Duration,
}

impl LookedUpBy {
    /// `now`: when the look-up began, because the record may change while the store answers.
    /// `keep`: how long the record may be used again.
    pub(crate) fn new(source: Arc<dyn CredentialSource>, presented: &str, now: SystemTime, keep: Duration) -> Self {
        Self { source, presented: presented.into(), began: DualClockInstant::new(now), keep }
    }

    pub(crate) fn source(&self) -> &Arc<dyn CredentialSource> {
        &self.source
    }

    pub(crate) fn presented(&self) -> &str {
        &self.presented
    }

    /// Whether the record may be used again at all.
    pub(crate) fn may_be_cached(&self) -> bool {
        !self.keep.is_zero()
    }

    /// P6: whether the record is still as new as the configuration requires.
    pub(crate) fn is_fresh(&self, now: SystemTime) -> bool {
        self.began.elapsed(now) < self.keep
    }
}

/// Without the credential.
impl fmt::Debug for LookedUpBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LookedUpBy").field("kind", &self.source.kind()).finish_non_exhaustive()
    }
}
