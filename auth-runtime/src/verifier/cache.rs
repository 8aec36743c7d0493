//! Tokens that were verified before: what of a decision can never come out otherwise for the same bytes.
//!
//! P6: a token is found by all of its bytes, compared one by one, and only by the verifier that has verified it. What can
//! change is not remembered: the time, the key, revocations and the permission are looked at for each request.

use super::token::Known;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::sync::Arc;

/// Some twenty thousand tokens of the usual size.
pub(super) const DEFAULT_BYTES: u64 = 64 * 1024 * 1024;

/// Longer ones are rare, and whoever sends them again and again has them verified again and again.
const LONGEST: usize = 8 * 1024;

/// What was verified, by the whole token. Failures are not in it: a stranger can put nothing in here.
pub(super) struct Remembered<C> {
    known: Cache<Box<[u8]>, Arc<Known<C>>, Weight>,
}

/// What a token takes in memory, with its claims in both forms and what the cache needs beside them.
#[derive(Clone)]
struct Weight;

impl<C> Weighter<Box<[u8]>, Arc<Known<C>>> for Weight {
    fn weight(&self, token: &Box<[u8]>, _: &Arc<Known<C>>) -> u64 {
        512 + 4 * token.len() as u64
    }
}

impl<C> Remembered<C> {
    pub(super) fn new(bytes: u64) -> Self {
        // The number is a hint; what binds is the weight.
        let some = usize::try_from(bytes / 4096).unwrap_or(usize::MAX);
        Self { known: Cache::with_weighter(some.max(16), bytes, Weight) }
    }

    /// What they may take in all.
    pub(super) fn bytes(&self) -> u64 {
        self.known.capacity()
    }

    pub(super) fn of(&self, token: &[u8]) -> Option<Arc<Known<C>>> {
        (token.len() <= LONGEST).then(|| self.known.get(token))?
    }

    pub(super) fn remember(&self, token: &[u8], known: &Arc<Known<C>>) {
        if token.len() <= LONGEST {
            self.known.insert(token.into(), Arc::clone(known));
        }
    }

    pub(super) fn forget(&self, token: &[u8]) {
        self.known.remove(token);
    }
}
