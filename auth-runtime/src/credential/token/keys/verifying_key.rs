//! A key with its algorithm, checked when it is configured.

#[cfg(feature = "ed25519-dalek")]
use super::ed25519;
use super::{jwk, key_origin, strength};
use crate::base::Algorithm;
use crate::base::ConfigError;
use auth_events::Reason;
use aws_lc_rs::digest::{self, SHA256};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{self, ParsedPublicKey, VerificationAlgorithm};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// The cryptography of an algorithm.
enum Primitive {
    Hmac(hmac::Algorithm),
    Rsa(&'static dyn VerificationAlgorithm),
    Ecdsa(&'static dyn VerificationAlgorithm),
    Ed25519,
}

impl Algorithm {
    fn scheme(self) -> Primitive {
        match self {
            Self::HS256 => Primitive::Hmac(hmac::HMAC_SHA256),
            Self::HS384 => Primitive::Hmac(hmac::HMAC_SHA384),
            Self::HS512 => Primitive::Hmac(hmac::HMAC_SHA512),
            Self::RS256 => Primitive::Rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
            Self::RS384 => Primitive::Rsa(&signature::RSA_PKCS1_2048_8192_SHA384),
            Self::RS512 => Primitive::Rsa(&signature::RSA_PKCS1_2048_8192_SHA512),
            Self::PS256 => Primitive::Rsa(&signature::RSA_PSS_2048_8192_SHA256),
            Self::PS384 => Primitive::Rsa(&signature::RSA_PSS_2048_8192_SHA384),
            Self::PS512 => Primitive::Rsa(&signature::RSA_PSS_2048_8192_SHA512),
            Self::ES256 => Primitive::Ecdsa(&signature::ECDSA_P256_SHA256_FIXED),
            Self::ES384 => Primitive::Ecdsa(&signature::ECDSA_P384_SHA384_FIXED),
            Self::Ed25519 => Primitive::Ed25519,
        }
    }
}

/// Verifies signatures with one key and one algorithm.
///
/// The constructors parse the key and check its strength. A key that is weak, private or of the
/// wrong kind is a [`ConfigError`].
///
/// ```
/// use auth_runtime::VerifyingKey;
///
/// let key = VerifyingKey::hs256(b"a secret of at least thirty-two bytes!")?.with_kid("2026-11");
/// assert!(VerifyingKey::hs256(b"").is_err());
/// assert!(VerifyingKey::hs256(b"secret").is_err());
/// # drop(key);
/// # Ok::<(), auth_runtime::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct VerifyingKey {
    pub(super) algorithm: Algorithm,
    pub(in crate::credential::token) kid: Option<Arc<str>>,
    /// The issuer that Entra ID names in a JWK: the key is for its tokens only.
    pub(in crate::credential::token) issuer: Option<Arc<str>>,
    pub(super) material: Material,
    pub(super) fingerprint: Fingerprint,
}

/// Identifies a key and its algorithm, whatever its `kid` is.
///
/// A token is valid only as long as the key set contains the key that verified it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint([u8; 32]);

/// Without the hash, because the hash of a secret must not be logged.
impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint")
    }
}

impl Fingerprint {
    fn of(algorithm: Algorithm, material: &[u8]) -> Self {
        let mut context = digest::Context::new(&SHA256);
        context.update(algorithm.names()[0].as_bytes());
        context.update(&[0]);
        context.update(material);
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(context.finish().as_ref());
        Self(fingerprint)
    }
}

#[derive(Clone)]
pub(super) enum Material {
    Secret(Arc<hmac::Key>),
    Public(Arc<ParsedPublicKey>),
    /// Where it is faster.
    #[cfg(feature = "ed25519-dalek")]
    Dalek(Arc<ed25519_dalek::VerifyingKey>),
}

impl Material {
    /// The implementation that verifies signatures, for `Debug`.
    fn implementation(&self) -> &'static str {
        match self {
            Self::Secret(_) | Self::Public(_) => "aws-lc",
            #[cfg(feature = "ed25519-dalek")]
            Self::Dalek(_) => "ed25519-dalek",
        }
    }
}

