//! An entry of the cache: a verified token with its claims, or with a principal that is loaded.

use super::token::VerifiedToken;
use crate::base::DualClockInstant;
use crate::credential::{Origin, VerifiedClaims};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// Holds a verified token in the cache.
pub(crate) enum Cached<C> {
    /// The claims are decoded, and cannot change.
    Decoded(Arc<VerifiedToken<C>>),
    /// The principal is loaded, and may change while the token is valid.
    Loaded(Arc<Loadable<C>>),
}

/// Holds a verified token whose principal is loaded.
pub(crate) struct Loadable<C> {
    pub(super) verified: Arc<VerifiedClaims>,
    /// The last principal, and when its load began.
    last: Mutex<Option<(DualClockInstant, Arc<VerifiedToken<C>>)>>,
}

impl<C> Loadable<C> {
    pub(super) fn new(verified: Arc<VerifiedClaims>) -> Self {
        Self { verified, last: Mutex::new(None) }
    }

    /// Returns the last principal if its load began at most `keep` ago.
    pub(super) fn fresh(&self, now: SystemTime, keep: Duration) -> Option<Arc<VerifiedToken<C>>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(began, _)| began.elapsed(now) < keep).map(|(_, token)| Arc::clone(token))
    }

    /// Replaces the last principal.
    pub(super) fn set(&self, last: Option<(DualClockInstant, Arc<VerifiedToken<C>>)>) {
        let previous = std::mem::replace(&mut *self.last.lock().unwrap_or_else(PoisonError::into_inner), last);
        // Outside of the lock, because it may be the service's own code.
        drop(previous);
    }
}

impl<C> Cached<C> {
    pub(super) fn verified(&self) -> &VerifiedClaims {
        match self {
            Self::Decoded(token) => &token.verified,
            Self::Loaded(token) => &token.verified,
        }
    }

    /// Whether a store or a database was asked for a part of it.
    pub(super) fn was_looked_up(&self) -> bool {
        match self {
            Self::Decoded(token) => matches!(token.verified.origin, Origin::LookedUp(_)),
            Self::Loaded(_) => true,
        }
    }

    /// The size of what is shared. A principal that is cached counts too.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Decoded(_) => size_of::<VerifiedToken<C>>(),
            Self::Loaded(_) => size_of::<VerifiedToken<C>>() + size_of::<Loadable<C>>(),
        }
    }
}

impl<C> Clone for Cached<C> {
    fn clone(&self) -> Self {
        match self {
            Self::Decoded(token) => Self::Decoded(Arc::clone(token)),
            Self::Loaded(token) => Self::Loaded(Arc::clone(token)),
        }
    }
}
