//! An issuer of the tests' own.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::Ed25519KeyPair;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) const ISSUER: &str = "https://id.example.com/";
pub(crate) const AUDIENCE: &str = "orders";

pub(crate) struct Issuer {
    key: EncodingKey,
}

impl Issuer {
    pub(crate) fn new() -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).unwrap();
        Self { key: EncodingKey::from_ed_der(pkcs8.as_ref()) }
    }

    pub(crate) fn jwks(&self) -> String {
        json!({ "keys": [Jwk::from_encoding_key(&self.key, Algorithm::EdDSA).unwrap()] }).to_string()
    }

    pub(crate) fn token(&self, typ: &str, scope: &str) -> String {
        self.token_with(typ, scope, &json!({}))
    }

    /// With claims beyond the usual ones, or instead of them.
    pub(crate) fn token_with(&self, typ: &str, scope: &str, more: &Value) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let header = Header { typ: Some(typ.to_owned()), ..Header::new(Algorithm::EdDSA) };
        let mut claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "scope": scope,
            "client_id": "tests", "jti": "1", "iat": now, "exp": now + 60,
        });
        for (name, value) in more.as_object().unwrap() {
            claims[name] = value.clone();
        }
        jsonwebtoken::encode(&header, &claims, &self.key).unwrap()
    }
}
