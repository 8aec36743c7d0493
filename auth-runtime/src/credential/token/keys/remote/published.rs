//! Reads a published key set, in which a bad key does not affect the others.

use super::super::jwk_set::{self, Content};
use super::super::key_index::KeyIndex;
use super::super::{Material, VerifyingKey};
use crate::base::{Algorithm, ConfigError};
use crate::credential::token::json::Document;

/// How many keys a set may hold.
const MAX_KEYS: usize = 100;

/// The usable keys of a published set.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) keys: KeyIndex,
    pub(super) remarks: Remarks,
}

/// What the operator should know about the keys of a set, a text for each key.
#[derive(Debug, Clone, Default)]
pub(super) struct Remarks {
    /// Keys that are not used because of a fault.
    pub(super) skipped: Vec<String>,
    /// Keys that are not for signatures.
    pub(super) ignored: Vec<String>,
    /// Keys that are used although they are not as the RFC requires.
    pub(super) repaired: Vec<String>,
    /// The `kid`s of the keys that are not used.
    pub(super) unused_kids: Vec<String>,
}

impl Remarks {
    /// Why each unused key is not used.
    pub(super) fn unused(&self) -> String {
        [&*self.skipped, &*self.ignored].concat().join("; ")
    }
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
        let document = Document::read(without_mark(json)).map_err(|error| ConfigError::JwkSet(error.to_string()))?;
        let members = jwk_set::members(&document, algorithm)?;
        let count = members.len();
        if count > MAX_KEYS {
            return Err(ConfigError::JwkSet(format!("it has {count} keys: publish at most {MAX_KEYS}")));
        }
        let mut remarks = Remarks::default();
        let mut keys = Vec::new();
        for member in members {
            let text = |why| member.error(ConfigError::Jwk(why)).to_string();
            let key = match &member.content {
                Content::Ignored(why) => Err((&mut remarks.ignored, text(why))),
                Content::Refused(error) => Err((&mut remarks.skipped, member.error(error.clone()).to_string())),
                // P6: every reader of a published secret can sign tokens with it.
                Content::Key { key, .. } if matches!(key.material, Material::Secret(_)) => {
                    Err((&mut remarks.skipped, text("a shared secret must not be published")))
                }
                Content::Key { key, .. } if key.kid.as_deref() == Some("") => {
                    Err((&mut remarks.skipped, text("a `kid` must not be empty")))
                }
                Content::Key { key, deviation } => {
                    remarks.repaired.extend(deviation.map(text));
                    Ok(key.clone())
                }
            };
            match key {
                Ok(key) => keys.push((member, key)),
                Err((list, why)) => {
                    list.push(why);
                    remarks.unused_kids.extend(member.kid);
                }
            }
        }
        // If two keys of one algorithm have one `kid`, neither is used, because a token does not
        // identify one of them.
        let all: Vec<_> = keys.iter().map(|(_, key)| key.clone()).collect();
        let is_ambiguous = |key: &VerifyingKey| {
            let same_name =
                |other: &&VerifyingKey| key.kid.is_some() && (&other.kid, other.algorithm) == (&key.kid, key.algorithm);
            all.iter().filter(same_name).any(|other| other.fingerprint != key.fingerprint)
        };
        let (ambiguous, unique): (Vec<_>, Vec<_>) = keys.into_iter().partition(|(_, key)| is_ambiguous(key));
        for (member, _) in ambiguous {
            let why = ConfigError::Jwk("another key of this algorithm has the same `kid`");
            remarks.skipped.push(member.error(why).to_string());
            remarks.unused_kids.extend(member.kid);
        }
        // P6: an empty set is valid. With it, an issuer revokes all of its tokens.
        let keys = KeyIndex::possibly_empty(unique.into_iter().map(|(_, key)| key))?;
        Ok(Self { keys, remarks })
    }
}

/// Skips a UTF-8 byte order mark (RFC 8259 section 8.1).
pub(super) fn without_mark(json: &[u8]) -> &[u8] {
    json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json)
}
