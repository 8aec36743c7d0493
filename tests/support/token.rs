//! The parts of a token, as a test wants them.

use auth_runtime::Algorithm;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::NOW;

pub(crate) const ISSUER: &str = "https://id.example.com/";
pub(crate) const AUDIENCE: &str = "orders";
pub(crate) const KID: &str = "signing-key-of-november";

/// The claims that RFC 9068 section 2.2 asks for, good for five minutes.
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": NOW + 300, "iat": NOW,
        "jti": "5f3b", "client_id": "storefront", "scope": "orders:read",
    })
}

/// The header that goes with them.
pub(crate) fn header(algorithm: Algorithm) -> Value {
    json!({"typ": "at+jwt", "alg": algorithm.to_string(), "kid": KID})
}

pub(crate) fn with(mut members: Value, name: &str, value: impl Into<Value>) -> Value {
    members[name] = value.into();
    members
}

pub(crate) fn without(mut members: Value, name: &str) -> Value {
    members.as_object_mut().expect("an object").remove(name).expect("a member to remove");
    members
}

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Header, payload and signature as they stand in a token.
pub(crate) fn segments(token: &str) -> [&str; 3] {
    token.split('.').collect::<Vec<_>>().try_into().expect("three segments")
}
