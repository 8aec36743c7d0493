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
    named: BTreeMap<Arc<str>, VerifyingKey>,
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
            match key.kid.clone() {
                None => index.unnamed.push(key),
                Some(kid) if kid.is_empty() => return Err(ConfigError::Jwk("a `kid` must not be empty")),
                Some(kid) => {
                    if index.named.insert(kid, key).is_some() {
                        return Err(ConfigError::DuplicateKeyId);
                    }
                }
            }
        }
        let secrets = index.all().filter(|key| matches!(key.material, Material::Secret(_))).count();
        match (index.len(), secrets) {
            (all, secrets) if secrets != 0 && secrets != all => Err(ConfigError::MixedKeys),
            _ => Ok(index),
        }
    }

    pub(super) fn one(key: VerifyingKey) -> Self {
        match key.kid.clone() {
            Some(kid) => Self { named: BTreeMap::from([(kid, key)]), unnamed: Vec::new() },
            None => Self { named: BTreeMap::new(), unnamed: vec![key] },
        }
    }

    pub(super) fn len(&self) -> usize {
        self.named.len() + self.unnamed.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &VerifyingKey> {
        self.named.values().chain(&self.unnamed)
    }

    /// Finds the only key that may verify a token.
    ///
    /// `kid` selects the key. A key that was configured without a `kid` matches any. If more than
    /// one key matches, the token is rejected, because trying each key would let an attacker
    /// multiply the work.
    pub(crate) fn find(&self, kid: Option<&str>, algorithm: &str) -> Result<&VerifyingKey, Refusal> {
        if let Some(key) = kid.and_then(|kid| self.named.get(kid)) {
            return Ok(key);
        }
        let named = kid.is_none().then(|| self.named.values()).into_iter().flatten();
        let mut candidates = named.chain(&self.unnamed).peekable();
        let none = candidates.peek().is_none();
        let mut matching = candidates.filter(|key| key.algorithm.names().contains(&algorithm));
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
