//! The least that has to be done for a token, without HTTP: its signature, and its claims.

use super::jwks;
use auth_runtime::keys::Algorithm;
use auth_testkit::TestIssuer;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{self, ParsedPublicKey, RsaPublicKeyComponents, VerificationAlgorithm};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use std::time::{SystemTime, UNIX_EPOCH};

enum Key {
    Secret(Box<hmac::Key>),
    Public(ParsedPublicKey),
}

impl Key {
    fn of(issuer: &TestIssuer) -> Self {
        let set: serde_json::Value = serde_json::from_str(&jwks(issuer)).expect("a key set");
        let bytes =
            |name: &str| URL_SAFE_NO_PAD.decode(set["keys"][0][name].as_str().expect("a member")).expect("base64url");
        let public = |algorithm: &'static dyn VerificationAlgorithm, key: &[u8]| {
            Self::Public(ParsedPublicKey::new(algorithm, key).expect("a key"))
        };
        match issuer.algorithm() {
            Algorithm::HS256 => Self::Secret(Box::new(hmac::Key::new(hmac::HMAC_SHA256, &bytes("k")))),
            Algorithm::RS256 => {
                let key = RsaPublicKeyComponents { n: bytes("n"), e: bytes("e") };
                let der = aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(&key);
                public(&signature::RSA_PKCS1_2048_8192_SHA256, der.expect("a key").as_ref())
            }
            Algorithm::ES256 => {
                public(&signature::ECDSA_P256_SHA256_FIXED, &[&[4][..], &bytes("x"), &bytes("y")].concat())
            }
            Algorithm::Ed25519 => public(&signature::ED25519, &bytes("x")),
            other => panic!("{other} is not compared"),
        }
    }

    fn verify(&self, message: &[u8], signature: &[u8]) {
        match self {
            Self::Secret(key) => hmac::verify(key, message, signature),
            Self::Public(key) => key.verify_sig(message, signature),
        }
        .expect("a good signature");
    }
}

/// The signature alone, of a token that was taken apart before.
pub fn signature(issuer: &TestIssuer, token: &str) -> impl Fn() + use<> {
    let key = Key::of(issuer);
    let (message, signature) = token.rsplit_once('.').expect("a token");
    let (message, signature) = (message.to_owned(), URL_SAFE_NO_PAD.decode(signature).expect("base64url"));
    move || key.verify(message.as_bytes(), &signature)
}

/// Base64 once, JSON once, the signature, and four claims.
pub fn bound(issuer: &TestIssuer, token: &str) -> impl Fn() + use<> {
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "a handler would read them")]
    struct Claims {
        iss: String,
        aud: String,
        sub: String,
        scope: String,
        exp: u64,
    }

    #[derive(Deserialize)]
    struct Header {
        alg: String,
        kid: Option<String>,
    }

    let (key, algorithm) = (Key::of(issuer), super::older_name(issuer.algorithm()));
    let (token, issuer, audience) = (token.to_owned(), issuer.name().to_owned(), issuer.audience().to_owned());
    move || {
        let (message, signature) = token.rsplit_once('.').expect("a token");
        let (header, claims) = message.split_once('.').expect("a token");
        let decoded = |segment: &str| URL_SAFE_NO_PAD.decode(segment).expect("base64url");
        let header: Header = serde_json::from_slice(&decoded(header)).expect("a header");
        assert!(header.alg == algorithm && header.kid.is_some());
        key.verify(message.as_bytes(), &decoded(signature));
        let claims: Claims = serde_json::from_slice(&decoded(claims)).expect("claims");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        assert!(claims.iss == issuer && claims.aud == audience && now < claims.exp);
        std::hint::black_box(claims);
    }
}
