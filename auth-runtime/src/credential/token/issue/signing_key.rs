//! A key that signs tokens: [`SigningKey`].

use crate::base::{Algorithm, ConfigError};
use crate::credential::token::keys::VerifyingKey;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use jsonwebtoken::EncodingKey;
use std::fmt;

/// Signs tokens with one key and one algorithm.
///
/// The `kid` is required, because a verifier finds the key by it while keys are rotated.
///
/// ```
/// use auth_runtime::credentials::SigningKey;
///
/// let key = SigningKey::hs256("2026-11", b"a secret of at least thirty-two bytes!")?;
/// assert!(SigningKey::hs256("2026-11", b"secret").is_err());
/// # drop(key);
/// # Ok::<(), auth_runtime::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct SigningKey {
    pub(super) algorithm: jsonwebtoken::Algorithm,
    pub(super) key: EncodingKey,
    pub(super) verifying: VerifyingKey,
}

impl SigningKey {
    /// Reads a shared secret for HS256: at least 32 random bytes (RFC 7518 section 3.2).
    ///
    /// # Errors
    ///
    /// As for [`VerifyingKey::hs256`].
    pub fn hs256(kid: impl Into<String>, secret: &[u8]) -> Result<Self, ConfigError> {
        let verifying = VerifyingKey::hs256(secret)?;
        Ok(Self::new(kid, jsonwebtoken::Algorithm::HS256, EncodingKey::from_secret(secret), verifying))
    }

    /// Reads a shared secret for HS512: at least 64 random bytes.
    ///
    /// # Errors
    ///
    /// As for [`VerifyingKey::hs512`].
    pub fn hs512(kid: impl Into<String>, secret: &[u8]) -> Result<Self, ConfigError> {
        let verifying = VerifyingKey::hs512(secret)?;
        Ok(Self::new(kid, jsonwebtoken::Algorithm::HS512, EncodingKey::from_secret(secret), verifying))
    }

    /// Reads a private Ed25519 key from PEM (PKCS #8): `openssl genpkey -algorithm ed25519`.
    ///
    /// # Errors
    ///
    /// When it is not such a key.
    pub fn ed25519_pem(kid: impl Into<String>, pem: &[u8]) -> Result<Self, ConfigError> {
        let refused = || ConfigError::key(Algorithm::Ed25519, "not a private key in PEM (PKCS #8)");
        let pkcs8 = pem::parse(pem).map_err(|_| refused())?;
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8.contents()).map_err(|_| refused())?;
        let verifying = VerifyingKey::from_der(Algorithm::Ed25519, pair.public_key().as_ref())?;
        let key = EncodingKey::from_ed_pem(pem).map_err(|_| refused())?;
        Ok(Self::new(kid, jsonwebtoken::Algorithm::EdDSA, key, verifying))
    }

    /// Reads a private key on P-256 from PEM (PKCS #8), for ES256.
    ///
    /// # Errors
    ///
    /// When it is not such a key.
    pub fn es256_pem(kid: impl Into<String>, pem: &[u8]) -> Result<Self, ConfigError> {
        let refused = || ConfigError::key(Algorithm::ES256, "not a private key in PEM (PKCS #8)");
        let pkcs8 = pem::parse(pem).map_err(|_| refused())?;
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.contents()).map_err(|_| refused())?;
        let verifying = VerifyingKey::from_der(Algorithm::ES256, pair.public_key().as_ref())?;
        let key = EncodingKey::from_ec_pem(pem).map_err(|_| refused())?;
        Ok(Self::new(kid, jsonwebtoken::Algorithm::ES256, key, verifying))
    }

    fn new(
        kid: impl Into<String>,
        algorithm: jsonwebtoken::Algorithm,
        key: EncodingKey,
        verifying: VerifyingKey,
    ) -> Self {
        Self { algorithm, key, verifying: verifying.with_kid(kid) }
    }
}

/// The key that verifies its signatures, with the same `kid`.
impl From<SigningKey> for VerifyingKey {
    fn from(key: SigningKey) -> Self {
        key.verifying
    }
}

/// Without the key, because a secret must not be logged.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("verifying", &self.verifying).finish_non_exhaustive()
    }
}
