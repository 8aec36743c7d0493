//! A key that signs tokens: [`SigningKey`].

use super::private_key::PrivateKey;
use crate::base::{Algorithm, ConfigError};
use crate::credential::token::keys::{VerifyingKey, key_origin};
use jsonwebtoken::EncodingKey;
use std::fmt;
use std::path::Path;

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

macro_rules! from_secret {
    ($($name:ident $Algorithm:ident $bytes:literal)*) => { $(
        #[doc = concat!("Reads a shared secret for ", stringify!($Algorithm), ": at least ", $bytes, " random bytes (RFC 7518 section 3.2).")]
        ///
        /// # Errors
        ///
        #[doc = concat!("As for [`VerifyingKey::", stringify!($name), "`].")]
        pub fn $name(kid: impl Into<String>, secret: &[u8]) -> Result<Self, ConfigError> {
            let verifying = VerifyingKey::$name(secret)?.with_kid(kid);
            Ok(Self { algorithm: jsonwebtoken::Algorithm::$Algorithm, key: EncodingKey::from_secret(secret), verifying })
        }
    )* };
}

macro_rules! from_pem {
    ($($name:ident $Algorithm:ident $SignsAs:ident $read:ident $kind:literal $options:literal)*) => { $(
        #[doc = concat!("Reads a private key for ", stringify!($Algorithm), " from PEM: ", $kind, ".")]
        ///
        #[doc = concat!("`openssl genpkey ", $options, "` creates one.")]
        ///
        /// # Errors
        ///
        /// When it is not such a private key, or too weak.
        pub fn $name(kid: impl Into<String>, pem: &[u8]) -> Result<Self, ConfigError> {
            let PrivateKey { key, public } = PrivateKey::$read(Algorithm::$Algorithm, pem)?;
            // P6: checks the strength, because a weak private key has a weak public key.
            let verifying = VerifyingKey::from_der(Algorithm::$Algorithm, &public)?.with_kid(kid);
            Ok(Self { algorithm: jsonwebtoken::Algorithm::$SignsAs, key, verifying })
        }
    )* };
}

impl SigningKey {
    from_secret! { hs256 HS256 "32" hs384 HS384 "48" hs512 HS512 "64" }

    from_pem! {
        rs256_pem RS256 RS256 rsa "RSA of 2048 to 8192 bits" "-algorithm rsa -pkeyopt rsa_keygen_bits:3072"
        rs384_pem RS384 RS384 rsa "RSA of 2048 to 8192 bits" "-algorithm rsa -pkeyopt rsa_keygen_bits:3072"
        rs512_pem RS512 RS512 rsa "RSA of 2048 to 8192 bits" "-algorithm rsa -pkeyopt rsa_keygen_bits:3072"
        ps256_pem PS256 PS256 rsa "RSA of 2048 to 8192 bits" "-algorithm rsa -pkeyopt rsa_keygen_bits:3072"
        ps384_pem PS384 PS384 rsa "RSA of 2048 to 8192 bits" "-algorithm rsa -pkeyopt rsa_keygen_bits:3072"
        ps512_pem PS512 PS512 rsa "RSA of 2048 to 8192 bits" "-algorithm rsa -pkeyopt rsa_keygen_bits:3072"
        es256_pem ES256 ES256 p256 "EC on P-256" "-algorithm ec -pkeyopt ec_paramgen_curve:P-256"
        es384_pem ES384 ES384 p384 "EC on P-384" "-algorithm ec -pkeyopt ec_paramgen_curve:P-384"
        ed25519_pem Ed25519 EdDSA ed25519 "Ed25519" "-algorithm ed25519"
    }

    /// Reads a key from an environment variable: a shared secret for HS256, HS384 and HS512, else
    /// PEM.
    ///
    /// # Errors
    ///
    /// [`ConfigError::KeyOrigin`], when the variable is not set, or the key is refused.
    pub fn from_env(kid: impl Into<String>, algorithm: Algorithm, name: &str) -> Result<Self, ConfigError> {
        key_origin::from_env(name, |text| Self::from_text(kid.into(), algorithm, text))
    }

    /// Reads a key from a file, as [`from_env`](Self::from_env) does from a variable.
    ///
    /// # Errors
    ///
    /// [`ConfigError::KeyOrigin`], when the file cannot be read or is longer than 32 KiB, or the
    /// key is refused.
    pub fn from_file(
        kid: impl Into<String>,
        algorithm: Algorithm,
        path: impl AsRef<Path>,
    ) -> Result<Self, ConfigError> {
        key_origin::from_file(path.as_ref(), |text| Self::from_text(kid.into(), algorithm, text))
    }

    fn from_text(kid: String, algorithm: Algorithm, text: &[u8]) -> Result<Self, ConfigError> {
        match algorithm {
            Algorithm::HS256 => Self::hs256(kid, text),
            Algorithm::HS384 => Self::hs384(kid, text),
            Algorithm::HS512 => Self::hs512(kid, text),
            Algorithm::RS256 => Self::rs256_pem(kid, text),
            Algorithm::RS384 => Self::rs384_pem(kid, text),
            Algorithm::RS512 => Self::rs512_pem(kid, text),
            Algorithm::PS256 => Self::ps256_pem(kid, text),
            Algorithm::PS384 => Self::ps384_pem(kid, text),
            Algorithm::PS512 => Self::ps512_pem(kid, text),
            Algorithm::ES256 => Self::es256_pem(kid, text),
            Algorithm::ES384 => Self::es384_pem(kid, text),
            Algorithm::Ed25519 => Self::ed25519_pem(kid, text),
        }
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
