//! Keys that are held in memory, found by name.

use super::{Fingerprint, Material, VerifyingKey};
use crate::base::ConfigError;
use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The keys of one issuer at one time. It never changes; other keys are another one.
#[derive(Debug)]
pub(crate) struct KeyIndex {
    named: BTreeMap<Arc<str>, VerifyingKey>,
    unnamed: Vec<VerifyingKey>,
}

impl KeyIndex {
    /// As [`KeySet::new`](super::KeySet::new), which says what is refused.
    pub(super) fn new(keys: impl IntoIterator<Item = VerifyingKey>) -> Result<Self, ConfigError> {
        let held = Self::or_none(keys)?;
        if held.is_empty() { Err(ConfigError::NoKeys) } else { Ok(held) }
    }

    /// As [`new`](Self::new), and there may be none: an issuer that publishes no key has said that none verifies.
    pub(super) fn or_none(keys: impl IntoIterator<Item = VerifyingKey>) -> Result<Self, ConfigError> {
        let mut held = Self { named: BTreeMap::new(), unnamed: Vec::new() };
        for key in keys {
            match key.kid.clone() {
                None => held.unnamed.push(key),
                Some(kid) if kid.is_empty() => return Err(ConfigError::Jwk("a `kid` can't be empty")),
                Some(kid) => {
                    if held.named.insert(kid, key).is_some() {
                        return Err(ConfigError::DuplicateKeyId);
                    }
                }
            }
        }
        let secrets = held.all().filter(|key| matches!(key.material, Material::Secret(_))).count();
        match (held.len(), secrets) {
            (all, secrets) if secrets != 0 && secrets != all => Err(ConfigError::MixedKeys),
            _ => Ok(held),
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

    /// The one key that a token may be verified with. `kid` selects among ours; a key that was configured without a
    /// name answers to any. More than one candidate is no candidate: trying keys in turn would let a stranger
    /// multiply the work.
    pub(crate) fn find(&self, kid: Option<&str>, algorithm: &str) -> Result<&VerifyingKey, Refusal> {
        if let Some(key) = kid.and_then(|kid| self.named.get(kid)) {
            return Ok(key);
        }
        let named = kid.is_none().then(|| self.named.values()).into_iter().flatten();
        let mut candidates = named.chain(&self.unnamed).peekable();
        let none = candidates.peek().is_none();
        let mut fitting = candidates.filter(|key| key.algorithm.names().contains(&algorithm));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            (Some(_), Some(_)) => {
                Err(Refusal::token(Reason::UnknownKey, "no kid, and more than one key of this algorithm"))
            }
            (None, _) if self.is_empty() => {
                Err(Refusal::token(Reason::UnknownKey, "the issuer publishes no key for signatures"))
            }
            (None, _) if none => Err(Refusal::token(Reason::UnknownKey, "no key of this name")),
            (None, _) => Err(Refusal::token(Reason::AlgorithmNotAllowed, "no key of this algorithm")),
        }
    }

    /// How these differ from the keys before, in words; nothing if they don't. A key of another name is another one.
    #[cfg(feature = "remote-keys")]
    pub(super) fn difference(&self, before: &Self) -> Option<String> {
        let missing_in = |others: &Self, these: &Self| {
            let same = |one: &VerifyingKey, other: &VerifyingKey| {
                (one.fingerprint, &one.kid) == (other.fingerprint, &other.kid)
            };
            these.all().filter(|key| !others.all().any(|other| same(key, other))).count()
        };
        let (new, gone) = (missing_in(before, self), missing_in(self, before));
        (new + gone > 0).then(|| format!("{} keys, {new} of them new; {gone} are gone", self.len()))
    }

    /// P6: what was verified with a key that is no longer held, holds no longer.
    pub(crate) fn still_hold(&self, verified_with: Fingerprint) -> Result<(), Refusal> {
        if self.all().any(|key| key.fingerprint == verified_with) {
            Ok(())
        } else {
            Err(Refusal::because(Rejection::InvalidToken(Reason::UnknownKey), "its key is no longer in the key set"))
        }
    }
}
