//! Tokens that were verified before: what of a decision can never come out otherwise for the same bytes.
//!
//! P6: a token is found by all of its bytes, compared one by one, and only by the verifier that has verified it. What can
//! change is not remembered: the time, the key, revocations and the permission are looked at for each request.

use super::token::VerifiedToken;
use crate::credential::token::Claims;
use crate::credential::token::json::block;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::sync::Arc;

/// Some ten thousand tokens of the usual size.
pub(super) const DEFAULT_BYTES: u64 = 64 * 1024 * 1024;

/// Longer ones are rare, and whoever sends them again and again has them verified again and again.
const LONGEST: usize = 8 * 1024;

/// What was verified, by the whole token. Failures are not in it: a stranger can put nothing in here.
pub(super) struct TokenCache<C> {
    known: Cache<Box<[u8]>, Weighed<C>, Weight>,
}

/// A verified token, weighed once.
struct Weighed<C> {
    known: Arc<VerifiedToken<C>>,
    bytes: u64,
}

impl<C> Clone for Weighed<C> {
    fn clone(&self) -> Self {
        Self { known: Arc::clone(&self.known), bytes: self.bytes }
    }
}

#[derive(Clone)]
struct Weight;

impl<C> Weighter<Box<[u8]>, Weighed<C>> for Weight {
    fn weight(&self, _: &Box<[u8]>, weighed: &Weighed<C>) -> u64 {
        weighed.bytes
    }
}

/// What a token takes in memory: its bytes, its claims in both forms, and its places in the cache.
///
/// The claims type is the service's own, so its size is bounded by that of a type that keeps every claim.
fn weigh<C>(token: &[u8], known: &VerifiedToken<C>) -> u64 {
    /// In the table and in the list of the cache, both of which grow by doubling, and as one of those that it has
    /// dropped and knows by their hash.
    const PLACES: u64 = 256;
    let VerifiedToken { registered, .. } = known;
    let shared = block(size_of::<VerifiedToken<C>>() + 2 * size_of::<usize>());
    PLACES + block(token.len()) + shared + registered.heap_bytes() + registered.claims.decoded_bytes(fields::<C>())
}

/// The claims that are fields of the type. Only of our own type that is known; it is told by its name, because the
/// type need not be `'static` here and nothing but a weight depends on it.
fn fields<C>() -> &'static [&'static str] {
    if std::any::type_name::<C>() == std::any::type_name::<Claims>() { Claims::FIELDS } else { &[] }
}

impl<C> TokenCache<C> {
    pub(super) fn new(bytes: u64) -> Self {
        // The number is a hint; what binds is the weight.
        let some = usize::try_from(bytes / 4096).unwrap_or(usize::MAX);
        Self { known: Cache::with_weighter(some.max(16), bytes, Weight) }
    }

    /// What they may take in all.
    pub(super) fn bytes(&self) -> u64 {
        self.known.capacity()
    }

    pub(super) fn of(&self, token: &[u8]) -> Option<Arc<VerifiedToken<C>>> {
        (token.len() <= LONGEST).then(|| self.known.get(token).map(|weighed| weighed.known))?
    }

    pub(super) fn remember(&self, token: &[u8], known: &Arc<VerifiedToken<C>>) {
        if token.len() <= LONGEST {
            let weighed = Weighed { known: Arc::clone(known), bytes: weigh(token, known) };
            self.known.insert(token.into(), weighed);
        }
    }

    pub(super) fn forget(&self, token: &[u8]) {
        self.known.remove(token);
    }
}
