//! The keys of a set that somebody else publishes: one bad key does not spoil the others.

use super::super::held::KeyIndex;
use super::super::{KeySet, Material};
use crate::base::Algorithm;
use crate::base::ConfigError;
use crate::credential::token::json::Document;
use std::collections::HashMap;

/// How many keys a set may hold.
const MAX_KEYS: usize = 100;

/// A set as it was published.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) keys: KeyIndex,
    /// Why which keys are not used, in words.
    pub(super) skipped: Vec<String>,
}

impl Published {
    /// RFC 7517 section 5: keys that can't be used are passed over. A set may have no usable key at all.
    ///
    /// # Errors
    ///
    /// When it is not a JWK set: not JSON, members that stand there twice, no array `keys`, or too many keys.
    pub(super) fn parse(json: &[u8], algorithm: Option<Algorithm>) -> Result<Self, ConfigError> {
        let document = Document::read(json).map_err(|error| ConfigError::JwkSet(error.to_string()))?;
        let count = KeySet::members(&document)?.count();
        if count > MAX_KEYS {
            return Err(ConfigError::JwkSet(format!("it holds {count} keys; at most {MAX_KEYS} are read")));
        }
        let mut skipped = Vec::new();
        let mut keys = Vec::new();
        for (index, member) in KeySet::members(&document)?.enumerate() {
            match KeySet::member(member, algorithm) {
                Ok(None) => {}
                // P6: whoever can read a published secret can sign with it.
                Ok(Some(key)) if matches!(key.material, Material::Secret(_)) => {
                    skipped.push(format!(
                        "key {} of the set: a shared secret has no place where it is published",
                        index + 1
                    ));
                }
                Ok(Some(key)) if key.kid.as_deref() == Some("") => {
                    skipped.push(format!("key {} of the set: a `kid` can't be empty", index + 1));
                }
                Ok(Some(key)) => keys.push((index, key)),
                Err(error) => skipped.push(ConfigError::KeyOfSet { index, error: Box::new(error) }.to_string()),
            }
        }
        let mut named: HashMap<_, usize> = HashMap::new();
        for kid in keys.iter().filter_map(|(_, key)| key.kid.clone()) {
            *named.entry(kid).or_default() += 1;
        }
        // Neither of two keys of one name: which of them was meant is anybody's guess.
        let (unique, ambiguous): (Vec<_>, Vec<_>) = keys
            .into_iter()
            .partition(|(_, key)| key.kid.as_ref().is_none_or(|kid| named.get(kid).is_some_and(|&count| count == 1)));
        skipped.extend(
            ambiguous.iter().map(|(index, _)| format!("key {} of the set: another one has the same `kid`", index + 1)),
        );
        // P6: none is an answer too, and the way in which an issuer takes back all that it has signed.
        let keys = KeyIndex::or_none(unique.into_iter().map(|(_, key)| key))?;
        Ok(Self { keys, skipped })
    }
}
