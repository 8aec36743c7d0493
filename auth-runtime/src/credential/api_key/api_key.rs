//! The text of a new API key: [`ApiKey`].

use super::alphabet::random;
use super::text::{ID_LENGTH, KeyText, SECRET_LENGTH};
use super::{ApiKeyRecord, MintError, PreviousSecret, SecretHash, prefix};
use std::fmt;
use std::time::SystemTime;

/// Holds the text of a new API key, to be shown to its owner once.
///
/// The text is `prefix_id_secret_checksum`. Secret scanners find it by the prefix, and a typo is
/// rejected by the checksum, before any look-up. The service stores the [`ApiKeyRecord`], from
/// which the text cannot be computed.
///
/// ```
/// use auth_runtime::api_keys::ApiKey;
///
/// let (key, mut record) = ApiKey::mint("acme_live", "customer-7")?;
/// record.scopes = vec!["orders:read".to_owned()];
/// // Store `record`, then show the text once:
/// let text = key.show_once();
/// assert!(text.starts_with("acme_live_"));
/// # Ok::<(), auth_runtime::api_keys::MintError>(())
/// ```
///
/// It is neither `Clone` nor `Display`, so that it does not get into a log by mistake.
#[must_use = "the owner does not have the key yet: `.show_once()`"]
pub struct ApiKey {
    text: String,
}

impl ApiKey {
    /// Mints a key with a random id and 256 random bits of secret.
    ///
    /// `prefix` consists of lower-case words joined by `_`. It names the service and the
    /// environment, so that a key for tests is recognised: `acme_live`, `acme_test`. The record has
    /// no scopes and does not expire: set its fields before it is stored.
    ///
    /// # Errors
    ///
    /// [`MintError`] if the prefix is refused, the owner is empty, or the system has no random
    /// numbers.
    pub fn mint(prefix: &str, owner: impl Into<String>) -> Result<(Self, ApiKeyRecord), MintError> {
        let owner = owner.into();
        if owner.trim().is_empty() {
            return Err(MintError::NoOwner);
        }
        let id = random(ID_LENGTH).map_err(|_| MintError::NoRandomNumbers)?;
        let (key, hash) = Self::with_id(prefix, &id)?;
        let record = ApiKeyRecord { issued_at: Some(SystemTime::now()), ..ApiKeyRecord::new(id, hash, owner) };
        Ok((key, record))
    }

    /// Makes a new secret for a key, and accepts the old secret until a time.
    ///
    /// The id, the owner and all other fields stay. Store the new record in place of the old one.
    /// If the old secret has leaked, pass the current time.
    ///
    /// `issued_at` stays too, because a revocation of the owner's earlier keys must not end with a
    /// rotation.
    ///
    /// # Errors
    ///
    /// [`MintError`], as [`mint`](Self::mint), and if the key is revoked.
    ///
    /// ```
    /// use auth_runtime::api_keys::ApiKey;
    /// use std::time::{Duration, SystemTime};
    ///
    /// let (_, record) = ApiKey::mint("acme_live", "customer-7")?;
    /// let in_a_week = SystemTime::now() + Duration::from_secs(7 * 24 * 60 * 60);
    /// let (key, rotated) = ApiKey::rotate("acme_live", record, in_a_week)?;
    /// assert!(rotated.previous.is_some());
    /// # drop(key);
    /// # Ok::<(), auth_runtime::api_keys::MintError>(())
    /// ```
    pub fn rotate(
        prefix: &str,
        record: ApiKeyRecord,
        old_until: SystemTime,
    ) -> Result<(Self, ApiKeyRecord), MintError> {
        if record.revoked_at.is_some() {
            return Err(MintError::Revoked);
        }
        let (key, secret_hash) = Self::with_id(prefix, &record.id)?;
        let previous = Some(PreviousSecret { hash: record.secret_hash, until: old_until });
        Ok((key, ApiKeyRecord { secret_hash, previous, ..record }))
    }

    /// Returns the text, for its owner. It cannot be read again.
    #[must_use = "the owner does not have the key yet"]
    pub fn show_once(self) -> String {
        self.text
    }

    fn with_id(prefix: &str, id: &str) -> Result<(Self, SecretHash), MintError> {
        prefix::check(prefix).map_err(MintError::Prefix)?;
        let secret = random(SECRET_LENGTH).map_err(|_| MintError::NoRandomNumbers)?;
        Ok((Self { text: KeyText::write(prefix, id, &secret) }, SecretHash::of(&secret)))
    }
}

/// Without the text, because a key must not be logged.
impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::{ApiKey, KeyText};
    use crate::credential::api_key::{MintError, SecretHash};
    use std::collections::HashSet;
    use std::time::SystemTime;

    /// In two public projects one issued key in eight never worked, because the separator was a
    /// character of the secret.
    #[test]
    fn a_hundred_thousand_keys_are_read_back() {
        let mut ids = HashSet::new();
        for prefix in ["acme_live", "a1", "a_b_c", &"a".repeat(32)] {
            for _ in 0..25_000 {
                let (key, record) = ApiKey::mint(prefix, "acme").expect("a key");
                let text = key.show_once();
                let read = KeyText::read(&text).expect(&text);
                assert_eq!((read.prefix, read.id), (prefix, &*record.id), "{text}");
                assert!(record.secret_hash.compare(&SecretHash::of(read.secret)).is_ok(), "{text}");
                assert!(ids.insert(record.id));
            }
        }
        assert_eq!(ids.len(), 100_000);
    }

    #[test]
    fn a_key_without_a_prefix_or_an_owner_is_not_minted() {
        assert!(matches!(ApiKey::mint("Acme", "acme"), Err(MintError::Prefix(_))));
        assert!(matches!(ApiKey::mint("acme", " "), Err(MintError::NoOwner)));
    }

    #[test]
    fn debug_hides_the_text_and_the_hashes() {
        let (key, record) = ApiKey::mint("acme_live", "acme").expect("a key");
        assert_eq!(format!("{key:?}"), "ApiKey(..)");
        let (again, record) = ApiKey::rotate("acme_live", record, SystemTime::now()).expect("a key");
        let debug = format!("{record:?}");
        for text in [key.show_once(), again.show_once()] {
            let read = KeyText::read(&text).expect("a key");
            let hash = SecretHash::of(read.secret);
            assert!(!debug.contains(read.secret) && !debug.contains(&hash.to_hex()), "{debug}");
            assert!(!debug.contains(&format!("{:?}", hash.as_bytes())), "{debug}");
        }
        assert!(debug.contains("acme"), "{debug}");
    }

    #[test]
    fn a_rotated_key_keeps_all_but_its_secret() {
        let (_, mut record) = ApiKey::mint("acme_live", "acme").expect("a key");
        record.scopes = vec!["orders:read".to_owned()];
        let old = record.clone();
        let until = SystemTime::now();
        let (key, new) = ApiKey::rotate("acme_live", record, until).expect("a key");
        let text = key.show_once();
        assert_eq!(KeyText::read(&text).expect("a key").id, old.id);
        assert_eq!(
            (&new.id, &new.owner, &new.scopes, new.issued_at),
            (&old.id, &old.owner, &old.scopes, old.issued_at)
        );
        let previous = new.previous.as_ref().expect("the old secret");
        assert_eq!((previous.hash.as_bytes(), previous.until), (old.secret_hash.as_bytes(), until));
        assert!(new.secret_hash.compare(&old.secret_hash).is_err());

        let revoked = super::ApiKeyRecord { revoked_at: Some(until), ..new };
        assert!(matches!(ApiKey::rotate("acme_live", revoked, until), Err(MintError::Revoked)));
    }
}
