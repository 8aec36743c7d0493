//! Reads a published key set, in which a bad key does not affect the others.

use super::super::key_index::KeyIndex;
use super::super::{KeySet, Material};
use crate::base::Algorithm;
use crate::base::ConfigError;
use crate::credential::token::json::Document;
use std::collections::HashMap;

/// How many keys a set may hold.
const MAX_KEYS: usize = 100;

/// The usable keys of a published set.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) keys: KeyIndex,
    /// For each key that is not used, why.
    pub(super) skipped: Vec<String>,
}

impl Published {
    /// Reads a set, and skips keys that cannot be used (RFC 7517 section 5).
    ///
    /// A set may have no usable key at all.
    ///
    /// # Errors
    ///
    /// When it is not a JWK set: not JSON, duplicate members, no array `keys`, or too many keys.
    pub(super) fn parse(json: &[u8], algorithm: Option<Algorithm>) -> Result<Self, ConfigError> {
        let document = Document::read(json).map_err(|error| ConfigError::JwkSet(error.to_string()))?;
        let count = KeySet::members(&document)?.count();
        if count > MAX_KEYS {
            return Err(ConfigError::JwkSet(format!("it has {count} keys: publish at most {MAX_KEYS}")));
        }
        let mut skipped = Vec::new();
        let mut keys = Vec::new();
        for (index, member) in KeySet::members(&document)?.enumerate() {
            match KeySet::member(member, algorithm) {
                Ok(None) => {}
                // P6: every reader of a published secret can sign tokens with it.
                Ok(Some(key)) if matches!(key.material, Material::Secret(_)) => {
                    skipped.push(format!("key {} of the set: a shared secret must not be published", index + 1));
                }
                Ok(Some(key)) if key.kid.as_deref() == Some("") => {
                    skipped.push(format!("key {} of the set: a `kid` must not be empty", index + 1));
                }
                Ok(Some(key)) => keys.push((index, key)),
                Err(error) => skipped.push(ConfigError::KeyOfSet { index, error: Box::new(error) }.to_string()),
            }
        }
        let mut by_kid: HashMap<_, usize> = HashMap::new();
        for kid in keys.iter().filter_map(|(_, key)| key.kid.clone()) {
            *by_kid.entry(kid).or_default() += 1;
        }
        // If two keys have one `kid`, neither is used, because a token does not identify one of
        // them.
        let (unique, ambiguous): (Vec<_>, Vec<_>) = keys
            .into_iter()
            .partition(|(_, key)| key.kid.as_ref().is_none_or(|kid| by_kid.get(kid).is_some_and(|&count| count == 1)));
        skipped.extend(
            ambiguous.iter().map(|(index, _)| format!("key {} of the set: another one has the same `kid`", index + 1)),
        );
        // P6: an empty set is valid. With it, an issuer revokes all of its tokens.
        let keys = KeyIndex::possibly_empty(unique.into_iter().map(|(_, key)| key))?;
        Ok(Self { keys, skipped })
    }
}
