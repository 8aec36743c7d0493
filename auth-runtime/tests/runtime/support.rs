//! An issuer with one secret, for tests of the checks after the signature.
#![allow(dead_code, unused_imports, reason = "each program uses a part")]

use auth_runtime::events::Collected;
use auth_runtime::keys::Algorithm;
use auth_runtime::{Claims, Events, TokenType, Verifier, VerifyingKey};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use test_support::tokens::Mint;

pub(crate) use test_support::tokens::{AUDIENCE, ISSUER};

const SECRET: &[u8] = b"one of the many secrets that no one shall know";

/// A verifier for an issuer and an audience, and the events that it emits.
pub(crate) fn verifier_of(issuer: &str, audience: &str) -> (Verifier<Claims>, Collected) {
    verifier_for(issuer, audience)
}

/// Like [`verifier_of`], for claims of any type.
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
    Mint::from_secret(Algorithm::HS256, SECRET).token_with(&json!({"typ": "JWT", "alg": "HS256"}), claims)
}

/// A token with additional or replaced claims.
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
