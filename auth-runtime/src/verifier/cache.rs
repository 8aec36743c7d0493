//! The cache of verified tokens.
//!
//! P6: the key is the full token, compared byte by byte, and each verifier has its own cache. Only
//! results that cannot change are cached. Expiry, key, revocation and permission are checked on
//! every request.

use super::cached::Cached;
use super::doorkeeper::Doorkeeper;
use crate::credential::VerifiedClaims;
use crate::credential::token::Claims;
use crate::credential::token::json::block;
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};
use std::hash::{Hash, Hasher};

/// Room for some ten thousand tokens of the usual size.
pub(super) const DEFAULT_BYTES: u64 = 64 * 1024 * 1024;

/// Longer tokens are rare, and are verified on every request.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// The bytes of the cache for one slot of the doorkeeper, which has eight bytes.
///
/// An entry has some four thousand, so the doorkeeper recognises several times as many tokens as
/// the cache holds.
const BYTES_PER_SLOT: u64 = 1024;

/// Caches verified tokens, keyed by the full token.
///
/// Failures are not cached, so an attacker cannot fill the cache.
pub(super) struct TokenCache<C> {
    tokens: Cache<Key<Box<[u8]>>, Weighed<C>, EntryWeight>,
    doorkeeper: Doorkeeper,
}

/// The full text of a credential.
#[derive(PartialEq, Eq)]
struct Key<T>(T);

/// Hashes the beginning and the end of a credential.
///
/// The end is a part of the signature, of the secret or of the random id. An opaque token is the
/// issuer's text, whose end may be the same in all.
///
/// P6: the cache compares the full text afterwards. Its hash has a random key, and all its texts
/// were verified, so a client cannot choose texts that share a hash.
impl<T: AsRef<[u8]>> Hash for Key<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let text = self.0.as_ref();
        let (beginning, end) = text.split_at(text.len().saturating_sub(END));
        state.write(&beginning[..beginning.len().min(BEGINNING)]);
        state.write(end);
    }
}

impl Equivalent<Key<Box<[u8]>>> for Key<&[u8]> {
    fn equivalent(&self, stored: &Key<Box<[u8]>>) -> bool {
        *self.0 == *stored.0
    }
}

/// How many bytes of the end of a credential are hashed.
const END: usize = 48;
/// How many bytes of its beginning.
const BEGINNING: usize = 16;

/// A verified token with its size, which is computed once.
struct Weighed<C> {
    token: Cached<C>,
    bytes: u64,
}

impl<C> Clone for Weighed<C> {
    fn clone(&self) -> Self {
        Self { token: self.token.clone(), bytes: self.bytes }
    }
}

#[derive(Clone)]
struct EntryWeight;

impl<C> Weighter<Key<Box<[u8]>>, Weighed<C>> for EntryWeight {
    fn weight(&self, _: &Key<Box<[u8]>>, weighed: &Weighed<C>) -> u64 {
        weighed.bytes
    }
}

/// Returns the memory of an entry: the token, its claims in both forms, and the cache's own data.
///
/// The claims type is the service's own, so the size of a type that keeps every claim is its bound.
fn weigh<C>(key: &[u8], token: &Cached<C>) -> u64 {
    /// The cache's own data for an entry.
    ///
    /// Its places in a table and in a list, which grow by doubling, and its place among the hashes
    /// of evicted entries.
    const PLACES: u64 = 256;
    /// The counters of an `Arc`.
    const COUNTERS: usize = 2 * size_of::<usize>();
    let verified = token.verified();
    let shared = block(token.bytes() + COUNTERS) + block(size_of::<VerifiedClaims>() + COUNTERS);
    PLACES + block(key.len()) + shared + verified.heap_bytes() + verified.claims.decoded_bytes(fields::<C>())
}

/// Returns the claims that are fields of the type, which are known for [`Claims`] only.
///
/// The type is compared by name, because it need not be `'static` here, and only a weight depends
/// on it.
fn fields<C>() -> &'static [&'static str] {
    if std::any::type_name::<C>() == std::any::type_name::<Claims>() { Claims::FIELDS } else { &[] }
}

impl<C> TokenCache<C> {
    pub(super) fn new(bytes: u64) -> Self {
        let one_for_each = |size: u64| usize::try_from(bytes / size).unwrap_or(usize::MAX);
        // A hint; the weight is the bound.
        let estimated_items = one_for_each(4096).max(16);
        Self {
            tokens: Cache::with_weighter(estimated_items, bytes, EntryWeight),
            doorkeeper: Doorkeeper::new(one_for_each(BYTES_PER_SLOT)),
        }
    }

    /// The capacity in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.tokens.capacity()
    }

    pub(super) fn get(&self, key: &[u8]) -> Option<Cached<C>> {
        (key.len() <= MAX_TOKEN_BYTES).then(|| self.tokens.get(&Key(key)).map(|weighed| weighed.token))?
    }

    /// Stores a verified token that is likely to be used again.
    ///
    /// A token is, when it is verified for the second time. A record or a principal is stored at
    /// once, because another query for it costs more than its memory.
    pub(super) fn insert(&self, key: &[u8], token: Cached<C>) {
        if key.len() <= MAX_TOKEN_BYTES && (token.was_looked_up() || self.doorkeeper.saw_before(&Key(key))) {
            let bytes = weigh(key, &token);
            let weighed = Weighed { token, bytes };
            self.tokens.insert(Key(key.into()), weighed);
        }
    }

    pub(super) fn remove(&self, key: &[u8]) {
        self.tokens.remove(&Key(key));
    }
}
