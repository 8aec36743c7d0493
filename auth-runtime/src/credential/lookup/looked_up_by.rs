//! How a credential was looked up, to look it up again.

use super::CredentialSource;
use crate::base::DualClockInstant;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// A credential with the source of its record.
pub(crate) struct LookedUpBy {
    source: Arc<dyn CredentialSource>,
    /// A secret.
    presented: Box<str>,
    began: DualClockInstant,
}

impl LookedUpBy {
    /// `now`: when the look-up began, because the record may change while the store answers.
    pub(crate) fn new(source: Arc<dyn CredentialSource>, presented: &str, now: SystemTime) -> Self {
        Self { source, presented: presented.into(), began: DualClockInstant::new(now) }
    }

    pub(crate) fn source(&self) -> &Arc<dyn CredentialSource> {
        &self.source
    }

    pub(crate) fn presented(&self) -> &str {
        &self.presented
    }

    /// P6: whether the record is still as new as the configuration requires.
    pub(crate) fn is_fresh(&self, now: SystemTime) -> bool {
        self.began.elapsed(now) < self.source.cached_for()
    }
}

/// Without the credential.
impl fmt::Debug for LookedUpBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LookedUpBy").field("kind", &self.source.kind()).finish_non_exhaustive()
    }
}
