//! Keys in memory, found by `kid`.

use super::{Fingerprint, Material, VerifyingKey};
use crate::base::ConfigError;
use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The keys of one issuer at one time, by `kid`. Immutable; a change creates a new index.
#[derive(Debug)]
pub(crate) struct KeyIndex {
    /// Several keys of one `kid` have different algorithms.
    named: BTreeMap<Arc<str>, Vec<VerifyingKey>>,
    unnamed: Vec<VerifyingKey>,
}

impl KeyIndex {
    /// Like [`KeySet::new`](super::KeySet::new), which documents the errors.
    pub(super) fn new(keys: impl IntoIterator<Item = VerifyingKey>) -> Result<Self, ConfigError> {
        let index = Self::possibly_empty(keys)?;
        if index.is_empty() { Err(ConfigError::NoKeys) } else { Ok(index) }
    }

    /// Like [`new`](Self::new), but accepts an empty set.
    ///
    /// An issuer that publishes no key has stated that no key may verify its tokens.
    pub(super) fn possibly_empty(keys: impl IntoIterator<Item = VerifyingKey>) -> Result<Self, ConfigError> {
        let mut index = Self { named: BTreeMap::new(), unnamed: Vec::new() };
        for key in keys {
            let keys = match key.kid.clone() {
                None => &mut index.unnamed,
                Some(kid) if kid.is_empty() => return Err(ConfigError::Jwk("a `kid` must not be empty")),
                Some(kid) => index.named.entry(kid).or_default(),
            };
            // Some issuers publish a key twice, for instance with and without its certificate.
            if keys.iter().any(|other| other.fingerprint == key.fingerprint) {
                continue;
            }
            // RFC 7517 section 4.5 permits one `kid` for keys of several algorithms.
            if key.kid.is_some() && keys.iter().any(|other| other.algorithm == key.algorithm) {
                return Err(ConfigError::DuplicateKeyId);
            }
            keys.push(key);
        }
        let secrets = index.all().filter(|key| matches!(key.material, Material::Secret(_))).count();
        match (index.len(), secrets) {
            (all, secrets) if secrets != 0 && secrets != all => Err(ConfigError::MixedKeys),
            _ => Ok(index),
        }
    }

    pub(super) fn one(key: VerifyingKey) -> Self {
        match key.kid.clone() {
            Some(kid) => Self { named: BTreeMap::from([(kid, vec![key])]), unnamed: Vec::new() },
            None => Self { named: BTreeMap::new(), unnamed: vec![key] },
        }
    }

    pub(super) fn len(&self) -> usize {
        self.all().count()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.named.is_empty() && self.unnamed.is_empty()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &VerifyingKey> {
        self.named.values().flatten().chain(&self.unnamed)
    }

    /// Finds the only key that may verify a token.
    ///
    /// `kid` selects the key, and `alg` one of several keys with this `kid`. A key that was
    /// configured without a `kid` matches any. If more than one key matches, the token is rejected,
    /// because trying each key would let an attacker multiply the work.
    pub(crate) fn find(&self, kid: Option<&str>, algorithm: &str) -> Result<&VerifyingKey, Refusal> {
        let is_of = |key: &&VerifyingKey| key.algorithm.names().contains(&algorithm);
        // P6: each key keeps its one algorithm. If none is of `algorithm`, the check of the
        // signature rejects the token.
        if let Some(keys) = kid.and_then(|kid| self.named.get(kid))
            && let Some(key) = keys.iter().find(is_of).or(keys.first())
        {
            return Ok(key);
        }
        let named = kid.is_none().then(|| self.named.values().flatten()).into_iter().flatten();
        let mut candidates = named.chain(&self.unnamed).peekable();
        let none = candidates.peek().is_none();
        let mut matching = candidates.filter(is_of);
        match (matching.next(), matching.next()) {
            (Some(key), None) => Ok(key),
            (Some(_), Some(_)) => {
                Err(Refusal::token(Reason::UnknownKey, "no kid, and more than one key of this algorithm"))
            }
            (None, _) if self.is_empty() => {
                Err(Refusal::token(Reason::UnknownKey, "the issuer publishes no key for signatures"))
            }
            (None, _) if none => Err(Refusal::token(Reason::UnknownKey, "no key with this kid")),
            (None, _) => Err(Refusal::token(Reason::AlgorithmNotAllowed, "no key of this algorithm")),
        }
    }

    /// The `kid`s of its keys.
    #[cfg(feature = "remote-keys")]
    pub(super) fn kids(&self) -> impl Iterator<Item = &str> {
        self.named.keys().map(AsRef::as_ref)
    }

    #[cfg(feature = "remote-keys")]
    pub(super) fn has_kid(&self, kid: &str) -> bool {
        self.named.contains_key(kid)
    }

    /// Describes the difference to earlier keys, if there is one. The same key with another `kid`
    /// is a new key.
    #[cfg(feature = "remote-keys")]
    pub(super) fn difference(&self, before: &Self) -> Option<String> {
        let missing_in = |others: &Self, these: &Self| {
            let same = |one: &VerifyingKey, other: &VerifyingKey| {
                (one.fingerprint, &one.kid) == (other.fingerprint, &other.kid)
            };
            these.all().filter(|key| !others.all().any(|other| same(key, other))).count()
        };
        let (new, removed) = (missing_in(before, self), missing_in(self, before));
        (new + removed > 0).then(|| format!("{} keys, {new} of them new; {removed} removed", self.len()))
    }

    /// P6: rejects a token whose key was removed.
    pub(crate) fn check_contains(&self, verified_with: Fingerprint) -> Result<(), Refusal> {
        if self.all().any(|key| key.fingerprint == verified_with) {
            Ok(())
        } else {
            Err(Refusal::because(Rejection::InvalidToken(Reason::UnknownKey), "its key is no longer in the key set"))
        }
    }
}
