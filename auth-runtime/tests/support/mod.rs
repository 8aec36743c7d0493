//! An issuer with one secret: what is tested with it is what comes after the signature.
#![allow(dead_code, reason = "each test takes what it needs")]

use auth_runtime::{Claims, Collected, Events, TokenType, Verifier, VerifyingKey};
use jsonwebtoken::{EncodingKey, Header};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const SECRET: &[u8] = b"one of the many secrets that no one shall know";

pub(crate) const ISSUER: &str = "https://id.example.com/";
pub(crate) const AUDIENCE: &str = "orders";

/// A verifier for what an issuer issues, and what it tells the events.
pub(crate) fn verifier_of(issuer: &str, audience: &str) -> (Verifier<Claims>, Collected) {
    verifier_for(issuer, audience)
}

/// As [`verifier_of`], for claims of another type.
pub(crate) fn verifier_for<C: DeserializeOwned + Send + Sync + 'static>(
    issuer: &str,
    audience: &str,
) -> (Verifier<C>, Collected) {
    let (events, collected) = Events::collect();
    let verifier = Verifier::builder()
        .issuer(issuer)
        .audience(audience)
        .keys(VerifyingKey::hs256(SECRET).unwrap())
        .token_type(TokenType::AnyJwt)
        .events(events)
        .build()
        .unwrap();
    (verifier, collected)
}

pub(crate) fn verifier() -> (Verifier<Claims>, Collected) {
    verifier_of(ISSUER, AUDIENCE)
}

pub(crate) fn signed(claims: &Value) -> String {
    jsonwebtoken::encode(&Header::default(), claims, &EncodingKey::from_secret(SECRET)).unwrap()
}

/// A token with claims beyond the usual ones, or instead of them.
pub(crate) fn token(more: &Value) -> String {
    let mut claims = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": now() + 60});
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    signed(&claims)
}

pub(crate) fn now() -> u64 {
    jsonwebtoken::get_current_timestamp()
}
