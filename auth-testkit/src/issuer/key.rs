//! Signing keys, generated in each process so that none can stay in a configuration.

use auth_runtime::keys::Algorithm;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::{SystemRandom, fill};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair, RsaKeyPair, RsaPublicKeyComponents,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm as SignsAs, EncodingKey};
use pem::{EncodeConfig, LineEnding, Pem};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// A private key with its public key as an issuer publishes it.
#[derive(Clone)]
pub(crate) struct SigningKey {
    pub(crate) algorithm: Algorithm,
    signing: EncodingKey,
    /// Without `alg`, `kid` and `use`.
    pub(crate) jwk: Value,
    /// SPKI DER; empty for a shared secret.
    spki: Vec<u8>,
    /// PKCS #8; empty for a shared secret.
    private: Vec<u8>,
}

impl SigningKey {
    /// Generates a key.
    pub(crate) fn generate(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => {
                let mut secret = [0; 64];
                fill(&mut secret).expect("random bytes");
                Self::from_secret(algorithm, &secret)
            }
            Algorithm::ES256 => ec(algorithm, "P-256", &ECDSA_P256_SHA256_FIXED_SIGNING),
            Algorithm::ES384 => ec(algorithm, "P-384", &ECDSA_P384_SHA384_FIXED_SIGNING),
            Algorithm::Ed25519 => ed25519(),
            _ => Self { algorithm, ..rsa() },
        }
    }

    /// A key that no service trusts. The process shares one of each kind, because hundreds of
    /// attacks on each route need one.
    pub(crate) fn untrusted(algorithm: Algorithm) -> Self {
        static RSA: LazyLock<SigningKey> = LazyLock::new(rsa);
        static ED25519: LazyLock<SigningKey> = LazyLock::new(ed25519);
        static ES256: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::ES256));
        static ES384: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::ES384));
        match algorithm {
            Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => Self::generate(algorithm),
            Algorithm::Ed25519 => ED25519.clone(),
            Algorithm::ES256 => ES256.clone(),
            Algorithm::ES384 => ES384.clone(),
            _ => Self { algorithm, ..RSA.clone() },
        }
    }

    /// Uses any bytes as a shared secret.
    pub(crate) fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Self {
        Self {
            algorithm,
            signing: EncodingKey::from_secret(secret),
            jwk: json!({"kty": "oct", "k": base64url(secret)}),
            spki: Vec::new(),
            private: Vec::new(),
        }
    }

    /// Signs any text; base64url, as in a token.
    pub(crate) fn sign(&self, message: &str) -> String {
        jsonwebtoken::crypto::sign(message.as_bytes(), &self.signing, self.signs_as()).expect("a key signs")
    }

    /// Uses the same key with another algorithm of its family.
    pub(crate) fn as_algorithm(&self, algorithm: Algorithm) -> Self {
        Self { algorithm, ..self.clone() }
    }

    /// The public key; `None` for a shared secret.
    pub(crate) fn public(&self) -> Option<PublicKey> {
        (!self.spki.is_empty()).then(|| PublicKey { jwk: self.jwk.clone(), spki: Some(self.spki.clone()) })
    }

    /// A self-signed certificate (DER) of the key; `None` for a shared secret.
    pub(crate) fn certificate(&self) -> Option<Vec<u8>> {
        let pair = rcgen::KeyPair::try_from(self.private.as_slice()).ok()?;
        let parameters = rcgen::CertificateParams::new(vec!["id.evil.example".to_owned()]).ok()?;
        Some(parameters.self_signed(&pair).ok()?.der().to_vec())
    }

    fn signs_as(&self) -> SignsAs {
        match self.algorithm {
            Algorithm::Ed25519 => SignsAs::EdDSA,
            other => other.to_string().parse().expect("an algorithm that jsonwebtoken supports"),
        }
    }
}

/// A public key, as an issuer publishes it.
#[derive(Clone)]
pub(crate) struct PublicKey {
    pub(super) jwk: Value,
    /// DER; `None` for a key that was read from a JWK set.
    spki: Option<Vec<u8>>,
}

impl PublicKey {
    /// The forms that a service could use as a shared secret.
    pub(crate) const FORMS: [&'static str; 10] = [
        "its PEM",
        "its PEM with CRLF",
        "its PEM without the last line break",
        "its PEM after a space",
        "its PEM on one line, with \\n for each line break",
        "its DER",
        "the base64 of its DER",
        "its JWK",
        "a member of its JWK",
        "the bytes of a member of its JWK",
    ];

