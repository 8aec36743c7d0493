//! The hash of a secret, which a store keeps: [`SecretHash`].

use super::InvalidHash;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use std::fmt;

/// Holds the SHA-256 of the secret of an API key.
///
/// A slow password hash would not make it safer. Passwords are few and can be guessed, but the
/// secret has 256 random bits, so guessing it from its SHA-256 takes 2^255 attempts. A slow hash
/// would cost every request the time that a password costs once a login, and an attacker could
/// exhaust the service with bad keys.
///
/// It has no `==`, because secrets are compared in constant time, by the verifier.
///
/// ```
/// use auth_runtime::api_keys::{InvalidHash, SecretHash};
///
/// let hash = SecretHash::from_bytes([7; 32]);
/// assert_eq!(SecretHash::from_hex(&hash.to_hex())?.as_bytes(), hash.as_bytes());
/// # Ok::<(), InvalidHash>(())
/// ```
#[derive(Clone)]
pub struct SecretHash([u8; SHA256_OUTPUT_LEN]);

/// The secret is not the one of the hash.
pub(super) struct Mismatch;

impl SecretHash {
    /// Reads a hash that was stored as bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads a hash that was stored as 64 hexadecimal digits.
    ///
    /// # Errors
    ///
    /// [`InvalidHash`] if it is something else.
    ///
    /// ```
    /// use auth_runtime::api_keys::SecretHash;
    ///
    /// let hash = SecretHash::from_bytes([10; 32]);
    /// assert_eq!(SecretHash::from_hex(&hash.to_hex())?.as_bytes(), &[10; 32]);
    /// # Ok::<(), auth_runtime::api_keys::InvalidHash>(())
    /// ```
    pub fn from_hex(hex: &str) -> Result<Self, InvalidHash> {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
        let bytes: Option<Vec<u8>> = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
        match bytes {
            Some(bytes) if rest.is_empty() => Self::try_from(&bytes[..]),
            _ => Err(InvalidHash),
        }
    }

    /// Returns the bytes, to store them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns 64 hexadecimal digits, to store them.
    #[must_use]
    pub fn to_hex(&self) -> String {
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
    }

    pub(super) fn of(secret: &str) -> Self {
        let mut bytes = [0; SHA256_OUTPUT_LEN];
        bytes.copy_from_slice(digest(&SHA256, secret.as_bytes()).as_ref());
        Self(bytes)
    }

    /// Compares two hashes in constant time.
    ///
    /// P6: also of hashes. Otherwise the time would tell the first bytes of a stored hash, which
    /// must not be known for a search outside of the service.
    pub(super) fn compare(&self, presented: &Self) -> Result<(), Mismatch> {
        verify_slices_are_equal(&self.0, &presented.0).map_err(|_| Mismatch)
    }
}

/// Reads a hash that a database returns as bytes.
impl TryFrom<&[u8]> for SecretHash {
    type Error = InvalidHash;

    fn try_from(bytes: &[u8]) -> Result<Self, InvalidHash> {
        bytes.try_into().map(Self).map_err(|_| InvalidHash)
    }
}

/// Without the hash, because a log must not help to search for the secret.
impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::SecretHash;

    #[test]
    fn a_hash_is_the_sha_256_of_the_secret() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(SecretHash::of("abc").to_hex(), abc);
        let read = SecretHash::from_hex(&abc.to_uppercase()).expect("a hash");
        assert!(read.compare(&SecretHash::of("abc")).is_ok());
        assert!(read.compare(&SecretHash::of("abd")).is_err());
        assert_eq!(format!("{read:?}"), "SecretHash(..)");
    }

    #[test]
    fn other_texts_and_bytes_are_not_a_hash() {
        for hex in [String::new(), "0".repeat(62), "0".repeat(63), "0".repeat(65), "0".repeat(66), "g".repeat(64)] {
            assert!(SecretHash::from_hex(&hex).is_err(), "{hex}");
        }
        assert!(SecretHash::from_hex(&format!("{}\u{e4}", "0".repeat(62))).is_err());
        assert!(SecretHash::try_from(&[0; 31][..]).is_err());
        assert!(SecretHash::try_from(&[0; 32][..]).is_ok());
    }
}
