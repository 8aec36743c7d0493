//! Keys for every algorithm, and tokens that `jsonwebtoken` signs, an independent implementation.

use super::{KID, base64url, header, with};
use auth_runtime::VerifyingKey;
use auth_runtime::keys::Algorithm;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::{SystemRandom, fill};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair, RsaKeyPair, RsaPublicKeyComponents,
};
use jsonwebtoken::{Algorithm as SignsAs, EncodingKey, Header};
use pem::{EncodeConfig, LineEnding, Pem};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt;
use std::sync::{LazyLock, OnceLock};

/// Every algorithm that auth-runtime supports.
pub const ALGORITHMS: [Algorithm; 12] = [
    Algorithm::HS256,
    Algorithm::HS384,
    Algorithm::HS512,
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::Ed25519,
];

/// Holds a signing key, and its public key in every form that a service configures.
pub struct Mint {
    /// The algorithm of the key.
    pub algorithm: Algorithm,
    signing: EncodingKey,
    /// A shared secret, or SPKI DER.
    pub public: Vec<u8>,
    /// The JWK without `alg`, `kid` and `use`.
    pub jwk: Value,
    /// PKCS #8 DER; empty for a shared secret.
    private: Vec<u8>,
}

impl fmt::Debug for Mint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mint").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

impl Mint {
    /// Returns the issuer's key for an algorithm.
    ///
    /// The process shares it, because the generation of RSA keys is slow.
    ///
    /// # Panics
    ///
    /// When a key cannot be generated.
    #[must_use]
    pub fn of(algorithm: Algorithm) -> &'static Self {
        static MINTS: LazyLock<HashMap<Algorithm, Mint>> = LazyLock::new(all);
        &MINTS[&algorithm]
    }

    /// Returns an untrusted key for the same algorithm and `kid`.
    ///
    /// # Panics
    ///
    /// When a key cannot be generated.
    #[must_use]
    pub fn untrusted(algorithm: Algorithm) -> &'static Self {
        static MINTS: LazyLock<HashMap<Algorithm, Mint>> = LazyLock::new(all);
        &MINTS[&algorithm]
    }

    /// Returns the public key as an issuer publishes it.
    #[must_use]
    pub fn published(&self, kid: &str) -> Value {
        let mut jwk = self.jwk.clone();
        jwk["kid"] = kid.into();
        jwk["alg"] = self.algorithm.to_string().into();
        jwk["use"] = "sig".into();
        jwk
    }

    /// Returns the private key, for an issuer in another process.
    #[must_use]
    pub fn signing(&self, kid: &str, alg: Option<&str>) -> Value {
        let mut key = json!({"kid": kid, "pem": pem::encode(&Pem::new("PRIVATE KEY", self.private.clone()))});
        if let Some(alg) = alg {
            key["alg"] = alg.into();
        }
        key
    }

    /// Signs a token whose header names any key.
    #[must_use]
    pub fn token_of(&self, kid: &str, claims: &Value) -> String {
        self.token_with(&with(header(self.algorithm), "kid", kid), claims)
    }

    /// Uses any bytes as the shared secret.
    #[must_use]
    pub fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Self {
        let jwk = json!({"kty": "oct", "k": base64url(secret)});
        let signing = EncodingKey::from_secret(secret);
        Self { algorithm, signing, public: secret.to_vec(), jwk, private: Vec::new() }
    }

    /// Signs a token as an issuer does: `jsonwebtoken` writes the header.
    ///
    /// # Panics
    ///
    /// When the claims cannot be signed.
    #[must_use]
    pub fn token(&self, claims: &Value) -> String {
        let header = Header { typ: Some("at+jwt".into()), kid: Some(KID.into()), ..Header::new(self.signs_as()) };
        jsonwebtoken::encode(&header, claims, &self.signing).expect("a token")
    }

    /// Signs a token with any header.
    #[must_use]
    pub fn token_with(&self, header: &Value, claims: &Value) -> String {
        self.signed(header.to_string(), claims.to_string())
    }

    /// Signs a token of any bytes.
    #[must_use]
    pub fn signed(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        self.completed(&format!("{}.{}", base64url(header), base64url(payload)))
    }

    /// Appends a dot and a valid signature to any text.
    ///
    /// # Panics
    ///
    /// When the text cannot be signed.
    #[must_use]
    pub fn completed(&self, message: &str) -> String {
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &self.signing, self.signs_as()).expect("a signature");
        format!("{message}.{signature}")
    }

    /// Returns a token without its signature and the dot before it.
    #[must_use]
    pub fn unsigned(&self, claims: &Value) -> String {
        format!("{}.{}", base64url(header(self.algorithm).to_string()), base64url(claims.to_string()))
    }

    /// Uses the same key pair with another algorithm of its family.
    #[must_use]
    pub fn posing_as(&self, algorithm: Algorithm) -> Self {
        Self {
            algorithm,
            signing: self.signing.clone(),
            public: self.public.clone(),
            jwk: self.jwk.clone(),
            private: self.private.clone(),
        }
    }

    /// Returns the verifying key with the usual `kid`.
    #[must_use]
    pub fn key(&self) -> VerifyingKey {
        self.key_without_kid().with_kid(KID)
    }

    /// Returns the verifying key without a `kid`.
    ///
    /// # Panics
    ///
    /// When auth-runtime rejects the key.
    #[must_use]
    pub fn key_without_kid(&self) -> VerifyingKey {
        let pem = self.pem();
        let pem = pem.as_bytes();
        match self.algorithm {
            Algorithm::HS256 => VerifyingKey::hs256(&self.public),
            Algorithm::HS384 => VerifyingKey::hs384(&self.public),
            Algorithm::HS512 => VerifyingKey::hs512(&self.public),
            Algorithm::RS256 => VerifyingKey::rs256_pem(pem),
            Algorithm::RS384 => VerifyingKey::rs384_pem(pem),
            Algorithm::RS512 => VerifyingKey::rs512_pem(pem),
            Algorithm::PS256 => VerifyingKey::ps256_pem(pem),
            Algorithm::PS384 => VerifyingKey::ps384_pem(pem),
            Algorithm::PS512 => VerifyingKey::ps512_pem(pem),
            Algorithm::ES256 => VerifyingKey::es256_pem(pem),
            Algorithm::ES384 => VerifyingKey::es384_pem(pem),
            Algorithm::Ed25519 => VerifyingKey::ed25519_pem(pem),
            other => panic!("unknown algorithm: `{other}`: add it to `Mint`"),
        }
        .expect("a key that is strong enough")
    }

    /// Returns the public key as PEM, with the line endings of `openssl`.
    #[must_use]
    pub fn pem(&self) -> String {
        pem::encode_config(
            &Pem::new("PUBLIC KEY", self.public.clone()),
            EncodeConfig::new().set_line_ending(LineEnding::LF),
        )
    }

    fn signs_as(&self) -> SignsAs {
        match self.algorithm {
            Algorithm::Ed25519 => SignsAs::EdDSA,
            other => other.to_string().parse().expect("an algorithm that jsonwebtoken supports"),
        }
    }
}

