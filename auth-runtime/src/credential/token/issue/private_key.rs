//! A private key in PEM, with its public key.

use crate::base::{Algorithm, ConfigError};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair, RsaKeyPair,
};
use jsonwebtoken::EncodingKey;
use pem::Pem;

pub(super) struct PrivateKey {
    pub(super) key: EncodingKey,
    /// PKCS #1, a raw point, or raw Ed25519 bytes.
    pub(super) public: Vec<u8>,
}

impl PrivateKey {
    /// Reads PKCS #8 or PKCS #1 (RFC 8017 appendix A.1.2).
    pub(super) fn rsa(algorithm: Algorithm, pem: &[u8]) -> Result<Self, ConfigError> {
        let why = "not an RSA private key of 2048 to 8192 bits: create one with `openssl genpkey -algorithm rsa \
                   -pkeyopt rsa_keygen_bits:3072`";
        let refused = || ConfigError::key(algorithm, why);
        let private = parse(algorithm, pem, &["PRIVATE KEY", "RSA PRIVATE KEY"])?;
        let pair = match private.tag() {
            "PRIVATE KEY" => RsaKeyPair::from_pkcs8(private.contents()),
            _ => RsaKeyPair::from_der(private.contents()),
        };
        let pair = pair.map_err(|_| refused())?;
        let key = EncodingKey::from_rsa_pem(pem).map_err(|_| refused())?;
        Ok(Self { key, public: pair.public_key().as_ref().to_vec() })
    }

    pub(super) fn p256(algorithm: Algorithm, pem: &[u8]) -> Result<Self, ConfigError> {
        let why = "not an EC private key on P-256: create one with `openssl genpkey -algorithm ec -pkeyopt \
                   ec_paramgen_curve:P-256`";
        Self::ec(&ECDSA_P256_SHA256_FIXED_SIGNING, pem, algorithm, why)
    }

    pub(super) fn p384(algorithm: Algorithm, pem: &[u8]) -> Result<Self, ConfigError> {
        let why = "not an EC private key on P-384: create one with `openssl genpkey -algorithm ec -pkeyopt \
                   ec_paramgen_curve:P-384`";
        Self::ec(&ECDSA_P384_SHA384_FIXED_SIGNING, pem, algorithm, why)
    }

    fn ec(
        curve: &'static EcdsaSigningAlgorithm,
        pem: &[u8],
        algorithm: Algorithm,
        why: &'static str,
    ) -> Result<Self, ConfigError> {
        let private = parse(algorithm, pem, &["PRIVATE KEY"])?;
        let pair = EcdsaKeyPair::from_pkcs8(curve, private.contents());
        let pair = pair.map_err(|_| ConfigError::key(algorithm, why))?;
        Ok(Self { key: EncodingKey::from_ec_der(private.contents()), public: pair.public_key().as_ref().to_vec() })
    }

    pub(super) fn ed25519(algorithm: Algorithm, pem: &[u8]) -> Result<Self, ConfigError> {
        let why = "not an Ed25519 private key: create one with `openssl genpkey -algorithm ed25519`";
        let private = parse(algorithm, pem, &["PRIVATE KEY"])?;
        let pair = Ed25519KeyPair::from_pkcs8(private.contents());
        let pair = pair.map_err(|_| ConfigError::key(algorithm, why))?;
        Ok(Self { key: EncodingKey::from_ed_der(private.contents()), public: pair.public_key().as_ref().to_vec() })
    }
}

/// Reads PEM of one of these kinds (RFC 7468 sections 10 and 11).
fn parse(algorithm: Algorithm, pem: &[u8], kinds: &[&str]) -> Result<Pem, ConfigError> {
    let pem = pem::parse(pem).map_err(|_| ConfigError::key(algorithm, "not PEM"))?;
    let why = match pem.tag() {
        kind if kinds.contains(&kind) => return Ok(pem),
        "ENCRYPTED PRIVATE KEY" => "it is encrypted: decrypt it with `openssl pkcs8`",
        tag if tag.ends_with("PRIVATE KEY") => {
            "not a private key in PKCS #8: convert it with `openssl pkcs8 -topk8 -nocrypt`"
        }
        tag if tag.ends_with("PUBLIC KEY") => "it is a public key, which cannot sign: configure the private key",
        _ => "not a private key",
    };
    Err(ConfigError::key(algorithm, why))
}