macro_rules! from_secret {
    ($($name:ident $Algorithm:ident $bytes:literal)*) => { $(
        #[doc = concat!("Reads a shared secret for ", stringify!($Algorithm), ": at least ", $bytes, " random bytes (RFC 7518 section 3.2).")]
        ///
        /// # Errors
        ///
        /// When it is shorter or filled up, repeats itself, or is a well-known placeholder.
        pub fn $name(secret: &[u8]) -> Result<Self, ConfigError> {
            Self::from_secret(Algorithm::$Algorithm, secret)
        }
    )* };
}

macro_rules! from_pem {
    ($($name:ident $Algorithm:ident $kind:literal)*) => { $(
        #[doc = concat!("Reads a public key for ", stringify!($Algorithm), " from PEM: ", $kind, ".")]
        ///
        /// # Errors
        ///
        /// When it is not such a public key, or too weak.
        pub fn $name(pem: &[u8]) -> Result<Self, ConfigError> {
            Self::from_pem(Algorithm::$Algorithm, pem)
        }
    )* };
}

impl VerifyingKey {
    from_secret! { hs256 HS256 "32" hs384 HS384 "48" hs512 HS512 "64" }

    from_pem! {
        rs256_pem RS256 "RSA of 2048 to 8192 bits"
        rs384_pem RS384 "RSA of 2048 to 8192 bits"
        rs512_pem RS512 "RSA of 2048 to 8192 bits"
        ps256_pem PS256 "RSA of 2048 to 8192 bits"
        ps384_pem PS384 "RSA of 2048 to 8192 bits"
        ps512_pem PS512 "RSA of 2048 to 8192 bits"
        es256_pem ES256 "EC on P-256"
        es384_pem ES384 "EC on P-384"
        ed25519_pem Ed25519 "Ed25519"
    }

    /// Reads a key from an environment variable: a shared secret for HS256, HS384 and HS512, else
    /// PEM.
    ///
    /// ```
    /// use auth_runtime::{VerifyingKey, keys::Algorithm};
    ///
    /// // An unset variable is an error at start, and never a verifier without a check.
    /// assert!(VerifyingKey::from_env(Algorithm::HS256, "A_VARIABLE_THAT_IS_NOT_SET").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError::KeyOrigin`], when the variable is not set, or the key is refused.
    pub fn from_env(algorithm: Algorithm, name: &str) -> Result<Self, ConfigError> {
        key_origin::from_env(name, |text| Self::from_text(algorithm, text))
    }

    /// Reads a key from a file, as [`from_env`](Self::from_env) does from a variable.
    ///
    /// # Errors
    ///
    /// [`ConfigError::KeyOrigin`], when the file cannot be read or is longer than 32 KiB, or the
    /// key is refused.
    pub fn from_file(algorithm: Algorithm, path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        key_origin::from_file(path.as_ref(), |text| Self::from_text(algorithm, text))
    }

    fn from_text(algorithm: Algorithm, text: &[u8]) -> Result<Self, ConfigError> {
        match algorithm.scheme() {
            Primitive::Hmac(_) => Self::from_secret(algorithm, text),
            Primitive::Rsa(_) | Primitive::Ecdsa(_) | Primitive::Ed25519 => Self::from_pem(algorithm, text),
        }
    }

    /// Reads a JSON Web Key (RFC 7517) whose `alg` or curve determines its algorithm.
    ///
    /// # Errors
    ///
    /// When it is malformed, too weak, not for signatures (`use`, `key_ops`), or has no algorithm.
    /// RSA keys without `alg` need [`from_jwk_with_algorithm`](Self::from_jwk_with_algorithm),
    /// because the token must not choose the algorithm.
    pub fn from_jwk(json: &str) -> Result<Self, ConfigError> {
        jwk::Jwk::new(jwk::document(json)?.root()).key(None)
    }