fn all() -> HashMap<Algorithm, Mint> {
    let rsa = OnceLock::new();
    ALGORITHMS
        .into_iter()
        .map(|algorithm| {
            let mint = match algorithm {
                Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => secret(algorithm),
                Algorithm::ES256 => ec(algorithm, "P-256", &ECDSA_P256_SHA256_FIXED_SIGNING),
                Algorithm::ES384 => ec(algorithm, "P-384", &ECDSA_P384_SHA384_FIXED_SIGNING),
                Algorithm::Ed25519 => ed25519(),
                _ => rsa.get_or_init(make_rsa).posing_as(algorithm),
            };
            (algorithm, mint)
        })
        .collect()
}

fn secret(algorithm: Algorithm) -> Mint {
    let mut secret = vec![0; 64];
    fill(&mut secret).expect("random bytes");
    Mint::from_secret(algorithm, &secret)
}

fn make_rsa() -> Mint {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key pair");
    let private: Pkcs8V1Der<'_> = pair.as_der().expect("PKCS #8");
    let pem = pem::encode(&Pem::new("PRIVATE KEY", private.as_ref()));
    let RsaPublicKeyComponents { n, e } = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("SPKI");
    Mint {
        algorithm: Algorithm::RS256,
        signing: EncodingKey::from_rsa_pem(pem.as_bytes()).expect("a private key"),
        public: public.as_ref().to_vec(),
        jwk: json!({"kty": "RSA", "n": base64url(n), "e": base64url(e)}),
        private: private.as_ref().to_vec(),
    }
}

fn ec(algorithm: Algorithm, curve: &str, signing: &'static EcdsaSigningAlgorithm) -> Mint {
    let private = EcdsaKeyPair::generate_pkcs8(signing, &SystemRandom::new()).expect("a key pair");
    let pair = EcdsaKeyPair::from_pkcs8(signing, private.as_ref()).expect("the same key pair");
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("SPKI");
    // SEC 1 section 2.3.3: 04 || x || y.
    let (x, y) = pair.public_key().as_ref()[1..].split_at(pair.public_key().as_ref().len() / 2);
    Mint {
        algorithm,
        signing: EncodingKey::from_ec_der(private.as_ref()),
        public: public.as_ref().to_vec(),
        jwk: json!({"kty": "EC", "crv": curve, "x": base64url(x), "y": base64url(y)}),
        private: private.as_ref().to_vec(),
    }
}

fn ed25519() -> Mint {
    let private = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("a key pair");
    let pair = Ed25519KeyPair::from_pkcs8(private.as_ref()).expect("the same key pair");
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("SPKI");
    // Version 1 of the form: version 2 also contains the public key, which some parsers reject.
    let first: Pkcs8V1Der<'_> = pair.as_der().expect("PKCS #8");
    Mint {
        algorithm: Algorithm::Ed25519,
        signing: EncodingKey::from_ed_der(private.as_ref()),
        public: public.as_ref().to_vec(),
        jwk: json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(pair.public_key().as_ref())}),
        private: first.as_ref().to_vec(),
    }
}