    /// The keys of a JWK set (RFC 7517 section 5). Shared secrets are skipped.
    pub(crate) fn of_set(jwks: &str) -> serde_json::Result<Vec<Self>> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let Set { keys } = serde_json::from_str(jwks)?;
        Ok(keys.into_iter().filter(|key| key["kty"] != "oct").map(|jwk| Self { jwk, spki: None }).collect())
    }

    /// PEM (RFC 7468), as `openssl` writes it.
    pub(crate) fn pem(&self) -> Option<String> {
        let written = EncodeConfig::new().set_line_ending(LineEnding::LF);
        Some(pem::encode_config(&Pem::new("PUBLIC KEY", self.spki.clone()?), written))
    }

    /// RFC 8725 section 2.1: each of [`FORMS`](Self::FORMS) that this key has.
    pub(crate) fn forms(&self) -> Vec<(&'static str, Vec<u8>)> {
        let member = ["x", "n"].into_iter().find_map(|name| self.jwk[name].as_str());
        let pem = self.pem();
        let [lf, crlf, open, spaced, escaped, der, base64, jwk, text, bytes] = Self::FORMS;
        let forms = [
            (lf, pem.clone().map(String::into_bytes)),
            (crlf, pem.as_ref().map(|pem| pem.replace('\n', "\r\n").into_bytes())),
            (open, pem.as_ref().map(|pem| pem.trim_end().as_bytes().to_vec())),
            (spaced, pem.as_ref().map(|pem| format!(" {pem}").into_bytes())),
            // As a variable of the environment has it.
            (escaped, pem.as_ref().map(|pem| pem.trim_end().replace('\n', "\\n").into_bytes())),
            (der, self.spki.clone()),
            (base64, self.spki.as_ref().map(|der| STANDARD.encode(der).into_bytes())),
            (jwk, Some(self.jwk.to_string().into_bytes())),
            (text, member.map(|member| member.as_bytes().to_vec())),
            (bytes, member.and_then(|member| URL_SAFE_NO_PAD.decode(member).ok())),
        ];
        forms.into_iter().filter_map(|(name, bytes)| Some((name, bytes?))).collect()
    }
}

fn rsa() -> SigningKey {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key pair");
    let private: Pkcs8V1Der<'_> = pair.as_der().expect("PKCS #8");
    let pem = pem::encode(&Pem::new("PRIVATE KEY", private.as_ref()));
    let RsaPublicKeyComponents { n, e } = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
    let spki: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("SPKI");
    SigningKey {
        algorithm: Algorithm::RS256,
        signing: EncodingKey::from_rsa_pem(pem.as_bytes()).expect("a private key"),
        jwk: json!({"kty": "RSA", "n": base64url(n), "e": base64url(e)}),
        spki: spki.as_ref().to_vec(),
        private: private.as_ref().to_vec(),
    }
}

fn ec(algorithm: Algorithm, curve: &str, signing: &'static EcdsaSigningAlgorithm) -> SigningKey {
    let private = EcdsaKeyPair::generate_pkcs8(signing, &SystemRandom::new()).expect("a key pair");
    let pair = EcdsaKeyPair::from_pkcs8(signing, private.as_ref()).expect("the same key pair");
    let spki: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("SPKI");
    // SEC 1 section 2.3.3: 04 || x || y.
    let (x, y) = pair.public_key().as_ref()[1..].split_at(pair.public_key().as_ref().len() / 2);
    SigningKey {
        algorithm,
        signing: EncodingKey::from_ec_der(private.as_ref()),
        jwk: json!({"kty": "EC", "crv": curve, "x": base64url(x), "y": base64url(y)}),
        spki: spki.as_ref().to_vec(),
        private: private.as_ref().to_vec(),
    }
}

fn ed25519() -> SigningKey {
    let private = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("a key pair");
    let pair = Ed25519KeyPair::from_pkcs8(private.as_ref()).expect("the same key pair");
    let spki: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("SPKI");
    SigningKey {
        algorithm: Algorithm::Ed25519,
        signing: EncodingKey::from_ed_der(private.as_ref()),
        jwk: json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(pair.public_key().as_ref())}),
        spki: spki.as_ref().to_vec(),
        private: private.as_ref().to_vec(),
    }
}

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