    /// Reads a JSON Web Key without `alg`. If it has one, it must be this algorithm.
    ///
    /// # Errors
    ///
    /// As for [`from_jwk`](Self::from_jwk).
    pub fn from_jwk_with_algorithm(json: &str, algorithm: Algorithm) -> Result<Self, ConfigError> {
        jwk::Jwk::new(jwk::document(json)?.root()).key(Some(algorithm))
    }

    /// Sets the `kid`. A token with a `kid` is verified only with the key of this `kid`.
    #[must_use]
    pub fn with_kid(mut self, kid: impl Into<String>) -> Self {
        self.kid = Some(kid.into().into());
        self
    }

    /// Returns the algorithm of this key.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    pub(super) fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Result<Self, ConfigError> {
        let Primitive::Hmac(hmac) = algorithm.scheme() else {
            return Err(ConfigError::key(algorithm, "a shared secret is for HS256, HS384 and HS512 only"));
        };
        strength::secret(algorithm, secret)?;
        let key = hmac::Key::new(hmac, secret);
        Ok(Self {
            algorithm,
            kid: None,
            issuer: None,
            material: Material::Secret(Arc::new(key)),
            fingerprint: Fingerprint::of(algorithm, secret),
        })
    }

    fn from_pem(algorithm: Algorithm, pem: &[u8]) -> Result<Self, ConfigError> {
        let pem = pem::parse(pem).map_err(|_| ConfigError::key(algorithm, "not PEM"))?;
        match pem.tag() {
            // RFC 7468 section 13, and PKCS #1 for RSA.
            "PUBLIC KEY" | "RSA PUBLIC KEY" => Self::from_der(algorithm, pem.contents()),
            tag if tag.contains("PRIVATE KEY") => {
                Err(ConfigError::key(algorithm, "it is a private key: configure the public key only"))
            }
            "CERTIFICATE" => Err(ConfigError::key(
                algorithm,
                "it is a certificate: extract the public key with `openssl x509 -pubkey -noout`",
            )),
            _ => Err(ConfigError::key(algorithm, "not a public key")),
        }
    }

    /// Reads the DER of a public key, a raw point, or raw Ed25519 bytes.
    pub(in crate::credential) fn from_der(algorithm: Algorithm, der: &[u8]) -> Result<Self, ConfigError> {
        let parsed = |scheme| {
            ParsedPublicKey::new(scheme, der)
                .map_err(|_| ConfigError::key(algorithm, "not a public key of this algorithm"))
        };
        let public = |key| Material::Public(Arc::new(key));
        let material = match algorithm.scheme() {
            Primitive::Hmac(_) => {
                return Err(ConfigError::key(algorithm, "a public key must not be used as a shared secret"));
            }
            Primitive::Rsa(scheme) => {
                strength::rsa(algorithm, der)?;
                public(parsed(scheme)?)
            }
            Primitive::Ecdsa(scheme) => public(parsed(scheme)?),
            Primitive::Ed25519 => {
                strength::ed25519(algorithm, der)?;
                let key = parsed(&signature::ED25519)?;
                #[cfg(feature = "ed25519-dalek")]
                let material =
                    ed25519::if_faster(der).map_or_else(|| public(key), |key| Material::Dalek(Arc::new(key)));
                #[cfg(not(feature = "ed25519-dalek"))]
                let material = public(key);
                material
            }
        };
        Ok(Self { algorithm, kid: None, issuer: None, material, fingerprint: Fingerprint::of(algorithm, der) })
    }

    /// P6: returns a `Result`, so that a caller cannot ignore a bad signature.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Reason> {
        let bad = |_| Reason::BadSignature;
        match &self.material {
            Material::Secret(key) => hmac::verify(key, message, signature).map_err(bad),
            Material::Public(key) => key.verify_sig(message, signature).map_err(bad),
            #[cfg(feature = "ed25519-dalek")]
            Material::Dalek(key) => ed25519::verify(key, message, signature).map_err(|_| Reason::BadSignature),
        }
    }
}

/// Without the key, because a secret must not be logged.
impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("algorithm", &self.algorithm)
            .field("kid", &self.kid)
            .field("implementation", &self.material.implementation())
            .finish_non_exhaustive()
    }
}
