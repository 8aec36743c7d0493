//! Several keys, found by name.

use super::super::json;
use super::jwk::{Jwk, Purpose};
use super::{Algorithm, Material, VerifyingKey};
use crate::config_error::ConfigError;
use crate::rejection::{Reason, Refusal};
use serde_json::Value;
use std::collections::HashMap;

/// The keys of one issuer.
///
/// ```
/// use auth_runtime::KeySet;
///
/// let keys = KeySet::from_jwks_json(
///     r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
/// )?;
/// assert!(KeySet::from_jwks_json(r#"{"keys":[]}"#).is_err());
/// # drop(keys);
/// # Ok::<(), auth_runtime::ConfigError>(())
/// ```
#[derive(Debug, Clone)]
pub struct KeySet {
    named: HashMap<String, VerifyingKey>,
    unnamed: Vec<VerifyingKey>,
}

impl KeySet {
    /// A set of keys.
    ///
    /// # Errors
    ///
    /// When there is none, when two have the same `kid`, or when shared secrets and public keys are mixed: who holds a
    /// secret can sign, who holds a public key can't, and one set should not be both.
    pub fn new(keys: impl IntoIterator<Item = VerifyingKey>) -> Result<Self, ConfigError> {
        let mut set = Self { named: HashMap::new(), unnamed: Vec::new() };
        for key in keys {
            match key.kid.clone() {
                None => set.unnamed.push(key),
                Some(kid) if kid.is_empty() => return Err(ConfigError::Jwk("a `kid` can't be empty")),
                Some(kid) => {
                    if set.named.insert(kid, key).is_some() {
                        return Err(ConfigError::DuplicateKeyId);
                    }
                }
            }
        }
        let secrets = set.all().filter(|key| matches!(key.material, Material::Secret(_))).count();
        match (set.all().count(), secrets) {
            (0, _) => Err(ConfigError::NoKeys),
            (all, secrets) if secrets != 0 && secrets != all => Err(ConfigError::MixedKeys),
            _ => Ok(set),
        }
    }

    /// A JWK set (RFC 7517 section 5). Keys for encryption and of kinds that we don't know are passed over, as the RFC
    /// asks.
    ///
    /// # Errors
    ///
    /// When it is malformed, when a key for signatures is malformed or too weak, when no key is left, and as
    /// [`new`](Self::new) and [`VerifyingKey::from_jwk`].
    pub fn from_jwks_json(json: &str) -> Result<Self, ConfigError> {
        Self::from_jwks(json, None)
    }

    /// A JWK set whose keys don't all name their `alg`, as some issuers publish it: RSA keys (and shared secrets) that
    /// don't are for this one. The others have their own, and no key has more than one.
    ///
    /// # Errors
    ///
    /// As [`from_jwks_json`](Self::from_jwks_json).
    pub fn from_jwks_json_with_algorithm(json: &str, algorithm: Algorithm) -> Result<Self, ConfigError> {
        Self::from_jwks(json, Some(algorithm))
    }

    fn from_jwks(json: &str, algorithm: Option<Algorithm>) -> Result<Self, ConfigError> {
        // serde_json's own words: they name what was found and where.
        let mut document = json::object(json.as_bytes()).map_err(|error| ConfigError::JwkSet(error.to_string()))?;
        let Some(Value::Array(members)) = document.remove("keys") else {
            return Err(ConfigError::JwkSet("there is no array `keys` in it".to_owned()));
        };
        let mut keys = Vec::with_capacity(members.len());
        for (index, member) in members.into_iter().enumerate() {
            let key = Self::member(member, algorithm);
            keys.extend(key.map_err(|error| ConfigError::KeyOfSet { index, error: Box::new(error) })?);
        }
        Self::new(keys)
    }

    /// `None` for a key that is not for signatures.
    fn member(member: Value, algorithm: Option<Algorithm>) -> Result<Option<VerifyingKey>, ConfigError> {
        let Value::Object(member) = member else {
            return Err(ConfigError::Jwk("a JWK is an object"));
        };
        let jwk = Jwk::from_object(member);
        match jwk.purpose()? {
            Purpose::Signatures => {
                // Only where the key leaves a choice: a set may hold keys of several algorithms.
                let configured = if jwk.own_algorithm()?.is_none() { algorithm } else { None };
                jwk.key(configured).map(Some)
            }
            Purpose::Other(_) => Ok(None),
        }
    }

    fn all(&self) -> impl Iterator<Item = &VerifyingKey> {
        self.named.values().chain(&self.unnamed)
    }

    /// The one key that a token may be verified with. `kid` selects among ours; a key that was configured without a
    /// name answers to any. More than one candidate is no candidate: trying keys in turn would let a stranger
    /// multiply the work.
    pub(in super::super) fn find(&self, kid: Option<&str>, algorithm: &str) -> Result<&VerifyingKey, Refusal> {
        if let Some(key) = kid.and_then(|kid| self.named.get(kid)) {
            return Ok(key);
        }
        let candidates: Vec<_> = match kid {
            Some(_) => self.unnamed.iter().collect(),
            None => self.all().collect(),
        };
        let mut fitting = candidates.iter().filter(|key| key.algorithm.names().contains(&algorithm));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            (Some(_), Some(_)) => {
                Err(Refusal::token(Reason::UnknownKey, "no kid, and more than one key of this algorithm"))
            }
            (None, _) if candidates.is_empty() => Err(Refusal::token(Reason::UnknownKey, "no key of this name")),
            (None, _) => Err(Refusal::token(Reason::AlgorithmNotAllowed, "no key of this algorithm")),
        }
    }
}

impl From<VerifyingKey> for KeySet {
    fn from(key: VerifyingKey) -> Self {
        match key.kid.clone() {
            Some(kid) => Self { named: HashMap::from([(kid, key)]), unnamed: Vec::new() },
            None => Self { named: HashMap::new(), unnamed: vec![key] },
        }
    }
}
