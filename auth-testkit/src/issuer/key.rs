//! Signing keys, new ones in each process: none is published anywhere, so none can be left in a configuration.

use auth_runtime::Algorithm;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::{SystemRandom, fill};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair, RsaKeyPair, RsaPublicKeyComponents,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm as SignsAs, EncodingKey};
use pem::{EncodeConfig, LineEnding, Pem};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// A private key, and the public half of it as issuers publish it.
#[derive(Clone)]
pub(crate) struct SigningKey {
    pub(crate) algorithm: Algorithm,
    signing: EncodingKey,
    /// Without `alg`, `kid` and `use`.
    pub(crate) jwk: Value,
    /// SPKI DER, or nothing where the key is a shared secret.
    spki: Vec<u8>,
}

impl SigningKey {
    /// A new key.
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

    /// A key of somebody else's for the same algorithm: one for the whole process, since RSA keys take their time.
    pub(crate) fn of_a_stranger(algorithm: Algorithm) -> Self {
        static RSA: LazyLock<SigningKey> = LazyLock::new(rsa);
        if algorithm.to_string().starts_with(['R', 'P']) {
            Self { algorithm, ..RSA.clone() }
        } else {
            Self::generate(algorithm)
        }
    }

    /// Whoever takes these bytes for a shared secret.
    pub(crate) fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Self {
        Self {
            algorithm,
            signing: EncodingKey::from_secret(secret),
            jwk: json!({"kty": "oct", "k": base64url(secret)}),
            spki: Vec::new(),
        }
    }

    /// The signature over any text, as it stands in a token.
    pub(crate) fn sign(&self, message: &str) -> String {
        jsonwebtoken::crypto::sign(message.as_bytes(), &self.signing, self.signs_as()).expect("a key signs")
    }

    /// The same key under another algorithm of its family.
    pub(crate) fn posing_as(&self, algorithm: Algorithm) -> Self {
        Self { algorithm, ..self.clone() }
    }

    /// The public key in PEM; `None` for a shared secret.
    pub(crate) fn public_pem(&self, ending: LineEnding) -> Option<String> {
        let written = EncodeConfig::new().set_line_ending(ending);
        (!self.spki.is_empty()).then(|| pem::encode_config(&Pem::new("PUBLIC KEY", self.spki.clone()), written))
    }

    /// The public key in the forms that somebody could take for a shared secret (RFC 8725 section 2.1).
    pub(crate) fn public_forms(&self) -> Vec<(&'static str, Vec<u8>)> {
        let Some(lf) = self.public_pem(LineEnding::LF) else { return Vec::new() };
        let mut forms = vec![
            ("its PEM", lf.clone().into_bytes()),
            ("its PEM with CRLF", lf.replace('\n', "\r\n").into_bytes()),
            ("its PEM without the last line break", lf.trim_end().as_bytes().to_vec()),
            ("its PEM behind a space", format!(" {lf}").into_bytes()),
            ("its DER", self.spki.clone()),
            ("its JWK", self.jwk.to_string().into_bytes()),
        ];
        if let Some(member) = ["x", "n"].into_iter().find_map(|name| self.jwk[name].as_str()) {
            forms.push(("a member of its JWK", member.as_bytes().to_vec()));
            forms
                .push(("the bytes of a member of its JWK", URL_SAFE_NO_PAD.decode(member).expect("base64url of ours")));
        }
        forms
    }

    fn signs_as(&self) -> SignsAs {
        match self.algorithm {
            Algorithm::Ed25519 => SignsAs::EdDSA,
            other => other.to_string().parse().expect("an algorithm that both know"),
        }
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
    }
}

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
